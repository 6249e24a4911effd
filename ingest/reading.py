"""What a reader returns, and how it refuses: plain values, no input or output here."""

from __future__ import annotations

from dataclasses import dataclass, field


class Rejection(Exception):
    """An export that cannot be taken.

    `reason` is a short code (`unknown-format`, `empty`, `no-year`, `secret-data`, …), `detail` says what was
    seen and where, `remedy` what the user can do about it.
    """

    def __init__(self, reason: str, detail: str, remedy: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.remedy = reason, detail, remedy

    def __reduce__(self) -> tuple[type[Rejection], tuple[str, str, str]]:
        return Rejection, (self.reason, self.detail, self.remedy)


@dataclass(slots=True)
class Response:
    question_id: str
    state: str
    candidate_answer_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Observation:
    question_id: str
    answer_id: str | None = None
    raw_label: str | None = None
    match: str | None = None
    value_number: float | None = None
    value_text: str | None = None
    source_start: int | None = None
    source_end: int | None = None
    source_pointer: str | None = None


@dataclass(slots=True)
class Testimony:
    question_id: str
    text: str
    is_truncated: bool = False
    source_start: int | None = None
    source_end: int | None = None
    source_pointer: str | None = None


@dataclass(slots=True)
class Fragment:
    source_start: int
    source_end: int
    text: str


@dataclass(slots=True)
class Reading:
    """One page, read: a single record, the key of which is the empty string.

    `characters_*` count characters of the decoded page and add up to `characters`.
    """

    generation: str
    text_form: str
    encoding: str
    project_name: str | None = None
    project_link: str | None = None
    responses: list[Response] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    testimonies: list[Testimony] = field(default_factory=list)
    fragments: list[Fragment] = field(default_factory=list)
    characters: int = 0
    characters_recognised: int = 0
    characters_testimony: int = 0
    characters_unparsed: int = 0
