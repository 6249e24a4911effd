"""What a network says of itself in `effets.toml`: all of it optional.

name = "Réseau des lieux d'ici"       # or { fr = "…", en = "…" }
logo = "logo.svg"                     # beside this file
languages = ["fr", "en"]              # of the report, the first by default
register = "registre.csv"             # beside this file: project_id, active_from, active_to
disclosure = "normal"                 # or "strict"
texts = "texts"                       # commentary: texts/<year>/<chapter>.<lang>.md

[colours]
accent = "#1d5f8a"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.collect import UsageError
from ingest.speech import tr

FILE = "effets.toml"
LANGUAGES = ("fr", "en")
DISCLOSURES = ("normal", "strict")

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Settings:
    """A network's settings; paths are absolute. `names` has the name by language, nothing if it has none."""

    names: dict[str, str] = field(default_factory=dict)
    logo: Path | None = None
    languages: tuple[str, ...] = LANGUAGES
    register: Path | None = None
    disclosure: str = "normal"
    texts: Path | None = None
    colours: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path | None = None) -> Settings:
        """Read `file`, by default effets.toml in the working directory; without one, all is as by default.

        Raises UsageError, which names the file, the key and the remedy.
        """
        path = (file or Path(FILE)).resolve()
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            if file is not None:
                raise UsageError(tr("{path}: there is no such file", path=path)) from None
            return cls()
        except (OSError, ValueError) as error:
            raise UsageError(tr("{path} cannot be read: {error}", path=path, error=error)) from None
        unknown = content.keys() - _READERS.keys()
        if unknown:
            raise UsageError(
                tr(
                    "{path}: `{key}` is no setting; there are {known}",
                    path=path,
                    key=min(unknown)[:100],
                    known=", ".join(sorted(_READERS)),
                )
            )
        read: dict[str, Any] = {}
        for key, value in content.items():
            name, reader = _READERS[key]
            try:
                read[name] = reader(value, path.parent)
            except ValueError as error:
                raise UsageError(f"{path}: `{key}` {error}") from None
        return cls(**read)

    def name(self, language: str) -> str | None:
        """The network's name in a language, in another if it has none in that one."""
        return self.names.get(language) or next(iter(self.names.values()), None)


def _names(value: Any, folder: Path) -> dict[str, str]:
    names = dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value
    if not isinstance(names, dict) or not all(
        isinstance(name, str) and name.strip() for name in names.values()
    ):
        raise ValueError('is a text, or one for each language: { fr = "…", en = "…" }')
    _among(list(names), LANGUAGES)
    return {language: name.strip() for language, name in names.items()}


def _file(value: Any, folder: Path) -> Path:
    path = _path(value, folder)
    if not path.is_file():
        raise ValueError(f"names {path}, which is no file")
    return path


def _folder(value: Any, folder: Path) -> Path:
    path = _path(value, folder)
    if not path.is_dir():
        raise ValueError(f"names {path}, which is no folder")
    return path


def _path(value: Any, folder: Path) -> Path:
    if not isinstance(value, str) or not value:
        raise ValueError("is a path, as a text")
    return (folder / value).resolve()


def _languages(value: Any, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError('is a list of languages, as in ["fr", "en"]')
    _among(value, LANGUAGES)
    return tuple(dict.fromkeys(value))


def _disclosure(value: Any, folder: Path) -> str:
    _among([value], DISCLOSURES)
    return str(value)


def _colours(value: Any, folder: Path) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError('is a table of colours, as in accent = "#1d5f8a"')
    for name, colour in value.items():
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            raise ValueError(f'has `{name}`, which is no colour like "#1d5f8a"')
    return dict(value)


def _among(values: list[Any], known: tuple[str, ...]) -> None:
    for value in values:
        if value not in known:
            raise ValueError(f"has {value!r}; known are {', '.join(known)}")


_READERS: dict[str, tuple[str, Callable[[Any, Path], Any]]] = {
    "name": ("names", _names),
    "logo": ("logo", _file),
    "languages": ("languages", _languages),
    "register": ("register", _file),
    "disclosure": ("disclosure", _disclosure),
    "texts": ("texts", _folder),
    "colours": ("colours", _colours),
}
