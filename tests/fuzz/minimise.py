"""Make a finding small: `python -m tests.fuzz.minimise TARGET FILE`. Writes FILE.small, which fails in the same way."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.fuzz.worker import Run


def fault(target: str, data: bytes) -> str | None:
    """What is wrong with an input, but for its numbers; None if nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(target, Path(folder))
        run.take(data)
        run.settle()
    causes = list(run.findings.values())
    return "".join(letter for letter in causes[0] if not letter.isdigit())[:60] if causes else None


def minimise(target: str, data: bytes) -> bytes:
    """The least of `data` that is left when no piece of it can be taken out. Raises ValueError if nothing is wrong."""
    cause = fault(target, data)
    if cause is None:
        raise ValueError("nothing is wrong with this input")
    size = max(1, len(data) // 2)
    while size:
        at = 0
        while at < len(data):
            rest = data[:at] + data[at + size :]
            if fault(target, rest) == cause:
                data = rest
            else:
                at += size
        size //= 2
    return data


if __name__ == "__main__":
    file = Path(sys.argv[2])
    small = minimise(sys.argv[1], file.read_bytes())
    file.with_name(f"{file.name}.small").write_bytes(small)
    print(f"{len(small)} bytes")
