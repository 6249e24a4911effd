"""Great Expectations at work, in a process of its own.

Importing it costs more than reading a network's exports: the process begins to as soon as there is something to
validate, while this one goes on reading. It keeps for itself the memory that pandas takes, writes no file but the
Data Docs it is asked for, and ends with the process that began it, however that one ends.
"""

from __future__ import annotations

import importlib.util
import pickle
import shutil
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from ingest import helper
from ingest.warehouse import BuildError

#: What a failing row is named by.
INDEX = "source_id"

#: Examples of what was seen, per export and expectation.
EXAMPLES = 3

#: Pictures that tell a user of Great Expectations how to click: four fifths of the Data Docs.
_UNUSED_ASSETS = ("glossary_scroller.gif", "validation_failed_unexpected_values.gif")


@dataclass(frozen=True, slots=True)
class Check:
    """An expectation as Great Expectations takes it: the name of its class, and its arguments."""

    name: str
    kind: str
    arguments: Mapping[str, Any]
    is_hard: bool
    notes: str


@dataclass(frozen=True, slots=True)
class Suite:
    """The checks of one frame; the frame has a column `source_id`."""

    name: str
    frame: pa.Table
    checks: Sequence[Check]


@dataclass(frozen=True, slots=True)
class Failure:
    """The rows of one export on which a check failed: how many, and some of what was seen there."""

    row_count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a check. `failures` by source_id; a check of the frame as a whole has only `observed`."""

    suite: str
    check: str
    success: bool
    observed: str | None = None
    failures: dict[str, Failure] = field(default_factory=dict)


class Validator:
    """The process that validates; one serves all runs of this one (`validator()`)."""

    def __init__(self) -> None:
        self.has_news = False
        self._process = helper.begin("ingest.validator", GX_ANALYTICS_ENABLED="false")

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def run(self, suites: Sequence[Suite]) -> list[Result]:
        """Validate. Raises BuildError if Great Expectations cannot."""
        self.has_news = True
        results: list[Result] = self._ask("run", suites, "validate, so nothing was loaded")
        return results

    def write_data_docs(self, folder: Path) -> None:
        """Write Great Expectations' own pages about what was run since the last time, in place of `folder`.

        Raises BuildError if it cannot.
        """
        draft = folder.with_name(f".{folder.name}")
        shutil.rmtree(draft, ignore_errors=True)
        draft.parent.mkdir(parents=True, exist_ok=True)
        self.has_news = False
        self._ask("write_data_docs", str(draft), "write its Data Docs")
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)

    def _ask(self, what: str, argument: object, purpose: str) -> Any:
        assert self._process.stdin and self._process.stdout
        try:
            pickle.dump((what, argument), self._process.stdin)
            self._process.stdin.flush()
            is_done, answer = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._process.kill()
            is_done, answer = False, f"its process ended with {self._process.wait()} ({error})"
        except BaseException:
            self._process.kill()  # an answer that nobody waits for must not be taken for the next one
            raise
        if not is_done:
            raise BuildError(f"Great Expectations could not {purpose}: {answer}")
        return answer


_running: Validator | None = None


def validator() -> Validator:
    """The process that validates, begun if none runs."""
    global _running
    if _running is None or not _running.is_alive:
        _running = Validator()
    return _running


def prepare() -> None:
    """Begin to import Great Expectations, beside what goes on here: something will have to be validated."""
    validator()


def write_data_docs(folder: Path) -> None:
    """Write Great Expectations' own pages, in place of `folder`, if anything was validated since the last time."""
    if _running and _running.has_news:
        _running.write_data_docs(folder)


def serve() -> None:
    """Answer requests on standard input until it ends: what the process does."""
    answers = helper.answers()
    _import_great_expectations()
    validation = Validation()
    while request := _next_request(sys.stdin.buffer):
        what, argument = request
        try:
            answer = True, getattr(validation, what)(argument)
        except Exception:
            answer = False, traceback.format_exc(limit=-3)
        pickle.dump(answer, answers)
        answers.flush()


def _import_great_expectations() -> None:
    """Import it, before the first request comes; but scipy.stats, a third of it, only once it is used."""
    import scipy

    spec = importlib.util.find_spec("scipy.stats")
    assert spec and spec.loader
    spec.loader = loader = importlib.util.LazyLoader(spec.loader)
    scipy.stats = sys.modules["scipy.stats"] = importlib.util.module_from_spec(spec)
    loader.exec_module(scipy.stats)
    import great_expectations  # noqa: F401


def _next_request(stream: BinaryIO) -> tuple[str, Any] | None:
    try:
        request: tuple[str, Any] = pickle.load(stream)
    except EOFError:
        return None
    return request


class Validation:
    """The process's side: a context of Great Expectations that lives in memory alone, one per run."""

    def __init__(self) -> None:
        self._context: Any = None
        self._definitions: dict[str, Any] = {}

    def run(self, suites: Sequence[Suite]) -> list[Result]:
        """Validate each suite's frame, and keep the outcome for the Data Docs."""
        self._begin()
        results: list[Result] = []
        for suite in suites:
            outcome = self._definition(suite).run(
                batch_parameters={"dataframe": suite.frame.to_pandas()},
                result_format={
                    "result_format": "COMPLETE",
                    "unexpected_index_column_names": [INDEX],
                    "return_unexpected_index_query": False,
                },
            )
            results += [_result(suite.name, found) for found in outcome.results]
        return results

    def write_data_docs(self, folder: str) -> None:
        """Write the pages into `folder`, and forget what they are about."""
        self._begin()
        context, self._context = self._context, None
        for site in list(context.list_data_docs_sites()):
            context.delete_data_docs_site(site)
        context.add_data_docs_site(
            "quality",
            {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": folder},
            },
        )
        context.build_data_docs()
        for name in _UNUSED_ASSETS:
            (Path(folder) / "static" / "images" / name).unlink(missing_ok=True)

    def _begin(self) -> None:
        """Have a context; of the run's earlier rounds it keeps what failed, or it would grow with them."""
        if self._context is None:
            import great_expectations as gx
            from great_expectations.data_context.types.base import ProgressBarsConfig

            self._context = gx.get_context(mode="ephemeral")
            self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
            self._context.data_sources.add_pandas("readings")
            self._definitions = {}
        store = self._context.validation_results_store
        for key in store.list_keys():
            if store.get(key).success:
                store.remove_key(key)

    def _definition(self, suite: Suite) -> Any:
        """The validation of a suite, declared once per run."""
        import great_expectations as gx

        if suite.name not in self._definitions:
            asset = self._context.data_sources.get("readings").add_dataframe_asset(suite.name)
            checks = gx.ExpectationSuite(suite.name, expectations=[_expectation(c) for c in suite.checks])
            self._definitions[suite.name] = self._context.validation_definitions.add(
                gx.ValidationDefinition(
                    name=suite.name,
                    data=asset.add_batch_definition_whole_dataframe("run"),
                    suite=self._context.suites.add(checks),
                )
            )
        return self._definitions[suite.name]


def _expectation(check: Check) -> Any:
    import great_expectations.expectations as gxe

    return getattr(gxe, check.kind)(
        **check.arguments,
        severity="critical" if check.is_hard else "warning",
        meta={"name": check.name},
        notes=check.notes,
    )


def _result(suite: str, found: Any) -> Result:
    """What matters of one of Great Expectations' results, in plain values."""
    name = found.expectation_config.meta["name"]
    if found.success:
        return Result(suite, name, True)
    seen: dict[str, tuple[int, set[str]]] = {}
    for row in found.result.get("unexpected_index_list") or ():
        values = {column: value for column, value in row.items() if column != INDEX}
        count, examples = seen.get(row[INDEX], (0, set()))
        examples.add(_example(values))
        seen[row[INDEX]] = count + 1, examples
    failures = {
        source_id: Failure(count, tuple(sorted(examples)[:EXAMPLES]))
        for source_id, (count, examples) in sorted(seen.items())
    }
    return Result(suite, name, False, None if failures else _observed(found), failures)


def _example(values: Mapping[str, object]) -> str:
    if len(values) == 1:
        return _plain(*values.values())
    return ", ".join(f"{column} {_plain(value)}" for column, value in values.items())


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:60]


def _observed(found: Any) -> str:
    """What a check of a whole frame saw, or why it could not be made."""
    info = found.exception_info or {}
    errors = [info] if "exception_message" in info else info.values()
    messages = [error["exception_message"] for error in errors if error["exception_message"]]
    return str(messages[0] if messages else found.result.get("observed_value"))[:200]
