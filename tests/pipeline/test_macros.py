"""Macros that say in SQL what Python says elsewhere."""

from __future__ import annotations

from pathlib import Path

import duckdb
import jinja2
from hypothesis import given
from hypothesis import strategies as st

from ingest.codebook import label_key

MACROS = Path(__file__).parents[2] / "macros"

LABELS = [
    "Éducation",
    " Trop  loin\n du\tcentre ",
    "L’Amarre ʼ ‘x’",
    "Cœur\u00a0: 3\u202f%",
    "ÎLE\r\nŒuvre",
    "o'x",
    "",
]


CONNECTION = duckdb.connect()


def sql_keys(labels: list[str]) -> list[str]:
    source = (MACROS / "label_key.sql").read_text(encoding="utf-8")
    query = jinja2.Template(
        source + "select {{ default__label_key('label') }} from unnest(?) as labels(label)"
    )
    return [key for (key,) in duckdb.connect().execute(query.render(), [labels]).fetchall()]


def test_label_key_is_that_of_the_codebook() -> None:
    assert sql_keys(LABELS) == [label_key(label) for label in LABELS]


@given(
    st.lists(st.text(alphabet=st.characters(min_codepoint=9, max_codepoint=0x17F), max_size=20), min_size=1)
)
def test_label_key_of_any_latin_text(labels: list[str]) -> None:
    assert sql_keys(labels) == [label_key(label) for label in labels]
