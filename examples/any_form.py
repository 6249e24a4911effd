"""An evaluation in a form of one's choice: the exports of a network of any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from examples import platform_csv, typeform_download
from examples.answers import profile_answers
from examples.draw import Draw
from examples.environment import environment_answers, environment_file
from examples.pages import FORMS as PAGE_FORMS
from examples.pages import damage, render, slug
from examples.places import imported_place, place_text
from examples.sites import Site
from examples.typeform import Response, api, scraped

PAGE = "effects_page"


@dataclass(frozen=True, slots=True)
class Given:
    """What one site answered in one year, on the social form, and on the others."""

    site: Site
    year: int
    seed: object
    social: Mapping[str, object]

    @property
    def stem(self) -> str:
        return slug(self.site.name)

    def response(self) -> Response:
        """As a response to the full Typeform form."""
        site = self.site
        answers = {**self.profile(), **self.social}
        respondent = (f"Personne inventée {site.number}", f"site-{site.number}@example.org")
        token = f"invente{site.number:07d}{self.year}"
        location = site.location
        return Response(token, site.name, location.address, location.postal_code, respondent, answers)

    def profile(self) -> dict[str, object]:
        return profile_answers(self.seed, self.site.number, opened_in=2012 + self.site.number % 9)


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _typeform_json(given: Sequence[Given]) -> bytes:
    responses = [scraped(one.response()) for one in given]
    return _json(responses[0] if len(responses) == 1 else responses)


def _download(given: Sequence[Given]) -> list[list[object]]:
    asked = typeform_download.question_ids("social")
    return typeform_download.table([one.response() for one in given], asked)


def _responses(given: Sequence[Given]) -> list[Response]:
    return [one.response() for one in given]


#: Forms whose files hold one evaluation or several, with the ending of their names.
_TOGETHER: Mapping[str, tuple[str, Callable[[Sequence[Given]], bytes]]] = {
    "typeform_json": ("json", _typeform_json),
    "typeform_api_json": ("api.json", lambda given: _json(api(_responses(given), year=given[0].year))),
    "typeform_csv": ("typeform.csv", lambda given: platform_csv.typeform(_responses(given)).encode()),
    "genere_csv": ("genere.csv", lambda given: platform_csv.genere(_responses(given)).encode()),
    "typeform_download_csv": ("csv", lambda given: typeform_download.as_csv(_download(given))),
    "typeform_download_xlsx": ("xlsx", lambda given: typeform_download.as_xlsx(_download(given))),
}


def _place(given: Given) -> bytes:
    site, year, seed = given.site, given.year, given.seed
    place = imported_place(
        site.name, site.location, given.profile(), given.social, year=year, seed=(seed, site.number, year)
    )
    return place_text(place).encode()


def _environment(given: Given) -> bytes:
    answers = environment_answers(given.seed, given.site.number, given.year)
    return _json(environment_file(given.site.name, answers))


_ALONE: Mapping[str, tuple[str, Callable[[Given], bytes]]] = {
    "diff_csv": ("diff.csv", lambda given: platform_csv.diff(given.response()).encode()),
    "place_json": ("place.json", _place),
    "environment_json": ("environnement.json", _environment),
}

#: Names that may be asked for: the published vocabulary, and the forms that a page is saved in.
NAMES = (*_TOGETHER, *_ALONE, PAGE, *PAGE_FORMS)


def shares(text: str) -> dict[str, float]:
    """Read `typeform_json:0.6,effects_page:0.4`; a form without a number weighs 1.

    Raises ValueError for a form that is none of `NAMES`, or a weight that is not above 0.
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        name, _, weight = part.strip().partition(":")
        if name not in NAMES:
            raise ValueError(f"`{name}` is no form: give some of {', '.join(NAMES)}")
        found[name] = float(weight or 1)
        if not found[name] > 0:
            raise ValueError(f"the weight of `{name}` must be above 0")
    return found


def drawn(draw: Draw, weights: Mapping[str, float]) -> str:
    """One of the forms, by their weights."""
    place = draw.share() * sum(weights.values())
    for name, weight in weights.items():
        place -= weight
        if place < 0:
            return name
    return list(weights)[-1]


def files_of(
    form: str,
    given: Sequence[Given],
    page: Callable[[Given], tuple[str, str, Any, str]],
    part: str,
) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of the exports that carry these evaluations of one year.

    `page`: generation, text form, style and damage of a page; `part`: names a file of several evaluations.
    """
    if form in _TOGETHER:
        suffix, write = _TOGETHER[form]
        stem = given[0].stem if len(given) == 1 else f"{form.replace('_', '-')}-{part}"
        yield f"{given[0].year}/{stem}.{suffix}", write(given)
        return
    for one in given:
        if form in _ALONE:
            suffix, write_one = _ALONE[form]
            yield f"{one.year}/{one.stem}.{suffix}", write_one(one)
            continue
        generation, text_form, style, state = page(one)
        text_form = text_form if form == PAGE else form
        text = render(one.social, one.site.name, generation, text_form, style)
        suffix = "html" if text_form == "html" else "txt"
        yield f"{one.year}/{one.stem}.{suffix}", damage(text, state)
