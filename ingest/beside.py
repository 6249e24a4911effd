"""Work that goes on beside what the caller does: one thing after the other, in a thread of its own, or in some."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Beside:
    """The thread. When its block ends, what was not begun is dropped, and what was begun comes to its end."""

    def __init__(self, threads: int = 1) -> None:
        self._pool = ThreadPoolExecutor(threads)
        self._last: Future[object] | None = None

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(
        self, work: Callable[_Arguments, _Result], *arguments: _Arguments.args, **more: _Arguments.kwargs
    ) -> Future[_Result]:
        """Do this once a thread is free: the only one, after all that was begun before."""
        future = self._pool.submit(work, *arguments, **more)
        self._last = future  # type: ignore[assignment]
        return future

    def wait(self) -> None:
        """Return once what was begun last is done: of one thread, all. Raises what it raised."""
        if self._last is not None:
            self._last.result()
