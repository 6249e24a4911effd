"""What people write of how to reach them is masked wherever anybody may read it: the texts that may be shown."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.forms import AMARRE, HALLE, SERRE, SHOWN_MAIL, SHOWN_PHONES
from tests.pipeline.warehouses import ROOT, Built, fill

#: Columns of texts that no site wrote: labels and texts of seeds, ids, codes.
_NOT_WRITTEN = re.compile(
    r".*(?:_fr|_en|_id|_ids|_a|_b|_code|_key|_on|_unit|_type|_from|_to)"
    r"|unit|kind|(?:change_)?status(?:_then|_now)?|report|direction|statistic|dimension|disclosure|arrow|method_version|format|generation|text_form"
    r"|obs_status|conf_status|aggregation|cause|causes|published_in|change|release|department|region|state|form"
)
#: Columns of what sites wrote: they go through `mask_contacts`.
MASKED = {("rpt_testimony", "text"), ("rpt_testimony", "project_name")}


def test_every_text_that_may_be_shown_is_masked_or_no_sites(built: Built) -> None:
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where table_name like 'rpt_%' and data_type like '%VARCHAR%'"
        ).fetchall()
    assert set(columns) >= MASKED
    written = {(table, column) for table, column in columns if not _NOT_WRITTEN.fullmatch(column)}
    assert written == MASKED, "either of a seed (then say so here), or masked"
    source = (ROOT / "models" / "marts" / "reporting" / "rpt_testimony.sql").read_text()
    assert source.count("mask_contacts(") == len(MASKED)


def test_planted_contacts_are_masked(built: Built, tmp_path: Path) -> None:
    """The sites consent; what they wrote is shown, but for addresses and numbers, which fct_testimony keeps."""
    copy = tmp_path / "build.duckdb"
    shutil.copy(built.warehouse / "build.duckdb", copy)
    manifest = json.loads((built.warehouse / "dbt" / "manifest.json").read_bytes())
    consented, query = (
        manifest["nodes"][f"model.effets.{name}"]["compiled_code"]
        for name in ("int_testimonies__consented", "rpt_testimony")
    )
    build = f"create or replace table intermediate.int_testimonies__consented as {consented}"
    with duckdb.connect(copy) as connection:
        connection.execute("delete from seeds.publication_consent")
        connection.execute(build)
        assert connection.execute(query).fetchall() == [], "without a consent nothing is shown"
        connection.execute(
            "insert into seeds.publication_consent by name "
            "select slug as project_id, name <> $serre as may_be_named from raw.slugs "
            "where name in ($halle, $amarre, $serre)",
            {"halle": HALLE, "amarre": AMARRE, "serre": SERRE},
        )
        connection.execute(build)
        connection.execute(f"create temp table shown as {query}")
        texts = connection.execute("select text from shown where question_id = 'lien_social'").fetchall()
        everything = str(connection.execute("from shown").fetchall())
        names = {name for (name,) in connection.execute("select distinct project_name from shown").fetchall()}
        kept = str(connection.execute("select text from main.fct_testimony").fetchall())
    assert len(texts) > 3 and all("•••@•••" in text and "•• •• •• •• ••" in text for (text,) in texts)
    for planted in (SHOWN_MAIL, *SHOWN_PHONES):
        assert planted in kept and planted not in everything
    # The planted text names its site, and one site is not to be named: nothing of it that does is shown.
    assert names == {HALLE, AMARRE, None} and SERRE.upper() not in everything.upper()


_NO_NETWORK = """
import socket, sys
from pathlib import Path

def refuse(self, address, *rest):
    if self.family != socket.AF_UNIX:
        with open(sys.argv[1], "a") as log:
            log.write(f"{address}\\n")
        raise OSError("no network here")

def unknown(host, *rest, **more):
    with open(sys.argv[1], "a") as log:
        log.write(f"{host}\\n")
    raise OSError("no network here")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.getaddrinfo = unknown
import effets
effets.app(["run", sys.argv[2], "--warehouse", sys.argv[3], "--out", sys.argv[4], "--quiet"])
"""


@pytest.mark.long
def test_nothing_reports_home(tmp_path: Path) -> None:
    """A whole run, in an environment that switches no telemetry off, opens no connection and looks up no name."""
    exports = fill(tmp_path / "exports")
    log = tmp_path / "asked"
    arguments = [log, exports, tmp_path / "warehouse", tmp_path / "reports"]
    environment = {"PATH": str(Path(sys.executable).parent), "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    run = subprocess.run(
        [sys.executable, "-c", _NO_NETWORK, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "warehouse" / "effets.duckdb").exists()
    assert not log.exists(), log.read_text()
