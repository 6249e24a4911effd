"""Spark and Sail, started for a test and ended after it: a cluster of one master and two workers, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv-spark" / "bin"
HOST = "127.0.0.1"

#: How long a part of the cluster may take to come up, in seconds.
PATIENCE = 120


def environment(warehouse: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DO_NOT_TRACK": "1",
        "EFFETS_WAREHOUSE": str(warehouse),
        "EFFETS_RAW": str(warehouse / "raw"),
        "SPARK_LOCAL_IP": HOST,
        **more,
    }


def dbt(target: str, warehouse: Path, *arguments: str, **more: str) -> str:
    """Run dbt with a target of profiles.yml, in the folder of the warehouse; return what it said."""
    command = [
        str(BIN / "dbt"),
        "--no-use-colors",
        *arguments,
        *("--target", target, "--project-dir", str(ROOT), "--profiles-dir", str(ROOT)),
        *("--target-path", str(warehouse / "target"), "--log-path", str(warehouse / "logs")),
    ]
    done = subprocess.run(
        command,
        cwd=warehouse,
        env=environment(warehouse, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """One master and two workers, each a process of its own; yields the master's address."""
    spark_class = next(BIN.parent.glob("lib/python*/site-packages/pyspark/bin/spark-class"))
    port = _free_port()
    address = f"spark://{HOST}:{port}"
    logs = folder / "cluster"
    logs.mkdir(parents=True)
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> None:
        log = (logs / f"{name}.log").open("wb")
        command = [str(spark_class), f"org.apache.spark.deploy.{arguments[0]}", *arguments[1:]]
        variables = {**os.environ, "SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "512m"}
        started.append(subprocess.Popen(command, env=variables, stdout=log, stderr=log))

    try:
        start("master", "master.Master", "--host", HOST, "--port", str(port), "--webui-port", "0")
        _wait_for(logs / "master.log", "New state: ALIVE", started[0])
        for number in (1, 2):
            work = str(logs / f"work-{number}")
            size = ("--cores", "1", "--memory", "1g")
            start(
                f"worker-{number}",
                *("worker.Worker", "--host", HOST, "--webui-port", "0", "--work-dir", work, *size, address),
            )
            _wait_for(logs / f"worker-{number}.log", "Successfully registered with master", started[-1])
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=60)


def java() -> str | None:
    """The Java runtime that Spark would take, if there is one."""
    return shutil.which("java")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


def _wait_for(log: Path, words: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while words not in log.read_text(errors="replace"):
        assert process.poll() is None and time.monotonic() < end, log.read_text(errors="replace")[-3000:]
        time.sleep(0.2)
