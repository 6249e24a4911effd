"""The text forms in which a page reaches an analyst."""

from __future__ import annotations

import re
from dataclasses import dataclass

from examples.content import LEVELS, Bold, Break, Content, Items, Run, Section, Text
from examples.wording import has_more, printed_excerpt

TEXT_FORMS = ("layout", "article", "rendered", "copy", "naive")

_BLANKS = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Style:
    """How a page was made and saved, within what its generation and form allow.

    `heading`: T2 only, `none` (the first weeks: no name), `mesure` or `effets`.
    `summary`: whether the block with the five signs a level stands there; None: as is usual in the form.
    `keywords`: the summary shows the keyword cloud.
    `bullets`: the marks of lists were copied with them.
    `quotations`: rendered text only, `marked`, `plain` or `mixed` (the last two marked, the others not).
    `airy`: additional empty lines, and a quotation right below an empty bullet.
    `broken`: article text only, a new line where emphasis begins.
    """

    heading: str = "effets"
    summary: bool | None = None
    keywords: bool = False
    bullets: bool = True
    quotations: str = "marked"
    airy: bool = False
    broken: bool = False

    def shows_summary(self, form: str) -> bool:
        """Whether the summary stands on a page of that form."""
        return form in ("html", "copy") if self.summary is None else self.summary

    @property
    def is_early(self) -> bool:
        """T2 before the condition of Cadre de vie was mended."""
        return self.heading != "effets"


USUAL = Style()


def collapse(text: str) -> str:
    """Runs of blanks as one, as a browser shows them; no-break spaces stay."""
    return _BLANKS.sub(" ", text)


def title(name: str, generation: str, style: Style) -> tuple[str, str]:
    """The two lines of the page's main heading; the second is empty where no name is printed."""
    if generation == "T6":
        return "effets sociaux et urbains", f"de {name}"
    if generation != "T2" or style.heading == "effets":
        return "Les effets sociaux et urbains", f"de {name}"
    start = "La mesure des impacts sociaux et urbains"
    return start, "" if style.heading == "none" else f"de {name}"


def text_page(page: Content, name: str, form: str, style: Style) -> str:
    """The page as text of one of `TEXT_FORMS`, lines ended by LF."""
    blocks: list[str] = []
    is_loud = form in ("rendered", "copy")

    def heading(text: str) -> str:
        return text.upper() if is_loud else text

    first, second = title(name, page.generation, style)
    if form == "layout":
        blocks += ["\n".join(filter(None, (first, second))), "Voir son datapanorama"]
    elif form != "article":
        blocks.append(heading(f"{first} {second}".strip()))
    if style.shows_summary(form):
        blocks += _summary(page, form, style, is_loud)
    quotations = sum(section.quotation is not None for level in page.levels for section in level.sections)
    position = 0
    for level in page.levels:
        is_last = level is page.levels[-1]
        if form == "layout" and is_last:
            blocks.append("cadre de vie")
        blocks.append(heading(level.heading))
        for section in level.sections:
            if form == "layout" and section.alternative:
                blocks.append(section.alternative)
            blocks.append(heading(section.heading))
            blocks += _body(section, form, style)
            if section.quotation is None or form == "article":
                continue
            position += 1
            is_marked = style.quotations == "marked" or (
                style.quotations == "mixed" and position > quotations - 2
            )
            quotation = _quotation(section.quotation, page.generation, form, is_marked)
            if style.airy and blocks[-1] == "-":
                blocks[-1] = f"-\n{quotation}"
            elif quotation:
                blocks.append(quotation)
    text = ("\n\n\n\n" if style.airy else "\n\n").join(blocks)
    return "\n".join(line.rstrip(" ") for line in text.split("\n")) + "\n"


def _summary(page: Content, form: str, style: Style, is_loud: bool) -> list[str]:
    blocks = []
    for level in LEVELS:
        blocks.append(f"effets {level}".upper() if is_loud else f"Effets {level}")
        if page.generation != "T2" or not style.is_early:
            blocks.append("+ + + + +")
        words = page.keywords[level]
        if style.keywords and words:
            blocks.append(" ".join(f"#{word}" for word in words))
    if page.generation in ("T2", "T3"):
        last = "Effets sur le projet urbain"
        blocks.append(last.upper() if is_loud else last)
    return [*blocks, "sommaire"] if form == "layout" else blocks


def _body(section: Section, form: str, style: Style) -> list[str]:
    """The blocks of a section's body: paragraphs and lists."""
    blocks: list[str] = []
    line: list[str] = []
    glued = False  # the layout form sets what follows a list right below it

    def flush() -> None:
        nonlocal glued
        text = "".join(line)
        line.clear()
        if form not in ("layout", "article"):
            text = "\n".join(collapse(part).strip() for part in text.split("\n"))
        text = "\n".join(filter(None, (part.strip(" ") for part in text.split("\n"))))
        if text and glued:
            blocks[-1] += f"\n{text}"
        elif text:
            blocks.append(text)
        glued = False

    for run in section.body:
        if isinstance(run, Break):
            line.append("\n")
        elif isinstance(run, Items):
            flush()
            if form != "article":
                items = _items(run, form, style)
                blocks += [items] if items else []
                glued = form == "layout"
        else:
            line.append(_inline(run, form, style))
    flush()
    return blocks


def _inline(run: Run, form: str, style: Style) -> str:
    text = collapse(run.text) if isinstance(run, Text | Bold) else ""
    if isinstance(run, Bold) and form == "rendered":
        inside = text.strip()
        before = text[: len(text) - len(text.lstrip())]
        after = text[len(text.rstrip()) :] if inside else ""
        return f"{before}**{inside}**{after}" if inside else before
    if isinstance(run, Bold) and form == "article" and style.broken and text.strip():
        return f"\n{text.lstrip()}"
    return text


def _items(run: Items, form: str, style: Style) -> str:
    labels = run.labels or ("",)
    if form == "layout":
        return "\n".join(f"  • {collapse(label)}".rstrip(" ") for label in labels)
    words = [collapse(label).strip() for label in labels]
    if form == "rendered":
        # The marks of the first and of the last item lie across the list and are lost.
        last = len(words) - 1
        words = [f"**{word}**" if 0 < place < last else word for place, word in enumerate(words)]
    if not style.bullets:
        return "\n".join(words).strip("\n")
    return "\n".join(f"- {word}".rstrip(" ") for word in words)


def _quotation(text: str, generation: str, form: str, is_marked: bool) -> str:
    shown = collapse(printed_excerpt(text, generation)).strip()
    if form == "naive" and has_more(text):
        return f"{shown} ... {collapse(text).strip()} Lire la suite"
    if form == "copy" and has_more(text):
        return f"{shown} ... Lire la suite"
    if form == "rendered" and is_marked and shown:
        return f"| *{shown}*"
    return shown
