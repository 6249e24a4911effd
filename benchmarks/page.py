"""docs/performance.md: the results as tables and charts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, product
from pathlib import Path
from typing import Any

_STEPS = {
    "floor": "floor: DuckDB reads, nothing else",
    "pandas": "pandas: reading and ten indicators",
    "polars": "polars: reading and ten indicators",
    "ingest": "`effets ingest`",
    "build": "`effets build`, published",
    "report": "`effets report`",
    "nothing_new": "`effets run`, nothing new",
    "added_ingest": "`effets ingest`, 100 evaluations more",
    "added_build": "`effets build`, 100 evaluations more",
}


def write_page(results: dict[str, Any], docs: Path) -> None:
    """Write the page and its charts."""
    sizes = results["sizes"]
    machine = results["machine"]
    lines = [
        "# What it costs",
        "",
        "Written by `make bench`. Every figure was measured by a process of its own; those of one column in one run,",
        f"on {machine['processors']} processors, Python {machine['python']}, DuckDB {machine['duckdb']}. The load "
        f"before it was {', '.join(str(size['load_before']) for size in sizes)}, column by column:",
        "on a machine that is busy with other things, processor seconds and ratios tell more than the clock.",
        "",
        "Each evaluation is one Typeform file of about 120 answers; they lie over ten years.",
        "",
        *_table("Seconds on the clock", sizes, "seconds"),
        *_table("Seconds of the processors", sizes, "cpu_seconds"),
        *_table("Memory of the largest process, MB", sizes, "memory_mb"),
        *_ratios(sizes),
        *_file_sizes(sizes),
        *_example(results["example"]),
        "## Pages",
        "",
        f"One processor reads {results['pages_per_second']['text']} pages a second from text and "
        f"{results['pages_per_second']['html']} from HTML.",
        "",
        "## What is compared",
        "",
        "- **The floor** reads the same files with explicit columns into one long table. It hashes, archives, checks",
        "  and recognises nothing, and leaves people's names in.",
        "- **pandas** and **polars** are what an analyst would write: read all answers into a long table, compute ten",
        "  indicators. They keep neither the file nor the place that an answer comes from, and count an answer that a",
        "  file cannot show like one that was not given. Their figures are compared with those published:",
    ]
    for size in sizes:
        same = size.get("same_numbers")
        if same:
            counts = " and ".join(str(same.get(name, "(none)")) for name in ("pandas", "polars"))
            lines.append(f"  at {size['evaluations']:,} evaluations {counts} of {same['compared']} differ.")
    lines += ["", "![Processor time per evaluation](images/performance.svg)", ""]
    (docs / "performance.md").write_text("\n".join(lines), encoding="utf-8")
    (docs / "images" / "performance.svg").write_text(chart(sizes), encoding="utf-8")


def _table(title: str, sizes: list[dict[str, Any]], key: str) -> list[str]:
    head = " | ".join(f"{size['evaluations']:,}" for size in sizes)
    rows = [f"## {title}", "", f"| evaluations | {head} |", "|---|" + "---:|" * len(sizes)]
    for step, label in _STEPS.items():
        cells = [_cell(size["steps"].get(step), key) for size in sizes]
        rows.append(f"| {label} | {' | '.join(cells)} |")
    return [*rows, ""]


def _cell(step: dict[str, Any] | None, key: str) -> str:
    if step is None:
        return "not run"
    return step["error"] or f"{step[key]:,}"


def _cells(numbers: Iterable[float]) -> str:
    return " | ".join(f"{number:,}" for number in numbers)


def _ratios(sizes: list[dict[str, Any]]) -> list[str]:
    rows = [
        "## Ratios",
        "",
        f"| | {_cells(size['evaluations'] for size in sizes)} |",
        "|---|" + "---:|" * len(sizes),
    ]
    pairs = (
        ("throughput of ingest, share of the floor's", ("floor",), ("ingest",)),
        ("throughput of ingest, times pandas'", ("pandas",), ("ingest",)),
        ("nothing new, share of ingest and build", ("nothing_new",), ("ingest", "build")),
        ("100 more, share of ingest and build", ("added_ingest", "added_build"), ("ingest", "build")),
    )
    for (label, above, below), (key, by) in product(
        pairs, (("cpu_seconds", ""), ("seconds", ", by the clock"))
    ):
        cells = []
        for size in sizes:
            steps = [size["steps"].get(name) for name in (*above, *below)]
            if any(step is None or step["error"] for step in steps):
                cells.append("not run")
                continue
            one, other = (sum(size["steps"][name][key] for name in names) for names in (above, below))
            cells.append(f"{one / other:.3f}" if other else "not run")
        rows.append(f"| {label}{by} | {' | '.join(cells)} |")
    for step in ("ingest", "build", "report"):
        cells = ["–"] + [_growth(before, size, step) for before, size in pairwise(sizes)]
        rows.append(
            f"| `{step}`, an evaluation's time compared with that of the size before | {' | '.join(cells)} |"
        )
    remarks = [f"At {size['evaluations']:,}: {size['remark']}" for size in sizes if "remark" in size]
    return [*rows, "", "By seconds of the processors, where nothing else is said.", *remarks, ""]


def _growth(before: dict[str, Any], size: dict[str, Any], step: str) -> str:
    """How many times as long an evaluation takes as where there are fewer of them."""
    one, other = before["steps"].get(step), size["steps"].get(step)
    if not one or not other or one["error"] or other["error"]:
        return "not run"
    per_evaluation = other["cpu_seconds"] / size["evaluations"]
    return f"{per_evaluation / (one['cpu_seconds'] / before['evaluations']):.2f}"


def _file_sizes(sizes: list[dict[str, Any]]) -> list[str]:
    rows = [
        "## Sizes, MB",
        "",
        f"| evaluations | {_cells(size['evaluations'] for size in sizes)} |",
        "|---|" + "---:|" * len(sizes),
        f"| exports | {_cells(size['input_mb'] for size in sizes)} |",
    ]
    for name in ("archive", "build.duckdb", "effets.duckdb", "parquet"):
        rows.append(f"| {name} | {_cells(size['sizes_mb'][name] for size in sizes)} |")
    return [*rows, ""]


def _example(example: dict[str, Any]) -> list[str]:
    run, bare = example["run"], example["dbt_build"]
    if run["error"] or bare["error"]:
        return []
    return [
        "## The example network",
        "",
        "| | seconds | of the processors |",
        "|---|---:|---:|",
        f"| `effets run`, from nothing to the report | {run['seconds']} | {run['cpu_seconds']} |",
        f"| `dbt build` of the same models, nothing else | {bare['seconds']} | {bare['cpu_seconds']} |",
        f"| how many times as much | {run['seconds'] / bare['seconds']:.2f} "
        f"| {run['cpu_seconds'] / bare['cpu_seconds']:.2f} |",
        "",
    ]


def chart(sizes: list[dict[str, Any]]) -> str:
    """Processor time per evaluation, in milliseconds, by step and number of evaluations, as SVG."""
    import altair as alt
    import vl_convert

    values = [
        {
            "evaluations": size["evaluations"],
            "step": label.replace("`", ""),
            "ms": 1000 * step["cpu_seconds"] / size["evaluations"],
        }
        for size in sizes
        for name, label in _STEPS.items()
        if (step := size["steps"].get(name))
        and not step["error"]
        and name not in ("added_ingest", "added_build", "nothing_new")
    ]
    figure = (
        alt.Chart(alt.InlineData(values=values), width=480, height=280)
        .mark_line(point=True)
        .encode(
            x=alt.X("evaluations:Q", scale=alt.Scale(type="log"), title="evaluations"),
            y=alt.Y("ms:Q", scale=alt.Scale(type="log"), title="processor time per evaluation, ms"),
            color=alt.Color("step:N", title=None),
        )
    )
    svg: str = vl_convert.vegalite_to_svg(figure.to_json())
    return svg
