"""How a figure was computed: each formula with its numbers put in, beside what is published.

Arithmetic is written so that it can be done again by hand (or by a test): `12 / 20`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.explain import Member


@dataclass(frozen=True, slots=True)
class Step:
    """One published figure. `name` is a key of the texts; `formula` has the numbers; `result` is as published."""

    name: str
    formula: str
    result: float | str | None


def figure_steps(rule: dict[str, Any], published: dict[str, Any], members: Sequence[Member]) -> list[Step]:
    """Value, quartiles, interval, bounds, coverage and status of a row of fct_indicator_value.

    The formulas are those of macros/statistics.sql and macros/wilson.sql, where their sources stand.
    """
    numerator = sum(member.numerator or 0 for member in members)
    denominator = sum(member.denominator for member in members)
    population = _population(published, members)
    steps = [Step("status", _why(rule, published), published["status"])]
    match rule["statistic"]:
        case "share":
            steps.append(Step("value", f"{numerator} / {denominator}", published["value"]))
        case "count":
            steps.append(Step("value", str(numerator), published["value"]))
        case statistic:
            values = _numbers(member.value for member in members)
            steps.append(Step("value", _of(statistic, values), published["value"]))
            if published["value_q1"] is not None:
                steps.append(Step("value_q1", f"quantile({values}; 0.25)", published["value_q1"]))
                steps.append(Step("value_q3", f"quantile({values}; 0.75)", published["value_q3"]))
    if published["ci_low"] is not None:
        register = published["n_register"]
        outside = _outside(members)
        size = "" if register is None else f", N = {register} - {outside}" if outside else f", N = {register}"
        formula = f"wilson({numerator}, {denominator}{size})"
        steps.append(Step("ci_low", formula, published["ci_low"]))
        steps.append(Step("ci_high", formula, published["ci_high"]))
    if published["bound_low"] is not None:
        steps += _bounds(rule, published, members, denominator, population)
    answered, evaluations = published["n_answered"], published["n_evaluations"]
    steps.append(
        Step(
            "coverage",
            f"{answered} / {evaluations}",
            answered / evaluations if evaluations else None,
        )
    )
    if published["n_register"]:
        steps.append(
            Step(
                "participation",
                f"{evaluations} / {published['n_register']}",
                evaluations / published["n_register"],
            )
        )
    return steps


def _bounds(
    rule: dict[str, Any],
    published: dict[str, Any],
    members: Sequence[Member],
    denominator: int,
    population: int,
) -> list[Step]:
    low = sum(member.numerator_low or 0 for member in members)
    high = sum(member.numerator_high or 0 for member in members)
    unseen = f"{high} + ({population} - {denominator})"
    match rule["statistic"]:
        case "share":
            formulas = f"{low} / {population}", f"({unseen}) / {population}"
        case "count":
            formulas = str(low), unseen
        case statistic:
            lows = _numbers(member.value_low for member in members)
            highs = _numbers(member.value_high for member in members)
            formulas = _of(statistic, lows), _of(statistic, highs)
    return [
        Step("bound_low", formulas[0], published["bound_low"]),
        Step("bound_high", formulas[1], published["bound_high"]),
    ]


def change_steps(rule: dict[str, Any], published: dict[str, Any], members: Sequence[Member]) -> list[Step]:
    """Change, test and interval of a row of fct_indicator_change."""
    gained, lost, matched = published["gained"], published["lost"], published["n_matched"]
    steps = [Step("status", _why_change(published, members), published["status"])]
    if gained is not None:
        steps.append(Step("followed", f"{gained} + {lost} + {matched - gained - lost}", matched))
    if published["status"] != "ok":
        return steps
    pair = f"{gained}, {lost}, {matched}"
    corrected = f"holm({published['p_value']:.6g}, m = {published['test_count']})"
    return [
        *steps,
        Step("change", f"({gained} - {lost}) / {matched}", published["change"]),
        Step("ci_low", f"bonett_price({pair})", published["ci_low"]),
        Step("ci_high", f"bonett_price({pair})", published["ci_high"]),
        Step("p_value", f"mcnemar_exact({gained}, {lost})", published["p_value"]),
        Step("p_value_holm", corrected, published["p_value_holm"]),
    ]


def _population(published: dict[str, Any], members: Sequence[Member]) -> int:
    """N of the bounds: the register, or what was received if that is more; less who is known to be outside."""
    register, evaluations = published["n_register"], published["n_evaluations"]
    whole = register if register is not None and register >= evaluations else evaluations
    return int(whole) - _outside(members)


def _outside(members: Sequence[Member]) -> int:
    return sum(member.reason == "outside" for member in members)


def _why(rule: dict[str, Any], published: dict[str, Any]) -> str:
    """The condition that decided the status."""
    match published["status"]:
        case "bounds":
            return f"n_ambiguous = {published['n_ambiguous']} > 0"
        case "small_n":
            return f"{published['denominator']} < {rule['minimum_n']}"
        case "no_data":
            return "n = 0"
        case "no_register":
            return "R = ?"
        case "not_asked":
            return f"0 / {published['n_evaluations']}"
        case _:
            return f"{published['denominator']} >= {rule['minimum_n']}" if rule["minimum_n"] else ""


def _why_change(published: dict[str, Any], members: Sequence[Member]) -> str:
    match published["status"]:
        case "small_n":
            return f"n = {published['n_matched']} < 10"
        case "bounds":
            return f"n_ambiguous = {sum(member.reason == 'ambiguous' for member in members)} > 0"
        case "break":
            return f"n_broken = {sum(member.reason == 'broken' for member in members)}"
        case "ok":
            return f"n = {published['n_matched']} >= 10"
        case _:
            return f"n = {published['n_matched']}"


def _of(statistic: str, numbers: str) -> str:
    return numbers.replace("; ", " + ") or "0" if statistic == "sum" else f"{statistic}({numbers})"


def _numbers(values: Any) -> str:
    """Numbers in their order, exact, for people to check."""
    return "; ".join(_number(value) for value in sorted(value for value in values if value is not None))


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
