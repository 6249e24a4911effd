"""Kills the pipeline, again and again, and looks at what the next run makes of it.

    python -m tests.pipeline.crash_driver PLAN…

A process of its own: it loads everything once, and each command runs in a fork of it, which is killed by SIGKILL
before its k-th step towards the disk (fsync, rename, link, unlink, a transaction's end) or after some time. Or the
machine fails it from that step on: the disk is full, there is no memory, nothing may be written. Each PLAN is the
JSON of a `Plan`. Prints one JSON object per trial; what is compared is said in `Trial`.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb

import analyses.report
import effets
import ingest.release_tables
from ingest import arrivals, dbt_process, intake, raw_tables
from ingest.expectations import Validation
from ingest.warehouse import Warehouse
from tests.pipeline import once
from tests.pipeline.checksums import checksum, read_publication
from tests.pipeline.forms import AMARRE
from tests.pipeline.once import parsed_once
from tests.pipeline.warehouses import QuickBuild, parquet_bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """What a step raises from some step on, what the command says then, and with what code it ends. On a full disk,
    things can still be removed; where memory lacks, it is the database that says so first."""

    error: Exception
    words: str
    code: int
    spares: tuple[str, ...] = ()
    is_once: bool = False


def _refused(code: int, words: str, exit_code: int) -> Fault:
    return Fault(OSError(code, os.strerror(code)), words, exit_code, ("unlink", "rmdir"))


FAULTS = {
    "full": _refused(errno.ENOSPC, "disk is full", 1),
    "read-only": _refused(errno.EROFS, "cannot be written", 2),
    "denied": _refused(errno.EACCES, "cannot be written", 2),
    "memory": Fault(MemoryError(), "not enough memory", 1, is_once=True),
    "database memory": Fault(duckdb.OutOfMemoryException("none left"), "not enough memory", 1, is_once=True),
}

#: Steps towards the disk, by where they are called.
STEPS = ((os, ("fsync", "replace", "rename", "symlink", "unlink", "rmdir")),)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: `exports` has the folders `first` and `then`; `points` are spread over all of a command's steps
    (`by_step`) and over its duration (`by_time`). With `is_quick`, stand-ins take the place of dbt, the report
    and Great Expectations."""

    folder: str
    command: str  # `run`, `first` (a run on nothing), `forget`, `rebuild`, `retract` or `build`
    by_step: int
    by_time: int
    seed: int
    is_quick: bool
    fault: str = "kill"  # or a name of FAULTS


@dataclass(frozen=True, slots=True)
class Trial:
    """One kill or fault. `was_told`: of a fault, the command said what it was and ended with the right code;
    `is_readable`: the last publication, old or new, could be read; `is_equal`: after the next run the
    published Parquet files, the raw tables and the archive are those of a run that nobody disturbed."""

    command: str
    point: str
    was_killed: bool
    was_told: bool
    reached: str
    is_readable: bool
    is_equal: bool
    seconds: float
    remark: str = ""


def main() -> None:
    plans = [Plan(**json.loads(plan)) for plan in sys.argv[1:]]
    once.SHARED = Path(plans[0].folder).parent
    _load()
    for plan in plans:
        for trial in Driver(plan).trials():
            print(json.dumps(asdict(trial), ensure_ascii=False), flush=True)


def _load() -> None:
    """What takes time to load, before the forks."""
    import dbt.adapters.duckdb.connections
    import dbt.cli.main  # noqa: F401
    import great_expectations  # noqa: F401
    import pandas  # noqa: F401

    assert analyses.report.write_report and effets.app


class Driver:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.folder = Path(plan.folder)
        self.exports = self.folder / "exports"
        self.template = self.folder / "template"
        self.trial = self.folder / "trial"

    def trials(self) -> Iterator[Trial]:
        plan = self.plan
        if plan.command != "first":
            first = self.exports if plan.command == "forget" else self.exports / "first"
            ran = self._run("run", first, warehouse=self.template)
            assert ran.code == 0, ran.said
        if plan.command == "build":  # what it has to build
            assert self._run("ingest", self.exports, warehouse=self.template).code == 0
        before = state(self.template)
        self._restore()
        undisturbed = self._run(*self._arguments(), warehouse=self.trial)
        assert undisturbed.code == 0, undisturbed.said
        undisturbed_by_the_next = self._next()
        assert undisturbed_by_the_next.code == 0, undisturbed_by_the_next.said
        after = state(self.trial)
        assert (after != before) == (plan.command != "rebuild")
        draw = random.Random(f"{plan.seed} {plan.command}")
        points: list[tuple[str, Kill]] = []
        for start, end in _stretches(undisturbed.steps, plan.by_step):
            step = int(draw.uniform(start, end)) + 1
            points.append(
                (f"step {step} of {undisturbed.steps}", Kill(step=step, fault=FAULTS.get(plan.fault)))
            )
        for start, end in _stretches(undisturbed.seconds, plan.by_time):
            moment = draw.uniform(start, end)
            points.append((f"{moment:.2f} s of {undisturbed.seconds:.2f}", Kill(after=moment)))
        for name, kill in points:
            yield self._try(name, kill, before, after)

    def _arguments(self) -> tuple[str | Path, ...]:
        match self.plan.command:
            case "run" | "first":
                return ("run", self.exports)
            case "forget":
                return ("forget", AMARRE)
            case "retract":
                return ("retract", "2024/utopic.txt")
            case command:
                return (command,)

    def _next(self) -> Ran:
        """The next run: nobody says that another one was killed."""
        if self.plan.command in ("run", "first"):
            return self._run("run", self.exports, warehouse=self.trial)
        return self._run("build", warehouse=self.trial)

    def _try(self, name: str, kill: Kill, before: State, after: State) -> Trial:
        started = time.monotonic()
        self._restore()
        killed = self._run(*self._arguments(), warehouse=self.trial, kill=kill)
        remarks = []
        was_told = not kill.fault or (killed.code == kill.fault.code and kill.fault.words in killed.said)
        if not was_told and killed.code == 0 and state(self.trial) == after:
            was_told = True  # it failed what may fail: a file that is to be removed, and is the next time
        if not was_told:
            remarks.append(f"ended with {killed.code}: {killed.said[-500:]}")
        published = read_publication(self.trial)
        allowed = {before.checksum, after.checksum}
        is_readable = published in allowed
        if not is_readable:
            remarks.append(f"read {published}, not of {allowed}")
        decided = _archive(self.trial / "archive")
        last = self._next()
        if last.code != 0:
            remarks.append(last.said[-500:])
        found = state(self.trial)
        is_decision = self.plan.command in ("forget", "retract")
        if is_decision and last.code == 0 and decided == before.archive:
            # Killed before its decision stood in the ledger: nothing was done, and it has to be asked again.
            if found.parquet != before.parquet:
                remarks.append("half of a decision was carried out")
            last = self._run(*self._arguments(), warehouse=self.trial)
            last = self._next() if last.code == 0 else last
            found = state(self.trial)
        remarks += [
            f"{part} differs"
            for part in State.__dataclass_fields__
            if getattr(found, part) != getattr(after, part)
        ]
        leftovers = sorted(
            file.relative_to(self.trial).as_posix()
            for pattern in ("archive/incoming/*", "archive/**/.*", "releases/.*", ".*.tmp", "build.duckdb?*")
            for file in self.trial.glob(pattern)
        )
        remarks += [f"left over: {file}" for file in leftovers]
        return Trial(
            f"{self.plan.command}, {self.plan.fault}" + ("" if self.plan.is_quick else ", real"),
            name,
            killed.code == -signal.SIGKILL,
            was_told,
            killed.said.strip().rpartition("\n")[2],
            is_readable,
            last.code == 0 and found == after and not leftovers,
            round(time.monotonic() - started, 2),
            "; ".join(remarks),
        )

    def _restore(self) -> None:
        shutil.rmtree(self.trial, ignore_errors=True)
        if self.template.exists():
            shutil.copytree(self.template, self.trial, symlinks=True)

    def _run(self, *arguments: str | Path, warehouse: Path, kill: Kill | None = None) -> Ran:
        """Run a command in a fork."""
        log, count = self.folder / "said.txt", self.folder / "steps.txt"
        count.write_text("0")
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            self._child(arguments, warehouse, log, count, kill)
        if kill and kill.after is not None:
            _kill_after(pid, kill.after)
        _, status = os.waitpid(pid, 0)
        return Ran(
            os.waitstatus_to_exitcode(status),
            time.monotonic() - started,
            int(count.read_text()),
            log.read_text(errors="replace"),
        )

    def _child(
        self, arguments: tuple[str | Path, ...], warehouse: Path, log: Path, count: Path, kill: Kill | None
    ) -> None:
        code = 70
        try:
            descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
            if self.plan.is_quick:
                _stand_in()
            with parsed_once(), _counted(kill, count):
                out = ["--out", str(self.folder / "reports")] if arguments[0] in ("run", "forget") else []
                effets.app([*map(str, arguments), *out, "--warehouse", str(warehouse)], standalone_mode=True)
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


@dataclass(frozen=True, slots=True)
class Kill:
    """When: before this step, or after so many seconds."""

    step: int | None = None
    after: float | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    seconds: float
    steps: int
    said: str


def _stretches(whole: float, number: int) -> list[tuple[float, float]]:
    """The whole in equal stretches: a point is drawn from each."""
    return [(whole * part / number, whole * (part + 1) / number) for part in range(number)]


def _kill_after(pid: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(min(0.005, max(0.0, end - time.monotonic())))
    os.kill(pid, signal.SIGKILL)


@contextmanager
def _counted(kill: Kill | None, count: Path) -> Iterator[None]:
    """Count the steps towards the disk; the fatal one is not taken."""
    taken = 0

    def step(name: str = "") -> None:
        nonlocal taken
        taken += 1
        if not kill or kill.step is None or taken < kill.step:
            return
        if not kill.fault:
            os.kill(os.getpid(), signal.SIGKILL)
        elif name not in kill.fault.spares and not (kill.fault.is_once and taken > kill.step):
            raise kill.fault.error

    def counting(original: Callable[..., Any], name: str) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            step(name)
            return original(*arguments, **options)

        return stepping

    for module, names in STEPS:
        for name in names:
            setattr(module, name, counting(getattr(module, name), name))
    leave = raw_tables.RawTables.__exit__

    def leaving(self: raw_tables.RawTables, *error: Any) -> None:
        step()
        leave(self, *error)

    raw_tables.RawTables.__exit__ = leaving  # type: ignore[method-assign]
    for name in ("_write_table", "_hash_of_file", "_share"):
        setattr(ingest.release_tables, name, counting(getattr(ingest.release_tables, name), name))
    try:
        yield
    finally:
        count.write_text(str(taken))


def _stand_in() -> None:
    build = QuickBuild()
    Warehouse.build = lambda self, progress=None: build(self, progress)  # type: ignore[method-assign]
    intake.validate = lambda readings: Validation()  # type: ignore[assignment]
    for module in (arrivals, intake):
        module.prepare = lambda: None  # type: ignore[assignment]
    dbt_process.prepare = lambda warehouse: None
    report = ModuleType("analyses.report")

    def write_report(warehouse: Path, out: Path, year: int, **_: object) -> Path:
        file = out / str(year) / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("report")
        return file

    report.write_report = write_report  # type: ignore[attr-defined]
    sys.modules["analyses.report"] = report


@dataclass(frozen=True, slots=True)
class State:
    """All that a run leaves that has to be the same."""

    checksum: str
    parquet: dict[str, str]
    raw: str
    archive: str


def state(warehouse: Path) -> State:
    build = warehouse / "build.duckdb"
    return State(
        read_publication(warehouse),
        parquet_bytes(warehouse) if (warehouse / "parquet").exists() else {},
        checksum(build, "raw", but="read_ledger") if build.exists() else "",  # its lines bear their time
        _archive(warehouse / "archive"),
    )


def _archive(archive: Path) -> str:
    """The objects and editions, and what the ledger's lines say but for when."""
    digest = sha256()
    for file in sorted(
        file for pattern in ("objects/*/*", "editions/**/*") for file in archive.glob(pattern)
    ):
        if file.is_file():
            digest.update(file.name.encode() + sha256(file.read_bytes()).digest())
    ledger = archive / "ledger.ndjson"
    lines = ledger.read_text().splitlines() if ledger.exists() else []
    for line in sorted(
        json.dumps({**json.loads(line), "recorded_at": ""}, sort_keys=True) for line in lines if line
    ):
        digest.update(line.encode())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    main()
