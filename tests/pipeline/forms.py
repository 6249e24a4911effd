"""A folder of exports in every form, in which the names, addresses and keys of people are planted."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from examples import platform_csv, typeform_download
from examples.answers import USUAL, profile_answers, social_answers
from examples.environment import environment_answers, environment_file
from examples.pages import render
from examples.typeform import Response, api, scraped
from tests.ingest.places import IMPORTED

#: Who answered, and what gives access: nowhere, not even in the archive.
PERSON = "Zénobie Plantée"
MAIL = "zenobie.plantee@exemple.fr"
KEY = "0123456789abcdef" * 4
EDIT_LINK = f"https://plateforme.exemple.fr/edit/{KEY}"
CREATOR = "Gédéon Semé"
PLANTED = (PERSON, MAIL, KEY, CREATOR, "gedeon@exemple.fr", "gestion-semee")

#: In testimonies: kept as they are, and masked in whatever may be shown.
SHOWN_MAIL = "bureau.plante@exemple.fr"
SHOWN_PHONES = ("06 12 34 56 78", "+33 4 67 00 11 22", "0467001122")
TESTIMONY = f"Écrivez à {SHOWN_MAIL}, ou appelez le {', le '.join(SHOWN_PHONES)} : la porte est ouverte."

#: The places, by the letter with which their files begin.
HALLE, AMARRE, SERRE, FOURNIL = (
    "La Halle d'essai",
    "L'Amarre d'essai",
    "La Serre d'essai",
    "Le Fournil d'essai",
)


def response(name: str, token: str) -> Response:
    """A place's answers; its testimony on social ties is its own, and holds what people write into such."""
    answers: dict[str, object] = {
        **profile_answers("forms", name),
        **social_answers("forms", name, taste=replace(USUAL, told=1.0)),
        **environment_answers("forms", name),
        "lien_social": told_by(name),
    }
    return Response(token, name, f"3 rue {name}", "34000", (PERSON, MAIL), answers)


def told_by(name: str) -> str:
    return f"Chez {name.upper()}, les tables de la cour ont rapproché les gens. {TESTIMONY}"


def write_forms(folder: Path) -> Path:
    """Exports of four places in every form: alone, and together in one file where the form allows it."""
    halle, amarre, serre, fournil = (
        response(name, token)
        for name, token in ((HALLE, "tok-halle"), (AMARRE, "tok-amarre"), (SERRE, "tok-serre"), (FOURNIL, ""))
    )
    asked = typeform_download.question_ids("social")
    page = {key: value for key, value in serre.answers.items() if "." not in key}
    place = {
        **IMPORTED,
        "name": SERRE,
        "creator": {"name": CREATOR, "email": "gedeon@exemple.fr"},
        "cle": KEY,
        "page admin": "https://plateforme.exemple.fr/gestion-semee",
        "site": f"Pour corriger : {EDIT_LINK}",
    }
    files: dict[str, bytes] = {
        "2024/reponses.json": _json([scraped(halle), scraped(amarre), scraped(fournil)]),
        "2024/amarre.json": _json(scraped(amarre)),
        "2023/api.json": _json(api([halle, amarre])),
        "2023/00_export_global_typeform.csv": platform_csv.typeform([halle, amarre, serre]).encode(),
        "2022/00_export_global_genere.csv": platform_csv.genere([halle, amarre]).encode(),
        "2022/amarre.diff.csv": platform_csv.diff(amarre).encode(),
        "2021/responses.csv": typeform_download.as_csv(typeform_download.table([amarre, serre], asked)),
        "2020/responses.xlsx": typeform_download.as_xlsx(typeform_download.table([halle, amarre], asked)),
        "2023/serre.json": _json(place),
        "2023/environnement.json": _json(
            {
                **environment_file(AMARRE, environment_answers("forms", AMARRE)),
                "share_email": MAIL,
                "mail": MAIL,
                "nom": PERSON,
            }
        ),
        "2024/serre.html": render(page, SERRE, "T6", "html").encode(),
        "2024/serre.txt": render(page, SERRE, "T6", "rendered").encode(),
        "2024/export-lieux.csv": (
            f"identifiant;nom;url_administration;email\nserre;{SERRE};{EDIT_LINK};{MAIL}\n"
        ).encode(),
        "2024/recu.zip": _zip({"2019/amarre.typeform.csv": platform_csv.typeform([amarre]).encode()}),
    }
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return file.getvalue()
