"""Texts that begin like a formula are none in what a spreadsheet opens."""

from __future__ import annotations

import csv
import io

import duckdb
import pytest

from ingest.codebook import Codebook, label_key
from ingest.forms_mapping import mapping_rows
from ingest.spreadsheet import as_text, plain
from tests.fuzz.seeds import ROOT

FORMULAS = ["=1+1", "+33 6", "-2+3", "@sum(a1)", "\t=1", "\r=1", "=cmd|'/C calc'!A0", "＝1", "- de dix"]
PLAIN = ["", "a=b", "Café", "-12", "+3", "-1.5", "2024-01-01", " =1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_becomes_a_text(cell: str) -> None:
    assert as_text(cell) == f" {cell}"
    assert label_key(as_text(cell)) == label_key(cell)


@pytest.mark.parametrize("cell", PLAIN)
def test_what_is_none_stays(cell: str) -> None:
    assert as_text(cell) == cell


def test_queries_say_the_same() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table cells (number integer, cell varchar)")
        cells = [*FORMULAS, *PLAIN, None]
        connection.executemany("insert into cells values (?, ?)", list(enumerate(cells)))
        query = plain(connection, "select number, cell from cells order by number desc")
        found = connection.execute(query).fetchall()
    assert found == [(n, c if c is None else as_text(c)) for n, c in reversed(list(enumerate(cells)))]


def test_rows_for_the_codebook() -> None:
    rows = mapping_rows("essai", [("a", "=HYPERLINK(1)", "short_text")], Codebook.load(ROOT))
    (row,) = csv.DictReader(io.StringIO(rows))
    assert row["title"] == " =HYPERLINK(1)"
