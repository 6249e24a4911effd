"""What the page prints is what the database holds, and what the database does not know is not printed as nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analyses.report import write_report
from tests.report.conftest import NO_SETTINGS
from tests.report.page import Element, parse, table
from tests.report.published import CRITERIA, EVALUATIONS, Row, Tables, indicator, network, publish

ZERO = "0\u202f%"


def ask(warehouse: Path, sql: str) -> list[Row]:
    with duckdb.connect(str(warehouse / "effets.duckdb"), read_only=True) as connection:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def written(folder: Path, tables: Tables, year: int | None = None) -> Element:
    return parse(write_report(publish(folder / "w", tables), folder / "r", year, settings=NO_SETTINGS))


def test_indicators_equal_the_table(warehouse: Path, page: Element) -> None:
    rows = table(page, "table-indicators")
    for figures in ask(warehouse, "select * from rpt_indicator where year = 2025"):
        label = figures["component_label_fr"]
        row = rows[label if figures["component_id"] != "all" else f"{figures['indicator_id']} {label}"]
        value, numerator, answered, evaluations, interval, bounds = row.all("td")
        assert value.values() == [figures["value"]] or (figures["value"] is None and not value.values())
        assert numerator.values() == [n for n in [figures["numerator"]] if n is not None]
        assert answered.values() == [figures["n_answered"]]
        assert evaluations.values()[0] == figures["n_evaluations"]
        assert interval.values() == [
            end for end in (figures["ci_low"], figures["ci_high"]) if end is not None
        ]
        low, high = figures["bound_low"], figures["bound_high"]
        few = figures["n_answered"] < 0.8 * figures["n_evaluations"] or figures["status"] == "bounds"
        assert bounds.values() == ([low, high] if few and low is not None else [])


def test_what_has_no_value_says_why(page: Element) -> None:
    rows = table(page, "table-indicators")
    said = {label: row.all("td")[0].text for label, row in rows.items() if row.all("td")}
    assert said == {
        "I1 Mixité des rencontres": "70\u202f%",
        "I3 Publics en difficulté": "Trop peu de réponses",
        "I6 Effets positifs sur la santé": ZERO,
        "K5 Appartenance": "Pas de réponse",
        "Q2 Entretien amélioré": "Question non posée",
        "Réponse non": "Seulement des bornes",
        "Réponse amelioration": "Seulement des bornes",
        "Réponse difficile": "Seulement des bornes",
    }


def test_the_chart_draws_no_value_that_is_not_there(page: Element) -> None:
    (chart, _) = page.find("figure-indicators").all("svg")
    labels = [text.text for text in chart.all("text")]
    assert "7 sur 10" in labels and "70\u202f%" in labels
    assert "Trop peu de réponses (n = 3)" in labels
    assert labels.count("bornes seulement") == 3
    assert labels.count(ZERO) == 2, "the axis, and the one share that is truly nothing"
    dots = [e for e in chart.all("path") if e.attributes.get("fill") == "#0f5c73"]
    assert len(dots) == 2


def test_completeness_equals_the_table(warehouse: Path, page: Element) -> None:
    rows = table(page, "table-completeness")
    states = table(page, "table-states")
    assert len(rows) == len(CRITERIA)
    for number, (category, _, label) in enumerate(CRITERIA, start=1):
        figures = ask(
            warehouse, f"select * from rpt_completeness where category_id = '{category}' order by year"
        )
        assert rows[f"{number}. {label}"].values() == [row["documented_share"] for row in figures]
        shown = ("answered", "blank", "ambiguous", "lost", "not_shown", "not_asked")
        assert states[f"{number}. {label}"].values() == [figures[-1][f"{state}_count"] for state in shown]


def test_participation_equals_the_table(warehouse: Path, page: Element) -> None:
    rows = table(page, "table-years")
    for figures in ask(warehouse, "select * from rpt_participation where format = 'all'"):
        row = rows[str(figures["year"])]
        assert row.values() == [figures["export_count"], figures["evaluation_count"]]
    assert rows["2023"].all("td")[-1].text == "–", "no year before, hence no number of matched sites"
    assert rows["2025"].all("td")[-1].text == "11 sur 11"
    formats = table(page, "table-forms")
    assert formats["Page des effets"].values() == list(EVALUATIONS.values())
    assert formats["Fiche du lieu (JSON)"].values() == [0, 0, 2]
    assert page.find("key-facts").values() == [12, 14, 12, 11]


def test_quality_equals_the_tables(page: Element) -> None:
    assert table(page, "table-rejected")["forme inconnue"].values() == [1]
    assert table(page, "table-unmapped")["Quels publics\u202f?"].values() == [1, 3]
    characters = table(page, "table-characters")
    assert [row.values() for row in characters.values()] == [
        [36000, 0.75],
        [11988, 0.24975],
        [12, 0.00025],
        [48000],
    ]
    assert "moins de 0,1\u202f%" in characters["Non compris, gardés et listés"].text
    cases = {label.split(" Table")[0]: row.values() for label, row in table(page, "table-cases").items()}
    assert sum(number for (number,) in cases.values()) == 3
    assert len(cases) == 11
    dates = table(page, "table-dates")
    assert [(label, row.values()) for label, row in dates.items()] == [
        ("le dossier qui porte l’année", [11.0]),
        ("le manifeste des exports", [1.0]),
    ]


def test_an_earlier_year_knows_nothing_of_later_ones(tmp_path: Path) -> None:
    page = written(tmp_path, network(), 2024)
    (body,) = page.all("body")
    assert "2025" not in body.text
    assert page.find("key-facts").values() == [11, 13, 11, 10]


def test_the_first_year_has_nothing_to_compare(tmp_path: Path) -> None:
    page = written(tmp_path, network(), 2023)
    assert "aucune évaluation en 2022" in page.find("key-facts").text
    assert page.find("key-facts").values() == [10, 12, 10]


def test_a_year_without_evaluation_is_refused(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1999"):
        write_report(warehouse, tmp_path, 1999, settings=NO_SETTINGS)
    with pytest.raises(ValueError, match="any year"):
        write_report(publish(tmp_path / "empty", {}), tmp_path, settings=NO_SETTINGS)
    assert not list(tmp_path.glob("*/index.html"))


def test_a_register_is_named_where_there_is_one(tmp_path: Path, page: Element) -> None:
    assert "Aucun taux de participation" in page.find("who").text
    tables = network()
    tables["rpt_indicator"] = [{**row, "n_register": 40} for row in tables["rpt_indicator"]]
    who = written(tmp_path, tables).find("who").text
    assert "40\u00a0lieux actifs" in who and "Aucun taux" not in who


def test_a_suppressed_figure_shows_nothing_of_itself(tmp_path: Path) -> None:
    tables = network()
    hidden = indicator("I9", "Emplois créés", 2025, None, 11, 12, status="suppressed")
    tables["rpt_indicator"] = [*tables["rpt_indicator"], hidden]
    row = table(written(tmp_path, tables), "table-indicators")["I9 Emplois créés"]
    cells = row.all("td")
    assert [cells[i].text for i in (0, 1, 4, 5)] == ["Masqué", "–", "non calculé", "–"]


def test_invented_sites_are_announced(tmp_path: Path, page: Element) -> None:
    (body,) = page.all("body")
    assert (
        "invent"
        not in body.text.replace("invented_count", "").replace("-site-invente", "").split("D’où vient")[0]
    )
    page = written(tmp_path, network(mark="-site-invente"))
    assert page.all("title")[0].text == "Réseau d’exemple\u00a0: rapport 2025"
    assert "Les 12\u00a0lieux de 2025 sont inventés" in page.all("header")[0].text
    assert "Ne citez pas ces chiffres" in page.find("limits").text


def test_the_network_has_the_name_of_its_settings(warehouse: Path, tmp_path: Path) -> None:
    settings = tmp_path / "effets.toml"
    settings.write_text('name = "Les Tiers-Lieux d’Armor"', encoding="utf-8")
    page = parse(write_report(warehouse, tmp_path, settings=settings))
    assert page.all("header")[0].text.startswith("Les Tiers-Lieux d’Armor")


def test_the_same_database_gives_the_same_bytes(warehouse: Path, written: Path, tmp_path: Path) -> None:
    again = write_report(warehouse, tmp_path / "again", settings=NO_SETTINGS)
    assert again.read_bytes() == written.read_bytes()
    shutil.copy(warehouse / "effets.duckdb", tmp_path / "effets.duckdb")
    write_report(tmp_path, tmp_path / "again", 2025, settings=NO_SETTINGS)
    assert again.read_bytes() == written.read_bytes()
    assert [path.name for path in again.parent.iterdir()] == ["index.html"]


def test_the_order_of_rows_does_not_matter(written: Path, tmp_path: Path) -> None:
    tables: dict[str, list[dict[str, Any]]] = {name: rows[::-1] for name, rows in network().items()}
    other = write_report(publish(tmp_path / "w", tables), tmp_path / "r", settings=NO_SETTINGS)
    assert other.read_bytes() == written.read_bytes()
