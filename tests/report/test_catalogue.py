"""Numbers and texts in French."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import analyses.report
from analyses.report.catalogue import Catalogue

FOLDER = Path(analyses.report.__file__).parent


@pytest.fixture(scope="module")
def texts() -> Catalogue:
    return Catalogue("fr")


@pytest.mark.parametrize(
    ("share", "digits", "printed"),
    [
        (0.0, 0, "0 %"),
        (1.0, 0, "100 %"),
        (0.0, 1, "0 %"),
        (2 / 3, 0, "67 %"),
        (2 / 3, 1, "66,7 %"),
        (0.125, 0, "13 %"),
        (0.145, 0, "15 %"),
        (0.004, 0, "moins de 1 %"),
        (0.996, 0, "plus de 99 %"),
        (0.0004, 1, "moins de 0,1 %"),
        (0.9996, 1, "plus de 99,9 %"),
        (1e-17, 0, "moins de 1 %"),
    ],
)
def test_shares(texts: Catalogue, share: float, digits: int, printed: str) -> None:
    assert texts.percent(share, digits) == printed.replace(" %", "\u202f%")


def test_counts_have_their_thousands_apart(texts: Catalogue) -> None:
    assert texts.count(1234567) == "1\u202f234\u202f567"
    assert texts("who.register_known", n=1234) == (
        "Le registre du réseau compte 1\u202f234\u00a0lieux actifs cette année-là."
    )


@pytest.mark.parametrize(("n", "word"), [(0, "lieu"), (1, "lieu"), (2, "lieux"), (1_000_000, "lieux")])
def test_plurals(texts: Catalogue, n: int, word: str) -> None:
    assert texts("key.sites", n=n) == word


def test_listings(texts: Catalogue) -> None:
    assert [texts.listing(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a et b",
        "a, b et c",
    ]


def test_an_unknown_code_stands_for_itself(texts: Catalogue) -> None:
    assert texts.code("reasons", "no-year") == "année introuvable"
    assert texts.code("reasons", "brand-new") == "brand-new"


def test_labels_get_french_blanks(texts: Catalogue) -> None:
    assert texts.label({"label_fr": "Quels publics ?"}) == "Quels publics\u202f?"


def test_a_missing_text_or_value_is_an_error(texts: Catalogue) -> None:
    with pytest.raises(KeyError):
        texts("who.nothing")
    with pytest.raises(KeyError):
        texts("page.title", year="2025")


def test_punctuation_has_no_break_blanks() -> None:
    for line in (FOLDER / "texts" / "fr.toml").read_text(encoding="utf-8").splitlines():
        for text in re.findall(r'"[^"]*"', line):
            assert not re.search(r"(?<=[^ ]) [;:!?%»]|« ", text), text
            assert "'" not in text, text


def test_no_french_in_code() -> None:
    """Words belong in the catalogue: accented letters betray those that do not."""
    for path in FOLDER.glob("*.py"):
        assert not re.search(r"[éèêàùçœô]", path.read_text(encoding="utf-8")), path
    for path in (FOLDER / "templates").glob("*.jinja"):
        assert not re.search(r"[éèêàùçœô]", path.read_text(encoding="utf-8")), path
