"""The tables that people write by hand under seeds/corrections: can they be read, before dbt tries to?

What the rows say is checked by dbt (tests/singular/corrections_are_wellformed.sql); here, that there are rows: the
columns are those of dbt_project.yml, and each value has its column's type.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import yaml

from ingest.collect import UsageError

#: Of the faults of a file, so many are named.
SHOWN = 10

_SAVE = "save it as CSV in UTF-8, with commas between the fields"


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
        yield f"{file}: not UTF-8 (byte {error.start}): {_SAVE}"
        return
    except OSError as error:
        yield f"{file} cannot be read: {error.strerror}"
        return
    if "\0" in text:
        yield f"{file}, line {text[: text.index(chr(0))].count(chr(10)) + 1}: a NUL byte: {_SAVE}"
        return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = ",".join(types)
    try:
        header = next(lines, [])
        if sorted(header) != sorted(types):
            yield f"{file}, line 1: the columns are {','.join(header) or 'missing'}; write {columns}, or {_SAVE}"
            return
        for fields in lines:
            if not fields:
                continue
            if len(fields) != len(header):
                yield (
                    f"{file}, line {lines.line_num}: {len(fields)} fields below {len(header)} columns; put double "
                    "quotes around a field that holds a comma"
                )
                continue
            for name, value in zip(header, fields, strict=True):
                if value and (wanted := _wanted(types[name], value)):
                    yield f"{file}, line {lines.line_num}: `{name}` is `{value[:100]}`; write {wanted}"
    except csv.Error as error:
        yield f"{file}, line {lines.line_num}: no table can be read here ({error}); {_SAVE}"


def _wanted(type_name: str, value: str) -> str | None:
    """What a value of the type looks like, if this one is none."""
    if type_name not in _TYPES:
        return None
    read, wanted = _TYPES[type_name]
    try:
        read(value)
    except ValueError:
        return wanted
    return None


def _year(value: str) -> int:
    if len(value) != 4 or not (value.isascii() and value.isdigit()):
        raise ValueError(value)
    return int(value)


def _flag(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError(value)
    return value == "true"


def _day(value: str) -> date:
    if len(value) != 10:
        raise ValueError(value)
    return date.fromisoformat(value)


_TYPES: Mapping[str, tuple[Callable[[str], object], str]] = {
    "integer": (_year, "a year like 2024, or nothing"),
    "boolean": (_flag, "`true` or `false`"),
    "date": (_day, "a day like 2024-03-31"),
}
