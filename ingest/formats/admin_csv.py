"""The platform's lists for its administrators: refused, whatever stands in them.

`export-lieux.csv` and the lists of `url,nom,clé,valeur` hold e-mail addresses, and links that let anybody edit a
place. No answer is in them, so nothing is lost. Recognised by their headers, or by such a link in a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn

from ingest.formats.personal import holds_link
from ingest.identify import Sample
from ingest.reading import Rejection

NAME = "admin_csv"

_PLACES = {"identifiant", "nom", "url_administration", "email"}
_KEYS = {"url", "nom", "cle", "valeur"}
_CELL = re.compile(rb"[,;\t]")

#: Never reached: nothing of this form is accepted.
QUERIES: Mapping[str, str] = {}


def recognise(sample: Sample) -> bool:
    """Whether the file begins like a list for administrators, or like a table with a link to edit a place."""
    head = sample.head.removeprefix(b"\xef\xbb\xbf")
    line = head.partition(b"\n")[0]
    names = {
        name.strip(b" \"'\r")
        .lower()
        .replace(b"\xc3\xa9", b"e")
        .replace(b"\xe9", b"e")
        .decode("ascii", "replace")
        for name in _CELL.split(line)
    }
    if names >= _PLACES or names >= _KEYS:
        return True
    is_table = len(_CELL.findall(line)) > 0 and not line.lstrip().startswith((b"<", b"{", b"["))
    return is_table and sample.path.suffix.lower() == ".csv" and holds_link(head.decode("utf-8", "replace"))


def redact(data: bytes) -> NoReturn:
    """Raises Rejection `secret-data`."""
    raise Rejection(
        "secret-data",
        "a list for the platform's administrators: it holds links that let anybody edit a place",
        "Delete this copy; it holds no answers. Take the places' pages, JSON or typeform.csv files instead.",
    )
