"""Charts as data: what is drawn, in words and numbers, and nothing of how.

Shares run from 0 to 1; None where there is no figure. Every label is a finished text of the document's language.
"""

from __future__ import annotations

from dataclasses import dataclass


class Chart:
    """A chart of one of the kinds below."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A line of the interval chart: value, ends of its interval, and bounds; without `note` it is a heading."""

    label: str
    value_label: str = ""
    note: str = ""
    is_part: bool = False
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None


@dataclass(frozen=True, slots=True)
class IntervalChart(Chart):
    """A dot for the value, a line for its interval, a frame for its bounds, on one axis from nothing to all."""

    lines: tuple[Interval, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class BarChart(Chart):
    """The same as bars from nothing: answers of which several may be given, so that they add up to more than all."""

    lines: tuple[Interval, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of the heat map that stand under one heading; `shares[row][column]`."""

    heading: str
    labels: tuple[str, ...]
    shares: tuple[tuple[float | None, ...], ...]
    cell_labels: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class HeatMap(Chart):
    """Shares by row and column, darker where larger; a column is its name and a note below it."""

    columns: tuple[tuple[str, str], ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar. Its label is left out where it would not fit."""

    share: float
    label: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A stacked bar; without segments, `note` says why."""

    label: str
    note: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class StackChart(Chart):
    """Distributions over ordered categories, a bar each, from one end of the scale to the other.

    `is_diverging`: the scale has a middle, that is neutral.
    """

    categories: tuple[str, ...]
    stacks: tuple[Stack, ...]
    is_diverging: bool = False


@dataclass(frozen=True, slots=True)
class Col:
    """A column: its place on the scale, its height and what stands above it."""

    name: str
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class ColumnChart(Chart):
    """A distribution over numbers: a column for each, and the name of the scale below."""

    columns: tuple[Col, ...]
    scale: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the dumbbell chart: the share before and after, and the change in words.

    `arrow` is "up" or "down" by the decision rule alone, else None.
    """

    label: str
    value_from: float
    value_to: float
    change_label: str
    note: str
    arrow: str | None = None


@dataclass(frozen=True, slots=True)
class DumbbellChart(Chart):
    """Two shares of the same sites, joined."""

    name_from: str
    name_to: str
    changes: tuple[Change, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A year of a panel; without a value the gap stays open. A break cuts the series before this year."""

    year: str
    value: float | None
    low: float | None
    high: float | None
    label: str
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One series."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class TrendChart(Chart):
    """Small multiples: one series each, on the same axes, with its intervals; points are not joined."""

    panels: tuple[Panel, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Flow(Chart):
    """Stages from many to few, with their counts: bars on one scale."""

    stages: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A département of the map: its code, name and count; `register` None where the register is unknown."""

    code: str
    name: str
    count: int
    register: int | None = None


@dataclass(frozen=True, slots=True)
class MapChart(Chart):
    """France and its overseas départements, darker where more evaluations came from.

    `steps` are the lower ends of the classes above 0, with the words of the key.
    """

    areas: tuple[Area, ...]
    steps: tuple[tuple[int, str], ...]
    none_label: str
