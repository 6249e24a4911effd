"""Measure ingest, build, report, memory and sizes at growing numbers of evaluations, and what others take beside.

    python -m benchmarks [--sizes 100,1000] [--work DIR] [--seconds 1200] [--keep]

Every measurement is a process of its own: its seconds on the clock and on the processors, those it started
included, and the largest memory of any of them. Results go to benchmarks/results.json, and as a page with charts to
docs/performance.md. What stands side by side was measured in one run; on a busy machine only the ratios tell.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.page import write_page
from benchmarks.rules import INDICATORS
from examples.network import SEED, Size, numbered_files, write, write_network

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results.json"
EFFETS = (sys.executable, "-m", "effets")
YEARS = 10
#: What others take beside: where they do not come to their end, the rest is measured all the same.
COMPARED = ("floor", "pandas", "polars")
LAST_YEAR = 2025


@dataclass(frozen=True, slots=True)
class Measurement:
    """`memory_mb`: the largest process. `error` where it did not come to its end."""

    seconds: float
    cpu_seconds: float
    memory_mb: int
    output: str
    error: str | None = None


def measure(command: list[str], limit: float) -> Measurement:
    """Run a command; it is stopped after `limit` seconds."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = start + limit
        error = None
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() > deadline:
                os.killpg(process.pid, signal.SIGKILL)
                _, status, usage = os.wait4(process.pid, 0)
                error = f"stopped after {limit:.0f} s"
                break
            time.sleep(0.01)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode and error is None:
            error = f"ended with {process.returncode}"
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    usages = [usage, *_left_behind()]
    cpu_seconds = sum(one.ru_utime + one.ru_stime for one in usages)
    memory = max(one.ru_maxrss for one in usages) // (1024 if sys.platform == "linux" else 1024 * 1024)
    return Measurement(round(seconds, 2), round(cpu_seconds, 2), memory, text, error)


def _left_behind() -> Iterator[resource.struct_rusage]:
    """What processes took that a command left to end by themselves: Great Expectations' does."""
    with suppress(ChildProcessError):
        while True:
            yield os.wait4(-1, 0)[2]


def _adopt() -> None:
    """Become the parent of what commands leave behind, on Linux; elsewhere nobody tells what it took."""
    if sys.platform == "linux":
        set_child_subreaper = 36
        ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def at_size(evaluations: int, work: Path, limit: float) -> dict[str, Any]:
    """All measurements on a network of so many evaluations over ten years, one Typeform file each."""
    exports, warehouse = work / "exports", work / "warehouse"
    for folder in (exports, warehouse):
        shutil.rmtree(folder, ignore_errors=True)
    size = Size(LAST_YEAR - YEARS + 1, LAST_YEAR, SEED, {"typeform_json": 1.0}, is_steady=True)
    sites = evaluations // YEARS
    count = write_network(exports, sites, size, os.cpu_count() or 1)
    print(f"{evaluations}: {count} files", file=sys.stderr)
    here = ["--warehouse", str(warehouse), "--json"]
    ingest, build = [*EFFETS, "ingest", str(exports), *here], [*EFFETS, "build", *here]
    steps: dict[str, list[str]] = {
        "floor": [sys.executable, "-m", "benchmarks.floor", str(exports)],
        "pandas": [sys.executable, "-m", "benchmarks.with_pandas", str(exports)],
        "polars": [sys.executable, "-m", "benchmarks.with_polars", str(exports)],
        "ingest": ingest,
        "build": build,
        "report": [*EFFETS, "report", *here, "--out", str(work / "reports")],
        "nothing_new": [*EFFETS, "run", str(exports), *here, "--out", str(work / "reports")],
        "added_ingest": ingest,
        "added_build": build,
    }
    found: dict[str, Any] = {
        "evaluations": evaluations,
        "load_before": round(os.getloadavg()[0], 1),
        "input_mb": _size_mb(exports),
        "steps": {},
    }
    outputs: dict[str, str] = {}
    for name, command in steps.items():
        if name == "added_ingest":
            more = Size(LAST_YEAR, LAST_YEAR, SEED, {"typeform_json": 1.0}, is_steady=True)
            found["added"] = write(numbered_files(range(sites + 1, sites + 101), more), exports)
        result = measure(command, limit)
        print(f"  {name}: {result.seconds} s, {result.error or ''}", file=sys.stderr)
        outputs[name] = result.output
        found["steps"][name] = {key: value for key, value in asdict(result).items() if key != "output"}
        if result.error and name not in COMPARED:
            break
        if name == "build":
            found["same_numbers"] = _differences(outputs, warehouse / "effets.duckdb")
    found["sizes_mb"] = {
        name: _size_mb(warehouse / path)
        for name, path in (
            ("archive", "archive"),
            ("build.duckdb", "build.duckdb"),
            ("effets.duckdb", "effets.duckdb"),
            ("parquet", "parquet"),
        )
    }
    return found


def _differences(outputs: dict[str, str], database: Path) -> dict[str, int]:
    """How many of the ten indicators' yearly figures differ from those published, by what computed them."""
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute(
            """
            select indicator_id, year::varchar, value
            from fct_indicator_value
            where scope_type = 'network' and component_id = 'all' and indicator_id in (select unnest($1))
            """,
            [list(INDICATORS)],
        ).fetchall()
    published = {(indicator, year): value for indicator, year, value in rows if value is not None}
    differences: dict[str, int] = {}
    for name in ("pandas", "polars"):
        if not outputs[name].startswith("{"):
            continue  # it did not come to its end
        theirs = {
            (indicator, year): value
            for indicator, years in json.loads(outputs[name]).items()
            for year, value in years.items()
        }
        differences[name] = sum(
            abs(value - theirs.get(key, float("inf"))) > 1e-9 for key, value in published.items()
        )
    return {**differences, "compared": len(published)}


def example(work: Path, limit: float) -> dict[str, Any]:
    """The example network: the whole of `effets run`, beside `dbt build` of the same models and nothing else."""
    warehouse = work / "example"
    dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", "--full-refresh"]
    dbt += ["--exclude-resource-type", "unit_test", "--target-path", str(work / "target")]
    run = [*EFFETS, "run", "exports", "--json", "--warehouse", str(warehouse), "--out", str(work / "reports")]
    found: dict[str, Any] = {}
    os.environ["EFFETS_WAREHOUSE"] = str(warehouse)
    for name, command in (("run", run), ("dbt_build", dbt)):
        result = measure(command, limit)
        print(f"example, {name}: {result.seconds} s, {result.error or ''}", file=sys.stderr)
        found[name] = {key: value for key, value in asdict(result).items() if key != "output"}
    del os.environ["EFFETS_WAREHOUSE"]
    return found


def pages(work: Path) -> dict[str, int]:
    """Pages read per second of one processor, from text and from HTML."""
    from ingest.codebook import Codebook
    from ingest.formats import page

    codebook = Codebook.load(ROOT)
    speeds = {}
    for name, forms in (
        ("text", {"layout": 1.0, "article": 1.0, "rendered": 1.0, "copy": 1.0, "naive": 1.0}),
        ("html", {"html": 1.0}),
    ):
        size = Size(2021, 2025, SEED, forms, is_steady=True)
        files = [file.data for file in numbered_files(range(1, 81), size)]
        for data in files[:20]:
            page.read(data, codebook)
        start = time.process_time()
        for data in files:
            page.read(data, codebook)
        speeds[name] = round(len(files) / (time.process_time() - start))
    return speeds


def _size_mb(path: Path) -> float:
    path = path.resolve()
    files = [path] if path.is_file() else path.rglob("*")
    return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 1)


def main() -> int:
    """Measure, and write the results and the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="100,1000", help="numbers of evaluations, multiples of ten")
    parser.add_argument(
        "--work", type=Path, help="folder for what is made on the way; a temporary one if absent"
    )
    parser.add_argument("--seconds", type=float, default=1200, help="no step may take longer")
    parser.add_argument(
        "--keep", action="store_true", help="keep the columns of other sizes, measured in earlier runs"
    )
    options = parser.parse_args()
    _adopt()
    sizes = [int(size) for size in options.sizes.split(",")]
    if any(size < YEARS or size % YEARS for size in sizes):
        parser.error(f"--sizes are multiples of {YEARS}: there are so many years")
    if options.work:
        Path(options.work).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        results: dict[str, Any] = {
            "machine": {
                "processors": os.cpu_count(),
                "python": platform.python_version(),
                "duckdb": duckdb.__version__,
            },
            "pages_per_second": pages(Path(folder)),
            "example": example(Path(folder), options.seconds),
            "sizes": [at_size(size, Path(folder), options.seconds) for size in sizes],
        }
    if options.keep and RESULTS.exists():
        before = json.loads(RESULTS.read_text(encoding="utf-8"))["sizes"]
        results["sizes"] += [size for size in before if size["evaluations"] not in sizes]
        results["sizes"].sort(key=lambda size: size["evaluations"])
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    write_page(results, ROOT / "docs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
