"""The charts: data (`specs`) drawn to SVG and PNG with Vega-Altair, here, from one theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from analyses.report.charts import grids, intervals, specs
from analyses.report.charts.marks import Drawing

if TYPE_CHECKING:
    from analyses.report.document import Figure

_SVG = "http://www.w3.org/2000/svg"

Width = Literal["wide", "narrow"]

#: The one theme. Titles and keys are the page's: text there can be found, copied and read aloud.
_THEME = alt.Config(
    aria=False,
    autosize=alt.AutoSizeParams(type="none"),
    background="transparent",
    font="sans-serif",
    padding=0,
    view=alt.ViewConfig(stroke=None),
)

_DRAWN: dict[type[specs.Chart], Callable[[Any], Drawing]] = {
    specs.IntervalChart: intervals.interval_chart,
    specs.BarChart: intervals.bar_chart,
    specs.Flow: intervals.flow_chart,
    specs.DumbbellChart: intervals.dumbbell_chart,
    specs.HeatMap: grids.heat_map,
    specs.StackChart: grids.stack_chart,
    specs.ColumnChart: grids.column_chart,
    specs.TrendChart: grids.trend_chart,
}


@lru_cache(maxsize=4)
def draw(chart: specs.Chart) -> Drawing:
    """A chart in both widths, as Altair has it."""
    # What is made here is right by construction (and by its tests): to check it again takes most of the time.
    with debug_mode(False):
        return _draw(chart)


def _draw(chart: specs.Chart) -> Drawing:
    if isinstance(chart, specs.MapChart):
        # Imported here: the outlines of the départements take a moment to read.
        from analyses.report.charts.choropleth import choropleth

        return choropleth(chart)
    return _DRAWN[type(chart)](chart)


def svg(figure: Figure, width: Width = "wide", ident: str = "") -> str:
    """The figure's chart as an SVG element: as wide as its frame, and described for those who do not see it.

    `ident` must be unique on the page; by default it is the figure's, with the width.
    """
    name = ident or f"{figure.ident}-{width}"
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(_drawn(figure.chart, width))
    box = root.attrib["viewBox"]
    for element in root.iter():
        # What Vega says of each mark is for a chart that is explored; this one is a picture with a description.
        for attribute in [n for n in element.attrib if n in ("class", "role") or n.startswith("aria-")]:
            del element.attrib[attribute]
    root.attrib.clear()
    root.attrib.update({"viewBox": box, "role": "img", "aria-labelledby": f"{name}-title {name}-desc"})
    for place, (tag, text) in enumerate([("title", figure.title), ("desc", figure.description)]):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode")


def png(figure: Figure, width: Width = "wide", scale: float = 2) -> bytes:
    """The figure's chart as a picture, on white."""
    specification = _specification(figure.chart, width)
    specification["config"]["background"] = "white"
    return vl_convert.vegalite_to_png(specification, scale=scale)


@lru_cache(maxsize=64)
def _drawn(chart: specs.Chart, width: Width) -> str:
    """The page, the book and the files have the same chart: it is drawn once for all."""
    source: str = vl_convert.vegalite_to_svg(_specification(chart, width))
    return source


def _specification(chart: specs.Chart, width: Width) -> dict[str, Any]:
    drawn: alt.LayerChart = getattr(draw(chart), width)
    with debug_mode(False):
        specification: dict[str, Any] = drawn.configure(**_THEME.to_dict()).to_dict(validate=False)
    return specification


__all__ = ["draw", "png", "svg"]
