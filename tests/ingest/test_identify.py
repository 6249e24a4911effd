"""Recognising forms, and saying what a file is that is none."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from ingest.formats import FORMATS
from ingest.identify import Sample, describe, identify
from ingest.reading import Rejection
from tests.ingest.places import IMPORTED


def zipped(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return buffer.getvalue()


UNKNOWN = {
    "empty file": (b"", "an empty file"),
    "blanks": (b" \n\t\r\n", "nothing but blanks"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a PNG image"),
    "jpeg": (b"\xff\xd8\xff\xe0" + b"\0" * 50, "a JPEG image"),
    "webp": (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP image"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG image"),
    "pdf": (b"%PDF-1.7\n", "a PDF file"),
    "zip": (zipped("2024/a.json"), "a zip archive"),
    "word": (zipped("word/document.xml"), "a Word document"),
    "gzip": (b"\x1f\x8b\x08\0", "a gzip archive"),
    "shopping list": ("lait\npain\nœufs\n".encode(), "a list of short lines"),
    "prose": (
        b"Il etait une fois une foret profonde ou vivait un tres vieux loup gris.",
        "a text of something",
    ),
    "csv": (b"url;nom;valeur\na;b;c\n", "a table (CSV) of 3 columns"),
    "json of something else": (b'{"products": [{"price": 3}]}', "an object with the keys products, price"),
    "json list": (b"[1, 2]", "a list without a key"),
    "html": (b"<!doctype html><html><body><h1>Recettes</h1></body></html>", "an HTML page of something else"),
    "utf-16": ("lait".encode("utf-16"), "a text in UTF-16"),
    "noise": (bytes(range(256)) * 8, "a binary file"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_nothing_we_know_gets_a_reason_and_a_remedy(case: str) -> None:
    data, looks_like = UNKNOWN[case]
    with pytest.raises(Rejection) as caught:
        identify(Sample.of("2024/x.json", data))
    assert caught.value.reason == "unknown-format"
    assert looks_like in caught.value.detail
    assert caught.value.remedy.endswith(".")


def test_nothing_of_the_content_is_repeated() -> None:
    for data in (
        b"Camille Inventee\ncamille@exemple.fr\n",
        b'{"camille@exemple.fr": "Camille"}',
        b"camille@x;1\n2;3",
    ):
        detail, remedy = describe(Sample.of("x", data))
        assert "camille" not in (detail + remedy).lower()


def test_forms_are_known_by_their_content_not_by_their_name() -> None:
    assert identify(Sample.of("photo.png", json.dumps(IMPORTED).encode())).NAME == "place_json"
    page = "effets sociaux et urbains de Nulle part\n\neffets individuels\n\nLien social\n"
    assert identify(Sample.of("x.json", page.encode())).NAME == "effects_page"


def test_registry() -> None:
    assert len({module.NAME for module in FORMATS}) == len(FORMATS)
    for module in FORMATS:
        assert hasattr(module, "read") != hasattr(module, "QUERIES")
