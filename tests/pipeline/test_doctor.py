"""`effets doctor` finds what is broken, says what helps, and changes nothing."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from ingest import doctor
from ingest.warehouse import Warehouse
from tests.pipeline.warehouses import invoke, invoke_json

pytestmark = pytest.mark.usefixtures("quick_build", "quick_gate", "reports")


@pytest.fixture
def healthy(exports: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse in which all is well, seen from a folder without settings."""
    monkeypatch.chdir(tmp_path)
    invoke_json("run", exports, "--out", tmp_path / "reports", warehouse=root)
    return root


def findings(root: Path, *options: str, exit_code: int = 0) -> dict[str, Any]:
    result = invoke_json("doctor", *options, warehouse=root, exit_code=exit_code)
    assert result["well"] is (exit_code == 0)
    for finding in result["findings"]:
        assert finding["state"] in ("ok", "warn", "fail")
        assert bool(finding["remedy"]) is (finding["state"] != "ok")
    return {finding["topic"]: finding for finding in result["findings"]}


def test_all_is_well(healthy: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in healthy.rglob("*")}
    found = findings(healthy)
    assert {f["state"] for topic, f in found.items() if topic != "Disk"} == {"ok"}
    assert found["Archive"]["says"].startswith("2 exports")
    assert "0001-" in found["Release"]["says"] and "2 evaluations" in found["Release"]["says"]
    assert "all hashed again" in findings(healthy, "--full")["Archive"]["says"]
    assert {file: file.stat().st_mtime_ns for file in healthy.rglob("*")} == before


def test_before_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = findings(tmp_path / "none")
    assert "nothing is published yet" in found["Release"]["says"]
    assert not (tmp_path / "none").exists()


def test_for_people_a_line_each_and_what_helps(healthy: Path) -> None:
    (healthy / "parquet").unlink()
    (healthy / "parquet").symlink_to("nowhere")
    result = invoke("doctor", warehouse=healthy)
    assert result.exit_code == 1
    assert "FAIL  links that lead nowhere: parquet" in result.stdout
    assert "→ run `effets build`" in result.stdout
    assert "not all is well" in result.stderr


def an_object(root: Path) -> Path:
    return next(file for file in root.glob("archive/objects/*/*"))


def test_a_lost_object(healthy: Path) -> None:
    an_object(healthy).unlink()
    finding = findings(healthy, exit_code=1)["Archive"]
    assert finding["state"] == "fail" and "missing or damaged" in finding["says"]


def test_a_damaged_object_shows_when_it_is_hashed(healthy: Path) -> None:
    file = an_object(healthy)
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b" ")
    assert findings(healthy)["Archive"]["state"] == "ok"
    assert findings(healthy, "--full", exit_code=1)["Archive"]["state"] == "fail"


def test_a_damaged_ledger(healthy: Path) -> None:
    ledger = healthy / "archive" / "ledger.ndjson"
    ledger.write_text("nonsense\n" + ledger.read_text())
    finding = findings(healthy, exit_code=1)["Archive"]
    assert finding["state"] == "fail" and "line 1" in finding["says"]


def test_an_object_that_the_ledger_does_not_name(healthy: Path) -> None:
    stray = healthy / "archive" / "objects" / "aa" / ("a" * 64)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"?")
    assert findings(healthy)["Archive"]["state"] == "warn"


def test_who_holds_the_lock(healthy: Path) -> None:
    with Warehouse(healthy).lock():
        finding = findings(healthy)["Lock"]
    assert finding["state"] == "warn" and f"process {os.getpid()}" in finding["says"]
    with open(healthy / ".lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it is free again


def test_a_database_that_cannot_be_read(healthy: Path) -> None:
    database = (healthy / "effets.duckdb").resolve()
    database.chmod(0o644)
    database.write_bytes(b"broken")
    assert findings(healthy, exit_code=1)["Release"]["state"] == "fail"


def test_settings_that_cannot_be_read(healthy: Path) -> None:
    Path("effets.toml").write_text('nom = "Réseau"\n')
    finding = findings(healthy, exit_code=1)["effets.toml"]
    assert "`nom` is no setting" in finding["says"]


def test_other_versions_and_missing_packages(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda package: "0.0.1")
    finding = findings(healthy)["Packages"]
    assert finding["state"] == "warn" and f"duckdb 0.0.1 ({duckdb.__version__})" in finding["says"]

    def absent(package: str) -> str:
        raise doctor.PackageNotFoundError(package)

    monkeypatch.setattr(doctor, "version", absent)
    finding = findings(healthy, exit_code=1)["Packages"]
    assert finding["state"] == "fail" and "duckdb" in finding["says"]


def test_little_room(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: SimpleNamespace(free=10_000_000))
    finding = findings(healthy)["Disk"]
    assert finding["state"] == "warn" and "10 MB free" in finding["says"]


def test_a_release_of_which_nothing_tells_the_origin(healthy: Path) -> None:
    (healthy / "publication.json").write_text(json.dumps({}))
    finding = findings(healthy)["Release"]
    assert finding["state"] == "warn"
