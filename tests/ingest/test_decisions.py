"""Tables that people write by hand are read, or their faults named by file, line, column and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.collect import UsageError
from ingest.decisions import check_decisions
from tests.fuzz.seeds import ROOT

HEADER = "project_id,year,reason,evidence,author,decided_on\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "dbt_project.yml", tmp_path)
    shutil.copytree(ROOT / "seeds" / "corrections", tmp_path / "seeds" / "corrections")
    return tmp_path


def test_those_of_the_project_can_be_read(project: Path) -> None:
    check_decisions(project)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER + "a,2024,r,e,moi,2024-03-31\n", None),
        ("\ufeff" + HEADER + '"a, b",,r,e,moi,2024-03-31\n\n', None),
        (HEADER.replace(",", ";"), "line 1: the columns are project_id;year"),
        ("", "line 1: the columns are –; write project_id,year,reason"),
        (HEADER + "a,2024,r,e\n", "line 2: 4 fields below 6 columns"),
        (HEADER + "a,2024,r, e,moi,lui,2024-03-31\n", "line 2: 7 fields below 6 columns"),
        (HEADER + "a,24,r,e,moi,2024-03-31\n", "line 2: `year` is `24`; write a year like 2024"),
        (HEADER + "a,2024,r,e,moi,31/03/2024\n", "`decided_on` is `31/03/2024`; write a day like 2024-03-31"),
        (HEADER + "a,2024,r,e,moi,2024-02-30\n", "`decided_on` is `2024-02-30`"),
        (HEADER + "a\0,2024,r,e,moi,2024-03-31\n", "line 2: a NUL byte"),
        (HEADER + '"a,2024,r,e,moi,2024-03-31\n', "no table can be read here"),
    ],
)
def test_a_fault_is_named(project: Path, content: str, said: str | None) -> None:
    file = project / "seeds" / "corrections" / "declared_non_response.csv"
    file.write_text(content, encoding="utf-8")
    if said is None:
        check_decisions(project)
        return
    with pytest.raises(UsageError) as caught:
        check_decisions(project)
    assert said in str(caught.value) and "declared_non_response.csv" in str(caught.value)


def test_what_a_spreadsheet_saved_is_named(project: Path) -> None:
    file = project / "seeds" / "corrections" / "declared_non_response.csv"
    file.write_bytes((HEADER + "a,2024,équipe,e,moi,2024-03-31\n").encode("cp1252"))
    with pytest.raises(UsageError, match=r"not UTF-8 \(byte \d+\): save it as CSV in UTF-8"):
        check_decisions(project)


def test_of_many_faults_some_are_named(project: Path) -> None:
    file = project / "seeds" / "corrections" / "declared_non_response.csv"
    file.write_text(HEADER + "a,24,r,e,moi,2024-03-31\n" * 100)
    with pytest.raises(UsageError) as caught:
        check_decisions(project)
    assert len(str(caught.value).splitlines()) == 11
