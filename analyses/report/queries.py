"""The questions that the report asks the published database.

Each has a name that the page prints beside its figures, and the page shows the SQL itself: whoever holds
effets.duckdb can ask again. They read published tables alone (`dim_`, `rpt_`, `qc_`); `$year` is the year of the
report.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

Row = dict[str, Any]

QUERIES: dict[str, str] = {
    "campaigns": """
        select year
        from dim_campaign
        where evaluation_count > 0
        order by year
    """,
    "participation_by_year": """
        select
            current.year,
            current.export_count,
            current.evaluation_count,
            current.project_count,
            current.matched_count,
            previous.project_count as previous_project_count
        from rpt_participation as current
        left join rpt_participation as previous
            on previous.format = 'all' and current.year = previous.year + 1
        where current.format = 'all' and current.year <= $year
        order by current.year
    """,
    "participation_by_format": """
        select year, format, label_fr, label_en, export_count, evaluation_count
        from rpt_participation
        where format <> 'all' and year <= $year
        order by format, year
    """,
    "sites": """
        select
            count(*) as project_count,
            count(*) filter (where first_year = $year) as new_count,
            -- Invented sites say so in their names, hence in their identifiers.
            count(*) filter (where project_id like '%-site-invente') as invented_count
        from dim_project
        where project_id in (select project_id from dim_record where year = $year)
    """,
    "completeness": """
        select *
        from rpt_completeness
        where year <= $year
        order by criterion_number, year
    """,
    "indicators": """
        select
            *,
            status = 'bounds' or coverage < 0.8 as has_bounds
        from rpt_indicator
        where
            year = $year
            and scope_type = 'network'
            and disclosure = 'public'
            and kind = 'effect'
            and unit = 'share'
        order by
            left(indicator_id, 1),
            try_cast(substr(indicator_id, 2) as integer),
            method_version,
            component_position
    """,
    "year_bases": """
        select
            year_basis,
            count(*) as record_count
        from dim_record
        where year = $year and not is_retracted
        group by year_basis
        order by record_count desc, year_basis
    """,
    "pages_read": """
        select
            count(*) as page_count,
            sum(characters)::bigint as characters,
            sum(characters_recognised)::bigint as recognised,
            sum(characters_testimony)::bigint as testimony,
            sum(characters_unparsed)::bigint as unparsed,
            sum(characters_recognised) / nullif(sum(characters), 0) as recognised_share,
            sum(characters_testimony) / nullif(sum(characters), 0) as testimony_share,
            sum(characters_unparsed) / nullif(sum(characters), 0) as unparsed_share
        from dim_source
        where
            characters is not null
            and source_id in (select source_id from dim_record where year = $year and not is_retracted)
    """,
    "rejected_exports": """
        select
            reason,
            count(*) as export_count
        from qc_rejected_exports
        group by reason
        order by export_count desc, reason
    """,
    "unmapped_answers": """
        select
            dim_question.label_fr,
            dim_question.label_en,
            count(*) as label_count,
            sum(qc_unmapped_answers.record_count)::bigint as record_count
        from qc_unmapped_answers
        inner join dim_question on qc_unmapped_answers.question_id = dim_question.question_id
        group by dim_question.label_fr, dim_question.label_en
        order by label_count desc, record_count desc, dim_question.label_fr
    """,
    "cases": """
        select 'qc_rejected_exports' as relation, count(*) as case_count from qc_rejected_exports
        union all
        select 'qc_unmapped_answers', count(*) from qc_unmapped_answers
        union all
        select 'qc_unmapped_questions', count(*) from qc_unmapped_questions
        union all
        select 'qc_unparsed_fragments', count(*) from qc_unparsed_fragments
        union all
        select 'qc_contradictions', count(*) from qc_contradictions
        union all
        select 'qc_possible_duplicates', count(*) from qc_possible_duplicates
        union all
        select 'qc_copied_texts', count(*) from qc_copied_texts
        union all
        select 'qc_same_bytes', count(*) from qc_same_bytes
        union all
        select 'qc_doubtful_exports', count(*) from qc_doubtful_exports
        union all
        select 'qc_corrections', count(*) from qc_corrections
        union all
        select 'qc_unregistered_evaluations', count(*) from qc_unregistered_evaluations
        order by case_count desc, relation
    """,
}


def relations(name: str) -> list[str]:
    """The published tables that a query reads, in alphabetical order."""
    return sorted(set(re.findall(r"\b(?:from|join)\s+((?:dim|fct|rpt|qc)_\w+)", QUERIES[name])))


class Database:
    """The published database, opened for reading only; use it in a `with`."""

    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect(str(path), read_only=True)

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def ask(self, name: str, year: int | None = None) -> list[Row]:
        """The rows of a query, by column name; `year` for those that speak of one."""
        sql = QUERIES[name]
        cursor = self._connection.execute(sql, {"year": year} if "$year" in sql else None)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
