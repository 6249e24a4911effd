"""The quality page of a release: every check that its data went through, what it protects, and who acts.

One page that needs no network, beside the Data Docs of Great Expectations. It is made of what build.duckdb keeps
of the validations at the door, and of dbt's own account of its build. Texts that people wrote are not shown:
what fails is named by its export, its codes and its counts.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from ingest.expectations import EXPECTATIONS, LIMITS, REASON, Expectation, expectations_of, seen_in
from ingest.language import Texts
from ingest.pages import render
from ingest.settings import LANGUAGES
from ingest.speech import translated
from ingest.warehouse import Warehouse

#: How many failing exports or rows a check shows.
SHOWN = 5

#: How many exports that are refused, or in doubt, stand on the page; all stand in qc_ tables.
LISTED = 1_000

#: What a dbt test protects and who acts, where its `meta` does not say.
_BY_TYPE = {
    "unique_combination": ("keys", "maintainer"),
    "unique": ("keys", "maintainer"),
    "not_null": ("keys", "maintainer"),
    "references_all": ("links", "maintainer"),
    "relationships": ("links", "maintainer"),
    "accepted": ("vocabularies", "maintainer"),
    "accepted_values": ("vocabularies", "maintainer"),
    "holds": ("consistency", "maintainer"),
    "sound": ("consistency", "maintainer"),
}
_OF_UNIT_TEST = ("method", "maintainer")
_OF_OTHERS = ("consistency", "maintainer")

#: What names a failing row without showing what somebody wrote.
_NAMES = ("path", "first_path", "evaluation_id", "project_id", "slug", "source_id", "question_id", "broken")


#: Results of a check after which there is nothing to do.
_CLEAN = ("passed", "none")


@dataclass(slots=True)
class Line:
    """A check, as the page shows it. `failing` names the first failing exports or rows."""

    name: str
    check: str
    language: str | None  # of `check`, where it is not the page's
    protects: str
    acts: str
    is_hard: bool
    result: str  # passed, warned, rejected, failed, skipped, none
    export_count: int | None = None
    row_count: int | None = None
    failure_count: int = 0
    failing: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """The checks of one station, a frame of readings or a folder of models; those to look at come first."""

    name: str
    lines: list[Line]

    def __post_init__(self) -> None:
        self.lines.sort(key=lambda line: line.result in _CLEAN)

    @property
    def is_clean(self) -> bool:
        return all(line.result in _CLEAN for line in self.lines)


def write_quality(warehouse: Warehouse, folder: Path, languages: Sequence[str] = LANGUAGES) -> None:
    """Write the page of each language into `folder`, which must not be there yet, and the Data Docs beside them.

    The first language has index.html, each other one index.<language>.html. The same build gives the same pages.
    """
    pages = {}
    with duckdb.connect(warehouse.build_database, read_only=True) as connection:
        for language in languages:
            texts = Texts(language)
            pages[language] = {**_contents(connection, warehouse, texts), "t": texts}
    folder.mkdir()
    if warehouse.data_docs.is_dir():
        shutil.copytree(warehouse.data_docs, folder / "data_docs")
    names = {language: page_name(language, languages) for language in languages}
    listed = [(language, pages[language]["t"].own_name, names[language]) for language in languages]
    for language, told in pages.items():
        told |= {"languages": listed, "has_data_docs": (folder / "data_docs").is_dir()}
        told["translate"] = partial(translated, into=language)
        page = render("quality.html.jinja", told)
        (folder / names[language]).write_text(page, encoding="utf-8", newline="\n")


def page_name(language: str, languages: Sequence[str]) -> str:
    """The page of a language, where there are these."""
    return "index.html" if language == languages[0] else f"index.{language}.html"


def _contents(connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, texts: Texts) -> dict[str, Any]:
    rejected = _rows(connection, "select path, reason, detail, remedy from raw.rejections order by all")
    doubtful = _doubtful(connection, texts)
    (export_count,) = connection.execute("select count(*) from raw.exports").fetchall()[0]
    doors = _doors(connection, texts, rejected, doubtful)
    tests = _tests(connection, warehouse.dbt, texts)
    cases = _cases(connection)
    return {
        "export_count": export_count,
        "expectation_count": sum(len(group.lines) for group in doors),
        "test_count": sum(len(group.lines) for group in tests),
        "case_count": sum(case["count"] for case in cases),
        "rejected": rejected[:LISTED],
        "doubtful": doubtful[:LISTED],
        "more": {"rejected": len(rejected[LISTED:]), "doubtful": len(doubtful[LISTED:])},
        "warned": [line for group in tests for line in group.lines if line.result == "warned"],
        "doors": doors,
        "tests": tests,
        "cases": cases,
    }


def _doubtful(connection: duckdb.DuckDBPyConnection, texts: Texts) -> list[dict[str, Any]]:
    """Exports that were read and that a soft expectation doubts."""
    found = _rows(
        connection,
        """
        select path, doubts.expectation, doubts.row_count, doubts.detail
        from raw.doubts
        inner join (
            select source_id, min(path) as path from raw.receipts where not is_retracted group by source_id
        ) as receipts using (source_id)
        order by all
        """,
    )
    told = {
        e.name: {"check": texts(f"expectations.{e.name}", **LIMITS), "acts": e.acts}
        for rows in EXPECTATIONS.values()
        for e in rows
    }
    return [row | told[row["expectation"]] | {"seen": seen_in(row["detail"])} for row in found]


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    relation = connection.execute(query)
    names = [column[0] for column in relation.description or ()]
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def _doors(
    connection: duckdb.DuckDBPyConnection,
    texts: Texts,
    rejected: Sequence[Mapping[str, Any]],
    doubtful: Sequence[Mapping[str, Any]],
) -> list[Group]:
    """What Great Expectations checked, by frame."""
    checked = connection.execute(
        """
        select frame, format, count(*), sum(row_count)::bigint
        from raw.validations
        inner join raw.exports using (source_id)
        group by frame, format
        """
    ).fetchall()
    refusals: dict[str, list[str]] = {}
    for row in rejected:
        for name in expectations_of(row["detail"]) if row["reason"] == REASON else ():
            refusals.setdefault(name, []).append(row["path"])

    def line(frame: str, expectation: Expectation) -> Line:
        counts = [row[2:] for row in checked if row[0] == frame and expectation.applies_to(row[1])]
        failing = refusals.get(expectation.name, [])
        failure_count = len(failing)
        result = "passed" if counts else "none"
        if failing:
            result = "rejected"
        elif not expectation.is_hard:
            found = [row for row in doubtful if row["expectation"] == expectation.name]
            failing = [row["path"] for row in found]
            failure_count = sum(row["row_count"] for row in found)
            result = "warned" if found else result
        return Line(
            name=expectation.name,
            check=texts(f"expectations.{expectation.name}", **LIMITS),
            language=None,
            protects=expectation.protects,
            acts=expectation.acts,
            is_hard=expectation.is_hard,
            result=result,
            export_count=sum(exports for exports, _ in counts),
            row_count=sum(rows for _, rows in counts),
            failure_count=failure_count,
            failing=failing[:SHOWN],
        )

    return [Group(frame, [line(frame, e) for e in rows]) for frame, rows in EXPECTATIONS.items()]


def _tests(connection: duckdb.DuckDBPyConnection, target: Path, texts: Texts) -> list[Group]:
    """What dbt tested in its last build, or what passed before and holds, by folder; nothing if it left no account."""
    try:
        manifest = json.loads((target / "manifest.json").read_bytes())
        results = json.loads((target / "run_results.json").read_bytes())["results"]
    except OSError:
        return []
    asked = {result["unique_id"] for result in results}
    kept = connection.execute("select unique_id from raw.kept_nodes").fetchall()
    results += [{"unique_id": node, "status": "pass", "failures": 0} for (node,) in kept if node not in asked]
    nodes = {**manifest["nodes"], **manifest["unit_tests"]}
    lines: list[tuple[str, Line]] = []
    for result in results:
        node = nodes.get(result["unique_id"])
        if node and node["resource_type"] in ("test", "unit_test"):
            lines.append((_station(node), _test(connection, node, nodes, result, texts)))
    lines.sort(key=lambda pair: (_STATIONS.index(pair[0]), pair[1].name))
    return [
        Group(name, [line for _, line in pairs]) for name, pairs in groupby(lines, key=lambda pair: pair[0])
    ]


_STATIONS = (
    "seeds",
    "staging",
    "intermediate",
    "core",
    "indicators",
    "reporting",
    "quality",
    "singular",
    "other",
)


def _station(node: Mapping[str, Any]) -> str:
    folders = Path(node["original_file_path"]).parts
    if "seeds" in folders:
        return "seeds"
    return next((folder for folder in reversed(folders) if folder in _STATIONS), "other")


def _test(
    connection: duckdb.DuckDBPyConnection,
    node: Mapping[str, Any],
    nodes: Mapping[str, Any],
    result: Mapping[str, Any],
    texts: Texts,
) -> Line:
    kind, arguments = _kind(node)
    check, language = _said(node, kind, arguments, nodes, texts)
    protects, acts = _BY_TYPE.get(kind, _OF_UNIT_TEST if node["resource_type"] == "unit_test" else _OF_OTHERS)
    if _station(node) == "seeds":
        acts = "steward"
    meta = node["config"].get("meta") or {}
    outcome = {"pass": "passed", "warn": "warned", "skipped": "skipped"}.get(result["status"], "failed")
    failing = _failing(connection, result["compiled_code"]) if outcome == "warned" else []
    return Line(
        name=node["name"],
        check=check,
        language=language,
        protects=meta.get("protects", protects),
        acts=meta.get("acts", acts),
        is_hard=is_hard(node["config"]),
        result=outcome,
        failure_count=int(result["failures"] or 0),
        failing=failing,
    )


def _kind(node: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    metadata = node.get("test_metadata") or {}
    return metadata.get("name", node["resource_type"]), metadata.get("kwargs", {})


def _said(
    node: Mapping[str, Any],
    kind: str,
    arguments: Mapping[str, Any],
    nodes: Mapping[str, Any],
    texts: Texts,
) -> tuple[str, str | None]:
    """What a test checks, and the language of that where it is not the page's."""
    if texts.known(f"test_types.{kind}"):
        attached = nodes.get(node.get("attached_node") or "", {}).get("name", "")
        return texts(f"test_types.{kind}", table=attached, what=_what(arguments)), None
    words = node.get("description") or _head(node.get("raw_code") or "") or node["name"]
    return words, "en"


def _what(arguments: Mapping[str, Any]) -> str:
    """The columns, or the named conditions, that a test of a known type is about."""
    if "references" in arguments:
        return ", ".join(reference["column"] for reference in arguments["references"])
    named = arguments.get("columns") or arguments.get("values") or arguments.get("conditions")
    if "column_name" in arguments:
        return str(arguments["column_name"])
    return ", ".join(named or ())


def _head(sql: str) -> str:
    """The comment that a test begins with."""
    words: list[str] = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        words.append(line.removeprefix("--").strip())
    return " ".join(words)


def is_hard(config: Mapping[str, Any]) -> bool:
    """Whether the first row that a dbt test finds stops the publication.

    With the severity `warn` dbt never looks at `error_if`: a test that warns up to a limit has the severity `error`,
    a `warn_if` and an `error_if`.
    """
    return (
        str(config.get("severity", "error")).lower() == "error" and config.get("error_if", "!= 0") == "!= 0"
    )


def _failing(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The first rows that a test found, by what names them."""
    rows = _rows(connection, f"select * from ({query}) as failing order by all limit {SHOWN}")
    named = []
    for row in rows:
        first = next(iter(row))  # a test names the case there
        names = dict.fromkeys((first, *(name for name in _NAMES if row.get(name) is not None)))
        named.append(", ".join(f"{name} {row[name]}" for name in names))
    return named


def _cases(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The qc_ tables: how many rows each has, for which reasons, and where the first are."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        """
        select table_name, column_name
        from information_schema.columns
        where table_schema = 'main' and starts_with(table_name, 'qc_')
        order by table_name, ordinal_position
        """
    ).fetchall():
        columns.setdefault(table, []).append(column)
    cases = []
    for table, names in columns.items():
        # Of a table that follows decisions the status is the case, and what was applied is none.
        reason = "status" if "status" in names else "reason"
        where = next((name for name in _NAMES if name in names), "null")
        reasons = _rows(
            connection,
            f"""
            select
                {reason} as reason,
                count(*) as case_count,
                min(remedy) as remedy,
                coalesce(list(distinct {where} order by {where}) filter ({where} is not null), [])[1:{SHOWN}] as places
            from main.{table}
            where {reason} <> 'applied'
            group by {reason}
            order by case_count desc, reason
            """,
        )
        cases.append({"table": table, "count": sum(row["case_count"] for row in reasons), "reasons": reasons})
    return cases
