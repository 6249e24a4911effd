"""What the command may say, gathered from where it stands: the keys that its French catalogue must have."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

import typer.main
from babel.messages.extract import extract

import effets
from ingest import identify
from ingest.expectations import REMEDIES
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


#: What makes a rejection, and files that no format knows: one for each way to describe them.
REFUSALS = {"Rejection", "malformed", "_malformed"}
UNKNOWN = [
    b"",
    b"PK\x03\x04",
    b"RIFF",
    bytes(20),
    b"\x01" * 20,
    b" \n",
    b"<svg",
    b"<html>",
    b"<?xml version='1.0'?>",
]
UNKNOWN += [b"{}", b"a\x00" + b"b" * 80, b"a;b\n1;2\n", b"lait\npain\n", b"a" * 50]


def in_rejections() -> Iterator[str]:
    """What rejections say, where it holds no value of the file: the same for every file, it is translated."""
    yield from REMEDIES.values()
    for file in (ROOT / "ingest").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in REFUSALS:
                for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                    value = constants.get(argument.id) if isinstance(argument, ast.Name) else argument
                    if isinstance(value, ast.Constant) and " " in str(value.value):
                        yield str(value.value)
    for _, looks_like, remedy in (*identify._SIGNATURES, *identify._ZIP_MEMBERS):
        yield from (looks_like, remedy)
    yield from identify._ISO_MEDIA.values()
    for data in UNKNOWN:
        looks_like, remedy = identify.describe(identify.Sample.of("x", data))
        yield remedy
        if not any(letter.isdigit() or letter == ":" for letter in looks_like):
            yield looks_like


def keys() -> list[Key]:
    """All of them, each once, in the order of their text."""
    found = {key for key in (*in_code(), *in_help(), *in_rejections()) if key not in ("", "\n")}
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
