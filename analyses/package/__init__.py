"""The open-data package of a year: what may be shown to anybody, with its codebook, in the forms that portals read.

`templates/` has its pages for people.
"""

from analyses.package.writer import Package, write_package

__all__ = ["Package", "write_package"]
