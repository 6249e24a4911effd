"""What the fuzzer begins with: exports in every form, invented, of the example network, and real ones where they are.

Real ones (beside the project, never in it) are read and mutated in memory; nothing of them is kept.
"""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from examples import platform_csv, typeform_download
from examples.environment import environment_answers, environment_file
from examples.pages import GENERATIONS, damage, render
from examples.text_forms import TEXT_FORMS
from examples.typeform import api, scraped
from tests.ingest.places import IMPORTED
from tests.ingest.responses import response

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data"

#: Targets by name; those of one reader are named like its format.
TARGETS = (
    "page_html",
    "page_text",
    "place_json",
    "typeform_json",
    "typeform_api_json",
    "environment_json",
    "typeform_download_csv",
    "typeform_download_xlsx",
    "typeform_csv",
    "genere_csv",
    "diff_csv",
    "admin_csv",
    "zip",
    "anything",
    "manifest",
    "settings",
    "corrections",
)


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """The inputs that a target begins with."""
    found = _INVENTED[target]()
    if target == "anything":
        found = [seeds(name)[0] for name in TARGETS if name != "anything"] + [b"", b"lait\npain\n"]
    return tuple(found + _real(target))


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _page(form: str) -> list[bytes]:
    pages = []
    for number, generation in enumerate(GENERATIONS):
        if generation == "T1" and form != "html":
            continue
        one = response(number)
        answers = {key: value for key, value in one.answers.items() if "." not in key}
        pages.append(render(answers, one.name, generation, form).encode())
    return [*pages, damage(pages[-1].decode(), "cp1252"), damage(pages[-1].decode(), "nfd")]


def _packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _zip() -> list[bytes]:
    one = response(1)
    plain = _packed({"2024/a.json": _json(scraped(one)), "2023/b.csv": platform_csv.genere([one]).encode()})
    return [plain, _packed({"inner.zip": plain, "x/": b"", ".DS_Store": b"x"}), _packed({})]


def _download() -> Any:
    return typeform_download.table(
        [response(2), response(3)], typeform_download.question_ids("social_impact")
    )


_SETTINGS = """name = { fr = "Réseau inventé", en = "Invented network" }
languages = ["fr", "en"]
disclosure = "strict"

[colours]
accent = "#1d5f8a"
"""
_CORRECTIONS = """project_id,year,question_id,expect,state,answer,reason,evidence,author,decided_on
exemple-a,2024,sante_effet,blank,answered,inconfort,"une, raison",courriel,équipe,2025-03-14
"""

_INVENTED: dict[str, Any] = {
    "page_html": lambda: _page("html"),
    "page_text": lambda: [page for form in TEXT_FORMS for page in _page(form)],
    "place_json": lambda: [_json(IMPORTED), _json({**IMPORTED, "name": "L'Amarre inventée", "blocs": {}})],
    "typeform_json": lambda: [
        _json(scraped(response(1))),
        _json([scraped(response(2)), scraped(response(3), "social_impact")]),
    ],
    "typeform_api_json": lambda: [
        _json(api([response(1)])),
        _json(api([response(2), response(3)], "social_impact")),
    ],
    "environment_json": lambda: [
        _json(environment_file("Lieu inventé", environment_answers("fuzz", "Lieu inventé")))
    ],
    "typeform_download_csv": lambda: [typeform_download.as_csv(_download())],
    "typeform_download_xlsx": lambda: [typeform_download.as_xlsx(_download())],
    "typeform_csv": lambda: [platform_csv.typeform([response(1), response(2)]).encode()],
    "genere_csv": lambda: [platform_csv.genere([response(1), response(2)]).encode()],
    "diff_csv": lambda: [platform_csv.diff(response(1)).encode()],
    "admin_csv": lambda: [
        b"identifiant;nom;url_administration;email\nserre;La Serre;https://plateforme.exemple.fr/edit/abc;a@exemple.fr\n"
    ],
    "zip": _zip,
    "anything": list,
    "manifest": lambda: [
        "path,year,project_name,collected_on,comment\n2024/a.json,2024,Lieu inventé,2024-03-31,\n".encode(),
        "path;year\n2024/é.json;2024\n".encode("cp1252"),
    ],
    "settings": lambda: [_SETTINGS.encode()],
    "corrections": lambda: [_CORRECTIONS.encode()],
}

_REAL = {
    "page_html": "pages/**/*.htm*",
    "page_text": "pages/**/*.txt",
    "place_json": "places/**/*.json",
    "typeform_json": "typeform/**/*.json",
}


def _real(target: str) -> list[bytes]:
    """A few real exports of this form, the smallest first."""
    pattern = _REAL.get(target)
    files = list(REAL.glob(pattern)) if pattern else []
    if target == "page_text":
        files.append(ROOT / "exports" / "2024" / "utopic.txt")
    return [file.read_bytes() for file in sorted(files, key=lambda file: file.stat().st_size)[:20]]
