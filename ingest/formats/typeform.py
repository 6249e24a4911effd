"""Typeform responses as the platform scrapes them: one JSON array of responses, or one response in a file.

Recognised by `answers` whose entries have an `id` and a `title`; the API's have a `field`. A response lists
every question it was shown, with its title and an empty value where nothing was answered. Questions stand in
groups or beside them, and the value under a key named like the type. Of the form's variants (full, general
information, social effects, environment) a response carries whatever it has questions of.
"""

from __future__ import annotations

import json
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy
import orjson
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
    if answers is None or b'"items"' in head[: answers.start()]:
        return False
    if sample.holds(b'"field"') and _API_ENTRY.search(head):
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
    if known := _REDACTING.read_pieces(data):
        compact, is_changed, kept = known
        return kept if is_changed or json_file.is_doubled(data) else data, compact
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
    if known := _READING.read_pieces(document):
        return known[0]
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


#: A response: its key, where it stands, when it was submitted, the places of its questions, and by the same rank what
#: they have, each as the rank of a value: an array of integers, in bytes.
Response = tuple[str, str, str | None, tuple[str, ...], bytes]


@dataclass(frozen=True, slots=True)
class Compact:
    """The responses of a document, and the values that they have, by the digest of question and answer: those of the
    documents beside it may stand among them."""

    responses: list[Response]
    values: dict[bytes, Value]


_RANKS = "i"  # array's name of the integers, and numpy's


#: Id, title and type of a question.
_Asked = tuple[str | None, str | None, str | None]


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """A question as it stands in a file, with its answer.

    `kept`: the question without what must not be kept, if that differs.
    """

    asked: _Asked
    kept: dict[str, Any] | None
    digest: bytes
    value: Value


#: Questions that are remembered: forms ask the same of everybody, and most of what is answered comes again.
_REMEMBERED = 200_000
_LONGEST = 500  # bytes; what is longer comes once

#: Places of a response's questions: none for one that stands there, theirs for a group.
_Shape = tuple["_Shape | None", ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """What a piece is for the shape of a response: a question, or without `asked` the beginning of a group.

    `closes`: how many groups end with it.
    """

    asked: _Asked | None
    closes: int


@dataclass(slots=True, eq=False)
class _Piece:
    """An entry, or the beginning of a group, as a file has it, to where the next one begins.

    `length`: the bytes of the entry alone; `text`: the piece as it is kept; `question`: none for a group; `rest`: what
    comes after the last entry of a response; `emptied`: the piece without the answer, once that was asked for.
    """

    kind: _Kind
    length: int
    text: bytes
    question: _Question | None
    rest: bytes = b""
    emptied: _Piece | None = None


#: Where the questions of a response stand, below it; and the ranks of those that may tell the place's name.
_Places = tuple[tuple[str, ...], tuple[int, ...]]


class _Form(NamedTuple):
    """What the kinds of a response's pieces tell: where its questions stand, and which pieces hold a person's data."""

    places: _Places
    personal: list[int]


class _Reader:
    """Reads responses question by question, each of which that came before is known by its bytes.

    Where every entry begins with its `id`, as the platform writes them, the file is cut there without being parsed:
    only pieces that are new are, and what stands around the entries.
    """

    def __init__(self, *, redacts: bool) -> None:
        self._redacts = redacts
        self._known: dict[bytes, _Question] = {}
        self._pieces: dict[bytes, _Piece] = {}

    def read_pieces(self, data: bytes) -> tuple[Compact, bool, bytes] | None:
        """What `read` gives for the file, and the file as it is to be kept; None if it has to be parsed for that."""
        try:
            return self._read_pieces(data)
        except _Unclear:
            return None

    def _read_pieces(self, data: bytes) -> tuple[Compact, bool, bytes]:
        head, *texts = data.split(_BEGIN)
        known = self._pieces
        pieces = [known.get(text) or self._cut(text) for text in texts]
        ends = [number for number, piece in enumerate(pieces, start=1) if piece.rest]
        if not ends or ends[-1] != len(pieces):
            raise _Unclear
        document = _around([head, *[pieces[end - 1].rest for end in ends]])
        is_list = isinstance(document, list)
        tokens: Counter[str] = Counter()
        found: list[_Answered] = []
        values: dict[bytes, Value] = {}
        is_changed = False
        begin = 0
        for number, (end, response) in enumerate(zip(ends, document if is_list else [document], strict=True)):
            own = pieces[begin:end]
            form = _form(tuple([piece.kind for piece in own]))
            if self._redacts:
                is_changed |= json_file.scrub(response, but={"answers"})
                for at in form.personal:
                    own[at] = self._without_answer(texts[begin + at], own[at])
                    is_changed |= own[at] is not pieces[begin + at]
                response["answers"] = orjson.Fragment(b"[%b]" % b"".join([piece.text for piece in own]))
            questions = [piece.question for piece in own if piece.question]
            is_changed = is_changed or any([question.kept is not None for question in questions])
            rank = number if is_list else None
            found.append(_response(response, rank, form.places, questions, tokens, values))
            begin = end
        try:
            return _compact(found, values), is_changed, orjson.dumps(document) if self._redacts else data
        except TypeError as error:
            raise _Unclear from error  # `dump` would write all of it in another way

    def _cut(self, text: bytes) -> _Piece:
        """A piece that is not known yet."""
        whole = _BEGIN + text
        if json_file.holds_long_number(whole) or whole.count(b"{") + whole.count(b"[") > _DEEPEST:
            raise _Unclear
        piece = _opening(whole) or self._cut_question(whole)
        if len(piece.rest) <= len(b"]}]\n") and len(text) <= _LONGEST:
            if len(self._pieces) >= _REMEMBERED:
                self._pieces.clear()
            self._pieces[text] = piece
        return piece

    def _cut_question(self, whole: bytes) -> _Piece:
        entry, length = _entry(whole)
        after = _AFTER.fullmatch(whole, length)
        if after is None or entry.get("group") is not None:
            raise _Unclear
        text = orjson.dumps(entry)
        question = self._known.get(text) or self._met(text, entry)
        closes = after[1].count(b"]")
        kept = text if question.kept is None else json_file.dump(question.kept)
        divider = b"]}}" * closes + (b"" if after[2] else b",")
        return _Piece(_kind(question.asked, closes), length, kept + divider, question, after[2] or b"")

    def _without_answer(self, text: bytes, piece: _Piece) -> _Piece:
        """The piece, which is `text` in the file, without its answer; the same object if it has none."""
        if piece.emptied is None:
            assert piece.question
            entry = orjson.loads((_BEGIN + text)[: piece.length])
            kept = _emptied(entry)
            piece.emptied = piece
            if kept != entry:
                kept_text = json_file.dump(kept)
                question = self._known.get(kept_text) or self._meet(kept_text)
                divider = b"]}}" * piece.kind.closes + (b"" if piece.rest else b",")
                piece.emptied = replace(piece, text=kept_text + divider, question=question)
        return piece.emptied

    def read(self, document: Any) -> tuple[Compact, bool]:
        """The responses; and whether something was taken out of `document`, which is changed in its place.

        Raises Rejection `malformed`.
        """
        is_list = isinstance(document, list)
        tokens: Counter[str] = Counter()
        found: list[_Answered] = []
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
            rank = number if is_list else None
            found.append(_response(response, rank, _places(shape), questions, tokens, values))
        return _compact(found, values), is_changed

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
        question = self._met(text, json_file.parse_quickly(text)[0])
        if len(text) <= _LONGEST:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = question
        return question

    def _met(self, text: bytes, entry: dict[str, Any]) -> _Question:
        asked = (_text(entry.get("id")), _text(entry.get("title")), _text(entry.get("type")))
        kept = _without_contacts(entry) if self._redacts else entry
        if kept is entry:
            kept_text, changed = text, None
        else:
            kept_text, changed = json_file.dump(kept), kept
        return _Question(asked, changed, blake2b(kept_text, digest_size=16).digest(), _value(kept))


#: With what an entry begins, what follows it, and the last of what stands before the entries of a group.
_BEGIN = b'{"id":'
_AFTER = re.compile(rb"((?:_\]_\}_\})*)_(?:,_|(\].*))".replace(b"_", rb"[ \t\n\r]*"), re.DOTALL)
_OPENS = re.compile(rb'"answers"_:_\[_\Z'.replace(b"_", rb"[ \t\n\r]*"))
_DECODER = json.JSONDecoder()
#: Brackets in a piece, and groups in each other, more of which are left to who parses all.
_DEEPEST, _MOST_GROUPS = 50, 20

_kind = lru_cache(_REMEMBERED)(_Kind)


class _Unclear(Exception):
    """A file, or a piece of it, cannot be told without parsing all."""


def _entry(whole: bytes) -> tuple[dict[str, Any], int]:
    """The entry that a piece begins with, and of how many bytes it is."""
    body = whole.rstrip(b" \t\n\r").removesuffix(b",")
    try:
        try:
            return orjson.loads(body), len(body)
        except ValueError:  # more comes after it than a comma
            text = whole.decode()
            body = text[: _DECODER.raw_decode(text)[1]].encode()
            return orjson.loads(body), len(body)
    except (ValueError, RecursionError) as error:
        raise _Unclear from error


def _opening(whole: bytes) -> _Piece | None:
    """The piece, if it is the beginning of a group."""
    if not _OPENS.search(whole):
        return None
    try:
        entries = [orjson.loads(whole + probe + b"]}}") for probe in (b"0", b"1")]
    except ValueError:
        return None
    for number, entry in enumerate(entries):
        group = entry.get("group")
        if not isinstance(group, dict) or [*entry][-1] != "group" or [*group][-1] != "answers":
            raise _Unclear
        if group["answers"] != [number]:
            raise _Unclear
    return _Piece(_kind(None, 0), len(whole), orjson.dumps(entries[0]).removesuffix(b"0]}}"), None)


def _around(texts: list[bytes]) -> Any:
    """The document, its responses without entries, of what stands before, between and behind these.

    Numbers in their place show that they stand where they have to: no others can come and go with them.
    """
    count = len(texts) - 1
    for first in (count, 0):
        numbered = [b"%b%d" % (text, number) for number, text in enumerate(texts[:-1], start=first)]
        text = b"".join(numbered) + texts[-1]
        if json_file.holds_long_number(text):
            raise _Unclear
        try:
            document = orjson.loads(text)
        except ValueError as error:
            raise _Unclear from error
        responses = document if isinstance(document, list) else [document]
        if len(responses) != count:
            raise _Unclear
        for number, response in enumerate(responses, start=first):
            if not isinstance(response, dict) or response.get("answers") != [number]:
                raise _Unclear
    return document


@lru_cache(256)
def _form(kinds: tuple[_Kind, ...]) -> _Form:
    """What the kinds of a response's pieces tell."""
    personal_pieces: list[int] = []
    #: The groups that are open: their shape so far, and which pieces stand together there.
    opened: list[tuple[list[_Shape | None], list[int]]] = [([], [])]

    def close() -> _Shape:
        shape, together = opened.pop()
        asked = tuple([asked for at in together if (asked := kinds[at].asked)])
        personal_pieces.extend(together[rank] for rank in personal.personal_places(asked))
        return tuple(shape)

    for at, kind in enumerate(kinds):
        if kind.asked is None:
            opened.append(([], []))
            continue
        opened[-1][0].append(None)
        opened[-1][1].append(at)
        if not kind.closes < len(opened) <= _MOST_GROUPS:
            raise _Unclear
        for _ in range(kind.closes):
            inner = close()
            opened[-1][0].append(inner)
    if len(opened) > 1:
        raise _Unclear
    return _Form(_places(close()), personal_pieces)


#: A response as it is read: in the place of ranks stand digests.
_Answered = tuple[str, str, str | None, tuple[str, ...], list[bytes]]


def _response(
    response: dict[str, Any],
    number: int | None,
    places: _Places,
    questions: list[_Question],
    tokens: Counter[str],
    values: dict[bytes, Value],
) -> _Answered:
    """A response, the one of this number in a list; its token is added to `tokens`, what it says to `values`."""
    for rank in places[1]:
        questions[rank] = _named(questions[rank])
    token = _told(response.get("token")) or ("" if number is None else str(number))
    tokens[token] += 1
    key = token if tokens[token] == 1 else f"{token}#{tokens[token]}"
    digests = [question.digest for question in questions]
    values.update(zip(digests, [question.value for question in questions], strict=True))
    pointer = "" if number is None else f"/{number}"
    return key, pointer, _told(response.get("submitted_at")), places[0], digests


def _compact(found: list[_Answered], values: dict[bytes, Value]) -> Compact:
    ranks = dict(zip(values, range(len(values)), strict=True))
    return Compact(
        [
            (key, pointer, submitted_at, places, array(_RANKS, map(ranks.__getitem__, digests)).tobytes())
            for key, pointer, submitted_at, places, digests in found
        ],
        values,
    )


_REDACTING, _READING = _Reader(redacts=True), _Reader(redacts=False)

_ASKED = ("id", "ref", "title", "type")


def _without_contacts(entry: dict[str, Any]) -> dict[str, Any]:
    """The question without addresses and links that must not be kept; the same object if there are none."""
    exposed = [key for key, value in entry.items() if key not in _ASKED and not json_file.is_harmless(value)]
    if not exposed:
        return entry
    mend = personal.without_links if personal.is_known(_text(entry.get("id"))) else personal.without_contact
    kept = entry | {key: json_file.with_strings(entry[key], mend) for key in exposed}
    return entry if kept == entry else kept


def _emptied(entry: dict[str, Any]) -> dict[str, Any]:
    """The question of a person without its answer."""
    return {key: value if key in _ASKED else json_file.emptied(value) for key, value in entry.items()}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


@lru_cache(4096)
def _places(shape: _Shape) -> _Places:
    places = tuple(_walk(shape, "/answers"))
    return places, tuple(rank for rank, place in enumerate(places) if place in _NAME_PLACES)


def _walk(shape: _Shape, pointer: str) -> Iterator[str]:
    for number, inner in enumerate(shape):
        if inner is None:
            yield f"{pointer}/{number}"
        else:
            yield from _walk(inner, f"{pointer}/{number}/group/answers")


@lru_cache(4096)
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
        _same(_told(entry.get("id"))),
        _same(_told(entry.get("ref"))),
        _same(_told(entry.get("title"))),
        _same(kind),
        _told(answer) if choices is None else None,
        None if choices is None else tuple(map(_label, choices)),
        _same(pointer),
        is_readable,
        None,
    )


@lru_cache(4096)
def _same(text: str | None) -> str | None:
    """The text, as the object that was met first: it is then held, and handed to another process, once."""
    return text


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


#: Digests; the values they are of, column by column; the responses of each document.
_Packed = tuple[list[bytes], list[tuple[Any, ...]], list[list[Response]]]


def pack(documents: Sequence[Compact]) -> _Packed:
    """The documents in few objects, which go from one process to another at less cost; `unpack` undoes it, but that
    they have all values together then."""
    merged = _Merged()
    packed = [
        [
            (key, pointer, submitted_at, places, merged.ranks(said, document).tobytes())
            for key, pointer, submitted_at, places, said in document.responses
        ]
        for document in documents
    ]
    return list(merged.ids), list(zip(*merged.values, strict=True)), packed


def unpack(packed: _Packed) -> list[Compact]:
    """The documents of which `pack` made this."""
    digests, columns, documents = packed
    values = dict(zip(digests, map(Value._make, zip(*columns, strict=True)), strict=True))
    return [Compact(responses, values) for responses in documents]


class _Merged:
    """The values of several documents, each once; documents that have theirs together come after each other."""

    def __init__(self) -> None:
        self.ids: dict[bytes, int] = {}
        self.values: list[Value] = []
        self._of: dict[bytes, Value] | None = None
        self._ranks: Any = None

    def ranks(self, said: bytes, document: Compact) -> Any:
        """The ranks here of what a response of the document says."""
        if self._of is not document.values:
            self._of = document.values
            for digest, value in document.values.items():
                if digest not in self.ids:
                    self.ids[digest] = len(self.values)
                    self.values.append(value)
            self._ranks = _integers(array(_RANKS, map(self.ids.__getitem__, document.values)))
        return self._ranks[_integers(said)]


def tables(documents: Sequence[Compact]) -> dict[str, pa.Table]:
    """What the queries read of the documents, each of which is known by its rank.

    `given_responses`: record, source_id (the document's rank), record_key, response_pointer, submitted_at;
    `given_values`: a row per value, as `Value` has them;
    `form_places` and `form_prefixes`: as fields.py has them.
    """
    merged = _Merged()
    #: The place_id of the first question, by what a response's pointers begin with.
    shapes: dict[tuple[str, tuple[str, ...]], int] = {}
    prefixes: list[str] = []
    said_by: list[Any] = []
    lengths = array(_RANKS)
    first_places = array(_RANKS)
    responses: list[tuple[str, str, str, str | None]] = []
    for rank, document in enumerate(documents):
        for key, pointer, submitted_at, places, said in document.responses:
            shape = pointer, places
            if shape not in shapes:
                shapes[shape] = len(prefixes)
                prefixes += [pointer + place for place in places]
            responses.append((str(rank), key, pointer, submitted_at))
            said_by.append(merged.ranks(said, document))
            lengths.append(len(places))
            first_places.append(shapes[shape])
    values = merged.values
    value_ids = numpy.concatenate(said_by) if said_by else _integers(b"")
    counts = _integers(lengths)
    records = numpy.arange(len(responses), dtype="i4")
    ranks = numpy.arange(len(value_ids), dtype="i4") - numpy.repeat(numpy.cumsum(counts) - counts, counts)
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
                "value_id": value_ids,
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


def _integers(values: array[int] | bytes) -> Any:
    return numpy.frombuffer(values, _RANKS) if values else numpy.zeros(0, _RANKS)


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
