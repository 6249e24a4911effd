"""codebook.xml: the questionnaire as DDI-Codebook 2.5 (https://ddialliance.org/Specification/DDI-Codebook/2.5/).

A question is a variable. A group of the type `section` holds the questions of a category; one of the type `other`
holds those that a version of the questionnaire asks, as far as the exports of the release show it: a generation of
pages, or a form of export (the standard's own type `version` means variants of one question). Only a wording that is
the questionnaire's own is a literal question.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

from analyses.package.contents import Release, Table
from analyses.package.identity import Identity

NAMESPACE = "ddi:codebook:2_5"
_SCHEMA = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LANGUAGES = ("fr", "en")

#: How a question is answered, in the words of DDI: attributes of `var`, and the domain of the answer.
_KINDS = {
    "single": ({"intrvl": "discrete", "nature": "nominal"}, "category"),
    "multiple": ({"intrvl": "discrete", "nature": "nominal"}, "multiple"),
    "rating": ({"intrvl": "discrete", "nature": "ordinal"}, "numeric"),
    "number": ({"intrvl": "contin", "nature": "ratio"}, "numeric"),
    "count": ({"intrvl": "discrete", "nature": "ratio"}, "numeric"),
    "amount": ({"intrvl": "contin"}, "numeric"),
    "date": ({"intrvl": "contin", "nature": "interval", "temporal": "Y"}, "datetime"),
}
_OTHER_KIND: tuple[dict[str, str], str] = ({"intrvl": "discrete"}, "text")

#: Units of what is counted one by one.
_COUNTED = {"events", "partners", "persons", "structures"}
#: Units that are none: the ends of a scale, and one that nobody knows.
_SCALE = re.compile(r"(\d+)-(\d+)")
_UNKNOWN = "unknown"

_VERSIONS = """
    select distinct coalesce(dim_source.generation, dim_source.format) as version, question_id
    from fct_response_record
    inner join dim_source using (source_id)
    where state <> 'not_asked' and fct_response_record.year <= $1
    order by all
"""


def codebook(
    release: Release, identity: Identity, tables: list[Table], texts: dict[str, dict[str, str]]
) -> bytes:
    """The codebook of the questionnaire, as an XML document."""
    questions = release.rows("select * from dim_question order by form, category_id, position, question_id")
    ids = {row["question_id"]: f"V{number}" for number, row in enumerate(questions, 1)}
    book = ET.Element(
        "codeBook",
        {
            "xmlns": NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{NAMESPACE} {_SCHEMA}",
            "version": "2.5",
            "ID": f"effets-{identity.year}",
            _LANG: "fr",
        },
    )
    document = ET.SubElement(book, "docDscr")
    _citation(document, identity, {k: f"{texts['questionnaire'][k]}, {identity.year}" for k in _LANGUAGES})
    _study(book, identity, texts)
    for number, table in enumerate(tables, 1):
        _file(book, f"F{number}", table)
    data = ET.SubElement(book, "dataDscr")
    _sections(data, release, questions, ids)
    _versions(data, release, identity, ids, texts)
    answers = _answers(release)
    states = release.rows("select * from dim_state where state <> 'answered' order by position")
    for question in questions:
        _variable(data, question, ids[question["question_id"]], answers, states)
    for language in _LANGUAGES:
        _text(data, "notes", texts["variables"][language], {_LANG: language})
    ET.indent(book)
    text = ET.tostring(book, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _citation(parent: ET.Element, identity: Identity, title: dict[str, str]) -> None:
    citation = ET.SubElement(parent, "citation")
    titles = ET.SubElement(citation, "titlStmt")
    _text(titles, "titl", title["fr"], {_LANG: "fr"})
    _text(titles, "parTitl", title["en"], {_LANG: "en"})
    _text(titles, "IDNo", identity.id)
    responsible = ET.SubElement(citation, "rspStmt")
    _text(responsible, "AuthEnty", identity.publisher)
    production = ET.SubElement(citation, "prodStmt")
    _text(production, "producer", identity.publisher)
    _text(production, "software", "effets", {"version": identity.software_version})
    statement = ET.SubElement(citation, "verStmt")
    _text(statement, "version", identity.version)


def _study(book: ET.Element, identity: Identity, texts: dict[str, dict[str, str]]) -> None:
    study = ET.SubElement(book, "stdyDscr")
    _citation(study, identity, identity.title)
    about = ET.SubElement(study, "stdyInfo")
    subjects = ET.SubElement(about, "subject")
    for language in _LANGUAGES:
        for keyword in identity.keywords_of[language]:
            _text(subjects, "keyword", keyword, {_LANG: language})
    for language in _LANGUAGES:
        _text(about, "abstract", identity.description[language], {_LANG: language})
    summary = ET.SubElement(about, "sumDscr")
    for event, year in (("start", identity.first_year), ("end", identity.year)):
        _text(summary, "timePrd", str(year), {"event": event, "date": str(year)})
    _text(summary, "nation", "France", {"abbr": "FR"})
    for language in _LANGUAGES:
        _text(summary, "anlyUnit", texts["unit_of_analysis"][language], {_LANG: language})
    for language in _LANGUAGES:
        universe = texts["universe"][language].format(year=identity.year, first_year=identity.first_year)
        _text(summary, "universe", universe, {_LANG: language})
    access = ET.SubElement(study, "dataAccs")
    use = ET.SubElement(access, "useStmt")
    for language in _LANGUAGES:
        _text(use, "restrctn", texts["restrictions"][language], {_LANG: language})
    _text(use, "conditions", f"{identity.licence_title}, {identity.licence_url}")


def _file(book: ET.Element, ident: str, table: Table) -> None:
    path = f"data/{table.name}.csv"
    about = ET.SubElement(ET.SubElement(book, "fileDscr", {"ID": ident, "URI": path}), "fileTxt")
    _text(about, "fileName", table.name)
    _text(about, "fileCont", table.description["fr"], {_LANG: "fr"})
    dimensions = ET.SubElement(about, "dimensns")
    _text(dimensions, "caseQnty", str(table.row_count))
    _text(dimensions, "varQnty", str(len(table.columns)))
    _text(about, "fileType", "text/csv", {"charset": "UTF-8"})


def _sections(
    data: ET.Element, release: Release, questions: list[dict[str, Any]], ids: dict[str, str]
) -> None:
    for number, category in enumerate(
        release.rows("select * from dim_category order by position, category_id"), 1
    ):
        members = [ids[q["question_id"]] for q in questions if q["category_id"] == category["category_id"]]
        if members:
            group = _group(data, f"G{number}", "section", category["category_id"], members)
            _labels(group, category)


def _versions(
    data: ET.Element,
    release: Release,
    identity: Identity,
    ids: dict[str, str],
    texts: dict[str, dict[str, str]],
) -> None:
    asked: dict[str, list[str]] = {}
    for row in release.rows(_VERSIONS, [identity.year]):
        asked.setdefault(row["version"], []).append(ids[row["question_id"]])
    for number, (version, members) in enumerate(asked.items(), 1):
        group = _group(data, f"version-{number}", "other", version, sorted(members, key=lambda v: int(v[1:])))
        for language in _LANGUAGES:
            _text(group, "labl", texts["version"][language].format(version=version), {_LANG: language})


def _group(data: ET.Element, ident: str, kind: str, name: str, members: list[str]) -> ET.Element:
    return ET.SubElement(data, "varGrp", {"ID": ident, "type": kind, "name": name, "var": " ".join(members)})


def _variable(
    data: ET.Element,
    question: dict[str, Any],
    ident: str,
    answers: dict[str, list[dict[str, Any]]],
    states: list[dict[str, Any]],
) -> None:
    unit = question["unit"] or ""
    attributes, domain = _KINDS.get(_kind(question["kind"], unit), _OTHER_KIND)
    scale = _SCALE.fullmatch(unit)
    measured = {} if not unit or scale or unit.startswith(_UNKNOWN) else {"measUnit": unit}
    variable = ET.SubElement(
        data, "var", {"ID": ident, "name": question["question_id"], **attributes, **measured}
    )
    _labels(variable, question)
    asked = ET.SubElement(variable, "qstn", {"ID": f"Q{ident[1:]}", "responseDomainType": domain})
    # A wording of ours is no literal question; English ones always are ours.
    if question["label_evidence"] == "attested":
        _text(asked, "qstnLit", question["label_fr"], {_LANG: "fr"})
    if scale:
        ET.SubElement(ET.SubElement(variable, "valrng"), "range", {"min": scale[1], "max": scale[2]})
    for answer in answers.get(question["answer_list"] or "", []):
        category = ET.SubElement(variable, "catgry")
        _text(category, "catValu", answer["answer_id"])
        _labels(category, answer)
    for state in states:
        category = ET.SubElement(variable, "catgry", {"missing": "Y", "missType": state["state"]})
        _text(category, "catValu", state["state"])
        _labels(category, state)
    kind = "numeric" if domain == "numeric" else "character"
    format_ = ET.SubElement(variable, "varFormat", {"type": kind})
    if question["kind"] == "date":
        format_.set("category", "date")


def _kind(kind: str, unit: str) -> str:
    """A key of `_KINDS`: what is counted is discrete; whether an amount has a zero, its unit would have to tell."""
    if kind == "number" and unit in _COUNTED:
        return "count"
    return "amount" if kind == "number" and unit.startswith(_UNKNOWN) else kind


def _answers(release: Release) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in release.rows("select * from dim_answer order by answer_list, position, answer_id"):
        found.setdefault(row["answer_list"], []).append(row)
    return found


def _labels(parent: ET.Element, row: dict[str, Any]) -> None:
    for language in _LANGUAGES:
        _text(parent, "labl", row[f"label_{language}"], {_LANG: language})


def _text(parent: ET.Element, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
    ET.SubElement(parent, name, attributes or {}).text = text
