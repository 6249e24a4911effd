"""The register file that effets.toml names: what it may hold, and what is said of one that holds something else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingest.collect import UsageError
from ingest.register import digest, read_register, write_settings
from ingest.settings import Settings
from ingest.warehouse import PROJECT_ROOT

HEADER = "project_id,active_from,active_to\n"


def register(folder: Path, text: str) -> Path:
    file = folder / "registre.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_any_order_and_separator_and_names_as_people_write_them(tmp_path: Path) -> None:
    file = register(
        tmp_path,
        "\ufeffactive_to;project_id;active_from;postal_code;legal_status;priority_district;commune_size\n"
        ";L'Amarre;2023;1000;Association;Oui;De 2 000 à 9 999 habitants\n"
        "\n"
        "2022-06-30;Halle;;;;;\n"
        ";Halle;2022-07-01;;;;\n",
    )
    assert read_register(file, PROJECT_ROOT) == [
        ("halle", None, "2022-06-30", None, None, None, None, None),
        ("halle", "2022-07-01", None, None, None, None, None, None),
        ("lamarre", "2023", None, "01000", None, "2000-9999", "association", "oui"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("project_id,active_from\nx,2020\n", "csv:1: the column `active_to` is missing"),
        (HEADER.replace("\n", ",e-mail\n"), "csv:1: `e-mail` is no column of a register"),
        (HEADER.replace("\n", ",city,city\n"), "csv:1: a column stands twice"),
        (HEADER + "halle,2020\n", "csv:2: 2 cells for 3 columns"),
        (HEADER + "halle,,\n???,,\n", "csv:3: the project is missing"),
        (HEADER + "halle,20,\n", "csv:2: `active_from` is '20'; write a year (2024) or a day"),
        (HEADER + "halle,2024,2023\n", "csv:2: active_to is before active_from"),
        (
            HEADER + "halle,2020,\nlamarre,,\nhalle,,2021\n",
            "csv:4: halle is active in line 2 at the same time",
        ),
        (HEADER.replace("\n", ",priority_district\n") + "x,,,peut-être\n", "csv:2: `priority_district` is"),
        (HEADER.replace("\n", ",postal_code\n") + "x,,,Paris\n", "csv:2: `postal_code` is 'Paris'"),
        (HEADER + '"halle,,\n', "csv:2: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_register(register(tmp_path, text), PROJECT_ROOT)
    assert said in str(caught.value)


def test_settings_stand_in_the_database_and_tell_a_publication_from_another(tmp_path: Path) -> None:
    plain = Settings()
    file = register(tmp_path, HEADER + "halle,2020,\n")
    strict = Settings(disclosure="strict", register=file)
    database = tmp_path / "build.duckdb"
    for settings, rows in ((strict, 1), (plain, 0)):
        write_settings(database, settings, PROJECT_ROOT)
        with duckdb.connect(database, read_only=True) as connection:
            found = dict(connection.execute("select key, value from raw.settings").fetchall())
            assert found["disclosure"] == settings.disclosure
            assert connection.execute("select count(*) from raw.register").fetchall() == [(rows,)]
    before = digest(strict)
    register(tmp_path, HEADER + "halle,2021,\n")
    assert len({before, digest(strict), digest(plain)}) == 3
