"""The proof that a project is forgotten: every file of the warehouse is looked through for what told of it."""

from __future__ import annotations

import html
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from ingest.archive import Archive, State
from ingest.export import document_of
from ingest.forget import Traces
from ingest.formats import BY_NAME
from ingest.formats.page_text import decode
from ingest.search import Search, strings
from ingest.warehouse import Warehouse
from ingest.words import Words


@dataclass(slots=True)
class Proof:
    """What was looked for, where, and what was found.

    `said_by_others`: exports of other projects that mention a name of it or hold a text of it, and stay. What
    they say may stand elsewhere, too; anything else that is found is a fault, and `found` names the place.
    """

    names: int
    texts: int
    files: int = 0
    byte_count: int = 0
    columns: int = 0
    said_by_others: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


def prove(traces: Traces, warehouse: Warehouse, state: State, folders: list[Path]) -> Proof:
    """Look through the warehouse, and `folders` beside it, for a project that was forgotten."""
    proof = Proof(len(traces.names | traces.slugs), len(traces.texts))
    with Search(traces.words, _said_by_others(traces.words, warehouse, state, proof)) as search:
        for folder in [warehouse.root, *folders]:
            for file in sorted(folder.rglob("*")):
                if file.is_file() and not file.is_symlink():
                    proof.files += 1
                    proof.byte_count += file.stat().st_size
                    # Objects were looked into as exports.
                    within = not file.is_relative_to(warehouse.archive / "objects")
                    for place in search.places(file, within=within):
                        proof.found.append(f"{file.relative_to(folder.parent).as_posix()}: {place}")
    proof.columns = search.columns
    return proof


def _said_by_others(words: Words, warehouse: Warehouse, state: State, proof: Proof) -> frozenset[str]:
    """What the exports that stay say of it themselves."""
    archive = Archive(warehouse.archive)
    allowed: set[str] = set()
    paths: dict[str, set[str]] = defaultdict(set)
    for receipt in state.receipts.values():
        paths[receipt.source_id].add(receipt.path)
    for source_id in sorted(state.stored):
        stored = state.stored[source_id]
        said = set(words.in_text(_content(stored.format, archive.read(stored))))
        said.update(match for path in paths[source_id] for match in words.in_text(path))
        if said:
            proof.said_by_others.append(f"{min(paths[source_id])} ({source_id})")
            allowed |= said
    return frozenset(allowed)


def _content(format_name: str, data: bytes) -> str:
    """All that an archived export says, as one text."""
    module = BY_NAME[format_name]
    if hasattr(module, "read"):
        return html.unescape(decode(data).text)
    return strings(document_of(module, data).decode())
