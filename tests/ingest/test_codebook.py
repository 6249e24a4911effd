"""The codebook in Python and on a DuckDB connection, and the keys by which labels are compared."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.codebook import Codebook, fold, label_key

ROOT = Path(__file__).parents[2]

# What French text may hold: Latin letters, loose accents, every kind of blank, apostrophe and punctuation.
FRENCH = st.text(
    st.one_of(
        st.characters(min_codepoint=0x09, max_codepoint=0x24F, exclude_categories=["Cc"]),
        st.characters(min_codepoint=0x300, max_codepoint=0x36F),
        st.characters(min_codepoint=0x1E00, max_codepoint=0x1EFF),
        st.characters(min_codepoint=0x2000, max_codepoint=0x206F),
        st.sampled_from("éàçœæ’‘ʼ' \t\n\r\v\f\u00a0\u202f\u3000«»…·•€"),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return Codebook.load(ROOT)


@pytest.fixture(scope="module")
def connection(codebook: Codebook) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    codebook.relations(connection)
    return connection


def sql_keys(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> list[str]:
    rows = connection.execute("select label_key(unnest(?::varchar[]))", [texts]).fetchall()
    return [key for (key,) in rows]


def test_loads_every_question_and_answer(codebook: Codebook) -> None:
    assert len(codebook.questions) == 200
    assert codebook.questions["sante_bien_être"].category_id == "sante"
    assert codebook.questions["dpe"].axis == "emission_gaz_effet_serre"
    assert codebook.questions["lien_social"].answer_list is None
    assert [answer.answer_id for answer in codebook.answers["frequences"]] == [
        "quotidienne",
        "mensuelle",
        "ponctuelle",
    ]
    assert codebook.answers["exclusion_types"] == ()
    (no,) = (answer for answer in codebook.answers["porteurs"] if answer.is_no)
    assert no.answer_id == "non"


def test_is_read_once(codebook: Codebook) -> None:
    assert Codebook.load(ROOT / "seeds" / "..") is codebook


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Évènement PRIVÉ", "evenement prive"),
        ("L’accueil des Ödön", "l'accueil des odon"),
        ("E\u0301te\u0301", "ete"),
        ("lieu\u00a0:\t«\u202fŒuvre\u202f»", "lieu : « œuvre »"),
        ("Ærø, Straße, İzmir", "ærø, straße, izmir"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text() | FRENCH)
def test_fold_keeps_offsets(text: str) -> None:
    assert len(fold(text)) == len(unicodedata.normalize("NFC", text))


@given(FRENCH)
def test_label_key_is_idempotent(text: str) -> None:
    assert label_key(label_key(text)) == label_key(text)


@given(FRENCH)
def test_spellings_of_one_text_share_their_key(text: str) -> None:
    key = label_key(text)
    assert label_key(unicodedata.normalize("NFD", text)) == key
    assert label_key(f"\n {text}\u00a0\t") == key
    assert label_key(text.replace("'", "’").replace(" ", " \u202f ")) == key


@given(st.lists(FRENCH, min_size=1, max_size=20))
def test_sql_and_python_agree(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    assert sql_keys(connection, texts) == [label_key(text) for text in texts]


def test_sql_and_python_agree_on_the_codebook(
    codebook: Codebook, connection: duckdb.DuckDBPyConnection
) -> None:
    texts = [question.label_fr for question in codebook.questions.values()]
    for answers in codebook.answers.values():
        texts += [label for answer in answers for label in (answer.label_fr, *answer.page_labels)]
    assert sql_keys(connection, texts) == [label_key(text) for text in texts]


def test_sql_and_python_agree_on_accents_that_compose_outside_latin(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert sql_keys(connection, ["¨\u0300"]) == [label_key("¨\u0300")] == ["¨"]


def test_sql_keeps_null(connection: duckdb.DuckDBPyConnection) -> None:
    assert connection.execute("select label_key(null)").fetchall() == [(None,)]


def test_relations_hold_the_codebook(codebook: Codebook, connection: duckdb.DuckDBPyConnection) -> None:
    questions = connection.execute(
        "select question_id, answer_list, typeform_id, position from codebook_questions"
    ).fetchall()
    assert questions == [
        (question.question_id, question.answer_list, question.typeform_id, question.position)
        for question in codebook.questions.values()
    ]
    looked_up = connection.execute(
        """
        select
            answer_list,
            answer_id,
            match
        from codebook_labels
        where
            (answer_list, label_key) in (
                ('occasions', label_key('DANS LA VIE DU PROJET')),
                ('publics_accueillis', label_key('Personnes visants le site')),
                ('transports', label_key('velo '))
            )
        order by answer_list
        """
    ).fetchall()
    assert looked_up == [
        ("occasions", "vie-quotidienne", "rewritten"),
        ("publics_accueillis", "personnes-visitant-le-site", "rewritten"),
        ("transports", "velo", "exact"),
    ]


def test_relations_are_temporary(codebook: Codebook, tmp_path: Path) -> None:
    path = tmp_path / "some.duckdb"
    with duckdb.connect(path) as connection:
        codebook.relations(connection)
        codebook.relations(connection)  # a second time does no harm
    with duckdb.connect(path) as connection:
        assert connection.execute("select table_name from duckdb_tables()").fetchall() == []
        with pytest.raises(duckdb.CatalogException):
            connection.execute("select label_key('a')")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A project of which only the codebook is there, to be damaged."""
    shutil.copytree(ROOT / "seeds" / "codebook", tmp_path / "seeds" / "codebook")
    return tmp_path


def test_refuses_one_spelling_for_two_answers(copied: Path) -> None:
    with (copied / "seeds/codebook/answers.csv").open("a", encoding="utf-8") as seed:
        seed.write("transports,tram,6,Tram,Tram,0,0,VELO,ours\n")
    with pytest.raises(ValueError, match="transports: velo and tram share the spelling 'velo'"):
        Codebook.load(copied)


def test_refuses_a_question_twice(copied: Path) -> None:
    seed = copied / "seeds/codebook/questions.csv"
    lines = seed.read_text(encoding="utf-8").splitlines(keepends=True)
    seed.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    with pytest.raises(ValueError, match="impact_social_public stands twice"):
        Codebook.load(copied)


def test_refuses_a_missing_seed(copied: Path) -> None:
    (copied / "seeds/codebook/answers.csv").unlink()
    with pytest.raises(FileNotFoundError):
        Codebook.load(copied)
