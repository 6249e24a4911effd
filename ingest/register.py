"""The register of a network: which sites it has and when they are active, from a file that `effets.toml` names.

project_id,active_from,active_to[,postal_code,city,commune_size,legal_status,priority_district]

Only the first three columns must be there; the others place a site that was never evaluated in its groups.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import duckdb

from ingest.codebook import label_key
from ingest.collect import UsageError
from ingest.databases import insert, to_arrow
from ingest.schema import RAW_TABLES, create_table
from ingest.settings import Settings
from ingest.slug import slugify
from ingest.speech import tr

REQUIRED = ("project_id", "active_from", "active_to")
OPTIONAL = ("postal_code", "city", "commune_size", "legal_status", "priority_district")

_PERIOD = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?")
_POSTAL_CODE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_DISTRICT = {"oui": "oui", "yes": "oui", "1": "oui", "non": "non", "no": "non", "0": "non"}

Row = tuple[str | None, ...]


def read_register(file: Path, root: Path) -> list[Row]:
    """The rows of a register, one tuple per site and period in the order of REQUIRED + OPTIONAL.

    `root` is the project's root: its seeds say which legal forms and classes of communes there are. Raises
    UsageError, which names the file, the line and the remedy.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(tr("{file} cannot be read as UTF-8 text: {error}", file=file, error=error)) from None
    dialect = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=dialect, strict=True)
    rows: list[Row] = []
    periods: dict[str, list[tuple[Row, int]]] = {}
    try:
        header = [name.strip() for name in next(lines, [])]
        _check_header(header, file)
        known = _vocabularies(root)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                row = _row(header, cells, f"{file}:{lines.line_num}", known)
                of_project = periods.setdefault(row[0] or "", [])
                _check_period(row, of_project, f"{file}:{lines.line_num}")
                of_project.append((row, lines.line_num))
                rows.append(row)
    except csv.Error as error:
        raise UsageError(f"{file}:{lines.line_num}: {error}") from None
    return sorted(rows, key=lambda row: [cell or "" for cell in row])


def write_settings(database: Path, settings: Settings, root: Path) -> None:
    """Write what models need of the settings into raw.settings and raw.register of build.duckdb.

    Raises UsageError for a register that cannot be read.
    """
    rows = read_register(settings.register, root) if settings.register else []
    tables: Mapping[str, list[Row]] = {
        "settings": [
            ("disclosure", settings.disclosure),
            ("register", "file" if settings.register else "seed"),
        ],
        "register": rows,
    }
    with duckdb.connect(database) as connection:
        connection.execute("create schema if not exists raw")
        there = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
        for name, content in tables.items():
            if (name,) in there and connection.execute(f"from raw.{name}").fetchall() == content:
                continue
            connection.execute(f"drop table if exists raw.{name}")
            connection.execute(create_table(f"raw.{name}", RAW_TABLES[name]))
            if content:
                insert(connection, f"raw.{name}", to_arrow(name, content))


def digest(settings: Settings) -> str:
    """A digest of what a publication follows of the settings: another one, another publication."""
    content = settings.register.read_bytes() if settings.register else b""
    told = "\0".join((settings.disclosure, ",".join(settings.languages)))
    return sha256(told.encode() + b"\0" + content).hexdigest()


def _check_header(header: list[str], file: Path) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise UsageError(
            tr(
                "{place}: the column `{column}` is missing; a register has {columns}",
                place=f"{file}:1",
                column=missing[0],
                columns=", ".join(REQUIRED),
            )
        )
    strange = [name for name in header if name not in REQUIRED + OPTIONAL]
    if strange:
        raise UsageError(
            tr(
                "{place}: `{column}` is no column of a register; remove it, or name it one of {columns}",
                place=f"{file}:1",
                column=strange[0],
                columns=", ".join(REQUIRED + OPTIONAL),
            )
        )
    if len(set(header)) < len(header):
        raise UsageError(tr("{place}: a column stands twice; keep one of them", place=f"{file}:1"))


def _row(header: list[str], cells: list[str], place: str, known: dict[str, dict[str, str]]) -> Row:
    if len(cells) != len(header):
        raise UsageError(
            tr(
                "{place}: {found} cells for {wanted} columns; quote a cell that holds a comma",
                place=place,
                found=len(cells),
                wanted=len(header),
            )
        )
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    slug = slugify(given["project_id"])
    if not slug:
        raise UsageError(tr("{place}: the project is missing; write its name or its slug", place=place))
    row: dict[str, str | None] = {**dict.fromkeys(REQUIRED + OPTIONAL), "project_id": slug}
    for name, cell in given.items():
        if name == "project_id" or not cell:
            continue
        row[name] = _cell(name, cell, place, known)
    return tuple(row.values())


def _cell(name: str, cell: str, place: str, known: dict[str, dict[str, str]]) -> str:
    if name in ("active_from", "active_to") and not _PERIOD.fullmatch(cell):
        remedy = tr("a year (2024) or a day (2024-06-30)")
    elif name == "postal_code" and not _POSTAL_CODE.fullmatch(cell.zfill(5)):
        remedy = tr("a postal code of five characters (93400)")
    elif name in known and label_key(cell) not in known[name]:
        remedy = tr("one of {values}", values=", ".join(dict.fromkeys(known[name].values())))
    elif name in known:
        return known[name][label_key(cell)]
    else:
        return cell.zfill(5) if name == "postal_code" else cell
    raise UsageError(
        tr(
            "{place}: `{column}` is {cell!r}; write {remedy}",
            place=place,
            column=name,
            cell=cell,
            remedy=remedy,
        )
    )


def _check_period(row: Row, others: Sequence[tuple[Row, int]], place: str) -> None:
    project, start, end = row[:3]
    if start and end and start[: len(end)] > end[: len(start)]:
        raise UsageError(
            tr("{place}: active_to is before active_from; exchange them, or mend one", place=place)
        )
    for other, line in others:
        if _overlap((start, end), (other[1], other[2])):
            raise UsageError(
                tr(
                    "{place}: {project} is active in line {line} at the same time; keep one of the two rows",
                    place=place,
                    project=project,
                    line=line,
                )
            )


def _overlap(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> bool:
    """Whether two periods have a day in common; a year that stands for its days holds all of them."""
    starts = [(period[0] or "0000").ljust(10, "-") for period in (one, other)]
    ends = [(period[1] or "9999").ljust(10, "~") for period in (one, other)]
    return max(starts) <= min(ends)


def _vocabularies(root: Path) -> dict[str, dict[str, str]]:
    """What a cell may say, folded, with the code it stands for."""
    codebook = root / "seeds" / "codebook"
    forms: dict[str, str] = {}
    with (codebook / "answers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["answer_list"] == "statuts":
                forms |= {
                    label_key(row[name]): row["answer_id"] for name in ("answer_id", "label_fr", "label_en")
                }
    sizes: dict[str, str] = {}
    with (codebook / "scopes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["scope_type"] == "commune_size":
                sizes |= {
                    label_key(row[name]): row["scope_id"] for name in ("scope_id", "label_fr", "label_en")
                }
    return {
        "legal_status": forms,
        "commune_size": sizes,
        "priority_district": {label_key(word): code for word, code in _DISTRICT.items()},
    }
