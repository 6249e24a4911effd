"""The tables that people write by hand under seeds/corrections: can they be read, before dbt tries to?

What the rows say is checked by dbt (tests/singular/corrections_are_wellformed.sql); here, that there are rows: the
columns are those of dbt_project.yml, and each value has its column's type.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import yaml

from ingest.collect import UsageError
from ingest.speech import tr

#: Of the faults of a file, so many are named.
SHOWN = 10


def check_decisions(root: Path) -> None:
    """Check the tables of the project in `root`.

    Raises UsageError, which names each fault by file, line and column, with what would help.
    """
    project = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    faults: list[str] = []
    for name, settings in project["seeds"]["effets"]["corrections"].items():
        file = root / "seeds" / "corrections" / f"{name}.csv"
        found = list(faults_of(file, settings["+column_types"]))
        faults += found[:SHOWN] + ([f"{file}: …"] if len(found) > SHOWN else [])
    if faults:
        raise UsageError("\n".join(faults))


def faults_of(file: Path, types: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a table whose columns have these types; nothing if it can be read."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield tr("{file}: not UTF-8 (byte {at}): {save}", file=file, at=error.start, save=_save())
        return
    except OSError as error:
        yield tr("{path} cannot be read: {why}", path=file, why=error.strerror)
        return
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        yield tr("{file}, line {line}: a NUL byte: {save}", file=file, line=line, save=_save())
        return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        if sorted(header) != sorted(types):
            yield tr(
                "{file}, line 1: the columns are {found}; write {wanted}, or {save}",
                file=file,
                found=",".join(header)[:200] or "–",
                wanted=",".join(types),
                save=_save(),
            )
            return
        for fields in lines:
            if not fields:
                continue
            if len(fields) != len(header):
                yield tr(
                    "{file}, line {line}: {found} fields below {wanted} columns; put double quotes around a field "
                    "that holds a comma",
                    file=file,
                    line=lines.line_num,
                    found=len(fields),
                    wanted=len(header),
                )
                continue
            for name, value in zip(header, fields, strict=True):
                if value and (wanted := _wanted(types[name], value)):
                    yield tr(
                        "{file}, line {line}: `{column}` is `{value}`; write {wanted}",
                        file=file,
                        line=lines.line_num,
                        column=name,
                        value=value[:100],
                        wanted=wanted,
                    )
    except csv.Error as error:
        yield tr(
            "{file}, line {line}: no table can be read here ({why}); {save}",
            file=file,
            line=lines.line_num,
            why=error,
            save=_save(),
        )


def _save() -> str:
    return tr("save it as CSV in UTF-8, with commas between the fields")


def _wanted(type_name: str, value: str) -> str | None:
    """What a value of the type looks like, if this one is none."""
    match type_name:
        case "integer" if not (len(value) == 4 and value.isascii() and value.isdigit()):
            return tr("a year like 2024, or nothing")
        case "boolean" if value not in ("true", "false"):
            return tr("`true` or `false`")
        case "date" if not _is_day(value):
            return tr("a day like 2024-03-31")
        case _:
            return None


def _is_day(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False
