"""The sheet of a site: found by any of its names, with its own words, and nothing of another site."""

from __future__ import annotations

import html
import re
from pathlib import Path

import duckdb
import pikepdf
import pytest

from tests.pipeline.warehouses import Built, invoke, invoke_json


@pytest.fixture(scope="module")
def sheet(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The French page of UTOPIC's sheet."""
    out = tmp_path_factory.mktemp("sheets")
    invoke_json("report", "--site", "utopic", "--lang", "fr", "--out", out, warehouse=built.warehouse)
    (page,) = out.rglob("utopic.fr.html")
    return page


def words_of(page: Path) -> str:
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_page_and_pdf_say_whose_they_are(sheet: Path) -> None:
    words = words_of(sheet)
    assert "UTOPIC" in words and "Pour le lieu seul" in words
    with pikepdf.open(sheet.with_suffix(".pdf")) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1" and metadata["dc:title"].startswith("UTOPIC")


def test_it_says_what_the_export_said(sheet: Path, built: Built) -> None:
    words = re.sub(r"\s", "", words_of(sheet)).replace("’", "'")
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        texts = connection.execute("select text from fct_testimony where project_id = 'utopic'").fetchall()
    assert texts
    for (text,) in texts:
        assert re.sub(r"\s", "", text).replace("’", "'") in words


def test_no_other_site_is_named(sheet: Path, built: Built) -> None:
    words = words_of(sheet).casefold()
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        others = connection.execute("select name from dim_project where project_id <> 'utopic'").fetchall()
    assert others
    assert [
        name for (name,) in others if name and re.search(rf"\b{re.escape(name.casefold())}\b", words)
    ] == []


@pytest.mark.parametrize("name", ["UTOPIC", "l'Utopic", "U.T.O.P.I.C"])
def test_other_names_of_the_site(name: str, built: Built, sheet: Path, tmp_path: Path) -> None:
    result = invoke("report", "--site", name, "--lang", "fr", "--out", tmp_path, warehouse=built.warehouse)
    if name.startswith("l'"):
        # Not its name, but near to it.
        assert result.exit_code == 2 and "utopic" in result.output
        return
    assert result.exit_code == 0, result.output
    (page,) = tmp_path.rglob("*.html")
    assert page.read_bytes() == sheet.read_bytes()


def test_unknown_site_and_year_are_wrong_usage(built: Built, tmp_path: Path) -> None:
    for arguments in (("--site", "xyzzy"), ("--site", "utopic", "--year", "1999")):
        result = invoke("report", *arguments, "--out", tmp_path, warehouse=built.warehouse)
        assert result.exit_code == 2, result.output
    assert not list(tmp_path.rglob("*.html"))
