"""The charts."""

from analyses.report.charts._old import Band, Drawing, Interval, heat_map, interval_chart, step, svg

__all__ = ["Band", "Drawing", "Interval", "heat_map", "interval_chart", "step", "svg"]
