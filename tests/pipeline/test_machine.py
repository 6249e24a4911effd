"""What the machine does to the pipeline: another process in the way, a full disk, a folder that may not be written."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from ingest.archive import Archive
from ingest.raw_tables import RawTables
from ingest.warehouse import STORAGE_VERSION, Warehouse
from tests.pipeline.checksums import read_publication
from tests.pipeline.warehouses import ROOT, fill, invoke, invoke_json

#: The command with stand-ins for dbt, the report and Great Expectations, as a process of its own.
QUICK = [
    sys.executable,
    "-c",
    "import sys, effets; from tests.pipeline.crash_driver import _stand_in; _stand_in(); sys.argv[0] = 'effets'; "
    "effets.main()",
]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "EFFETS_LANG": "en"}


@contextmanager
def process(code: str, *arguments: Path) -> Iterator[subprocess.Popen[str]]:
    """A Python process that has printed a line, and is still there."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as running:
        assert running.stdout and running.stdout.readline() == "ready\n"
        try:
            yield running
        finally:
            running.kill()


LOCKING = """
import sys; from pathlib import Path; from ingest.warehouse import Warehouse
with Warehouse(Path(sys.argv[1])).lock(): print("ready", flush=True); sys.stdin.read()
"""
HOLDING = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=len(sys.argv) > 2)
print("ready", flush=True); sys.stdin.read()
"""


@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_a_second_effets_says_who_is_at_work_and_a_dead_one_holds_nothing(exports: Path, root: Path) -> None:
    with process(LOCKING, root) as holder:
        for command in (["ingest", exports], ["build"], ["retract", "2024/utopic.txt"], ["rebuild"]):
            error = invoke_json(*command, warehouse=root, exit_code=2)["error"]
            assert re.search(
                rf"in use by effets, process {holder.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d", error
            )
        assert invoke("status", warehouse=root).exit_code == 0, "who only reads need not wait"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert invoke_json("ingest", exports, warehouse=root)["exports"]["new"] == 2


@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_who_holds_build_duckdb_is_asked_to_close_it(exports: Path, root: Path) -> None:
    invoke_json("ingest", exports, warehouse=root)
    with process(HOLDING, root / "build.duckdb") as holder:
        error = invoke_json("build", warehouse=root, exit_code=2)["error"]
        assert "open in another process" in error and str(holder.pid) in error and "effets.duckdb" in error
    assert invoke_json("build", warehouse=root)["published"] is True


@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_who_reads_what_is_published_is_in_nobodys_way(exports: Path, root: Path, tmp_path: Path) -> None:
    invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    before = read_publication(root)
    with process(HOLDING, root / "effets.duckdb", Path("read-only")):
        shutil.rmtree(exports / "2023")
        (exports / "2024" / "vide.html").unlink()
        assert invoke_json("run", exports, "--out", tmp_path, warehouse=root)["published"] is True
    assert read_publication(root) != before


def test_the_ledger_is_on_the_disk_before_the_database_knows(
    exports: Path, root: Path, quick_gate: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And every object before its line: seen at the very moment in which each is done."""
    ledger = root / "archive" / "ledger.ndjson"
    on_disk: dict[int, int] = {}  # the size of a file when it was last put on the disk
    fsync, take, append = os.fsync, RawTables.take, Archive._append
    seen = []

    def syncing(descriptor: int) -> None:
        fsync(descriptor)
        status = os.fstat(descriptor)
        on_disk[status.st_ino] = status.st_size

    def appending(self: Archive, events: object) -> None:
        events = list(events)  # type: ignore[call-overload]
        for event in events:
            if event["event"] == "received":
                status = self.object_path(event["source_id"]).stat()
                assert on_disk[status.st_ino] == status.st_size > 0
                seen.append("object")
        append(self, events)

    def taking(self: RawTables, readings: object, source_ids: set[str]) -> None:
        if source_ids:
            status = ledger.stat()
            assert on_disk[status.st_ino] == status.st_size
            assert source_ids <= Archive(root / "archive").state().stored.keys()
            seen.append("ledger")
        take(self, readings, source_ids)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Archive, "_append", appending)
    monkeypatch.setattr(RawTables, "take", taking)
    invoke_json("ingest", exports, warehouse=root)
    assert seen == ["object", "object", "ledger"]


def test_the_ledger_is_only_added_to(exports: Path, root: Path, quick_gate: None) -> None:
    ledger, lines = root / "archive" / "ledger.ndjson", b""
    (exports / "2024" / "courses.txt").unlink()
    for arguments in (
        ["ingest", exports / "2024"],
        ["ingest", exports],
        ["ingest", exports],
        ["retract", "2024/utopic.txt"],
        ["retract", "--undo", "2024/utopic.txt"],
        ["redate", "2024/utopic.txt", "--year", "2022"],
    ):
        inode = ledger.stat().st_ino if lines else None
        invoke_json(*arguments, warehouse=root)
        assert ledger.read_bytes().startswith(lines) and inode in (None, ledger.stat().st_ino)
        lines = ledger.read_bytes()
    received = [json.loads(line) for line in lines.splitlines() if b'"received"' in line]
    assert all(re.fullmatch("[0-9a-f]{64}", row[key]) for row in received for key in _HASHES)
    place = next(row for row in received if row["path"].endswith("json"))
    assert place["received_sha256"] != place["stored_sha256"], "a place file names who filled it in"


_HASHES = ("source_id", "received_sha256", "stored_sha256")


@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_verify_names_what_is_changed_missing_or_too_much(exports: Path, root: Path) -> None:
    invoke_json("ingest", exports, warehouse=root)
    assert invoke("archive", "verify", warehouse=root).exit_code == 0
    changed, missing = sorted((root / "archive" / "objects").rglob("?" * 64))
    extra = root / "archive" / "objects" / "00" / ("0" * 64)
    extra.parent.mkdir(exist_ok=True)
    extra.write_bytes(b"")
    error = invoke_json("archive", "verify", warehouse=root, exit_code=1)["error"]
    assert f"{extra} stands in no line" in error
    invoke_json("rebuild", warehouse=root)
    assert not extra.exists(), "nobody had accepted it"
    changed.write_bytes(changed.read_bytes().replace(b"a", b"b", 1))
    missing.unlink()
    for command in (["archive", "verify"], ["build"], ["rebuild"]):
        error = invoke_json(*command, warehouse=root, exit_code=1)["error"]
        assert f"{changed} was changed" in error and f"{missing} cannot be read" in error
        assert "copy of the archive" in error


@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_a_damaged_ledger_says_which_line_and_what_helps(exports: Path, root: Path) -> None:
    invoke_json("ingest", exports, warehouse=root)
    ledger = root / "archive" / "ledger.ndjson"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:60] + b"\x00" + whole[61:])
    error = invoke_json("build", warehouse=root, exit_code=1)["error"]
    assert "ledger.ndjson, line 1 is damaged" in error and "from a copy" in error
    ledger.write_bytes(whole + b'{"event": "received", "sour')
    invoke_json("run", exports, warehouse=root)
    assert ledger.read_bytes() == whole


# --- a disk that is full, a folder that may not be written --------------------------------------------------

#: A file system of its own that is full at so many bytes; what is begun in it is ended outside, with more room.
FULL = """
set -e
mkdir -p "$1"; mount -t tmpfs -o size=$2 none "$1"
shift 2; status=0; "$@" --warehouse "$0/w" --json > "$0.first" || status=$?
echo $status > "$0.status"
mount -o remount,size=1g "$0"
"$@" --warehouse "$0/w" --json > "$0.second"
cp -a "$0/w" "$0.kept"
"""


def full_disk(size: int, exports: Path, folder: Path) -> tuple[int, dict[str, object], Path]:
    disk = folder / f"disk-{size}"
    command = [*QUICK, "run", str(exports), "--out", str(folder / "reports")]
    done = subprocess.run(
        [
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            FULL,
            str(disk),
            str(disk),
            str(size),
            *command,
        ],
        env=ENVIRONMENT,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(disk.with_suffix(".first").read_text())
    return int(disk.with_suffix(".status").read_text()), said, disk.with_suffix(".kept")


def can(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not can("unshare", "--map-root-user", "--mount", "true"), reason="no file system can be mounted here"
)
@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
@pytest.mark.parametrize(
    "size",
    [400_000, *(pytest.param(size, marks=pytest.mark.long) for size in range(20_000, 4_000_000, 260_000))],
)
def test_a_disk_that_is_really_full(size: int, exports: Path, tmp_path: Path) -> None:
    invoke_json("run", exports, "--out", tmp_path / "r", warehouse=tmp_path / "w")
    code, said, kept = full_disk(size, exports, tmp_path)
    if code != 0:
        assert code == 1
        assert "disk is full" in str(said["error"]) and "the next run takes up" in str(said["error"])
    assert read_publication(kept) == read_publication(tmp_path / "w") != ""
    assert Archive(kept / "archive").verify(Archive(kept / "archive").state()) == []


@pytest.mark.skipif(
    os.geteuid() == 0 and not can("setpriv", "--bounding-set=-dac_override", "true"),
    reason="whoever runs this may write everywhere, and cannot give that up",
)
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    exports = fill(tmp_path / "exports")
    root = tmp_path / "warehouse"
    root.mkdir()
    root.chmod(0o555)
    command = [*QUICK, "run", str(exports), "--warehouse", str(root), "--json"]
    if os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-dac_override", *command]
    done = subprocess.run(command, env=ENVIRONMENT, cwd=tmp_path, capture_output=True, text=True, check=False)
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, list(root.iterdir())) == (2, [])
    assert "cannot be written" in error and str(root) in error and "--warehouse" in error


# --- a build.duckdb of another version ----------------------------------------------------------------------


@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
@pytest.mark.parametrize("harm", ["another layout", "something else", "a view in its place", "cut off"])
def test_a_build_database_of_another_version_is_made_anew(harm: str, exports: Path, root: Path) -> None:
    invoke_json("ingest", exports, warehouse=root)
    first = invoke_json("build", warehouse=root)["release"]
    database = Warehouse(root).build_database
    if harm == "cut off":
        database.write_bytes(database.read_bytes()[:30_000])
    else:
        database.unlink()
        with duckdb.connect(database) as connection:
            connection.execute("create schema raw")
            connection.execute(
                {
                    "another layout": "create table raw.load_state as select 1 as version",
                    "something else": "create table raw.exports as select 42 as answer",
                    "a view in its place": "create view raw.load_state as select 1 as x",
                }[harm]
            )
    result = invoke("build", "--json", warehouse=root)
    assert result.exit_code == 0, result.output
    assert "2 exports were read from the archive" in result.stderr
    assert "version" in result.stderr or "holds nothing of effets" in result.stderr
    assert json.loads(result.stdout)["release"] == first
    with duckdb.connect(database, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.exports").fetchall() == [(2,)]
        layout = connection.execute("select tags['storage_version'] from duckdb_databases()").fetchall()
        assert (f"{STORAGE_VERSION}+",) in layout
