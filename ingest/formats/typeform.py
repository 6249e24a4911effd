"""Typeform responses as the platform scrapes them: one JSON array of responses, or one response in a file.

Recognised by `answers` whose entries have an `id` and a `title`; the API's have a `field`. A response lists
every question it was shown, with its title and an empty value where nothing was answered. Questions stand in
groups or beside them, and the value under a key named like the type. Of the form's variants (full, general
information, social effects, environment) a response carries whatever it has questions of.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from ingest.formats import fields, json_file, personal
from ingest.formats.json_file import malformed
from ingest.identify import Sample
from ingest.reading import Rejection

NAME = "typeform_json"

_ANSWERS = re.compile(rb'"answers"\s*:\s*\[')
_ENTRY = re.compile(rb'"(?:group|title)"\s*:')
_API_ENTRY = re.compile(rb'"field"\s*:\s*\{')

#: Where the platform itself looks for the place's name; which of them depends on the form.
_NAME_PLACES = ("/answers/1", "/answers/1/group/answers/0", "/answers/2/group/answers/0")


def recognise(sample: Sample) -> bool:
    """Whether the file begins like a scraped response, or a list of them."""
    head = sample.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    answers = _ANSWERS.search(head) if head[:1] in (b"[", b"{") else None
    if answers is None or _API_ENTRY.search(head) or b'"items"' in head[: answers.start()]:
        return False
    return _ENTRY.search(head, answers.end()) is not None or b'"token"' in head


def redact(data: bytes) -> bytes:
    """The file with the respondents' names, addresses and traces emptied; unchanged if it holds none.

    Every value keeps its place. Raises Rejection: `malformed` for what is no response or list of responses,
    `empty` for a list without any.
    """
    document, is_changed = json_file.parse_quickly(data)
    responses = document if isinstance(document, list) else [document]
    if not responses:
        raise Rejection(
            "empty", "a list without a response", "Nobody had answered yet: export it again later."
        )
    for number, response in enumerate(responses):
        groups = list(_groups(response, f"/{number}" if isinstance(document, list) else ""))
        is_changed |= json_file.scrub(response, but={"answers"})
        for questions in groups:
            is_changed |= _redact_group(questions)
    return json_file.dump(document) if is_changed or json_file.is_doubled(data) else data


def _groups(response: Any, pointer: str) -> Iterator[list[dict[str, Any]]]:
    """The questions of a response that stand together: those outside of groups, and those of each group."""
    if not isinstance(response, dict) or not isinstance(response.get("answers"), list):
        raise malformed(
            f"{pointer or 'the document'} is no response: it has no list of `answers`",
            "Take the file as the platform's scraper wrote it: a list of responses, or one response.",
        )
    waiting = [(f"{pointer}/answers", response["answers"])]
    for place, entries in waiting:  # grows while it is walked through
        for number, entry in enumerate(entries):
            group = entry.get("group") if isinstance(entry, dict) else 0
            if group is not None and not (isinstance(group, dict) and isinstance(group.get("answers"), list)):
                raise malformed(
                    f"{place}/{number} is neither a question nor a group of questions",
                    "Take the file as the platform's scraper wrote it.",
                )
            if group:
                waiting.append((f"{place}/{number}/group/answers", group["answers"]))
        yield [entry for entry in entries if entry.get("group") is None]


def _redact_group(questions: list[dict[str, Any]]) -> bool:
    """Empty what is a person's; return whether anything was."""
    known = tuple(
        (_text(question.get("id")), _text(question.get("title")), _text(question.get("type")))
        for question in questions
    )
    of_persons = personal.personal_places(known)
    is_changed = False
    for place, question in enumerate(questions):
        for key, value in question.items():
            if key in ("id", "ref", "title", "type"):
                continue
            if place not in of_persons and json_file.is_harmless(value):
                continue
            if place in of_persons:
                kept = json_file.emptied(value)
            elif personal.is_known(known[place][0]):
                kept = json_file.with_strings(value, personal.without_links)
            else:
                kept = json_file.with_strings(value, personal.without_contact)
            if kept != value:
                question[key] = kept
                is_changed = True
    return is_changed


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


#: Where each record stands (see ingest/formats/__init__.py).
PLACES = "select record_key, response_pointer as place from form_responses"

without = json_file.without
parts = json_file.parts


def compact(document: bytes) -> tuple[bytes, dict[str, str]]:
    """The responses of a document as the queries take them, and by name the shapes that they have.

    A shape is what was asked, the same for nearly all; a response has a value or choices for each question of its
    own. A token that comes again is counted on: both are records.
    """
    parsed, _ = json_file.parse_quickly(document)
    is_list = isinstance(parsed, list)
    tokens: Counter[str] = Counter()
    shapes: dict[str, str] = {}
    responses = []
    for number, response in enumerate(parsed if is_list else [parsed]):
        if not isinstance(response, dict):
            continue  # taken out (`without`), or in another part
        token = _told(response.get("token")) or (str(number) if is_list else "")
        tokens[token] += 1
        asked: list[_Asked] = []
        values: list[str | None] = []
        choices: list[list[str | None] | None] = []
        for place, entry in _questions(response["answers"], "/answers"):
            told = _asked(place, entry)
            answer = told[0]
            asked.append(told[1:])
            if type(answer) is str:
                values.append(answer)
                choices.append(None)
            elif isinstance(answer, list):
                values.append(None)
                choices.append([item if type(item) is str else _label(item) for item in answer])
            else:
                values.append(_told(answer))
                choices.append(None)
        name, shape = _shape(tuple(asked))
        shapes[name] = shape
        responses.append(
            {
                "record_key": token if tokens[token] == 1 else f"{token}#{tokens[token]}",
                "response_pointer": f"/{number}" if is_list else "",
                "submitted_at": _told(response.get("submitted_at")),
                "shape": name,
                "values": values,
                "choices": choices,
            }
        )
    return json_file.dump(responses), shapes


#: Of a question: its two ids, title and type, where its answer stands in the response, whether that can be read,
#: and the attribute of the place that it may tell.
_Asked = tuple[str | None, str | None, str | None, str | None, str | None, bool, str | None]


@lru_cache(256)
def _shape(asked: tuple[_Asked, ...]) -> tuple[str, str]:
    names = ("field_ref", "other_ref", "title", "typeform_type", "pointer", "is_readable", "hint")
    text = json_file.dump([dict(zip(names, question, strict=True)) for question in asked])
    # Twelve characters are a value of their own in DuckDB, and no reference to one.
    return b64encode(sha256(text).digest())[:12].decode(), text.decode()


def _questions(entries: list[dict[str, Any]], pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The questions as they were asked, those of groups in the place of these."""
    for number, entry in enumerate(entries):
        group = entry.get("group")
        if group is None:
            yield f"{pointer}/{number}", entry
        else:
            yield from _questions(group["answers"], f"{pointer}/{number}/group/answers")


def _asked(place: str, entry: dict[str, Any]) -> tuple[Any, *_Asked]:
    """The answer to a question, and what was asked."""
    kind, title = _told(entry.get("type")), entry.get("title")
    field_ref, other_ref = entry.get("id"), entry.get("ref")
    pointer, answer, is_readable = None, None, True
    if kind is not None:
        answer = payload = entry.get(kind)
        pointer = f"{place}/{_escaped(kind)}"
        if isinstance(payload, dict):
            key = "value" if "value" in payload else next((k for k in _ANSWERED_UNDER if k in payload), None)
            answer = payload[key] if key else (payload or None)
            is_readable = key is not None and not isinstance(answer, dict)
            pointer = f"{pointer}/{key}" if key else pointer
    hint = "name" if kind == "short_text" and place in _NAME_PLACES else None
    return (
        answer,
        field_ref if type(field_ref) is str else _told(field_ref),
        other_ref if other_ref is None else _told(other_ref),
        title if type(title) is str else _told(title),
        kind,
        pointer,
        is_readable,
        hint,
    )


_ANSWERED_UNDER = ("value", "choices", "file_url")


@lru_cache(1024)
def _escaped(key: str) -> str:
    """A key, in a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def _told(value: Any) -> str | None:
    """A value as a text: what is none is written as JSON is."""
    if value is None or isinstance(value, str):
        return value
    return json_file.dump(value).decode()


def _label(item: Any) -> str | None:
    label = item.get("label") if isinstance(item, dict) else None
    return _told(item if label is None else label)


_COMPACT = (
    '[{"record_key":"VARCHAR","response_pointer":"VARCHAR","submitted_at":"VARCHAR","shape":"VARCHAR",'
    '"values":["VARCHAR"],"choices":[["VARCHAR"]]}]'
)

QUERIES: Mapping[str, str] = {
    # One row per response.
    "form_responses": f"""
        select source_id, unnest(from_json(document, '{_COMPACT}'), recursive := true) from documents
    """,
    # One row per question of each shape.
    "form_shapes": """
        with questions as (
            select
                shape,
                from_json(
                    questions,
                    '[{"field_ref":"VARCHAR","other_ref":"VARCHAR","title":"VARCHAR","typeform_type":"VARCHAR",'
                    || '"pointer":"VARCHAR","is_readable":"BOOLEAN","hint":"VARCHAR"}]'
                ) as questions
            from shapes
        )

        select
            shape,
            generate_subscripts(questions, 1)::integer as position,
            unnest(questions, recursive := true)
        from questions
    """,
    "form_records": f"""
        select
            source_id,
            record_key,
            'not_asked' as default_state,
            {fields.utc_timestamp("submitted_at")} as submitted_at,
            null::varchar as project_name,
            null::varchar as project_link
        from form_responses
    """,
    "form_answers": """
        with answers as (
            select
                source_id,
                record_key,
                response_pointer,
                shape,
                generate_subscripts("values", 1)::integer as position,
                unnest("values") as value,
                unnest(choices) as choices
            from form_responses
        )

        select
            answers.source_id,
            answers.record_key,
            answers.position,
            shapes.field_ref,
            shapes.other_ref,
            shapes.title,
            shapes.typeform_type,
            answers.value,
            list_transform(
                answers.choices,
                lambda label, i: {
                    'label': label,
                    'pointer': answers.response_pointer || shapes.pointer || '/' || (i - 1)
                }
            ) as choices,
            answers.response_pointer || shapes.pointer as pointer,
            shapes.is_readable,
            false as is_stored,
            if(answers.value <> '', shapes.hint, null) as hint
        from answers
        inner join form_shapes as shapes using (shape, position)
    """,
    **fields.QUERIES,
}
