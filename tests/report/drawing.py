"""A figure around a chart, for tests."""

from __future__ import annotations

from analyses.report.charts.specs import Chart
from analyses.report.document import Column, Figure, RowGroup, Table


def figure(chart: Chart) -> Figure:
    table = Table("table-x", "t", (Column("c"),), (RowGroup("", ()),), "indicators")
    return Figure("figure-x", "A <title>", (), chart, "A & description", table, "indicators")
