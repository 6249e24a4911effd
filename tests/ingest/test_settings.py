"""effets.toml: what is read of it, and what is said of a mistake in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.collect import UsageError
from ingest.settings import Settings


def written(folder: Path, text: str) -> Path:
    file = folder / "effets.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_all_is_as_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.load() == Settings()
    assert Settings().name("fr") is None


def test_everything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "registre.csv").touch()
    (tmp_path / "logo.svg").touch()
    (tmp_path / "texts").mkdir()
    written(
        tmp_path,
        'name = { fr = "Réseau d\'ici" }\nlogo = "logo.svg"\nlanguages = ["en"]\nregister = "registre.csv"\n'
        'disclosure = "strict"\ntexts = "texts"\n[colours]\naccent = "#1d5f8a"\n',
    )
    monkeypatch.chdir(tmp_path)
    settings = Settings.load()
    assert settings.name("en") == "Réseau d'ici"
    assert settings.register == tmp_path / "registre.csv"
    assert (settings.logo, settings.texts) == (tmp_path / "logo.svg", tmp_path / "texts")
    assert (settings.languages, settings.disclosure) == (("en",), "strict")
    assert settings.colours == {"accent": "#1d5f8a"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "cannot be read"),
        ("title = 'x'", "`title` is no setting"),
        ("name = ''", "`name` is a text"),
        ("name = { de = 'x' }", "`name` has 'de'"),
        ("languages = ['fr', 'de']", "`languages` has 'de'"),
        ("languages = 'fr'", "`languages` is a list"),
        ("disclosure = 'lax'", "`disclosure` has 'lax'"),
        ("register = 'missing.csv'", "which is no file"),
        ("register = 3", "`register` is a path"),
        ("texts = 'missing'", "which is no folder"),
        ("[colours]\naccent = 'red'", "`accent`, which is no colour"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(UsageError) as error:
        Settings.load(file)
    assert str(file) in str(error.value) and said in str(error.value)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        Settings.load(tmp_path / "effets.toml")


def test_a_long_key_is_named_by_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "effets.toml"
    file.write_text("a" * 50_000 + " = 1\n")
    with pytest.raises(UsageError) as caught:
        Settings.load(file)
    assert "a" * 100 in str(caught.value) and len(str(caught.value)) < 1_000
