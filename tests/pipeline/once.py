"""What is made once and used by all tests, those in other processes included: a folder, and what dbt parsed."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ingest.warehouse import PROJECT_ROOT

#: dbt's commands that begin with a parsed project.
_ON_A_MANIFEST = {"build", "compile", "run", "seed", "test"}


#: Whether builds do without dbt's tests: a fixture says so (`untested`).
UNTESTED = False

#: The folder that all processes of a test run share; the session's fixture sets it.
SHARED = Path()


def shared(factory: pytest.TempPathFactory) -> Path:
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first who asks fills, while the others wait. If that fails, the next one tries again."""
    folder = SHARED / name
    done = folder.with_name(f"{folder.name}.done")
    with open(folder.with_name(f"{folder.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def parsed(project: Path) -> Path:
    """The folder with what dbt parsed of a project: its manifest.json and the rest."""

    def parse(folder: Path) -> None:
        from dbt.cli.main import dbtRunner

        where = ["--project-dir", str(project), "--profiles-dir", str(project)]
        quiet = ["--target-path", str(folder), "--log-path", str(folder), "--log-level", "none", "--no-print"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("EFFETS_WAREHOUSE", str(folder))
            outcome = dbtRunner().invoke(["parse", *where, *quiet])
        assert outcome.success, outcome.exception

    return once(f"parsed-{sha256(str(project.resolve()).encode()).hexdigest()[:12]}", parse)


@contextmanager
def parsed_once() -> Iterator[None]:
    """While it lasts, dbt takes the project as it was parsed once.

    A build spends half its time on that, and a partial parse holds for one warehouse only.
    """
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    invoke = dbtRunner.invoke

    def invoking(self: dbtRunner, arguments: list[str], **more: Any) -> Any:
        if self.manifest is None and arguments[0] in _ON_A_MANIFEST:
            folder = parsed(Path(_option(arguments, "--project-dir") or PROJECT_ROOT))
            self.manifest = Manifest.from_msgpack((folder / "partial_parse.msgpack").read_bytes())
            self.manifest.build_flat_graph()
        if UNTESTED and arguments[0] == "build":
            arguments = [*arguments, "--exclude-resource-type", "test"]
        return invoke(self, arguments, **more)

    dbtRunner.invoke = invoking  # type: ignore[method-assign]
    try:
        yield
    finally:
        dbtRunner.invoke = invoke  # type: ignore[method-assign]


def _option(arguments: list[str], name: str) -> str | None:
    return arguments[arguments.index(name) + 1] if name in arguments else None
