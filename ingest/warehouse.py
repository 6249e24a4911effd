"""The warehouse: where its parts lie, who may write to it, how dbt builds it, and what was published last.

archive/                 accepted exports, and the ledger
build.duckdb             what ingest and dbt write
.spill/                  what did not fit into the memory, while a command runs
known_files.json         which files were met, and need not be opened again
verified.json            which objects of the archive were hashed, and need not be before a build
dbt/, data_docs/         what dbt and Great Expectations say about their last work
releases/<id>/           publications; releases/current → the last one
effets.duckdb, parquet, quality, dictionary
                         → through releases/current: what notebooks, reports and people read
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from ingest.collect import UsageError
from ingest.console import Progress
from ingest.decisions import check_decisions
from ingest.durable import replace_file, sync_folder
from ingest.speech import tr

PROJECT_ROOT = Path(__file__).resolve().parent.parent

#: What decides, beside the archive, what a publication and its report look like.
_PROJECT_FILES = (
    "dbt_project.yml",
    "profiles.yml",
    "effets.py",
    "ingest/**/*",
    "analyses/report/**/*",
    "models/**/*",
    "macros/**/*",
    "seeds/**/*",
    "tests/generic/**/*",
    "tests/singular/**/*",
)
_PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb")

#: Of these, what decides what facts, figures and tests say of the same raw tables: when it changes, all is built anew
#: (macros/by_evaluation.sql, macros/tested.sql). Corrections are looked at one by one.
_CODE_FILES = (
    "dbt_project.yml",
    "profiles.yml",
    "macros/**/*",
    "models/**/*",
    "seeds/**/*.yml",
    "seeds/*.csv",
    "seeds/codebook/*.csv",
    "seeds/geography/*.csv",
    "tests/generic/**/*",
    "tests/singular/**/*",
)
_CODE = "code.txt"

#: How DuckDB lays out build.duckdb and effets.duckdb: as every DuckDB from 1.3 on can read, which is the first that
#: packs texts well. It takes a third less time and place than what all can read.
STORAGE_VERSION = "v1.3.0"

#: Of the rows that a failed test found, so many are named.
NAMED_CASES = 5


@dataclass(frozen=True, slots=True)
class Check:
    """A model or a test that did not pass, and what dbt says about it."""

    name: str
    status: str
    message: str


@dataclass(slots=True)
class BuildResult:
    """What stands after `dbt build`. Seeds count as models; warnings stop nothing, failures the publication."""

    models: int = 0
    tests_passed: int = 0
    skipped: int = 0
    warnings: list[Check] = field(default_factory=list)
    failures: list[Check] = field(default_factory=list)


@dataclass(slots=True)
class Publication:
    """The last publication: from what it was made, and the report written from it, if one was."""

    release: str
    fingerprint: str
    published_at: str
    models: int
    tests_passed: int
    warnings: list[Check]
    report: str | None = None


class Warehouse:
    """The warehouse in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))
        self.archive = self.root / "archive"
        self.build_database = self.root / "build.duckdb"
        self.dbt = self.root / "dbt"
        self.data_docs = self.root / "data_docs"
        self.releases = self.root / "releases"
        self.database = self.root / "effets.duckdb"
        self.parquet = self.root / "parquet"
        self.quality = self.root / "quality"
        self.dictionary = self.root / "dictionary"
        self.spill = self.root / ".spill"
        self.known_files = self.root / "known_files.json"
        self.verified = self.root / "verified.json"
        self._publication = self.root / "publication.json"
        #: The code that dbt read, and what it made of it.
        self._parsed: tuple[str, Any] = "", None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other effets from writing here. The lock ends with the process, however it ends.

        Raises UsageError, which names the holder, if there is one.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with open(self.root / ".lock", "a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or tr("another process")
                raise UsageError(
                    tr(
                        "{path} is in use by {holder}: wait until it is done, or stop it",
                        path=self.root,
                        holder=holder,
                    )
                ) from None
            file.truncate(0)
            file.write(f"effets, process {os.getpid()}, since {datetime.now():%Y-%m-%d %H:%M:%S}")
            file.flush()
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove what a crash left half-written, which may hold what is to be forgotten."""
        for folder in (self.root, self.archive, self.releases):
            for leftover in folder.glob(".*.tmp"):
                leftover.unlink()

    def clear(self) -> None:
        """Remove all that is made from the archive, but for what is published."""
        for file in self.root.glob(f"{self.build_database.name}*"):
            if file.is_dir():
                shutil.rmtree(file)
            else:
                file.unlink()
        for folder in (self.dbt, self.data_docs):
            shutil.rmtree(folder, ignore_errors=True)

    def fingerprint(self, archive_digest: str, settings_digest: str = "") -> str:
        """A digest of all that a publication is made from: archive, settings, readers, models, seeds, engines."""
        digest = sha256(f"{archive_digest} {settings_digest}".encode())
        for package in _PACKAGES:
            digest.update(f"{package} {version(package)}\0".encode())
        files = {file for pattern in _PROJECT_FILES for file in PROJECT_ROOT.glob(pattern)}
        for file in sorted(file for file in files if file.is_file() and "__pycache__" not in file.parts):
            digest.update(file.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0")
            digest.update(sha256(file.read_bytes()).digest())
        return digest.hexdigest()

    def last_publication(self) -> Publication | None:
        """What was published last, if it is still there."""
        try:
            content = json.loads(self._publication.read_bytes())
            warnings = [Check(**check) for check in content.pop("warnings")]
            publication = Publication(warnings=warnings, **content)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        is_there = (self.releases / publication.release).is_dir() and self.database.exists()
        return publication if is_there else None

    def note_publication(self, publication: Publication) -> None:
        replace_file(self._publication, json.dumps(asdict(publication), indent=2).encode())
        sync_folder(self.root)

    def parse(self) -> None:
        """Load dbt and read the project, so that `build` need not: unless a file of it changes before.

        dbt's account of the project stays that of the last build.
        """
        code = _digest_of_code()
        with self._at_work(code):
            from dbt.cli.main import dbtRunner

            outcome = dbtRunner().invoke(["parse", "--no-write-json", *self._options()])
        self._parsed = code, outcome.result

    def build(self, progress: Progress | None = None) -> BuildResult:
        """Run `dbt build` on build.duckdb in this process.

        Raises UsageError for decisions that cannot be read, BuildError if it cannot even begin.
        """
        check_decisions(PROJECT_ROOT)
        code = _digest_of_code()
        is_by_code = self._is_built_by(code)
        kept = self._kept_nodes(code) if is_by_code else []
        if not kept:
            self._forget_kept()
        with self._at_work(code):
            # Imported here: dbt takes a second to load, and a run with nothing new does without it.
            from dbt.adapters.duckdb.connections import DuckDBConnectionManager
            from dbt.cli.main import dbtRunner
            from dbt.parser.manifest import write_manifest

            parsed = self._parsed[1] if self._parsed[0] == code else None
            if parsed and not kept:
                write_manifest(parsed, str(self.dbt))
            runner = dbtRunner(parsed, [_progress_of(progress)] if progress else [])
            # A part is small, as a rule: dbt's own work on one node goes on beside DuckDB's on another. Where it is
            # not, two threads may need more memory than those of the profile.
            for threads in (("--threads", "2"), ()) if kept else ((),):
                try:
                    outcome = runner.invoke(
                        [
                            *("build", *threads),
                            *(() if is_by_code else ("--full-refresh",)),
                            *(_of_a_part(kept) if kept else ()),
                            # They say nothing about the data; `make test` runs them.
                            *("--exclude-resource-type", "unit_test"),
                            *("--exclude-resource-type", "exposure"),
                            *("--exclude-resource-type", "saved_query"),
                            *self._options(),
                        ]
                    )
                finally:
                    # dbt keeps the database open until the process ends; publishing reads it before that.
                    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
                if not _lacked_memory(outcome):
                    break
        if outcome.result is None or not hasattr(outcome.result, "results"):
            raise BuildError(f"dbt could not begin: {outcome.exception}")
        account: Any = outcome.result
        if kept:
            account.write(str(self.dbt / "run_results.json"))
        else:
            self._drop_strangers(account.results)
        if not any(str(result.status) == "error" for result in account.results):
            replace_file(self.dbt / _CODE, code.encode())
        build = _summarise(account.results, self.build_database)
        tests = sum(node.startswith("test.") for node, _ in kept)
        build.tests_passed += tests
        build.models += len(kept) - tests
        return build

    @contextmanager
    def _at_work(self, code: str) -> Iterator[None]:
        """What dbt finds around it: the same whenever it reads the project, or it would read it again."""
        with (
            _environment(EFFETS_WAREHOUSE=str(self.root), EFFETS_CODE=code, DO_NOT_TRACK="1"),
            _arguments("dbt", "build"),
            redirect_stdout(sys.stderr),
        ):
            yield

    def _options(self) -> list[str]:
        return [
            *("--project-dir", str(PROJECT_ROOT)),
            *("--profiles-dir", str(PROJECT_ROOT)),
            *("--target-path", str(self.dbt)),
            *("--log-path", str(self.dbt)),
            *("--log-level", "none", "--log-level-file", "none"),
            *("--no-version-check", "--no-print", "--no-use-colors"),
        ]

    def _is_built_by(self, code: str) -> bool:
        """Whether the tables were last built by this code: else those that are built in part are built anew."""
        try:
            return self.build_database.exists() and (self.dbt / _CODE).read_text() == code
        except OSError:
            return False

    def _kept_nodes(self, code: str) -> list[tuple[str, bool]]:
        """What was built, and would be the same again (macros/kept.sql): dbt's ids, and whether it is a view.

        Nothing where dbt's account of the project is gone.
        """
        if not (self.dbt / "manifest.json").exists():
            return []
        with duckdb.connect(self.build_database, read_only=True) as connection:
            try:
                # No parameter: with the first, DuckDB imports pandas.
                return connection.execute(
                    f"select unique_id, is_view from raw.kept_nodes where code = '{code}' order by all"
                ).fetchall()
            except duckdb.CatalogException:  # written by an older version
                return []

    def _forget_kept(self) -> None:
        """All will be built: dbt's account becomes that of this code, however early the build ends."""
        if self.build_database.exists():
            with duckdb.connect(self.build_database) as connection, suppress(duckdb.CatalogException):
                connection.execute("delete from raw.kept_nodes")

    def _drop_strangers(self, results: Any) -> None:
        """Drop what older versions of the project built and this one does not: it would be published."""
        relations = [result.node for result in results if result.node.resource_type in ("model", "seed")]
        built = {(node.schema, node.alias) for node in relations}
        schemas = {node.schema for node in relations}
        with duckdb.connect(self.build_database) as connection:
            for schema, name, kind in connection.execute(_RELATIONS).fetchall():
                if schema in schemas and (schema, name) not in built:
                    connection.execute(f'drop {kind} if exists "{schema}"."{name}" cascade')


def _of_a_part(kept: list[tuple[str, bool]]) -> list[str]:
    """How dbt is told to leave these nodes out: all views at once, the rest by name, of `test.effets.<name>.<hash>`."""
    names = [node.split(".")[2] for node, is_view in kept if not is_view]
    return [
        *("--exclude", "config.materialized:view", *names),
        # A node that is left out does not take with it the tests that look at others, too.
        *("--indirect-selection", "empty"),
        # The manifest of this code is there.
        "--no-write-json",
    ]


def _lacked_memory(outcome: Any) -> bool:
    results = getattr(outcome.result, "results", ())
    return any("Out of Memory" in (result.message or "") for result in results)


_RELATIONS = """
    select table_schema, table_name, if(table_type = 'VIEW', 'view', 'table')
    from information_schema.tables
    where table_catalog = current_database()
"""


def _digest_of_code() -> str:
    digest = sha256()
    for package in _PACKAGES:
        digest.update(f"{package} {version(package)}\0".encode())
    for file in sorted({file for pattern in _CODE_FILES for file in PROJECT_ROOT.glob(pattern)}):
        if file.is_file():
            digest.update(file.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


class BuildError(Exception):
    """dbt could not build at all; the message says why."""


def _progress_of(progress: Progress) -> Any:
    total = 0

    def on_event(event: Any) -> None:
        nonlocal total
        if event.info.name == "ConcurrencyLine":
            total = event.data.node_count
        elif event.info.name == "LogStartLine" and total:
            progress(event.data.index - 1, total)

    return on_event


def _summarise(results: Any, database: Path) -> BuildResult:
    build = BuildResult()
    counts: Counter[str] = Counter()
    for result in results:
        status = str(result.status)
        message = " ".join((result.message or "").split())
        if status in ("fail", "warn") and result.node.resource_type == "test":
            message += f": {_cases(database, result.node.compiled_code)}"
        check = Check(result.node.name, status, message)
        is_test = result.node.resource_type in ("test", "unit_test")
        counts["tests" if is_test else "models"] += status in ("pass", "success")
        if status in ("error", "fail", "runtime error"):
            build.failures.append(check)
        elif status == "warn":
            build.warnings.append(check)
        elif status == "skipped":
            build.skipped += 1
    build.models, build.tests_passed = counts["models"], counts["tests"]
    return build


def _cases(database: Path, query: str) -> str:
    """What the rows of a failed test call themselves: the first column of each test names the case."""
    with duckdb.connect(database, read_only=True) as connection:
        names = [str(row[0]) for row in connection.execute(query).fetchmany(NAMED_CASES + 1)]
    names = list(dict.fromkeys(names))
    return ", ".join(names[:NAMED_CASES]) + (", …" if len(names) > NAMED_CASES else "")


@contextmanager
def _arguments(*arguments: str) -> Iterator[None]:
    """What dbt writes down as the command that it was called with: ours may name what is to be forgotten."""
    before = sys.argv
    sys.argv = list(arguments)
    try:
        yield
    finally:
        sys.argv = before


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
