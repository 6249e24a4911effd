"""Each kind of chart is drawn in both widths, whole, and the same each time."""

from __future__ import annotations

import re
from typing import get_type_hints
from xml.etree import ElementTree

import pytest

from analyses.report import charts
from analyses.report.charts import specs
from analyses.report.document import Document
from tests.report.drawing import figure

TICKS = ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))
LINES = (
    specs.Interval("Heading"),
    specs.Interval(
        "A label that is long enough to be broken into two lines",
        "58 %",
        "7 of 12",
        True,
        0.58,
        0.3,
        0.8,
        0.2,
        0.9,
    ),
    specs.Interval("Only bounds", "20 – 60 %", "bounds only", bound_low=0.2, bound_high=0.6),
)
CHARTS = (
    specs.IntervalChart(LINES, TICKS),
    specs.BarChart(LINES, TICKS),
    specs.HeatMap(
        (("2024", "E = 3"), ("2025", "")), (specs.Band("Band", ("a",), ((None, 0.9),), (("–", "90 %"),)),)
    ),
    specs.StackChart(
        ("low", "mid", "high"),
        (
            specs.Stack(
                "a",
                "n = 5",
                (specs.Segment(0.5, "50 %"), specs.Segment(0.5, "50 %"), specs.Segment(0, "0 %")),
            ),
            specs.Stack("b", "too few", ()),
        ),
        True,
    ),
    specs.ColumnChart((specs.Col("0", 0.25, "3"), specs.Col("1", 0.0, "")), "scale"),
    specs.DumbbellChart(
        "2024",
        "2025",
        (
            specs.Change("a", 0.2, 0.7, "+50 points", "6 gain", "up"),
            specs.Change("b", 0.5, 0.5, "0 points", "none"),
        ),
        TICKS,
    ),
    specs.TrendChart(
        (
            specs.Panel(
                "p", (specs.Point("2024", None, None, None, ""), specs.Point("2025", 0.5, 0.2, 0.8, "50 %"))
            ),
        ),
        TICKS,
    ),
    specs.Flow((("files", 45.0, "45"), ("sites", 0.0, "0"))),
    specs.MapChart((specs.Area("35", "Ille-et-Vilaine", 2),), ((1, "1"), (2, "2")), "none"),
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: type(chart).__name__)
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_it_is_drawn_whole(chart: specs.Chart, width: charts.Width) -> None:
    drawn = charts.svg(figure(chart), width)
    assert drawn == charts.svg(figure(chart), width)
    root = ElementTree.fromstring(drawn)
    left, top, right, bottom = map(float, root.attrib["viewBox"].split())
    assert (left, top) == (0, 0) and right == (760 if width == "wide" else 350) and bottom > 40
    assert root[0].text == "A <title>" and root[1].text == "A & description"
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        x, y = map(float, re.findall(r"translate\(([-\d.]+),([-\d.]+)\)", text.attrib["transform"])[0])
        assert -1 <= x <= right + 1 and 0 <= y <= bottom + 1, text.text


def test_every_kind_is_tried() -> None:
    kinds = {
        kind for kind in vars(specs).values() if isinstance(kind, type) and issubclass(kind, specs.Chart)
    }
    assert {type(chart) for chart in CHARTS} == kinds - {specs.Chart}
    assert all(get_type_hints(kind) for kind in kinds - {specs.Chart})


def test_a_picture_is_made_of_it() -> None:
    assert charts.png(figure(CHARTS[0])).startswith(b"\x89PNG")


def test_the_labels_are_drawn(document: Document) -> None:
    (shown,) = (f for f in document.figures() if f.ident == "figure-individuel-overview")
    assert isinstance(shown.chart, specs.IntervalChart)
    texts = [
        e.text for e in ElementTree.fromstring(charts.svg(shown)).iter("{http://www.w3.org/2000/svg}text")
    ]
    for line in shown.chart.lines:
        # A status has more than one line where it is long.
        assert all(any(word in text for text in texts if text) for word in line.value_label.split(" "))
