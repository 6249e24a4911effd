"""The front door: the `effets` command, readable as the table of contents of the pipeline.

effets run  =  ingest    files → archive → raw tables
            →  build     dbt: models and tests on build.duckdb
            →  publish   a release: effets.duckdb and Parquet
            →  report    of the last year
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from ingest import dbt_process
from ingest.archive import Archive, ArchiveError, State
from ingest.codebook_rows import answer_rows, form_rows
from ingest.collect import UsageError
from ingest.console import Console
from ingest.doctor import UnwellError, diagnose
from ingest.durable import explained, is_denied
from ingest.editions import DRAFTS, freeze, restated
from ingest.explain import Request, explain
from ingest.explain_page import Wording, page_file, write_page
from ingest.forget import erase, trace
from ingest.intake import Intake, ingest, rehearse
from ingest.known_files import KnownFiles
from ingest.proof import prove
from ingest.publish import KEPT_RELEASES, publish
from ingest.records import redate, restore, retract
from ingest.register import digest, write_settings
from ingest.settings import LANGUAGES, Settings
from ingest.show import show
from ingest.source_words import Sources
from ingest.speech import tr
from ingest.summary import Outcome, figures, standing
from ingest.usage import Commands
from ingest.warehouse import PROJECT_ROOT, BuildError, Check, Publication, Warehouse

app = typer.Typer(
    cls=Commands,
    help="The effects of tiers-lieux: raw exports in, published tables and a yearly report out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
archive_app = typer.Typer(cls=Commands, help="The accepted exports, as they are kept.", no_args_is_help=True)
app.add_typer(archive_app, name="archive")
codebook_app = typer.Typer(
    cls=Commands, help="Ready-made rows for the codebook, to be reviewed.", no_args_is_help=True
)
app.add_typer(codebook_app, name="codebook")

WarehouseOption = Annotated[
    Path,
    typer.Option("--warehouse", envvar="EFFETS_WAREHOUSE", metavar="DIR", help="Folder of the warehouse."),
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the reports.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors alone.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="An export: its source_id or the beginning of it, its file, or its path."
    ),
]
UndoOption = Annotated[bool, typer.Option("--undo", help="Take that back.")]

#: What `report` writes beside the page; `run` writes the PDF alone, which takes a second or two.
ALL_FORMS = ("pdf", "docx", "xlsx", "charts", "data")

WAREHOUSE = Path("warehouse")
REPORTS = Path("reports")
PACKAGES = Path("packages")


@app.command("run")
def run_command(
    exports: Annotated[Path, typer.Argument(metavar="EXPORTS", help="Folder of exports.")] = Path("exports"),
    out: OutOption = REPORTS,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """The main job: ingest EXPORTS, build, validate, publish, and write the report of the last year."""
    with _job("run", warehouse, quiet, as_json) as job, job.warehouse.lock():
        _ingest(job, [exports], None, foresee_news=lambda: dbt_process.prepare(job.warehouse))
        _publish(job)
        _report(job, out, None)


@app.command("ingest")
def ingest_command(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Exports, or folders of them.")],
    year: Annotated[
        int | None, typer.Option(help="The year of exports about which nothing else tells one.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Take in exports that were forgotten, too.")] = False,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Archive and load exports; say what was new, known or rejected, and why. `build` publishes them."""
    with _job("ingest", warehouse, quiet, as_json) as job:
        if dry_run:
            job.outcome.is_rehearsal = True
            with job.console.step("ingest", tr("looking at exports")) as progress:
                job.outcome.intake = rehearse(paths, job.warehouse, year, progress, again=again)
        else:
            with job.warehouse.lock():
                _ingest(job, paths, year, again)


@app.command("build")
def build_command(
    warehouse: WarehouseOption = WAREHOUSE, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Run dbt build on build.duckdb, validate and publish, whether anything changed or not."""
    with _job("build", warehouse, quiet, as_json) as job, job.warehouse.lock():
        dbt_process.prepare(job.warehouse)
        _catch_up(job)
        _publish(job, always=True)


@app.command("report")
def report_command(
    year: Annotated[
        int | None, typer.Option(help="Year of the report; the last one published if absent.")
    ] = None,
    final: Annotated[
        bool, typer.Option("--publish", help="No draft: the report of this year, its figures kept for good.")
    ] = False,
    lang: Annotated[
        str | None,
        typer.Option(metavar="fr|en", help="One language alone; all those of effets.toml if absent."),
    ] = None,
    site: Annotated[
        str | None,
        typer.Option(
            metavar="PROJECT", help="The private sheet of one site instead: its name or project_id."
        ),
    ] = None,
    out: OutOption = REPORTS,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the report of a year from what is published: a draft, unless it is to be the published one."""
    with _job("report", warehouse, quiet, as_json) as job:
        last = job.warehouse.last_publication()
        if last is None:
            raise UsageError(
                tr("nothing is published in {path} yet: `effets run` does that", path=job.warehouse.root)
            )
        if lang is not None and lang not in LANGUAGES:
            raise UsageError(
                tr(
                    "--lang {language} is not known; there are {known}",
                    language=lang,
                    known=", ".join(LANGUAGES),
                )
            )
        languages = (lang,) if lang else ()
        if site is not None:
            if final:
                raise UsageError(
                    tr("the sheet of a site is private: leave out --publish, or leave out --site")
                )
            _site_report(job, out, site, year, languages)
            return
        if not final:
            _report(job, out, year, always=True, languages=languages, forms=ALL_FORMS)
            if job.outcome.report and year is None and not languages:
                _note_report(job.warehouse, last.release, job.outcome.report)
            return
        if year is None:
            raise UsageError(tr("give the year of the report that is to be published (--year)"))
        with job.warehouse.lock():
            _report(job, out, year, always=True, is_final=True, languages=languages, forms=ALL_FORMS)
            if job.outcome.report:
                job.outcome.edition = freeze(job.warehouse, last.release, year, job.outcome.report.parent)


@app.command("package")
def package_command(
    year: Annotated[
        int | None, typer.Option(help="Last year of the package; the last one published if absent.")
    ] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="Write it as one ZIP file, too.")] = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the packages.")] = PACKAGES,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the open-data package: what may be shown, its codebook, metadata and provenance."""
    from analyses.package import write_package

    with (
        _job("package", warehouse, quiet, as_json) as job,
        job.console.step("package", tr("writing the package")),
    ):
        job.outcome.shown = write_package(job.warehouse.root, out, year, Settings.load(), zipped=zipped)


@app.command("diff")
def diff_command(
    a: Annotated[
        str, typer.Argument(metavar="A", help="A package or its ZIP, a release, or a folder of Parquet.")
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="The other, mostly the newer.")],
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare two packages or releases: coverage, values, statuses, and the causes of what changed."""
    from analyses.diff import compare

    with _job("diff", warehouse, quiet, as_json) as job:
        job.outcome.shown = compare(a, b, job.warehouse.releases)


@app.command("doctor")
def doctor_command(
    full: Annotated[bool, typer.Option("--full", help="Hash the whole archive again, too.")] = False,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Look whether everything is as it should be: versions, disk, rights, lock, archive, release, settings."""
    with _job("doctor", warehouse, quiet, as_json) as job:
        with job.console.step("doctor", tr("looking at everything")) as progress:
            job.outcome.shown = diagnosis = diagnose(job.warehouse, progress, full=full)
        diagnosis.insist()


@app.command("status")
def status_command(
    warehouse: WarehouseOption = WAREHOUSE, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Campaigns, exports, evaluations, rejected files, missing or incomplete sites, the last publication."""
    with _job("status", warehouse, quiet, as_json) as job:
        job.outcome.standing = standing(job.warehouse)
        job.outcome.restated = restated(job.warehouse)


@app.command("show")
def show_command(
    target: Annotated[
        str, typer.Argument(metavar="FILE|EVALUATION", help="An export, or an evaluation like la-halle@2024.")
    ],
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """What was read of an export (ingested or not) or is published of an evaluation, beside the source."""
    with _job("show", warehouse, quiet, as_json) as job:
        job.outcome.shown = show(target, job.warehouse)


@app.command("explain")
def explain_command(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="Its id, like I1 or C4.")],
    year: Annotated[int, typer.Option(help="Year of the figure.")],
    scope: Annotated[
        str, typer.Option(metavar="POPULATION", help="network, or a kind and an id: region:93, site:utopic.")
    ] = "network",
    component: Annotated[
        str | None, typer.Option(metavar="ID", help="One component alone; all of them if absent.")
    ] = None,
    method: Annotated[
        str | None, typer.Option(metavar="VERSION", help="A method version; the last one if absent.")
    ] = None,
    change: Annotated[
        bool, typer.Option("--change", help="What moved on matched sites since the campaign before.")
    ] = False,
    html: Annotated[bool, typer.Option("--html", help="Write a page, too.")] = False,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR|FILE", help="Folder of the reports, or the page's own file.")
    ] = REPORTS,
    lang: Annotated[
        str | None, typer.Option(metavar="fr|en", help="Language; the first of effets.toml if absent.")
    ] = None,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Where a figure comes from: its sites, their answers in the words of the exports, and the calculation."""
    with _job("explain", warehouse, quiet, as_json) as job:
        language = lang or Settings.load().languages[0]
        if language not in LANGUAGES:
            raise UsageError(
                tr(
                    "--lang {language} is not known; there are {known}",
                    language=language,
                    known=", ".join(LANGUAGES),
                )
            )
        request = Request(indicator, year, scope, component, method, change)
        job.outcome.shown = wording = Wording(explain(request, job.warehouse), language)
        if html:
            write_page(wording, out if out.suffix == ".html" else page_file(wording, out))


@app.command("retract")
def retract_command(
    source: SourceArgument,
    undo: UndoOption = False,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take an export out of everything but the list of records, from the next build on."""
    with _job("retract", warehouse, quiet, as_json) as job, job.warehouse.lock():
        archive = Archive(job.warehouse.archive)
        job.outcome.decision = restore(source, archive) if undo else retract(source, archive)


@app.command("redate")
def redate_command(
    source: SourceArgument,
    year: Annotated[int | None, typer.Option(help="The year that the export is of.")] = None,
    undo: UndoOption = False,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give an export another year than it came with, from the next build on."""
    with _job("redate", warehouse, quiet, as_json) as job:
        if undo == (year is not None):
            raise UsageError(tr("give the year (--year), or take it back (--undo)"))
        with job.warehouse.lock():
            job.outcome.decision = redate(source, year, Archive(job.warehouse.archive))


@app.command("rebuild")
def rebuild_command(
    warehouse: WarehouseOption = WAREHOUSE, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Make everything again from the archive alone: build.duckdb, the models, and a publication."""
    with _job("rebuild", warehouse, quiet, as_json) as job, job.warehouse.lock():
        archive = Archive(job.warehouse.archive)
        archive.sweep(archive.state())
        _verify(job)
        job.warehouse.clear()
        _catch_up(job)
        _publish(job, always=True)


@app.command("forget")
def forget_command(
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Its name or its project_id.")],
    out: OutOption = REPORTS,
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove a project from the archive, the databases, all releases and the reports, and prove it."""
    with _job("forget", warehouse, quiet, as_json) as job, job.warehouse.lock():
        archive = Archive(job.warehouse.archive)
        _catch_up(job)
        state = archive.state()
        traces = trace(project, job.warehouse, state)
        job.outcome.forgotten = erase(traces, archive, state, out)
        _catch_up(job)
        _publish(job)
        for year in job.outcome.forgotten.reports:
            if job.outcome.figures and year in job.outcome.figures.years:
                _report(job, out, year, always=True)
        with job.console.step("prove", tr("looking through all files")):
            job.outcome.proof = prove(traces, job.warehouse, archive.state(), [out] if out.is_dir() else [])
        if job.outcome.proof.found:
            raise ArchiveError(tr("it is not forgotten everywhere: see what was found"))


@archive_app.command("verify")
def archive_verify_command(
    warehouse: WarehouseOption = WAREHOUSE, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Hash every archived export again; say which is missing or is not what was stored."""
    with _job("archive verify", warehouse, quiet, as_json) as job:
        _verify(job)


@codebook_app.command("form")
def codebook_form_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A form's definition, or responses to it.")],
    warehouse: WarehouseOption = WAREHOUSE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print rows for seeds/codebook/forms.csv: the fields of a form that the codebook does not know."""
    with _job("codebook form", warehouse, quiet, as_json) as job:
        job.outcome.text = form_rows(file)


@codebook_app.command("rows")
def codebook_rows_command(
    warehouse: WarehouseOption = WAREHOUSE, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Print rows for seeds/codebook/answers.csv: the answers published as unmapped, to be reviewed."""
    with _job("codebook rows", warehouse, quiet, as_json) as job:
        job.outcome.text = answer_rows(job.warehouse)


@dataclass(slots=True)
class Job:
    """A command at work: where, what the user sees of it, and what it will have to say."""

    warehouse: Warehouse
    console: Console
    outcome: Outcome
    archive_digest: str = ""
    #: What the ledger adds up to, once it was read.
    state: State | None = None


class GateError(Exception):
    """Models or tests failed: nothing is published."""


@contextmanager
def _job(command: str, root: Path, quiet: bool, as_json: bool) -> Iterator[Job]:
    """Run a command's steps, then print its result. Exits with 1 after a failed gate, 2 after wrong usage."""
    warehouse = Warehouse(root)
    job = Job(warehouse, Console(quiet=quiet, as_json=as_json), Outcome(command, warehouse))
    error: Exception | None = None
    try:
        yield job
    except (UsageError, PermissionError, IsADirectoryError, NotADirectoryError) as problem:
        error, exit_code = problem, 2
    except (GateError, BuildError, ArchiveError, UnwellError, OSError, MemoryError, duckdb.Error) as problem:
        error, exit_code = problem, 2 if is_denied(problem) else 1
    outcome = job.outcome
    outcome.seconds = job.console.timing()
    if error is None:
        job.console.show(outcome.as_json(), outcome.as_lines(), outcome.as_tables(), outcome.text)
    else:
        outcome.error = explained(error)
        job.console.fail(outcome.as_json(), outcome.as_lines(), f"effets {command}: {outcome.error}")
        raise typer.Exit(exit_code)


def _ingest(
    job: Job,
    paths: list[Path],
    year: int | None,
    again: bool = False,
    foresee_news: Callable[[], None] = lambda: None,
) -> None:
    with job.console.step("ingest", tr("reading exports")) as progress:
        intake = job.outcome.intake = ingest(
            paths, job.warehouse, year, progress, again=again, foresee_news=foresee_news
        )
    _note_intake(job, intake)


def _catch_up(job: Job) -> None:
    """Bring the raw tables up to the archive."""
    with job.console.step("ingest", tr("looking at the archive")):
        intake = ingest([], job.warehouse)
    _note_intake(job, intake)


def _note_intake(job: Job, intake: Intake) -> None:
    job.archive_digest, job.state = intake.archive_digest, intake.state
    if intake.caught_up:
        why = tr(intake.remark or "an earlier run did not come to its end")
        job.console.say(tr("{why}: {n} exports were read from the archive", why=why, n=intake.caught_up))


def _verify(job: Job, state: State | None = None, verified: KnownFiles | None = None) -> None:
    """Hash the archive again; before a build not what is `verified`, and was not touched since.

    Raises ArchiveError, which names what is wrong.
    """
    archive = Archive(job.warehouse.archive)
    state = state or archive.state()
    label = tr("looking at the archive") if verified else tr("hashing the archive")
    with job.console.step("verify", label) as progress:
        faults = archive.verify(state, progress, verified)
    if faults:
        raise ArchiveError("\n".join(faults))
    if verified:
        verified.save()
    else:
        job.outcome.verified = len(state.stored)


def _publish(job: Job, always: bool = False) -> None:
    """Build, check and publish, unless nothing changed since the last publication."""
    state = job.state or Archive(job.warehouse.archive).state()
    settings = Settings.load()
    fingerprint = job.warehouse.fingerprint(job.archive_digest, digest(settings))
    last = job.warehouse.last_publication()
    if last and last.fingerprint == fingerprint and not always and not state.is_forgetting:
        job.outcome.publication = last
    else:
        dbt_process.prepare(job.warehouse)
        _verify(job, state, KnownFiles(job.warehouse.verified))
        write_settings(job.warehouse.build_database, settings, PROJECT_ROOT)
        with job.console.step("build", tr("building and testing")) as progress:
            build = dbt_process.build(job.warehouse, progress)
        if build.failures:
            job.outcome.failures = build.failures
            raise GateError(_gate_message(build.failures, build.skipped, last, state.is_forgetting))
        with job.console.step("publish", tr("publishing")):
            kept = 1 if state.is_forgetting else KEPT_RELEASES
            release = publish(job.warehouse, kept, settings.languages)
        job.outcome.publication = Publication(
            release=release.release_id,
            fingerprint=fingerprint,
            published_at=datetime.now(UTC).isoformat(timespec="seconds"),
            models=build.models,
            tests_passed=build.tests_passed,
            warnings=build.warnings,
        )
        job.outcome.is_published = True
        job.warehouse.note_publication(job.outcome.publication)
        if state.is_forgetting:
            Archive(job.warehouse.archive).record_forgotten()
    job.outcome.figures = figures(job.warehouse)
    job.outcome.restated = restated(job.warehouse)


def _report(
    job: Job,
    out: Path,
    year: int | None,
    always: bool = False,
    *,
    is_final: bool = False,
    languages: tuple[str, ...] = (),
    forms: tuple[str, ...] = ("pdf",),
) -> None:
    """Write the report of `year`, else of the last one, unless `run` finds that of this publication there.

    Where the report of that year is published, it stays, and what is written is a draft beside it.
    """
    years = (job.outcome.figures or figures(job.warehouse)).years
    if year is not None and year not in years:
        raise UsageError(
            tr(
                "there is no evaluation of {year}: published are {years}",
                year=year,
                years=", ".join(map(str, years)) or tr("none"),
            )
        )
    if not years:
        job.console.say(tr("no report: there is no evaluation yet"))
        return
    year = year or years[-1]
    state = job.state or Archive(job.warehouse.archive).state()
    if not is_final and state.last_edition(year):
        out = out / DRAFTS
        job.console.say(
            tr("the report of {year} is published and stays: this is a draft (see --publish)", year=year)
        )
    publication = job.outcome.publication
    if publication and publication.report and not always:
        written = Path(publication.report)
        if written.exists() and written.is_relative_to(out.resolve()):
            job.outcome.report = written
            return
    # Imported here: the charts' library takes a second to load.
    from analyses.report import write_report

    with job.console.step("report", tr("writing the report")):
        settings = Settings.load()
        page = write_report(
            job.warehouse.root, out, year, languages=languages, settings=settings, forms=forms
        )
        job.outcome.report = page.resolve()
    if publication:
        publication.report = str(job.outcome.report)
        job.warehouse.note_publication(publication)


def _note_report(warehouse: Warehouse, release: str, page: Path) -> None:
    """Note which report was written of a release, so that `run` does not write it again.

    Nothing depends on it: while somebody else writes here, or where one may only read, it is left.
    """
    try:
        with warehouse.lock():
            last = warehouse.last_publication()
            if last and last.release == release:
                last.report = str(page)
                warehouse.note_publication(last)
    except (UsageError, OSError):
        pass


def _site_report(job: Job, out: Path, name: str, year: int | None, languages: tuple[str, ...]) -> None:
    """Write the sheet of a site; its words come from the archive."""
    # Imported here: the charts' library takes a second to load.
    from analyses.report.site import UnknownSiteError
    from analyses.report.site.writer import write_site

    archive = Archive(job.warehouse.archive)
    source = Sources(archive, archive.state())
    with job.console.step("report", tr("writing the report")):
        try:
            written = write_site(
                job.warehouse.root, out, name, year, source, languages=languages, settings=Settings.load()
            )
        except UnknownSiteError as error:
            if error.near:
                near = ", ".join(error.near)
                told = tr(
                    "no site goes by the name “{name}”; give one of those near to it: {near}",
                    name=name,
                    near=near,
                )
            else:
                told = tr(
                    "no site goes by the name “{name}”: dim_project in {path} lists those there are",
                    name=name,
                    path=job.warehouse.database,
                )
            raise UsageError(told) from error
        except ValueError as error:
            raise UsageError(
                tr(
                    "“{name}” has no evaluation of {year}; give one of its years: {years}",
                    name=name,
                    year=year,
                    years=error,
                )
            ) from error
    job.outcome.report = written[0].resolve()


def _gate_message(failures: list[Check], skipped: int, last: Publication | None, is_forgetting: bool) -> str:
    lines = [
        tr(
            "{n} of dbt's models and tests failed ({skipped} skipped): nothing was published.",
            n=len(failures),
            skipped=skipped,
        )
    ]
    lines += [f"  {check.name}: {check.message}" for check in failures]
    lines.append(
        tr("The last publication, release {id}, stays.", id=last.release)
        if last
        else tr("Nothing was published before.")
    )
    if last and is_forgetting:
        lines.append(tr("It still holds what was forgotten: the next publication takes its place."))
    return "\n".join(lines)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
