"""What was built in part is what a full refresh builds: after any sequence of additions, corrections and removals."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from examples.network import Size, numbered_files, write
from ingest import release_tables
from ingest.archive import Archive
from ingest.intake import ingest
from ingest.publish import publish
from ingest.records import redate, restore, retract
from ingest.warehouse import Warehouse
from tests.pipeline.warehouses import REMOVE_STRAYS, dbt, dbt_build, parquet_bytes, stray

#: The models that are built by evaluation, and what they need.
FACTS = ("fct_response_record", "fct_response", "fct_observation", "fct_testimony")
FORMS = {"typeform_json": 2.0, "effects_page": 2.0, "place_json": 1.0}


class Network:
    """A folder of exports and its warehouse, to which things happen."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.draw = random.Random(seed)
        self.exports = folder / "exports"
        self.warehouse = Warehouse(folder / "warehouse")
        self.archive = Archive(self.warehouse.archive)
        self._number = 0
        self.add(8)

    def add(self, count: int = 1) -> None:
        """New sites, each with its exports of some years."""
        for _ in range(count):
            self._number += 1
            number = range(self._number, self._number + 1)
            write(numbered_files(number, Size(2023, 2025, "incremental", FORMS)), self.exports)
        self._ingest()

    def correct(self) -> None:
        """A site answers again: the same name and years, other answers, so several records of an evaluation."""
        number = self.draw.randrange(1, self._number + 1)
        again = self.exports / f"again-{self.draw.random()}"
        write(
            numbered_files(range(number, number + 1), Size(2023, 2025, str(self.draw.random()), FORMS)), again
        )
        self._ingest()

    def take_back(self) -> None:
        retract(self._some_source(), self.archive)
        self._ingest()

    def put_back(self) -> None:
        retracted = sorted(self.archive.state().retracted)
        if retracted:
            restore(self.draw.choice(retracted), self.archive)
        self._ingest()

    def move(self) -> None:
        redate(self._some_source(), self.draw.choice([2023, 2024, 2025, None]), self.archive)
        self._ingest()

    def happen(self) -> None:
        """Something."""
        events: list[Callable[[], None]] = [self.add, self.correct, self.take_back, self.put_back, self.move]
        self.draw.choice(events)()

    def _some_source(self) -> str:
        return self.draw.choice(sorted(self.archive.state().stored))

    def _ingest(self) -> None:
        with self.warehouse.lock():
            ingest([self.exports], self.warehouse)


def build_facts(root: Path, *options: str) -> None:
    """Build what is built by evaluation, and what it needs."""
    without = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    outcome = dbt("build", root, *options, "--select", "+tag:by_evaluation", *without)
    assert outcome.success, outcome.exception


def facts(database: Path) -> dict[str, list[str]]:
    with duckdb.connect(database, read_only=True) as connection:
        return {fact: sorted(map(repr, connection.execute(f"from main.{fact}").fetchall())) for fact in FACTS}


def rebuilt(network: Network, folder: Path) -> dict[str, list[str]]:
    """The facts as a full refresh of the same raw tables makes them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(network.warehouse.build_database, folder / "build.duckdb")
    build_facts(folder, "--full-refresh")
    return facts(folder / "build.duckdb")


def touched(database: Path) -> int:
    with duckdb.connect(database, read_only=True) as connection:
        return int(
            connection.execute("select count(*) from intermediate.int_evaluations__touched").fetchall()[0][0]
        )


def publication(warehouse: Warehouse) -> dict[str, str]:
    """Build and publish; the Parquet files of the release, each by its hash."""
    assert not warehouse.build().failures
    publish(warehouse)
    return parquet_bytes(warehouse.root)


@pytest.mark.slow
def test_parts_are_what_the_whole_is(tmp_path: Path, quick_gate: None) -> None:
    network = Network(tmp_path, seed=1)
    build_facts(network.warehouse.root)
    everything = touched(network.warehouse.build_database)
    build_facts(network.warehouse.root)
    assert touched(network.warehouse.build_database) == 0
    for event in (network.add, network.correct, network.take_back, network.move):
        event()
    build_facts(network.warehouse.root)
    assert 0 < touched(network.warehouse.build_database) < everything
    assert facts(network.warehouse.build_database) == rebuilt(network, tmp_path / "whole")


@pytest.mark.slow
def test_a_build_that_broke_off_is_made_good(tmp_path: Path, quick_gate: None) -> None:
    network = Network(tmp_path, seed=2)
    build_facts(network.warehouse.root)
    before = facts(network.warehouse.build_database)
    source = sorted(network.archive.state().stored)[0]
    retract(source, network.archive)
    network._ingest()
    with duckdb.connect(network.warehouse.build_database) as connection:
        stamps = connection.execute("from raw.built_evaluations order by all").fetchall()
    build_facts(network.warehouse.root)
    # As if it had ended behind the last model: the evaluations it touched are not noted.
    with duckdb.connect(network.warehouse.build_database) as connection:
        now = connection.execute("from raw.built_evaluations order by all").fetchall()
        kept = sorted(set(stamps) & set(now))
        connection.execute("delete from raw.built_evaluations")
        connection.executemany("insert into raw.built_evaluations values (?, ?, ?)", kept)
    restore(source, network.archive)
    network._ingest()
    build_facts(network.warehouse.root)
    assert facts(network.warehouse.build_database) == before


@pytest.mark.slow
def test_what_was_gone_while_a_build_broke_off_comes_back(tmp_path: Path, quick_gate: None) -> None:
    """A build takes out the rows of what is gone, and stops; before the next one it is back as it was."""
    network = Network(tmp_path, seed=2)
    warehouse = network.warehouse
    before = publication(warehouse)

    def execute(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(warehouse.build_database) as connection:
            return connection.execute(query).fetchall()

    (gone, source), (stays, _) = execute(
        "select evaluation_id, any_value(source_id) from dim_record where year = 2024 "
        "group by evaluation_id having count(*) = 1 order by 1 limit 2"
    )
    retract(source, network.archive)
    network._ingest()
    # A row twice of a site that is not touched stops the build behind its table.
    execute(
        f"insert into fct_indicator_evaluation from fct_indicator_evaluation where evaluation_id = '{stays}'"
    )
    execute(f"delete from raw.tested_sites where evaluation_id = '{stays}'")
    broken = warehouse.build()
    assert [check.name for check in broken.failures] == ["fct_indicator_evaluation_key"]
    assert execute(f"from fct_indicator_evaluation where evaluation_id = '{gone}'") == []
    assert execute(f"from fct_indicator_value where scope_id || '@' || year = '{gone}'") != []

    restore(source, network.archive)
    network._ingest()
    execute(f"delete from fct_indicator_evaluation where evaluation_id = '{stays}'")
    execute(f"delete from raw.built_sites where evaluation_id = '{stays}'")
    assert publication(warehouse) == before


@pytest.mark.slow
def test_what_was_built_in_part_by_hand_is_made_anew(tmp_path: Path, quick_gate: None) -> None:
    network = Network(tmp_path, seed=2)
    warehouse = network.warehouse
    before = publication(warehouse)
    dbt("run", warehouse.root, "--full-refresh", "--select", "fct_response", "fct_indicator_value")
    assert publication(warehouse) == before


@pytest.mark.slow
def test_what_was_built_by_hand_is_made_anew_by_effets_alone(tmp_path: Path, quick_gate: None) -> None:
    network = Network(tmp_path, seed=3)
    warehouse = network.warehouse
    publication(warehouse)
    network.add()
    dbt("run", warehouse.root)
    made = touched(warehouse.build_database)
    assert made > 0
    # As if a macro had been edited for it, and taken back.
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute(
            "update fct_response set state = 'lost' "
            "where evaluation_id in (select evaluation_id from intermediate.int_evaluations__touched)"
        )
    dbt("run", warehouse.root)
    assert touched(warehouse.build_database) == 0
    in_part = publication(warehouse)
    assert touched(warehouse.build_database) == made
    (warehouse.dbt / "code.txt").unlink()
    assert publication(warehouse) == in_part


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_gives_the_same_publication(tmp_path: Path, seed: int) -> None:
    network = Network(tmp_path, seed)
    for _ in range(4):
        for _ in range(network.draw.randrange(1, 4)):
            network.happen()
        parts = publication(network.warehouse)
        whole = Warehouse(tmp_path / "whole")
        shutil.rmtree(whole.root, ignore_errors=True)
        shutil.copytree(network.warehouse.archive, whole.archive)
        with whole.lock():
            ingest([], whole)
        assert parts == publication(whole)


def test_batches_are_what_the_whole_is(tmp_path: Path, published_example: Warehouse) -> None:
    """Whatever the number of evaluations that are built together, the tables say the same."""
    tables = (*FACTS, "fct_indicator_evaluation", "fct_indicator_value", "fct_indicator_matched")
    shutil.copy(published_example.build_database, tmp_path / "build.duckdb")
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute("delete from raw.built_evaluations")
        connection.execute("delete from raw.built_years")
        connection.execute("delete from raw.built_sites")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EFFETS_BATCH", "7")
        dbt_build(
            Warehouse(tmp_path),
            "model",
            select=("int_evaluations__touched", "int_years__touched", "int_indicators__criteria", *tables),
        )
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute(f"attach '{published_example.build_database}' as whole (read_only)")
        for touched in ("int_evaluations__touched", "int_years__touched"):
            batches = connection.execute(
                f"select count(distinct batch) from intermediate.{touched}"
            ).fetchall()
            assert batches[0][0] > 1
        for table in tables:
            for one, other in (("main", "whole.main"), ("whole.main", "main")):
                missing = f"select count(*) from (from {one}.{table} except all from {other}.{table})"
                assert connection.execute(missing).fetchall() == [(0,)], table


def test_a_new_site_touches_its_own_years(tmp_path: Path, published_example: Warehouse) -> None:
    """A network of many campaigns must not be counted anew for a site that joins in the last one."""
    warehouse = Warehouse(tmp_path / "warehouse")
    shutil.copytree(published_example.archive, warehouse.archive)
    shutil.copy(published_example.build_database, warehouse.build_database)
    write(
        numbered_files(range(900, 901), Size(2025, 2025, "joining", {"typeform_json": 1.0})), tmp_path / "new"
    )
    with warehouse.lock():
        ingest([tmp_path / "new"], warehouse)
    dbt_build(warehouse, "model")
    with duckdb.connect(warehouse.build_database, read_only=True) as connection:
        years = connection.execute(
            "select year from intermediate.int_years__touched order by year"
        ).fetchall()
    assert years == [(2025,)]


@pytest.mark.slow
def test_a_few_news_are_merged_into_what_was_published(
    tmp_path: Path, quick_gate: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of a year come of those of the release before; effets.duckdb, brought up to date, says what they do."""
    network = Network(tmp_path, seed=2)
    publication(network.warehouse)
    merged: set[str] = set()
    rewritten: set[str] = set()

    def merging(connection: Any, parts: Any, columns: Any, file: Path) -> bool:
        is_merged = write_merged(connection, parts, columns, file)
        merged.update({file.parent.parent.name} if is_merged else ())
        return is_merged

    def rewriting(connection: Any, table: Any, files: Any, kept: int) -> None:
        rewritten.add(table.name)
        write_table(connection, table, files, kept)

    write_merged, write_table = release_tables.write_merged, release_tables._write_table
    monkeypatch.setattr(release_tables, "write_merged", merging)
    monkeypatch.setattr(release_tables, "_write_table", rewriting)
    network.add()
    publication(network.warehouse)
    assert merged >= {*FACTS, "fct_indicator_evaluation", "fct_indicator_value"}
    # In so small a network, most figures are those of groups, which all change.
    assert rewritten.isdisjoint({*FACTS, "fct_indicator_evaluation", "dim_record", "dim_source"})
    with duckdb.connect(network.warehouse.database, read_only=True) as connection:
        for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            place = network.warehouse.parquet / table
            files = f"{place}/**/*.parquet" if place.is_dir() else f"{place}.parquet"
            names = ", ".join(name for name, *_ in connection.execute(f"describe {table}").fetchall())
            for one, other in ((table, f"'{files}'"), (f"'{files}'", table)):
                missing = (
                    f"select count(*) from (select {names} from {one} except all select {names} from {other})"
                )
                assert connection.execute(missing).fetchall() == [(0,)], table


@pytest.mark.slow
def test_a_build_asks_what_did_not_pass_yet(tmp_path: Path, quick_gate: None) -> None:
    """A row that failed is asked again until it passes; one that passed is asked by `dbt test` alone."""
    network = Network(tmp_path, seed=3)
    warehouse = network.warehouse

    def execute(query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(warehouse.build_database) as connection:
            return connection.execute(query).fetchall()

    def failures() -> list[str]:
        return [check.name for check in warehouse.build().failures]

    execute(stray())
    assert failures() == ["raw_rows_are_used"]
    assert failures() == ["raw_rows_are_used"]
    assert execute("from raw.tested_evaluations") == []

    execute(REMOVE_STRAYS)
    assert failures() == []
    assert sorted(execute("from raw.tested_evaluations")) == sorted(
        execute("select evaluation_id from intermediate.int_evaluations__stamped")
    )
    assert execute("from raw.untested_years") == []

    # A record that does not stand is of no evaluation: its rows are looked at all the same.
    network.take_back()
    assert failures() == []
    execute(stray("(from main.dim_record where evaluation_id is null)"))
    assert failures() == ["raw_rows_are_used"]
    execute(REMOVE_STRAYS)
    assert failures() == []

    # What warned is asked of all rows until it warns no more.
    execute(
        "update main.fct_testimony set text = '' "
        "where testimony_id = (select min(testimony_id) from main.fct_testimony)"
    )
    assert warehouse.build().warnings == []
    execute("delete from raw.passed_tests where unique_id like '%fct_testimony_sound%'")
    for _ in range(2):
        assert [check.name for check in warehouse.build().warnings] == ["fct_testimony_sound"]

    # What a row refers to may be gone without the row being touched.
    execute("update main.fct_response set project_id = 'gone' where year = 2024")
    assert failures() == []
    execute("""insert into raw.tested_keys values ('"build"."main"."dim_project".project_id', 'gone')""")
    assert failures() == ["fct_response_references"]

    execute(stray())
    execute("update main.fct_response set state = 'blank' where state = 'answered'")
    assert failures() == ["fct_response_references"]
    tested = dbt("test", warehouse.root, "--exclude-resource-type", "unit_test").result
    failed = {result.node.name for result in tested if str(result.status) == "fail"}
    assert {"raw_rows_are_used", "answers_match_states"} <= failed
