"""What the command may say, gathered from where it stands: the keys that its French catalogue must have."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import typer.main
from babel.messages.extract import extract

import effets
from ingest.usage import AROUND, ASTRAY, EXAMPLES

ROOT = Path(__file__).parents[2]

Key = str | tuple[str, str]


def in_code() -> Iterator[Key]:
    """The literals that `tr` and `trn` are called with."""
    files = [ROOT / "effets.py", *(ROOT / "ingest").rglob("*.py"), *(ROOT / "analyses").rglob("*.py")]
    for file in files:
        if file.name == "speech.py":
            continue
        source = io.BytesIO(file.read_bytes())
        for _, text, _, _ in extract("python", source, keywords={"tr": None, "trn": (1, 2)}):
            yield text if isinstance(text, str) else (text[0], text[1])


def in_help() -> Iterator[str]:
    """The help of every command and option, and the examples."""
    yield from AROUND
    yield from ASTRAY
    yield "Examples:"
    waiting = [typer.main.get_command(effets.app)]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        english = getattr(command, "english", {})
        yield from filter(None, (english.get("help", command.help),))
        for parameter in command.params:
            text = english.get(f"--{parameter.name}", getattr(parameter, "help", None))
            yield from filter(None, (text,))
    for examples in EXAMPLES.values():
        for _, what in examples:
            yield what


def keys() -> list[Key]:
    """All of them, each once, in the order of their text."""
    found = {key for key in (*in_code(), *in_help()) if key not in ("", "\n")}
    return sorted(found, key=lambda key: key if isinstance(key, str) else key[0])


def commands() -> list[str]:
    """Every command as it is typed, without `effets`."""
    found: list[str] = []
    waiting = [("", typer.main.get_command(effets.app))]
    while waiting:
        path, command = waiting.pop()
        inner = getattr(command, "commands", {})
        waiting += [(f"{path} {name}".strip(), child) for name, child in inner.items()]
        if not inner:
            found.append(path)
    return sorted(found)
