"""What the user sees: progress and remarks on standard error, one result on standard output."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

#: Told how many of how many are done.
Progress = Callable[[int, int], None]

#: A result printed for people: what it is about, and a line or several.
Lines = list[tuple[str, str]]


@dataclass(slots=True)
class Table:
    """Rows of a result for people, and what is to be said below them."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default_factory=list)


def visible(text: str) -> str:
    """`text` without the characters that command a terminal or turn what stands around them: as `\\u202e`.

    What exports hold is printed; a line end stays.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character == "\n" or unicodedata.category(character) == "Zs"
        else f"\\u{ord(character):04x}"
        for character in text
    )


def short(path: Path) -> str:
    """The path as seen from here, if it lies below."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


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

    def show(
        self, result: dict[str, Any], lines: Lines, tables: Iterable[Table] = (), raw: str | None = None
    ) -> None:
        """Print the result: `result` if JSON was asked for, else the rest, unless all is to be quiet."""
        if self.as_json:
            print(json.dumps(result, ensure_ascii=False, default=str))
        elif not self.quiet:
            width = max((len(topic) for topic, _ in lines), default=0)
            for topic, text in lines:
                print(f"{topic:<{width}}  {visible(text)}".rstrip())
            for table in tables:
                (_draw if sys.stdout.isatty() else _list)(table)
            if raw is not None:
                print(visible(raw), end="")

    def fail(self, result: dict[str, Any], lines: Lines, message: str) -> None:
        """Print what was done before it went wrong, and on standard error what did."""
        self.show(result, lines)
        sys.stdout.flush()
        print(visible(message), file=sys.stderr)


def _list(table: Table) -> None:
    """Print a table for programs and for whoever cannot see one: columns between tabs."""
    print(f"\n{visible(table.title)}")
    for row in (table.columns, *table.rows):
        print("\t".join(visible(" ".join(cell.split())) for cell in row))
    for note in table.notes:
        print(visible(note))


def _draw(table: Table) -> None:
    """Print a table for a terminal."""
    # Imported here: only who looks needs it.
    from rich import box
    from rich.console import Console as RichConsole
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(title=Text(visible(table.title)), title_justify="left", box=box.SIMPLE_HEAD)
    for column in table.columns:
        drawn.add_column(column, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(visible(cell)) for cell in row))
    console = RichConsole()
    console.print(drawn)
    for note in table.notes:
        console.print(Text(visible(note)))


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
