"""Walking a folder of exports: years, manifest, and what must not be followed or read."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from ingest.collect import Candidate, UsageError, collect, read
from ingest.reading import Rejection


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """A folder whose own path holds no year."""
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


def put(folder: Path, path: str, content: str = "x") -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file


def by_path(root: Path, year: int | None = None) -> dict[str, Candidate]:
    collection = collect(root, year)
    assert not collection.refused
    return {candidate.path: candidate for candidate in collection.candidates}


def test_files_come_in_order_with_paths_below_the_root(exports: Path) -> None:
    for path in ("2024/b.txt", "2024/a.html", "2023/nord/c.json", "d.txt"):
        put(exports, path)
    assert list(by_path(exports)) == ["d.txt", "2023/nord/c.json", "2024/a.html", "2024/b.txt"]


def test_hidden_files_readme_and_manifest_are_no_exports(exports: Path) -> None:
    for path in (".hidden", ".git/config", "README.md", "2024/readme.md", "2024/.x/y.txt", "2024/a.txt"):
        put(exports, path)
    put(exports, "manifest.csv", "path\n")
    assert list(by_path(exports)) == ["2024/a.txt"]


@pytest.mark.parametrize(
    ("path", "option", "year", "basis"),
    [
        ("2024/a.txt", None, 2024, "folder"),
        ("2023/reprises 2024/2022/a.txt", None, 2022, "folder"),
        ("2024/nord/a.txt", 2020, 2024, "folder"),
        ("2024-2025/a.txt", 2020, 2020, "option"),
        ("1789/a.txt", None, None, None),
        ("2024.txt", None, None, None),
    ],
)
def test_year(exports: Path, path: str, option: int | None, year: int | None, basis: str | None) -> None:
    put(exports, path)
    candidate = by_path(exports, option)[path]
    assert (candidate.year, candidate.year_basis) == (year, basis)


def test_year_of_a_folder_above_the_path(exports: Path) -> None:
    file = put(exports, "2021/nord/a.txt")
    assert by_path(exports / "2021" / "nord")["a.txt"].year == 2021
    assert by_path(file)["a.txt"].year == 2021


def test_manifest_beats_the_folder(exports: Path) -> None:
    put(exports, "2024/a.txt")
    put(exports, "2024/b.txt")
    put(
        exports,
        "manifest.csv",
        "path,year,project_name,collected_on,comment\n"
        '2024/a.txt,2023,"Chez ""Nous""",2024-01-15,late\n'
        "2024/b.txt,,Là-bas,,\n",
    )
    found = by_path(exports)
    a, b = found["2024/a.txt"], found["2024/b.txt"]
    assert (a.year, a.year_basis, a.project_name, a.collected_on) == (
        2023,
        "manifest",
        'Chez "Nous"',
        date(2024, 1, 15),
    )
    assert (b.year, b.year_basis, b.project_name, b.collected_on) == (2024, "folder", "Là-bas", None)


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ";"), ("cp1252", ";"), ("utf-8", "\t"), ("utf-8", ",")]
)
def test_manifest_as_spreadsheets_save_it(exports: Path, encoding: str, delimiter: str) -> None:
    put(exports, "sub/e\u0301te\u0301.txt")  # decomposed, as some file systems keep it
    lines = [["Path", "Year", "Project_name"], ["sub\\été.txt", "2022", "L'été"], ["", "", ""]]
    text = "\r\n".join(delimiter.join(line) for line in lines) + "\r\n"
    (exports / "manifest.csv").write_bytes(text.encode(encoding))
    (candidate,) = collect(exports).candidates
    assert (candidate.year, candidate.project_name) == (2022, "L'été")


@pytest.mark.parametrize(
    ("manifest", "line", "words"),
    [
        ("", 1, "path"),
        ("file,year\na.txt,2024\n", 1, "the columns are file, year"),
        ("path,year,year\n", 1, "each once"),
        ("path,year\na.txt,20x4\n", 2, "year `20x4` must be a year from 1990 to 2100"),
        ("path,year\na.txt,1789\n", 2, "year `1789`"),
        ("path,collected_on\na.txt,31/03/2024\n", 2, "must be a day like 2024-03-31"),
        ("path\n/etc/passwd\n", 2, "as seen from this folder"),
        ("path\n../a.txt\n", 2, "as seen from this folder"),
        ("path,year\n,2024\n", 2, "as seen from this folder"),
        ("path,year\na.txt,2024\n\na.txt,2023\n", 4, "stands on line 2 already"),
        ("path,comment\na.txt,one, two\n", 2, "double quotes"),
    ],
)
def test_manifest_faults_name_file_line_and_remedy(
    exports: Path, manifest: str, line: int, words: str
) -> None:
    put(exports, "a.txt")
    file = put(exports, "manifest.csv", manifest)
    with pytest.raises(UsageError) as caught:
        collect(exports)
    assert f"{file}, line {line}" in str(caught.value)
    assert words in str(caught.value)


def test_manifest_faults_come_all_at_once(exports: Path) -> None:
    put(exports, "manifest.csv", "path,year\na.txt,x\nb.txt,y\n")
    with pytest.raises(UsageError, match=r"(?s)line 2.*line 3"):
        collect(exports)


def test_a_line_without_its_file_is_a_note(exports: Path) -> None:
    put(exports, "manifest.csv", "path,year\ngone.txt,2024\n")
    put(exports, "2024/manifest.csv", "path,year\n")
    collection = collect(exports)
    assert not collection.candidates
    assert ["gone.txt is not there" in note for note in collection.notes] == [False, True]
    assert "a manifest counts at the root" in collection.notes[0]


def test_links_are_followed_inside_the_tree_alone(exports: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "outside/secret.txt")
    inside = put(exports, "2024/a.txt")
    (exports / "2023").mkdir()
    (exports / "2023" / "a.txt").symlink_to(inside)
    (exports / "escape.txt").symlink_to(secret)
    (exports / "folder").symlink_to(tmp_path / "outside")
    (exports / "loop").symlink_to(exports)
    (exports / "circle").symlink_to(exports / "circle")
    (exports / "dangling").symlink_to(exports / "nothing")
    collection = collect(exports)
    assert [(c.path, c.year) for c in collection.candidates] == [("2023/a.txt", 2023), ("2024/a.txt", 2024)]
    assert {refused.path: refused.reason for refused in collection.refused} == {
        "escape.txt": "link",
        "folder": "link",
        "loop": "link",
        "circle": "unreadable",
        "dangling": "unreadable",
    }
    assert not any(str(tmp_path) in refused.detail for refused in collection.refused)


def test_devices_and_pipes_are_not_opened(exports: Path) -> None:
    os.mkfifo(exports / "pipe.txt")
    put(exports, "a.txt")
    collection = collect(exports)
    assert [candidate.path for candidate in collection.candidates] == ["a.txt"]
    assert [(refused.path, refused.reason) for refused in collection.refused] == [("pipe.txt", "not-a-file")]


def test_size_limit(exports: Path) -> None:
    put(exports, "large.txt", "x" * 101)
    put(exports, "small.txt", "x" * 100)
    collection = collect(exports, size_limit=100)
    assert [candidate.path for candidate in collection.candidates] == ["small.txt"]
    assert [(refused.path, refused.reason) for refused in collection.refused] == [("large.txt", "too-large")]


def test_a_name_that_is_no_utf8_can_be_stored(exports: Path) -> None:
    (exports / os.fsdecode(b"\xe9t\xe9.txt")).write_text("x")
    (candidate,) = collect(exports).candidates
    candidate.path.encode()
    assert read(candidate) == b"x"


def test_a_file_that_is_gone_is_rejected(exports: Path) -> None:
    file = put(exports, "a.txt")
    (candidate,) = collect(exports).candidates
    file.unlink()
    with pytest.raises(Rejection) as caught:
        read(candidate)
    assert caught.value.reason == "unreadable"


def test_wrong_usage(exports: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        collect(exports / "nowhere")
    with pytest.raises(UsageError, match="no plausible year"):
        collect(exports, year=24)
