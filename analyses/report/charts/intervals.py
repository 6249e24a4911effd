"""Dots or bars with their intervals and bounds, a line each; bars of a flow; dumbbells of matched sites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from analyses.report.charts.marks import (
    LINE,
    Align,
    Drawing,
    Mark,
    axis_labels,
    boxes,
    dots,
    layers,
    lines,
    paragraph,
    texts,
    wrap,
)
from analyses.report.charts.specs import BarChart, DumbbellChart, Flow, Interval, IntervalChart


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the axis stands, and how labels break; a stacked frame has its labels above the axis."""

    width: int
    left: int
    right: int
    characters: int
    is_stacked: bool

    def x(self, share: float) -> float:
        return self.left + share * (self.right - self.left)


#: Letters that fit beside the axis.
_ASIDE = 13

_WIDE = _Frame(width=760, left=312, right=624, characters=42, is_stacked=False)
_NARROW = _Frame(width=350, left=9, right=341, characters=29, is_stacked=True)


def interval_chart(chart: IntervalChart) -> Drawing:
    """Value, interval and bounds of each line, on one axis from nothing to all."""
    return Drawing(
        *(_intervals(chart.lines, chart.ticks, frame, has_bars=False) for frame in (_WIDE, _NARROW))
    )


def bar_chart(chart: BarChart) -> Drawing:
    """The same, with bars from nothing to the value."""
    return Drawing(
        *(_intervals(chart.lines, chart.ticks, frame, has_bars=True) for frame in (_WIDE, _NARROW))
    )


def flow_chart(chart: Flow) -> Drawing:
    """Bars on one scale, from the most to the fewest."""
    return Drawing(*(_flow(chart, frame) for frame in (_WIDE, _NARROW)))


def dumbbell_chart(chart: DumbbellChart) -> Drawing:
    """Two shares of the same sites; only what the decision rule keeps is drawn strong."""
    return Drawing(*(_dumbbells(chart, frame) for frame in (_WIDE, _NARROW)))


def _intervals(
    rows: Sequence[Interval], ticks: Sequence[tuple[float, str]], frame: _Frame, *, has_bars: bool
) -> alt.LayerChart:
    marks = defaultdict[str, list[Mark]](list)
    y = 30.0
    for line in rows:
        indent = 14 if line.is_part else 0
        wrapped = wrap(line.label, frame.characters - indent // 7)
        if not line.note:
            marks["headings"] += paragraph(wrapped, 0, y + 17)
            y += LINE * len(wrapped) + 12
            continue
        place = _place(frame, wrapped, y)
        marks["labels"] += paragraph(wrapped, indent, place.first)
        if line.value is None and len(line.value_label) > _ASIDE and not frame.is_stacked:
            # Words instead of a figure need more room than one has.
            told = wrap(line.value_label, _ASIDE + 3)
            marks["words"] += paragraph(told, place.aside, place.value - LINE / 2)
            below = place.value + LINE * (len(told) - 0.5)
        else:
            marks["values"].append({"x": place.aside, "y": place.value, "text": line.value_label})
            below = place.value + LINE
        marks["notes"].append({"x": place.aside, "y": below, "text": line.note})
        if line.bound_low is not None and line.bound_high is not None:
            ends = {"x": frame.x(line.bound_low), "x2": frame.x(line.bound_high)}
            marks["bounds"].append({**ends, "y": place.track - 9, "y2": place.track + 9})
        if line.low is not None and line.high is not None:
            marks["intervals"].append({"x": frame.x(line.low), "x2": frame.x(line.high), "y": place.track})
        if line.value is not None and has_bars:
            ends = {"x": frame.x(0), "x2": frame.x(line.value)}
            marks["bars"].append({**ends, "y": place.track - 5, "y2": place.track + 5})
        elif line.value is not None:
            marks["dots"].append({"x": frame.x(line.value), "y": place.track})
        y += place.height
    side: Align = "right" if frame.is_stacked else "left"
    return layers(
        frame.width,
        y + 4,
        *_axis(ticks, frame, y),
        boxes(marks["bounds"], "band", "band-line"),
        boxes(marks["bars"], "step-3"),
        lines(marks["intervals"], "x2", "ink" if has_bars else "accent", 2 if has_bars else 4),
        dots(marks["dots"]),
        texts(marks["headings"], weight=700, colour="accent"),
        texts(marks["labels"]),
        texts(marks["values"], weight=700, align=side, size=16),
        texts(marks["words"], weight=600, size=13),
        texts(marks["notes"], align=side, size=13, colour="muted"),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the parts of a line stand."""

    first: float
    track: float
    value: float
    aside: float
    height: float


def _place(frame: _Frame, wrapped: Sequence[str], y: float) -> _Place:
    block = LINE * len(wrapped)
    if frame.is_stacked:
        return _Place(y + 14, y + max(block, 2 * LINE) + 20, y + 14, frame.width, max(block, 2 * LINE) + 44)
    height = max(50, block + 16)
    track = y + height / 2
    return _Place(track - block / 2 + LINE / 2, track, track - 9, frame.right + 16, height)


def _axis(ticks: Sequence[tuple[float, str]], frame: _Frame, bottom: float) -> list[alt.Chart]:
    grid = [{"x": frame.x(share), "y": 26, "y2": bottom} for share, _ in ticks]
    scale = [{"x": frame.x(share), "y": 12, "text": label} for share, label in ticks]
    return [lines(grid, "y2", "line", 1), *axis_labels(scale, frame.width if frame.is_stacked else None)]


def _flow(chart: Flow, frame: _Frame) -> alt.LayerChart:
    left = 0 if frame.is_stacked else 220
    room = frame.width - left - 60
    most = max((count for _, count, _ in chart.stages), default=1) or 1
    marks = defaultdict[str, list[Mark]](list)
    y = 4.0
    for place, (label, count, text) in enumerate(chart.stages):
        if frame.is_stacked:
            marks["labels"].append({"x": 0, "y": y + 10, "text": label})
            y += 22
        else:
            marks["labels"].append({"x": 0, "y": y + 16, "text": label})
        end = left + max(2.0, room * count / most)
        marks[f"step-{min(4, place + 1)}"].append({"x": left, "x2": end, "y": y + 2, "y2": y + 30})
        marks["values"].append({"x": end + 10, "y": y + 16, "text": text})
        y += 42
    return layers(
        frame.width,
        y,
        *(boxes(marks[f"step-{number}"], f"step-{number}") for number in range(1, 5)),
        texts(marks["labels"], size=15),
        texts(marks["values"], weight=700, size=18),
    )


def _dumbbells(chart: DumbbellChart, frame: _Frame) -> alt.LayerChart:
    marks = defaultdict[str, list[Mark]](list)
    y = 62.0
    # The key names the two years where they are drawn.
    key = frame.left
    marks["before"].append({"x": key + 6, "y": 12})
    marks["key"].append({"x": key + 18, "y": 12, "text": chart.name_from})
    marks["after"].append({"x": key + 76, "y": 12})
    marks["key"].append({"x": key + 88, "y": 12, "text": chart.name_to})
    for change in chart.changes:
        wrapped = wrap(change.label, frame.characters)
        place = _place(frame, wrapped, y)
        marks["labels"] += paragraph(wrapped, 0, place.first)
        name = "strong" if change.arrow else "plain"
        marks[name].append(
            {"x": frame.x(change.value_from), "x2": frame.x(change.value_to), "y": place.track}
        )
        marks["before"].append({"x": frame.x(change.value_from), "y": place.track})
        marks["after"].append({"x": frame.x(change.value_to), "y": place.track})
        arrow = {"up": "▲ ", "down": "▼ "}.get(change.arrow or "", "")
        marks["values"].append({"x": place.aside, "y": place.value, "text": arrow + change.change_label})
        marks["notes"] += [
            {"x": place.aside, "y": place.value + LINE * (number + 1), "text": text}
            for number, text in enumerate(wrap(change.note, 40 if frame.is_stacked else 22))
        ]
        y += place.height + (0 if frame.is_stacked else 8)
    side: Align = "right" if frame.is_stacked else "left"
    scale = [{"x": frame.x(share), "y": 42, "text": label} for share, label in chart.ticks]
    grid = [{"x": frame.x(share), "y": 54, "y2": y} for share, _ in chart.ticks]
    return layers(
        frame.width,
        y + 4,
        lines(grid, "y2", "line", 1),
        *axis_labels(scale, frame.width if frame.is_stacked else None),
        lines(marks["plain"], "x2", "band-line", 2),
        lines(marks["strong"], "x2", "accent", 5),
        dots(marks["before"], "paper", "accent", 110),
        dots(marks["after"], "accent", "accent", 110),
        texts(marks["key"], weight=600),
        texts(marks["labels"]),
        texts(marks["values"], weight=700, align=side, size=15),
        texts(marks["notes"], align=side, size=12, colour="muted"),
    )
