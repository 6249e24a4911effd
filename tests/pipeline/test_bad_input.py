"""Whatever lies in a folder of exports: what is none is refused with its reason and a remedy, and the rest is read."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ingest import collect as collect_module
from ingest.intake import Intake, rehearse
from ingest.warehouse import Warehouse
from tests.fuzz.seeds import seeds
from tests.ingest.places import IMPORTED
from tests.pipeline.warehouses import ROOT, write_place

pytestmark = pytest.mark.usefixtures("quick_gate")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good export."""
    write_place(tmp_path / "exports" / "2024" / "bon.json", "Le Bon Lieu inventé")
    return tmp_path / "exports"


def look(folder: Path) -> Intake:
    """What would become of the files; every refusal helps, and names no place of this machine."""
    intake = rehearse([folder], Warehouse(folder.parent / "warehouse"))
    assert "2024/bon.json" in intake.new
    for refused in intake.rejected:
        assert refused.path and refused.reason and refused.detail and refused.remedy
        assert str(folder) not in refused.detail + refused.remedy
        (refused.path + refused.detail).encode()
    return intake


def reasons(folder: Path) -> dict[str, str]:
    return {refused.path: refused.reason for refused in look(folder).rejected}


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


PLACE = json.dumps({**IMPORTED, "name": "Lieu en zip inventé"}).encode()

FILES: dict[str, tuple[bytes, str]] = {
    "2024/profond.json": (b'{"name":"a","blocs":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "unknown-format"),
    "2024/profond-dedans.json": (
        json.dumps({**IMPORTED, "name": "a"}).encode().replace(b'"a"', b"[" * 20_000 + b"]" * 20_000),
        "malformed",
    ),
    "2024/profond-aussi.json": (b'{"a":' * 50_000, "unknown-format"),
    "2024/coupe.json": (json.dumps(IMPORTED).encode()[:-10], "malformed"),
    "2024/nul.txt": (b"Effets individuels\n\0\0", "unknown-format"),
    "2024/nul-dedans.html": (seeds("page_html")[0] + b"\0", "unknown-format"),
    "2024/nul.json": (json.dumps({**IMPORTED, "name": "a"}).encode().replace(b'"a"', b'"\0"'), "malformed"),
    "2024/demi.json": (json.dumps({**IMPORTED, "name": "\ud800"}).encode(), "malformed"),
    "2024/rien.txt": (b"", "unknown-format"),
    "2024/blancs.txt": (b" \n\t" * 1000, "unknown-format"),
    "2024/image.json": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "unknown-format"),
    "2024/bombe.zip": (zipped(("2024/a.json", b" " * 30_000_000)), "bomb"),
    "2024/sortie.zip": (zipped(("../../a.json", PLACE)), "unsafe-path"),
    "2024/absolue.zip": (zipped(("/etc/a.json", PLACE)), "unsafe-path"),
    "2024/vide.zip": (zipped(), "empty"),
    "2024/admin.csv": (seeds("admin_csv")[0], "secret-data"),
}


def test_files_that_are_none(folder: Path) -> None:
    for path, (content, _) in FILES.items():
        (folder / path).write_bytes(content)
    found = {
        path.partition(".zip/")[0].removesuffix(".zip"): reason for path, reason in reasons(folder).items()
    }
    assert found == {path.removesuffix(".zip"): reason for path, (_, reason) in FILES.items()}


def test_the_content_decides_and_not_the_name(folder: Path) -> None:
    for target, name in {
        "page_html": "page.json",
        "page_text": "page.xlsx",
        "place_json": "lieu.html",
        "typeform_csv": "reponses.txt",
        "typeform_download_xlsx": "classeur.csv",
        "zip": "paquet.json",
    }.items():
        (folder / "2024" / name).write_bytes(seeds(target)[0])
    intake = look(folder)
    assert intake.rejected == []
    assert {path.partition("/")[2].partition("/")[0] for path in intake.new} == {
        "bon.json", "page.json", "page.xlsx", "lieu.html", "reponses.txt", "classeur.csv", "paquet.json",
    }  # fmt: skip


def test_what_is_no_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_bytes(PLACE)
    (folder / "2024" / "lien.json").symlink_to(tmp_path / "secret.json")
    (folder / "2024" / "cercle.json").symlink_to(folder / "2024" / "cercle.json")
    (folder / "2024" / "zero.json").symlink_to("/dev/zero")
    (folder / "dehors").symlink_to(tmp_path)
    (folder / "2024" / "boucle").symlink_to(folder)
    os.mkfifo(folder / "2024" / "tube.json")
    (folder / "2025.json").mkdir()
    (folder / "vide").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(folder)  # the path of a socket is short
        try:
            listening.bind("prise.json")
        finally:
            os.chdir(here)
        found = reasons(folder)
    assert found == {
        "2024/lien.json": "link",
        "2024/cercle.json": "unreadable",
        "2024/zero.json": "link",
        "dehors": "link",
        "2024/boucle": "link",
        "2024/tube.json": "not-a-file",
        "prise.json": "not-a-file",
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_not_opened(folder: Path) -> None:
    try:
        os.mknod(folder / "2024" / "zero.json", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except OSError:
        pytest.skip("no devices can be made here")
    assert reasons(folder) == {"2024/zero.json": "not-a-file"}


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_place(folder / "2024" / "ferme.json", "Le Lieu fermé inventé")
    file.chmod(0)
    # Root may read anything.
    may = os.access
    monkeypatch.setattr(
        collect_module.os, "access", lambda path, mode: Path(path) != file and may(path, mode)
    )
    assert reasons(folder) == {"2024/ferme.json": "unreadable"}


def test_a_file_that_goes_or_changes_while_the_folder_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = write_place(folder / "2024" / "parti.json", "Le Lieu parti inventé")
    grown = write_place(folder / "2024" / "grandi.json", "Le Lieu grandi inventé")
    swapped = write_place(folder / "2024" / "echange.json", "Le Lieu échangé inventé")
    read = collect_module.collect

    def collect(*arguments: object, **options: object) -> object:
        found = read(*arguments, **options)  # type: ignore[arg-type]
        gone.unlink()
        with grown.open("ab") as file:
            file.truncate(collect_module.SIZE_LIMIT + 1)
        swapped.unlink()
        os.mkfifo(swapped)  # opened, it would wait for ever
        return found

    monkeypatch.setattr("ingest.intake.collect", collect)
    assert reasons(folder) == {
        "2024/parti.json": "unreadable",
        "2024/grandi.json": "too-large",
        "2024/echange.json": "not-a-file",
    }


NAMES = (
    "\u202egnp.json",
    "a\u2066b\u200b.json",
    "=HYPERLINK('x').json",
    "+1.json",
    "<script>alert(1)</script>.json".replace("/", "\u2215"),
    "%s{0}{{7*7}}.json",
    "é" * 120 + ".json",
    "nouvelle\nligne.json",
    "\x1b[31mrouge\x07.json",
    " .json",
    "-rf.json",
    "$(reboot).json",
    "a'b\"c;d--.json",
)


def test_absurd_names_are_names(folder: Path) -> None:
    for number, name in enumerate(NAMES):
        write_place(folder / "2024" / name, f"Lieu inventé {number}")
    (folder / "2024" / os.fsdecode(b"\xe9t\xe9.json")).write_bytes(PLACE)
    (folder / os.fsdecode(b"ann\xe9e")).mkdir()
    (folder / os.fsdecode(b"ann\xe9e") / "vide.json").write_bytes(b"")
    intake = look(folder)
    assert len(intake.new) == len(NAMES) + 2
    assert [refused.reason for refused in intake.rejected] == ["unknown-format"]


def test_a_folder_without_exports(tmp_path: Path) -> None:
    (tmp_path / "exports" / "2024").mkdir(parents=True)
    intake = rehearse([tmp_path / "exports"], Warehouse(tmp_path / "warehouse"))
    assert intake.new == intake.rejected == []


_MEASURED = """
import re, sys
from pathlib import Path
from ingest.intake import rehearse
from ingest.expectations import Validation
from ingest import intake
from ingest.warehouse import Warehouse
intake.validate, intake.prepare = (lambda readings: Validation()), (lambda: None)
found = rehearse([Path(sys.argv[1])], Warehouse(Path(sys.argv[1]).parent / "warehouse"))
print(len(found.new), sorted({r.reason for r in found.rejected}), len(found.rejected))
# ru_maxrss would begin with what the process had that started this one
print(int(re.findall(r"VmHWM:[^0-9]*([0-9]+) kB", Path("/proc/self/status").read_text())[0]) // 1024)
"""


@pytest.mark.parametrize("size", [pytest.param(200, marks=pytest.mark.long), 20])
def test_much_of_nothing_takes_little(size: int, folder: Path) -> None:
    """200 MB each are refused by their size, 20 MB by what is in them; neither takes memory for all of it."""
    for name, piece in {
        "zeros": b"\0",
        "blancs": b" ",
        "lignes": b"\n",
        "crochets": b"[",
        "espaces": b"\xc2\xa0",
    }.items():
        with (folder / "2024" / f"{name}.json").open("wb") as file:
            for _ in range(size):
                file.write(piece * (1024 * 1024 // len(piece)))
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    outcome, peak = measured.stdout.splitlines()
    assert outcome == f"1 ['{'too-large' if size > 64 else 'unknown-format'}'] 5"
    assert int(peak) < 512
    shutil.rmtree(folder)
