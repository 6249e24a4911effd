"""From the published database to `<out>/<year>/index.html`."""

from __future__ import annotations

import base64
import inspect
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from analyses.report import charts, palette
from analyses.report.catalogue import Catalogue
from analyses.report.queries import QUERIES, Database, Row, relations

_FOLDER = Path(__file__).parent

#: The network's own settings, at the root of the project; a network may do without.
SETTINGS = _FOLDER.parents[1] / "effets.toml"

SECTIONS = ("who", "completeness", "indicators", "limits", "quality", "method", "sources")

STATES = ("answered", "blank", "ambiguous", "lost", "not_shown", "not_asked")


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart, as the templates show it."""

    ident: str
    title: str
    wide: Markup
    narrow: Markup


def write_report(
    warehouse: Path, out: Path, year: int | None = None, *, language: str = "fr", settings: Path = SETTINGS
) -> Path:
    """Write the report of `year`, the last one published if absent, and return the page's path.

    `warehouse` is the folder that holds effets.duckdb, `out` the folder of the reports. The same database and
    settings give the same bytes. Raises ValueError if no evaluation of the year is published.
    """
    texts = Catalogue(language)
    with Database(warehouse / "effets.duckdb") as database:
        years = [row["year"] for row in database.ask("campaigns")]
        if not years or (year is not None and year not in years):
            raise ValueError(f"no evaluation of {year or 'any year'} is published")
        page = _render(texts, _contents(database, texts, year or years[-1], _name(settings)))
    path = out / str(year or years[-1]) / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(page, encoding="utf-8", newline="\n")
    os.replace(draft, path)
    return path


def _name(settings: Path) -> str | None:
    """The name that the network gives itself, if it does."""
    if not settings.exists():
        return None
    name = tomllib.loads(settings.read_text(encoding="utf-8")).get("name")
    return str(name) if name else None


def _render(texts: Catalogue, contents: dict[str, Any]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=texts, tables=lambda query: _tables(texts, query))
    page = environment.get_template("report.html.jinja").render(contents)
    return page.strip() + "\n"


def _tables(texts: Catalogue, query: str) -> str:
    names = relations(query)
    if len(names) > 3:
        return texts("sources.many_tables", n=len(names))
    return texts("sources.tables", n=len(names), names=texts.listing(names))


def _style() -> Markup:
    font = base64.b64encode((_FOLDER / "fonts" / "source-sans-3-latin.woff2").read_bytes()).decode()
    face = (
        '@font-face{font-family:"Report Sans";font-weight:200 900;font-display:swap;'
        f"src:url(data:font/woff2;base64,{font}) format('woff2')}}\n"
    )
    sheet = (_FOLDER / "templates" / "report.css").read_text(encoding="utf-8")
    return Markup(face + palette.style_rules() + sheet)


def _contents(database: Database, texts: Catalogue, year: int, name: str | None) -> dict[str, Any]:
    """What the templates show, by name."""
    participation = database.ask("participation_by_year", year)
    years = [row["year"] for row in participation]
    (sites,) = database.ask("sites", year)
    (pages,) = database.ask("pages_read", year)
    indicators = database.ask("indicators", year)
    return {
        "style": _style(),
        "sections": SECTIONS,
        "states": STATES,
        "network": name or texts("network.example" if sites["invented_count"] else "network.unnamed"),
        "year": str(year),
        "year_before": str(year - 1),
        "now": participation[-1],
        "participation": participation,
        "register": next((row["n_register"] for row in indicators), None),
        "sites": sites,
        "formats": _formats(texts, years, database.ask("participation_by_format", year)),
        "completeness": _completeness(texts, participation, database.ask("completeness", year)),
        "indicators": _indicators(texts, year, indicators),
        "pages": pages,
        "cases": database.ask("cases"),
        "rejected": database.ask("rejected_exports"),
        "unmapped": database.ask("unmapped_answers"),
        "year_bases": database.ask("year_bases", year),
        "queries": [
            {"name": query, "sql": inspect.cleandoc(sql)}
            for query, sql in QUERIES.items()
            if query in texts.at("sources.uses")
        ],
    }


def _formats(texts: Catalogue, years: Sequence[int], rows: Sequence[Row]) -> list[Row]:
    """Evaluations by form of export, a number for each year: what did not come counts 0."""
    formats = []
    for _, group in groupby(rows, key=lambda row: row["format"]):
        by_year = {row["year"]: row for row in group}
        label = texts.label(next(iter(by_year.values())))
        counts = [by_year[year]["evaluation_count"] if year in by_year else 0 for year in years]
        formats.append({"label": label, "evaluation_counts": counts})
    return formats


def _completeness(texts: Catalogue, participation: Sequence[Row], rows: Sequence[Row]) -> dict[str, Any]:
    """The criteria, each with its row of every year (None where there is none), and their heat map."""
    years = [row["year"] for row in participation]
    criteria = []
    for number, group in groupby(rows, key=lambda row: row["criterion_number"]):
        by_year = {row["year"]: row for row in group}
        first = next(iter(by_year.values()))
        criteria.append(
            {
                "number": number,
                "label": texts.label(first),
                "level": texts.label(first, "level_label"),
                "years": [by_year.get(year) for year in years],
                "now": by_year.get(years[-1]),
            }
        )
    now = [criterion["now"] for criterion in criteria if criterion["now"]]
    return {
        "criteria": criteria,
        "half_count": sum((row["documented_share"] or 0) >= 0.5 for row in now),
        "state_totals": {state: sum(row[f"{state}_count"] for row in now) for state in STATES},
        "chart": _heat_map(texts, participation, criteria),
    }


def _heat_map(texts: Catalogue, participation: Sequence[Row], criteria: Sequence[Row]) -> Chart:
    def shown(row: Row | None) -> str:
        if row is None or row["documented_share"] is None:
            return texts("number.none")
        return texts.percent(row["documented_share"])

    bands = []
    for level, group in groupby(criteria, key=lambda criterion: criterion["level"]):
        members = list(group)
        bands.append(
            charts.Band(
                heading=level,
                labels=[f"{criterion['number']}. {criterion['label']}" for criterion in members],
                shares=[[row and row["documented_share"] for row in c["years"]] for c in members],
                cell_labels=[[shown(row) for row in c["years"]] for c in members],
            )
        )
    years = [str(row["year"]) for row in participation]
    columns = [
        (year, texts("completeness.column_note", n=row["evaluation_count"]))
        for year, row in zip(years, participation, strict=True)
    ]
    title = (
        texts("completeness.chart", first=years[0], last=years[-1])
        if len(years) > 1
        else texts("completeness.chart_one", last=years[-1])
    )
    described = [
        texts(
            "completeness.described",
            criterion=criterion["label"],
            shares=texts.listing(
                [
                    texts("completeness.described_share", share=shown(row), year=year)
                    for year, row in zip(years, criterion["years"], strict=True)
                ]
            ),
        )
        for criterion in criteria
    ]
    return _chart("completeness", title, " ".join(described), charts.heat_map(columns, bands))


def _indicators(texts: Catalogue, year: int, rows: Sequence[Row]) -> dict[str, Any]:
    """The rows of each indicator, several where it is split into components, and the interval chart."""
    groups: list[Row] = []
    for _, group in groupby(rows, key=lambda row: (row["indicator_id"], row["method_version"])):
        members = list(group)
        groups.append({"rows": members, "is_split": members[0]["component_id"] != "all"})
    return {"groups": groups, "chart": _interval_chart(texts, year, groups)}


def _interval_chart(texts: Catalogue, year: int, groups: Sequence[Row]) -> Chart:
    lines, described = [], []
    for group in groups:
        if group["is_split"]:
            lines.append(charts.Interval(texts.label(group["rows"][0])))
        for row in group["rows"]:
            line = _interval(texts, row, is_part=group["is_split"])
            lines.append(line)
            described.append(_description(texts, line, texts.label(row)))
    title = texts("indicators.chart", year=str(year))
    ticks = [(share, texts.percent(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return _chart("indicators", title, " ".join(described), charts.interval_chart(lines, ticks))


def _interval(texts: Catalogue, row: Row, *, is_part: bool) -> charts.Interval:
    """A line of the chart: what has no value says so in words."""
    has_bounds = row["has_bounds"] and row["bound_low"] is not None
    if row["value"] is not None:
        value = texts.percent(row["value"])
        note = texts("indicators.note", numerator=row["numerator"], answered=row["n_answered"])
    elif row["status"] == "bounds" and has_bounds:
        value, note = _range(texts, row["bound_low"], row["bound_high"]), texts("indicators.bounds_note")
    else:
        value = texts("number.none")
        note = texts("indicators.status_note", status=texts.label(row, "status_label"), n=row["n_answered"])
    return charts.Interval(
        label=texts.label(row, "component_label") if is_part else texts.label(row),
        value_label=value,
        note=note,
        is_part=is_part,
        value=row["value"],
        low=row["ci_low"],
        high=row["ci_high"],
        bound_low=row["bound_low"] if has_bounds else None,
        bound_high=row["bound_high"] if has_bounds else None,
    )


def _description(texts: Catalogue, line: charts.Interval, indicator: str) -> str:
    label = f"{indicator}, {line.label}" if line.is_part else line.label
    parts = [texts("indicators.described", label=label, value=line.value_label, note=line.note)]
    if line.low is not None and line.high is not None:
        parts.append(texts("indicators.described_interval", range=_range(texts, line.low, line.high)))
    if line.value is not None and line.bound_low is not None and line.bound_high is not None:
        parts.append(
            texts("indicators.described_bounds", range=_range(texts, line.bound_low, line.bound_high))
        )
    return ", ".join(parts) + "."


def _range(texts: Catalogue, low: float, high: float) -> str:
    return texts("number.range", low=texts.percent(low), high=texts.percent(high))


def _chart(ident: str, title: str, description: str, drawing: charts.Drawing) -> Chart:
    def draw(width: str) -> Markup:
        # The chart's own texts are escaped by the XML writer.
        return Markup(charts.svg(getattr(drawing, width), f"{ident}-{width}", title, description))

    return Chart(f"figure-{ident}", title, draw("wide"), draw("narrow"))
