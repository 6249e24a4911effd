"""Reading a section of a page from left to right: fixed sentences, the slots between them, lists, quotations."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from ingest.codebook import Codebook
from ingest.formats.page_labels import Found, Joint, labels_of, turn_between
from ingest.formats.page_layout import ANCHORS, RECOGNISED, TESTIMONY, Layout, Section
from ingest.formats.page_quote import find_quotation, looks_cut, without_page_period
from ingest.formats.page_text import BULLET, QUOTE, Page
from ingest.reading import Observation, Response, Testimony

#: No sentence of the page with all its labels is longer; what would take longer to read is no page.
MAXIMUM_SENTENCE = 6_000
MAXIMUM_SECTION = 20_000

_BLANKS = re.compile(r"\s+")

#: The end of a line, in a template.
END = r"[^\S\n]*(?=\n|$)"


@cache
def sentence(template: str) -> re.Pattern[str]:
    """A pattern over folded text: a blank stands for any run of blanks and line breaks."""
    return re.compile(template.replace(" ", r"\s+"), re.DOTALL)


@dataclass(slots=True)
class Said:
    """What a page says: the rows of a reading, before the states are settled."""

    responses: dict[str, Response] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    testimonies: list[Testimony] = field(default_factory=list)

    def state(self, question_id: str, state: str, *candidates: str) -> None:
        self.responses[question_id] = Response(question_id, state, candidates)

    def observe(self, observation: Observation) -> None:
        self.state(observation.question_id, "answered")
        self.observations.append(observation)


@dataclass(slots=True)
class Scanner:
    """Reads one section from left to right."""

    page: Page
    layout: Layout
    codebook: Codebook
    generation: str
    section: Section
    said: Said
    at: int = 0
    fold: str = ""

    @property
    def is_html(self) -> bool:
        return self.section.quotes is not None

    @property
    def is_article(self) -> bool:
        return self.layout.text_form == "article"

    @property
    def adds_period(self) -> bool:
        return self.generation not in ("T1", "T2", "T3")

    # -- the fixed sentences

    def eat(self, template: str) -> re.Match[str] | None:
        """Match a sentence here, mark it as recognised and step behind it."""
        self.skip()
        match = sentence(template).match(self.fold, self.at, self.at + MAXIMUM_SENTENCE)
        if match is not None:
            self.recognise(match.start(), match.end())
            self.at = match.end()
        return match

    def skip(self) -> None:
        match = _BLANKS.match(self.fold, self.at)
        if match is not None:
            self.at = match.end()

    def recognise(self, start: int, end: int) -> None:
        self.layout.mark(*self.section.body.page_span(start, end), RECOGNISED)

    def words(self, start: int, end: int) -> str:
        return " ".join(self.section.body.text[start:end].replace(BULLET, " ").split())

    # -- slots

    def slot(self, match: re.Match[str], group: str, how: Joint, *question_ids: str) -> None:
        """Read a slot of labels; an empty one is blank. Several questions share a slot where the page runs their
        labels together: a label that the codebook does not know then belongs where it stands."""
        start, end = match.span(group)
        for question_id in question_ids:
            self.said.responses.setdefault(question_id, Response(question_id, "blank"))
        current, done = 0, start
        for found in self.labels(start, end, how, *question_ids):
            if found.question_id is not None:
                current = question_ids.index(found.question_id)
            elif current == 0 and self._begins_the_second(start, done, found.start, question_ids):
                current = 1
            elif current == 0 and (at := self._second_within(found, question_ids)):
                first = replace(found, end=self.trimmed(found.start, at)[1])
                self.answer(question_ids[0], first)
                current, found = 1, replace(found, start=at)
            self.answer(question_ids[current], found)
            done = found.end

    def _begins_the_second(self, start: int, done: int, at: int, question_ids: tuple[str, ...]) -> bool:
        """Whether an unknown label at `at` is the second question's; all up to `done` was the first's."""
        if len(question_ids) == 2:
            return "," in self.fold[start:at].rsplit(" de ", 1)[-1]
        if len(question_ids) != 3:
            return False
        if start < done:
            # The first of three joins its labels by a word or a comma; a blank alone leads to the next.
            return self.fold[done:at].isspace()
        # Nothing stands between the two blanks around an empty one. Where blanks were run together, the word tells.
        turn = turn_between(self.codebook, *question_ids[:2])
        return self.fold[start:at] == "  " or turn.begins.match(self.fold, at) is not None

    def _second_within(self, found: Found, question_ids: tuple[str, ...]) -> int | None:
        """Where a label of the second of three begins, if it stands behind one of the first, and both are unknown."""
        if len(question_ids) != 3:
            return None
        turn = turn_between(self.codebook, *question_ids[:2])
        match = turn.within.search(self.fold, found.start + 1, found.end)
        return match.start() if match else None

    def labels(self, start: int, end: int, how: Joint, *question_ids: str) -> list[Found]:
        labels = labels_of(self.codebook, *question_ids)
        runs = [
            (s, e) for s, e in self.section.body.bold if start <= s and e <= end and self.fold[s:e].strip()
        ]
        if not runs or not self._only_joints(runs, start, end):
            return list(labels.split(self.fold, start, end, how))
        found = []
        for s, e in runs:
            s, e = self.trimmed(s, e)
            whole = labels.whole(self.fold, s, e)
            parts = [whole] if whole else list(labels.split(self.fold, s, e, how))
            if any(part.answer_id is None for part in parts) and not self._prints_markup(s, e):
                parts = [Found(s, e, None, None, "unmapped")]
            found.extend(parts)
        return found

    def _prints_markup(self, start: int, end: int) -> bool:
        """Whether the page prints some of its markup here: then one bold run holds several labels (T4)."""
        at, to = self.section.body.page_span(start, end)
        return "&lt;" in self.page.text[at:to]

    def _only_joints(self, runs: list[tuple[int, int]], start: int, end: int) -> bool:
        edges = [start, *(edge for run in runs for edge in run), end]
        outside = " ".join(self.fold[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2))
        return all(word in ("et", "ou", "de") for word in re.findall(r"\w+", outside))

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.fold[start].isspace():
            start += 1
        while end > start and self.fold[end - 1].isspace():
            end -= 1
        return start, end

    def answer(self, question_id: str, found: Found) -> None:
        at, to = self.section.body.page_span(found.start, found.end)
        self.layout.mark(at, to, RECOGNISED)
        self.said.observe(
            Observation(
                found.question_id or question_id,
                found.answer_id,
                self.words(found.start, found.end),
                found.match,
                source_start=at,
                source_end=to,
            )
        )

    def whole_sentence(self, match: re.Match[str], question_id: str, answer_id: str) -> None:
        """A whole sentence stands for one answer."""
        self.answer(question_id, Found(match.start(), match.end(), question_id, answer_id, "rewritten"))

    def number(self, match: re.Match[str], group: str, question_id: str) -> None:
        start, end = match.span(group)
        words = self.words(start, end)
        if not words:
            self.said.state(question_id, "blank")
            return
        at, to = self.section.body.page_span(start, end)
        plain = re.fullmatch(r"\d{1,3}(?: \d{3})+|\d+(?:[.,]\d+)?", words)
        value = float(words.replace(" ", "").replace(",", ".")) if plain else None
        self.said.observe(
            Observation(
                question_id,
                value_number=value,
                value_text=None if plain else words,
                source_start=at,
                source_end=to,
            )
        )

    # -- lists

    def items(self, question_id: str, until: str | None = None, *others: str) -> None:
        """Read the list that a sentence announced: items with bullets, or bare lines where they lost them.

        An announced list with nothing after it is blank where its empty bullet stands, else lost.
        """
        labels = labels_of(self.codebook, question_id, *others)
        stop = len(self.fold)
        if until is not None and (match := sentence(until).search(self.fold, self.at)):
            stop = match.start()
        bullets = 0
        self.skip()
        if until is None and self.fold[self.at : self.at + 1] != BULLET:
            stop = self._end_of_bare_list(stop, labels.whole)
        while self.at < stop:
            if self.fold[self.at] == BULLET:
                start, end = self._item(stop)
                if bullets and self._is_quotation(
                    start, labels.whole(self.fold, *self._bare(start, end)), stop
                ):
                    break
                bullets += 1
                end = self._continued(start, end, stop, labels.whole)
            else:
                if until is None and bullets:
                    break
                start, end = self.at, self._line_end(self.at, stop)
            bare = self._bare(start, end)
            if bare[0] < bare[1]:
                known = labels.whole(self.fold, *bare)
                self.answer(question_id, known or Found(*bare, None, None, "unmapped"))
            self.recognise(start, end)
            self.at = end
            self.skip()
        if question_id not in self.said.responses:
            self.said.state(question_id, "blank" if bullets else "lost")

    def _item(self, stop: int) -> tuple[int, int]:
        start = self.at + 1
        next_bullet = self.fold.find(BULLET, start, stop)
        return start, min(self._line_end(start, stop), next_bullet if next_bullet >= 0 else stop)

    def _line_end(self, start: int, stop: int) -> int:
        end = self.fold.find("\n", start, stop)
        return end if end >= 0 else stop

    def _end_of_bare_list(self, stop: int, whole: Callable[[str, int, int], Found | None]) -> int:
        """Where a list ends that was copied without its bullets, in front of a quotation.

        Its lines are a paragraph of their own: one with a known label in it or, on a page that shows no bullet
        anywhere, one with another paragraph behind it.
        """
        end = self.fold.find("\n\n", self.at, stop)
        end = end if end >= 0 else stop
        lines, at = [], self.at
        while at < end:
            lines.append((at, self._line_end(at, end)))
            at = lines[-1][1] + 1
        if not any(whole(self.fold, *self._bare(*line)) for line in lines):
            behind = self.fold[end:].strip(f"\n {QUOTE}")
            repeated = behind.startswith(self.fold[self.at : end][:40])
            if self.layout.has_bullets or not behind or repeated or any(e - s > 120 for s, e in lines):
                return self.at
        # A quotation may follow in the next line.
        while len(lines) > 1 and end == stop and whole(self.fold, *self._bare(*lines[-1])) is None:
            end = lines.pop()[0] - 1
        return end

    def _bare(self, start: int, end: int) -> tuple[int, int]:
        """An item without outer blanks and the punctuation that may close it."""
        start, end = self.trimmed(start, end)
        while (end > start and self.fold[end - 1] in ";,") or self.fold[max(end - 2, start) : end] == " .":
            end -= 1
        return self.trimmed(start, end)

    def _is_quotation(self, start: int, known: Found | None, stop: int) -> bool:
        """A dash behind a paragraph break, with nothing after it, opens the quotation, not an item."""
        if known is not None or self.is_html or self.fold[max(start - 3, 0) : start - 1] != "\n\n":
            return False
        rest = self.fold[start:stop].split("\n")
        return all(not line.strip() or line.startswith(BULLET) for line in rest[1:])

    def _continued(
        self, start: int, end: int, stop: int, whole: Callable[[str, int, int], Found | None]
    ) -> int:
        """An item that a converter broke over two lines: only if both together are a known label."""
        bare = self._bare(start, end)
        if bare[0] == bare[1] or whole(self.fold, *bare) or end >= stop or self.fold[end : end + 2] == "\n\n":
            return end
        further = self._line_end(end + 1, stop)
        return further if whole(self.fold, *self._bare(start, further)) else end

    def paragraph(self, question_id: str, how: Joint, in_line: bool = False) -> None:
        """Read labels that stand in a line of their own without any lead-in (T3–T5 santé, insertion).

        The quotation may follow in the next line, or be all there is.
        """
        self.said.responses.setdefault(question_id, Response(question_id, "blank"))
        while self.at < len(self.fold) and self.fold[self.at] in (" " if in_line else " \n"):
            self.at += 1
        if self.at >= len(self.fold) or self.fold[self.at] == QUOTE:
            return
        whole = self.is_html or self.is_article
        end = len(self.fold) if whole else self._line_end(self.at, len(self.fold))
        stop = end - 1 if self.fold[:end].endswith(".") and not self.fold[:end].endswith("...)") else end
        labels = self.labels(self.at, stop, how, question_id)
        known = any(label.answer_id for label in labels)
        further = self.fold[end:].strip(f"\n {QUOTE}")
        own_line = bool(further) and not further.startswith(self.fold[self.at : stop][:40])
        if not labels and self.fold[self.at : end].strip(" .\n"):
            return  # "/", "?": no label, so the quotation
        if labels and not (known or whole or in_line or own_line):
            return
        for label in labels:
            self.answer(question_id, label)
        self.recognise(self.at, end)
        self.at = end

    def runs_together(self, question_id: str, how: Joint) -> bool:
        """Whether the line here is several labels that the codebook knows, joined, and nothing else."""
        self.skip()
        labels = self.labels(self.at, self._line_end(self.at, len(self.fold)), how, question_id)
        return len(labels) > 1 and all(label.answer_id for label in labels)

    # -- quotations

    def has_quotation(self) -> bool:
        return bool(self.section.quotes) if self.is_html else bool(self.fold[self.at :].strip())

    def quotation(self, question_id: str, gated: bool) -> None:
        """Read the quotation that the sentences leave; settle the state of its question."""
        if self.is_html:
            self._html_quotation(question_id)
        else:
            self._text_quotation(question_id)
        if question_id not in self.said.responses:
            # Before T4 an empty quotation prints nothing at all.
            empty = not gated and not self.adds_period and not self.is_article
            self.said.state(question_id, "blank" if empty else "lost")

    def _html_quotation(self, question_id: str) -> None:
        for quote in (self.section.quotes or [])[:1]:
            text = quote.text
            is_cut = not quote.is_whole or looks_cut(text, self.adds_period)
            if self.adds_period and not is_cut:
                text = "" if text == "." else without_page_period(text)
            self._testify(question_id, text, is_cut, quote.start, quote.end)

    def _text_quotation(self, question_id: str) -> None:
        body = self.section.body
        self.skip()
        if self.at >= len(self.fold):
            return
        end = len(self.fold)
        if self.section.key == ANCHORS[-1].key:
            # Behind the last quotation may stand the footer of the site: only its first paragraph is the page's.
            end = self._last_paragraph_end(end)
        start_page, end_page = body.page_span(self.at, end)
        if start_page == end_page:
            return
        rest = self.page.text[start_page:end_page]
        quotation = find_quotation(rest, self.adds_period)
        if quotation is None:
            return
        self.layout.mark(start_page, end_page, RECOGNISED)
        self._testify(
            question_id,
            quotation.text,
            quotation.is_truncated,
            start_page + quotation.start,
            start_page + quotation.end,
        )

    def _last_paragraph_end(self, end: int) -> int:
        break_at = self.fold.find("\n\n", self.at)
        if break_at < 0:
            return end
        # An excerpt and its full text are two paragraphs of one quotation.
        first = self.fold[self.at : break_at].strip(f"\n {QUOTE}")
        rest = self.fold[break_at:].strip(f"\n {QUOTE}.…")
        if len(first) > 100 and rest.startswith(first[:100]):
            again = self.fold.find("\n\n", self.fold.index(first[:100], break_at))
            return again if again >= 0 else end
        return break_at

    def _testify(self, question_id: str, text: str, is_cut: bool, start: int, end: int) -> None:
        if not text:
            self.said.state(question_id, "blank")
            self.layout.mark(start, end, RECOGNISED)
            return
        self.said.state(question_id, "answered")
        self.layout.mark(start, end, TESTIMONY)
        self.said.testimonies.append(Testimony(question_id, text, is_cut, start, end))
