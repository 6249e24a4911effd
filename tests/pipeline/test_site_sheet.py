"""The sheet of a site: found by any of its names, with its own words, and nothing of another site."""

from __future__ import annotations

import html
import re
from pathlib import Path

import duckdb
import pikepdf
import pytest

from analyses.report.messages import clean
from tests.pipeline.warehouses import Built, invoke, invoke_json


@pytest.fixture(scope="module")
def site(built: Built) -> tuple[str, str]:
    """The site that wrote most: its project_id and its name."""
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        found = connection.execute("""
            select project_id, any_value(name)
            from dim_project inner join fct_testimony using (project_id)
            group by project_id order by count(*) desc, project_id limit 1
        """).fetchone()
    assert found
    return found


@pytest.fixture(scope="module")
def sheet(built: Built, site: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The French page of its sheet."""
    out = tmp_path_factory.mktemp("sheets")
    invoke_json("report", "--site", site[0], "--lang", "fr", "--out", out, warehouse=built.warehouse)
    (page,) = out.rglob(f"{site[0]}.fr.html")
    return page


def words_of(page: Path) -> str:
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_page_and_pdf_say_whose_they_are(sheet: Path, site: tuple[str, str]) -> None:
    words = words_of(sheet)
    assert site[1] in words and "Pour le lieu seul" in words
    with pikepdf.open(sheet.with_suffix(".pdf")) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1" and metadata["dc:title"].startswith(site[1])


def test_it_says_what_the_export_said(sheet: Path, site: tuple[str, str], built: Built) -> None:
    words = re.sub(r"\s", "", words_of(sheet))
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        texts = connection.execute(
            "select text from fct_testimony where project_id = ? and year <= ?",
            [site[0], int(sheet.parents[1].name)],
        ).fetchall()
    assert texts
    for (text,) in texts:
        assert re.sub(r"\s", "", clean(text)) in words


def test_no_other_site_is_named(sheet: Path, site: tuple[str, str], built: Built) -> None:
    words = words_of(sheet).casefold()
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        others = connection.execute(
            "select name from dim_project where project_id <> ?", [site[0]]
        ).fetchall()
    assert others
    named = [name for (name,) in others if name and re.search(rf"\b{re.escape(name.casefold())}\b", words)]
    assert named == []


def test_another_spelling_is_the_same_site(
    sheet: Path, site: tuple[str, str], built: Built, tmp_path: Path
) -> None:
    name = site[1].upper().replace("'", " ").replace("’", " ")
    invoke_json(
        "report", "--site", f" {name}! ", "--lang", "fr", "--out", tmp_path, warehouse=built.warehouse
    )
    (page,) = tmp_path.rglob("*.html")
    assert page.read_bytes() == sheet.read_bytes()


def test_wrong_names_and_years(site: tuple[str, str], built: Built, tmp_path: Path) -> None:
    near = invoke("report", "--site", f"{site[0][:-1]}", "--out", tmp_path, warehouse=built.warehouse)
    assert near.exit_code == 2 and site[0] in near.output
    for arguments in (
        ("--site", "xyzzy"),
        ("--site", site[0], "--year", "1999"),
        ("--site", site[0], "--publish"),
    ):
        result = invoke("report", *arguments, "--out", tmp_path, warehouse=built.warehouse)
        assert result.exit_code == 2, result.output
    assert not list(tmp_path.rglob("*.html"))


def test_refusals_speak_the_reader_s_language(
    site: tuple[str, str], built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In French: what is wrong, and what to give instead."""
    monkeypatch.setenv("EFFETS_LANG", "fr")
    for arguments, told in (
        (("--site", site[0][:-1]), f"donnez l’un des plus proches\u00a0: {site[0]}"),
        (("--site", "xyzzy"), "aucun lieu ne porte le nom «\u00a0xyzzy\u00a0»\u00a0: dim_project, dans "),
        (("--site", site[0], "--year", "1999"), "n’a pas d’évaluation de 1999"),
        (("--site", site[0], "--publish"), "enlevez --publish, ou enlevez --site"),
        (("--lang", "de"), "--lang de est inconnue"),
    ):
        result = invoke("report", *arguments, "--out", tmp_path, warehouse=built.warehouse)
        assert result.exit_code == 2 and told in result.output, result.output


def test_a_network_without_a_name_is_one_still(sheet: Path) -> None:
    words = words_of(sheet)
    assert re.search(r"de ce lieu \((Réseau [^)]+)\)", words)
