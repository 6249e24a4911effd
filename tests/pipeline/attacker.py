"""Somebody who holds the published tables (`rpt_`, `dim_`) and a solver, and wants to know what is masked.

Nothing here knows how cells are masked. Each question of each year is one linear program: its unknowns are the counts
(or totals) that no table shows, its constraints all that the tables and the questionnaire say of them. A cell is
recovered if it can vary by less than one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

Row = dict[str, Any]
Name = tuple[Any, ...]

#: Groups that share out the sites of the network, and those in which a site may be more than once.
PARTITIONS = ("region", "department", "commune_size", "opening_age", "priority_district")
COVERS = ("legal_status", "thematique")
#: More than any total, for unknowns without an upper end.
HUGE = 1e7


@dataclass
class Program:
    """Unknowns with their ends, and what is known of sums of them."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    names: dict[Name, int] = field(default_factory=dict)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def unknown(self, name: Name, low: float, high: float) -> None:
        self.names[name] = len(self.low)
        self.low.append(low)
        self.high.append(min(high, HUGE))

    def between(self, low: float, terms: dict[Name, float], high: float) -> None:
        """low <= sum of the terms <= high."""
        self.rows.append(({self.names[name]: factor for name, factor in terms.items()}, low, high))

    def widths(self, targets: list[Name], random: np.random.Generator) -> dict[Name, float]:
        """How far each target can vary, or at least 1 if it varies by as much."""
        matrix, limits = self._matrix()
        bounds = list(zip(self.low, self.high, strict=True))
        found = {name: [math.inf, -math.inf] for name in targets}

        def solve(costs: np.ndarray[Any, Any]) -> None:
            result = linprog(costs, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs")
            assert result.success, result.message
            for name in targets:
                value = result.x[self.names[name]]
                found[name] = [min(found[name][0], value), max(found[name][1], value)]

        # A few corners show that most can vary; the rest are asked one by one.
        for _ in range(6):
            costs = random.normal(size=len(self.low))
            solve(costs)
            solve(-costs)
        for name in targets:
            if found[name][1] - found[name][0] < 1:
                costs = np.zeros(len(self.low))
                costs[self.names[name]] = 1
                solve(costs)
                solve(-costs)
        return {name: high - low for name, (low, high) in found.items()}

    def _matrix(self) -> tuple[csr_matrix, list[float]]:
        data: list[float] = []
        places: list[tuple[int, int]] = []
        limits: list[float] = []
        for terms, low, high in self.rows:
            for sign, limit in ((1.0, high), (-1.0, -low)):
                if abs(limit) < HUGE:
                    places += [(len(limits), column) for column in terms]
                    data += [sign * factor for factor in terms.values()]
                    limits.append(limit + 1e-9)
        lines, columns = zip(*places, strict=True) if places else ((), ())
        return csr_matrix((data, (lines, columns)), shape=(len(limits), len(self.low))), limits


def attack(connection: duckdb.DuckDBPyConnection, seed: int = 0) -> tuple[int, list[Name]]:
    """How many cells are masked, and which of them can be computed back."""
    random = np.random.default_rng(seed)
    masked, recovered = 0, []
    for program, targets in programs(connection):
        masked += len(targets)
        widths = program.widths(targets, random)
        recovered += [name for name, width in widths.items() if width < 1 - 1e-6]
    return masked, recovered


def programs(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Program, list[Name]]]:
    """A program for each question with a masked cell, with its masked cells."""
    figures = _rows(connection, _FIGURES)
    changes = _rows(connection, _CHANGES)
    regions = dict(
        connection.execute("select distinct department_code, region_code from rpt_department").fetchall()
    )
    linked: dict[Name, list[Row]] = defaultdict(list)
    for row in figures:
        linked[row["network"], row["question"]].append(row)
    moved: dict[Name, list[Row]] = defaultdict(list)
    for row in changes:
        moved[row["network"], row["question"]].append(row)
    for key, rows in linked.items():
        program = Program()
        targets = _figures(program, rows, regions)
        targets += _changes(program, moved[key], rows)
        if targets:
            yield program, targets


def _figures(program: Program, rows: list[Row], regions: dict[str, str]) -> list[Name]:
    targets = []
    for row in rows:
        name = _name(row)
        total = row["statistic"] == "sum"
        shown = row["shown_sum"] if total else row["numerator"]
        if shown is not None:
            program.unknown(name, shown, shown)
        else:
            top = 2 if row["masked_en"] else math.inf if total else row["denominator"]
            program.unknown(name, 0, top if row["denominator"] else 0)
        if row["status"] == "suppressed":
            targets.append(name)
    for group in _grouped(rows, "indicator_id", "component_id", "year").values():
        _add_up_groups(program, group, regions)
    for group in _grouped(rows, "year", "scope_type", "scope_id").values():
        _add_up_answers(program, group)
    return targets


def _add_up_groups(program: Program, rows: list[Row], regions: dict[str, str]) -> None:
    """What groups say of the whole, and the whole of them."""
    of_kind = _grouped(rows, "scope_type")
    (whole,) = of_kind.get(("network",), [None])
    if whole is None:
        return
    total = whole["statistic"] == "sum"
    for kind in (*PARTITIONS, *COVERS):
        groups = of_kind.get((kind,), [])
        if groups:
            _share_out(program, whole, groups, overlap=kind in COVERS)
    for region in of_kind.get(("region",), []):
        inside = [
            row
            for row in of_kind.get(("department",), [])
            if regions.get(row["scope_id"]) == region["scope_id"]
        ]
        if inside:
            _share_out(program, region, inside, overlap=False)
    for row in rows:
        if row is not whole:
            beside = math.inf if total else whole["denominator"] - row["denominator"]
            if total and whole["denominator"] == row["denominator"]:
                beside = 0
            program.between(0, {_name(whole): 1, _name(row): -1}, beside)


def _share_out(program: Program, whole: Row, groups: list[Row], *, overlap: bool) -> None:
    """Groups of a whole: what they have more or less than it is at most what so many sites may have."""
    more = sum(row["denominator"] for row in groups) - whole["denominator"]
    terms = {_name(row): 1.0 for row in groups} | {_name(whole): -1.0}
    total = whole["statistic"] == "sum"
    low = (-math.inf if total else min(more, 0)) if more < 0 else 0
    high = math.inf if total and overlap and more > 0 else max(more, 0)
    if not overlap and more >= 0:
        high = 0
    program.between(low, terms, high)


def _add_up_answers(program: Program, rows: list[Row]) -> None:
    """What the answers of one question say of each other, in one group."""
    shares = [row for row in rows if row["statistic"] == "share"]
    for group in _grouped(shares, "question_id").values():
        parts = [row for row in group if row["is_answer"] and row["indicator_id"] != "K8"]
        wholes = [row for row in group if row["component_id"] == "all" and row["is_any"]]
        if parts and len(parts) == parts[0]["part_count"] and len({row["denominator"] for row in parts}) == 1:
            # Of a single choice, a rating, a number of criteria: each site has one.
            n = parts[0]["denominator"]
            program.between(n, {_name(row): 1 for row in parts}, n)
        for whole in wholes:
            for part in parts:
                program.between(0, {_name(whole): 1, _name(part): -1}, math.inf)
    both = {row["indicator_id"]: row for row in shares if row["component_id"] == "all"}
    if "I6" in both and "I7" in both:
        # Every answer to the question is a positive or a negative effect.
        pair = {_name(both["I6"]): 1.0, _name(both["I7"]): 1.0}
        program.between(both["I6"]["denominator"], pair, math.inf)
    gap = both.get("K8")
    if gap:
        balance = {row["component_id"]: row for row in shares if row["indicator_id"] == "K7"}
        _add_gap(program, gap, balance)


def _add_gap(program: Program, gap: Row, balance: dict[str, Row]) -> None:
    """Leaders against publics: nine kinds of sites, whose margins are published, and how many are of three of them."""
    answers = ("moins-de-femmes", "autant", "plus-de-femmes")
    n = gap["denominator"]
    cell = lambda a, b: ("gap", gap["year"], gap["scope_type"], gap["scope_id"], a, b)  # noqa: E731
    for a in range(3):
        for b in range(3):
            program.unknown(cell(a, b), 0, n)
    program.between(n, {cell(a, b): 1 for a in range(3) for b in range(3)}, n)
    program.between(0, {cell(a, b): -1.0 for a in range(3) for b in range(3) if a < b} | {_name(gap): 1}, 0)
    for side, group in enumerate(("dirigeants", "publics")):
        for rank, answer in enumerate(answers):
            row = balance.get(f"{group}/{answer}")
            if row:
                cells = {cell(*((rank, o) if side == 0 else (o, rank))): -1.0 for o in range(3)}
                program.between(0, {**cells, _name(row): 1}, max(row["denominator"] - n, 0))


def _changes(program: Program, rows: list[Row], figures: list[Row]) -> list[Name]:
    """Who stayed, gained and lost, and the levels of both years that hold them."""
    targets = []
    levels = {
        (row["indicator_id"], row["component_id"], row["year"], row["scope_type"], row["scope_id"]): row
        for row in figures
    }
    for row in rows:
        base = (row["indicator_id"], row["component_id"], row["year_to"], row["scope_type"], row["scope_id"])
        n = row["n_matched"]
        for part in ("gained", "lost"):
            known = row[part]
            program.unknown((part, *base), *((0, n) if known is None else (known, known)))
            if row["status"] == "suppressed":
                targets.append((part, *base))
        for end, year in (("from", row["year_from"]), ("to", row["year_to"])):
            known = None if row[f"value_{end}"] is None else round(row[f"value_{end}"] * n)
            program.unknown((end, *base), *((0, n) if known is None else (known, known)))
            level = levels.get((*base[:2], year, *base[3:]))
            if level:
                beside = level["denominator"] - n
                program.between(0, {_name(level): 1, (end, *base): -1}, beside)
        program.between(
            0, {("to", *base): 1, ("from", *base): -1, ("gained", *base): -1, ("lost", *base): 1}, 0
        )
        program.between(0, {("from", *base): 1, ("lost", *base): -1}, math.inf)
        program.between(-math.inf, {("from", *base): 1, ("gained", *base): 1}, n)
    return targets


def _name(row: Row) -> Name:
    return row["indicator_id"], row["component_id"], row["year"], row["scope_type"], row["scope_id"]


def _grouped(rows: list[Row], *columns: str) -> dict[Name, list[Row]]:
    groups: dict[Name, list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return groups


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    return list(connection.execute(query).to_arrow_table().to_pylist())


#: Years of one network hang together by its changes; invented networks have ten years of their own each.
_NETWORK = "case when {year} < 1900 then {year} // 10 else 0 end as network"
#: The questions of leaders and publics are one for K8, those of the upkeep for Q3.
_QUESTION = """
    case
        when component.question_id like 'egalite%' then 'egalite'
        else coalesce(component.among_question_id, component.question_id, component.indicator_id)
    end as question
"""
_FIGURES = f"""
    select
        figure.*,
        component.question_id,
        {_QUESTION},
        {_NETWORK.format(year="figure.year")},
        coalesce(figure.value, case when figure.bound_low = figure.bound_high then figure.bound_low end) as shown_sum,
        component.answer_ids is not null and component.answer_ids not like '%|%' and component.answer_ids not like '!%'
        or component.measure in ('1', '2', '3', '4', '5')
        or component.family = 'breadth' as is_answer,
        component.answer_ids is null and component.answer_polarity is null and component.minimum_answers = 1 as is_any,
        case
            when component.family = 'breadth' then 13
            when question.kind = 'rating' then 5
            when question.kind = 'single' then (
                select count(*) from dim_answer as answer where answer.answer_list = question.answer_list
            )
        end as part_count
    from rpt_indicator as figure
    inner join dim_indicator_component as component using (indicator_id, method_version, component_id)
    left join dim_question as question on component.question_id = question.question_id
    where figure.statistic in ('share', 'sum') and figure.kind <> 'coverage' and figure.denominator is not null
    order by all
"""
_CHANGES = f"""
    select change.*, {_QUESTION}, {_NETWORK.format(year="change.year_to")}
    from rpt_indicator_change as change
    inner join dim_indicator_component as component using (indicator_id, method_version, component_id)
    where change.n_matched > 0 and change.scope_type = 'network'
    order by all
"""
