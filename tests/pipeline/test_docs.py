"""What the documentation says is so: commands exist and run, links lead somewhere, both readmes say the same."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer.main

import effets
from tests.pipeline.catalogue import commands
from tests.pipeline.warehouses import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "exports").glob("*.md")],
)
#: Commands of a page that are not run: they would change the project, take its tests, or need a tool that a
#: network's own computer has.
NOT_RUN = ("make test", "make lint", "uv pip compile", "make lab", "make test-")

#: Files that the reader of a page has from elsewhere.
HANDED = {
    "typeform_api_json.md": {
        "form.json": '{"id": "tried", "fields": []}',
        "responses.json": '{"total_items": 0, "items": []}',
        "2024/README": "",
    },
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block of commands, and where it begins."""

    page: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def lines(self) -> list[str]:
        """Its command lines, without comments, lines that go on joined."""
        joined = self.text.replace("\\\n", " ")
        return [
            line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")
        ]


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text[: found.start()].count("\n") + 1, found["body"])
        for found in re.finditer(r"^ *```sh\n(?P<body>.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    ]


ALL = [block for page in PAGES for block in blocks(page)]


def test_there_are_commands() -> None:
    assert len(ALL) > 15
    assert {block.page.name for block in ALL} >= {"README.md", "README.fr.md", "tutorial.md", "connect.md"}


@pytest.mark.parametrize("block", ALL, ids=str)
def test_commands_are_written_right(block: Block) -> None:
    """Each `effets` line has a known command and takes its options; each target of make is there."""
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in block.lines():
        words = shlex.split(line, comments=True)
        if words[0] == "make":
            assert set(words[1:]) <= targets, line
        if Path(words[0]).name == "effets":
            path, rest = _command(words[1:])
            if "--help" in rest:
                continue
            command = typer.main.get_command(effets.app)
            for name in path:
                command = command.commands[name]  # type: ignore[attr-defined]
            command.make_context(" ".join(path), rest)


def _command(words: list[str]) -> tuple[list[str], list[str]]:
    for length in (2, 1):
        if " ".join(words[:length]) in commands():
            return words[:length], words[length:]
    assert words[0].startswith("--"), words
    return [], ["--help"]


def test_links_lead_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            path = target.partition("#")[0]
            if path and not re.match(r"\w+:", path) and not (page.parent / path).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_both_readmes_say_the_same() -> None:
    """The same headings, code, links and files, in the same order."""
    english, french = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.fr.md"))
    links = r"\]\(((?:docs|exports|analyses)[^)#]*|CONTRIBUTING\.md|CHANGELOG\.md|LICENSE)\)"
    for pattern in (r"^#+ ", r"^```\w*", links, r"^\| `([^`]*)`"):
        english_told, french_told = (re.findall(pattern, text, re.MULTILINE) for text in (english, french))
        assert english_told == [told.replace("<année>", "<year>") for told in french_told]


def test_the_index_of_the_docs_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {
        page.relative_to(ROOT / "docs").as_posix()
        for page in (ROOT / "docs").rglob("*.md")
        if page.name != "README.md" and page.parent.name != "forms"
    }
    assert pages <= set(re.findall(r"\]\(([^)]+)\)", index))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as git has it, with the environment that is installed here."""
    folder = tmp_path_factory.mktemp("house") / "effets"
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.mark.long
@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_a_page_can_be_followed(page: Path, house: Path) -> None:
    """Its commands run one after the other, in one shell, as somebody types them."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "EFFETS_WAREHOUSE"},
        "PATH": f"{house / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        # The environment would run the project that it is installed for, not the copy.
        "PYTHONPATH": str(house),
    }
    if not (house / "warehouse" / "effets.duckdb").exists():
        subprocess.run(["effets", "run", "--quiet"], cwd=house, env=environment, check=True)
        subprocess.run(
            ["effets", "package", "--year", "2024", "--quiet"], cwd=house, env=environment, check=True
        )
    lines = [line for block in blocks(page) for line in block.lines() if not line.startswith(NOT_RUN)]
    # The copy shares the environment that is there: nothing is to be installed.
    lines = [line for line in lines if not line.startswith("make setup")]
    for name, content in HANDED.get(page.name, {}).items():
        (house / name).parent.mkdir(exist_ok=True)
        (house / name).write_text(content, encoding="utf-8")
    if any(line.startswith("jq ") for line in lines) and not shutil.which("jq"):
        pytest.skip("needs jq")
    script = "\n".join(["set -e", *(f"echo '+' {shlex.quote(line)} >&2\n{line}" for line in lines)])
    result = subprocess.run(
        [
            "bash",
            "-c",
            script.replace("make run", "effets run").replace("make docs", "make docs -o .venv/.stamp"),
        ],
        cwd=house,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-3000:]
