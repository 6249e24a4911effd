"""What an analyst would write with polars: the same reading, and ten indicators.

python -m benchmarks.with_polars FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from benchmarks.rules import Numbers, answer_ids, key, rules

_SCHEMA: dict[str, Any] = {
    "response": pl.String,
    "year": pl.Int32,
    "field_id": pl.String,
    "field_type": pl.String,
    "value": pl.String,
    "choice": pl.List(pl.String),
}


def long_table(folder: Path) -> pl.DataFrame:
    """One row per answer: all of them, of all questions."""
    rows: list[tuple[Any, ...]] = []
    for file in sorted(folder.rglob("*.json")):
        year = int(file.parent.name)
        document = orjson.loads(file.read_bytes())
        for response in document if isinstance(document, list) else [document]:
            for entry in response["answers"]:
                for question in entry["group"]["answers"] if "group" in entry else [entry]:
                    payload = question[question["type"]]
                    value = payload.get("value")
                    rows.append(
                        (
                            response["token"],
                            year,
                            question["id"],
                            question["type"],
                            None if value is None else str(value),
                            payload.get("choices"),
                        )
                    )
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").explode("choice")


def indicators(table: pl.DataFrame) -> Numbers:
    """The ten, by indicator and year."""
    found: Numbers = {}
    chosen = table.filter(pl.col("choice").is_not_null())
    for rule in rules():
        known = answer_ids()[rule.field_id]
        mine = chosen.filter(pl.col("field_id") == rule.field_id)
        hits = {label: known.get(key(label)) in rule.answers for label in mine["choice"].unique()}
        hit = pl.col("choice").replace_strict(hits, default=False, return_dtype=pl.Boolean)
        counts = mine.group_by("year", "response").agg(hit.sum().alias("hits"), pl.len().alias("count"))
        if rule.is_median:
            per_year = counts.group_by("year").agg(pl.col("count").median().alias("value"))
        else:
            per_year = counts.group_by("year").agg((pl.col("hits") >= rule.minimum).mean().alias("value"))
        found[rule.indicator_id] = {
            str(year): float(value) for year, value in per_year.select("year", "value").iter_rows()
        }
    return found


if __name__ == "__main__":
    print(json.dumps(indicators(long_table(Path(sys.argv[1])))))
