"""Processes that work beside this one: how they are begun, and how they answer.

They end with the process that began them, however that one ends: what they read then comes to its end.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from contextlib import suppress
from typing import BinaryIO

from ingest.warehouse import PROJECT_ROOT

#: A pipe's usual 64 KB would fill with three files: at each filling both ends wait for each other.
_PIPE_BYTES = 1024 * 1024


def begin(module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """Begin a process that calls `serve` of a module, with pipes to it and from it."""
    paths = [str(PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        # -P: nothing is imported from the folder that the command was given in.
        [sys.executable, "-P", "-W", "ignore", "-c", f"from {module} import serve; serve()", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environment},
        start_new_session=True,  # an interrupt from the keyboard is for the command alone
    )
    if sys.platform == "linux":
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # the system may allow less
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)  # type: ignore[arg-type]
    return process


def answers() -> BinaryIO:
    """Where the process answers: what used to be its standard output. Whatever prints there must not end up among the
    answers: it goes where errors go."""
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return stream
