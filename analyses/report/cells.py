"""Cells from rows: each figure with its text, its value and the place where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analyses.report.database import Row
from analyses.report.document import Cell, CellKind, Inlines, Run
from analyses.report.messages import Messages

#: Units whose figures are numbers, not shares.
NUMBERS = ("median", "sum", "count")


class Cells:
    """Makes cells in the language of `texts`."""

    def __init__(self, texts: Messages) -> None:
        self.t = texts
        self._formats: dict[str, Callable[[float], str]] = {
            "count": texts.count,
            "share": texts.percent,
            "number": texts.decimal,
            "points": texts.points,
            "probability": texts.probability,
        }

    def words(self, text: str, note: Inlines = ()) -> Cell:
        """A cell of words."""
        return Cell(text, text, note=note)

    def figure(self, row: Row, column: str, kind: CellKind, note: Inlines = (), digits: int = 0) -> Cell:
        """The figure of a column; a dash where there is none."""
        value: Any = row[column]
        if value is None:
            return Cell(self.t("number.none"), None, kind, note=note)
        text = self.t.percent(value, digits) if kind == "share" and digits else self._formats[kind](value)
        return Cell(text, value, kind, row.ref(column), note)

    def count(self, row: Row, column: str, note: Inlines = ()) -> Cell:
        """A whole number."""
        return self.figure(row, column, "count", note)

    def share(self, row: Row, column: str, note: Inlines = (), digits: int = 0) -> Cell:
        """A share in per cent."""
        return self.figure(row, column, "share", note, digits)

    def out_of(self, row: Row, part: str, whole: str) -> Inlines:
        """`7 of 10`."""
        return self.t.rich("number.out_of", part=self.count(row, part), whole=self.count(row, whole))

    def span(self, row: Row, low: str, high: str, kind: CellKind = "share") -> Cell:
        """A range; a dash where there is none."""
        if row[low] is None or row[high] is None:
            return Cell(self.t("number.none"), None, "range")
        ends = (self.figure(row, low, kind), self.figure(row, high, kind))
        if row[low] == row[high]:
            return Cell(ends[0].text, None, "range", parts=ends[:1])
        joint = self.t("number.to")
        return Cell(joint.join(end.text for end in ends), None, "range", parts=ends, joint=joint)

    def value(self, row: Row, note: Inlines = ()) -> Cell:
        """The value of an indicator's row, or why there is none."""
        if row["value"] is None:
            return self.status(row, note)
        kind = value_kind(row)
        return self.figure(row, "value", kind, note)

    def status(self, row: Row, note: Inlines = ()) -> Cell:
        """Why there is no value, in the words of the seeds; what a masked row still tells."""
        masked = row.get(f"masked_{self.t.language}")
        text = self.t.typeset(masked) if masked else self.t.label(row, "status_label")
        return Cell(text, None, "status", note=note)

    def basis(self, row: Row) -> Inlines:
        """`n = 26 · E = 34 · R = 60`, without R where no register is known."""
        given = {name: self.count(row, column) for name, column in _BASIS.items()}
        key = "basis.register" if row["n_register"] is not None else "basis.evaluations"
        return self.t.rich(key, n=given["n"], e=given["e"], r=given["r"])

    def uncertainty(self, row: Row) -> Inlines:
        """The interval and the bounds of a row, in words; nothing where it has neither."""
        lines: list[Run | Cell] = []
        if row["ci_low"] is not None:
            lines += self.t.rich("basis.interval", range=self.span(row, "ci_low", "ci_high"))
        if row.get("has_bounds") and row["bound_low"] is not None:
            kind = value_kind(row)
            lines += [Run(" · ")] if lines else []
            lines += self.t.rich("basis.bounds", range=self.span(row, "bound_low", "bound_high", kind))
        return tuple(lines)


_BASIS = {"n": "n_answered", "e": "n_evaluations", "r": "n_register"}


def value_kind(row: Row) -> CellKind:
    """How the figures of an indicator's row are printed."""
    if row["statistic"] == "share":
        return "share"
    if row["statistic"] == "median" and row["component_id"] in ("score", "platform-score"):
        return "share"
    return "number"
