"""What a package is called, by whom it is given, under which licence, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version

from ingest.settings import Settings

LICENCE = "etalab-2.0"
LICENCE_TITLE = "Licence Ouverte / Open Licence 2.0"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"


@dataclass(frozen=True, slots=True)
class Source:
    """Something that the figures rest on."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The package of a year. `content` is the hash in the release's name: equal figures have equal versions."""

    year: int
    first_year: int
    publisher: str
    content: str
    languages: tuple[str, ...]
    title: dict[str, str]
    description: dict[str, str]
    licence: str = LICENCE
    licence_title: str = LICENCE_TITLE
    licence_url: str = LICENCE_URL
    keywords_of: dict[str, list[str]] = field(
        default_factory=lambda: {
            "fr": ["tiers-lieux", "évaluation"],
            "en": ["third places", "social impact", "indicators"],
        }
    )
    sources: tuple[Source, ...] = (
        Source("Commune Mesure", "https://communemesure.fr/"),
        Source("Code officiel géographique (INSEE)", "https://www.insee.fr/fr/information/2560452"),
    )

    @property
    def keywords(self) -> list[str]:
        return [keyword for keywords in self.keywords_of.values() for keyword in keywords]

    @property
    def name(self) -> str:
        return f"effets-{self.year}"

    @property
    def version(self) -> str:
        return f"{self.year}.0.0+{self.content}"

    @property
    def id(self) -> str:
        return f"urn:effets:{self.year}:{self.content}"

    @property
    def software_version(self) -> str:
        return version("effets")


def identity_of(
    year: int, years: list[int], release: str, settings: Settings, texts: dict[str, dict[str, str]]
) -> Identity:
    """The identity of the package of `year`; texts: its own sentences, by key and language."""
    names = {language: settings.name(language) for language in ("fr", "en")}
    told = {
        language: {
            "network": names[language] or texts["network"][language],
            "year": year,
            "first_year": years[0],
        }
        for language in names
    }
    return Identity(
        year=year,
        first_year=years[0],
        publisher=names["fr"] or texts["network"]["fr"],
        content=release.partition("-")[2],
        languages=("fr", "en"),
        title={language: texts["title"][language].format_map(told[language]) for language in names},
        description={
            language: texts["description"][language].format_map(told[language]) for language in names
        },
    )
