"""Heat maps, stacked bars, columns, and small multiples of the years."""

from __future__ import annotations

from collections import defaultdict

import altair as alt

from analyses.report.charts.marks import (
    LINE,
    Drawing,
    Mark,
    boxes,
    dots,
    layers,
    lines,
    paragraph,
    step,
    texts,
    wrap,
)
from analyses.report.charts.specs import ColumnChart, HeatMap, StackChart, TrendChart

#: Colours of ordered categories: one hue from light to dark, or two hues around a neutral middle.
_ORDERED = ("step-0", "step-1", "step-2", "step-3", "step-4")
_DIVERGING = {2: ("step-3", "warm"), 3: ("step-3", "band", "warm")}
_DARK = ("step-3", "step-4", "warm")


def heat_map(chart: HeatMap) -> Drawing:
    """Shares by row and column, darker where larger; of many years the last ones that fit."""
    is_wide = len(chart.columns) > 9
    return Drawing(
        wide=_heat_map(chart, 14 if is_wide else 9, width=760, left=300, characters=46, size=14),
        narrow=_heat_map(
            chart,
            14 if is_wide else 5,
            width=350,
            left=130 if is_wide else 148,
            characters=19 if is_wide else 22,
            size=10 if is_wide else 12,
        ),
    )


def stack_chart(chart: StackChart) -> Drawing:
    """Stacked bars of ordered categories."""
    return Drawing(
        wide=_stacks(chart, width=760, left=232, characters=32),
        narrow=_stacks(chart, width=350, left=0, characters=44),
    )


def column_chart(chart: ColumnChart) -> Drawing:
    """Columns side by side."""
    return Drawing(wide=_columns(chart, width=760, size=14), narrow=_columns(chart, width=350, size=12))


def trend_chart(chart: TrendChart) -> Drawing:
    """Small multiples."""
    return Drawing(wide=_trends(chart, width=760, across=4), narrow=_trends(chart, width=350, across=2))


def _heat_map(
    chart: HeatMap, most: int, *, width: int, left: int, characters: int, size: int
) -> alt.LayerChart:
    columns = chart.columns[-most:]
    step_width = min(96.0, (width - left) / len(columns))
    marks = defaultdict[str, list[Mark]](list)
    has_notes = any(note for _, note in columns)
    for column, (name, note) in enumerate(columns):
        middle = left + step_width * (column + 0.5)
        marks["names"].append({"x": middle, "y": 12, "text": name})
        if note:
            marks["notes"].append({"x": middle, "y": 12 + LINE, "text": note})
    y = 42.0 if has_notes else 26.0
    for band in chart.bands:
        if band.heading:
            marks["headings"].append({"x": 0, "y": y + 17, "text": band.heading})
            y += 32
        for label, shares, cell_labels in zip(band.labels, band.shares, band.cell_labels, strict=True):
            wrapped = wrap(label, characters)
            height = max(36, LINE * len(wrapped) + 6)
            middle = y + height / 2
            marks["labels"] += paragraph(wrapped, 0, middle - LINE * (len(wrapped) - 1) / 2)
            shown = list(zip(shares, cell_labels, strict=True))[-len(columns) :]
            for column, (share, cell_label) in enumerate(shown):
                start = left + step_width * column
                box = {"x": start + 1, "x2": start + step_width - 1, "y": y + 1, "y2": y + height - 1}
                text = {"x": start + step_width / 2, "y": middle, "text": cell_label}
                if share is None and not cell_label:
                    continue
                if share is None:
                    marks["missing"].append(box)
                    marks["on-none"].append(text)
                else:
                    marks[f"step-{step(share)}"].append(box)
                    marks["on-high" if step(share) > 2 else "on-low"].append(text)
            y += height
        y += 8
    return layers(
        width,
        y,
        *(boxes(marks[f"step-{number}"], f"step-{number}") for number in range(5)),
        boxes(marks["missing"], None, "line"),
        texts(marks["headings"], weight=700, size=size, colour="accent"),
        texts(marks["labels"], size=max(size, 11)),
        texts(marks["names"], weight=600, align="center", size=size),
        texts(marks["notes"], align="center", size=size - 1, colour="muted"),
        texts(marks["on-low"], align="center", size=size, colour="on-low"),
        texts(marks["on-high"], align="center", size=size, colour="on-high"),
        texts(marks["on-none"], align="center", size=size, colour="muted"),
    )


def _stacks(chart: StackChart, *, width: int, left: int, characters: int) -> alt.LayerChart:
    count = len(chart.categories)
    colours = _DIVERGING.get(count, _ORDERED) if chart.is_diverging else _ORDERED
    marks = defaultdict[str, list[Mark]](list)
    x, y = 1.0, 4.0
    for colour, name in zip(colours, chart.categories, strict=False):
        room = 26 + 7.2 * len(name) + 14
        if x > 1 and x + room > width:
            x, y = 1.0, y + 22
        marks[colour].append({"x": x, "x2": x + 15, "y": y, "y2": y + 15})
        marks["key"].append({"x": x + 21, "y": y + 8, "text": name})
        x += room
    y += 34
    room = width - left
    for stack in chart.stacks:
        wrapped = wrap(stack.label, characters)
        if left:
            height = max(44, LINE * (len(wrapped) + 1) + 12)
            marks["labels"] += paragraph(wrapped, 0, y + 12)
            marks["notes"].append({"x": 0, "y": y + 12 + LINE * len(wrapped), "text": stack.note})
            top = y + 4
        else:
            marks["labels"] += paragraph(wrapped, 0, y + 8)
            marks["asides"].append({"x": width, "y": y + 8, "text": stack.note})
            top = y + LINE * len(wrapped) + 4
            height = LINE * len(wrapped) + 44
        start = float(left)
        for colour, segment in zip(colours, stack.segments, strict=False):
            end = start + segment.share * room
            if segment.share:
                marks[colour].append({"x": start + 0.5, "x2": end - 0.5, "y": top, "y2": top + 28})
            if segment.share * room > 8 * len(segment.label) + 6:
                on = "on-high" if colour in _DARK else "on-low"
                marks[on].append({"x": (start + end) / 2, "y": top + 14, "text": segment.label})
            start = end
        y += height
    return layers(
        width,
        y,
        *(boxes(marks[colour], colour, "line") for colour in dict.fromkeys((*_ORDERED, "band", "warm"))),
        texts(marks["key"], size=13),
        texts(marks["labels"]),
        texts(marks["notes"], size=13, colour="muted"),
        texts(marks["asides"], size=13, colour="muted", align="right"),
        texts(marks["on-low"], align="center", size=13, weight=600, colour="on-low"),
        texts(marks["on-high"], align="center", size=13, weight=600, colour="on-high"),
    )


def _columns(chart: ColumnChart, *, width: int, size: int) -> alt.LayerChart:
    room, base = 170.0, 200.0
    most = max((column.value for column in chart.columns), default=1) or 1
    step_width = width / max(1, len(chart.columns))
    marks = defaultdict[str, list[Mark]](list)
    for place, column in enumerate(chart.columns):
        middle = step_width * (place + 0.5)
        top = base - room * column.value / most
        if column.value:
            half = min(24.0, step_width * 0.4)
            marks["bars"].append({"x": middle - half, "x2": middle + half, "y": top, "y2": base})
            marks["values"].append({"x": middle, "y": top - 12, "text": column.label})
        marks["names"].append({"x": middle, "y": base + 14, "text": column.name})
    marks["base"].append({"x": 0, "x2": width, "y": base})
    marks["scale"].append({"x": width / 2, "y": base + 36, "text": chart.scale})
    return layers(
        width,
        base + 48,
        boxes(marks["bars"], "step-3"),
        lines(marks["base"], "x2", "band-line", 1),
        texts(marks["values"], align="center", weight=700, size=size),
        texts(marks["names"], align="center", size=size),
        texts(marks["scale"], align="center", size=13, colour="muted"),
    )


def _trends(chart: TrendChart, *, width: int, across: int) -> alt.LayerChart:
    gap, margin, height, room = 18.0, 34.0, 186.0, 96.0
    panel_width = (width - gap * (across - 1)) / across
    marks = defaultdict[str, list[Mark]](list)
    for place, panel in enumerate(chart.panels):
        left = (place % across) * (panel_width + gap)
        top = (place // across) * height
        marks["labels"] += paragraph(wrap(panel.label, 26)[:2], left, top + 10)
        base = top + 54 + room
        start = left + margin
        for share, label in (chart.ticks[0], chart.ticks[len(chart.ticks) // 2], chart.ticks[-1]):
            y = base - share * room
            marks["grid"].append({"x": start, "x2": left + panel_width, "y": y})
            marks["scale"].append({"x": start - 5, "y": y, "text": label})
        step_width = (panel_width - margin) / len(panel.points)
        for number, point in enumerate(panel.points):
            middle = start + step_width * (number + 0.5)
            short = point.year[-2:] if step_width < 34 else point.year
            marks["years"].append(
                {"x": middle, "y": base + 13, "text": f"’{short}" if len(short) == 2 else short}
            )
            if point.is_break:
                edge = start + step_width * number
                marks["breaks"].append({"x": edge, "y": base, "y2": base - room - 6})
            if point.value is None:
                continue
            high = point.high if point.high is not None else point.value
            if point.low is not None and point.high is not None:
                marks["intervals"].append(
                    {"x": middle, "y": base - point.low * room, "y2": base - point.high * room}
                )
            is_last = number == len(panel.points) - 1
            marks["last" if is_last else "dots"].append({"x": middle, "y": base - point.value * room})
            # Above the interval, where a dot cannot hide it.
            marks["values" if is_last else "earlier"].append(
                {"x": middle, "y": base - max(high, point.value) * room - 11, "text": point.label}
            )
    rows = -(-len(chart.panels) // across)
    return layers(
        width,
        rows * height,
        lines(marks["grid"], "x2", "line", 1),
        lines(marks["breaks"], "y2", "warm", 2),
        lines(marks["intervals"], "y2", "step-2", 3),
        dots(marks["dots"], "step-3", "paper", 80),
        dots(marks["last"], "accent", "paper", 120),
        texts(marks["labels"], size=12, weight=600),
        texts(marks["scale"], size=10, align="right", colour="muted"),
        texts(marks["years"], size=11, align="center", colour="muted"),
        texts(marks["earlier"], size=10, align="center", colour="muted"),
        texts(marks["values"], size=11, weight=700, align="center"),
    )
