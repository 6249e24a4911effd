"""The document says what the published tables say, in the words of one language, and says where it has it from."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analyses.report import write_report
from analyses.report.build import CHAPTERS, build_document
from analyses.report.charts.specs import DumbbellChart, TrendChart
from analyses.report.database import QUERIES, Database
from analyses.report.document import Document, Figure, KeyFigures, Notice, Ref, Table, as_data, plain
from ingest.settings import Settings
from tests.report.published import CRITERIA, indicator, network, publish


def stands_at(connection: duckdb.DuckDBPyConnection, ref: Ref, year: int) -> list[Any]:
    """What the published database has where a figure says that it stands."""
    if ref.relation.startswith("query:"):
        query = QUERIES[ref.relation.removeprefix("query:")]
        relation = f"({query.sql})"
        parameters: dict[str, Any] = {"year": year} if "$year" in query.sql else {}
    elif ref.column in columns(connection, ref.relation):
        relation, parameters = ref.relation, {}
    else:
        (query,) = (q for q in QUERIES.values() if q.relation == ref.relation and ref.column in q.sql)
        relation, parameters = f"({query.sql})", {"year": year}
    where = " and ".join(f'"{name}" = ${name}_key' for name in ref.key) or "true"
    keys = {f"{name}_key": value for name, value in ref.key.items()}
    rows = connection.execute(
        f'select "{ref.column}" from {relation} where {where}', {**parameters, **keys}
    ).fetchall()
    return [value for (value,) in rows]


def columns(connection: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    return {row[0] for row in connection.execute(f"describe {relation}").fetchall()}


def test_every_figure_is_the_one_that_is_published(warehouse: Path, documents: dict[str, Document]) -> None:
    seen = 0
    relations = set()
    with Database(warehouse / "effets.duckdb") as database:
        connection = database._connection
        for document in documents.values():
            for cell in document.cells():
                if cell.ref is None:
                    assert cell.value is None or cell.kind == "text" or cell.value == 0, cell
                    continue
                ref = cell.ref
                (found,) = stands_at(connection, ref, document.year)
                assert cell.value == pytest.approx(float(found)), cell
                seen += 1
                relations.add(ref.relation)
    assert seen > 500
    # Testimonies are words; trends tell where a series breaks.
    told = {table for query in QUERIES.values() for table in query.relations if table.startswith("rpt_")}
    assert relations >= told - {"rpt_testimony", "rpt_trend"}


def test_a_digit_of_a_figure_is_never_in_words_alone(documents: dict[str, Document]) -> None:
    """Where a paragraph has a number, it is a cell; years, levels of confidence and rules are not figures."""
    for document in documents.values():
        for block in document.chapters[0].sections[0].blocks[:1]:
            for item in block.items:  # type: ignore[union-attr]
                words = "".join(piece.text for piece in item if not hasattr(piece, "ref"))
                assert not [c for c in words.replace("2025", "").replace("2024", "") if c.isdigit()], words


def test_the_chapters_are_those_of_the_specification(documents: dict[str, Document]) -> None:
    for document in documents.values():
        assert [chapter.ident for chapter in document.chapters[:-2]] == [ident for ident, _ in CHAPTERS]
        assert [chapter.number for chapter in document.chapters] == [*map(str, range(1, 13)), "A", "B"]
        assert all(section.blocks for chapter in document.chapters for section in chapter.sections)


def test_identifiers_are_unique_and_sources_are_shown(document: Document) -> None:
    idents = [chapter.ident for chapter in document.chapters]
    idents += [section.ident for chapter in document.chapters for section in chapter.sections]
    idents += [block.ident for block in document.blocks() if hasattr(block, "ident")]
    idents += [table.ident for table in document.tables()]
    doubled = {ident for ident in idents if idents.count(ident) > 1}
    # A table that is a block of its own is listed twice here.
    assert doubled <= {block.ident for block in document.blocks() if isinstance(block, Table)}
    shown = {
        block.name
        for section in document.chapters[-1].sections
        for block in section.blocks
        if hasattr(block, "sql")
    }
    assert {table.query for table in document.tables()} <= shown


def test_it_is_data(document: Document) -> None:
    again = json.loads(json.dumps(as_data(document), ensure_ascii=False))
    assert again["year"] == 2025 and again["chapters"][0]["block"] == "Chapter"


def test_tables_have_a_cell_for_each_column(documents: dict[str, Document]) -> None:
    for document in documents.values():
        for table in document.tables():
            assert table.title and table.rows
            for row in table.rows:
                assert len(row.cells) == len(table.columns), table.ident


def test_each_figure_is_told_in_words_and_has_a_basis(documents: dict[str, Document]) -> None:
    for document in documents.values():
        figures = document.figures()
        assert len(figures) >= 6
        for figure in figures:
            assert len(figure.description) > 20 and figure.title and figure.query in QUERIES
            assert figure.table.rows


def test_what_is_drawn_is_in_the_table(document: Document) -> None:
    def floats(thing: Any) -> set[float]:
        if isinstance(thing, dict):
            return set().union(
                *[floats(v) for k, v in thing.items() if k not in ("ticks", "steps")] or [set()]
            )
        if isinstance(thing, list):
            return set().union(*map(floats, thing)) if thing else set()
        return {float(thing)} if isinstance(thing, int | float) and thing not in (0, 1) else set()

    for figure in document.figures():
        drawn = floats(as_data(figure.chart))
        told = floats(as_data(figure.table))
        # A bar or a shade may be a count over its base: both are in the table.
        shares = {one / other for one in told | {1.0} for other in told if other}
        assert all(any(math.isclose(value, share) for share in told | shares) for value in drawn), (
            figure.ident
        )


def test_what_speaks_against_is_always_there(document: Document) -> None:
    boxes = [block for block in document.blocks() if isinstance(block, Notice) and block.role == "negative"]
    assert boxes and any(
        "Inconfort" in row.cells[0].text
        for box in boxes
        for t in box.blocks
        if isinstance(t, Table)
        for row in t.rows
    )


def test_a_suppressed_figure_shows_nothing_of_itself(tmp_path: Path) -> None:
    tables = network()
    tables["rpt_indicator"] = [
        {**row, "status": "suppressed", "status_label_fr": "Masqué", "masked_fr": "moins de 3 sites"}
        | dict.fromkeys(("numerator", "value", "ci_low", "ci_high", "bound_low", "bound_high"))
        if row["indicator_id"] == "I7"
        else row
        for row in tables["rpt_indicator"]
    ]
    with Database(publish(tmp_path, tables) / "effets.duckdb") as database:
        document = build_document(database, 2025, "fr", Settings())
    rows = [
        row
        for table in document.tables()
        for row in table.rows
        if row.cells[0].text.startswith("Inconfort") and table.ident != "table-change"
    ]
    assert rows
    for row in rows:
        assert row.cells[1].value is None
        assert row.cells[1].text in ("Masqué", "moins de 3 sites")


def test_an_arrow_needs_the_decision_rule(document: Document) -> None:
    (figure,) = (f for f in document.figures() if f.ident == "figure-change")
    assert isinstance(figure.chart, DumbbellChart)
    assert {change.label: change.arrow for change in figure.chart.changes} == {
        "Mixité des rencontres": "up",
        "Inconfort ou stress": None,
    }
    key = [figure for block in document.blocks() if isinstance(block, KeyFigures) for figure in block.figures]
    told = {figure.label: " ".join(plain(line) for line in figure.lines) for figure in key}
    assert [label for label, text in told.items() if "▲" in text] == ["Mixité des rencontres"]
    assert not [label for label, text in told.items() if "▼" in text]


def test_a_series_that_breaks_is_cut(document: Document) -> None:
    (figure,) = (f for f in document.figures() if f.ident == "figure-change-years")
    assert isinstance(figure.chart, TrendChart)
    cut = {(p.label, point.year) for p in figure.chart.panels for point in p.points if point.is_break}
    assert cut == {("Effets positifs sur la santé", "2025")}
    assert "2025 (après une rupture de série)" in figure.description
    assert [item.sign for item in figure.legend][-1] == "break"


def test_an_earlier_year_knows_nothing_of_later_ones(warehouse: Path) -> None:
    with Database(warehouse / "effets.duckdb") as database:
        document = build_document(database, 2023, "fr", Settings())
    text = json.dumps(as_data(document), ensure_ascii=False)
    assert "2024" not in text and "2025" not in text
    assert "rien à comparer" in text


def test_a_year_without_evaluation_is_refused(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1999"):
        write_report(warehouse, tmp_path, 1999)
    with pytest.raises(ValueError, match="any year"):
        write_report(publish(tmp_path / "empty", {}), tmp_path)
    assert not list(tmp_path.glob("*/index.html"))


def test_the_register_is_named_where_there_is_one(tmp_path: Path, document: Document) -> None:
    tables = network()
    rate = {**indicator("C1", "Participation", 2025, 12, 12, 12), "kind": "coverage", "n_register": 40}
    tables["rpt_indicator"] = [*tables["rpt_indicator"], rate]
    sheet = {
        "indicator_id": "C1",
        "method_version": "1",
        "label_fr": "P",
        "label_en": "P",
        "kind": "coverage",
        "minimum_n": 1,
        "unit": "share",
        "disclosure": "public",
    }
    tables["dim_indicator"] = [*tables["dim_indicator"], sheet]
    with Database(publish(tmp_path, tables) / "effets.duckdb") as database:
        known = build_document(database, 2025, "fr", Settings())
    words = [
        " ".join(plain(b.text) for b in d.blocks() if hasattr(b, "text") and isinstance(b.text, tuple))
        for d in (document, known)
    ]
    assert "registre" in words[0] and "Aucun taux" in words[0]
    assert (
        "40\u00a0lieux actifs" in words[1].replace(" lieux", "\u00a0lieux") and "Aucun taux" not in words[1]
    )


def test_the_order_of_rows_does_not_matter(tmp_path: Path, document: Document) -> None:
    tables: dict[str, list[dict[str, Any]]] = {name: list(rows)[::-1] for name, rows in network().items()}
    with Database(publish(tmp_path, tables) / "effets.duckdb") as database:
        assert as_data(build_document(database, 2025, "fr", Settings())) == as_data(document)


def test_completeness_has_every_criterion(document: Document) -> None:
    (figure,) = (f for f in document.figures() if f.ident == "figure-quality-completeness")
    assert isinstance(figure, Figure) and len(figure.table.rows) == len(CRITERIA)
