"""PHP's CSV, exactly: what fputcsv writes comes back, and nothing else is taken for it."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.php_csv import field, table
from ingest.formats.php_csv import CsvError, Dialect, blanked

PHP, RFC = Dialect(";", is_php=True), Dialect(",", is_php=False)

#: What makes trouble, and what does not.
_TRICKY = st.text(st.sampled_from(';"\\ \n\r\tab,é\u00a0'), max_size=12)


def values(dialect: Dialect, text: str) -> list[list[str]]:
    return [list(row.values) for row in dialect.read(text)]


def tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(2, 8).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6)
    )


@given(tables(_TRICKY.filter(lambda text: not text.endswith("\\"))))
def test_what_php_writes_comes_back(rows: list[list[str]]) -> None:
    assert values(PHP, table(rows)) == rows


@given(tables(st.text(st.sampled_from("ab é,\\/"), max_size=8)))
def test_a_text_may_end_with_a_backslash(rows: list[list[str]]) -> None:
    assert values(PHP, table(rows)) == rows


@given(tables(_TRICKY), st.data())
def test_fields_can_be_made_empty_and_the_others_stay(rows: list[list[str]], data: st.DataObject) -> None:
    text = table([["c"] * len(rows[0]), *([cell.rstrip("\\") for cell in row] for row in rows)])
    fields = [(row, column) for row in PHP.read(text)[1:] for column in range(len(rows[0]))]
    gone = data.draw(st.sets(st.sampled_from(range(len(fields)))))
    spans = [fields[number][0].span(fields[number][1]) for number in gone]
    kept = [cell for row in values(PHP, blanked(text, spans))[1:] for cell in row]
    expected = ["" if number in gone else row.values[column] for number, (row, column) in enumerate(fields)]
    assert kept == expected


@given(tables(_TRICKY))
def test_rfc_4180_comes_back(rows: list[list[str]]) -> None:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    assert values(RFC, file.getvalue()) == rows


def test_the_dialect_as_the_platform_was_seen_to_write_it() -> None:
    line = '"Ligne 1\r ligne ""2"" ; fin\\" x";75012;"a\\\\" ""b""";\n'
    assert values(PHP, line) == [['Ligne 1\r ligne "2" ; fin\\" x', "75012", 'a\\\\" "b"', ""]]
    assert field('fin\\" x') == '"fin\\" x"'


def test_rows_keep_their_numbers_and_places() -> None:
    text = 'a;b\n\n1;"2 ""3"""\n'
    header, empty, row = PHP.read(text)
    assert (len(header.values), empty.values, row.values) == (2, (), ("1", '2 "3"'))
    assert [text[slice(*row.span(column))] for column in (0, 1)] == ["1", '"2 ""3"""']


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('a;b\n1;"never closed\n2;3\n', 2),
        ("a;b\n1;2\n3\n", 3),
        ("a;b\n1;2;3\n", 2),
        ('a;b\n1;"x"y\n', 2),
        ("a;b\n1;not quoted though it has blanks\n", 2),
        ("a b;c\n", 1),
    ],
)
def test_what_php_does_not_write_is_refused_by_its_row(text: str, row: int) -> None:
    with pytest.raises(CsvError) as caught:
        PHP.read(text)
    assert caught.value.row == row


@pytest.mark.parametrize(
    "text",
    [
        "a;b\n" + '"' + '\\";' * 200_000,
        "a;b\n" + '"a\\";b c\n' * 50_000,
        "a;b\n" + '""' * 200_000 + ";",
        "a;b\n" + '"' + "\\" * 400_000,
        'a;b\n"' + "x" * 1_000_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.perf_counter()
    for dialect in (PHP, Dialect(";", is_php=False)):
        try:
            dialect.read(text)
        except CsvError:
            continue
    assert time.perf_counter() - started < 5
