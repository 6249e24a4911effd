"""Words are found as a whole and whatever their case, as a plain regular expression finds them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import search
from ingest.words import Words, fold

LETTERS = st.text(alphabet="aAéÉİıiIſsSKk-_ .'’", min_size=1, max_size=6)


def plainly(names: set[str], slugs: set[str], text: str) -> list[str]:
    """The same by one pattern, many times slower."""

    def any_of(words: set[str]) -> str:
        ordered = sorted(words, key=lambda word: (-len(fold(word)), fold(word)))
        return "|".join(map(re.escape, ordered)) or "(?!)"

    pattern = rf"(?<!\w)(?:{any_of(names)})(?!\w)|(?<![\w-])(?:{any_of(slugs)})(?![\w-])"
    return [fold(match) for match in re.findall(pattern, text, re.IGNORECASE)]


@given(st.sets(LETTERS, max_size=4), st.sets(LETTERS, max_size=3), st.text(alphabet="aAéÉİıiIſsSKk-_ .'’"))
def test_they_are_those_of_a_plain_pattern(names: set[str], slugs: set[str], text: str) -> None:
    assert Words(names, slugs).in_text(text) == plainly(names, slugs, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Chez L'AMARRE.", ["l'amarre"]),
        ("L'Amarres", []),
        ("sous-L'Amarre", ["l'amarre"]),
        ("l-amarre, l-amarre-bis", ["l-amarre"]),
        ("LıL'AMARRE L-AMARRE", ["l-amarre"]),
    ],
)
def test_names_and_slugs_end_where_theirs_do(text: str, found: list[str]) -> None:
    assert Words({"L'Amarre"}, {"l-amarre"}).in_text(text) == found


def test_no_words_are_nowhere() -> None:
    assert Words(set(), set()).in_text("anything") == []


@pytest.mark.parametrize("piece", [7, 64, 101, 1000])
def test_a_large_file_holds_what_its_pieces_hold(
    piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is cut: no word is lost, and none begins or ends at a cut."""
    monkeypatch.setattr(search, "_PIECE", piece)
    words = Words({"Été"}, set())
    for before in range(0, 150, 3):
        file = tmp_path / "content.duckdb"
        file.write_bytes(b"." * before + "Été étés tété &Eacute;té".encode() + b"." * 150)
        found = [match for text in search.texts(file, words) for match in words.in_text(text)]
        assert set(found) == {"été"}
        file.write_bytes(b"." * before + "étés tété".encode() + b"." * 150)
        assert not any(words.in_text(text) for text in search.texts(file, words))
