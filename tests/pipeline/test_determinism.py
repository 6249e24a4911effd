"""The same exports give the same bytes: whatever the order, the locale, the time zone, the threads, the folders."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pipeline.forms import write_forms
from tests.pipeline.warehouses import ROOT, fill, parquet_bytes

#: The command in a process of its own, with so many threads for each database, dbt's included; 0: as it comes.
_COMMAND = """
import sys, duckdb
threads, is_quick = int(sys.argv[1]), sys.argv[2] == "quick"
connect = duckdb.connect
def connecting(*arguments, config=None, **more):
    return connect(*arguments, config={**(config or {}), **({"threads": threads} if threads else {})}, **more)
duckdb.connect = connecting
import effets
if is_quick:
    from tests.pipeline.crash_driver import _stand_in
    _stand_in()
sys.argv[:3] = ["effets"]
effets.main()
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and how it is run; `parts`: in so many ingests, in an order drawn by that number."""

    locale: str
    zone: str
    hash_seed: str
    threads: int
    parts: int
    folder: str

    def run(self, *arguments: str | Path, kind: str) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LC_ALL": self.locale,
            "LANG": self.locale,
            "TZ": self.zone,
            "PYTHONHASHSEED": self.hash_seed,
        }
        command = [sys.executable, "-c", _COMMAND, str(self.threads), kind, *map(str, arguments)]
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def publish(self, exports: Path, root: Path, kind: str) -> Path:
        """Ingest and build; return the warehouse."""
        folder = root / self.folder
        warehouse = folder / "warehouse"
        for part in self._parts(exports, folder):
            self.run("ingest", part, "--warehouse", warehouse, kind=kind)
        self.run("build", "--warehouse", warehouse, kind=kind)
        return warehouse

    def _parts(self, exports: Path, folder: Path) -> list[Path]:
        """Copies of the exports, with other times, in so many folders of the same inner paths."""
        files = sorted(file for file in exports.rglob("*") if file.is_file())
        random.Random(self.parts).shuffle(files)
        for number, file in enumerate(files):
            copy = folder / f"part {number % self.parts}" / file.relative_to(exports)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            os.utime(copy, (10**9 + number, 10**9 + number))
        return sorted(folder.glob("part *"))


HOME = Machine("C.UTF-8", "UTC", "0", 0, 1, "a")
ABROAD = (
    Machine("C", "Pacific/Kiritimati", "1", 1, 2, "b"),
    Machine("fr_FR.UTF-8", "America/St_Johns", "4000000000", 5, 7, "un dossier à l'écart"),
    Machine("tr_TR.UTF-8", "Asia/Kathmandu", "77", 2, 3, "c/d"),
)


@pytest.mark.slow
def test_readers_and_publication(tmp_path: Path) -> None:
    exports = fill(tmp_path / "exports")
    found = [parquet_bytes(machine.publish(exports, tmp_path, "quick")) for machine in (HOME, ABROAD[1])]
    assert found[0] == found[1] and len(found[0]) > 5


@pytest.mark.long
def test_the_whole(tmp_path: Path) -> None:
    """With all forms of exports and the real models; then moved elsewhere, and made again from the archive alone."""
    exports = write_forms(tmp_path / "exports")
    home = HOME.publish(exports, tmp_path, "real")
    expected = parquet_bytes(home)
    assert len(expected) > 50
    for machine in ABROAD:
        assert parquet_bytes(machine.publish(exports, tmp_path, "real")) == expected, machine

    moved = tmp_path / "moved" / "entrepôt"
    shutil.copytree(home, moved, symlinks=True)
    shutil.rmtree(exports)
    ABROAD[0].run("rebuild", "--warehouse", moved, kind="real")
    assert parquet_bytes(moved) == expected, "moved"
    shutil.rmtree(moved / "releases")
    (moved / "build.duckdb").unlink()
    ABROAD[1].run("build", "--warehouse", moved, kind="real")
    assert parquet_bytes(moved) == expected, "without database and releases"
    alone = tmp_path / "alone"
    shutil.copytree(moved / "archive", alone / "archive")
    ABROAD[2].run("rebuild", "--warehouse", alone, kind="real")
    assert parquet_bytes(alone) == expected, "from the archive alone"
    files = {file.name: json.loads(file.read_bytes()) for file in alone.glob("publication.json")}
    assert files["publication.json"]["release"].startswith("0001-")
