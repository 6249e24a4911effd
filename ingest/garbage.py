"""Python's search for objects that hold each other, and would never be freed: rare where documents are read.

They hold many objects, which are freed as soon as nobody needs them, and no circles that are worth a look each time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARE = (200_000, 20, 100)


@contextmanager
def rare_search() -> Iterator[None]:
    """Search rarely while the block lasts."""
    before = gc.get_threshold()
    gc.set_threshold(*_RARE)
    try:
        yield
    finally:
        gc.set_threshold(*before)
