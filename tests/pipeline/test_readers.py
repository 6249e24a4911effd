"""While builds run in a row, a reader sees one publication or the next, never an error, never a mixture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pipeline.checksums import read_publication
from tests.pipeline.warehouses import ROOT, invoke_json, write_place

#: Opens the database anew for each reading, until it is told to stop; prints what it saw, and how often. Beside it,
#: connections stay open, each on what was published when it was opened: one reading in ten is of one of these.
_READER = """
import json, sys
from collections import Counter
from pathlib import Path
import duckdb
from tests.pipeline.checksums import checksum_of, read_publication

warehouse, seen, kept = Path(sys.argv[1]), Counter(), []
moved = 0
while not (warehouse / "stop").exists() or seen.total() < int(sys.argv[2]):
    found = read_publication(warehouse)
    seen[found] += 1
    if not kept or found not in [checksum for _, checksum in kept]:
        connection = duckdb.connect((warehouse / "effets.duckdb").resolve(), read_only=True)
        kept = [*kept[-9:], (connection, checksum_of(connection, "main"))]
    if seen.total() % 10 == 0:
        connection, checksum = kept[seen.total() // 10 % len(kept)]
        assert checksum_of(connection, "main") == checksum, "what an open connection sees has changed"
        seen[checksum] += 1
    if seen.total() == 1:
        print("reading", flush=True)
print(json.dumps(seen))
"""


def read_while_building(root: Path, exports: Path, builds: int, readings: int) -> None:
    """Publish `builds` times, each time something else; the reader reads at least `readings` times."""
    write_place(exports / "2024" / "lieu.json", "Lieu")
    invoke_json("run", exports, "--out", root.parent / "reports", warehouse=root)
    published = [read_publication(root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _READER, str(root), str(readings)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout and reader.stdout.readline() == "reading\n"
        started = time.monotonic()
        for number in range(builds):
            write_place(exports / "2024" / f"lieu-{number}.json", f"Lieu {number}")
            invoke_json("ingest", exports, warehouse=root)
            invoke_json("build", warehouse=root)
            published.append(read_publication(root))
        seconds = time.monotonic() - started
        (root / "stop").touch()
        output, _ = reader.communicate(timeout=3600)
    assert reader.returncode == 0
    seen: dict[str, int] = json.loads(output)
    print(
        f"\n{builds} builds in {seconds:.0f} s; {sum(seen.values())} readings saw {len(seen)} of the "
        f"{len(published)} publications and nothing else"
    )
    assert len(set(published)) == builds + 1
    assert sum(seen.values()) >= readings
    assert seen.keys() <= set(published)
    assert len(seen) > 1


@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_two_builds(root: Path, tmp_path: Path) -> None:
    read_while_building(root, tmp_path / "exports", builds=2, readings=20)


@pytest.mark.long
@pytest.mark.usefixtures("quick_gate", "reports")
def test_twenty_builds_and_a_thousand_readings(root: Path, tmp_path: Path) -> None:
    read_while_building(root, tmp_path / "exports", builds=20, readings=1000)
