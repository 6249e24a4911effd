"""What holds for every command: one JSON object and nothing else, quiet, no colour where nobody sees it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipeline.catalogue import commands
from tests.pipeline.warehouses import ROOT, UTOPIC, Built, invoke

#: How each command is called in this test, given a warehouse of its own. A new one needs a line here, and
#: examples in ingest/usage.py.
CALLS: dict[str, Callable[[Built], tuple[object, ...]]] = {
    "archive verify": lambda own: (),
    "build": lambda own: (),
    "codebook form": lambda own: (next((own.exports).rglob("*.json")),),
    "codebook rows": lambda own: (),
    "diff": lambda own: ("current", "current"),
    "doctor": lambda own: (),
    "explain": lambda own: ("C4", "--year", "2024"),
    "forget": lambda own: ("La Halle", "--out", own.reports),
    "ingest": lambda own: (own.exports, "--dry-run"),
    "package": lambda own: ("--out", own.reports / "packages"),
    "rebuild": lambda own: (),
    "redate": lambda own: ("2024/utopic.txt", "--year", "2023"),
    "report": lambda own: ("--out", own.reports),
    "retract": lambda own: ("2024/utopic.txt",),
    "run": lambda own: (own.exports, "--out", own.reports),
    "show": lambda own: (own.exports / "2024" / "utopic.txt",),
    "status": lambda own: (),
}

#: Those that read more than the stand-in for dbt makes.
REAL = {"codebook form", "codebook rows", "explain", "forget", "package"}
SLOW = ("forget", "--quiet")


def test_every_command_is_called_here() -> None:
    assert commands() == sorted(CALLS)


@pytest.fixture
def quick(
    exports: Path, root: Path, tmp_path: Path, quick_build: None, quick_gate: None, reports: None
) -> Built:
    """A warehouse made with the stand-in for dbt, where that is enough."""
    result = invoke("run", exports, "--out", tmp_path / "reports", "--json", warehouse=root)
    return Built(exports, root, tmp_path / "reports", result.output)


@pytest.mark.parametrize("option", ["--json", "--quiet"])
@pytest.mark.parametrize("command", sorted(CALLS.keys() - REAL))
def test_one_object_or_nothing(command: str, option: str, quick: Built) -> None:
    arguments = [*command.split(), *map(str, CALLS[command](quick)), option]
    result = invoke(*arguments, warehouse=quick.warehouse)
    if option == "--quiet":
        assert result.stdout == ""
    else:
        said = json.loads(result.stdout)
        assert result.stdout.count("\n") == 1
        assert said["command"] == command
        assert said["ok"] is (result.exit_code == 0)
        assert result.exit_code == 0, (result.stdout, result.stderr)


@pytest.mark.parametrize(
    ("command", "option"),
    [
        pytest.param(command, option, marks=pytest.mark.long if (command, option) == SLOW else ())
        for command in sorted(REAL)
        for option in ("--json", "--quiet")
    ],
)
def test_one_object_or_nothing_on_real_tables(command: str, option: str, own: Built) -> None:
    arguments = [*command.split(), *map(str, CALLS[command](own)), option]
    result = invoke(*arguments, warehouse=own.warehouse)
    if option == "--quiet":
        assert result.stdout == ""
    else:
        assert json.loads(result.stdout)["command"] == command


def test_a_failure_is_one_object_too(tmp_path: Path) -> None:
    result = invoke("report", "--json", warehouse=tmp_path)
    assert result.exit_code == 2
    said = json.loads(result.stdout)
    assert said["ok"] is False and said["error"]


@pytest.mark.parametrize(
    ("variables", "on_terminal", "coloured"),
    [({}, False, False), ({"NO_COLOR": "1"}, True, False), ({"TERM": "dumb"}, True, False)],
)
def test_no_colours_where_nobody_wants_them(
    variables: dict[str, str], on_terminal: bool, coloured: bool, tmp_path: Path
) -> None:
    """Escapes that colour (SGR 30 and up) appear on a terminal alone, and not under NO_COLOR."""
    environment = {**os.environ, "TERM": "xterm-256color", **variables}
    command = [sys.executable, "-m", "effets", "show", str(UTOPIC), "--warehouse", str(tmp_path)]
    if on_terminal:
        said = on_a_terminal(command, environment)
    else:
        said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).stdout
    assert b"effects_page" in said
    assert (any(b"\x1b[%d" % code in said for code in range(30, 50))) is coloured


def on_a_terminal(command: list[str], environment: dict[str, str]) -> bytes:
    """What a command prints that believes to be seen."""
    master, slave = pty.openpty()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=slave, stderr=slave)
    os.close(slave)
    said = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        said += chunk
    process.wait()
    os.close(master)
    return said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_shown(shell: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "effets", "--show-completion", shell],
        cwd=ROOT,
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0 and "COMPLETE" in result.stdout
