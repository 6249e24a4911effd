"""What a response of the generator must come back as, whatever the file that carried it."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from examples.answers import Taste, profile_answers, social_answers
from examples.codebook import answer_ids, questions
from examples.environment import environment_answers, environment_questions
from examples.typeform import Response
from tests.ingest.raw import Record

#: Asked by no Typeform form.
UNASKED = {"moyens.investissement.Fonds apportés", "presentation.date_fermeture"}
#: Parts of the questionnaire by variant of the form.
CARRIED = {
    "full": {"profile", "social"},
    "general_information": {"profile"},
    "social_impact": {"social"},
    "environmental": {"environment"},
}
RESPONDENT = ("Camille Inventée", "camille@exemple.fr")


def response(seed: object, token: str = "t0ken", odd: float = 0.5) -> Response:
    """An invented response that answers every form."""
    taste = Taste(odd=odd, unknown=0.3, older=0.3, filled=0.7, told=0.6)
    return Response(
        token,
        f"L'Essai n° {seed}",
        "1 rue « des » Essais\n35000 Rennes",
        ("35000", "01000", "97400")[ord(str(seed)[-1]) % 3],
        RESPONDENT,
        social_answers(seed, taste=taste) | profile_answers(seed, filled=0.7) | environment_answers(seed),
    )


RESPONSES = st.builds(response, st.integers(0, 10_000), odd=st.sampled_from([0.0, 0.5, 1.0]))


def check(record: Record, given: Response, variant: str, *, is_complete: bool = True) -> None:
    """Compare a record with what was given; `is_complete`: the file shows what was left empty, too."""
    assert record.row["project_name"] == given.name
    assert record.forms.keys() == CARRIED[variant]
    if variant == "environmental":
        _check_environment(record, given)
        return
    if variant != "general_information":
        assert record.row["postal_code"] == given.postal_code.lstrip("0")
    asked = {
        question.question_id
        for question in questions().values()
        if question.form in CARRIED[variant] and question.question_id not in UNASKED
    }
    assert record.states.keys() <= asked
    for question_id in asked:
        _check_question(record, given, question_id, is_complete)


def _check_question(record: Record, given: Response, question_id: str, is_complete: bool) -> None:
    question = questions()[question_id]
    answer = given.answers[question_id]
    if question_id == "moyens.partenaires":
        if record.states[question_id] != "not_shown":  # as in files that lost the lines they are counted in
            _check_partners(record, given)
        return
    # The generator, like the platform, writes 0 for a social number that nobody gave.
    if answer in (None, "", []) or (answer == 0 and question.form == "social"):
        assert record.states.get(question_id) in ({"blank"} if is_complete else {"blank", None}), question_id
        return
    assert record.states[question_id] == "answered", question_id
    if isinstance(answer, list):
        known = answer_ids(question.answer_list)
        found = {row["answer_id"] or row["raw_label"] for row in record.observations[question_id]}
        assert found == {known.get(label, label) for label in answer}, question_id
    elif question.role == "testimony":
        assert record.testimonies[question_id]["text"] == answer
    elif question.kind == "keywords":
        assert record.texts(question_id) == [word.strip() for word in str(answer).split(",")]
    elif question.kind in ("text", "date"):
        assert record.texts(question_id) == [answer], question_id
    elif re.fullmatch(r"[0-9.]+", str(answer)):
        number = record.number(question_id)
        assert number is not None and abs(number - float(str(answer))) < 1e-9, question_id
        assert record.texts(question_id) == [None]
    else:
        assert (record.number(question_id), record.texts(question_id)) == (None, [answer])


def _check_partners(record: Record, given: Response) -> None:
    count = 0
    for question_id in ("presentation.acteurs_publics", "presentation.acteurs_prives"):
        text = str(given.answers[question_id])
        separator = next((mark for mark in ("\n", ", ", " - ") if mark in text), "\n")
        count += len(text.split(separator)) if text else 0
    assert record.number("moyens.partenaires") == count


def _check_environment(record: Record, given: Response) -> None:
    for question_id, question in environment_questions().items():
        answer = given.answers[question_id]
        assert record.states[question_id] == ("blank" if answer in ("", []) else "answered"), question_id
        if record.states[question_id] == "blank":
            continue
        if question["answer_list"] == "oui_non":
            assert [row["answer_id"] for row in record.observations[question_id]] == [
                "oui" if answer == "Yes" else "non"
            ]
        elif isinstance(answer, list):
            assert [row["raw_label"] for row in record.observations[question_id]] == answer
        elif question["role"] == "testimony":
            assert record.testimonies[question_id]["text"] == answer
        elif question["role"] == "figure":
            whole = re.match(r"[0-9]{1,3}(?: [0-9]{3})*(?:,[0-9]+)?", str(answer))
            number = float(whole[0].replace(" ", "").replace(",", ".")) if whole else None
            assert record.number(question_id) == number
            assert record.texts(question_id) == [None if number == 12 else answer]
        else:
            assert record.texts(question_id) == [str(answer)]
    assert record.row["city"] == given.answers["ville"]
    assert record.row["postal_code"] == str(given.answers["code_postal"])
