"""The outlines of the départements, placed on a sheet of any width (SOURCE.md says where they come from).

The mainland and Corsica stand as they lie; Paris and its neighbours once more, larger, in a box; each territory
overseas in a box of its own, its name below.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

Point = tuple[float, float]

_FILE = Path(__file__).parent / "departments.json"
#: Overseas départements come before the collectivités.
_DEPARTMENTS_OVERSEAS = ("971", "972", "973", "974", "976")


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline in pixels: its rings, and where a number may stand in it (None: there is no room)."""

    code: str
    rings: tuple[tuple[Point, ...], ...]
    middle: Point | None


@dataclass(frozen=True, slots=True)
class Label:
    """A name below a box, in lines, or beside one."""

    code: str
    x: float
    y: float
    text: str


@dataclass(slots=True)
class Sheet:
    """What is drawn where: outlines, frames of boxes (left, top, right, bottom), names; and how high all is."""

    shapes: list[Shape] = field(default_factory=list)
    frames: list[tuple[float, float, float, float]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    height: float = 0.0


@cache
def outlines() -> Mapping[str, Any]:
    """The file of outlines: `mainland` and `insets` by code, `close_up`, `view`, `inset_size`."""
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def codes() -> list[str]:
    """The départements and territories that have an outline, in the order of their codes."""
    return sorted({*outlines()["mainland"], *outlines()["insets"]})


def place(
    names: Mapping[str, str], *, width: float, top: float, left: float, overseas: Sequence[int], line: float
) -> Sheet:
    """All outlines on a sheet `width` wide, from `top` on; `left` is kept free beside the mainland.

    `names` are printed below the boxes; `overseas` says how many boxes stand in each row (the last number serves all
    further rows), `line` how far two lines of text are apart.
    """
    sheet = Sheet()
    across, down = outlines()["view"]
    scale = (width - left) / across
    for code, rings in outlines()["mainland"].items():
        has_room = code not in outlines()["close_up"] and code != "90"
        sheet.shapes.append(_shape(code, rings, scale, left, top, has_room))
    _close_up(sheet, size=max(0.165 * width, 58), top=top)
    sheet.height = top + down * scale + line
    insets = outlines()["insets"]
    ordered = sorted(insets, key=lambda code: (code not in _DEPARTMENTS_OVERSEAS, code))
    rows = list(overseas)
    while ordered:
        count = rows.pop(0) if len(rows) > 1 else rows[0]
        row, ordered = ordered[:count], ordered[count:]
        _boxes(sheet, row, names, width / count, line)
    return sheet


def _close_up(sheet: Sheet, size: float, top: float) -> None:
    """Paris and its neighbours, in the upper left corner, where there is only sea."""
    rings = [outlines()["mainland"][code] for code in outlines()["close_up"]]
    points = [_points(ring) for group in rings for ring in group]
    xs = [x for ring in points for x, _ in ring]
    ys = [y for ring in points for _, y in ring]
    inner = size - 12
    scale = inner / max(max(xs) - min(xs), max(ys) - min(ys))
    dx = size / 2 - scale * (min(xs) + max(xs)) / 2
    dy = top + size / 2 - scale * (min(ys) + max(ys)) / 2
    sheet.frames.append((0, top, size, top + size))
    for code, group in zip(outlines()["close_up"], rings, strict=True):
        sheet.shapes.append(_shape(code, group, scale, dx, dy, True))


def _boxes(sheet: Sheet, row: Sequence[str], names: Mapping[str, str], step: float, line: float) -> None:
    size = min(step - 10, 6 * line)
    pad = 0.1 * size
    top = sheet.height
    deepest = 0
    for number, code in enumerate(row):
        middle = step * (number + 0.5)
        left = middle - size / 2
        scale = (size - 2 * pad) / outlines()["inset_size"]
        sheet.frames.append((left, top, left + size, top + size))
        rings = outlines()["insets"][code]
        sheet.shapes.append(_shape(code, rings, scale, left + pad, top + pad, has_room=False))
        lines = textwrap.wrap(names[code], max(8, int(step / (0.45 * line))), break_long_words=False)
        deepest = max(deepest, len(lines))
        for place, text in enumerate(lines):
            sheet.labels.append(Label(code, middle, top + size + line * (place + 0.9), text))
    sheet.height = top + size + line * (deepest + 1.2)


def _shape(
    code: str, rings: Sequence[Sequence[float]], scale: float, dx: float, dy: float, has_room: bool
) -> Shape:
    placed = tuple(
        tuple((round(x * scale + dx, 1), round(y * scale + dy, 1)) for x, y in _points(ring))
        for ring in rings
    )
    return Shape(code, placed, _centre(placed[0]) if has_room else None)


def _points(ring: Sequence[float]) -> list[Point]:
    return list(zip(ring[::2], ring[1::2], strict=True))


def _centre(ring: Sequence[Point]) -> Point:
    """The centre of gravity of a ring (the standard formula for polygons)."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        cross = x1 * y2 - x2 * y1
        area += cross
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    return round(x / (3 * area), 1), round(y / (3 * area), 1)
