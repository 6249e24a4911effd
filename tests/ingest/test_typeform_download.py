"""Typeform's downloads: CSV and workbook read alike, and no choice is ever given to the wrong question."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from random import Random
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from examples.answers import Taste, profile_answers, social_answers
from examples.codebook import answer_ids
from examples.codebook import questions as invented_questions
from examples.typeform import Response
from examples.typeform_download import SUBMITTED_AT, as_csv, as_xlsx, question_ids, table
from ingest.formats import typeform_download, typeform_download_xlsx
from ingest.identify import Sample
from ingest.reading import Rejection
from tests.ingest.raw import Record, everything, questions, read
from tests.ingest.responses import RESPONDENT

ASKED = [*question_ids("profile"), *question_ids("social")]

#: Two questions of one criterion have this list: their columns cannot be told apart.
UNDECIDED = {"presentation.natures_partenariats.public", "presentation.natures_partenariats.prive"}
#: A list of one choice of two: nothing but a yes or no is asked.
YES_NO = {"activites", "accessibilite.accessibilite"}


def invented(seed: object, unknown: float = 0.3) -> Response:
    taste = Taste(odd=0.8, unknown=unknown, older=0)  # one choice of one's own at most
    answers = social_answers(seed, taste=taste) | profile_answers(seed)
    return Response(f"id-{seed}", "La Halle aux essais", "1 rue des Essais", "35000", RESPONDENT, answers)


def agrees(record: Record, response: Response, undecided: set[str]) -> None:
    """What was answered was read under its question; of the undecided ones, nothing under any."""
    for question_id in ASKED:
        question, given_answer = invented_questions()[question_id], response.answers[question_id]
        if question_id in undecided:
            assert question_id not in record.states, question_id
        elif question_id in YES_NO:
            continue
        elif isinstance(given_answer, list):
            ids = answer_ids(question.answer_list)
            labels = (
                given_answer if ids or not given_answer else [", ".join(given_answer)]
            )  # one cell holds them
            expected = [(ids.get(label), label) for label in labels]
            assert sorted(record.labels(question_id), key=str) == sorted(expected, key=str), question_id
        elif question.role == "testimony":
            text = record.testimonies[question_id]["text"] if question_id in record.testimonies else ""
            assert text == given_answer, question_id
        elif question.kind == "number":
            is_unsaid = given_answer == 0 and question.form == "social"
            assert record.numbers().get(question_id) == (None if is_unsaid else given_answer), question_id
        elif question.kind == "date":
            assert record.texts(question_id) == ([given_answer] if given_answer else []), question_id
        if given_answer in (None, "", []) and question_id not in undecided | YES_NO:
            assert record.states[question_id] == "blank", question_id


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**9), st.booleans())
def test_a_download_comes_back_from_csv_and_from_a_workbook(seed: int, bom: bool) -> None:
    responses = [invented(seed), invented(seed + 1)]
    rows = table(responses, ASKED)
    from_csv = read(typeform_download, as_csv(rows, bom))
    from_workbook = read(typeform_download_xlsx, as_xlsx(rows))
    assert from_csv.keys() == from_workbook.keys()
    for response in responses:
        record = from_csv["0", response.token]
        agrees(record, response, UNDECIDED)
        agrees(from_workbook["0", response.token], response, UNDECIDED)
        row = record.row
        assert (row["project_name"], row["address"]) == (response.name, response.address)
        assert (row["postal_code"], row["submitted_at"]) == (response.postal_code, SUBMITTED_AT)
        assert record.forms == {"profile": "not_asked", "social": "not_asked"}
        assert {row["title"] for row in record.unmapped} <= {
            "Économique",
            "En nature",
            "Codéveloppement de projets",
        }


#: All testimonies are asked for in these words by the form itself.
GENERIC = {
    question_id: "Merci de donner un exemple ou d'expliciter."
    for question_id in ASKED
    if invented_questions()[question_id].role == "testimony"
}


def criteria() -> list[list[str]]:
    """The social questions by criterion: a form asks those of one criterion together."""
    groups: dict[str, list[str]] = {}
    for question_id in question_ids("social"):
        groups.setdefault(questions()[question_id].category_id, []).append(question_id)
    return list(groups.values())


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9), st.permutations(criteria()), st.randoms(use_true_random=False), st.booleans())
def test_in_no_order_a_choice_goes_to_another_question(
    seed: int, groups: list[list[str]], random: Random, has_other: bool
) -> None:
    order = [question_id for group in groups for question_id in random.sample(group, len(group))]
    response = invented(seed, unknown=0.3 if has_other else 0)
    records = read(typeform_download, as_csv(table([response], order, GENERIC, has_other)))
    record = records["0", response.token]
    apart = {row["value_text"] for row in record.unmapped}
    for question_id in order:
        answer = response.answers[question_id]
        if isinstance(answer, list):
            found = {label for _, label in record.labels(question_id)}
            assert found in (set(), {*answer}, {", ".join(answer)}), question_id
            if not found and answer:
                assert {*answer} <= apart, f"{question_id}: a choice is neither read nor kept apart"
                assert question_id not in record.states, "what was chosen elsewhere is not blank here"


def test_the_criteria_around_them_tell_the_publics_of_one_question_from_those_of_another() -> None:
    order = [
        *("solidarite_type", "solidarite_public", "solidarite"),
        *("reseaux_public", "reseaux_type", "reseaux"),
        *("impact_social_public", "impact_social_occasion", "lien_social"),
    ]
    for seed in range(3):
        response = invented(seed)
        record = read(typeform_download, as_csv(table([response], order)))["0", response.token]
        for question_id in ("solidarite_public", "reseaux_public", "impact_social_public"):
            labels = {label for _, label in record.labels(question_id)}
            assert labels == set(response.answers[question_id]), question_id


def test_choices_without_anything_around_them_stay_apart() -> None:
    response = replace(invented(1), answers={"impact_social_public": ["Publics en difficulté"]})
    record = read(typeform_download, as_csv(table([response], ["impact_social_public"])))["0", "id-1"]
    assert not record.chosen()
    assert [(row["title"], row["value_text"]) for row in record.unmapped] == [("Publics en difficulté",) * 2]


def csv_of(*titles_and_cells: tuple[str, str]) -> bytes:
    titles, cells = zip(*titles_and_cells, strict=True)
    return as_csv([["#", *titles, "Submit Date (UTC)", "Network ID", "Tags"], ["r1", *cells, "", "n", ""]])


def test_pointers_lead_to_the_cells() -> None:
    data = csv_of(("Occasions", ""), ("Espaces", ""), ("Biens", "Biens"), ("Nombre de bénévoles", "12"))
    record = read(typeform_download, data)["0", "r1"]
    assert record.observations["solidarite_type"][0]["source_pointer"] == "R2C4"
    assert record.observations["moyens.benevoles"][0]["source_pointer"] == "R2C5"
    rows = [["#", "Nombre de bénévoles", "Submit Date (UTC)", "Network ID"], ["r1", 12, SUBMITTED_AT, "n"]]
    for name, pointer in (("Sheet1", "Sheet1!B4"), ("Réponses de l'été", "'Réponses de l''été'!B4")):
        record = read(typeform_download_xlsx, as_xlsx(rows, name, rows_above=2))["0", "r1"]
        assert record.observations["moyens.benevoles"][0]["source_pointer"] == pointer


def test_yes_and_no_columns() -> None:
    record = read(typeform_download, csv_of(("Fablab", "1"), ("Conciergerie", "0"), ("Bureau", "")))[
        "0", "r1"
    ]
    assert [answer_id for answer_id, _ in record.labels("activites")] == ["fablab"]


def test_responses_without_an_id_or_with_the_same_are_all_kept() -> None:
    rows = [
        ["#", "Nombre de bénévoles", "Submit Date (UTC)"],
        ["a", 1, ""],
        ["a", 2, ""],
        ["", 3, ""],
        ["b", 4, ""],
    ]
    assert sorted(key for _, key in read(typeform_download, as_csv(rows))) == ["R4", "a#R2", "a#R3", "b"]


@pytest.mark.parametrize("module", [typeform_download, typeform_download_xlsx])
def test_nothing_of_the_respondent_stays(module: ModuleType) -> None:
    rows = table([invented(1)], ASKED)
    rows[0].append("Un mot de plus")
    rows[1].append("autre@exemple.fr")
    data = as_csv(rows) if module is typeform_download else as_xlsx(rows)
    redacted = module.redact(data)
    content = plain(redacted)
    assert "La Halle aux essais" in content
    for secret in (*RESPONDENT, "autre@exemple.fr", "a1b2c3d4e5"):
        assert secret not in content
        assert secret not in everything(read(module, data).values())


def plain(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return data.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(data)) as workbook:
        return "".join(workbook.read(name).decode() for name in workbook.namelist())


def test_a_redacted_workbook_is_the_same_bytes_every_time_and_keeps_its_cells() -> None:
    rows = table([invented(1)], ASKED)
    first = typeform_download_xlsx.redact(as_xlsx(rows, "Réponses", rows_above=3))
    time.sleep(2.1)  # the times in a ZIP file count by two seconds
    assert typeform_download_xlsx.redact(as_xlsx(rows, "Réponses", rows_above=3)) == first
    (sheet,) = (CalamineWorkbook.from_filelike(io.BytesIO(first)).get_sheet_by_index(0),)
    assert sheet.name == "Réponses"
    assert sheet.to_python(skip_empty_area=False)[4][0] == "id-1"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=12), min_size=1, max_size=5))
def test_texts_of_a_workbook_stay_as_they_are(texts: list[str]) -> None:
    titles = [f"Question {number}" for number in range(len(texts))]
    rows = [["#", *titles, "Submit Date (UTC)"], ["r1", *texts, ""]]
    try:
        kept = typeform_download_xlsx.redact(as_xlsx(rows))
    except Rejection:
        return
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(kept)).get_sheet_by_index(0)
    before = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(rows))).get_sheet_by_index(0)
    assert sheet.to_python(skip_empty_area=False) == [
        [str(cell) for cell in row] for row in before.to_python(skip_empty_area=False)
    ]


def test_titles_of_the_codebook_name_nobody() -> None:
    labels = [question.label_fr for question in questions().values()]
    assert typeform_download.personal_columns(labels) == set()


HEADER = b"#,Question,Submit Date (UTC),Network ID\n"


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (HEADER, "empty", "no response"),
        (HEADER + b",,,\n", "empty", "no response"),
        (HEADER + b'r1,"never closed', "malformed", "row 2"),
        (HEADER + b"r1,2\n", "malformed", "row 2"),
        (HEADER + b"r1,\xe9,,\n", "malformed", "UTF-8"),
        (HEADER + b"r1,\0,,\n", "malformed", "plain text"),
    ],
)
def test_a_damaged_csv_is_refused_with_a_reason_and_a_remedy(data: bytes, reason: str, detail: str) -> None:
    with pytest.raises(Rejection) as caught:
        typeform_download.redact(data)
    assert (caught.value.reason, caught.value.remedy[-1]) == (reason, ".")
    assert detail in caught.value.detail


def repacked(data: bytes, **changes: bytes) -> bytes:
    """A workbook with other content in some of its parts; `sheet` and `extra` are their short names."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "extra": "xl/media/image1.bin"}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, content in (parts | {names[key]: value for key, value in changes.items()}).items():
            new.writestr(name, content)
    return file.getvalue()


WORKBOOK = as_xlsx([["#", "Question", "Submit Date (UTC)"], ["r1", "x", SUBMITTED_AT]])
FAR = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>
</sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (WORKBOOK[:-40], "malformed"),
        (WORKBOOK[:200], "malformed"),
        (repacked(WORKBOOK, sheet=b"<worksheet"), "malformed"),
        (repacked(WORKBOOK, sheet=FAR), "too-large"),
        (repacked(WORKBOOK, extra=b"\0" * 50_000_000), "bomb"),
        (as_xlsx([["nom", "ville"], ["a", "b"]]), "unknown-format"),
        (as_xlsx([["#", "Question", "Submit Date (UTC)"]]), "empty"),
    ],
)
def test_a_workbook_that_cannot_be_taken_is_refused_with_a_reason_and_a_remedy(
    data: bytes, reason: str
) -> None:
    with pytest.raises(Rejection) as caught:
        typeform_download_xlsx.redact(data)
    assert (caught.value.reason, caught.value.remedy[-1]) == (reason, ".")


def test_each_is_recognised_by_what_it_begins_with() -> None:
    def known(data: bytes, name: str = "x") -> list[str]:
        sample = Sample.of(name, data)
        return [
            module.NAME for module in (typeform_download, typeform_download_xlsx) if module.recognise(sample)
        ]

    assert known(HEADER) == known(b"\xef\xbb\xbf" + HEADER) == ["typeform_download_csv"]
    assert known(HEADER.replace(b",", b";").replace(b"#", b'"#"')) == ["typeform_download_csv"]
    assert known(WORKBOOK, "réponses.xlsx") == known(WORKBOOK) == ["typeform_download_xlsx"]
    assert known(b"#,a,b\n") == known(b"PK\x03\x04", "x.zip") == known(b"") == []
