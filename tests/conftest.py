"""What holds for all tests."""

import os
from collections.abc import Iterator

import pytest

from ingest import archive, durable

# They read what the command says; tests/pipeline/test_language.py looks at its French.
os.environ["EFFETS_LANG"] = "en"


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """No test cuts the power: nothing need be on the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        for module in (archive, durable):
            patch.setattr(module, "sync_file_system", lambda folder: True)
        yield
