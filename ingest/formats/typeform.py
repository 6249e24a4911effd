"""Typeform responses as the platform scrapes them: one JSON array of responses, or one response in a file.

Recognised by `answers` whose entries have an `id` and a `title`; the API's have a `field`. A response lists
every question it was shown, with its title and an empty value where nothing was answered. Questions stand in
groups or beside them, and the value under a key named like the type. Of the form's variants (full, general
information, social effects, environment) a response carries whatever it has questions of.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy
import pyarrow as pa

from ingest.formats import field_values, fields, json_file, personal
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
    return take(data)[0]


def take(data: bytes) -> tuple[bytes, Compact]:
    """The file as `redact` gives it, and what `compact` makes of that, in one go. Raises Rejection as `redact`."""
    document, is_changed = json_file.parse_quickly(data)
    if document == []:
        raise Rejection(
            "empty", "a list without a response", "Nobody had answered yet: export it again later."
        )
    compact, is_redacted = _REDACTING.read(document)
    is_changed |= is_redacted
    return json_file.dump(document) if is_changed or json_file.is_doubled(data) else data, compact


def compact(document: bytes) -> Compact:
    """What the queries take of a document that is redacted."""
    return _READING.read(json_file.parse_quickly(document)[0])[0]


class Value(NamedTuple):
    """What a question, its field and type given, has as its answer: a text, or choices.

    `pointer` leads from the question to the answer; `hint` is the attribute of the place that it may tell.
    """

    field_ref: str | None
    other_ref: str | None
    title: str | None
    typeform_type: str | None
    value: str | None
    choices: tuple[str | None, ...] | None
    pointer: str | None
    is_readable: bool
    hint: str | None


#: A response: its key, where it stands, when it was submitted, the places of its questions, and by the same rank its
#: values, each by the digest of its question and answer.
Response = tuple[str, str, str | None, tuple[str, ...], list[bytes]]


@dataclass(frozen=True, slots=True)
class Compact:
    """The responses of a document, and the values that they have, which many share."""

    responses: list[Response]
    values: dict[bytes, Value]


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as it stands in a file, with its answer.

    `asked`: its id, title and type. `kept`: the question without what must not be kept, if that differs.
    """

    asked: tuple[str | None, str | None, str | None]
    kept: dict[str, Any] | None
    digest: bytes
    value: Value


#: Questions that are remembered: forms ask the same of everybody, and most of what is answered comes again.
_REMEMBERED = 50_000
_LONGEST = 500  # bytes; what is longer comes once

#: Places of a response's questions: none for one that stands there, theirs for a group.
_Shape = tuple["_Shape | None", ...]


class _Reader:
    """Reads responses question by question, each of which that came before is known by its bytes."""

    def __init__(self, *, redacts: bool) -> None:
        self._redacts = redacts
        self._known: dict[bytes, _Question] = {}

    def read(self, document: Any) -> tuple[Compact, bool]:
        """The responses; and whether something was taken out of `document`, which is changed in its place.

        Raises Rejection `malformed`.
        """
        is_list = isinstance(document, list)
        tokens: Counter[str] = Counter()
        found: list[Response] = []
        values: dict[bytes, Value] = {}
        is_changed = False
        for number, response in enumerate(document if is_list else [document]):
            if response is None and not self._redacts:
                continue  # taken out (`without`)
            pointer = f"/{number}" if is_list else ""
            if not isinstance(response, dict) or not isinstance(response.get("answers"), list):
                raise malformed(
                    f"{pointer or 'the document'} is no response: it has no list of `answers`",
                    "Take the file as the platform's scraper wrote it: a list of responses, or one response.",
                )
            if self._redacts:
                is_changed |= json_file.scrub(response, but={"answers"})
            questions: list[_Question] = []
            shape, is_redacted = self._visit(response["answers"], f"{pointer}/answers", questions)
            is_changed |= is_redacted
            places, names = _places(shape)
            for rank in names:
                questions[rank] = _named(questions[rank])
            token = _told(response.get("token")) or (str(number) if is_list else "")
            tokens[token] += 1
            key = token if tokens[token] == 1 else f"{token}#{tokens[token]}"
            digests = [question.digest for question in questions]
            values.update(zip(digests, [question.value for question in questions], strict=True))
            found.append((key, pointer, _told(response.get("submitted_at")), places, digests))
        return Compact(found, values), is_changed

    def _visit(self, entries: list[Any], place: str, questions: list[_Question]) -> tuple[_Shape, bool]:
        """Add the questions that stand together, those of groups in the place of these."""
        groups: dict[int, list[Any]] = {}
        for number, entry in enumerate(entries):
            group = entry.get("group") if isinstance(entry, dict) else 0
            if group is None:
                continue
            if not isinstance(group, dict) or not isinstance(group.get("answers"), list):
                raise malformed(
                    f"{place}/{number} is neither a question nor a group of questions",
                    "Take the file as the platform's scraper wrote it.",
                )
            groups[number] = group["answers"]
        ranks = [number for number in range(len(entries)) if number not in groups] if groups else None
        together, is_changed = self._meet_together(entries, ranks)
        if ranks is None:
            questions += together
            return (None,) * len(together), is_changed
        shape: list[_Shape | None] = [None] * len(entries)
        waiting = iter(together)
        for number in range(len(entries)):
            if number in groups:
                inner = f"{place}/{number}/group/answers"
                shape[number], is_redacted = self._visit(groups[number], inner, questions)
                is_changed |= is_redacted
            else:
                questions.append(next(waiting))
        return tuple(shape), is_changed

    def _meet_together(self, entries: list[Any], ranks: list[int] | None) -> tuple[list[_Question], bool]:
        """The questions that stand together, in these places or in all; what must not be kept is taken out."""
        asked = entries if ranks is None else [entries[rank] for rank in ranks]
        known = self._known
        found = [known.get(text) or self._meet(text) for text in map(json_file.dump, asked)]
        if not self._redacts:
            return found, False
        mended = {number: question.kept for number, question in enumerate(found) if question.kept is not None}
        for number in personal.personal_places(tuple([question.asked for question in found])):
            kept = _emptied(asked[number])
            if kept != asked[number]:
                text = json_file.dump(kept)
                found[number] = known.get(text) or self._meet(text)
                mended[number] = kept
        for number, kept in mended.items():
            entries[number if ranks is None else ranks[number]] = kept
        return found, bool(mended)

    def _meet(self, text: bytes) -> _Question:
        """A question that is not known yet."""
        entry = json_file.parse_quickly(text)[0]
        asked = (_text(entry.get("id")), _text(entry.get("title")), _text(entry.get("type")))
        kept = _without_contacts(entry) if self._redacts else entry
        if kept is entry:
            kept_text, changed = text, None
        else:
            kept_text, changed = json_file.dump(kept), kept
        question = _Question(asked, changed, blake2b(kept_text, digest_size=16).digest(), _value(kept))
        if len(text) <= _LONGEST:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = question
        return question


_REDACTING, _READING = _Reader(redacts=True), _Reader(redacts=False)

_ASKED = ("id", "ref", "title", "type")


def _without_contacts(entry: dict[str, Any]) -> dict[str, Any]:
    """The question without addresses and links that must not be kept; the same object if there are none."""
    mend = personal.without_links if personal.is_known(_text(entry.get("id"))) else personal.without_contact
    kept = {
        key: value if key in _ASKED or json_file.is_harmless(value) else json_file.with_strings(value, mend)
        for key, value in entry.items()
    }
    return entry if kept == entry else kept


def _emptied(entry: dict[str, Any]) -> dict[str, Any]:
    """The question of a person without its answer."""
    return {key: value if key in _ASKED else json_file.emptied(value) for key, value in entry.items()}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


@lru_cache(4096)
def _places(shape: _Shape) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Where the questions of a response stand, below it; and the ranks of those that may tell the place's name."""
    places = tuple(_walk(shape, "/answers"))
    return places, tuple(rank for rank, place in enumerate(places) if place in _NAME_PLACES)


def _walk(shape: _Shape, pointer: str) -> Iterator[str]:
    for number, inner in enumerate(shape):
        if inner is None:
            yield f"{pointer}/{number}"
        else:
            yield from _walk(inner, f"{pointer}/{number}/group/answers")


def _named(question: _Question) -> _Question:
    """The question where it may tell the place's name."""
    if question.value.typeform_type != "short_text":
        return question
    return replace(question, digest=question.digest + b"n", value=question.value._replace(hint="name"))


#: Where each record stands (see ingest/formats/__init__.py).
PLACES = "select record_key, response_pointer as place from form_responses"

without = json_file.without


def _value(entry: dict[str, Any]) -> Value:
    """What a question is, and its answer."""
    kind = _told(entry.get("type"))
    pointer, answer, is_readable = None, None, True
    if kind is not None:
        answer = payload = entry.get(kind)
        pointer = f"/{_escaped(kind)}"
        if isinstance(payload, dict):
            key = "value" if "value" in payload else next((k for k in _ANSWERED_UNDER if k in payload), None)
            answer = payload[key] if key else (payload or None)
            is_readable = key is not None and not isinstance(answer, dict)
            pointer = f"{pointer}/{key}" if key else pointer
    choices = answer if isinstance(answer, list) else None
    return Value(
        _told(entry.get("id")),
        _told(entry.get("ref")),
        _told(entry.get("title")),
        kind,
        _told(answer) if choices is None else None,
        None if choices is None else tuple(map(_label, choices)),
        pointer,
        is_readable,
        None,
    )


_ANSWERED_UNDER = ("value", "choices", "file_url")


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


def tables(documents: Sequence[Compact]) -> dict[str, pa.Table]:
    """What the queries read of the documents, each of which is known by its rank.

    `given_responses`: record, source_id (the document's rank), record_key, response_pointer, submitted_at;
    `given_values`: a row per value, as `Value` has them;
    `form_places` and `form_prefixes`: as fields.py has them.
    """
    ids: dict[bytes, int] = {}
    values: list[Value] = []
    #: The place_id of the first question, by what a response's pointers begin with.
    shapes: dict[tuple[str, tuple[str, ...]], int] = {}
    prefixes: list[str] = []
    said = array("i")
    lengths = array("i")
    first_places = array("i")
    responses: list[tuple[str, str, str, str | None]] = []
    for rank, document in enumerate(documents):
        for digest, value in document.values.items():
            if digest not in ids:
                ids[digest] = len(values)
                values.append(value)
        for key, pointer, submitted_at, places, digests in document.responses:
            shape = pointer, places
            if shape not in shapes:
                shapes[shape] = len(prefixes)
                prefixes += [pointer + place for place in places]
            responses.append((str(rank), key, pointer, submitted_at))
            said.extend(map(ids.__getitem__, digests))
            lengths.append(len(digests))
            first_places.append(shapes[shape])
    counts = _integers(lengths)
    records = numpy.arange(len(responses), dtype="i4")
    ranks = numpy.arange(len(said), dtype="i4") - numpy.repeat(numpy.cumsum(counts) - counts, counts)
    columns = list(zip(*responses, strict=True)) or [()] * 4
    names = ("source_id", "record_key", "response_pointer", "submitted_at")
    return {
        "given_responses": pa.table(
            {
                "record": records,
                **{name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)},
            }
        ),
        "given_values": pa.table(
            {
                "value_id": numpy.arange(len(values), dtype="i4"),
                **{
                    name: pa.array([getattr(value, name) for value in values], kind)
                    for name, kind in _VALUE_TYPES.items()
                },
            }
        ),
        "form_places": pa.table(
            {
                "record": numpy.repeat(records, counts),
                "position": (ranks + 1).astype("i4"),
                "value_id": _integers(said),
                "place_id": (ranks + numpy.repeat(_integers(first_places), counts)).astype("i4"),
            }
        ),
        "form_prefixes": pa.table(
            {
                "place_id": numpy.arange(len(prefixes), dtype="i4"),
                "prefix": pa.array(prefixes, pa.string()),
            }
        ),
    }


def _integers(values: array[int]) -> Any:
    return numpy.frombuffer(values, "i4") if values else numpy.zeros(0, "i4")


_VALUE_TYPES = {
    "field_ref": pa.string(),
    "other_ref": pa.string(),
    "title": pa.string(),
    "typeform_type": pa.string(),
    "value": pa.string(),
    "choices": pa.list_(pa.string()),
    "pointer": pa.string(),
    "is_readable": pa.bool_(),
    "hint": pa.string(),
}

QUERIES: Mapping[str, str] = {
    # One row per response.
    "form_responses": """
        select source_id, record_key, response_pointer, record, submitted_at from given_responses
    """,
    "form_keys": f"""
        select
            record,
            source_id,
            record_key,
            'not_asked' as default_state,
            {field_values.utc_timestamp("submitted_at")} as submitted_at,
            null::varchar as project_name,
            null::varchar as project_link
        from form_responses
    """,
    "form_values": """
        select
            * exclude (choices, hint),
            list_transform(choices, lambda label, i: {'label': label, 'pointer': pointer || '/' || (i - 1)}) as choices,
            false as is_stored,
            if(value <> '', hint, null) as hint
        from given_values
    """,
    **fields.QUERIES,
}
