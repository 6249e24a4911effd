"""The statistical macros, as DuckDB computes them, beside scipy, statsmodels and NumPy.

Coverage is summed over all samples instead of simulated: the share of the samples of n among N sites, K of them with
the answer, whose interval holds K / N, averaged over all K.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb
import jinja2
import numpy as np
import pytest
from scipy.stats import binom, binomtest, hypergeom
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

MACROS = Path(__file__).parents[2] / "macros"

Macro = Callable[..., str]
Array = np.ndarray


@pytest.fixture(scope="module")
def macros() -> dict[str, Macro]:
    """The macros as functions that give SQL, each engine's own way being DuckDB's."""

    class Adapter:
        def dispatch(self, name: str, package: str) -> Macro:
            return rendered[f"default__{name}"]

    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals |= {"adapter": Adapter(), "return": lambda value: value}
    text = "".join((MACROS / f"{name}.sql").read_text() for name in ("wilson", "statistics"))
    module = environment.from_string(text).module
    rendered: dict[str, Macro] = {name: getattr(module, name) for name in dir(module) if name[0] != "_"}
    return rendered


def select(expressions: str, columns: str, rows: Iterable[tuple[object, ...]]) -> Array:
    """What the expressions give for each row, in its order."""
    with duckdb.connect() as connection:
        names = columns.split(", ")
        typed = ", ".join(f"{name} {'double' if name == 'p' else 'integer'}" for name in names)
        connection.execute(f"create table given (number integer, {typed})")
        places = ", ".join("?" * (len(names) + 1))
        connection.executemany(
            f"insert into given values ({places})", [(number, *row) for number, row in enumerate(rows)]
        )
        found = connection.execute(f"select {expressions} from given order by number").fetchnumpy()
    return np.column_stack([np.ma.filled(column.astype(float), np.nan) for column in found.values()])


def intervals(macros: dict[str, Macro], rows: Iterable[tuple[object, ...]]) -> Array:
    """Wilson's low and high for rows of k, n, N."""
    sides = ", ".join(f"{macros['wilson']('k', 'n', 'size', side)} as {side}" for side in ("low", "high"))
    return select(sides, "k, n, size", rows)


def test_wilson_is_that_of_statsmodels(macros: dict[str, Macro]) -> None:
    grid = [
        (k, n, None) for n in (1, 2, 3, 5, 8, 13, 40, 100, 1000) for k in range(0, n + 1, max(1, n // 40))
    ]
    expected = [proportion_confint(k, n, method="wilson") for k, n, _ in grid]
    assert np.allclose(intervals(macros, grid), expected, atol=1e-9)


def test_finite_population_narrows_to_the_count_itself(macros: dict[str, Macro]) -> None:
    grid = [
        (k, n, size) for n in (1, 4, 12) for k in range(n + 1) for size in (n, n + 1, 2 * n, 50 * n, 10**6)
    ]
    found = intervals(macros, grid)
    share = np.array([k / n for k, n, _ in grid])
    assert (found[:, 0] <= share + 1e-12).all() and (found[:, 1] >= share - 1e-12).all()
    width = (found[:, 1] - found[:, 0]).reshape(-1, 5)
    assert np.allclose(width[:, 0], 0) and (np.diff(width, axis=1) >= -1e-12).all()
    endless = intervals(macros, [(k, n, None) for k, n, size in grid if size == 10**6])
    assert np.allclose(endless, found[4::5], atol=1e-4)


def test_worst_case_holds_every_completion(macros: dict[str, Macro]) -> None:
    sides = ", ".join(f"{macros['worst_case']('k', 'n', 'size', side)} as {side}" for side in ("low", "high"))
    grid = [(k, n, size) for size in (1, 5, 9) for n in range(size + 1) for k in range(n + 1)]
    for (k, n, size), (low, high) in zip(grid, select(sides, "k, n, size", grid), strict=True):
        completions = [(k + more) / size for more in range(size - n + 1)]
        assert (low, high) == pytest.approx((min(completions), max(completions)))
    assert np.isnan(select(sides, "k, n, size", [(0, 0, 0), (0, 0, None)])).all()


def test_mcnemar_is_the_exact_binomial_test(macros: dict[str, Macro]) -> None:
    grid = [*itertools.product(range(12), range(12)), (0, 60), (31, 69), (500, 560), (0, 2000), (1000, 1000)]
    found = select(macros["mcnemar_exact"]("gained", "lost") + " as p", "gained, lost", grid)
    expected = [binomtest(gained, gained + lost).pvalue if gained + lost else 1.0 for gained, lost in grid]
    assert np.allclose(found[:, 0], expected, rtol=1e-8, atol=1e-300)


def test_bonett_and_price(macros: dict[str, Macro]) -> None:
    sizes = (1, 10, 21, 48, 300)
    grid = [(g, lost, n) for n in sizes for g in range(0, n + 1, 3) for lost in range(0, n - g + 1, 4)]
    parts = ", ".join(
        f"{macros['bonett_price']('gained', 'lost', 'n', part)} as {part}"
        for part in ("change", "error", "low", "high")
    )
    gained, lost, n = np.array(grid, dtype=float).T
    one, other = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    change, error = one - other, np.sqrt((one + other - (one - other) ** 2) / (n + 2))
    z = 1.959963984540054
    expected = [change, error, np.maximum(-1, change - z * error), np.minimum(1, change + z * error)]
    assert np.allclose(select(parts, "gained, lost, n", grid), np.column_stack(expected), atol=1e-12)
    assert np.isnan(select(parts, "gained, lost, n", [(0, 0, 0)])[0, :2]).all()


def test_holm_is_that_of_statsmodels(macros: dict[str, Macro]) -> None:
    random = np.random.default_rng(1)
    families = [random.random(size).round(2) ** 3 for size in (1, 2, 3, 10, 60)]
    rows = [(family, test, p) for family, tests in enumerate(families) for test, p in enumerate(tests)]
    factor = macros["holm_factor"]("p", "family", "test")
    with duckdb.connect() as connection:
        connection.execute("create table tests (family integer, test integer, p double)")
        connection.executemany("insert into tests values (?, ?, ?)", rows)
        found = connection.execute(
            f"""
            select {macros["holm"]("p", "factor", "family")}
            from (select *, {factor} as factor from tests)
            order by family, test
            """
        ).fetchnumpy()
    expected = np.concatenate([multipletests(tests, method="holm")[1] for tests in families])
    assert np.allclose(next(iter(found.values())), expected)


def test_quantiles_are_those_of_numpy(macros: dict[str, Macro]) -> None:
    random = np.random.default_rng(2)
    query = ", ".join(macros["quantile"]("value", share) for share in (0.25, 0.5, 0.75))
    with duckdb.connect() as connection:
        for size in (1, 2, 3, 4, 7, 20):
            values = random.integers(0, 50, size).tolist()
            found = connection.execute(
                f"select {query} from (select unnest(?) as value)", [[*values, None]]
            ).fetchone()
            assert found == pytest.approx(tuple(np.quantile(values, [0.25, 0.5, 0.75])))


def coverages(macros: dict[str, Macro], samples: Iterable[tuple[int, int | None]]) -> Iterator[float]:
    """Mean coverage over all shares, for each sample size and population (None: endless, shares by hundredths)."""
    for n, size in samples:
        low, high = intervals(macros, [(k, n, size) for k in range(n + 1)]).T
        k = np.arange(n + 1)[:, None]
        if size is None:
            share = np.linspace(0.01, 0.99, 99)
            weight = binom.pmf(k, n, share)
        else:
            having = np.arange(size + 1)
            share = having / size
            weight = hypergeom.pmf(k, size, having, n)
        held = (low[:, None] <= share + 1e-12) & (share - 1e-12 <= high[:, None])
        yield float((weight * held).sum(axis=0).mean())


SHORT = [(5, None), (12, None), (40, None), (5, 20), (12, 20), (12, 40), (20, 40), (40, 80)]
LONG = [
    *((n, None) for n in (5, 8, 12, 20, 30, 50, 80, 120, 200)),
    *(
        (round(size * share), size)
        for size in (20, 30, 40, 60, 100, 200, 400)
        for share in (0.25, 0.5, 0.6, 0.75, 0.9)
    ),
]


@pytest.mark.parametrize(
    "samples", [SHORT, pytest.param(LONG, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_mean_coverage_of_the_interval(
    macros: dict[str, Macro], samples: list[tuple[int, int | None]]
) -> None:
    found = dict(zip(samples, coverages(macros, samples), strict=True))
    assert 0.94 <= np.mean(list(found.values())) <= 0.98, found
    assert all(0.93 <= coverage <= 0.99 for coverage in found.values()), found
