"""Published reports: a year's report is a draft until somebody publishes it; then its figures are kept for good.

What is kept are figures that anybody may see, and what they rested on, as hashes: later builds tell from it which
of them changed, and why (models/marts/reporting/rpt_restatement.sql).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from ingest.archive import Archive, Edition, State
from ingest.schema import RAW_TABLES
from ingest.warehouse import Warehouse

#: Below the folder of reports: reports of years that are published already, as they would be today.
DRAFTS = "draft"


@dataclass(frozen=True, slots=True)
class Restated:
    """How many figures of a published report are others today, with the causes that were found."""

    report: str
    figure_count: int
    causes: list[str]


def freeze(warehouse: Warehouse, release: str, year: int, report: Path) -> Edition:
    """Keep the report in the folder `report` as the published one of `year`; the caller holds the lock.

    Returns the edition. A second one of the same year stands beside the first.
    """
    archive = Archive(warehouse.archive)
    state = archive.state()
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        content = {
            name: _rows(connection, query, year)
            for name, query in (("figures", _FIGURES), ("sources", _SOURCES))
        }
    figures = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    number = sum(edition.year == year for edition in state.editions) + 1
    published_on = datetime.now(UTC).date().isoformat()
    edition = Edition(year, number, release, published_on, sha256(figures).hexdigest())
    archive.record_edition(edition, figures, report)
    return edition


def published_rows(archive: Archive, state: State) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the raw tables of published reports: of each year, those of the last edition.

    Raises ArchiveError if an edition's figures are gone or were changed.
    """
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _TABLES}
    for year in sorted({edition.year for edition in state.editions}):
        edition = state.last_edition(year)
        assert edition is not None
        about = {
            "report_year": year,
            "edition": edition.number,
            "release": edition.release,
            "published_on": date.fromisoformat(edition.published_on),
        }
        content = json.loads(archive.read_edition(edition))
        for name, kept in _TABLES.items():
            columns = RAW_TABLES[name].names
            # What an older version did not keep is unknown.
            rows[name] += [tuple({**about, **row}.get(column) for column in columns) for row in content[kept]]
    return rows


_TABLES = {"published_figures": "figures", "published_sources": "sources"}


def restated(warehouse: Warehouse) -> list[Restated]:
    """What the published database says of published reports; nothing where nothing is published."""
    if not warehouse.database.exists():
        return []
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        if not connection.execute(_HAS_TABLE).fetchall():
            return []
        found = connection.execute(_RESTATED).fetchall()
    return [Restated(report, count, causes) for report, count, causes in found]


def _rows(connection: duckdb.DuckDBPyConnection, query: str, year: int) -> list[dict[str, Any]]:
    cursor = connection.execute(query, [year])
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_FIGURES = """
    select
        figures.indicator_id,
        figures.method_version,
        figures.component_id,
        figures.year,
        figures.scope_type,
        figures.scope_id,
        figures.numerator,
        figures.denominator,
        figures.value,
        figures.status,
        basis.method_digest,
        basis.codebook_digest,
        basis.corrections_digest,
        basis.register_digest,
        basis.disclosure
    from rpt_indicator as figures
    inner join fct_indicator_basis as basis
        on
            figures.indicator_id = basis.indicator_id
            and figures.method_version = basis.method_version
            and figures.year = basis.year
    where figures.scope_type = 'network' and figures.year <= $1
    order by all
"""
_SOURCES = """
    select year, source_id, count(*) as record_count
    from dim_record
    where not is_retracted and year <= $1
    group by year, source_id
    order by year, source_id
"""
_HAS_TABLE = "from duckdb_tables() where table_name = 'rpt_restatement'"
_RESTATED = """
    select
        report,
        count(*),
        list_sort(list_distinct(flatten(list(string_split(causes, '|')))))
    from rpt_restatement
    group by report
    order by report
"""
