"""The data dictionary of a release, made of dbt's manifest: what the models' YAML says is said once, there.

    releases/<id>/dictionary/index.html     one page in French and English
    releases/<id>/dictionary/columns.csv    one row per published column
    releases/<id>/dictionary/tables.csv     one row per published table

The same texts are the comments in effets.duckdb. The seeds in seeds/dictionary hold what dbt has no place for:
the French texts, each with a checksum of the English one that it translates, the units and the caveats.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from ingest.pages import render
from ingest.warehouse import PROJECT_ROOT

#: Tables of the schema `main` that are published.
PREFIXES = ("dim_", "fct_", "rpt_", "qc_")

SEEDS = PROJECT_ROOT / "seeds" / "dictionary"

#: Seeds that list codes in their first column, which has the name of a column in the published tables.
_CODE_SEEDS = ("states", "statuses", "formats")
_NUMBERS = ("integer", "bigint", "smallint", "hugeint", "double", "float", "decimal")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages; empty in one where it lacks."""

    fr: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.fr or self.en)


@dataclass(frozen=True, slots=True)
class Code:
    """A value that a column may have, and its label where a seed has one."""

    value: str
    label: Text


@dataclass(slots=True)
class Column:
    """A published column. `reference` is the table and column whose values it takes, as `dim_project.project_id`."""

    name: str
    type: str
    description: Text
    unit: Text
    codes: list[Code]
    reference: str | None
    is_required: bool
    caveat: Text
    tests: list[str]

    @property
    def is_number(self) -> bool:
        return self.type.lower().startswith(_NUMBERS)


@dataclass(slots=True)
class Table:
    """A published table: what one row is, its key, and what it is made from, the nearest first.

    `has_tested_key`: nothing is published where the key is broken. `is_built_in_parts`: what was built of a year, and
    rests on what it rested on, is not made anew by a build. `site`: where that is so of the sites of a year, too, SQL
    for the site and year of a row (macros/by_site.sql), null of a group's.
    """

    name: str
    description: Text
    caveat: Text
    key: list[str]
    has_tested_key: bool
    is_built_in_parts: bool
    sources: list[str]
    columns: list[Column] = field(default_factory=list)
    site: str | None = None

    @property
    def grain(self) -> Text:
        """What one row is: the description up to its first stop."""
        return Text(_grain(self.description.fr), _grain(self.description.en))


@dataclass(frozen=True, slots=True)
class _Translation:
    text_fr: str
    checksum_en: str


def checksum(text: str) -> str:
    """What the seed of translations knows an English text by, whatever its line ends."""
    return sha256(_flat(text).encode()).hexdigest()[:8]


class Dictionary:
    """What a manifest says of the published tables. `missing` says what lacks, each with the row to be added."""

    def __init__(self, manifest: Mapping[str, Any], seeds: Path = SEEDS) -> None:
        self._manifest = manifest
        self._blocks = {key: _flat(block["block_contents"]) for key, block in manifest["docs"].items()}
        rows = _rows(seeds / "column_texts.csv")
        self._translations = {row["key"]: _Translation(row["text_fr"], row["checksum_en"]) for row in rows}
        self._units = {
            row["name"]: Text(row["unit_fr"], row["unit_en"]) for row in _rows(seeds / "column_units.csv")
        }
        self._caveats = {
            row["key"]: Text(row["caveat_fr"], row["caveat_en"])
            for row in _rows(seeds / "column_caveats.csv")
        }
        self._labels = _labels(seeds.parent / "codebook")
        self._used: set[str] = set()
        self.missing: list[str] = []

    @classmethod
    def read(cls, manifest: Path, seeds: Path = SEEDS) -> Dictionary:
        """Read dbt's manifest.json. Raises OSError if it is not there."""
        return cls(json.loads(manifest.read_bytes()), seeds)

    @cached_property
    def tables(self) -> list[Table]:
        """The published tables that the manifest knows, in the order of their names."""
        models = sorted(self._models(), key=lambda node: str(node["name"]))
        found = [self._table(node) for node in models]
        idle = sorted(self._translations.keys() - self._used)
        self.missing += [
            f"seeds/dictionary/column_texts.csv: nothing published says `{key}`: remove it" for key in idle
        ]
        return found

    def of(self, published: Iterable[str]) -> list[Table]:
        """The tables among `published`, which is what a release holds."""
        names = set(published)
        return [table for table in self.tables if table.name in names]

    def _models(self) -> Iterator[Mapping[str, Any]]:
        for node in self._manifest["nodes"].values():
            if node["resource_type"] == "model" and node["name"].startswith(PREFIXES):
                yield node

    def _table(self, node: Mapping[str, Any]) -> Table:
        name = node["name"]
        tests = [
            test
            for test in self._manifest["nodes"].values()
            if test["resource_type"] == "test" and test.get("attached_node") == node["unique_id"]
        ]
        keys = [test for test in tests if _kind(test) == "unique_combination"]
        unique = next((list(_arguments(test)["columns"]) for test in keys), [])
        table = Table(
            name,
            description=self._text(name, node),
            caveat=self._caveats.get(name, Text()),
            key=unique or node["config"]["meta"].get("key", []),
            has_tested_key=bool(keys) and _stops(keys[0]),
            is_built_in_parts=not {"by_evaluation", "by_year"}.isdisjoint(node["tags"]),
            sources=self._sources(node["unique_id"]),
            site="evaluation_id" if "by_evaluation" in node["tags"] else node["config"]["meta"].get("site"),
        )
        if not table.key:
            self.missing.append(
                f"{name}: neither a test `unique_combination` nor `meta: {{key: […]}}` says its key"
            )
        for column in node["columns"].values():
            table.columns.append(self._column(name, unique, column, tests))
        return table

    def _column(
        self, table: str, key: list[str], column: Mapping[str, Any], tests: list[Mapping[str, Any]]
    ) -> Column:
        name = column["name"]
        where = f"{table}.{name}"
        is_required = name in key or any(rule["type"] == "not_null" for rule in column["constraints"])
        reference = next((to for test in tests if (to := _reference(test, name))), None)
        codes = [str(value) for test in tests for value in _values(test, name)]
        if reference and reference.partition(".")[0] in _CODE_SEEDS:
            codes += [code for column_name, code in self._labels if column_name == name]
        found = Column(
            name,
            type=(column["data_type"] or "").lower(),
            description=self._text(where, column),
            unit=self._unit(table, name),
            codes=[Code(code, self._labels.get((name, code), Text())) for code in dict.fromkeys(codes)],
            reference=reference,
            is_required=is_required,
            caveat=self._caveats.get(where, Text()),
            tests=[test["name"] for test in tests if _speaks_of(test, name)],
        )
        if not found.type:
            self.missing.append(f"{where}: no data_type in its YAML")
        if found.is_number and not found.unit:
            self.missing.append(
                f"{where}: no unit; add a row to seeds/dictionary/column_units.csv: {name},…,…"
            )
        if not found.tests and not is_required:
            self.missing.append(f"{where}: no dbt test speaks of it, and it may be null")
        return found

    def _text(self, where: str, described: Mapping[str, Any]) -> Text:
        """The description in both languages: that of each doc block, then what is said here alone."""
        english = rest = _flat(described["description"])
        if not english:
            self.missing.append(f"{where}: no description in its YAML")
            return Text()
        french = []
        for block_id in described["doc_blocks"]:
            block = self._blocks[block_id]
            french.append(self._french(block_id.rpartition(".")[2], block))
            rest = rest.replace(block, " ", 1)
        if rest := _flat(rest):
            french.append(self._french(where, rest))
        return Text(_flat(" ".join(french)), english)

    def _french(self, key: str, english: str) -> str:
        known = self._translations.get(key)
        self._used.add(key)
        if known and known.text_fr and known.checksum_en == checksum(english):
            return known.text_fr
        what = "its English changed" if known else "no French"
        row = f"seeds/dictionary/column_texts.csv: {key},{checksum(english)},… for: {english}"
        if (message := f"{key}: {what}; {row}") not in self.missing:
            self.missing.append(message)
        return ""

    def _unit(self, table: str, column: str) -> Text:
        """By the column's place, its name, or the end of its name."""
        endings = (f"*_{part}" for part in (column.rpartition("_")[2],))
        known = (self._units.get(key) for key in (f"{table}.{column}", column, *endings))
        return next((unit for unit in known if unit is not None), Text())

    def _sources(self, unique_id: str) -> list[str]:
        """The nearest published tables that a table is made from, and the seeds and raw tables without one between."""
        parents = self._manifest["parent_map"]
        published = {node["unique_id"]: node["name"] for node in self._models()}
        found: set[str] = set()
        seen: set[str] = set()
        waiting = list(parents[unique_id])
        while waiting:
            parent = waiting.pop()
            if parent in seen:
                continue
            seen.add(parent)
            kind, _, name = parent.partition(".")
            if parent in published:
                found.add(published[parent])
            elif kind == "source":
                found.add(".".join(name.split(".")[1:]))
            elif kind == "seed":
                found.add(f"seeds.{name.rpartition('.')[2]}")
            else:
                waiting += parents.get(parent, [])
        return sorted(found)


def write_dictionary(tables: list[Table], folder: Path) -> None:
    """Write the page and the CSV files into `folder`, which must not be there yet."""
    folder.mkdir()
    _write_csv(folder / "tables.csv", _TABLE_COLUMNS, map(_table_row, tables))
    _write_csv(
        folder / "columns.csv",
        _COLUMN_COLUMNS,
        (_column_row(table, column) for table in tables for column in table.columns),
    )
    page = render(
        "dictionary.html.jinja",
        {"tables": tables, "names": {table.name for table in tables}},
        styles=("quality.css", "dictionary.css"),
        filters={"code": _with_code},
    )
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")


def comment(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Say in the database itself what its tables and columns are: English, a line end, French."""
    for table in tables:
        _comment(connection, f'table "{table.name}"', table.description, table.caveat)
        for column in table.columns:
            _comment(connection, f'column "{table.name}"."{column.name}"', column.description, column.caveat)


def _comment(connection: duckdb.DuckDBPyConnection, what: str, *texts: Text) -> None:
    lines = [
        " ".join(filter(None, (text.en for text in texts))),
        " ".join(filter(None, (t.fr for t in texts))),
    ]
    text = "\n".join(filter(None, lines)).replace("'", "''")
    connection.execute(f"comment on {what} is '{text}'")


_TABLE_COLUMNS = (
    "table_name",
    "grain_fr",
    "grain_en",
    "key",
    "made_from",
    "description_fr",
    "description_en",
    "caveat_fr",
    "caveat_en",
)
_COLUMN_COLUMNS = (
    "table_name",
    "position",
    "column_name",
    "type",
    "is_key",
    "is_required",
    "references",
    "unit_fr",
    "unit_en",
    "codes",
    "description_fr",
    "description_en",
    "caveat_fr",
    "caveat_en",
)


def _table_row(table: Table) -> list[str]:
    return [
        table.name,
        table.grain.fr,
        table.grain.en,
        "|".join(table.key),
        "|".join(table.sources),
        table.description.fr,
        table.description.en,
        table.caveat.fr,
        table.caveat.en,
    ]


def _column_row(table: Table, column: Column) -> list[str]:
    return [
        table.name,
        str(table.columns.index(column) + 1),
        column.name,
        column.type,
        str(column.name in table.key).lower(),
        str(column.is_required).lower(),
        column.reference or "",
        column.unit.fr,
        column.unit.en,
        "|".join(code.value for code in column.codes),
        column.description.fr,
        column.description.en,
        column.caveat.fr,
        column.caveat.en,
    ]


def _write_csv(file: Path, columns: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _labels(codebook: Path) -> dict[tuple[str, str], Text]:
    """The labels of codes, by the name of their column and the code; the first row of a code names it."""
    found: dict[tuple[str, str], Text] = {}
    for seed in _CODE_SEEDS:
        for row in _rows(codebook / f"{seed}.csv"):
            column = next(iter(row))
            found.setdefault((column, row[column]), Text(row["label_fr"], row["label_en"]))
    return found


def _stops(test: Mapping[str, Any]) -> bool:
    """Whether a single row that fails this test stops the publication."""
    config = test["config"]
    is_error = config.get("severity", "error").lower() == "error" and config.get("error_if", "!= 0") == "!= 0"
    return is_error and not config.get("where")


def _kind(test: Mapping[str, Any]) -> str:
    return str((test.get("test_metadata") or {}).get("name", ""))


def _arguments(test: Mapping[str, Any]) -> Mapping[str, Any]:
    return (test.get("test_metadata") or {}).get("kwargs") or {}


def _values(test: Mapping[str, Any], column: str) -> list[Any]:
    if _kind(test) == "accepted":
        return list(_arguments(test)["values"].get(column, []))
    if _kind(test) == "accepted_values" and test.get("column_name") == column:
        return list(_arguments(test)["values"])
    return []


def _reference(test: Mapping[str, Any], column: str) -> str | None:
    """Where the values of a column are found, by the test `references_all`."""
    for reference in _arguments(test).get("references", []):
        if reference["column"] == column:
            return f"{reference['to']}.{reference.get('field', column)}"
    return None


def _speaks_of(test: Mapping[str, Any], column: str) -> bool:
    """Whether a test checks the column: it names it alone, in a list or in an expression, or is about all of them."""
    if test.get("column_name") == column or _kind(test) == "sound":
        return True
    word = re.compile(rf"(?<![\w.]){re.escape(column)}(?!\w)")
    arguments = {name: value for name, value in _arguments(test).items() if name != "model"}
    return any(word.search(text) for text in _strings(arguments))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)
    else:
        yield str(value)


def _grain(description: str) -> str:
    # A full stop inside backticks or a number ends nothing.
    return re.split(r"\s?:\s|\.\s|\.$", description, maxsplit=1)[0]


def _flat(text: str) -> str:
    # No-break spaces are typography, and stay.
    return re.sub(r"[ \t\n\r]+", " ", text).strip(" ")


def _with_code(text: str) -> Any:
    """What stands between backticks, set as code."""
    from markupsafe import Markup, escape

    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
