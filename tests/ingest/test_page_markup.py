"""Both walks over markup tell the same, and at the same places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examples.answers import social_answers
from examples.pages import GENERATIONS, Style, render
from ingest.formats.page_markup import Unusual, walk, walk_tolerantly

ROOT = Path(__file__).resolve().parents[2]


class Listener:
    """Writes down what it is told; a text may come in pieces."""

    def __init__(self, work: str) -> None:
        self.work = work
        self.told: list[tuple[Any, ...]] = []

    def start(self, tag: str, attributes: tuple[list[str], str, str], at: int) -> None:
        self.told.append(("start", tag, attributes, at))

    def empty(self, tag: str, at: int) -> None:
        self.told.append(("empty", tag, at))

    def end(self, tag: str, at: int) -> None:
        self.told.append(("end", tag))  # where it ends, nobody asks

    def text(self, start: int, end: int) -> None:
        if not any(kind == "verbatim" for kind in self._inside()):
            self.told.append(("text", start, end))

    def reference(self, characters: str, start: int, end: int) -> None:
        self.told.append(("reference", characters, start, end))

    def _inside(self) -> list[str]:
        last = next((told for told in reversed(self.told) if told[0] in ("start", "end")), None)
        is_verbatim = last is not None and last[0] == "start" and last[1] in ("script", "style")
        return ["verbatim"] if is_verbatim else []


def both(work: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    quick, tolerant = Listener(work), Listener(work)
    walk(work, quick)
    walk_tolerantly(work, tolerant)
    return quick.told, tolerant.told


@pytest.mark.parametrize("generation", GENERATIONS)
def test_pages_are_walked_alike(generation: str) -> None:
    for seed in range(6):
        style = Style(heading=("effets", "mesure", "none")[seed % 3], keywords=seed % 2 == 0)
        quick, tolerant = both(render(social_answers(seed), "L'Étincelle & <Cie>", generation, "html", style))
        assert quick == tolerant


def test_pages_of_the_example_network_are_walked_quickly() -> None:
    for file in sorted((ROOT / "exports").rglob("*.html")):
        work = file.read_bytes().decode("utf-8", "replace")
        quick, tolerant = both(work)
        assert quick == tolerant


@pytest.mark.parametrize(
    "work",
    [
        "a &amp; b & c &eacute;&#233;&#xE9; &lt x",
        '<p class="x"" id=y>1</p><br/><img src=\'a>b\'>',
        "<SCRIPT>if (a </b) '<p>'</SCRIPT >x",
        "<!doctype html><!-- a - b --><o:p>x</o:p>",
    ],
)
def test_small_things_are_walked_alike(work: str) -> None:
    quick, tolerant = both(work + ".")
    assert quick == tolerant


@pytest.mark.parametrize("work", ["a < b", "<p", "<!-- -- >", "<?php ?>", "<a href=x/>", "</p x>", "&am"])
def test_what_is_unusual_is_left_to_the_other(work: str) -> None:
    with pytest.raises(Unusual):
        walk(work, Listener(work))
