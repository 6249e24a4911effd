"""What an analyst would write with pandas: the same reading, and ten indicators.

python -m benchmarks.with_pandas FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.rules import Numbers, answer_ids, key, rules


def long_table(folder: Path) -> pd.DataFrame:
    """One row per answer: all of them, of all questions."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("response", "year", "field_id", "field_type", "value", "choice")
    }
    append = [columns[name].append for name in columns]
    for file in sorted(folder.rglob("*.json")):
        year = int(file.parent.name)
        document = json.loads(file.read_bytes())
        for response in document if isinstance(document, list) else [document]:
            for entry in response["answers"]:
                for question in entry["group"]["answers"] if "group" in entry else [entry]:
                    payload = question[question["type"]]
                    choices = payload.get("choices") or [None]
                    for choice in choices:
                        row = (
                            response["token"],
                            year,
                            question["id"],
                            question["type"],
                            payload.get("value"),
                            choice,
                        )
                        for put, cell in zip(append, row, strict=True):
                            put(cell)
    columns["value"] = [None if value is None else str(value) for value in columns["value"]]
    return pd.DataFrame(columns)


def indicators(table: pd.DataFrame) -> Numbers:
    """The ten, by indicator and year."""
    found: Numbers = {}
    chosen = table[table["choice"].notna()]
    for rule in rules():
        known = answer_ids()[rule.field_id]
        mine = chosen[chosen["field_id"] == rule.field_id]
        answer = mine["choice"].map(lambda label, known=known: known.get(key(label)))
        counts = mine.assign(hit=answer.isin(rule.answers)).groupby(["year", "response"])
        if rule.is_median:
            per_year = counts.size().groupby("year").median()
        else:
            per_year = (counts["hit"].sum() >= rule.minimum).groupby("year").mean()
        found[rule.indicator_id] = {str(year): float(value) for year, value in per_year.items()}
    return found


if __name__ == "__main__":
    print(json.dumps(indicators(long_table(Path(sys.argv[1])))))
