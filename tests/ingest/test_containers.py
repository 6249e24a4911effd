"""ZIP files: what is in them comes out, what is dangerous or damaged does not, and nothing stops the rest."""

from __future__ import annotations

import io
import random
import stat
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.typeform_download import as_xlsx
from ingest.archive import Archive
from ingest.containers import LIMITS, Limits, is_container, members
from ingest.formats import admin_csv
from ingest.identify import Sample, identify
from ingest.intake import ingest
from ingest.reading import Rejection
from ingest.warehouse import Warehouse


def zipped(files: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, data)
    return file.getvalue()


def outcome(data: bytes, limits: Limits = LIMITS) -> dict[str, bytes | str]:
    """Path → bytes, or the reason of a rejection."""
    found: dict[str, bytes | str] = {}
    for path, content in members(data, "2024/envoi.zip", limits):
        assert path not in found
        if isinstance(content, Rejection):
            assert content.detail and content.remedy.endswith(".")
        found[path.removeprefix("2024/envoi.zip").removeprefix("/")] = (
            content.reason if isinstance(content, Rejection) else content
        )
    return found


CONTENTS = st.binary(max_size=300).filter(lambda data: not data.startswith(b"PK"))
NAMES = st.text(st.sampled_from("abé &'-"), min_size=1, max_size=8).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(NAMES, NAMES).map("/".join), CONTENTS, max_size=6))
def test_what_was_packed_comes_out(files: dict[str, bytes]) -> None:
    expected: dict[str, bytes | str] = dict(files) or {"": "empty"}
    assert outcome(zipped(files)) == expected
    # Packed twice, it is one folder deeper.
    if files:
        nested = outcome(zipped({"dans.zip": zipped(files), "seul.html": b"x"}))
        assert nested == {**{f"dans.zip/{path}": data for path, data in files.items()}, "seul.html": b"x"}


def test_members_come_in_the_order_of_their_names_without_what_is_hidden() -> None:
    data = zipped({"b/2.html": b"2", "a.html": b"1", "__MACOSX/a.html": b"", "b/.DS_Store": b"", "c/": b""})
    assert list(outcome(data)) == ["a.html", "b/2.html"]


def test_names_in_utf_8_are_read_even_if_the_file_does_not_say_so() -> None:
    data = zipped({"Été/Ödön.html": b"x"})
    unsaid = data.replace(struct.pack("<HH", 20, 0x800), struct.pack("<HH", 20, 0))
    assert unsaid != data
    assert outcome(unsaid) == {"Été/Ödön.html": b"x"}


@pytest.mark.parametrize(
    "name", ["../secret.html", "a/../../b.html", "/etc/passwd", "C:/x.html", "..\\x.html"]
)
def test_a_path_that_leads_out_is_refused_and_shown_below_the_file(name: str) -> None:
    found = outcome(zipped({name: b"x", "bon.html": b"y"}))
    assert sorted(map(str, found.values())) == ["b'y'", "unsafe-path"]
    assert all(".." not in path and not path.startswith("/") for path in found)


def test_links_and_devices_are_refused() -> None:
    link, pipe, plain = (zipfile.ZipInfo(name) for name in ("link", "pipe", "plain"))
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    pipe.external_attr = (stat.S_IFIFO | 0o644) << 16
    plain.external_attr = (stat.S_IFREG | 0o644) << 16
    found = outcome(zipped([(link, b"/etc/passwd"), (pipe, b""), (plain, b"x")]))
    assert found == {"link": "link", "pipe": "link", "plain": b"x"}


def test_a_member_with_a_password_is_refused_and_the_others_are_not() -> None:
    data = bytearray(zipped({"a.html": b"secret", "b.html": b"x"}))
    for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + offset] |= 1
    assert outcome(bytes(data)) == {"a.html": "encrypted", "b.html": b"x"}


def test_bombs_are_refused() -> None:
    zeros = b"\0" * 20_000_000
    assert outcome(zipped({"zeros": zeros, "b.html": b"x"})) == {"zeros": "bomb", "b.html": b"x"}
    assert outcome(zipped({"dans.zip": zipped({"zeros": zeros})})) == {"dans.zip/zeros": "bomb"}


def test_sizes_are_counted_not_believed() -> None:
    data = zipped({"a": random.Random(1).randbytes(3000), "b": b"x"})
    told = data.replace(struct.pack("<L", 3000), struct.pack("<L", 10))
    assert outcome(told)["a"] == "unreadable"
    limits = replace(LIMITS, member_bytes=2000)
    assert outcome(data, limits) == {"a": "too-large", "b": b"x"}


def test_all_together_may_be_too_much() -> None:
    files = {f"{number}.html": random.Random(number).randbytes(1000) for number in range(5)}
    assert list(outcome(zipped(files), replace(LIMITS, total_bytes=2500)).values())[2:] == ["too-large"]
    assert outcome(zipped(files), replace(LIMITS, member_count=4)) == {"": "too-many"}
    nested = zipped({"a.zip": zipped(files), "b.zip": zipped(files)})
    assert list(outcome(nested, replace(LIMITS, member_count=8)).values())[-1] == "too-many"


def test_zip_files_inside_zip_files_end_somewhere() -> None:
    data = b"x"
    for _ in range(6):
        data = zipped({"a.zip" if data != b"x" else "x.html": data})
    assert outcome(data) == {"a.zip/a.zip/a.zip/a.zip": "nested"}


@pytest.mark.parametrize("cut", [10, 40, -30, -60])
def test_a_file_that_was_cut_off_is_refused(cut: int) -> None:
    data = zipped({"a.html": b"a" * 100, "b.html": b"b" * 100})
    assert "unreadable" in outcome(data[:cut]).values()


def test_a_member_that_was_damaged_is_refused_and_the_others_are_not() -> None:
    data = bytearray(zipped({"a.html": random.Random(1).randbytes(500), "b.html": b"x"}))
    data[200] ^= 0xFF
    assert outcome(bytes(data)) == {"a.html": "unreadable", "b.html": b"x"}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_makes_it_fail(data: st.DataObject) -> None:
    packed = bytearray(zipped({"a.html": b"a" * 50, "dans.zip": zipped({"b.html": b"b" * 50})}))
    for _ in range(data.draw(st.integers(1, 6))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    for path, content in members(bytes(packed), "x.zip"):
        assert path.startswith("x.zip")
        assert isinstance(content, bytes | Rejection)


def test_office_documents_are_no_containers() -> None:
    assert not is_container(as_xlsx([["#"]]))
    assert not is_container(zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}))
    assert not is_container(b"no zip")
    assert is_container(zipped({"a.html": b"the text [Content_Types].xml, and mimetype"}))


ADMIN = (
    b"identifiant,nom,url,url_administration,publie,email,creation\n1,x,https://a.exemple,b,OUI,c@d.fr,2022\n",
    "url,nom,clé,valeur\nhttps://a.exemple,x,cle,abc\n".encode(),
    "url,nom,clé,valeur\r\nhttps://a.exemple,x,cle,abc\r\n".encode("cp1252"),
    b"\xef\xbb\xbf" + "url;nom;clé;valeur\n".encode(),
    b"lieu;lien\nle-6b;https://commune.exemple/place/le-6b/" + b"a1" * 32 + b"/edit\n",
)


@pytest.mark.parametrize("data", ADMIN)
def test_lists_for_administrators_are_refused_inside_a_zip_file_too(data: bytes) -> None:
    ((path, content),) = members(zipped({"exports/liste.csv": data}), "envoi.zip")
    assert isinstance(content, bytes)
    module = identify(Sample.of(path, content))
    assert module is admin_csv
    with pytest.raises(Rejection) as caught:
        module.redact(content)
    assert caught.value.reason == "secret-data"
    assert caught.value.remedy.endswith(".")
    assert "exemple" not in str(caught.value) + caught.value.remedy


def test_other_tables_and_pages_are_not_taken_for_lists_of_administrators() -> None:
    for name, data in (
        ("a.csv", b"nom,ville\nx,y\n"),
        ("a.html", b"<a href='https://a.exemple/impacts/x/" + b"a1" * 32 + b"/edit'>, </a>"),
        ("a.json", b'{"url": "x", "nom": "y"}'),
        ("a.csv", b""),
    ):
        assert not admin_csv.recognise(Sample.of(name, data))


def test_exports_in_a_zip_file_are_taken_in_with_the_year_and_the_words_of_their_own_path(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "exports"
    (folder / "2022").mkdir(parents=True)
    (folder / "2022" / "envoi.zip").write_bytes(
        zipped(
            {
                "pages/halle.txt": page("La Halle"),
                "2024/halle.txt": page("La Halle neuve"),
                "dans.zip": zipped({"serre.txt": page("La Serre"), "admin.csv": ADMIN[0]}),
                "README.md": b"rien",
                "liste.txt": b"lait\npain\n",
            }
        )
    )
    (folder / "manifest.csv").write_text(
        "path,year,project_name\n2022/envoi.zip/dans.zip/serre.txt,2021,La Serre\n2022/absent.zip/a.txt,2021,\n",
        encoding="utf-8",
    )
    warehouse = Warehouse(tmp_path / "warehouse")
    with warehouse.lock():
        intake = ingest([folder], warehouse)
        again = ingest([folder], warehouse)
    assert intake.new == [
        "2022/envoi.zip/2024/halle.txt",
        "2022/envoi.zip/dans.zip/serre.txt",
        "2022/envoi.zip/pages/halle.txt",
    ]
    assert [(refused.path, refused.reason) for refused in intake.rejected] == [
        ("2022/envoi.zip/dans.zip/admin.csv", "secret-data"),
        ("2022/envoi.zip/liste.txt", "unknown-format"),
    ]
    assert [note.count("absent.zip") for note in intake.notes] == [1]
    assert (again.new, again.known) == ([], 3)
    receipts = Archive(warehouse.archive).state().current_receipts()
    assert {(receipt.path.rpartition("/")[2], receipt.year, receipt.year_basis) for receipt in receipts} == {
        ("halle.txt", 2024, "folder"),
        ("halle.txt", 2022, "folder"),
        ("serre.txt", 2021, "manifest"),
    }


def page(name: str) -> bytes:
    return f"effets sociaux et urbains de {name}\n\neffets individuels\n\nLien social\n".encode()
