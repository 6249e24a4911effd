"""The command, with a stand-in for dbt: what it says, what it leaves alone, how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import raw_tables, readings
from ingest.archive import Archive, State
from ingest.formats import BY_NAME, place
from ingest.raw_tables import RawTables
from ingest.warehouse import Check, Warehouse
from tests.pipeline.warehouses import UTOPIC, QuickBuild, invoke, invoke_json, write_place

pytestmark = pytest.mark.usefixtures("quick_build", "quick_gate", "reports")


def published(root: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(root / "effets.duckdb", read_only=True) as connection:
        return connection.execute(query).fetchall()


# --- run ----------------------------------------------------------------------------------------------------


def test_run_says_what_it_did(exports: Path, root: Path, tmp_path: Path) -> None:
    result = invoke_json("run", exports, "--out", tmp_path / "reports", warehouse=root)
    assert result["ok"] is True
    assert {key: result["exports"][key] for key in ("new", "known", "received_again")} == {
        "new": 2,
        "known": 0,
        "received_again": 0,
    }
    rejected = {row["path"]: row for row in result["exports"]["rejected"]}
    assert rejected.keys() == {"2024/courses.txt", "2024/vide.html"}
    for row in rejected.values():
        assert row["reason"] == "unknown-format"
        assert row["detail"] and row["remedy"]
    assert (result["evaluations"], result["projects"], result["years"]) == (2, 2, [2023, 2024])
    assert result["observations"] > 20
    assert result["unmapped_answers"] > 0
    assert result["tests"] == {"passed": 3, "warned": [], "failed": []}
    assert re.fullmatch(r"0001-[0-9a-f]{12}", result["release"])
    assert Path(result["report"]).read_text() == "report"
    assert Path(result["database"]).exists() and Path(result["parquet"]).is_dir()
    assert result["seconds"].keys() == {"ingest", "verify", "build", "publish", "report", "total"}


def test_run_for_people(exports: Path, root: Path, tmp_path: Path) -> None:
    result = invoke("run", exports, "--out", tmp_path / "reports", warehouse=root)
    assert result.exit_code == 0
    for words in (
        "2 new · 0 known · 2 rejected",
        "rejected: 2024/vide.html — unknown-format: an empty file",
        "2 evaluations of 2 projects, 2023–2024",
        "3 tests passed · 0 warnings",
        "effets.duckdb",
        "index.html",
        "build ",
    ):
        assert words in result.stdout
    assert "reading exports" in result.stderr


def test_quiet_is_quiet(exports: Path, root: Path, tmp_path: Path) -> None:
    result = invoke("run", exports, "--out", tmp_path, "--quiet", warehouse=root)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_nothing_new_does_nothing(
    exports: Path, root: Path, tmp_path: Path, quick_build: QuickBuild, reports: list[int]
) -> None:
    first = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    before = {file: file.stat().st_mtime_ns for file in root.rglob("*") if file.name != ".lock"}
    second = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    assert (quick_build.calls, reports) == (1, [2024])
    assert (second["exports"]["new"], second["exports"]["known"]) == (0, 2)
    assert (first["published"], second["published"]) == (True, False)
    for key in ("release", "report", "evaluations", "tests"):
        assert second[key] == first[key]
    assert second["seconds"].keys() == {"ingest", "total"}
    after = {file: file.stat().st_mtime_ns for file in root.rglob("*") if file.name != ".lock"}
    assert after == before
    spoken = invoke("run", exports, "--out", tmp_path, warehouse=root).stdout
    assert f"nothing has changed since release {first['release']}" in spoken


def test_a_report_that_was_asked_for_is_not_written_again(
    exports: Path, root: Path, tmp_path: Path, reports: list[int]
) -> None:
    invoke_json("ingest", exports, warehouse=root)
    invoke_json("build", warehouse=root)
    invoke_json("report", "--lang", "en", "--out", tmp_path, warehouse=root)
    invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    assert len(reports) == 2, "one language is not the report"
    invoke_json("report", "--out", tmp_path, warehouse=root)
    assert invoke_json("run", exports, "--out", tmp_path, warehouse=root)["published"] is False
    assert len(reports) == 3
    invoke_json("run", exports, "--out", tmp_path / "elsewhere", warehouse=root)
    assert len(reports) == 4


def test_a_report_that_is_gone_is_written_again(
    exports: Path, root: Path, tmp_path: Path, quick_build: QuickBuild, reports: list[int]
) -> None:
    first = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    Path(first["report"]).unlink()
    invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    invoke_json("run", exports, "--out", tmp_path / "elsewhere", warehouse=root)
    assert (quick_build.calls, reports) == (1, [2024, 2024, 2024])


def test_new_exports_make_a_new_release(exports: Path, root: Path, tmp_path: Path) -> None:
    first = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    write_place(exports / "2024" / "serre.json", "La Serre")
    second = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    assert (second["exports"]["new"], second["evaluations"]) == (1, 3)
    assert (first["release"][:5], second["release"][:5]) == ("0001-", "0002-")


def test_changed_code_builds_again_and_keeps_an_equal_release(
    exports: Path,
    root: Path,
    tmp_path: Path,
    quick_build: QuickBuild,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    monkeypatch.setattr(Warehouse, "fingerprint", lambda self, *digests: "other")
    second = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    assert quick_build.calls == 2
    assert second["release"] == first["release"]


def test_deleting_an_export_changes_nothing(exports: Path, root: Path, tmp_path: Path) -> None:
    first = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    (exports / "2023" / "halle.json").unlink()
    second = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    assert (second["evaluations"], second["release"]) == (first["evaluations"], first["release"])


def test_a_rejected_file_that_is_gone_is_forgotten(exports: Path, root: Path, tmp_path: Path) -> None:
    invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    (exports / "2024" / "vide.html").unlink()
    second = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    assert [row["path"] for row in second["exports"]["rejected"]] == ["2024/courses.txt"]
    assert published(root, "select path from qc_rejected_exports") == [("2024/courses.txt",)]


# --- gates and wrong usage ----------------------------------------------------------------------------------


def test_a_failed_gate_publishes_nothing(
    exports: Path, root: Path, tmp_path: Path, quick_build: QuickBuild, reports: list[int]
) -> None:
    first = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    write_place(exports / "2024" / "serre.json", "La Serre")
    quick_build.failures = (Check("evaluations_are_unique", "fail", "Got 2 results"),)
    second = invoke_json("run", exports, "--out", tmp_path, warehouse=root, exit_code=1)
    assert second["ok"] is False and second["published"] is False
    assert second["tests"]["failed"][0]["name"] == "evaluations_are_unique"
    assert f"release {first['release']}, stays" in second["error"]
    assert reports == [2024]
    assert os.readlink(root / "releases" / "current") == first["release"]
    assert published(root, "select count(*) from fct_evaluation") == [(2,)]
    spoken = invoke("run", exports, "--out", tmp_path, warehouse=root)
    assert spoken.exit_code == 1
    assert "evaluations_are_unique: Got 2 results" in spoken.stderr
    quick_build.failures = ()
    third = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    assert (third["evaluations"], third["published"]) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere"], "does not exist"),
        (["ingest", "nowhere"], "does not exist"),
        (["ingest", str(UTOPIC), "--year", "24"], "no plausible year"),
        (["report"], "nothing is published"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, root: Path) -> None:
    result = invoke_json(*arguments, warehouse=root, exit_code=2)
    assert result["ok"] is False
    assert words in result["error"]


def test_unknown_options_are_wrong_usage(root: Path) -> None:
    assert invoke("run", "--nonsense", warehouse=root).exit_code == 2


def test_a_report_of_a_year_without_evaluations(exports: Path, root: Path, tmp_path: Path) -> None:
    invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    result = invoke_json("report", "--year", "1999", "--out", tmp_path, warehouse=root, exit_code=2)
    assert "published are 2023, 2024" in result["error"]


def test_a_report_of_an_earlier_year(exports: Path, root: Path, tmp_path: Path, reports: list[int]) -> None:
    invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    result = invoke_json("report", "--year", "2023", "--out", tmp_path, warehouse=root)
    assert reports == [2024, 2023]
    assert result["report"] == str(tmp_path / "2023" / "index.html")


def test_a_held_warehouse_says_who_holds_it(exports: Path, root: Path, tmp_path: Path) -> None:
    with Warehouse(root).lock():
        result = invoke_json("run", exports, "--out", tmp_path, warehouse=root, exit_code=2)
    assert re.search(rf"in use by effets, process {os.getpid()}, since \d{{4}}-\d\d-\d\d", result["error"])
    assert invoke("run", exports, "--out", tmp_path, warehouse=root).exit_code == 0


def test_a_faulty_manifest_stops_before_anything_is_done(exports: Path, root: Path) -> None:
    (exports / "manifest.csv").write_text("path,year\n2024/utopic.txt,MMXXIV\n")
    result = invoke_json("ingest", exports, warehouse=root, exit_code=2)
    assert "manifest.csv, line 2" in result["error"]
    assert not (root / "archive").exists()


# --- ingest -------------------------------------------------------------------------------------------------


def test_dry_run_writes_nothing(exports: Path, root: Path) -> None:
    result = invoke_json("ingest", exports, "--dry-run", warehouse=root)
    assert result["dry_run"] is True
    assert result["exports"]["new_paths"] == ["2023/halle.json", "2024/utopic.txt"]
    assert len(result["exports"]["rejected"]) == 2
    assert not root.exists()


def test_no_year_is_rejected_and_an_option_helps(root: Path, tmp_path: Path) -> None:
    file = write_place(tmp_path / "halle.json", "La Halle")
    (row,) = invoke_json("ingest", file, warehouse=root)["exports"]["rejected"]
    assert row["reason"] == "no-year" and "--year" in row["remedy"]
    assert invoke_json("ingest", file, "--year", "2022", warehouse=root)["exports"]["new"] == 1
    (receipt,) = Archive(root / "archive").state().current_receipts()
    assert (receipt.path, receipt.year, receipt.year_basis) == ("halle.json", 2022, "option")
    again = invoke_json("ingest", file, warehouse=root)["exports"]
    assert (again["known"], again["rejected"]) == (1, [])


def test_known_bytes_under_another_path_or_year_are_received_again(exports: Path, root: Path) -> None:
    for path in ("2024/copie.txt", "2022/utopic.txt"):
        (exports / path).parent.mkdir(exist_ok=True)
        (exports / path).write_bytes(UTOPIC.read_bytes())
    result = invoke_json("ingest", exports, warehouse=root)["exports"]
    assert (result["new"], result["known"], result["received_again"]) == (2, 2, 2)
    with duckdb.connect(root / "build.duckdb", read_only=True) as connection:
        receipts = connection.execute(
            "select path, year from raw.receipts where path not like '%json' order by all"
        ).fetchall()
        exports_read = connection.execute("select count(*) from raw.exports").fetchall()
    assert receipts == [("2022/utopic.txt", 2022), ("2024/copie.txt", 2024)]
    assert exports_read == [(2,)]


def test_a_reader_that_fails_rejects_its_file_alone(
    exports: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: bytes, codebook: object) -> None:
        raise ValueError("Camille")

    monkeypatch.setattr(BY_NAME["effects_page"], "read", fail)
    result = invoke_json("ingest", exports, warehouse=root)["exports"]
    assert result["new"] == 1
    reasons = {row["path"]: row["reason"] for row in result["rejected"]}
    assert reasons["2024/utopic.txt"] == "reader-error"
    assert "Camille" not in str(result["rejected"])


def test_a_query_that_fails_rejects_its_file_alone(
    exports: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write_place(exports / "2022" / f"lieu-{number}.json", f"Lieu {number}")
    failing = f"""
        select * replace (if(project_name = 'Lieu 3', error(project_name), project_name) as project_name)
        from ({place.QUERIES["records"]})
    """
    monkeypatch.setitem(place.QUERIES, "records", failing)
    result = invoke_json("ingest", exports, warehouse=root)["exports"]
    assert result["new"] == 6
    (refused,) = [row for row in result["rejected"] if row["reason"] == "reader-error"]
    assert refused["path"] == "2022/lieu-3.json" and "Lieu 3" not in str(refused)
    assert invoke_json("ingest", exports, "--dry-run", warehouse=root)["exports"]["known"] == 6


# --- the archive is the truth -------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["missing", "damaged", "without raw tables", "older readers"])
def test_build_database_is_made_again_from_the_archive(
    harm: str, exports: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    for file in exports.rglob("*.*"):
        file.unlink()
    if harm == "missing":
        (root / "build.duckdb").unlink()
    elif harm == "damaged":
        (root / "build.duckdb").write_bytes(b"x" * 20_000)
    elif harm == "without raw tables":
        with duckdb.connect(root / "build.duckdb") as connection:
            connection.execute("drop schema raw cascade")
    else:
        monkeypatch.setattr(raw_tables, "readers_version", lambda root: "newer")
    result = invoke("build", "--json", warehouse=root)
    assert result.exit_code == 0
    assert "2 exports were read from the archive" in result.stderr
    assert first["release"] in result.stdout


def test_a_crash_before_the_database_knows_loses_nothing(
    exports: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = invoke_json("run", exports, "--out", tmp_path, warehouse=tmp_path / "undisturbed")
    with monkeypatch.context() as patch:
        patch.setattr(RawTables, "settle", lambda self, state: (_ for _ in ()).throw(KeyboardInterrupt))
        assert invoke("run", exports, "--out", tmp_path, warehouse=root).exit_code != 0
    with duckdb.connect(root / "build.duckdb") as connection:
        assert connection.execute("select archive_digest from raw.load_state").fetchall() == [(None,)]
    result = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    assert (result["exports"]["new"], result["exports"]["known"]) == (0, 2)
    assert result["release"] == undisturbed["release"]


def test_what_the_ledger_adds_up_to_is_looked_at_once(
    exports: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its bytes: else, or if its readers changed, by what it adds up to."""
    looked: list[str] = []

    def digest(self: State, *given: Any, digest: Any = State.digest) -> str:
        looked.append(found := digest(self, *given))
        return str(found)

    monkeypatch.setattr(State, "digest", digest)
    invoke_json("ingest", exports, warehouse=root)
    assert len(set(looked)) == 1
    del looked[:]
    invoke_json("ingest", exports, warehouse=root)
    assert looked == []
    monkeypatch.setattr(raw_tables, "_LEDGER_READERS", ("README.md",))
    invoke_json("ingest", exports, warehouse=root)
    assert len(looked) == 1
    source_id = next(iter(Archive(root / "archive").state().stored))
    invoke_json("retract", source_id, warehouse=root)
    invoke_json("ingest", exports, warehouse=root)
    with duckdb.connect(root / "build.duckdb", read_only=True) as connection:
        assert connection.execute("select count(*) from raw.receipts where is_retracted").fetchall() == [(1,)]


def test_a_crash_between_rounds_keeps_those_before(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_gate: None
) -> None:
    for number in range(5):
        write_place(tmp_path / "places" / "2023" / f"{number}.json", f"Lieu {number}")
    monkeypatch.setattr(readings, "ROUND_EXPORTS", 2)
    take = RawTables.take
    rounds: list[int] = []

    def failing(self: RawTables, read: readings.Readings, source_ids: set[str]) -> None:
        rounds.append(len(source_ids))
        if rounds == [0, 2, 2]:  # first nothing was to be caught up
            raise KeyboardInterrupt
        take(self, read, source_ids)

    def raw(folder: Path) -> list[list[tuple[object, ...]]]:
        with duckdb.connect(folder / "build.duckdb", read_only=True) as connection:
            return [
                connection.execute(f"from raw.{table} order by all").fetchall()
                for table in ("loaded", "records", "responses", "observations", "receipts", "load_state")
            ]

    with monkeypatch.context() as patch:
        patch.setattr(RawTables, "take", failing)
        assert invoke("ingest", tmp_path / "places", warehouse=root).exit_code != 0
    assert len(raw(root)[0]) == 2
    result = invoke("ingest", tmp_path / "places", "--json", warehouse=root)
    assert "an earlier run did not come to its end: 2 exports were read" in result.stderr
    invoke_json("ingest", tmp_path / "places", warehouse=tmp_path / "undisturbed")
    assert raw(root) == raw(tmp_path / "undisturbed")


@pytest.mark.parametrize("round_exports", [1, 2, 3])
def test_the_same_bytes_in_two_rounds_are_taken_once(
    round_exports: int, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_gate: None
) -> None:
    """A round is stored while the next one is read: what comes again there waits for what becomes of it."""
    places = tmp_path / "places" / "2023"
    for number in (1, 2, 3):
        write_place(places / f"{number}.json", f"Lieu {number}")
        for again in ("a", "b"):
            (places / f"{number}{again}.json").write_bytes((places / f"{number}.json").read_bytes())
    (places / "0.json").write_text("{}")
    (places / "4.json").write_text("{}")

    def account(warehouse: Path) -> tuple[object, list[object]]:
        said = invoke_json("ingest", tmp_path / "places", warehouse=warehouse)
        events = map(json.loads, (warehouse / "archive" / "ledger.ndjson").read_text().splitlines())
        return said["exports"], [
            {name: value for name, value in event.items() if name != "recorded_at"} for event in events
        ]

    in_one = account(tmp_path / "undisturbed")
    monkeypatch.setattr(readings, "ROUND_EXPORTS", round_exports)
    assert account(root) == in_one
    assert in_one[0]["new"] == 3  # type: ignore[index]


def test_what_other_processes_drafted_is_stored_or_gone(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_gate: None
) -> None:
    """Many files are read by other processes, which write what they read where it waits to be accepted."""
    places = tmp_path / "places"
    for number in range(4):
        write_place(places / "2023" / f"{number}.json", f"Lieu {number}")
    write_place(places / "yearless.json", "Un lieu sans année")
    (places / "2023" / "again.json").write_bytes((places / "2023" / "0.json").read_bytes())
    in_one = invoke_json("ingest", places, warehouse=tmp_path / "undisturbed")["exports"]
    monkeypatch.setattr("ingest.arrivals.FILES_WORTH_A_POOL", 1)
    monkeypatch.setattr("ingest.arrivals.CHUNK_FILES", 2)

    def archived(warehouse: Path) -> dict[str, bytes]:
        files = (file for file in (warehouse / "archive").rglob("*") if file.is_file())
        return {file.name: file.read_bytes() for file in files if file.name != "ledger.ndjson"}

    def stopped(self: RawTables, read: readings.Readings, source_ids: set[str]) -> None:
        if source_ids:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RawTables, "take", stopped)
        assert invoke("ingest", places, warehouse=root).exit_code != 0
    assert not list((root / "archive" / "incoming").iterdir())
    shutil.rmtree(root)
    assert invoke_json("ingest", places, warehouse=root)["exports"] == in_one
    assert [row["reason"] for row in in_one["rejected"]] == ["no-year"]
    assert archived(root) == archived(tmp_path / "undisturbed")
    invoke_json("build", warehouse=root)
    invoke_json("forget", "lieu-0", warehouse=root)
    (root / "known_files.json").unlink(missing_ok=True)
    refused = invoke_json("ingest", places, warehouse=root)["exports"]["rejected"]
    assert {row["reason"] for row in refused} == {"forgotten", "no-year"}
    assert len(archived(root)) == 3


def test_the_order_of_loading_changes_nothing(exports: Path, tmp_path: Path) -> None:
    halves = [exports / "2023", exports / "2024"]
    orders = {"once": [halves], "forth": [[halves[0]], [halves[1]]], "back": [[halves[1]], [halves[0]]]}
    releases = set()
    for name, order in orders.items():
        for paths in order:
            invoke_json("ingest", *paths, warehouse=tmp_path / name)
        releases.add(invoke_json("build", warehouse=tmp_path / name)["release"])
    assert len(releases) == 1


def test_a_damaged_object_stops_the_job_by_name(exports: Path, root: Path) -> None:
    invoke_json("ingest", exports, warehouse=root)
    victim = min((root / "archive" / "objects").rglob("?" * 64))
    victim.write_bytes(b"x")
    (root / "build.duckdb").unlink()
    result = invoke_json("build", warehouse=root, exit_code=1)
    assert victim.name in result["error"]


def test_personal_data_reaches_neither_archive_nor_database(
    exports: Path, root: Path, tmp_path: Path
) -> None:
    invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    for file in root.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"Camille" not in content and b"camille@exemple.fr" not in content, file


# --- status -------------------------------------------------------------------------------------------------


def test_status_before_and_after(exports: Path, root: Path, tmp_path: Path) -> None:
    assert invoke_json("status", warehouse=root)["status"]["publication"] is None
    assert not root.exists()
    write_place(exports / "2024" / "halle.json", "La Halle (2)")
    run = invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    status = invoke_json("status", warehouse=root)["status"]
    assert status["archived_exports"] == 3
    assert [(row["year"], row["evaluations"]) for row in status["campaigns"]] == [(2023, 1), (2024, 2)]
    assert [site["project_id"] for site in status["missing"]] == ["la-halle"]
    assert [site["completeness"] for site in status["incomplete"]] == [0.25, 0.25]
    assert [row["path"] for row in status["rejected"]] == ["2024/courses.txt", "2024/vide.html"]
    assert status["publication"]["release"] == run["release"]
    spoken = invoke("status", warehouse=root).stdout
    for words in (
        "3 exports",
        "2 evaluations",
        "1 site of the campaign before",
        "La Halle",
        "2024/vide.html",
    ):
        assert words in spoken
