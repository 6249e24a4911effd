"""Marks in pixels: what every chart is made of.

A chart places every mark itself and measures no text, so that its bytes do not depend on the fonts of the machine.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from analyses.report.palette import LIGHT

#: Pixels from one line of text to the next.
LINE = 17

#: Named in full: to infer them from a shorthand costs more than to draw.
_CHANNELS = {
    "x2": alt.X2(field="x2"),
    "y2": alt.Y2(field="y2"),
    "text": alt.Text(field="text", type="nominal"),
}

#: What `inline` makes of no rows.
_NOTHING = "[]"

Mark = dict[str, Any]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in its two widths: for desks and paper, and for phones."""

    wide: alt.LayerChart
    narrow: alt.LayerChart


def wrap(label: str, characters: int) -> list[str]:
    """A label in lines of at most so many characters."""
    return textwrap.wrap(label, characters) or [""]


def paragraph(lines: Sequence[str], x: float, y: float) -> list[Mark]:
    """Lines below one another."""
    return [{"x": x, "y": y + LINE * number, "text": line} for number, line in enumerate(lines)]


def step(share: float) -> int:
    """The fifth that a share falls in once it is rounded to whole per cents, from 0 to 4."""
    return min(4, int(share * 100 + 0.5) // 20)


def axis_labels(scale: Sequence[Mark], width: int | None) -> list[alt.Chart]:
    """The labels of the axis; where the axis fills the drawing, the outer ones are kept inside."""
    if width is None:
        return [texts(scale, align="center", size=13, colour="muted")]
    first, *inner, last = scale
    return [
        texts([{**first, "x": 0}], size=13, colour="muted"),
        texts(inner, align="center", size=13, colour="muted"),
        texts([{**last, "x": width}], align="right", size=13, colour="muted"),
    ]


def layers(width: int, height: float, *parts: alt.Chart) -> alt.LayerChart:
    """Layers over one another, placed in pixels from the upper left corner; those without marks are left out."""
    bottom = round(height)
    drawing: alt.LayerChart = alt.LayerChart(
        layer=[layer for layer in parts if layer.data.values != _NOTHING], width=width, height=bottom
    ).encode(
        x=alt.X(field="x", type="quantitative", axis=None).scale(domain=[0, width], nice=False),
        y=alt.Y(field="y", type="quantitative", axis=None).scale(
            domain=[0, bottom], nice=False, reverse=True
        ),
    )
    return drawing


def marked(rows: Sequence[Mark], mark: alt.MarkDef, *channels: str) -> alt.Chart:
    """A layer of one mark for each row; `channels` are those that a row fills beside x and y."""
    filled: dict[str, Any] = {channel: _CHANNELS[channel] for channel in channels}
    layer: alt.Chart = alt.Chart(inline(rows), mark=mark).encode(**filled)
    return layer


def inline(rows: Sequence[Mark]) -> alt.InlineData:
    """Rows as Vega reads them: one text, for Altair copies all else again and again."""
    return alt.InlineData(json.dumps(list(rows)), format=alt.JsonDataFormat(type="json"))


def lines(rows: Sequence[Mark], end: str, colour: str, thickness: int) -> alt.Chart:
    """Lines along one axis, to where `end` (x2 or y2) says."""
    return marked(rows, alt.MarkDef(type="rule", color=LIGHT[colour], strokeWidth=thickness), end)


def boxes(rows: Sequence[Mark], fill: str | None, outline: str | None = None) -> alt.Chart:
    """Boxes from x, y to x2, y2."""
    mark = alt.MarkDef(
        type="rect",
        fill=LIGHT[fill] if fill else "none",
        stroke=LIGHT[outline] if outline else alt.Undefined,
        strokeWidth=1,
        cornerRadius=2,
    )
    return marked(rows, mark, "x2", "y2")


def dots(rows: Sequence[Mark], fill: str = "accent", outline: str = "paper", size: int = 150) -> alt.Chart:
    """Dots; an outline of the paper's colour keeps them apart from what is below."""
    mark = alt.MarkDef(
        type="point",
        shape="circle",
        size=size,
        fill=LIGHT[fill],
        stroke=LIGHT[outline],
        strokeWidth=2,
        opacity=1,
    )
    return marked(rows, mark)


def texts(
    rows: Sequence[Mark],
    *,
    colour: str = "ink",
    size: int = 14,
    weight: Literal[400, 600, 700] = 400,
    align: Align = "left",
) -> alt.Chart:
    """Texts, placed by their middle line."""
    mark = alt.MarkDef(
        type="text", color=LIGHT[colour], fontSize=size, fontWeight=weight, align=align, baseline="middle"
    )
    return marked(rows, mark, "text")
