"""Words are found wherever a file can hold them, and not where only others' are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from ingest.forget import Traces, _erase_reports
from ingest.search import Search
from ingest.words import Words

NAME = "L'Été d'Essai"
WORDS = Words({NAME, "deux lignes\nde texte"}, {"l-ete-d-essai"})


def places(file: Path, allowed: frozenset[str] = frozenset()) -> list[str]:
    with Search(WORDS, allowed) as search:
        return list(search.places(file))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.txt", f"Chez {NAME.upper()}."),
        ("page.html", "Chez L&#x27;&Eacute;t&eacute; d&#39;Essai."),
        ("one.json", json.dumps({"a": [{"b": f"chez {NAME}"}]})),
        ("key.json", json.dumps({NAME: 1})),
        ("broken.json", '{"a": "l-ete-d-essai'),
        ("ledger.ndjson", json.dumps({"a": 1}) + "\n" + json.dumps({"path": f"2024/{NAME}.txt"}) + "\n"),
    ],
)
def test_what_stands_in_a_file_is_found(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert places(tmp_path / name) == ["its bytes"]
    others = re.sub("essai", "essais", content, flags=re.IGNORECASE)
    (tmp_path / name).write_text(others, encoding="utf-8")
    assert places(tmp_path / name) == []


def test_a_name_is_found(tmp_path: Path) -> None:
    file = tmp_path / "l-ete-d-essai.csv"
    file.write_text("nothing")
    assert places(file) == ["its name"]
    with Search(WORDS) as search:
        assert list(search.places(file, within=False)) == ["its name"]


@pytest.mark.parametrize("said", [f"chez {NAME.upper()}, oui", "deux lignes\nde texte", "l-ete-d-essai"])
@pytest.mark.parametrize("suffix", [".duckdb", ".parquet"])
def test_what_stands_in_a_table_is_found(said: str, suffix: str, tmp_path: Path) -> None:
    """Once among many rows, compressed, so that no byte of the file shows it."""
    file = tmp_path / f"content{suffix}"
    rows = """
        select range::integer as number, if(range = 40000, $1, 'chez nous ' || range % 7) as "a ""text"
        from range(60000)
    """
    if suffix == ".parquet":
        duckdb.execute(f"copy ({rows}) to '{file}' (compression zstd)", [said])
        place = "main.content"
    else:
        with duckdb.connect(file) as connection:
            connection.execute(f"create table told as {rows}", [said])
            connection.execute("create view shown as from told")
        place = "main.told"
    assert f'{place}.a "text' in places(file)
    assert places(file, frozenset(WORDS.in_text(said))) == [], "others may say it"


def test_of_reports_goes_what_names_it_or_cannot_be_looked_into(tmp_path: Path) -> None:
    traces = Traces(NAME, {NAME}, {"l-ete-d-essai"}, set(), {2024}, set(), {})
    data = tmp_path / "2024" / "data"
    data.mkdir(parents=True)
    for name in ("index.html", "report.fr.pdf", "report.fr.docx"):
        (tmp_path / "2024" / name).write_text("nobody")
    (data / "nobody.csv").write_text("nobody")
    (data / "names.csv").write_text(NAME)
    duckdb.execute(f"copy (select 'nobody' as told) to '{data / 'nobody.parquet'}'")
    duckdb.execute(
        f"copy (select 'chez {NAME.replace(chr(39), chr(39) * 2)}' as told) to '{data / 'x.parquet'}'"
    )
    assert _erase_reports(traces, tmp_path) == [2024]
    left = [file.name for file in sorted(tmp_path.rglob("*")) if file.is_file()]
    assert left == ["nobody.csv", "nobody.parquet"]
