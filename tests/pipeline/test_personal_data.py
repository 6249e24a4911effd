"""Who answered, and what gives access, is nowhere; what people write of themselves is not shown to others."""

from __future__ import annotations

import json

import duckdb

from tests.pipeline.forms import PLANTED, SHOWN_MAIL, SHOWN_PHONES, TESTIMONY
from tests.pipeline.scan import scan
from tests.pipeline.warehouses import Built


def test_the_scan_finds_what_is_planted(built: Built) -> None:
    """Every form that can hold it does, or the next test would prove nothing."""
    found = {place.partition("/")[2].partition(".zip")[0] for place, _ in scan(built.exports, PLANTED)}
    without = {file.name for file in built.exports.rglob("*.*")} - {
        place.rpartition("/")[2] for place in found
    }
    assert without == {"serre.html", "serre.txt", "responses.xlsx", "recu.zip"}, (
        "packed ones are seen as such"
    )


def test_nobody_who_answered_is_anywhere(built: Built) -> None:
    assert scan(built.warehouse, PLANTED) == []
    assert scan(built.reports, PLANTED) == []
    assert not [word for word in PLANTED if word in built.said]


def test_testimonies_are_kept_as_they_are(built: Built) -> None:
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        texts = connection.execute(
            "select text from fct_testimony where question_id = 'lien_social'"
        ).fetchall()
    assert sum(text.rstrip(".") + "." == "" or TESTIMONY[:-1] in text for (text,) in texts) > 5


def test_no_address_of_a_testimony_may_be_shown(built: Built) -> None:
    digits = ["".join(filter(str.isdigit, phone)) for phone in SHOWN_PHONES]
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where table_name like 'rpt_%'")
        for (table,) in tables.fetchall():
            rows = str(connection.execute(f"from {table}").fetchall())
            assert SHOWN_MAIL not in rows and not any(phone in rows for phone in (*SHOWN_PHONES, *digits)), (
                table
            )
    assert scan(built.reports, [SHOWN_MAIL, *SHOWN_PHONES, *digits]) == []
    assert SHOWN_MAIL not in built.said


def test_quality_pages_show_no_address(built: Built) -> None:
    pages = built.warehouse / "releases" / "current" / "quality"
    assert pages.is_dir()
    assert scan(pages.resolve(), [*PLANTED, SHOWN_MAIL, *SHOWN_PHONES]) == []
    assert json.loads(built.said[built.said.index("{") :])["ok"] is True
