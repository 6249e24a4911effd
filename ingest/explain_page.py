"""An explanation for people, in French or English: as tables of the terminal, and as one page without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ingest.console import Lines, Table, short
from ingest.durable import replace_file
from ingest.explain import IN_CHANGE, IN_FIGURE, Component, Evidence, Explanation, Member
from ingest.explain_figures import Step
from ingest.language import Texts
from ingest.pages import render
from ingest.said import Said

#: Figures of a share that are none.
_COUNTED = ("followed", "p_value", "p_value_holm")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a site says, as it is shown.

    `is_quoted` where the words are those of the export; `before` and `after` are the rest of their sentence.
    """

    question: str
    says: str
    words: str
    is_quoted: bool
    place: str
    source: str
    before: str = ""
    after: str = ""

    @property
    def sentence(self) -> str:
        """The words in their sentence, marked where it says more."""
        if not (self.before or self.after):
            return self.words
        return f"{self.before} [{self.words}] {self.after}".strip()


class Wording:
    """An explanation in one language; `page` is where it was written, too."""

    def __init__(self, explanation: Explanation, language: str) -> None:
        self.explanation = explanation
        self.page: Path | None = None
        self.language = language
        self.texts = Texts(language, "explain.")
        self._side = 0 if language == "fr" else 1

    def as_json(self) -> dict[str, Any]:
        """The explanation as one JSON object, whatever the language."""
        page = {} if self.page is None else {"page": str(self.page)}
        return {**self.explanation.as_json(), **page}

    def as_lines(self) -> Lines:
        """Its head, for the terminal."""
        page = [] if self.page is None else [(self.texts("head.page"), short(self.page))]
        return [*self.head(), *page]

    def as_tables(self) -> list[Table]:
        """The rest of it, for the terminal: of each component its calculation, then its lists of sites."""
        return [table for component in self.explanation.components for table in _tables(self, component)]

    def label(self, kind: str, name: str) -> str:
        """What an id is called; the id itself where nothing names it."""
        return self.explanation.labels.get((kind, name), (name, name))[self._side]

    def component_label(self, component: Component) -> str:
        return component.label_fr if self.language == "fr" else component.label_en

    def of_indicator(self, name: str) -> str:
        """A text of the registry."""
        return str(self.explanation.indicator[f"{name}_{self.language}"] or "")

    @property
    def title(self) -> str:
        """What is explained, in one line."""
        return f"{self.explanation.indicator['indicator_id']} · {self.of_indicator('label')}"

    @property
    def population(self) -> str:
        """The population and its name."""
        kind = self.texts(f"scope.{self.explanation.scope_type}")
        if self.explanation.scope_type == "network":
            return kind
        label, scope_id = self.explanation.scope_label, self.explanation.scope_id
        return f"{kind} {label}" + (f" ({scope_id})" if label != scope_id else "")

    @property
    def years(self) -> str:
        """The year, or both of a change."""
        before = self.explanation.year_from
        return str(self.explanation.year) if before is None else f"{before} → {self.explanation.year}"

    def head(self) -> Lines:
        """The rule, by registry."""
        version = self.explanation.indicator["method_version"]
        lines = [
            ("indicator", f"{self.title} ({self.texts('method', version=version)})"),
            ("definition", self.of_indicator("definition")),
            ("numerator", self.of_indicator("numerator")),
            ("denominator", self.of_indicator("denominator")),
            ("caveat", self.of_indicator("caveat")),
            ("population", self.population),
            ("year" if self.explanation.year_from is None else "years", self.years),
        ]
        for reason in self.explanation.break_reasons:
            lines.append(("breaks", str(reason[f"reason_{self.language}"])))
        lines.append(("release", self.explanation.release))
        return [(self.texts(f"head.{name}"), text) for name, text in lines if text]

    def rule(self, component: Component) -> str:
        """What a component counts, from its row of the registry."""
        rule, texts = component.rule, self.texts
        parts = [texts(f"rule.{rule['statistic']}")]
        question = rule["question_id"]
        if question is not None:
            parts.append(texts("rule.question", label=self.label("question", question), id=question))
        elif rule["category_id"] is not None:
            parts.append(texts("rule.category", label=self.label("category", rule["category_id"])))
        if rule["minimum_answers"] is not None:
            parts.append(self._counting(question, rule["answer_ids"]))
            if rule["answer_polarity"] is not None:
                parts.append(texts("rule.polarity", n=1 if rule["answer_polarity"] == 1 else 2))
            parts.append(texts("rule.at_least", n=int(rule["minimum_answers"])))
        if rule["measure"] is not None:
            parts.append(texts("rule.measure", measure=rule["measure"]))
        if rule["among_question_id"] is not None:
            among = rule["among_question_id"]
            key = "rule.with" if rule["among_answer_ids"] is None else "rule.among"
            answers = self._answers(among, rule["among_answer_ids"] or "")
            parts.append(texts(key, answers=answers, label=self.label("question", among), id=among))
        return ("\u202f; " if self.language == "fr" else "; ").join(parts)

    def _counting(self, question: str | None, answers: str | None) -> str:
        if answers is None:
            return self.texts("rule.any_answer")
        key = "rule.not_answers" if answers.startswith("!") else "rule.answers"
        return self.texts(key, answers=self._answers(question, answers.removeprefix("!")))

    def _answers(self, question: str | None, answers: str) -> str:
        is_not = answers.startswith("!")
        named = ", ".join(
            f"«\u00a0{label}\u00a0»" if self.language == "fr" else f"“{label}”"
            for label in (
                self.label("answer", f"{question}/{answer}")
                for answer in answers.removeprefix("!").split("|")
            )
        )
        return f"≠ {named}" if is_not else named

    def step(self, component: Component, step: Step) -> tuple[str, str, str]:
        """A figure's name, its formula, and what is published."""
        if step.name == "status":
            return self.texts("step.status"), step.formula, self.texts(f"status.{step.result}")
        is_share = component.rule["statistic"] == "share" and step.name not in _COUNTED
        is_share = is_share or step.name in ("coverage", "participation", "change")
        return self.texts(f"step.{step.name}"), step.formula, self._figure(step.result, is_share)

    def _figure(self, value: float | str | None, is_share: bool) -> str:
        from babel.numbers import format_decimal, format_percent

        if value is None:
            return self.texts("none")
        if is_share:
            return str(format_percent(value, "#,##0.0 %" if self.language == "fr" else "0.0%", self.language))
        return str(format_decimal(value, "#,##0.######", self.language))

    def parts(self, component: Component) -> Iterator[tuple[str, str, list[Member]]]:
        """The lists of sites: name, heading with their number, sites."""
        is_change = self.explanation.year_from is not None
        is_value = component.rule["statistic"] in ("sum", "median")
        for name in IN_CHANGE if is_change else IN_FIGURE:
            if name == "numerator" and is_value:
                continue
            members = component.part(name)
            key = "values" if name == "denominator" and is_value else name
            count = f"{self.texts.count(len(members))} {self.texts('sites', n=len(members))}"
            yield name, f"{self.texts(f'part.{key}')} ({count})", members

    def adds(self, component: Component, member: Member) -> str:
        """What a site adds, or why it adds nothing."""
        if self.explanation.year_from is not None:
            return self.texts(f"reason.{member.reason}") if member.reason else ""
        if member.part == "left_out":
            return self.texts(f"reason.{member.reason}")
        if member.points is not None and member.value is not None:
            weighed = self.texts("points", points=f"{member.points:g}", weight=f"{member.weight:g}")
            return f"{self._figure(member.value, False)} ({weighed})"
        if member.value is not None:
            return self._figure(member.value, False)
        if member.denominator > 1:
            return f"{member.numerator} / {member.denominator}"
        return self.texts(f"reason.{member.reason}") if member.reason else str(member.numerator)

    def evidence(self, component: Component, member: Member) -> Iterator[Row]:
        """What a site says. Where a whole form is looked at, one row per criterion."""
        is_whole_form = (
            component.rule["family"] in ("documents", "breadth") and component.rule["question_id"] is None
        )
        if is_whole_form:
            for (_, category), group in groupby(
                member.evidence, lambda one: (one.evaluation_id, one.category_id)
            ):
                yield self._summary(category, list(group))
        else:
            for one in member.evidence:
                yield from self._rows(one)

    def _summary(self, category: str | None, evidence: list[Evidence]) -> Row:
        said = [
            self._says(one, said)
            for one in evidence
            if one.state == "answered"
            for said in one.said
            if said.match
        ]
        if evidence[0].state == "lost":
            says = self.texts("state.lost")
        else:
            says = self.texts("answers", n=sum(one.state == "answered" for one in evidence))
        words = " · ".join(said)
        name = self.label("category", category) if category else self.texts("none")
        return Row(name, says, words, False, "", evidence[0].path)

    def _rows(self, one: Evidence) -> Iterator[Row]:
        question = self.label("question", one.question_id)
        if self.explanation.year_from is not None:
            question = f"{one.evaluation_id.rpartition('@')[2]} · {question}"
        source = one.path
        if one.record_key:
            source += f", {self.texts('record', key=one.record_key)}"
        if not one.said:
            candidates = self.texts("candidates_or").join(
                self.label("answer", f"{one.question_id}/{answer}") for answer in one.candidate_answer_ids
            )
            state = self.texts(f"state.{one.state}") + (f" ({candidates})" if candidates else "")
            words = self.texts("corrected") if one.is_corrected else ""
            yield Row(question, state, words, False, "", source)
        for said in one.said:
            if said.words is not None:
                words, is_quoted = said.words, True
            else:
                words = self.texts("corrected" if one.is_corrected else "inferred")
                is_quoted = False
            yield Row(
                question,
                self._says(one, said),
                words,
                is_quoted,
                said.place,
                source,
                said.before,
                said.after,
            )

    def _says(self, one: Evidence, said: Said) -> str:
        if said.answer_id is not None:
            return self.label("answer", f"{one.question_id}/{said.answer_id}")
        return said.raw_label or str(said)


def _tables(wording: Wording, component: Component) -> Iterator[Table]:
    texts = wording.texts
    yield Table(
        f"{component.component_id} · {wording.component_label(component)} — {texts('calculation')}",
        (texts("quantity"), texts("formula"), texts("result")),
        [wording.step(component, step) for step in component.steps],
        [texts("rule_is", rule=wording.rule(component))],
    )
    columns = [texts(name) for name in ("site", "adds", "question", "says", "words", "place", "source")]
    for _, title, members in wording.parts(component):
        rows = [row for member in members for row in _site_rows(wording, component, member)]
        yield Table(f"{component.component_id} — {title}", columns, rows, () if rows else (texts("no_site"),))


def _site_rows(wording: Wording, component: Component, member: Member) -> Iterator[tuple[str, ...]]:
    adds = wording.adds(component, member)
    for row in list(wording.evidence(component, member)) or [Row("", "", "", False, "", "")]:
        yield member.name, adds, row.question, row.says, row.sentence, row.place, row.source


def page_file(wording: Wording, out: Path) -> Path:
    """Where the page goes below a folder of reports: <year>/explain/<indicator>-<population>.html."""
    explanation = wording.explanation
    parts = [explanation.indicator["indicator_id"], explanation.scope_type]
    if explanation.scope_type != "network":
        parts.append(explanation.scope_id)
    if len(explanation.components) == 1 and explanation.components[0].component_id != "all":
        parts.append(explanation.components[0].component_id.replace("/", "-"))
    if explanation.year_from is not None:
        parts.append("change")
    name = "-".join(parts) + ("" if wording.language == "fr" else f".{wording.language}") + ".html"
    return out / str(explanation.year) / "explain" / name


def write_page(wording: Wording, file: Path) -> Path:
    """Write the page, whole or not at all; the same explanation gives the same page."""
    page = render("explain.html.jinja", {"w": wording, "x": wording.explanation, "t": wording.texts})
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, page.encode())
    wording.page = file.resolve()
    return wording.page
