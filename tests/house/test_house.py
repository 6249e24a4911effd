"""The house: who may import whom, how long a model may be, and that each folder says what it is for."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: What each part may import of the others.
MAY_IMPORT = {
    "effets": {"effets", "ingest", "analyses"},
    "ingest": {"ingest"},
    "analyses": {"analyses", "ingest"},
    # Shares nothing with the readers but the codebook.
    "examples": {"examples", "ingest.codebook", "ingest.slug"},
}

#: Lines of the longest model that reads well.
LONGEST = 110


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).exists())


@cache
def modules() -> dict[str, Path]:
    """The project's own modules by name."""
    found = {}
    for path in tracked():
        parts = path.relative_to(ROOT).with_suffix("").parts
        if path.suffix == ".py" and parts[0] in MAY_IMPORT:
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports(path: Path, *, at_once: bool) -> Iterator[str]:
    """What a module imports of the project: all of it, or what it needs before it can be used."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name: str) -> str | None:
    """The module that a dotted name is, or is in."""
    known = modules()
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_arrows(part: str) -> None:
    wrong = []
    for name, path in modules().items():
        if name.partition(".")[0] != part:
            continue
        for imported in imports(path, at_once=False):
            if imported.partition(".")[0] in MAY_IMPORT and not any(
                f"{imported}.".startswith(f"{allowed}.") for allowed in MAY_IMPORT[part]
            ):
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_no_circle_of_imports() -> None:
    arrows = {
        name: {found for i in imports(path, at_once=True) if (found := module_of(i)) and found != name}
        for name, path in modules().items()
    }
    while leaves := {name for name, needs in arrows.items() if not needs & arrows.keys()}:
        arrows = {name: needs for name, needs in arrows.items() if name not in leaves}
    assert arrows == {}, "these import each other"


def test_models_are_short() -> None:
    long = {}
    for path in tracked():
        if path.suffix == ".sql" and path.is_relative_to(ROOT / "models"):
            count = len(path.read_text(encoding="utf-8").splitlines())
            if count > LONGEST:
                long[path.stem] = count
    assert long == {}, f"more than {LONGEST} lines: split them"


def test_every_folder_says_what_it_is_for() -> None:
    """In its own README or docstring, or in that of the folder above."""
    silent = []
    folders = {parent for path in tracked() for parent in path.relative_to(ROOT).parents}
    for folder in sorted(folders):
        if folder.name and not {".ci", "exports", "corpus"} & set(folder.parts) and not _said(folder):
            silent.append(str(folder))
    assert silent == [], "say in one line what these are for: a README.md there or in the folder above"


def _said(folder: Path) -> bool:
    own = ROOT / folder
    if (own / "README.md").exists() or (own / "SOURCE.md").exists():
        return True
    if (own / "__init__.py").exists() and ast.get_docstring(
        ast.parse((own / "__init__.py").read_text("utf-8"))
    ):
        return True
    above = [own.parent / "README.md", own.parent / "__init__.py", own.parent.parent / "README.md"]
    if own.parent == ROOT:
        above.append(ROOT / "CONTRIBUTING.md")
    return any(
        re.search(rf"(?<![\w-]){re.escape(folder.name)}/", file.read_text("utf-8"))
        for file in above
        if file.exists()
    )


def test_the_map_names_every_folder_of_the_house() -> None:
    """CONTRIBUTING.md shows where everything is."""
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    parts = {path.relative_to(ROOT).parts[0] for path in tracked() if len(path.relative_to(ROOT).parts) > 1}
    missing = {
        part for part in parts if not part.startswith(".") and not re.search(rf"`{part}[/`]", contributing)
    }
    assert missing == set()


def test_no_registry_is_named() -> None:
    """The lock and the docs hold no address of a package registry."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index-url|--find-links", lock)
