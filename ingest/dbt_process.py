"""dbt at work, in a process of its own: it is loaded and reads the project while this one looks at the archive.

Nothing depends on it. Where it was not begun, or ended too soon, the build runs in the process of the command.
"""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from ingest import helper
from ingest.collect import UsageError
from ingest.console import Progress
from ingest.garbage import rare_search
from ingest.warehouse import BuildError, BuildResult, Warehouse


class _GoneError(Exception):
    """The process ended without an answer."""


class _Builder:
    """The process, for one build of one warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._process = helper.begin("ingest.dbt_process", str(warehouse.root))

    def build(self, progress: Progress | None) -> BuildResult:
        """As `Warehouse.build`. Raises _GoneError if the process is gone."""
        assert self._process.stdin and self._process.stdout
        with suppress(OSError):  # of a process that is gone there is no answer
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
        while True:
            try:
                kind, content = pickle.load(self._process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                raise _GoneError from error
            if kind == "built":
                result: BuildResult = content
                return result
            if kind == "failed":
                raise content
            if progress:
                progress(*content)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


_running: dict[Path, _Builder] = {}


def prepare(warehouse: Warehouse) -> None:
    """Begin to load dbt, beside what goes on here: something will have to be built."""
    if warehouse.root not in _running:
        _running[warehouse.root] = _Builder(warehouse)


def build(warehouse: Warehouse, progress: Progress | None = None) -> BuildResult:
    """Run `dbt build`, in the process that was prepared for it, else in this one.

    Raises as `Warehouse.build`.
    """
    builder = _running.pop(warehouse.root, None)
    if builder is not None:
        try:
            return builder.build(progress)
        except _GoneError:
            pass  # it was killed; whatever it was, this process will say it
        finally:
            builder.end()
    return warehouse.build(progress)


def serve() -> None:
    """Load and parse, wait for a line on standard input, build, and answer: what the process does."""
    answers = helper.answers()
    requests: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=[requests], daemon=True).start()

    def tell(kind: str, content: object) -> None:
        pickle.dump((kind, content), answers)
        answers.flush()

    warehouse = Warehouse(Path(sys.argv[1]))
    with rare_search():
        warehouse.parse()
        requests.get()
        try:
            tell("built", warehouse.build(lambda done, total: tell("progress", (done, total))))
        except (UsageError, BuildError) as error:
            tell("failed", error)


def _listen(requests: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(1)  # nobody waits for an answer any more: dbt would go on for minutes
