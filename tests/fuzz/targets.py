"""What is fuzzed: the way of a file from its bytes to its rows, and the files that people write by hand.

Whatever the input: a reading, or a refusal that says why and what would help. Anything else is a fault.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import yaml

from ingest.codebook import Codebook
from ingest.collect import MANIFEST, UsageError, collect, is_aside
from ingest.containers import is_container, members
from ingest.decisions import faults_of
from ingest.export import read_export
from ingest.formats import BY_NAME
from ingest.identify import Sample, identify
from ingest.reading import Rejection
from ingest.readings import Readings
from ingest.settings import Settings

ROOT = Path(__file__).parents[2]

#: How a target's inputs are named: the content decides, but a name may mislead.
NAMES = {
    "page_html": "2024/a.html",
    "typeform_download_xlsx": "2024/a.xlsx",
    "zip": "2024/a.zip",
    "page_text": "2024/a.txt",
}


class Fault(Exception):
    """Something other than a reading or a refusal with reason and remedy."""


def check_refusal(rejection: Rejection) -> str:
    """The reason of a refusal. Raises Fault for one that does not help."""
    if rejection.reason == "reader-error":
        raise Fault(f"{rejection.reason}: {rejection.detail}") from rejection
    for text in (rejection.reason, rejection.detail, rejection.remedy):
        if not text.strip() or len(text) > 2_000:
            raise Fault(f"a refusal that does not help: {rejection.reason!r} {rejection.detail[:200]!r}")
        text.encode()  # it is published
    return rejection.reason


class Exports:
    """Exports that come one by one; what structured forms query is queried of many together, by `settle`."""

    def __init__(self) -> None:
        self.readings = Readings(Codebook.load(ROOT))
        self.inputs: dict[str, bytes] = {}

    def take(self, data: bytes, path: str) -> str:
        """`read`, or the reason why not; of a ZIP file that of its last member."""
        outcome = "nothing"
        for member, content in self._opened(data, path):
            try:
                if isinstance(content, Rejection):
                    raise content
                source_id = sha256(content).hexdigest()
                if source_id in self.readings.exports:
                    return "known"
                module = identify(Sample.of(member, content))
                kept = module.redact(content)
                export = read_export(source_id, module.NAME, len(content), kept, self.readings.codebook)
                self.readings.add(export)
                self.inputs[source_id] = data
                self._check(export.rows)
                outcome = "read"
            except Rejection as rejection:
                outcome = check_refusal(rejection)
        return outcome

    def settle(self) -> dict[bytes, Rejection]:
        """Run the queries; the inputs that made one fail, and begin anew."""
        failures = self.readings.failures()
        found = {self.inputs[source_id]: rejection for source_id, rejection in failures.items()}
        self.readings.clear()
        self.inputs.clear()
        return found

    @staticmethod
    def _check(rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
        """Every character of a page has one place. Raises Fault."""
        for *_, characters, recognised, testimony, unparsed in rows.get("exports", ()):
            if characters is None:
                continue
            if min(recognised, testimony, unparsed) < 0 or recognised + testimony + unparsed != characters:
                raise Fault(
                    f"characters do not add up: {recognised} + {testimony} + {unparsed} <> {characters}"
                )

    @staticmethod
    def _opened(data: bytes, path: str) -> Iterator[tuple[str, bytes | Rejection]]:
        if not is_container(data):
            yield path, data
            return
        for member, content in members(data, path):
            if not is_aside(PurePosixPath(member).name):
                yield member, content


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="effets-fuzz-"))


def _by_hand(name: str, use: Callable[[Path], object]) -> Callable[[bytes], str]:
    def take(data: bytes) -> str:
        file = _folder() / name
        file.write_bytes(data)
        try:
            use(file)
        except UsageError as error:
            said = str(error)
            said.encode()
            if name not in said or len(said) > 20_000:
                raise Fault(f"a message that does not help: {said[:300]!r}") from error
            return "refused"
        return "read"

    return take


@cache
def _types() -> dict[str, str]:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    types: dict[str, str] = project["seeds"]["effets"]["corrections"]["answer_corrections"]["+column_types"]
    return types


def _decisions(file: Path) -> None:
    """What passes the check can be read as the macro `seed` reads it."""
    if faults := "\n".join(faults_of(file, _types())):
        raise UsageError(faults[:20_000])
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in _types().items())
    with duckdb.connect() as connection:
        connection.execute(
            f"from read_csv('{file}', header = true, delim = ',', quote = '\"', escape = '\"', "
            f"dateformat = '%Y-%m-%d', types = {{{types}}})"
        ).fetchall()


BY_HAND: dict[str, Callable[[bytes], str]] = {
    "manifest": _by_hand(MANIFEST, lambda file: collect(file.parent)),
    "corrections": _by_hand("answer_corrections.csv", _decisions),
    "settings": _by_hand("effets.toml", Settings.load),
}


def redacted(target: str, data: bytes) -> bytes:
    """What the archive would keep of an input. Raises Rejection."""
    return bytes(BY_NAME[target].redact(data))
