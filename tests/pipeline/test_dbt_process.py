"""dbt in a process of its own builds what it builds in this one, and is not needed for that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ingest import dbt_process
from ingest.collect import UsageError
from ingest.dbt_process import _Builder
from ingest.warehouse import BuildResult, Warehouse
from tests.pipeline.warehouses import ROOT, fill, invoke_json

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_gate")]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse with two exports that are not built yet."""
    invoke_json("ingest", fill(tmp_path / "exports"), warehouse=tmp_path / "warehouse")
    return Warehouse(tmp_path / "warehouse")


def prepared(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> _Builder:
    """A process for it; that a build goes on in this one would be told."""
    builder = _Builder(warehouse)
    monkeypatch.setitem(dbt_process._running, warehouse.root, builder)
    return builder


def test_it_builds_as_this_process_does(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    prepared(warehouse, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(Warehouse, "build", None)
        whole = dbt_process.build(warehouse, lambda done, total: told.append((done, total)))
    assert whole.failures == [] and whole.tests_passed > 200
    assert told and all(done < total for done, total in told)
    assert (warehouse.dbt / "manifest.json").exists()
    results = json.loads((warehouse.dbt / "run_results.json").read_bytes())["results"]
    part = dbt_process.build(warehouse)
    assert (part.models, part.tests_passed) == (whole.models, whole.tests_passed)
    again = json.loads((warehouse.dbt / "run_results.json").read_bytes())["results"]
    assert len(again) < len(results), "what was built there is left out here"


def test_where_it_is_gone_this_process_builds(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = BuildResult(models=7)
    monkeypatch.setattr(Warehouse, "build", lambda self, progress: expected)
    assert dbt_process.build(warehouse) is expected, "none was begun"
    builder = prepared(warehouse, monkeypatch)
    builder._process.kill()
    assert dbt_process.build(warehouse) is expected
    assert warehouse.root not in dbt_process._running


def test_what_cannot_be_built_is_said_as_here(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = """
import sys
from ingest import dbt_process
from ingest.collect import UsageError
from ingest.warehouse import Warehouse
def build(self, progress): raise UsageError("this line cannot be read")
Warehouse.parse, Warehouse.build = (lambda self: None), build
dbt_process.serve()
"""

    def begin(*_: Any, **__: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", failing, str(warehouse.root)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    monkeypatch.setattr("ingest.helper.begin", begin)
    prepared(warehouse, monkeypatch)
    with pytest.raises(UsageError, match="this line cannot be read"):
        dbt_process.build(warehouse)


def test_it_ends_with_the_process_that_began_it(warehouse: Warehouse) -> None:
    """While it parses, or builds: the database is free for the next command."""
    code = (
        "import sys, time; from pathlib import Path; from ingest.dbt_process import prepare, _running; "
        "from ingest.warehouse import Warehouse; prepare(Warehouse(Path(sys.argv[1]))); "
        "[builder] = _running.values(); print(builder._process.pid, flush=True); "
        "builder.build(lambda done, total: print(done, flush=True))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(warehouse.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as command_process:
        assert command_process.stdout
        builder = int(command_process.stdout.readline())
        command_process.stdout.readline()  # it builds
        command_process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{builder}").exists() and "Z" not in _state(builder):
        assert time.monotonic() < deadline, "it goes on"
        time.sleep(0.05)
    assert warehouse.build().failures == []


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"
