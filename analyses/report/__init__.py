"""The yearly report: one page, self-contained, made from the published database alone."""

from analyses.report.writer import write_report

__all__ = ["write_report"]
