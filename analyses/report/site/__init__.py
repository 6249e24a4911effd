"""The sheet of one site: its answers over the years beside the network's figures, and its own words.

It is for the site itself. Of the network it shows published figures alone (`rpt_`), which are controlled against
disclosure; of the site everything that was read, word for word.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import Any

from analyses.report.charts.specs import Band, HeatMap
from analyses.report.database import Database
from analyses.report.document import (
    Block,
    Cell,
    Chapter,
    Column,
    Document,
    Figure,
    Inlines,
    Notice,
    Paragraph,
    Query,
    Ref,
    RowGroup,
    Run,
    Section,
    Table,
    TableRow,
    Terms,
)
from analyses.report.forms.words import Words
from analyses.report.messages import clean

#: Export (source_id), start, end and pointer of a place → what stands there; None where it is not known.
Source = Callable[[str, int | None, int | None, str | None], str | None]

_FOLDER = Path(__file__).parent / "queries"
QUERIES = {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted(_FOLDER.glob("*.sql"))}
#: From here on a known name is near enough to ask whether it was meant.
_NEAR = 0.6

#: What a row that says something has at least one of.
_SAID = ("answer_label_fr", "raw_label", "value_number", "value_text", "text")

Row = dict[str, Any]


class UnknownSiteError(ValueError):
    """No site goes by that name; `near` are the names that resemble it."""

    def __init__(self, name: str, near: list[str]) -> None:
        super().__init__(name)
        self.name = name
        self.near = near


@dataclass(frozen=True, slots=True)
class Site:
    """A site, and the name it goes by."""

    project_id: str
    name: str


class SiteDatabase(Database):
    """The published database, asked about one site; use it in a `with`."""

    def about(self, name: str, **parameters: str | int) -> list[Row]:
        """The rows of a query of this folder."""
        sql = QUERIES[name]
        given = {key: value for key, value in parameters.items() if f"${key}" in sql}
        cursor = self._connection.execute(sql, given or None)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def find(self, name: str) -> Site:
        """The site of a name, an identifier, or any name that an export gives it.

        Compared without case, accents, apostrophes and punctuation. Raises UnknownSiteError.
        """
        known = self.about("site_names")
        wanted = _key(name)
        found = sorted({row["project_id"] for row in known if wanted and _key(row["name"]) == wanted})
        if name in {row["project_id"] for row in known}:
            found = [name]
        if len(found) != 1:
            near = found or _near(wanted, known)
            raise UnknownSiteError(name, near)
        names = self._connection.execute(
            "select name from dim_project where project_id = ?", found
        ).fetchall()
        return Site(found[0], clean(names[0][0] or found[0]))

    def years(self, site: Site) -> list[int]:
        """The years of its evaluations."""
        rows = self._connection.execute(
            "select year from fct_evaluation where project_id = ? order by year", [site.project_id]
        ).fetchall()
        return [year for (year,) in rows]


def build_site_document(
    database: SiteDatabase, site: Site, year: int, language: str, network: str, source: Source
) -> Document:
    """The sheet of a site up to `year`, as a document that every form renders.

    `source` gives the words of the site's exports. Raises ValueError if it has no evaluation up to that year.
    """
    return _Sheet(database, site, year, language, network, source).document()


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold()).replace("œ", "oe").replace("æ", "ae")
    return "".join(sign for sign in folded if sign.isalnum())


def _near(wanted: str, known: Iterable[Row]) -> list[str]:
    by_key = {_key(row["name"]): row["project_id"] for row in known}
    close = get_close_matches(wanted, by_key, n=8, cutoff=_NEAR)
    close += [
        key for key in by_key if len(wanted) > 2 and (wanted in key or key in wanted) and key not in close
    ]
    return list(dict.fromkeys(by_key[key] for key in close))[:5]


class _Sheet:
    """Builds the chapters of a site's sheet."""

    def __init__(
        self, database: SiteDatabase, site: Site, year: int, language: str, network: str, source: Source
    ) -> None:
        self._site = site
        self._year = year
        self._network = network
        self._source = source
        self.t = Words(language)
        given: dict[str, str | int] = {"project_id": site.project_id, "year": year}
        self._rows = {name: database.about(name, **given) for name in QUERIES if name != "site_names"}
        self._years = [row["year"] for row in self._rows["site_evaluations"]]
        found = sorted({path for row in self._rows["site_evaluations"] for path in row["paths"]})
        #: The exports, numbered: their paths are too long to be said at each answer.
        self._numbers = {path: number for number, path in enumerate(found, start=1)}
        if not self._years:
            raise ValueError(f"{site.project_id} has no evaluation up to {year}")

    def document(self) -> Document:
        t = self.t
        chapters = [
            ("evaluations", self._evaluations()),
            ("answers", self._answers()),
            ("criteria", self._criteria()),
            ("words", self._words()),
        ]
        listed = [
            Chapter(f"site-{name}", str(number), t(f"site.{name}"), sections)
            for number, (name, sections) in enumerate(chapters, start=1)
        ]
        listed.append(Chapter("site-sources", "A", t("site.sources"), (self._queries(),)))
        private = Notice(
            "notice-private", t("site.private_title"), (self._paragraph("site.private"),), "warning"
        )
        return Document(
            language=t.language,
            year=self._year,
            network=self._network,
            title=self._site.name,
            full_title=t("site.full_title", site=self._site.name, year=str(self._year)),
            lead=t.rich("site.lead", n=len(self._years), network=self._network, years=self._span()),
            notice=private,
            chapters=tuple(listed),
            colophon=t.rich("site.colophon"),
        )

    def _span(self) -> str:
        first, last = self._years[0], self._years[-1]
        return str(first) if first == last else f"{first}–{last}"

    def _paragraph(self, key: str, **values: Any) -> Paragraph:
        return Paragraph(self.t.rich(key, **values))

    def _evaluations(self) -> tuple[Section, ...]:
        t = self.t
        names = ("asked", "answered", "blank", "ambiguous", "lost", "not_shown")
        rows = []
        for row in self._rows["site_evaluations"]:
            key = {"evaluation_id": row["evaluation_id"]}
            counts = [
                Cell(
                    t.count(row[f"{name}_count"]),
                    row[f"{name}_count"],
                    "count",
                    Ref("fct_evaluation", key, f"{name}_count"),
                )
                for name in names
            ]
            share = self._share(row["completeness"], Ref("fct_evaluation", key, "completeness"))
            files = "\u2003".join(f"[{self._numbers[path]}] {path}" for path in row["paths"])
            paths = (Run(clean(files), is_foreign=True),)
            rows.append(TableRow((Cell(str(row["year"]), str(row["year"]), note=paths), *counts, share)))
        columns = (
            Column(t("site.year")),
            *(Column(t(f"site.{name}"), "count") for name in names),
            Column(t("site.completeness"), "share"),
        )
        table = Table(
            "table-site-evaluations",
            t("site.evaluations_table"),
            columns,
            (RowGroup("", tuple(rows)),),
            "site_evaluations",
        )
        states = ("blank", "ambiguous", "lost", "not_shown")
        terms = Terms(tuple((t.rich(f"site.{name}"), t.rich(f"site.{name}_help")) for name in states))
        return (
            Section("site-evaluations-all", "", (self._paragraph("site.evaluations_text"), table, terms)),
        )

    def _answers(self) -> tuple[Section, ...]:
        """Each indicator: what the site's answers say, year by year, and the network's share."""
        t = self.t
        sections = [
            self._level(number, t.label(rows[0], "level_label"), rows)
            for number, rows in enumerate(
                (
                    list(rows)
                    for _, rows in groupby(self._rows["site_indicators"], key=lambda r: r["level_label_fr"])
                ),
                start=1,
            )
        ]
        if not sections:
            return (Section("site-answers-none", "", (self._paragraph("site.answers_none"),)),)
        return (Section("site-answers-about", "", (self._paragraph("site.answers_text"),)), *sections)

    def _level(self, number: int, level: str, rows: list[Row]) -> Section:
        """The indicators of a level: those of one figure together, each other under its own name."""
        t = self.t
        lines: dict[str, list[tuple[str, list[Cell], Row]]] = {}
        for (_, component, _), members in groupby(
            rows, key=lambda row: (row["indicator_id"], row["component_id"], row["method_version"])
        ):
            listed = list(members)
            row = listed[0]
            years = {line["year"]: line for line in listed if line["year"]}
            own = [self._own(years.get(year)) for year in self._years]
            heading = "" if component == "all" else t.label(row)
            name = t.label(row, "label" if component == "all" else "component_label")
            lines.setdefault(heading, []).append((name, own, row))
        bands, groups, described = [], [], []
        for heading in sorted(lines, key=bool):
            table_rows, shares, texts = [], [], []
            for name, own, row in lines[heading]:
                network = self._network_cell(row)
                n = Cell(t.count(row["network_n"]), row["network_n"], "count", self._ref(row, "n_answered"))
                e = Cell(
                    t.count(row["network_e"]), row["network_e"], "count", self._ref(row, "n_evaluations")
                )
                table_rows.append(TableRow((Cell(name, name), *own, network, n, e)))
                numbers = [float(cell.value) if isinstance(cell.value, int | float) else None for cell in own]
                shares.append((*numbers, row["network_value"]))
                # A status is a sentence: in the chart a dash stands for it.
                shown = network.text if network.value is not None else t("number.none")
                texts.append((*(cell.text for cell in own), shown))
                said = t.listing(
                    [f"{year} : {cell.text}" for year, cell in zip(self._years, own, strict=True)]
                )
                described.append(t("site.described", label=name, said=said, network=network.text))
            groups.append(RowGroup(heading, tuple(table_rows)))
            names = tuple(name for name, _, _ in lines[heading])
            bands.append(Band(heading or level, names, tuple(shares), tuple(texts)))
        columns = (
            Column(t("site.indicator")),
            *(Column(str(year), "status") for year in self._years),
            Column(t("site.network_share", year=str(self._year)), "share"),
            Column("n", "count"),
            Column("E", "count"),
        )
        title = t("site.answers_table", level=level)
        table = Table(f"table-site-answers-{number}", title, columns, tuple(groups), "site_indicators")
        heads = (*((str(year), "") for year in self._years), (t("site.network"), str(self._year)))
        figure = Figure(
            f"figure-site-answers-{number}",
            t("site.answers_figure", level=level),
            t.rich("site.answers_base", year=str(self._year)),
            HeatMap(heads, tuple(bands)),
            " ".join(described),
            table,
            "site_indicators",
        )
        return Section(f"site-answers-{number}", level, (figure,))

    def _own(self, row: Row | None) -> Cell:
        """What the site says in a year: yes, no, or why neither is known."""
        t = self.t
        if row is None or not row["denominator"]:
            is_open = row is not None and row["n_ambiguous"]
            return Cell(t("site.either" if is_open else "site.unknown"), None, "status")
        if row["status"] not in ("ok", "small_n") or row["numerator"] is None:
            return Cell(t("site.unknown"), None, "status")
        ref = Ref(
            "fct_indicator_value",
            {
                "indicator_id": row["indicator_id"],
                "method_version": row["method_version"],
                "component_id": row["component_id"],
                "year": row["year"],
                "scope_type": "site",
                "scope_id": self._site.project_id,
            },
            "numerator",
        )
        return Cell(t("site.yes" if row["numerator"] else "site.no"), row["numerator"], "status", ref)

    def _network_cell(self, row: Row) -> Cell:
        if row["network_value"] is None:
            return Cell(self.t.label(row, "network_status_label"), None, "status")
        return self._share(row["network_value"], self._ref(row, "value"))

    def _ref(self, row: Row, column: str) -> Ref:
        key = {name: row[name] for name in ("indicator_id", "method_version", "component_id")}
        scope: dict[str, str | int] = {"year": self._year, "scope_type": "network", "scope_id": "network"}
        return Ref("rpt_indicator", {**key, **scope}, column)

    def _share(self, value: float | None, ref: Ref) -> Cell:
        if value is None:
            return Cell(self.t("number.none"), None, "share")
        return Cell(self.t.percent(value), value, "share", ref)

    def _criteria(self) -> tuple[Section, ...]:
        """Which criteria the site documents, and how much of the network does."""
        t = self.t
        groups = []
        for level, members in groupby(
            self._rows["site_criteria"], key=lambda row: t.label(row, "level_label")
        ):
            rows = []
            for _, lines in groupby(members, key=lambda row: row["criterion_number"]):
                listed = list(lines)
                by_year = {row["year"]: row for row in listed if row["year"]}
                first = listed[0]
                name = f"{first['criterion_number']}. {t.label(first)}"
                own = [self._documented(by_year.get(year)) for year in self._years]
                key = {"year": self._year, "category_id": first["category_id"]}
                share = self._share(first["network_share"], Ref("rpt_completeness", key, "documented_share"))
                rows.append(TableRow((Cell(name, name), *own, share)))
            groups.append(RowGroup(level, tuple(rows)))
        columns = (
            Column(t("site.criterion")),
            *(Column(str(year), "status") for year in self._years),
            Column(t("site.network_documented", year=str(self._year)), "share"),
        )
        table = Table(
            "table-site-criteria", t("site.criteria_table"), columns, tuple(groups), "site_criteria"
        )
        return (Section("site-criteria-all", "", (self._paragraph("site.criteria_text"), table)),)

    def _documented(self, row: Row | None) -> Cell:
        if row is None:
            return Cell(self.t("site.unknown"), None, "status")
        is_documented = bool(row["is_documented"])
        return Cell(self.t("site.documented" if is_documented else "site.open"), int(is_documented), "status")

    def _words(self) -> tuple[Section, ...]:
        """Everything that was read, year by year, the last one first."""
        t = self.t
        sections = []
        for year, members in groupby(self._rows["site_words"], key=lambda row: row["year"]):
            said: list[Row] = []
            silent: Counter[str] = Counter()
            for row in members:
                if all(row[column] in (None, "") for column in _SAID):
                    silent[t.label(row, "state_label")] += 1
                else:
                    said.append(row)
            groups = tuple(
                RowGroup(label, tuple(self._said(row) for row in rows))
                for label, rows in groupby(said, key=lambda row: t.label(row, "category_label"))
            )
            columns = (Column(t("site.question")), Column(t("site.read")), Column(t("site.source_words")))
            table = Table(
                f"table-site-words-{year}",
                t("site.words_table", year=str(year)),
                columns,
                groups,
                "site_words",
            )
            listed = t.listing([f"{label} : {t.count(count)}" for label, count in sorted(silent.items())])
            blocks: list[Block] = [table] if groups else []
            if listed:
                blocks.append(self._paragraph("site.silent", listed=listed))
            sections.append(Section(f"site-words-{year}", str(year), tuple(blocks)))
        return (Section("site-words-about", "", (self._paragraph("site.words_text"),)), *sections)

    def _said(self, row: Row) -> TableRow:
        t = self.t
        if row["text"] is not None:
            read = clean(row["text"])
        elif row["answer_label_fr"]:
            read = t.label(row, "answer_label")
        elif row["value_number"] is not None and not row["value_text"]:
            read = t.decimal(row["value_number"], 2)
        else:
            read = clean(row["value_text"] or row["raw_label"] or "")
        place = (row["source_start"], row["source_end"], row["source_pointer"])
        words = self._source(row["source_id"], *place) if row["source_id"] else None
        shown = clean(words or "").strip()
        where: Inlines = (Run(clean(self._where(row)), is_foreign=True),) if row["path"] else ()
        if not shown:
            text = t("site.no_words")
        elif shown == read:
            text = t("site.same_words")
        else:
            text = shown
        question = t.label(row, "question_label")
        return TableRow((Cell(question, question), Cell(read, read), Cell(text, text, note=where)))

    def _queries(self) -> Section:
        names = [name for name in QUERIES if name != "site_names"]
        return Section(
            "site-queries",
            "",
            tuple(Query(f"query-{name}", name, self.t(f"site.use.{name}"), QUERIES[name]) for name in names),
        )

    def _where(self, row: Row) -> str:
        """The number of the export, and the place in it."""
        number = f"[{self._numbers.get(row['path'], '–')}]"
        if row["source_start"] is not None:
            return f"{number} {row['source_start']}–{row['source_end']}"
        return f"{number} {row['source_pointer'] or ''}".strip()
