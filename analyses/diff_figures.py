"""Figures of two publications paired by their keys, and the causes that the two sides show.

Only columns that both sides have are compared; what cannot be is said in `NotCompared` and never stops the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from ingest.speech import tr

#: The tables of a side, their columns and the types of these.
Columns = dict[str, dict[str, str]]

#: Doubles that differ by less than this share of the greater are one: sums come in any order.
TOLERANCE = 1e-9

_FLOATS = {"FLOAT", "DOUBLE"}
_INTEGERS = {f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")}
_NUMBERS = _FLOATS | _INTEGERS | {"INTEGER", "UINTEGER", "DECIMAL"}

#: Without this column, a side's rows are those that have this value.
_NEUTRAL = {"scope_type": "network", "scope_id": "network", "component_id": "all"}
#: Rows can be paired without these, where the rest of the key tells them apart.
_DISPENSABLE = {"method_version", *_NEUTRAL}
_YEARS = {"year", "year_from", "year_to"}

#: What of an indicator is its method; of its components all is but labels and their order.
_METHOD = ("minimum_n", "disclosure", "disaggregations", "question_ids", "unit", "kind")
#: What tells one record from another; whose it is, aliases decide.
_RECORD = ("record_id", "source_id", "year", "is_retracted")
#: Of the counts, not `matched_count`: it depends on the year before.
_COUNTS = ("year", "format", "export_count", "record_count", "evaluation_count", "project_count")


@dataclass(frozen=True, slots=True)
class NotCompared:
    """What was not compared, and why: `absent`, `narrowed` to the value `only`, or keys `repeated`."""

    what: str
    where: str
    why: str
    lacking_in: str = ""
    only: str | None = None

    def said(self) -> str:
        """The same for people."""
        if self.why == "repeated":
            why = tr("several rows of {where} have one key, so they cannot be paired", where=self.where)
        elif self.why == "narrowed":
            why = tr(
                "{where} is lacking in {side}: of the other side only {value} is compared",
                where=self.where,
                side=self.lacking_in,
                value=self.only,
            )
        else:
            why = tr("{where} is lacking in {side}", where=self.where, side=self.lacking_in)
        return f"{self.what}: {why}"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that differs: `is` new, gone or changed."""

    key: dict[str, Any]
    is_: str
    a: dict[str, Any]
    b: dict[str, Any]
    causes: list[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """A table of figures: what they are called, their key, and what of them is compared."""

    what: str
    table: str
    key: tuple[str, ...]
    measures: tuple[str, ...]

    @property
    def years(self) -> list[str]:
        """The columns of the key that place a figure in time."""
        return [column for column in self.key if column in _YEARS]


FIGURES = Compared(
    "figures",
    "rpt_indicator",
    ("indicator_id", "method_version", "component_id", "year", "scope_type", "scope_id"),
    (
        *("numerator", "denominator", "value", "status", "bound_low", "bound_high", "ci_low", "ci_high"),
        *("value_q1", "value_q3", "n_answered", "n_ambiguous", "n_evaluations", "n_register"),
    ),
)
CHANGES = Compared(
    "changes",
    "rpt_indicator_change",
    ("indicator_id", "method_version", "component_id", "year_from", "year_to", "scope_type", "scope_id"),
    (
        *("value_from", "value_to", "n_matched", "gained", "lost", "change", "ci_low", "ci_high"),
        *("p_value", "p_value_holm", "arrow", "status"),
    ),
)


def absent(what: str, a: Columns, b: Columns, table: str, *columns: str) -> list[NotCompared]:
    """The table, or those of its columns, that a side lacks; one entry for all columns that the same sides lack."""
    lacking: dict[str, list[str]] = {}
    for column in columns if table in a and table in b else ("",):
        sides = [
            name
            for name, side in (("A", a), ("B", b))
            if table not in side or (column and column not in side[table])
        ]
        if sides:
            lacking.setdefault(", ".join(sides), []).append(column)
    return [
        NotCompared(what, f"{table}.{'/'.join(names)}" if names[0] else table, "absent", sides)
        for sides, names in lacking.items()
    ]


def common(a: Columns, b: Columns, table: str, columns: Iterable[str] | None = None) -> list[str]:
    """The columns that both sides' table has, of those asked for."""
    shared = a.get(table, {}).keys() & b.get(table, {}).keys()
    return sorted(shared) if columns is None else [column for column in columns if column in shared]


def alike(a: Columns, b: Columns, table: str, column: str, *, rounded: bool = False) -> str:
    """A column as an expression of one type for both sides: text, unless both have the same type or numbers.

    `rounded` makes text of doubles, in which noise is lost: sets compare nothing else.
    """
    if rounded and _is_float(a, b, table, column):
        # Negative zero plus zero is zero.
        return f"format('{{:.9e}}', \"{column}\"::double + 0.0)"
    types = {a[table][column], b[table][column]}
    if len(types) == 1 or _plain(types) <= _NUMBERS:
        return f'"{column}"'
    return f'"{column}"::varchar'


def _plain(types: set[str]) -> set[str]:
    return {type_.partition("(")[0] for type_ in types}


def _is_float(a: Columns, b: Columns, table: str, column: str) -> bool:
    types = _plain({a[table][column], b[table][column]})
    return types <= _NUMBERS and bool(types & _FLOATS)


def key_text(column: str, type_: str) -> str:
    """A column of a key as text: 1, 1.0 and '1' are one version, 2024 and '2024' one year."""
    if type_ in _FLOATS:
        return f"regexp_replace(\"{column}\"::varchar, '[.]0$', '')"
    return f'"{column}"::varchar'


def figures(
    connection: duckdb.DuckDBPyConnection, a: Columns, b: Columns, compared: Compared
) -> tuple[list[FigureChange], list[NotCompared]]:
    """The figures of a table that differ, and what could not be compared."""
    key, filters, missing = _pairing(connection, a, b, compared)
    if not key:
        return [], missing
    table = compared.table
    measures = common(a, b, table, compared.measures)
    for name, side in (("a", a), ("b", b)):
        columns = [f'{key_text(c, side[table][c])} as "{c}"' for c in key]
        columns += [f'{alike(a, b, table, m)} as "{m}"' for m in measures]
        columns += ["disclosure::varchar as disclosure"] if common(a, b, table, ["disclosure"]) else []
        where = " and ".join(filters[name]) or "true"
        connection.execute(
            f"create or replace temp table side_{name} as "
            f"select {', '.join(columns)}, true as is_there from {name}.{table} where {where}"
        )
        counted = f"select count(*), count(distinct ({', '.join(key)}, true)) from side_{name}"
        [(rows, keys)] = connection.execute(counted).fetchall()
        if rows != keys:
            return [], [*missing, NotCompared(compared.what, table, "repeated")]
    lacking = [m for m in compared.measures if (m in a[table]) != (m in b[table])]
    missing += absent(compared.what, a, b, table, *lacking) if lacking else []
    causes, unseen = _causes(a, b, compared, key)
    return _changes(connection, a, b, compared, key, causes), [*missing, *unseen]


def _pairing(
    connection: duckdb.DuckDBPyConnection, a: Columns, b: Columns, compared: Compared
) -> tuple[list[str], dict[str, list[str]], list[NotCompared]]:
    """The key by which rows are paired, which rows of each side are, and what that leaves out.

    The key is empty where nothing can be paired.
    """
    what, table = compared.what, compared.table
    filters: dict[str, list[str]] = {"a": [], "b": []}
    if table not in a or table not in b:
        return [], filters, absent(what, a, b, table)
    needed = [column for column in compared.key if column not in _DISPENSABLE]
    if missing := absent(what, a, b, table, *needed):
        return [], filters, missing
    for column in compared.key:
        if (column in a[table]) == (column in b[table]):
            continue
        has, lacks = ("b", "A") if column in b[table] else ("a", "B")
        only = _NEUTRAL.get(column)
        if only is None:
            missing += absent(what, a, b, table, column)
            continue
        condition = f"\"{column}\"::varchar = '{only}'"
        [(rows, kept)] = connection.execute(
            f"select count(*), count(*) filter (where {condition}) from {has}.{table}"
        ).fetchall()
        if rows and not kept:
            return [], filters, [*missing, *absent(what, a, b, table, column)]
        filters[has].append(condition)
        missing.append(NotCompared(what, f"{table}.{column}", "narrowed", lacks, only))
    return common(a, b, table, compared.key), filters, missing


#: A new version in the place of an old one: of a component, each side has just one that the other lacks.
_SUCCESSION = """
    successions as (
        select {component}, max(version_a) as version_a, max(version_b) as version_b
        from (
            select {component}, method_version as version_a, null as version_b
            from (select {component}, method_version from side_a except select {component}, method_version from side_b)
            union all
            select {component}, null, method_version
            from (select {component}, method_version from side_b except select {component}, method_version from side_a)
        )
        group by {component}
        having count(version_a) = 1 and count(version_b) = 1
    ),

    paired as (
        select side_a.* replace (coalesce(version_b, method_version) as method_version), method_version as version
        from side_a
        left join successions on {same} and method_version = version_a
    ),
"""
_AS_IT_IS = "paired as (select *, null::varchar as version from side_a),"


def _changes(
    connection: duckdb.DuckDBPyConnection,
    a: Columns,
    b: Columns,
    compared: Compared,
    key: list[str],
    causes: dict[str, str],
) -> list[FigureChange]:
    table = compared.table
    measures = common(a, b, table, compared.measures)
    paired = _AS_IT_IS
    if "method_version" in key:
        component = [column for column in ("indicator_id", "component_id") if column in key]
        same = " and ".join(f"side_a.{c} is not distinct from successions.{c}" for c in component)
        paired = _SUCCESSION.format(component=", ".join(component), same=same)
    version = "b.method_version" if "method_version" in key else "null::varchar"
    told = [*measures, *common(a, b, table, ["disclosure"])]
    differing = [_differs(m, _is_float(a, b, table, m)) for m in measures]
    found = [f"case when {condition} then '{cause}' end" for cause, condition in causes.items()]
    relation = connection.execute(
        f"""
        with

        {paired}

        joined as (
            select
                {", ".join(f"coalesce(a.{c}, b.{c}) as {c}" for c in key)},
                a.is_there is null as is_new,
                b.is_there is null as is_gone,
                {"".join(f"a.{m} as a_{m}, b.{m} as b_{m}, " for m in told)}
                a.version as a_version,
                {version} as b_version
            from paired as a
            full join side_b as b on {" and ".join(f"a.{c} is not distinct from b.{c}" for c in key)}
        )

        select *, list_filter([{", ".join(found)}]::varchar[], lambda cause: cause is not null) as causes
        from joined
        where {" or ".join(("is_new", "is_gone", "a_version <> b_version", *differing))}
        order by {", ".join(key)}
        """
    )
    names = [column[0] for column in relation.description or ()]
    rows = (dict(zip(names, values, strict=True)) for values in relation.fetchall())
    return [_change(row, key, measures) for row in rows]


def _change(row: dict[str, Any], key: list[str], measures: list[str]) -> FigureChange:
    kind = "new" if row["is_new"] else "gone" if row["is_gone"] else "changed"
    a, b = ({m: row[f"{side}_{m}"] for m in measures} for side in "ab")
    if kind == "changed" and row["a_version"] != row["b_version"]:
        a, b = ({"method_version": row[f"{s}_version"], **told} for s, told in (("a", a), ("b", b)))
    return FigureChange(
        {column: _as_year(row[column]) if column in _YEARS else row[column] for column in key},
        kind,
        {} if kind == "new" else a,
        {} if kind == "gone" else b,
        row["causes"] or ["unknown"],
    )


def _as_year(text: str | None) -> int | str | None:
    return int(text) if text and text.isdecimal() else text


def _differs(measure: str, is_float: bool) -> str:
    a, b = f"a_{measure}", f"b_{measure}"
    differs = f"{a} is distinct from {b}"
    if is_float:
        apart = f"not isfinite({a} - {b}) or abs({a} - {b}) > {TOLERANCE} * greatest(abs({a}), abs({b}))"
        # Null where one side has no value, which is a difference.
        return f"({differs} and coalesce({apart}, true))"
    return differs


def _causes(
    a: Columns, b: Columns, compared: Compared, key: list[str]
) -> tuple[dict[str, str], list[NotCompared]]:
    """For each cause that both sides can show, a condition on a figure's row; and what they cannot show."""
    found: dict[str, list[str]] = {}
    missing: list[NotCompared] = []
    measures = common(a, b, compared.table, compared.measures)
    for cause, (conditions, unseen) in {
        "method": _method(a, b, key),
        "codebook": _codebook(a, b),
        "sources": _sources(a, b, compared.years),
        "corrections": _corrections(a, b, compared.years),
    }.items():
        found[cause] = conditions
        missing += unseen
    for cause, status in (("disclosure", "suppressed"), ("register", "no_register")):
        one_sided = f"(a_status::varchar = '{status}') <> (b_status::varchar = '{status}')"
        found[cause] = [one_sided] if "status" in measures else []
    # Of a figure that is new or gone there is but one side to look at.
    if common(a, b, compared.table, ["disclosure"]):
        found["disclosure"].append(
            "(not is_new and not is_gone and a_disclosure is distinct from b_disclosure)"
        )
    if "n_register" in measures:
        found["register"].append(
            "(not is_new and not is_gone and a_n_register is distinct from b_n_register)"
        )
    return {cause: " or ".join(conditions) for cause, conditions in found.items() if conditions}, missing


Conditions = tuple[list[str], list[NotCompared]]


def _differing(a: Columns, b: Columns, table: str, keys: tuple[str, ...], columns: Iterable[str]) -> str:
    """The keys of a table's rows that stand on one side only, by the columns that both have."""

    def rows(name: str, side: Columns) -> str:
        told = [f'{key_text(c, side[table][c])} as "{c}"' for c in keys]
        rest = [c for c in common(a, b, table, columns) if c not in keys]
        told += [f'{alike(a, b, table, c, rounded=True)} as "{c}"' for c in rest]
        return f"select {', '.join(told)} from {name}.{table}"

    one, other = rows("a", a), rows("b", b)
    return (
        f"select distinct {', '.join(keys)} from "
        f"(({one} except {other}) union all ({other} except {one})) as differing"
    )


def _method(a: Columns, b: Columns, key: list[str]) -> Conditions:
    conditions: list[str] = []
    missing: list[NotCompared] = []
    parts = [c for c in common(a, b, "dim_indicator_component") if not c.endswith(("_fr", "_en", "position"))]
    for table, columns in (("dim_indicator", _METHOD), ("dim_indicator_component", tuple(parts))):
        versioned = "method_version" in key and common(a, b, table, ["method_version"])
        keys = ("indicator_id", "method_version") if versioned else ("indicator_id",)
        if unseen := absent("method", a, b, table, "indicator_id"):
            missing += unseen
        else:
            rows = _differing(a, b, table, keys, columns)
            conditions.append(f"({', '.join(keys)}) in ({rows})")
    if "method_version" in key:
        versions = "select distinct indicator_id, method_version from side_{}"
        a_side, b_side = versions.format("a"), versions.format("b")
        one_sided = f"({a_side} except {b_side}) union all ({b_side} except {a_side})"
        conditions.append(f"(indicator_id, method_version) in ({one_sided})")
        # One version in the place of another, of a component alone.
        conditions.append("(not is_new and not is_gone and a_version <> b_version)")
    return conditions, missing


def _codebook(a: Columns, b: Columns) -> Conditions:
    of = "dim_indicator_component"
    missing = absent("codebook", a, b, of, "indicator_id", "question_id")
    missing += absent("codebook", a, b, "dim_question", "question_id")
    if missing:
        return [], missing
    questions = _differing(a, b, "dim_question", ("question_id",), common(a, b, "dim_question"))
    unseen = absent("codebook", a, b, "dim_question", "answer_list")
    unseen += absent("codebook", a, b, "dim_answer", "answer_list")
    if not unseen:
        lists = _differing(a, b, "dim_answer", ("answer_list",), common(a, b, "dim_answer"))
        for side in "ab":
            questions += f"""
                union select question_id::varchar from {side}.dim_question
                where answer_list::varchar in ({lists})
            """
    asking = " union ".join(
        f"select indicator_id::varchar from {side}.{of} where question_id::varchar in ({questions})"
        for side in "ab"
    )
    return [f"indicator_id in ({asking})"], unseen


def _in_years(years: list[str], rows: str) -> str:
    return "(" + " or ".join(f"{year} in ({rows})" for year in years) + ")"


def _sources(a: Columns, b: Columns, years: list[str]) -> Conditions:
    if common(a, b, "dim_record", ("year", "source_id")) == ["year", "source_id"]:
        return [_in_years(years, _differing(a, b, "dim_record", ("year",), _RECORD))], []
    if missing := absent("sources", a, b, "rpt_participation", "year"):
        return [], missing
    if not common(a, b, "rpt_participation", _COUNTS[2:]):
        return [], absent("sources", a, b, "rpt_participation", *_COUNTS[2:])
    return [_in_years(years, _differing(a, b, "rpt_participation", ("year",), _COUNTS))], []


def _corrections(a: Columns, b: Columns, years: list[str]) -> Conditions:
    table = "qc_corrections"
    if missing := absent("corrections", a, b, table, "year"):
        return [], missing
    rows = _differing(a, b, table, ("year",), common(a, b, table))
    conditions = [_in_years(years, f"select year from ({rows}) as decided where year is not null")]
    # An alias has no year: it concerns those of the records that are another project's by it.
    missing = absent("corrections", a, b, table, "target")
    missing += absent("corrections", a, b, "dim_record", "record_id", "project_id", "year")
    if not missing:
        aliases = _differing(a, b, table, ("target",), common(a, b, table))
        moved = f"""
            select {key_text("year", b["dim_record"]["year"])} from b.dim_record
            where
                exists (select 1 from ({aliases}) as decided where target = 'alias')
                and record_id::varchar in (
                    select before.record_id::varchar
                    from a.dim_record as before
                    inner join b.dim_record as after on before.record_id::varchar = after.record_id::varchar
                    where before.project_id::varchar is distinct from after.project_id::varchar
                )
        """
        conditions.append(_in_years(years, moved))
    return conditions, missing
