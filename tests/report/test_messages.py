"""Both catalogues say the same things, each in its language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from analyses.report.document import Cell
from analyses.report.forms.words import FOLDER as OF_FORMS
from analyses.report.messages import FOLDER, Messages, clean
from tests.report.page import Element

#: Words that are the same in both languages.
SAME = re.compile(
    r"^(\W|\d|\{\w+\}|R|E|n|k|m²|Points?|points|Question|Minimum|Part|Effets|Page|structures|Départements?"
    r"|Quartiles|Questionnaires?|public|Cause|Figures?|page|Base)*$"
)


def read(language: str, folder: Path = FOLDER) -> dict[str, list[str]]:
    with (folder / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    found = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = [message.string] if isinstance(message.string, str) else list(message.string)
            assert not message.fuzzy
    return found


@pytest.mark.parametrize("folder", [FOLDER, OF_FORMS], ids=["report", "forms"])
def test_every_message_is_in_both_and_none_is_left(folder: Path) -> None:
    french, english = read("fr", folder), read("en", folder)
    assert set(french) == set(english)
    for key, forms in french.items():
        others = english[key]
        assert len(forms) == len(others) and all(forms) and all(others), key
        assert {f for t in forms for f in re.findall(r"\{(\w+)\}", t)} == {
            f for t in others for f in re.findall(r"\{(\w+)\}", t)
        }, key
        assert forms != others or all(SAME.match(text) for text in forms), key


def test_every_message_that_the_code_names_is_there() -> None:
    of_report = set(read("fr"))
    of_forms = of_report | set(read("fr", OF_FORMS))
    root = FOLDER.parent
    for path in root.rglob("*"):
        if path.suffix in (".py", ".jinja"):
            source = path.read_text(encoding="utf-8")
            named = set(re.findall(r'\bt(?:\.rich)?\(\s*"([\w.-]+)"', source))
            has_both = path.relative_to(root).parts[0] in ("forms", "site")
            assert named <= (of_forms if has_both else of_report), path


def test_no_language_is_in_the_page_of_the_other(pages: dict[str, Element]) -> None:
    catalogues = {language: read(language) for language in ("fr", "en")}
    for language, other in (("fr", "en"), ("en", "fr")):
        text = pages[language].all("body")[0].text
        for key, forms in catalogues[other].items():
            if forms == catalogues[language][key]:
                continue
            for form in forms:
                for piece in re.split(r"\{\w+\}|\*\*", form):
                    words = re.sub(r"\s+", " ", piece).strip()
                    if len(words) > 15 and not any(words in own for own in catalogues[language][key]):
                        assert words not in text, (language, key)
    assert "in English" not in pages["fr"].text
    for word in (" évaluations", " lieux ", " une ", " que "):
        assert word not in pages["en"].all("main")[0].text.replace("On se croise", "")


def test_numbers_are_written_the_language_s_way() -> None:
    french, english = Messages("fr"), Messages("en")
    assert french.percent(0.5) == "50\u202f%" and english.percent(0.5) == "50%"
    assert french.percent(0.0004) == "moins de 1\u202f%" and english.percent(0.9996) == "more than 99%"
    assert french.percent(0.125, 1) == "12,5\u202f%" and english.percent(0.125, 1) == "12.5%"
    assert french.percent(0.125) == "13\u202f%" and french.percent(0.005) == "1\u202f%"
    assert french.count(12345) == "12\u202f345" and english.count(12345) == "12,345"
    assert french.points(-0.158) == "−16" and french.points(0.0) == "0" and english.points(0.04) == "+4"
    assert french.probability(0.0002) == "moins de 0,001" and english.probability(0.0703125) == "0.070"
    assert french.decimal(8.25) == "8,3" and english.decimal(26755.0) == "26,755"


def test_plurals_follow_the_language() -> None:
    french, english = Messages("fr"), Messages("en")
    assert french("key.evaluations", n=0) == "évaluation" and english("key.evaluations", n=0) == "evaluations"
    assert french("key.evaluations", n=Cell("2", 2, "count")) == "évaluations"


def test_names_sort_by_their_letters() -> None:
    order = Messages("fr").order
    assert sorted(["Zèbre", "étang", "Eau", "œuf", "orme"], key=order) == [
        "Eau",
        "étang",
        "œuf",
        "orme",
        "Zèbre",
    ]


def test_values_are_never_read_as_messages() -> None:
    texts = Messages("en")
    assert "{year} ** %s" in texts("page.title", network="{year} ** %s", year="2025")
    with pytest.raises(KeyError):
        texts("no.such")
    with pytest.raises(KeyError):
        texts("page.title", network="a")


def test_controls_are_not_printed() -> None:
    assert clean("a\x00b\u202ec\x1bd\u2066e\n") == "abcde\n"


def test_no_message_is_left_unfilled(pages: dict[str, Element]) -> None:
    for page in pages.values():
        assert not re.findall(r"\{\w*\}|\bNone\b|\bnan\b|Undefined", page.all("body")[0].text)
