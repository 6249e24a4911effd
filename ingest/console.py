"""What the user sees: progress and remarks on standard error, one result on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

#: Told how many of how many are done.
Progress = Callable[[int, int], None]

#: A result printed for people: what it is about, and a line or several.
Lines = list[tuple[str, str]]


class Console:
    """The two streams of one command.

    quiet: no progress and no result, errors alone; as_json: the result as one JSON object, and nothing else
    on standard output. `seconds` holds how long each step took.
    """

    def __init__(self, *, quiet: bool, as_json: bool) -> None:
        self.quiet = quiet
        self.as_json = as_json
        self.seconds: dict[str, float] = {}
        self._started = perf_counter()

    def say(self, remark: str) -> None:
        """A remark on what happens, for the one who waits."""
        if not self.quiet:
            print(remark, file=sys.stderr, flush=True)

    @contextmanager
    def step(self, name: str, doing: str) -> Iterator[Progress]:
        """Time a step; gives what the step is to call with (done, total): a bar, if this is a terminal."""
        started = perf_counter()
        try:
            if self.quiet:
                yield _ignore
            elif sys.stderr.isatty():
                with _bar(doing) as advance:
                    yield advance
            else:
                self.say(f"{doing} …")
                yield _ignore
        finally:
            self.seconds[name] = round(perf_counter() - started, 3)

    def timing(self) -> dict[str, float]:
        """Seconds per step, and in all."""
        return {**self.seconds, "total": round(perf_counter() - self._started, 3)}

    def show(self, result: dict[str, Any], lines: Lines) -> None:
        """Print the result: `result` if JSON was asked for, else `lines`, unless all is to be quiet."""
        if self.as_json:
            print(json.dumps(result, ensure_ascii=False, default=str))
        elif not self.quiet:
            width = max((len(topic) for topic, _ in lines), default=0)
            for topic, text in lines:
                print(f"{topic:<{width}}  {text}".rstrip())

    def fail(self, result: dict[str, Any], lines: Lines, message: str) -> None:
        """Print what was done before it went wrong, and on standard error what did."""
        self.show(result, lines)
        sys.stdout.flush()
        print(message, file=sys.stderr)


def _ignore(done: int, total: int) -> None:
    """Nobody looks at the progress."""


@contextmanager
def _bar(doing: str) -> Iterator[Progress]:
    # Imported here: a run that is not watched does without it.
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=RichConsole(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
