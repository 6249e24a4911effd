"""The map: every département has an outline, and a number where evaluations came from."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from analyses.report import charts, geography
from analyses.report.charts.specs import Area, MapChart
from tests.report.drawing import figure

DEPARTMENTS = Path(__file__).parents[2] / "seeds" / "geography" / "departments.csv"
NAMES = {
    row["department_code"]: row["department"]
    for row in csv.DictReader(DEPARTMENTS.read_text(encoding="utf-8").splitlines())
}
STEPS = ((1, "une"), (2, "deux ou trois"), (4, "quatre et plus"))


def test_every_department_has_an_outline() -> None:
    assert geography.codes() == sorted(NAMES)


@pytest.mark.parametrize(("width", "left", "overseas"), [(760, 110, (5, 8)), (350, 0, (5, 4))])
def test_outlines_and_names_stay_on_the_sheet(width: int, left: int, overseas: tuple[int, int]) -> None:
    sheet = geography.place(NAMES, width=width, top=40, left=left, overseas=overseas, line=15)
    for shape in sheet.shapes:
        for x, y in (point for ring in shape.rings for point in ring):
            assert 0 <= x <= width and 40 <= y <= sheet.height, shape.code
    assert all(0 < label.x < width and label.y < sheet.height for label in sheet.labels)
    overseas_names = " ".join(label.text for label in sheet.labels)
    assert overseas_names.startswith("Guadeloupe") and "Clipperton" in overseas_names


def test_middles_lie_in_their_outlines() -> None:
    sheet = geography.place(NAMES, width=760, top=0, left=110, overseas=(5, 8), line=15)
    for shape in sheet.shapes:
        if shape.middle:
            x, y = shape.middle
            ring = shape.rings[0]
            crossings = sum(
                (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
                for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True)
            )
            assert crossings % 2, shape.code


def test_the_map_prints_each_count_once_or_in_the_close_up() -> None:
    areas = tuple(Area(code, name, 100 + number) for number, (code, name) in enumerate(NAMES.items()))
    map_chart = MapChart(areas, STEPS, "aucune")
    for svg in (charts.svg(figure(map_chart), "wide"), charts.svg(figure(map_chart), "narrow")):
        # Territoire de Belfort is too small for a number: the table has it.
        assert sorted(re.findall(r">(\d{3})<", svg)) == sorted(
            str(area.count) for area in areas if area.code != "90"
        )


def test_the_map_without_evaluations_is_drawn_and_the_same_each_time() -> None:
    first, second = (charts.svg(figure(MapChart((), STEPS, "aucune"))) for _ in range(2))
    assert first == second
    assert first.count("<path") > len(NAMES)
