"""From a printed phrase back to the answers of the codebook.

The page rewrites the labels of the questionnaire before it prints them: lower case, pieces cut out, inclusive
spellings. Here the rewriting is applied to every label that the codebook knows, and what is printed is compared
with the results. What matches nothing stays as it is printed: an unknown label is kept, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from ingest.codebook import Codebook, fold, label_key

#: A label of that many characters does not begin another word by chance.
_LONG = 12
#: All labels of a slot together are shorter.
_MAXIMUM_SLOT = 2_000
_PARENTHESES = re.compile(r"\([^()]*\)")

#: Mechanical rewriting of labels, on folded text, in the order in which the page applies it. Each step came with a
#: generation of the page, so a label may be printed as it stands after any number of them.
_REWRITING: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("(si applicable)", ""),
        ("oui, ", ""),
        ("pas vraiment mais les gens", "certains personnes se"),
    ),
    (
        ("groupe autour du ou d'un projet", "groupe autour du projet"),
        ("visiteurs et visiteuses", "visiteur·euse·s"),
        ("voisins et voisines", "voisin·e·s"),
        ("acteurs et actrices", "acteur·rice·s"),
        ("occupants et occupantes", "occupant·e·s"),
    ),
    (
        (
            "acteurs et actrices du quartier, associations ou entreprises locales",
            "acteurs et actrices du quartier",
        ),
        ("acteur·rice·s du quartier, associations ou entreprises locales", "acteur·rice·s du quartier"),
    ),
    (
        ("certaines personnes ont fait part ou ont paru", ""),
        ("certaines personnes ont fait preuve", ""),
        ("certaines personnes ont fait part", "certains personnes se"),
        ("des emplois ont ete crees au sein du lieu", "d'obtenir des emplois au sein du lieu"),
        ("des emplois ont ete crees a l'exterieur", "d'obtenir des emplois a l'exterieur du lieu"),
    ),
)


def printed_forms(label: str) -> set[str]:
    """All keys under which a page of any generation may print `label`."""
    forms = {label_key(label)}
    text = fold(label)
    for step in _REWRITING:
        for old, new in step:
            text = text.replace(old, new)
        forms.add(label_key(text))
        forms.add(label_key(_PARENTHESES.sub("", text)))
    forms.add(label_key(_PARENTHESES.sub("", fold(label))))
    return forms - {""}


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of text read as one label; `answer_id` is None where the codebook does not know it."""

    start: int
    end: int
    question_id: str | None
    answer_id: str | None
    match: str


@dataclass(frozen=True, slots=True)
class Joint:
    """How a slot joins its labels: `strong` separators also end an unknown label, `weak` ones only stand before
    or after a known one."""

    strong: re.Pattern[str] | None
    weak: re.Pattern[str] | None


def joint(strong: str | None, weak: str | None = None) -> Joint:
    return Joint(re.compile(strong) if strong else None, re.compile(weak) if weak else None)


class Labels:
    """The printed forms of the answers of one or several questions.

    Where two questions are given, the first that knows a form has it.
    """

    def __init__(self, codebook: Codebook, question_ids: tuple[str, ...]) -> None:
        self._known: dict[str, tuple[str, str, str]] = {}
        for question_id in question_ids:
            answers = codebook.answers.get(codebook.questions[question_id].answer_list or "", ())
            for answer in answers:
                self._known.setdefault(label_key(answer.label_fr), (question_id, answer.answer_id, "exact"))
            for answer in answers:
                for label in (answer.label_fr, *answer.page_labels):
                    for form in sorted(printed_forms(label)):
                        self._known.setdefault(form, (question_id, answer.answer_id, "rewritten"))
        forms = sorted(self._known, key=lambda form: (-len(form), form))
        spaced = [re.escape(form).replace(r"\ ", r"\s+") for form in forms]
        self._pattern = re.compile("|".join(spaced)) if spaced else re.compile(r"(?!)")
        #: The words that the labels begin with, as the page may print them.
        self.first_words = frozenset(form.split(None, 1)[0] for form in forms)

    def whole(self, text: str, start: int, end: int) -> Found | None:
        """The label that fills text[start:end] entirely (`text` is folded), or None."""
        known = self._known.get(" ".join(text[start:end].split()))
        return Found(start, end, *known) if known else None

    def split(self, text: str, start: int, end: int, how: Joint) -> Iterator[Found]:
        """Cut folded text[start:end] into labels, the longest known ones first."""
        if end - start > _MAXIMUM_SLOT:
            yield Found(start, end, None, None, "unmapped")
            return
        at = start
        while True:
            at = self._skip(text, at, end, how)
            if at >= end:
                return
            known = self._at(text, at, end, how)
            if known is None:
                stop = self._end_of_unknown(text, at, end, how)
                trimmed = at + len(text[at:stop].rstrip(" \n,."))
                if any(character.isalnum() for character in text[at:trimmed]):
                    yield Found(at, trimmed, None, None, "unmapped")
                at = stop
            else:
                yield known
                at = known.end

    def _at(self, text: str, at: int, end: int, how: Joint) -> Found | None:
        match = self._pattern.match(text, at, end)
        if match is None:
            return None
        stop = match.end()
        if stop < end and text[stop].isalnum() and not self._is_glued(text, match, end, how):
            return None
        if stop < end and text[stop].isspace() and not self._separated(text, stop, end, how):
            return None
        return Found(at, stop, *self._known[" ".join(match.group().split())])

    def _separated(self, text: str, at: int, end: int, how: Joint) -> bool:
        if not text[at:end].strip():
            return True
        return any(
            part is not None and part.match(text, at, end) is not None for part in (how.strong, how.weak)
        )

    def _is_glued(self, text: str, match: re.Match[str], end: int, how: Joint) -> bool:
        """A letter follows: another label, glued to this one. Only a long label may have an unknown one behind it."""
        joined = how.weak.match(text, match.end(), end) if how.weak is not None else None
        if joined is None:
            return False
        return len(match.group()) >= _LONG or self._pattern.match(text, joined.end(), end) is not None

    def _skip(self, text: str, at: int, end: int, how: Joint) -> int:
        while at < end:
            before = at
            for part in (how.strong, how.weak):
                match = part.match(text, at, end) if part is not None else None
                if match is not None:
                    at = match.end()
            while at < end and (text[at].isspace() or text[at] == ","):
                at += 1
            if at == before:
                break
        return at

    def _end_of_unknown(self, text: str, at: int, end: int, how: Joint) -> int:
        stops = [end]
        if how.strong is not None and (match := how.strong.search(text, at + 1, end)):
            stops.append(match.start())
        if how.weak is not None:
            for known in self._pattern.finditer(text, at + 1, end):
                before = [
                    m for m in how.weak.finditer(text, at + 1, known.start()) if m.end() == known.start()
                ]
                if before:
                    stops.append(before[0].start())
                    break
        return min(stops)


@cache
def labels_of(codebook: Codebook, *question_ids: str) -> Labels:
    """The labels of these questions, made once for a codebook."""
    return Labels(codebook, question_ids)


@dataclass(frozen=True, slots=True)
class Turn:
    """What shows that a label of one question ends and one of the next begins, where nothing stands between them.

    `begins`: a label of the next begins so, and none of the first does. `within`: not even in the middle of one of the
    first, known or not.
    """

    begins: re.Pattern[str]
    within: re.Pattern[str]


@cache
def turn_between(codebook: Codebook, first: str, second: str) -> Turn:
    """The turn from the question `first` to the question `second`, made once for a codebook."""
    openers = [fold(words) for words in codebook.questions[second].page_openers]
    own = labels_of(codebook, second).first_words - labels_of(codebook, first).first_words
    return Turn(_any_of([*openers, *own]), _any_of(openers))


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of these phrases, as whole words, whatever blanks stand in them."""
    spaced = [re.escape(phrase).replace(r"\ ", r"\s+") for phrase in sorted(phrases)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)" if spaced else r"(?!)")
