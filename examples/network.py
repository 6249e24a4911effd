"""Write an invented network: `python -m examples.network FOLDER`.

Without options this is the example network in `exports/`, where one page is real (`REAL`) and not written
here. With `--sites N` it is a network of any size, made by several processes; with `--years Y` every site is
evaluated in each of the last Y years; `--forms` says in which forms, else in pages and place files as the
example network has them. The same options give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from examples.answers import Taste, later_answers, profile_answers, social_answers
from examples.any_form import NAMES, Given, drawn, files_of, shares
from examples.draw import Draw
from examples.pages import Style, damage, render, slug
from examples.places import imported_place, pilot_place, place_text
from examples.sites import Site, example_sites, numbered_site

SEED = "effets"

#: The real export that the example network holds beside the invented ones.
REAL = "2024/utopic.txt"

MANIFEST = "manifest.csv"
_COLUMNS = ("path", "year", "project_name", "collected_on", "comment")

#: How often a page is met in each form, and in each state of its bytes.
_FORMS = {"html": 32, "rendered": 20, "layout": 16, "copy": 12, "naive": 10, "article": 10}
_DAMAGES = {"utf-8": 74, "utf-8-bom": 5, "cp1252": 6, "nfd": 5, "crlf": 5, "nbsp": 3, "curly": 2}


@dataclass(frozen=True, slots=True)
class File:
    """One export. `manifest`: its values there, but for the path; None where it has no line."""

    path: str
    data: bytes
    manifest: tuple[str, str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Special:
    """What was decided for one evaluation of the example network instead of being drawn."""

    form: str
    path: str = ""
    heading: str = "effets"
    printed_name: str = ""
    manifest: tuple[str, str, str, str] | None = None


def _special(sites: list[Site]) -> dict[tuple[int, int], Special]:
    def name(number: int) -> str:
        return sites[number - 1].name

    return {
        (5, 2021): Special(
            "rendered",
            "2021/capture-accueil.txt",
            heading="none",
            manifest=("2021", name(5), "", "page des premières semaines : aucun nom dessus"),
        ),
        (12, 2024): Special(
            "article",
            "2024/page-recue-par-courriel.txt",
            manifest=("", name(12), "2024-11-18", "mode lecture : le nom manque"),
        ),
        (20, 2023): Special(
            "copy",
            "a-trier/relance-janvier.txt",
            manifest=("2023", "", "2024-01-10", "reçu après la campagne"),
        ),
        # One project under two spellings: capitals without accents, then a file name with its elision apart.
        (2, 2023): Special("layout", "2023/ETINCELLE.txt", printed_name="L’ETINCELLE DU PORT (SITE INVENTE)"),
        (2, 2024): Special("article", "2024/l-etincelle-du-port-site-invente.txt"),
    }


#: Evaluations of the example network in which somebody typed a label that the codebook does not know.
_UNKNOWN = {
    (3, 2024): ("impact_social_public", "Scolaires du secteur", "lien_social"),
    (17, 2025): ("services_publics_besoin_urgent", "Aide alimentaire", "services_publics"),
    (22, 2023): ("solidarite_public", "Artistes en résidence", "solidarite"),
}

#: Evaluations of the example network whose page was sent again, corrected.
_SENT_AGAIN = {(9, 2025): ("2025-03-03", "2025-10-20"), (27, 2024): ("2024-05-14", "2024-12-02")}


def _pick(draw: Draw, weights: dict[str, int]) -> str:
    place = draw.between(1, sum(weights.values()))
    for option, weight in weights.items():
        place -= weight
        if place <= 0:
            return option
    raise AssertionError("weights are positive")


def answers_of(site: Site, year: int, seed: object = SEED) -> dict[str, object]:
    """What the site answered in one of its years; it follows from its earlier answers."""
    return next((answers for passed, answers in answers_by_year(site, seed) if passed == year), {})


def answers_by_year(site: Site, seed: object = SEED) -> Iterator[tuple[int, dict[str, object]]]:
    """What the site answered in each of its years."""
    inclination = 0.2 * Draw("inclination", seed, site.number).share()
    answers: dict[str, object] = {}
    for passed in site.years:
        taste = Taste(
            filled=0.9,
            told=max(0.5, 0.74 + 0.02 * (passed - 2021)),
            # The network as a whole improves.
            strength=max(0.1, min(0.75, 0.28 + 0.07 * (passed - 2021) + inclination)),
            unknown=0,
            odd=0.08,
            older=0 if passed > 2022 else 0.1,
        )
        key = (seed, site.number, passed)
        answers = later_answers(answers, *key, taste=taste) if answers else social_answers(*key, taste=taste)
        yield passed, answers


def _generation(draw: Draw, year: int) -> tuple[str, str]:
    """The page that a site showed in a year, and the heading of a T2 page."""
    if year <= 2022:
        return "T2", "mesure" if year < 2022 or draw.chance(0.4) else "effets"
    if year == 2023:
        return ("T2" if draw.chance(0.3) else "T5c"), "effets"
    return ("T5c" if draw.chance(0.2 if year == 2024 else 0.06) else "T6"), "effets"


def _style(draw: Draw, generation: str, heading: str) -> Style:
    return Style(
        heading=heading,
        keywords=generation == "T6" and draw.chance(0.15),
        bullets=draw.chance(0.8),
        quotations=draw.pick(("marked", "plain", "mixed")),
        airy=draw.chance(0.15),
        broken=draw.chance(0.3),
    )


def evaluation_files(
    site: Site,
    year: int,
    seed: object = SEED,
    special: Special | None = None,
    unknown: tuple[str, str, str] | None = None,
    sent_again: tuple[str, str] | None = None,
) -> list[File]:
    """The exports of one evaluation: a page in most cases, a place file in many, sometimes both."""
    draw = Draw("files", seed, site.number, year)
    answers = answers_of(site, year, seed)
    if unknown:
        question_id, label, text_question = unknown
        ticked = answers[question_id]
        answers[question_id] = [*(ticked if isinstance(ticked, list) else []), label]
        answers[text_question] = answers[text_question] or "Voir le bilan d'activité"
    generation, heading = _generation(draw, year)
    form, state = _pick(draw, _FORMS), _pick(draw, _DAMAGES)
    style = _style(draw, generation, heading)
    # Most sites send a place file at least once: only there stands their address.
    has_place = draw.chance(0.25) or (
        site.number % 8 > 0 and year == site.years[site.number % len(site.years)]
    )
    has_page = not has_place or draw.chance(0.5) or special is not None or sent_again is not None
    stem = slug(site.name)
    if special:
        form, style = special.form, replace(style, heading=special.heading)
    if unknown or sent_again:
        form = "html" if sent_again else "layout"

    files = []
    if has_page:
        name = special.printed_name if special and special.printed_name else site.name
        suffix = "html" if form == "html" else "txt"
        path = special.path if special and special.path else f"{year}/{stem}.{suffix}"
        data = damage(render(answers, name, generation, form, style), "utf-8" if special else state)
        first_line = ("", "", sent_again[0], "premier envoi") if sent_again else None
        files.append(File(path, data, special.manifest if special else first_line))
        if sent_again:
            again = {**answers, "innovation_publique_effet": ["Non"], "services_publics": "Corrigé en séance"}
            data = damage(render(again, name, generation, "html", style), "utf-8")
            line = ("", "", sent_again[1], "envoi corrigé")
            files.append(File(f"{year}/{stem}-corrige.html", data, line))
    if has_place:
        profile = profile_answers(seed, site.number, opened_in=2012 + site.number % 9)
        location = site.location
        if year == 2021 and draw.chance(0.6):
            place = pilot_place(site.name, location, profile, answers)
        else:
            if draw.chance(0.2) and location.postal_code.startswith("0"):
                location = replace(location, postal_code=location.postal_code[1:])
            place = imported_place(
                site.name, location, profile, answers, year=year, seed=(seed, site.number, year)
            )
        text = place_text(place, is_escaped=draw.chance(0.3))
        files.append(File(f"{year}/{stem}.json", text.encode()))
    return files


def example_files() -> Iterator[File]:
    """The example network, but for its real page and its manifest."""
    sites = example_sites()
    special = _special(sites)
    for site in sites:
        for year in site.years:
            key = (site.number, year)
            yield from evaluation_files(
                site, year, SEED, special.get(key), _UNKNOWN.get(key), _SENT_AGAIN.get(key)
            )


def manifest(files: Iterable[File]) -> bytes:
    """The manifest's bytes, its lines in the order of paths."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for file in sorted(files, key=lambda file: file.path):
        if file.manifest:
            writer.writerow((file.path, *file.manifest))
    return lines.getvalue().encode()


def write(files: Iterable[File], folder: Path) -> int:
    """Write files below `folder` and return how many; what else is there stays."""
    count = 0
    for file in files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Size:
    """A network of any size. `forms`: form → weight, None for pages and place files as the example has them;
    `per_file`: of how many sites the answers of a year stand in one file, where the form allows it."""

    first_year: int
    last_year: int
    seed: str
    forms: Mapping[str, float] | None = None
    per_file: int = 1
    is_steady: bool = False  # every site in every year


def numbered_files(numbers: range, size: Size) -> Iterator[File]:
    """The exports of the sites of these numbers; those of a form are together as `size` says."""
    sites = [numbered_site(number, size.first_year, size.last_year, size.seed) for number in numbers]
    if size.is_steady:
        sites = [replace(site, years=tuple(range(size.first_year, size.last_year + 1))) for site in sites]
    if size.forms is None:
        for site in sites:
            for year in site.years:
                yield from evaluation_files(site, year, size.seed)
        return
    for start in range(0, len(sites), size.per_file):
        groups: dict[tuple[int, str], list[Given]] = {}
        for site in sites[start : start + size.per_file]:
            for year, answers in answers_by_year(site, size.seed):
                form = drawn(Draw("form", size.seed, site.number, year), size.forms)
                groups.setdefault((year, form), []).append(Given(site, year, size.seed, answers))
        part = f"{sites[start].number:07d}"
        for (_, form), given in groups.items():
            yield from (File(path, data) for path, data in files_of(form, given, _page, part))


def _page(given: Given) -> tuple[str, str, Style, str]:
    draw = Draw("files", given.seed, given.site.number, given.year)
    generation, heading = _generation(draw, given.year)
    form, state = _pick(draw, _FORMS), _pick(draw, _DAMAGES)
    return generation, form, _style(draw, generation, heading), state


def _write_numbered(numbers: range, folder: Path, size: Size) -> int:
    return write(numbered_files(numbers, size), folder)


#: Sites that a process takes at a time.
_CHUNK = 100


def write_network(folder: Path, sites: int, size: Size, jobs: int = 1) -> int:
    """Write a network of `sites` sites with `jobs` processes, and return how many files it has."""
    step = size.per_file * max(1, _CHUNK // size.per_file)
    chunks = [range(start, min(start + step, sites + 1)) for start in range(1, sites + 1, step)]
    work = partial(_write_numbered, folder=folder, size=size)
    if jobs > 1 and len(chunks) > 1:
        with ProcessPoolExecutor(jobs) as pool:
            return sum(pool.map(work, chunks))
    return sum(map(work, chunks))


def main(arguments: list[str] | None = None) -> int:
    """Write the network that the arguments ask for; say on standard error how many files it has."""
    parser = argparse.ArgumentParser(prog="python -m examples.network", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sites", type=int, help="write a network of so many sites, not the example")
    parser.add_argument("--years", type=int, help="evaluate every site in each of the last so many years")
    parser.add_argument("--first-year", type=int, default=2021)
    parser.add_argument("--last-year", type=int, default=2025)
    parser.add_argument(
        "--forms",
        help=f"share of each form, like typeform_json:0.6,effects_page:0.4; known: {', '.join(NAMES)}",
    )
    parser.add_argument(
        "--per-file",
        type=int,
        default=1,
        help="sites whose answers stand in one file, where a form allows it",
    )
    parser.add_argument("--seed", default=SEED)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes to share the work")
    options = parser.parse_args(arguments)
    if options.sites is None:
        files = list(example_files())
        count = write([*files, File(MANIFEST, manifest(files))], options.folder)
    else:
        if min(options.sites, options.per_file, options.jobs, options.years or 1) < 1:
            parser.error("--sites, --years, --per-file and --jobs count from 1")
        try:
            forms = shares(options.forms) if options.forms else None
        except ValueError as error:
            parser.error(f"--forms: {error}")
        first_year = options.last_year - options.years + 1 if options.years else options.first_year
        size = Size(
            first_year, options.last_year, options.seed, forms, options.per_file, options.years is not None
        )
        count = write_network(options.folder, options.sites, size, options.jobs)
    print(f"{count} files in {options.folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
