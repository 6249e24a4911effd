"""The singular test of hand-written decisions finds what is wrong with each, and lets the others be."""

from __future__ import annotations

from pathlib import Path

import duckdb
import jinja2

SINGULAR = Path(__file__).parents[1] / "singular"

TABLES = """
    create table states as from (values ('answered'), ('blank'), ('ambiguous')) as states(state);
    create table stg_codebook__questions as
        from (values
            ('publics', 'audience', 'publics', 'multiple'), ('types', 'kind', 'open', 'multiple'),
            ('surface', 'count', null, 'number'), ('lien_social', 'testimony', null, 'text')
        ) as questions(question_id, role, answer_list, kind);
    create table stg_codebook__answers as from (values ('publics', 'voisins')) as answers(answer_list, answer_id);
    create table int_corrections__answered (
        correction_id varchar, question_id varchar, raw_label varchar, value_text varchar
    );
    insert into int_corrections__answered values
        ('known', 'publics', null, null),
        ('unknown', 'publics', 'fantomes', null),
        ('open', 'types', 'Trop loin', null),
        ('number', 'surface', null, null),
        ('no number', 'surface', null, 'grand');
    create table int_corrections__listed (
        correction_id varchar, seed varchar, target varchar, record_id varchar, project_key varchar, year integer,
        question_id varchar, expect varchar, state varchar, answer varchar, reason varchar default 'r',
        evidence varchar default 'e', author varchar default 'a', decided_on date default '2025-01-07'
    );
    insert into int_corrections__listed by name
        select * from (values
            ('right', 'response', null, 'a', 2024, 'publics', 'blank', 'answered', 'voisins'),
            ('excluded', 'record', 'r', null, null, null, null, null, null),
            ('whole', 'evaluation', null, 'a', 2024, null, '1', null, null),
            ('alias', 'alias', null, 'a', null, null, null, null, null),
            ('declined', 'non_response', null, 'b', 2024, null, null, null, null),
            ('consent', 'consent', null, 'a', null, 'lien_social', null, null, null),
            ('stands twice', 'response', null, 'c', 2024, 'publics', 'blank', 'blank', null),
            ('stands twice', 'response', null, 'c', 2024, 'publics', 'voisins', 'blank', null),
            ('a record is named by its record_id alone', 'record', 's', 'a', 2024, null, null, null, null),
            ('a record is excluded whole', 'response', 't', null, null, 'publics', 'blank', 'blank', null),
            ('no project_id', 'evaluation', null, null, 2024, null, null, null, null),
            ('no year', 'non_response', null, 'd', null, null, null, null, null),
            ('no such testimony', 'consent', null, 'e', 2024, 'publics', null, null, null),
            ('no such question', 'response', null, 'e', 2024, 'age', 'blank', 'blank', null),
            ('no expect', 'response', null, 'f', 2024, 'publics', null, 'blank', null),
            ('no such state', 'response', null, 'g', 2024, 'publics', 'blank', 'vide', null),
            ('a decision is not ambiguous', 'response', null, 'h', 2024, 'publics', 'blank', 'ambiguous', null),
            ('an answer …', 'response', null, 'i', 2024, 'publics', 'blank', 'answered', null),
            ('an answer …', 'response', null, 'j', 2024, 'publics', 'blank', 'blank', 'voisins')
        ) as rows(
            correction_id, target, record_id, project_key, year, question_id, expect, state, answer
        );
    alter table int_corrections__listed add column project_id varchar;
    update int_corrections__listed set project_id = project_key;
"""


RIGHT = {"right", "excluded", "whole", "alias", "declined", "consent"}


def test_faulty_decisions_are_named() -> None:
    """Each row is called by what is wrong with it."""
    connection = duckdb.connect()
    connection.execute(TABLES)
    for column in ("reason", "evidence", "author", "decided_on"):
        connection.execute(
            f"insert into int_corrections__listed (correction_id, target, record_id, {column}) "
            f"values ('no {column}', 'record', '{column}', null)"
        )
    connection.execute(
        "insert into int_corrections__listed (correction_id, target, project_id, project_key, reason) "
        "values ('no consented_by', 'consent', 'z', 'z', null)"
    )
    source = (SINGULAR / "corrections_are_wellformed.sql").read_text(encoding="utf-8")
    found = connection.execute(jinja2.Template(source).render(ref=lambda name: name)).fetchall()
    rows = connection.execute("select correction_id from int_corrections__listed").fetchall()
    assert sorted(name for name, _ in found) == sorted(
        [name for (name,) in rows if name not in RIGHT] + ["unknown", "no number"]
    )
    for name, problem in found:
        assert problem.startswith(name.rstrip("…")) or problem in (
            "no such answer: fantomes",
            "no number: grand",
        )
