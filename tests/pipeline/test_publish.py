"""Releases: their layout, their bytes, and that readers never see half of one."""

from __future__ import annotations

import os
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from ingest import publish as publish_module
from ingest.dictionary import Table, Text
from ingest.publish import publish, releases
from ingest.raw_tables import RawTables
from ingest.warehouse import PROJECT_ROOT, STORAGE_VERSION, Warehouse


def tables(warehouse: Warehouse, rows: int = 10, *, reverse: bool = False) -> None:
    """A small build.duckdb: a dimension, a view, facts by year, and what is not to be published."""
    order = "desc" if reverse else "asc"
    with RawTables(warehouse.build_database, PROJECT_ROOT, warehouse.spill):
        pass  # the raw schema, empty
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute("create schema if not exists staging")
        connection.execute("delete from raw.built_years")
        connection.execute("insert into raw.built_years select year, '', null from range(2020, 2023) t(year)")
        connection.execute("create or replace table staging.fct_hidden as select 1 as x")
        connection.execute("create or replace table stg_hidden as select 1 as x")
        connection.execute(
            "create or replace table dim_thing as "
            f"select 'é' || i as thing_id from range({rows}) t(i) order by i {order}"
        )
        connection.execute("create or replace view rpt_thing as select thing_id from main.dim_thing")
        connection.execute(
            f"""
            create or replace table fct_thing as
            select md5(i::varchar) as fact_id, 2020 + i % 3 as year, [i, null] as list, i / 7 as value
            from range({rows}) t(i) order by i {order}
            """
        )
        connection.execute("create or replace table fct_empty (fact_id varchar, year integer)")
        connection.execute("create or replace table fct_timeless as select 1 as fact_id")


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path / "warehouse")
    tables(warehouse)
    return warehouse


def parquet_files(warehouse: Warehouse) -> dict[str, str]:
    root = warehouse.parquet.resolve()
    return {
        file.relative_to(root).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in root.rglob("*")
        if file.is_file()
    }


def test_layout(warehouse: Warehouse) -> None:
    release = publish(warehouse)
    assert release.rows == {
        "dim_thing": 10,
        "fct_empty": 0,
        "fct_thing": 10,
        "fct_timeless": 1,
        "rpt_thing": 10,
    }
    assert parquet_files(warehouse).keys() == {
        "dim_thing.parquet",
        "rpt_thing.parquet",
        "fct_timeless.parquet",
        "fct_empty/data.parquet",
        "fct_thing/year=2020/data.parquet",
        "fct_thing/year=2021/data.parquet",
        "fct_thing/year=2022/data.parquet",
    }
    assert os.readlink(warehouse.database) == "releases/current/effets.duckdb"
    assert os.readlink(warehouse.parquet) == "releases/current/parquet"
    assert os.readlink(warehouse.quality) == "releases/current/quality"
    assert (warehouse.quality / "index.html").is_file()
    assert os.readlink(warehouse.releases / "current") == release.release_id == releases(warehouse)[0]
    assert not list(warehouse.root.rglob(".*"))


def test_an_old_layout_is_brought_up_to_the_present_one(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so the rows that the release before had, which are copied with its database."""
    with monkeypatch.context() as before:
        before.setattr("ingest.release_tables.STORAGE_VERSION", "v1.0.0")
        publish(warehouse)
    assert layout(warehouse.database) == "v1.0.0+"
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute("update fct_thing set value = value + 1 where year = 2022")
    publish(warehouse)
    assert layout(warehouse.database) == f"{STORAGE_VERSION}+"


def layout(database: Path) -> str:
    """The oldest DuckDB that reads a database."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as looked_at (read_only)")
        query = "select tags['storage_version'] from duckdb_databases() where database_name = 'looked_at'"
        [(version,)] = connection.execute(query).fetchall()
        return str(version)


def test_parquet_and_database_hold_the_same_in_the_order_of_keys(warehouse: Warehouse) -> None:
    publish(warehouse)
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        for table in ("dim_thing", "fct_thing"):
            rows = connection.execute(f"from {table}").fetchall()
            # Facts lie by year, as their files do.
            keys = "year, fact_id" if table.startswith("fct") else "thing_id"
            assert rows == connection.execute(f"from {table} order by {keys}").fetchall()
            files = f"{warehouse.parquet}/{table}*" + ("/*/*.parquet" if table.startswith("fct") else "")
            columns = "fact_id, year, list, value" if table.startswith("fct") else "*"
            parquet = (
                f"select {columns} from read_parquet('{files}', hive_partitioning = true) order by {keys}"
            )
            assert connection.execute(parquet).fetchall() == rows
    path = warehouse.parquet / "fct_thing" / "year=2021" / "data.parquet"
    assert duckdb.execute(f"select distinct year from '{path}'").fetchall() == [(2021,)]


@pytest.mark.parametrize("table", ["fct_response", "fct_observation", "fct_indicator_evaluation"])
def test_facts_of_a_site_lie_together(published_example: Warehouse, table: str) -> None:
    with duckdb.connect(published_example.database, read_only=True) as connection:
        sites = connection.execute(f"select year, project_id from {table}").fetchall()
    assert len([site for site, _ in groupby(sites)]) == len(set(sites)) > 40


@pytest.mark.parametrize(
    "rows",
    [10, pytest.param(300_000, marks=pytest.mark.slow), pytest.param(2_000_000, marks=pytest.mark.long)],
)
def test_parquet_bytes_depend_on_the_content_alone(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    connect = duckdb.connect
    for number, (reverse, threads) in enumerate([(False, 1), (True, 4), (False, 2)]):
        warehouse = Warehouse(tmp_path / str(number))
        tables(warehouse, rows, reverse=reverse)
        with monkeypatch.context() as patch:
            patch.setattr(
                duckdb,
                "connect",
                lambda *path, n=threads, config=None, **more: connect(
                    *path, config={**(config or {}), "threads": n}, **more
                ),
            )
            publish(warehouse)
        found.append(parquet_files(warehouse))
    assert found[0] == found[1] == found[2]


def test_equal_content_keeps_the_release(warehouse: Warehouse) -> None:
    first = publish(warehouse)
    tables(warehouse, reverse=True)
    second = publish(warehouse)
    assert (first.is_new, second.is_new) == (True, False)
    assert releases(warehouse) == [first.release_id] == [second.release_id]


def test_another_account_of_the_same_content_is_another_release(warehouse: Warehouse) -> None:
    first = publish(warehouse)
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute(
            "insert into raw.rejections values ('a.txt', null, 'empty', 'no bytes', 'Fill it.')"
        )
    second = publish(warehouse)
    assert second.is_new
    assert first.release_id.partition("-")[2] == second.release_id.partition("-")[2]
    assert "a.txt" in (warehouse.quality / "index.html").read_text(encoding="utf-8")


def test_a_file_that_would_say_the_same_is_shared(warehouse: Warehouse) -> None:
    year = Path("fct_thing", "year=2020", "data.parquet")
    first = publish(warehouse).folder / "parquet"
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute("update fct_thing set value = 0 where year = 2021")
    second = publish(warehouse).folder / "parquet"
    other = year.parent.with_name("year=2021") / year.name
    assert (first / year).samefile(second / year)
    assert not (first / other).samefile(second / other)
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        values = connection.execute(
            "select year, sum(value) from fct_thing group by year order by year"
        ).fetchall()
    assert [value for _, value in values][1] == 0 < values[0][1]
    # A release that takes the place of all others shares nothing, nor does one after a file that was damaged.
    publish(warehouse, kept=1)
    (second / year).write_bytes((second / year).read_bytes()[:-1] + b"x")
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute("update fct_thing set value = 1 where year = 2021")
    third = publish(warehouse).folder / "parquet"
    assert not (third / year).samefile(second / year)


#: What may happen to the tables from one release to the next.
CHANGES = {
    "nothing": (),
    "a year, changed": ("update fct_thing set value = 0 where year = 2021",),
    "the last year, changed": ("update fct_thing set value = 0 where year = 2022",),
    "a year, gone": ("delete from fct_thing where year = 2021",),
    "the last year, gone": ("delete from fct_thing where year = 2022",),
    "all years, gone": ("delete from fct_thing",),
    "a year before all": ("insert into fct_thing values ('early', 2019, [1], 1)",),
    "a year after all": ("insert into fct_thing values ('late', 2023, [1], 1)",),
    "no year": ("insert into fct_thing values ('some day', null, [1], 1)",),
    "a column more": ("alter table fct_thing add column more integer",),
    "years, for the first time": (
        "drop table fct_timeless",
        "create table fct_timeless as select 1 as fact_id, 2020 as year",
    ),
    "a dimension, changed": ("insert into dim_thing values ('é11')",),
    "a table less and one more": ("drop table fct_empty", "create table fct_new as select 1 as fact_id"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_begins_with_the_release_before_says_what_is_written_anew(
    warehouse: Warehouse, change: str
) -> None:
    def content(database: Path) -> dict[str, object]:
        with duckdb.connect(database, read_only=True) as connection:
            names = connection.execute("select table_name from duckdb_tables() order by 1").fetchall()
            return {
                name: (
                    connection.execute(f"describe {name}").fetchall(),
                    connection.execute(f"from {name}").fetchall(),
                )
                for (name,) in names
            }

    publish(warehouse)
    for statement in CHANGES[change]:
        with duckdb.connect(warehouse.build_database) as connection:
            connection.execute(statement)
    brought_up = content(publish(warehouse).folder / "effets.duckdb")
    anew = Warehouse(warehouse.root.with_name("anew"))
    anew.root.mkdir()
    anew.build_database.write_bytes(warehouse.build_database.read_bytes())
    assert brought_up == content(publish(anew).folder / "effets.duckdb")


def test_years_of_which_nothing_was_made_anew_are_not_looked_at(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = Table("fct_thing", Text(), Text(), ["fact_id"], True, True, [])
    monkeypatch.setattr(publish_module, "_dictionary", lambda _: [facts])

    def values(*statements: str) -> list[float]:
        with duckdb.connect(warehouse.build_database) as connection:
            for statement in statements:
                connection.execute(statement)
        publish(warehouse)
        with duckdb.connect(warehouse.database, read_only=True) as connection:
            found = connection.execute("select max(value) from fct_thing group by year order by year")
            return [value for (value,) in found.fetchall()]

    before = values()
    # As a build does it: what is made anew is taken out first. What nobody took out is as it was.
    changed = ("update fct_thing set value = 99", "delete from raw.published_years where year = 2022")
    assert values(*changed) == [*before[:2], 99]
    assert values("update raw.published_years set release = 'another'") == [99, 99, 99]
    assert (
        values("alter table fct_thing add column more integer", "update fct_thing set value = 1") == [1] * 3
    )


def test_of_a_year_sites_of_which_nothing_was_made_anew_keep_their_rows(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = Table("fct_thing", Text(), Text(), ["fact_id"], True, True, [], site="fact_id || '@' || year")
    monkeypatch.setattr(publish_module, "_dictionary", lambda _: [facts])

    def rows(*statements: str) -> list[tuple[str, float]]:
        """What effets.duckdb then says, as its rows lie there."""
        with duckdb.connect(warehouse.build_database) as connection:
            for statement in statements:
                connection.execute(statement)
        publish(warehouse)
        with duckdb.connect(warehouse.database, read_only=True) as connection:
            return connection.execute(
                "select fact_id, value from fct_thing where year = 2021 order by rowid"
            ).fetchall()

    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute(
            "insert into raw.built_sites select fact_id || '@' || year, '', null from fct_thing"
        )
    first, *others = before = rows()
    one, other = first[0], others[-1][0]
    made_anew = (
        "delete from raw.published_years where year = 2021",
        f"delete from raw.published_sites where evaluation_id = '{one}@2021'",
    )
    assert len(before) == 3
    # Rows of the others lie where they lay; the new ones behind them.
    changed = rows(f"update fct_thing set value = 99 where fact_id = '{one}'", *made_anew)
    assert changed == [*others, (one, 99)]
    more = rows("insert into fct_thing values ('zzz', 2021, [1], 7)", *made_anew)
    assert more == [*others, (one, 99), ("zzz", 7)]
    # What changed though nobody took it out is seen: all rows are written.
    assert rows(f"update fct_thing set value = 98 where fact_id = '{other}'", *made_anew) == sorted(
        [*others[:-1], (other, 98), (one, 99), ("zzz", 7)]
    )
    assert rows(f"delete from fct_thing where fact_id = '{other}'", *made_anew) == sorted(
        [*others[:-1], (one, 99), ("zzz", 7)]
    )


def test_a_database_that_was_written_to_is_not_gone_on_with(warehouse: Warehouse) -> None:
    database = publish(warehouse).folder / "effets.duckdb"
    database.chmod(0o644)
    with duckdb.connect(database) as connection:
        connection.execute("update fct_thing set value = 99")
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute("update fct_thing set value = 0 where year = 2022")
    publish(warehouse)
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        assert connection.execute("select count(*) from fct_thing where value = 99").fetchall() == [(0,)]


def test_old_releases_are_pruned_and_open_ones_stay_readable(warehouse: Warehouse) -> None:
    publish(warehouse)
    reader = duckdb.connect(warehouse.database.resolve(), read_only=True)
    for rows in (11, 12, 13, 14):
        tables(warehouse, rows)
        publish(warehouse)
    assert [release_id[:5] for release_id in releases(warehouse)] == ["0003-", "0004-", "0005-"]
    assert reader.execute("select count(*) from dim_thing").fetchall() == [(10,)]
    reader.close()


def test_a_failure_leaves_the_last_release(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(warehouse)
    before = parquet_files(warehouse)
    tables(warehouse, 11)
    with monkeypatch.context() as patch:
        patch.setattr(publish_module, "sync_tree", lambda root: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            publish(warehouse)
    assert parquet_files(warehouse) == before
    assert releases(warehouse) == [first.release_id]
    assert not list(warehouse.releases.glob(".*"))


def test_a_release_that_a_crash_left_unfinished_is_removed(warehouse: Warehouse) -> None:
    leftover = warehouse.releases / ".writing-1"
    leftover.mkdir(parents=True)
    (leftover / "effets.duckdb").write_bytes(b"half")
    publish(warehouse)
    assert not leftover.exists()


def test_a_crash_between_release_and_link_is_made_good(warehouse: Warehouse) -> None:
    release = publish(warehouse)
    (warehouse.releases / "current").unlink()
    assert publish(warehouse).release_id == release.release_id
    assert warehouse.database.exists()


def test_no_published_file_can_be_written_by_accident(warehouse: Warehouse) -> None:
    publish(warehouse)
    assert warehouse.database.stat().st_mode & 0o222 == 0
