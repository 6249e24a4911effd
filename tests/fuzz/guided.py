"""One target, guided by what the code does with each input: `python -m tests.fuzz.guided TARGET COUNT SEED OUT`.

Atheris (libFuzzer) keeps the inputs that reach code not reached before, and changes those. Each report is written into
OUT/TARGET.guided.json as it stands, since libFuzzer ends the process itself.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ingest"]):
    from tests.fuzz.edits import LARGEST, NUMBERS, apply, kinds
    from tests.fuzz.seeds import seeds
    from tests.fuzz.worker import SETTLE_EVERY, Run


def main() -> None:
    target, count, seed, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    out.mkdir(parents=True, exist_ok=True)
    run = Run(target, out)
    report = out / f"{target}.guided.json"
    corpus = out / f"{target}.seeds"
    corpus.mkdir(exist_ok=True)
    for number, data in enumerate(seeds(target)):
        (corpus / str(number)).write_bytes(data[:LARGEST])

    def take(data: bytes) -> None:
        run.take(data)
        if run.count % SETTLE_EVERY == 0 or run.count >= count:
            report.write_text(json.dumps(run.report()), encoding="utf-8")

    def change(data: bytes, largest: int, number: int) -> bytes:
        rng = random.Random(number)
        if rng.random() < 0.4:
            return bytes(atheris.Mutate(data, largest))
        gentle = kinds(target)
        edits = [
            (rng.choice(gentle), rng.randrange(NUMBERS), rng.randrange(NUMBERS), rng.randrange(NUMBERS))
            for _ in range(rng.choice((1, 1, 2, 4)))
        ]
        return apply(data, edits, seeds(target))[:largest]

    atheris.Setup(
        [
            "guided",
            f"-runs={count}",
            f"-seed={seed + 1}",
            f"-max_len={LARGEST}",
            # Hangs and memory are measured by Run, in time of the processor; these stop what never ends.
            "-timeout=120",
            "-rss_limit_mb=2048",
            "-verbosity=0",
            f"-artifact_prefix={out}/{target}-",
            str(corpus),
        ],
        take,
        custom_mutator=change,
        internal_libfuzzer=True,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
