"""Charts and colours: legible in both schemes, placed without measuring text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from analyses.report.charts import Band, Drawing, Interval, heat_map, interval_chart, step, svg
from analyses.report.palette import LIGHT, PALETTE, style_rules


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = [
    *((text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "card")),
    ("ink", "notice"),
    *(("on-low", f"step-{number}") for number in (0, 1, 2)),
    *(("on-high", f"step-{number}") for number in (3, 4)),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_keeps_its_contrast(text: str, ground: str, scheme: int) -> None:
    assert contrast(PALETTE[text][scheme], PALETTE[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("sign", ["accent", "band-line"])
def test_signs_keep_their_contrast(sign: str, scheme: int) -> None:
    for ground in ("paper", "band") if sign == "accent" else ("paper",):
        assert contrast(PALETTE[sign][scheme], PALETTE[ground][scheme]) >= 3


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_steps_grow_away_from_the_paper(scheme: int) -> None:
    paper = PALETTE["paper"][scheme]
    contrasts = [contrast(PALETTE[f"step-{number}"][scheme], paper) for number in range(5)]
    assert all(later > 1.15 * earlier for earlier, later in pairwise(contrasts))


def test_each_colour_is_told_apart_when_it_is_replaced() -> None:
    assert len(set(LIGHT.values())) == len(LIGHT)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for pair in PALETTE.values() for colour in pair)
    assert '.chart [fill="#0f5c73"]{fill:var(--accent)}' in style_rules()


@pytest.mark.parametrize(
    ("share", "fifth"), [(0, 0), (0.194, 0), (0.196, 1), (0.2, 1), (0.6, 3), (0.8, 4), (1, 4)]
)
def test_steps(share: float, fifth: int) -> None:
    assert step(share) == fifth


LONG = "Un libellé qui ne tient sur aucune ligne, ni même sur deux, tant il a de choses à dire de ses lieux & <autres>"

DRAWINGS = {
    "intervals": interval_chart(
        [
            Interval("Tout", "50 %", "5 sur 10", value=0.5, low=0.2, high=0.8, bound_low=0.1, bound_high=0.9),
            Interval(LONG),
            Interval(LONG, "–", "Pas de réponse", is_part=True),
        ],
        [(0, "0 %"), (0.5, "50 %"), (1, "100 %")],
    ),
    "heat map": heat_map(
        [(str(year), "E = 12") for year in range(2015, 2027)],
        [
            Band(
                "Effets",
                ["Court", LONG],
                [[0.1] * 12, [None] * 11 + [0.9]],
                [["10 %"] * 12, ["–"] * 11 + ["90 %"]],
            )
        ],
    ),
    "nothing known": interval_chart([Interval("Tout", "–", "Pas de réponse")], [(0, "0 %"), (1, "100 %")]),
}


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS.keys())
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_drawings(drawing: Drawing, width: str) -> None:
    chart = getattr(drawing, width)
    source = svg(chart, "x", "Un titre & <un autre>", "Une description")
    assert source == svg(chart, "x", "Un titre & <un autre>", "Une description")
    assert '<title id="x-title">Un titre &amp; &lt;un autre&gt;</title><desc id="x-desc">' in source
    assert set(re.findall(r"#[0-9a-f]{6}", source)) <= set(LIGHT.values())
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', source)
    assert size
    across, down = int(size[1]), int(size[2])
    for x, y in re.findall(r"<text[^>]*translate\(([-\d.]+),([-\d.]+)\)", source):
        assert 0 <= float(x) <= across and 0 < float(y) <= down


def test_many_years_show_the_last_ones() -> None:
    source = svg(DRAWINGS["heat map"].narrow, "x", "t", "d")
    assert re.findall(r">(20\d\d)<", source) == ["2022", "2023", "2024", "2025", "2026"]
