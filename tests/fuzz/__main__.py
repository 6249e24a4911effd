"""Fuzz every target: `python -m tests.fuzz [--inputs N] [--guided N] [--seed S] [--out DIR] [TARGET …]`.

N inputs over all targets, and as many more that are guided by coverage, where Atheris can be had. Prints a line for
each target; ends with 1 if anything was found. How to make a finding a test: tests/fuzz/README.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.seeds import ROOT, TARGETS
from tests.fuzz.worker import PEAK_MEGABYTES

#: An input on which a process works that long (of the clock) hangs.
STUCK_SECONDS = 180.0


@dataclass(slots=True)
class Found:
    """What came out of one process."""

    target: str
    way: str
    inputs: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    slowest_seconds: float = 0.0
    peak_megabytes: int = 0
    findings: dict[str, str] = field(default_factory=dict)

    def line(self) -> str:
        read = self.outcomes.get("read", 0)
        return (
            f"{self.target:24} {self.way:8} {self.inputs:8,} {read:8,} {self.inputs - read:8,} "
            f"{self.slowest_seconds:8.2f} {self.peak_megabytes:8,} {len(self.findings):8}"
        )


HEAD = f"{'target':24} {'way':8} {'inputs':>8} {'read':>8} {'refused':>8} {'slowest s':>8} {'peak MB':>8} {'found':>8}"


def fuzz(target: str, way: str, count: int, seed: int, out: Path) -> Found:
    """Run one process; whatever ends it otherwise than well is a finding, too."""
    module = "tests.fuzz.worker" if way == "drawn" else "tests.fuzz.guided"
    found = Found(target, way)
    now, report, log = (out / f"{target}.{suffix}" for suffix in ("now", f"{way}.json", f"{way}.log"))
    report.unlink(missing_ok=True)
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", module, target, str(count), str(seed), str(out)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        while True:
            try:
                said, _ = process.communicate(timeout=10)
                break
            except subprocess.TimeoutExpired:
                if now.exists() and time.time() - now.stat().st_mtime > STUCK_SECONDS:
                    process.kill()
    if report.exists():
        said = report.read_bytes()
    try:
        content = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        content = {}
    for name in ("inputs", "outcomes", "slowest_seconds", "peak_megabytes", "findings"):
        setattr(found, name, content.get(name, getattr(found, name)))
    if process.returncode or not content:
        name = f"{target}-ended"
        if now.exists():
            (out / name).write_bytes(now.read_bytes())
        found.findings[name] = f"the process ended with {process.returncode}: see {log}"
    if found.peak_megabytes > PEAK_MEGABYTES:
        found.findings[f"{target}-memory"] = f"{found.peak_megabytes} MB"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("targets", nargs="*", default=TARGETS, metavar="TARGET")
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--guided", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("target/fuzz"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    out = options.out.resolve()
    ways = [("drawn", options.inputs)]
    if options.guided and importlib.util.find_spec("atheris"):
        ways.append(("guided", options.guided))
    elif options.guided:
        print("Atheris cannot be imported: nothing is guided by coverage", file=sys.stderr)
    print(HEAD, flush=True)
    everything: list[Found] = []
    for target in options.targets:
        for way, total in ways:
            if total:
                found = fuzz(target, way, -(-total // len(options.targets)), options.seed, out)
                print(found.line(), flush=True)
                everything.append(found)
    print(f"{sum(found.inputs for found in everything):,} inputs")
    for found in everything:
        for name, cause in found.findings.items():
            print(f"{out / name}: {cause}")
    (out / "report.json").write_text(
        json.dumps(
            [{name: getattr(found, name) for name in Found.__slots__} for found in everything], indent=1
        ),
        encoding="utf-8",
    )
    sys.exit(any(found.findings for found in everything))


if __name__ == "__main__":
    main()
