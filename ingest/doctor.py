"""`effets doctor`: whether all that the command rests on is as it should be, and what helps where it is not.

It changes nothing: not even the lock is taken, only looked at.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from ingest.archive import Archive, ArchiveError
from ingest.collect import UsageError
from ingest.console import Lines, Progress, Table
from ingest.settings import Settings
from ingest.speech import tr, trn
from ingest.warehouse import PROJECT_ROOT, Warehouse

#: What the main job stands on; a version other than the locked one is told.
PACKAGES = (
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "great-expectations",
    "pyarrow",
    "pandas",
    "altair",
    "vl-convert-python",
    "jinja2",
    "babel",
    "typer",
)
#: A build writes the databases and a release anew beside the old ones: so many times what the warehouse holds now.
_ROOM = 3
_LEAST_ROOM = 200 * 2**20

#: Programs that only some things need.
_TOOLS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "java": ("java",),
    "pdftotext": ("pdftotext",),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `state` is ok, warn or fail; a remedy stands where it is not ok."""

    topic: str
    state: str
    says: str
    remedy: str = ""


class UnwellError(Exception):
    """Something fails; its finding says what, and what helps."""


@dataclass(slots=True)
class Diagnosis:
    """All findings."""

    findings: list[Finding]

    @property
    def is_well(self) -> bool:
        return all(finding.state != "fail" for finding in self.findings)

    def insist(self) -> None:
        """Raise UnwellError unless all is well."""
        if not self.is_well:
            raise UnwellError(tr("not all is well: see the lines marked FAIL"))

    def as_json(self) -> dict[str, Any]:
        """The diagnosis as one JSON object."""
        return {"well": self.is_well, "findings": [asdict(finding) for finding in self.findings]}

    def as_lines(self) -> Lines:
        """The diagnosis for people: a line each, its remedy below."""
        words = {"ok": tr("ok"), "warn": tr("look"), "fail": tr("FAIL")}
        lines: Lines = []
        for finding in self.findings:
            lines.append((finding.topic, f"{words[finding.state]:<5} {finding.says}"))
            if finding.remedy:
                lines.append(("", f"      → {finding.remedy}"))
        return lines

    def as_tables(self) -> list[Table]:
        return []


def diagnose(warehouse: Warehouse, progress: Progress, *, full: bool = False) -> Diagnosis:
    """Look at everything; `full` also hashes the archive again, which takes as long as reading it."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _settings,
        lambda: _disk(warehouse.root),
        lambda: _rights(warehouse),
        lambda: _lock(warehouse),
        lambda: _archive(warehouse, progress if full else None),
        lambda: _release(warehouse),
        _tools,
    )
    return Diagnosis([finding for check in checks for finding in check()])


def _python() -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{platform.python_version()}, {sys.executable}")


def _packages() -> Iterator[Finding]:
    lock = PROJECT_ROOT / "requirements.lock"
    pins = dict(re.findall(r"^([\w.-]+)==([\w.+!-]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))
    others, missing = [], []
    for package in PACKAGES:
        try:
            found = version(package)
        except PackageNotFoundError:
            missing.append(package)
            continue
        if package in pins and found != pins[package]:
            others.append(f"{package} {found} ({pins[package]})")
    topic = tr("Packages")
    if missing:
        yield Finding(topic, "fail", tr("missing: {names}", names=", ".join(missing)), tr("run `make setup`"))
    if others:
        yield Finding(
            topic,
            "warn",
            tr("not as in requirements.lock: {names}", names=", ".join(others)),
            tr("run `make setup`: figures were checked with the locked versions"),
        )
    if not (missing or others):
        yield Finding(topic, "ok", f"dbt-core {version('dbt-core')}, duckdb {version('duckdb')}")


def _settings() -> Iterator[Finding]:
    try:
        settings = Settings.load()
    except UsageError as problem:
        yield Finding("effets.toml", "fail", str(problem), tr("mend the line that it names"))
        return
    there = Path("effets.toml").exists()
    yield Finding(
        "effets.toml", "ok", settings.name("fr") or (tr("read") if there else tr("none: all as by default"))
    )


def _disk(root: Path) -> Iterator[Finding]:
    place = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    held = sum(file.stat().st_size for file in root.rglob("*") if file.is_file() and not file.is_symlink())
    says = tr("{free} free, the warehouse holds {held}", free=_size(free), held=_size(held))
    if free < max(_LEAST_ROOM, _ROOM * held):
        yield Finding(
            tr("Disk"),
            "warn",
            says,
            tr("free some: a build writes beside what is there before it takes its place"),
        )
    else:
        yield Finding(tr("Disk"), "ok", says)


def _rights(warehouse: Warehouse) -> Iterator[Finding]:
    topic = tr("Rights")
    if not warehouse.root.exists():
        yield Finding(topic, "ok", tr("{path} is not there yet: `effets run` makes it", path=warehouse.root))
        return
    folders = (warehouse.root, warehouse.archive, warehouse.releases)
    closed = [str(f) for f in folders if f.exists() and not os.access(f, os.R_OK | os.W_OK | os.X_OK)]
    if closed:
        yield Finding(
            topic,
            "fail",
            tr("cannot be written: {names}", names=", ".join(closed)),
            tr("give yourself the right to write there, or choose another --warehouse"),
        )
    else:
        yield Finding(topic, "ok", tr("{path} can be read and written", path=warehouse.root))


def _lock(warehouse: Warehouse) -> Iterator[Finding]:
    topic = tr("Lock")
    try:
        with open(warehouse.root / ".lock", encoding="utf-8") as file:
            holder = file.read().strip()
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        yield Finding(topic, "ok", tr("free"))
    except BlockingIOError:
        yield Finding(
            topic, "warn", tr("held by {holder}", holder=holder), tr("wait until it is done, or stop it")
        )
    except OSError as problem:
        yield Finding(topic, "fail", str(problem), tr("give yourself the right to read it"))
    else:
        yield Finding(topic, "ok", tr("free"))


def _archive(warehouse: Warehouse, progress: Progress | None) -> Iterator[Finding]:
    topic = tr("Archive")
    archive = Archive(warehouse.archive)
    try:
        state = archive.state()
        there = archive.objects()
        faults = archive.verify(state, progress) if progress else []
    except (ArchiveError, OSError) as problem:
        yield Finding(
            topic, "fail", str(problem), tr("bring the archive back from a copy: it cannot be made again")
        )
        return
    lost = sorted(state.stored.keys() - there)
    stray = len(there - state.stored.keys())
    if lost or faults:
        names = "; ".join(faults) or ", ".join(source_id[:12] for source_id in lost)
        yield Finding(
            topic,
            "fail",
            tr("missing or damaged: {names}", names=names),
            tr("bring these objects back from a copy, or receive the exports again"),
        )
        return
    says = trn("{n} export, its ledger readable", "{n} exports, their ledger readable", len(state.stored))
    says += ", " + (tr("all hashed again") if progress else tr("not hashed: --full does that"))
    if stray:
        says += "; " + trn(
            "{n} object that the ledger does not name", "{n} objects that the ledger does not name", stray
        )
        yield Finding(topic, "warn", says, tr("the next run sweeps what a crash left"))
    else:
        yield Finding(topic, "ok", says)


def _release(warehouse: Warehouse) -> Iterator[Finding]:
    topic = tr("Release")
    links = (warehouse.database, warehouse.parquet, warehouse.quality, warehouse.dictionary)
    if not any(link.is_symlink() for link in links):
        yield Finding(topic, "ok", tr("nothing is published yet: `effets run` does that"))
        return
    broken = [link.name for link in links if not link.exists()]
    if broken:
        yield Finding(
            topic,
            "fail",
            tr("links that lead nowhere: {names}", names=", ".join(broken)),
            tr("run `effets build`"),
        )
        return
    try:
        with duckdb.connect(warehouse.database, read_only=True) as connection:
            (count,) = connection.execute("select count(*) from fct_evaluation").fetchall()[0]
    except duckdb.Error as problem:
        yield Finding(topic, "fail", str(problem), tr("run `effets build`"))
        return
    publication = warehouse.last_publication()
    if publication is None:
        yield Finding(
            topic,
            "warn",
            tr("readable, but nothing says from what it was made"),
            tr("run `effets build`: it publishes anew"),
        )
        return
    evaluations = trn("{n} evaluation", "{n} evaluations", count)
    yield Finding(topic, "ok", f"{publication.release}, {publication.published_at}: {evaluations}")


def _tools() -> Iterator[Finding]:
    uses = {
        "chromium": tr("tests of pages in a browser"),
        "java": tr("the models on Spark"),
        "pdftotext": tr("tests of the printed report"),
    }
    for tool, names in _TOOLS.items():
        found = next(filter(None, map(shutil.which, names)), None)
        if found:
            yield Finding(tool, "ok", found)
        else:
            yield Finding(tool, "ok", tr("not installed; only needed for {use}", use=uses[tool]))


def _size(count: int) -> str:
    for unit in (tr("B"), tr("kB"), tr("MB")):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count = count // 1000
    return f"{count:,} {tr('GB')}"
