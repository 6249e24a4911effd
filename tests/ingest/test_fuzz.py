"""Whatever the input: a reading, or a refusal that says why and what would help. `tests/fuzz` says more."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.edits import NUMBERS, apply, kinds
from tests.fuzz.minimise import fault
from tests.fuzz.seeds import ROOT, TARGETS, seeds
from tests.fuzz.worker import Run

CORPUS = ROOT / "tests" / "fuzz" / "corpus"
FOUND = sorted(CORPUS.glob("*/*"))

NUMBER = st.integers(0, NUMBERS - 1)


@pytest.mark.parametrize("file", FOUND, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_was_found_is_mended(file: Path) -> None:
    assert fault(file.parent.name, file.read_bytes()) is None


@pytest.mark.parametrize("target", TARGETS)
def test_changed_inputs_are_read_or_refused(target: str, tmp_path: Path) -> None:
    run = Run(target, tmp_path)
    others = seeds(target)
    kind = st.sampled_from(kinds(target)) | st.integers(0, 99)

    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.sampled_from(range(len(others))),
        st.lists(st.tuples(kind, NUMBER, NUMBER, NUMBER), min_size=1, max_size=6),
    )
    def take(number: int, edits: list[tuple[int, int, int, int]]) -> None:
        run.take(apply(others[number], edits, others))

    take()
    run.settle()
    assert run.findings == {}
    assert run.count >= 20


def test_a_fault_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the tests above would prove nothing."""
    from ingest.formats import place

    run = Run("place_json", tmp_path)
    monkeypatch.setattr(place, "redact", lambda data: data[10**9])
    run.take(seeds("place_json")[0])
    (finding,) = run.findings.values()
    assert finding.startswith("IndexError")
    assert len(list(tmp_path.glob("place_json-*"))) == 1


@pytest.mark.long
def test_a_hundred_thousand_inputs(tmp_path: Path) -> None:
    """By chance, and guided by coverage where Atheris can be imported: no crash, no hang, at most 512 MB."""
    ways = ["--inputs", "60000", "--guided", "45000"]
    if importlib.util.find_spec("atheris") is None:
        ways = ["--inputs", "105000"]
    command = [sys.executable, "-m", "tests.fuzz", *ways, "--out", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    print(run.stdout)
    report = json.loads((tmp_path / "report.json").read_text())
    assert run.returncode == 0, run.stdout
    assert sum(found["inputs"] for found in report) >= 100_000
    assert {found["target"] for found in report} == set(TARGETS)
