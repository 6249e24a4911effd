"""How the command presents itself: its help in the reader's language, and examples below each."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

from typer.core import TyperGroup
from typer.exceptions import TyperException

from ingest.speech import tr

#: Command lines that people type, and what for. Every command has at least one.
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "run": (
        ("effets run", "exports/ → tables → the report of the last year"),
        (
            "effets run my-exports --warehouse my-warehouse --out my-reports",
            "the same for a network of yours",
        ),
    ),
    "ingest": (
        ("effets ingest new-exports --dry-run", "what is new, known or rejected in it"),
        ("effets ingest page.txt --year 2025", "take one page in, of which nothing else tells the year"),
    ),
    "build": (("effets build", "publish what was ingested or decided"),),
    "report": (("effets report --year 2024", "write the report of 2024 again"),),
    "package": (
        ("effets package --year 2024", "write packages/2024"),
        ("effets package --year 2024 --zip", "and packages/effets-2024.zip"),
    ),
    "diff": (
        ("effets diff 0001 current", "what changed since release 0001"),
        ("effets diff packages/2023 packages/2024 --json", "the same for two packages, as JSON"),
    ),
    "doctor": (
        ("effets doctor", "a line for each thing, with a remedy"),
        ("effets doctor --full", "hash the archive, too"),
    ),
    "explain": (
        ("effets explain I1 --year 2024", "the sites behind a figure, and the calculation"),
        (
            "effets explain I1 --year 2024 --scope region:93 --change",
            "what moved since the campaign before, in one region",
        ),
    ),
    "status": (("effets status", "where the network stands"),),
    "show": (
        ("effets show exports/2024/utopic.txt", "what is read of a file, beside its words"),
        ("effets show utopic@2024", "what is published of an evaluation"),
    ),
    "retract": (
        ("effets retract exports/2024/utopic.txt", "leave an export out from now on"),
        ("effets retract exports/2024/utopic.txt --undo", "take that back"),
    ),
    "redate": (("effets redate exports/2024/utopic.txt --year 2023", "it is of another year"),),
    "rebuild": (("effets rebuild", "make everything again from the archive"),),
    "forget": (('effets forget "La Halle"', "remove a project everywhere, and prove it"),),
    "archive verify": (("effets archive verify", "hash every archived export again"),),
    "codebook form": (
        ("effets codebook form form.json", "rows for the fields that the codebook does not know"),
    ),
    "codebook rows": (("effets codebook rows", "rows for the answers that it does not know"),),
}


#: What the library writes around our words.
AROUND = (
    "Usage:",
    "Options:",
    "Commands:",
    "Arguments:",
    "Show this message and exit.",
    "Install completion for the current shell.",
    "[env var:",
    "[required]",
    "default:",
)

#: What the library writes where a command line is wrong.
ASTRAY = (
    "Usage:",
    "Try '",
    "' for help.",
    "Error:",
    "No such command",
    "No such option:",
    "Possible options:",
    "Invalid value for",
    "Missing argument",
    "Missing option",
    "Missing command.",
    "Got unexpected extra argument(s)",
    "Option '",
    "requires an argument.",
    "does not take a value.",
    "Input should be a valid integer, unable to parse string as an integer",
)


class Commands(TyperGroup):
    """A group of commands that speaks the reader's language and shows examples."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = super().get_command(ctx, cmd_name)
        return command and _dressed(command, f"{ctx.command_path} {cmd_name}".partition(" ")[2])

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        _dressed(self, "")
        with _errors_in_the_language():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        with _errors_in_the_language():
            return super().invoke(ctx)


def _dressed(command: Any, path: str) -> Any:
    """Translate a command's help where it stands, and put its examples below it."""
    if "english" not in vars(command):
        command.english = {}
        command.get_help = _in_the_language(command.get_help)
    command.help = _translated(command.english, "help", command.help)
    command.short_help = _translated(command.english, "short_help", command.short_help)
    for parameter in command.params:
        if isinstance(getattr(parameter, "help", None), str):
            parameter.help = _translated(command.english, f"--{parameter.name}", parameter.help)
    examples = EXAMPLES.get(path, ())
    width = max((len(line) for line, _ in examples), default=0)
    lines = [f"  {line:<{width}}  {tr(what)}" for line, what in examples]
    if lines:
        command.epilog = "\n".join(["\b", tr("Examples:"), *lines])
    return command


def _translated(english: dict[str, str | None], key: str, text: str | None) -> str | None:
    text = english.setdefault(key, text)
    return tr(text) if text else text


def _in_the_language(get_help: Callable[[Any], str]) -> Callable[[Any], str]:
    """Translate the words that the library writes around ours."""
    return lambda ctx: _all_translated(AROUND, get_help(ctx))


@contextmanager
def _errors_in_the_language() -> Iterator[None]:
    """Whatever the library says of a wrong command line is shown in the reader's language."""
    try:
        yield
    except TyperException as error:
        if isinstance(show := getattr(error, "show", None), MethodType):
            error.show = _shown_in_the_language(show)  # type: ignore[attr-defined]
        raise


def _shown_in_the_language(show: MethodType) -> Callable[[], None]:
    def shown() -> None:
        text = io.StringIO()
        show(file=text)
        sys.stderr.write(_all_translated(ASTRAY, text.getvalue()))

    return shown


def _all_translated(words: Iterable[str], text: str) -> str:
    for said in words:
        text = text.replace(said, tr(said))
    return text
