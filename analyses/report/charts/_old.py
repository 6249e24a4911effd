"""The charts: Altair specifications, drawn to SVG here.

A chart places every mark itself and measures no text, so that its bytes do not depend on the fonts of the
machine. Each is drawn twice: wide for desks and paper, narrow for phones.
"""

from __future__ import annotations

import io
import textwrap
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree

import altair as alt

from analyses.report.palette import LIGHT

_SVG = "http://www.w3.org/2000/svg"
_LINE = 17  # pixels from one line of text to the next

#: The one theme. Titles and keys are the page's: text there can be found, copied and read aloud.
_THEME = alt.Config(
    aria=False,
    autosize=alt.AutoSizeParams(type="none"),
    background="transparent",
    font="sans-serif",
    padding=0,
    view=alt.ViewConfig(stroke=None),
)

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Interval:
    """One line of the interval chart; without `note` it is a heading for the parts after it.

    The value, the ends of its interval and its bounds are shares; None where there is none.
    """

    label: str
    value_label: str = ""
    note: str = ""
    is_part: bool = False
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of the heat map that stand under one heading; `shares[row][column]`, None where there is none."""

    heading: str
    labels: Sequence[str]
    shares: Sequence[Sequence[float | None]]
    cell_labels: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in its two widths."""

    wide: alt.LayerChart
    narrow: alt.LayerChart


def interval_chart(lines: Sequence[Interval], ticks: Sequence[tuple[float, str]]) -> Drawing:
    """Value, interval and bounds of each line, on one axis from nothing to all."""
    return Drawing(
        wide=_intervals(lines, ticks, width=760, left=312, right=624, characters=42, is_stacked=False),
        narrow=_intervals(lines, ticks, width=350, left=9, right=341, characters=29, is_stacked=True),
    )


def heat_map(columns: Sequence[tuple[str, str]], bands: Sequence[Band]) -> Drawing:
    """Shares by row and column, darker where larger; of many columns the last ones that fit.

    A column is its name and a note below it.
    """
    return Drawing(
        wide=_heat_map(columns[-9:], bands, width=760, left=300, characters=46, size=14),
        narrow=_heat_map(columns[-5:], bands, width=350, left=148, characters=22, size=12),
    )


def svg(chart: alt.LayerChart, ident: str, title: str, description: str) -> str:
    """The chart as an SVG element for a page: as wide as its frame, and described for those who do not see it.

    `ident` must be unique on the page.
    """
    source = io.StringIO()
    chart.configure(**_THEME.to_dict()).save(source, format="svg")
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(source.getvalue())
    box = root.attrib["viewBox"]
    for element in root.iter():
        # What Vega says of each mark is for a chart that is explored; this one is a picture with a description.
        for name in [n for n in element.attrib if n in ("class", "role") or n.startswith("aria-")]:
            del element.attrib[name]
    root.attrib.clear()
    root.attrib.update({"viewBox": box, "role": "img", "aria-labelledby": f"{ident}-title {ident}-desc"})
    for place, (tag, text) in enumerate([("title", title), ("desc", description)]):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{ident}-{tag}"})
        element.text = text
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode")


def step(share: float) -> int:
    """The fifth that a share falls in once it is rounded to whole per cents, from 0 to 4."""
    return min(4, int(share * 100 + 0.5) // 20)


def _intervals(
    lines: Sequence[Interval],
    ticks: Sequence[tuple[float, str]],
    *,
    width: int,
    left: int,
    right: int,
    characters: int,
    is_stacked: bool,
) -> alt.LayerChart:
    def x(share: float) -> float:
        return left + share * (right - left)

    marks = defaultdict[str, list[_Row]](list)
    y = 30.0
    for line in lines:
        indent = 14 if line.is_part else 0
        wrapped = textwrap.wrap(line.label, characters - indent // 7)
        block = _LINE * len(wrapped)
        if not line.note:
            marks["headings"] += _paragraph(wrapped, 0, y + 17)
            y += block + 12
            continue
        if is_stacked:
            first, track, height = y + 14, y + max(block, 2 * _LINE) + 20, max(block, 2 * _LINE) + 44
            aside, value_at = width, first
        else:
            height = max(50, block + 16)
            track = y + height / 2
            first, aside, value_at = track - block / 2 + _LINE / 2, right + 16, track - 9
        marks["labels" if line.is_part else "headings"] += _paragraph(wrapped, indent, first)
        marks["values"].append({"x": aside, "y": value_at, "text": line.value_label})
        marks["notes"].append({"x": aside, "y": value_at + _LINE, "text": line.note})
        if line.bound_low is not None and line.bound_high is not None:
            ends = {"x": x(line.bound_low), "x2": x(line.bound_high)}
            marks["bounds"].append({**ends, "y": track - 8, "y2": track + 8})
        if line.low is not None and line.high is not None:
            marks["intervals"].append({"x": x(line.low), "x2": x(line.high), "y": track})
        if line.value is not None:
            marks["dots"].append({"x": x(line.value), "y": track})
        y += height
    grid = [{"x": x(share), "y": 26, "y2": y} for share, _ in ticks]
    scale = [{"x": x(share), "y": 12, "text": label} for share, label in ticks]
    side: Literal["left", "right"] = "right" if is_stacked else "left"
    return _layers(
        width,
        y + 4,
        _lines(grid, "y2", "line", 1),
        *_aligned(scale, width if is_stacked else None),
        _boxes(marks["bounds"], "band", "band-line"),
        _lines(marks["intervals"], "x2", "accent", 4),
        _dots(marks["dots"]),
        _texts(marks["headings"], weight=600),
        _texts(marks["labels"]),
        _texts(marks["values"], weight=700, align=side, size=16),
        _texts(marks["notes"], align=side, size=13, colour="muted"),
    )


def _paragraph(lines: Sequence[str], x: float, y: float) -> list[_Row]:
    return [{"x": x, "y": y + _LINE * number, "text": line} for number, line in enumerate(lines)]


def _aligned(scale: Sequence[_Row], width: int | None) -> list[alt.Chart]:
    """The labels of the axis; where the axis fills the drawing, the outer ones are kept inside."""
    if width is None:
        return [_texts(scale, align="center", size=13, colour="muted")]
    first, *inner, last = scale
    return [
        _texts([{**first, "x": 0}], size=13, colour="muted"),
        _texts(inner, align="center", size=13, colour="muted"),
        _texts([{**last, "x": width}], align="right", size=13, colour="muted"),
    ]


def _heat_map(
    columns: Sequence[tuple[str, str]],
    bands: Sequence[Band],
    *,
    width: int,
    left: int,
    characters: int,
    size: int,
) -> alt.LayerChart:
    step_width = min(96.0, (width - left) / len(columns))
    marks = defaultdict[str, list[_Row]](list)
    for column, (name, note) in enumerate(columns):
        middle = left + step_width * (column + 0.5)
        marks["names"].append({"x": middle, "y": 12, "text": name})
        marks["notes"].append({"x": middle, "y": 12 + _LINE, "text": note})
    y = 42.0
    for band in bands:
        marks["headings"].append({"x": 0, "y": y + 17, "text": band.heading})
        y += 32
        for label, shares, cell_labels in zip(band.labels, band.shares, band.cell_labels, strict=True):
            wrapped = textwrap.wrap(label, characters)
            height = max(36, _LINE * len(wrapped) + 6)
            middle = y + height / 2
            first = middle - _LINE * (len(wrapped) - 1) / 2
            marks["labels"] += _paragraph(wrapped, 0, first)
            shown = list(zip(shares, cell_labels, strict=True))[-len(columns) :]
            for column, (share, cell_label) in enumerate(shown):
                start = left + step_width * column
                box = {"x": start + 1, "x2": start + step_width - 1, "y": y + 1, "y2": y + height - 1}
                text = {"x": start + step_width / 2, "y": middle, "text": cell_label}
                if share is None:
                    marks["missing"].append(box)
                    marks["on-none"].append(text)
                else:
                    marks[f"step-{step(share)}"].append(box)
                    marks["on-high" if step(share) > 2 else "on-low"].append(text)
            y += height
        y += 8
    return _layers(
        width,
        y,
        *(_boxes(marks[f"step-{number}"], f"step-{number}") for number in range(5)),
        _boxes(marks["missing"], None, "line"),
        _texts(marks["headings"], weight=700, size=size, colour="accent"),
        _texts(marks["labels"], size=size),
        _texts(marks["names"], weight=600, align="center", size=size),
        _texts(marks["notes"], align="center", size=size - 1, colour="muted"),
        _texts(marks["on-low"], align="center", size=size, colour="on-low"),
        _texts(marks["on-high"], align="center", size=size, colour="on-high"),
        _texts(marks["on-none"], align="center", size=size, colour="muted"),
    )


def _layers(width: int, height: float, *layers: alt.Chart) -> alt.LayerChart:
    """Layers over one another, placed in pixels from the upper left corner; those without marks are left out."""
    bottom = round(height)
    drawing: alt.LayerChart = alt.LayerChart(
        layer=[layer for layer in layers if layer.data.values], width=width, height=bottom
    ).encode(
        x=alt.X("x:Q", axis=None).scale(domain=[0, width], nice=False),
        y=alt.Y("y:Q", axis=None).scale(domain=[0, bottom], nice=False, reverse=True),
    )
    return drawing


def _marks(rows: Sequence[_Row], mark: alt.MarkDef, *channels: str) -> alt.Chart:
    """A layer of one mark for each row; `channels` are those that a row fills beside x and y."""
    filled = {channel: f"{channel}:{'N' if channel == 'text' else 'Q'}" for channel in channels}
    layer: alt.Chart = alt.Chart(alt.InlineData(list(rows)), mark=mark).encode(**filled)
    return layer


def _lines(rows: Sequence[_Row], end: str, colour: str, thickness: int) -> alt.Chart:
    return _marks(rows, alt.MarkDef(type="rule", color=LIGHT[colour], strokeWidth=thickness), end)


def _boxes(rows: Sequence[_Row], fill: str | None, outline: str | None = None) -> alt.Chart:
    mark = alt.MarkDef(
        type="rect",
        fill=LIGHT[fill] if fill else "none",
        stroke=LIGHT[outline] if outline else alt.Undefined,
        strokeWidth=1,
        cornerRadius=2,
    )
    return _marks(rows, mark, "x2", "y2")


def _dots(rows: Sequence[_Row]) -> alt.Chart:
    mark = alt.MarkDef(
        type="point",
        shape="circle",
        size=150,
        fill=LIGHT["accent"],
        stroke=LIGHT["paper"],
        strokeWidth=2,
        opacity=1,
    )
    return _marks(rows, mark)


def _texts(
    rows: Sequence[_Row],
    *,
    colour: str = "ink",
    size: int = 14,
    weight: Literal[400, 600, 700] = 400,
    align: Literal["left", "center", "right"] = "left",
) -> alt.Chart:
    mark = alt.MarkDef(
        type="text", color=LIGHT[colour], fontSize=size, fontWeight=weight, align=align, baseline="middle"
    )
    return _marks(rows, mark, "text")
