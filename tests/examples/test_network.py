"""The example network: always the same, complete in the repository, and recognisable as invented."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from examples.any_form import NAMES, shares
from examples.network import MANIFEST, REAL, SEED, evaluation_files, example_files, main, manifest
from examples.sites import MARK, example_sites, numbered_site

ROOT = Path(__file__).resolve().parents[2]
EXPORTS = ROOT / "exports"


def test_the_repository_holds_what_the_generator_writes() -> None:
    files = list(example_files())
    made = {file.path: file.data for file in files} | {MANIFEST: manifest(files)}
    assert len(made) == len(files) + 1, "two exports under one path"
    held = {path.relative_to(EXPORTS).as_posix() for path in EXPORTS.rglob("*") if path.is_file()}
    assert held == made.keys() | {REAL, "README.md"}, "run `python -m examples.network exports`"
    different = [path for path, data in made.items() if (EXPORTS / path).read_bytes() != data]
    assert not different, "run `python -m examples.network exports`"


def test_the_real_page_is_untouched() -> None:
    digest = hashlib.sha256((EXPORTS / REAL).read_bytes()).hexdigest()
    assert digest == "39bd7305b65fe22194af2723a85264b2a2066385433676e846f2ebfc13d08b74"


def test_everything_else_says_that_it_is_invented() -> None:
    assert all(site.name.endswith(MARK) for site in example_sites())
    for file in example_files():
        if file.path.endswith(".json"):
            place = json.loads(file.data)
            assert place["name"].endswith(MARK)
            creator = place.get("creator", {"email": "nobody@example.org"})
            assert creator["email"].endswith("@example.org")


def test_the_network_looks_like_a_network() -> None:
    sites = example_sites()
    evaluated = {year: sum(year in site.years for site in sites) for year in range(2021, 2026)}
    # With the real page, 2024 counts one more.
    assert evaluated == {2021: 14, 2022: 20, 2023: 27, 2024: 30, 2025: 34}
    files = list(example_files())
    assert sum(len(file.data) for file in files) < 2_000_000
    encodings = {"utf-8" if _is_utf8(file.data) else "cp1252" for file in files}
    assert encodings == {"utf-8", "cp1252"}
    assert {Path(file.path).suffix for file in files} == {".html", ".txt", ".json"}


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_communes_exist() -> None:
    with (ROOT / "seeds" / "geography" / "postal_codes.csv").open(encoding="utf-8", newline="") as lines:
        known = {row["postal_code"] for row in csv.DictReader(lines)}
    assert {site.location.postal_code for site in example_sites()} <= known


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_numbered_network_is_always_the_same(tmp_path: Path, jobs: str) -> None:
    assert main([str(tmp_path), "--sites", "6", "--first-year", "2023", "--jobs", jobs]) == 0
    written = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    sites = [numbered_site(number, 2023, 2025, SEED) for number in range(1, 7)]
    expected = {
        file.path: file.data for site in sites for year in site.years for file in evaluation_files(site, year)
    }
    assert written == expected


@pytest.mark.parametrize("form", NAMES)
def test_every_form_can_be_asked_for(tmp_path: Path, form: str) -> None:
    assert main([str(tmp_path), "--sites", "3", "--years", "2", "--forms", form, "--jobs", "1"]) == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(path.parent.name for path in files) == ["2024"] * 3 + ["2025"] * 3


def test_the_answers_of_many_sites_stand_in_one_file(tmp_path: Path) -> None:
    options = ["--sites", "250", "--years", "1", "--forms", "typeform_json:3,html", "--per-file", "50"]
    for jobs in ("1", "2"):
        assert main([str(tmp_path / jobs), *options, "--jobs", jobs]) == 0
    one, two = (
        {path.relative_to(tmp_path / jobs): path.read_bytes() for path in (tmp_path / jobs).rglob("*.*")}
        for jobs in ("1", "2")
    )
    assert one == two
    arrays = [json.loads(data) for path, data in one.items() if path.suffix == ".json"]
    pages = [path for path in one if path.suffix == ".html"]
    assert len(arrays) == 5
    assert len({response["token"] for array in arrays for response in array}) + len(pages) == 250
    assert 0 < len(pages) < 125


@pytest.mark.parametrize("text", ["", "typeform", "html:0", "html:-1", "html:x"])
def test_shares_are_checked(text: str) -> None:
    with pytest.raises(ValueError):
        shares(text)
