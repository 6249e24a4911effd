"""One target, many inputs, in a process of its own: `python -m tests.fuzz.worker TARGET COUNT SEED OUT`.

Prints one JSON object. Inputs that find a fault are written into OUT, the input at work into OUT/TARGET.now: what
kills the process is found there.
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import time
import traceback
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingest.reading import Rejection
from tests.fuzz.edits import NUMBERS, apply, kinds
from tests.fuzz.seeds import TARGETS, seeds
from tests.fuzz.targets import BY_HAND, NAMES, Exports, Fault, check_refusal

#: Of the processor: the machine may have other things to do.
HANG_SECONDS = 2.0
PEAK_MEGABYTES = 512
#: What the process may take at all, lest the machine suffer: above what is a fault, so that the fault is seen.
LIMIT_BYTES = 3 * 1024**3

SETTLE_EVERY = 100


def drawn(target: str, rng: random.Random) -> bytes:
    """An input: a seed, changed in a few places."""
    others = seeds(target)
    count = rng.choice((1, 1, 2, 3, 5, 8, 13))
    gentle = kinds(target) if rng.random() < 0.6 else range(100)
    edits = [
        (rng.choice(gentle), rng.randrange(NUMBERS), rng.randrange(NUMBERS), rng.randrange(NUMBERS))
        for _ in range(count)
    ]
    return apply(rng.choice(others), edits, others)


class Run:
    """What became of the inputs of one target."""

    def __init__(self, target: str, out: Path) -> None:
        self.target = target
        self.out = out
        self.count = 0
        self.outcomes: Counter[str] = Counter()
        self.slowest = 0.0
        self.findings: dict[str, str] = {}
        self._exports = Exports()
        self._now = out / f"{target}.now"

    def take(self, data: bytes) -> None:
        self._now.write_bytes(data)
        begin = time.process_time()
        try:
            if self.target in BY_HAND:
                outcome = BY_HAND[self.target](data)
            else:
                outcome = self._exports.take(data, NAMES.get(self.target, "2024/a.json"))
            self.outcomes[outcome] += 1
        except MemoryError:
            self._find(data, "out of memory")
        except BaseException as error:  # a panic of a library in Rust is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            place = traceback.extract_tb(error.__traceback__)[-1]
            cause = error if isinstance(error, Fault) else f"{type(error).__name__}, {place.name}, {error}"
            self._find(data, str(cause)[:500])
        seconds = time.process_time() - begin
        if seconds > HANG_SECONDS:
            self._find(data, f"{seconds:.1f} s")
        self.slowest = max(self.slowest, seconds)
        self.count += 1
        if self.count % SETTLE_EVERY == 0:
            self.settle()

    def settle(self) -> None:
        """Query what was taken since; if that takes too long for one input, find that one."""
        waiting = list(self._exports.inputs.values())
        begin = time.process_time()
        try:
            failures = self._exports.settle()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            self._exports = Exports()
            self._find(waiting[-1], f"one of {len(waiting)}: {type(error).__name__}: {error}"[:500])
            return
        for data, rejection in failures.items():
            self._refused(data, rejection)
        if time.process_time() - begin > HANG_SECONDS + 0.02 * len(waiting):
            alone = Exports()
            for data in waiting:
                alone.take(data, NAMES.get(self.target, "2024/a.json"))
                begin = time.process_time()
                alone.settle()
                seconds = time.process_time() - begin
                self.slowest = max(self.slowest, seconds)
                if seconds > HANG_SECONDS:
                    self._find(data, f"{seconds:.1f} s to query")

    def _refused(self, data: bytes, rejection: Rejection) -> None:
        try:
            self.outcomes["read"] -= 1
            self.outcomes[check_refusal(rejection)] += 1
        except Fault as fault:
            self._find(data, str(fault))

    def _find(self, data: bytes, cause: str) -> None:
        name = f"{self.target}-{sha256(data).hexdigest()[:12]}"
        if cause not in self.findings.values() and len(self.findings) < 50:
            (self.out / name).write_bytes(data)
            self.findings[name] = cause

    def report(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "inputs": self.count,
            "outcomes": dict(self.outcomes.most_common()),
            "slowest_seconds": round(self.slowest, 3),
            "peak_megabytes": peak_megabytes(),
            "findings": self.findings,
        }


def peak_megabytes() -> int:
    """Of this process alone: `ru_maxrss` begins with what the process had that started it."""
    return int(re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[0]) // 1024


def main() -> None:
    target, count, seed, out = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    if target not in TARGETS:
        sys.exit(f"no such target: {target}; there are {', '.join(TARGETS)}")
    out.mkdir(parents=True, exist_ok=True)
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT_BYTES, LIMIT_BYTES))
    rng = random.Random(f"{target} {seed}")
    run = Run(target, out)
    for data in seeds(target):
        run.take(data)
    base = peak_megabytes()
    while run.count < count:
        run.take(drawn(target, rng))
    run.settle()
    print(json.dumps({**run.report(), "megabytes_after_seeds": base}))


if __name__ == "__main__":
    main()
