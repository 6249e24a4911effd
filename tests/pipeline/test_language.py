"""The command speaks French under a French locale and English elsewhere; what it writes does not change."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from typer.testing import CliRunner

import effets
from ingest import speech
from ingest.speech import language, tr, trn
from tests.pipeline.catalogue import ROOT, keys
from tests.pipeline.warehouses import invoke

CATALOGUE = ROOT / "ingest" / "texts" / "effets.fr.po"
_LOCALE = ("EFFETS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFFETS_LANG", "fr_FR.UTF-8")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "fr_CA"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "fr_FR"}, "fr"),
        ({"LANG": "en_GB", "EFFETS_LANG": "fr"}, "fr"),
        ({"LANG": "frp_FR"}, "en"),
    ],
)
def test_the_locale_decides(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in _LOCALE:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def entries() -> dict[str | tuple[str, str], str | tuple[str, ...]]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr", abort_invalid=True)
    return {
        message.id if isinstance(message.id, str) else (message.id[0], message.id[1]): (
            message.string if isinstance(message.string, str) else tuple(message.string)
        )
        for message in catalogue
        if message.id and not message.fuzzy
    }


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_the_catalogue_is_complete() -> None:
    known = entries()
    missing = [key for key in keys() if key not in known]
    assert not missing, f"ingest/texts/effets.fr.po lacks: {missing}"


def test_translations_have_the_same_places_for_values() -> None:
    for key, translation in entries().items():
        originals = [key] if isinstance(key, str) else list(key)
        translations = [translation] if isinstance(translation, str) else list(translation)
        assert len(originals) == len(translations), key
        for text in translations:
            assert text and fields(text) == fields(originals[-1]), (key, text)


def test_no_translation_is_idle() -> None:
    """Every key is said somewhere: by `tr`, in a help, or as a sentence of a rejection or a decision."""
    said: set[object] = set(keys())
    for file in (ROOT / "ingest").rglob("*.py"):
        said |= {n.value for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.Constant)}
    assert [key for key in entries() if key not in said] == []


def test_numbers_follow_the_language(french: None) -> None:
    assert trn("{n} site", "{n} sites", 1) == "1 site"  # not in the catalogue: as it stands
    assert trn("{n} project", "{n} projects", 0) == "0 lieu"
    assert trn("{n} project", "{n} projects", 1234) == "1\u202f234 lieux"
    assert tr("release {id}", id="0001-x") == "publication 0001-x"


def test_every_command_has_help_with_examples_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tests.pipeline.catalogue import commands

    for path in commands():
        for chosen, heading, usage in (
            ("en", "Examples:", "Usage:"),
            ("fr", "Exemples\u00a0:", "Usage\u00a0:"),
        ):
            monkeypatch.setenv("EFFETS_LANG", chosen)
            result = invoke(*path.split(), "--help", warehouse=tmp_path)
            assert result.exit_code == 0
            assert heading in result.stdout and f"effets {path}" in result.stdout, path
            assert usage in result.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["nonesuch"], "Erreur : Commande inconnue : 'nonesuch'."),
        (["archive", "nonesuch"], "Erreur : Commande inconnue : 'nonesuch'."),
        (["explain"], "Erreur : Argument manquant : 'INDICATOR'."),
        (["report", "--yeer", "1"], "Erreur : Option inconnue : --yeer (options possibles : --year)"),
        (["report", "--year"], "Erreur : Option '--year' demande une valeur."),
        (
            ["report", "--year", "x"],
            "Erreur : Valeur non valable pour '--year': un nombre entier est attendu",
        ),
    ],
)
def test_a_wrong_command_line_is_told_in_french(line: list[str], said: str, french: None) -> None:
    result = CliRunner().invoke(effets.app, line)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not re.search(r"\b(Usage:|Try|Error|Input)\b", result.stderr)


def test_french_on_the_screen_and_english_in_what_is_kept(
    french: None,
    exports: Path,
    root: Path,
    tmp_path: Path,
    quick_build: None,
    quick_gate: None,
    reports: list[int],
) -> None:
    spoken = invoke("run", exports, "--out", tmp_path, warehouse=root)
    assert "2 nouveaux · 0 connu · 2 refusés" in spoken.stdout
    assert "lecture des exports" in spoken.stderr
    assert "refusé\u00a0: 2024/vide.html — unknown-format: un fichier vide" in spoken.stdout
    result = json.loads(invoke("status", "--json", warehouse=root).stdout)
    details = {row["path"]: row["detail"] for row in result["status"]["rejected"]}
    assert details["2024/vide.html"] == "an empty file"
    unknown = invoke("retract", "no-such-file", warehouse=root)
    assert unknown.exit_code == 2 and "aucun export archivé n’est no-such-file" in unknown.stderr


def test_the_catalogue_is_read_for_french_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFFETS_LANG", "en")
    monkeypatch.setattr(speech, "_french", lambda: pytest.fail("read"))
    assert tr("release {id}", id=1) == "release 1"
    assert trn("{n} file", "{n} files", 2) == "2 files"
