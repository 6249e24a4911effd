"""kill -9 at any moment: the last publication can be read, and the next run ends as if nothing had been."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.forms import write_forms
from tests.pipeline.warehouses import ROOT, UTOPIC, write_place


def kill(folder: Path, *plans: dict[str, Any]) -> list[dict[str, Any]]:
    """Carry plans out (see crash_driver.py); print and return their trials."""
    for number, plan in enumerate(plans):
        plan["folder"] = str(folder / str(number))
        exports = folder / str(number) / "exports"
        if plan["command"] == "forget":
            write_forms(exports)
        else:
            write_place(exports / "first" / "2023" / "halle.json", "La Halle")
            (exports / "first" / "2024").mkdir()
            shutil.copy(UTOPIC, exports / "first" / "2024" / "utopic.txt")
            write_place(exports / "then" / "2024" / "serre.json", "La Serre")
            (exports / "then" / "2024" / "vide.html").write_bytes(b"")
    command = [sys.executable, "-m", "tests.pipeline.crash_driver", *map(json.dumps, plans)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        trials = []
        for line in process.stdout:
            print(line, end="", flush=True)
            trials.append(json.loads(line))
    assert process.returncode == 0
    assert len(trials) == sum(plan["by_step"] + plan["by_time"] for plan in plans)
    return trials


def plan(
    command: str, by_step: int, by_time: int = 0, *, is_quick: bool = True, fault: str = "kill"
) -> dict[str, Any]:
    """A plan; quick ones are carried out with stand-ins for dbt, the report and Great Expectations."""
    return {
        "command": command,
        "by_step": by_step,
        "by_time": by_time,
        "seed": 20261123,
        "is_quick": is_quick,
        "fault": fault,
    }


def judge(trials: list[dict[str, Any]]) -> None:
    """Print the figures; all trials must have come to a good end."""
    reached = Counter(
        trial["reached"] or "before anything was said"
        for trial in trials
        if trial["was_killed"] or ", kill" not in trial["command"]
    )
    killed, seconds = sum(reached.values()), sum(trial["seconds"] for trial in trials)
    print(f"\n{len(trials)} points, {killed} struck, {seconds:.0f} s; their last words:")
    for words, count in reached.most_common():
        print(f"{count:5}  {words}")
    bad = [
        trial for trial in trials if not (trial["was_told"] and trial["is_readable"] and trial["is_equal"])
    ]
    assert not bad, json.dumps(bad, indent=1, ensure_ascii=False)


@pytest.mark.slow
def test_four_kills(tmp_path: Path) -> None:
    trials = kill(tmp_path, plan("run", 2, 0), plan("first", 1, 0), plan("retract", 1, 0))
    judge(trials)
    assert all(trial["was_killed"] for trial in trials)


@pytest.mark.slow
def test_five_faults_of_the_machine(tmp_path: Path) -> None:
    """A full disk, no memory, a folder in which nothing may be written: it is said, and made good by the next run."""
    judge(
        kill(
            tmp_path,
            plan("run", 2, fault="full"),
            plan("run", 1, fault="read-only"),
            plan("first", 1, fault="memory"),
            plan("run", 1, fault="database memory"),
        )
    )


@pytest.mark.long
def test_two_hundred_kills(tmp_path: Path) -> None:
    """A tenth of them with the real models, tests, report and expectations, which take nearly all of a run's time."""
    trials = kill(
        tmp_path,
        plan("run", 45, 10),
        plan("first", 35, 10),
        plan("forget", 35, 0),
        plan("rebuild", 20, 0),
        plan("retract", 7, 0),
        plan("build", 18, 0),
        plan("run", 3, 7, is_quick=False),
        plan("first", 1, 3, is_quick=False),
        plan("forget", 1, 1, is_quick=False),
        plan("rebuild", 1, 1, is_quick=False),
        plan("build", 1, 1, is_quick=False),
    )
    assert len(trials) == 200
    judge(trials)


@pytest.mark.long
def test_a_hundred_faults_of_the_machine(tmp_path: Path) -> None:
    judge(
        kill(
            tmp_path,
            plan("run", 30, fault="full"),
            plan("first", 15, fault="full"),
            plan("forget", 10, fault="full"),
            plan("run", 10, fault="read-only"),
            plan("first", 10, fault="denied"),
            plan("run", 15, fault="memory"),
            plan("run", 10, fault="database memory"),
        )
    )
