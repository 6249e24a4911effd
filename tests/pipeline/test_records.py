"""Decisions about archived exports, and what the command shows of them."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.warehouses import UTOPIC, invoke, invoke_json, write_place

pytestmark = pytest.mark.usefixtures("quick_build", "quick_gate", "reports")

UTOPIC_ID = sha256(UTOPIC.read_bytes()).hexdigest()


@pytest.fixture
def ingested(exports: Path, root: Path) -> Path:
    invoke_json("ingest", exports, warehouse=root)
    return root


def ledger(root: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (root / "archive" / "ledger.ndjson").read_text().splitlines()]


def receipts(root: Path) -> list[tuple[object, ...]]:
    invoke_json("build", warehouse=root)
    with duckdb.connect(root / "build.duckdb", read_only=True) as connection:
        return connection.execute(
            "select path, year, year_basis, is_retracted from raw.receipts order by path"
        ).fetchall()


# --- retract and redate -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source", [UTOPIC_ID, UTOPIC_ID[:12], UTOPIC_ID[:5].upper(), "2024/utopic.txt", str(UTOPIC)]
)
def test_an_export_is_retracted_and_comes_back(source: str, ingested: Path) -> None:
    before = ledger(ingested)
    decision = invoke_json("retract", source, warehouse=ingested)["decision"]
    assert (decision["source_id"], decision["path"], decision["is_news"]) == (
        UTOPIC_ID,
        "2024/utopic.txt",
        True,
    )
    assert ledger(ingested)[:-1] == before
    assert ("2024/utopic.txt", 2024, "folder", True) in receipts(ingested)
    again = invoke("retract", source, warehouse=ingested)
    assert again.exit_code == 0 and "is retracted already" in again.stdout
    assert len(ledger(ingested)) == len(before) + 1
    assert "counts again" in invoke("retract", source, "--undo", warehouse=ingested).stdout
    assert ("2024/utopic.txt", 2024, "folder", False) in receipts(ingested)


def test_a_path_as_seen_from_here(exports: Path, ingested: Path) -> None:
    (exports / "2024" / "utopic.txt").write_text("something else by now")
    decision = invoke_json("retract", exports / "2024" / "utopic.txt", warehouse=ingested)["decision"]
    assert decision["source_id"] == UTOPIC_ID


def test_an_export_gets_another_year_and_its_own_back(ingested: Path) -> None:
    invoke_json("redate", UTOPIC_ID[:8], "--year", "2019", warehouse=ingested)
    assert ("2024/utopic.txt", 2019, "redated", False) in receipts(ingested)
    invoke_json("redate", UTOPIC_ID[:8], "--undo", warehouse=ingested)
    assert ("2024/utopic.txt", 2024, "folder", False) in receipts(ingested)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["retract", "2024/nothing.txt"], "no archived export is 2024/nothing.txt"),
        (["retract", "ffffffffffff"], "no archived export"),
        (["retract", UTOPIC_ID[:3]], "at least 4 characters"),
        (["redate", UTOPIC_ID], "give the year"),
        (["redate", UTOPIC_ID, "--year", "2024", "--undo"], "give the year"),
        (["redate", UTOPIC_ID, "--year", "24"], "no plausible year"),
        (["redate", "nothing", "--year", "2024"], "no archived export"),
        (["show", "nothing"], "no archived export"),
        (["show", "la-halle@2023"], "nothing is published"),
        (["codebook", "form", "nothing"], "is no file"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, ingested: Path) -> None:
    before = ledger(ingested)
    result = invoke_json(*arguments, warehouse=ingested, exit_code=2)
    assert words in result["error"]
    assert ledger(ingested) == before


def test_an_ambiguous_path_lists_what_it_may_be(exports: Path, ingested: Path) -> None:
    write_place(exports / "2023" / "halle.json", "La Halle neuve")
    invoke_json("ingest", exports, warehouse=ingested)
    error = invoke_json("retract", "2023/halle.json", warehouse=ingested, exit_code=2)["error"]
    assert "one of 2 exports" in error
    assert error.count("  2023/halle.json") == 2


# --- show ---------------------------------------------------------------------------------------------------


def test_a_file_is_shown_beside_its_source(root: Path) -> None:
    shown = invoke_json("show", UTOPIC, warehouse=root)["file"]
    assert (shown["source_id"], shown["archived_as"], shown["format"]) == (UTOPIC_ID, [], "effects_page")
    text = UTOPIC.read_text(encoding="utf-8-sig")
    responses = {row["question_id"]: row for row in shown["records"][0]["responses"]}
    for response in responses.values():
        for said in response["said"]:
            if said["source_start"] is not None:
                assert said["words"] == text[said["source_start"] : said["source_end"]]
    (testimony,) = responses["solidarite"]["said"]
    assert testimony["text"] == testimony["words"]
    assert responses["entretien_des_espaces_effets"]["said"][0]["words"] is None
    assert len(responses) > 40 and shown["fragments"] == []
    assert not root.exists()


def test_a_place_is_shown_with_its_pointers(exports: Path, root: Path) -> None:
    shown = invoke_json("show", exports / "2023" / "halle.json", warehouse=root)["file"]
    (record,) = shown["records"]
    surface = next(row for row in record["responses"] if row["question_id"] == "presentation.surface")
    assert surface["said"][0]["value_number"] == 313.0
    assert surface["said"][0]["words"] == "313"
    assert "camille" not in json.dumps(shown).lower()


def test_an_archived_export_is_shown_by_its_path(exports: Path, ingested: Path) -> None:
    invoke_json("retract", "2024/utopic.txt", warehouse=ingested)
    (exports / "2024" / "utopic.txt").unlink()
    shown = invoke_json("show", "2024/utopic.txt", warehouse=ingested)["file"]
    assert (shown["archived_as"], shown["is_retracted"]) == (["2024/utopic.txt"], True)
    spoken = invoke("show", "2024/utopic.txt", warehouse=ingested).stdout
    assert "in the archive as 2024/utopic.txt, retracted" in spoken
    assert "\nimpact_social_frequence\tanswered\tmensuelle (exact)\t" in spoken


def test_a_file_that_is_no_export_says_why(exports: Path, root: Path) -> None:
    result = invoke_json("show", exports / "2024" / "courses.txt", warehouse=root, exit_code=2)
    assert "is refused, unknown-format" in result["error"]


# --- rows for the codebook ----------------------------------------------------------------------------------


def test_rows_of_an_unknown_form(root: Path, tmp_path: Path) -> None:
    form = tmp_path / "enquete.json"
    fields = [
        {"id": "aaaaaaaaaaaa", "ref": "r1", "title": "Et encore ?", "type": "long_text", "properties": {}}
    ]
    form.write_text(json.dumps({"title": "Enquête", "fields": fields}))
    (row,) = csv.DictReader(io.StringIO(invoke("codebook", "form", form, warehouse=root).stdout))
    assert (row["form"], row["field_ref"], row["title"]) == ("enquete", "aaaaaaaaaaaa", "Et encore ?")
