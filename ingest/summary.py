"""What a command has to say at its end, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb

from ingest.archive import Archive, Edition
from ingest.collect import Refused
from ingest.console import Lines, Table, short
from ingest.editions import Restated
from ingest.forget import Forgotten
from ingest.intake import Intake
from ingest.proof import Proof
from ingest.records import Decision
from ingest.speech import tr, trn
from ingest.warehouse import Check, Publication, Warehouse

#: An evaluation of the last campaign is named as incomplete below this share of answered questions.
INCOMPLETE_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class Figures:
    """What is published, in numbers."""

    evaluations: int
    projects: int
    years: list[int]
    observations: int
    testimonies: int
    unmapped_answers: int


def figures(warehouse: Warehouse) -> Figures:
    """Count what the published database holds."""
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        row = connection.execute(
            """
            select
                (select count(*) from fct_evaluation),
                (select count(distinct project_id) from fct_evaluation),
                (select list(distinct year order by year) from fct_evaluation),
                (select count(*) from fct_observation),
                (select count(*) from fct_testimony),
                (select count(*) from fct_observation where match = 'unmapped')
            """
        ).fetchall()[0]
    evaluations, projects, years, observations, testimonies, unmapped = row
    return Figures(evaluations, projects, years or [], observations, testimonies, unmapped)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One year: its evaluations, the exports they rest on, and the share of questions answered in them."""

    year: int
    evaluations: int
    exports: int
    completeness: float | None


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is missing from the last campaign (no completeness) or incomplete in it."""

    project_id: str
    name: str
    completeness: float | None


@dataclass(slots=True)
class Standing:
    """Where the network stands, as `effets status` tells it."""

    archived_exports: int
    rejected: list[Refused]
    publication: Publication | None
    campaigns: list[Campaign] = field(default_factory=list)
    missing: list[Site] = field(default_factory=list)
    incomplete: list[Site] = field(default_factory=list)


def standing(warehouse: Warehouse) -> Standing:
    """Read the ledger and the published database; raises ArchiveError for a damaged ledger."""
    state = Archive(warehouse.archive).state()
    result = Standing(len(state.stored), state.current_rejections(), warehouse.last_publication())
    if result.publication is None:
        return result
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        result.campaigns = [
            Campaign(*row)
            for row in connection.execute(
                """
                select year, evaluation_count, export_count, avg(completeness)
                from dim_campaign
                left join fct_evaluation using (year)
                group by all
                order by year
                """
            ).fetchall()
        ]
        last_two = [campaign.year for campaign in result.campaigns][-2:]
        if len(last_two) == 2:
            missing = connection.execute(_MISSING, last_two).fetchall()
            result.missing = [Site(project_id, name, None) for project_id, name in missing]
        if last_two:
            parameters = [last_two[-1], INCOMPLETE_BELOW]
            result.incomplete = [Site(*row) for row in connection.execute(_INCOMPLETE, parameters).fetchall()]
    return result


_MISSING = """
    select project_id, name
    from fct_evaluation
    inner join dim_project using (project_id)
    where year = $1 and project_id not in (select project_id from fct_evaluation where year = $2)
    order by project_id
"""
_INCOMPLETE = """
    select project_id, name, completeness
    from fct_evaluation
    inner join dim_project using (project_id)
    where year = $1 and completeness < $2
    order by completeness, project_id
"""


class Shown(Protocol):
    """What a command was asked for, as it is shown in each way."""

    def as_json(self) -> dict[str, Any]: ...

    def as_lines(self) -> Lines: ...

    def as_tables(self) -> list[Table]: ...


@dataclass(slots=True)
class Outcome:
    """What a command did; what it did not do stays empty."""

    command: str
    warehouse: Warehouse
    intake: Intake | None = None
    is_rehearsal: bool = False
    publication: Publication | None = None
    is_published: bool = False  # by this command, not by an earlier one
    figures: Figures | None = None
    failures: list[Check] = field(default_factory=list)
    report: Path | None = None
    edition: Edition | None = None  # in which it was published
    restated: list[Restated] = field(default_factory=list)
    standing: Standing | None = None
    verified: int | None = None  # archived exports hashed again
    decision: Decision | None = None
    forgotten: Forgotten | None = None
    proof: Proof | None = None
    shown: Shown | None = None
    text: str | None = None  # CSV, to be kept as it is
    error: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The result as one JSON object."""
        result: dict[str, Any] = {"command": self.command, "ok": self.error is None}
        if self.error is not None:
            result["error"] = self.error
        if self.intake:
            result["exports"] = {
                "new": len(self.intake.new),
                "known": self.intake.known,
                "received_again": self.intake.received_again,
                "rejected": [asdict(refused) for refused in self.intake.rejected],
                "doubtful": [asdict(refused) for refused in self.intake.doubtful],
                "new_paths": self.intake.new,
            }
            result["notes"] = self.intake.notes
            result["dry_run"] = self.is_rehearsal
        if self.figures:
            result.update(asdict(self.figures))
        if self.publication:
            result["tests"] = {
                "passed": self.publication.tests_passed,
                "warned": [asdict(check) for check in self.publication.warnings],
                "failed": [],
            }
            result["release"] = self.publication.release
            result["published"] = self.is_published
            result["database"] = str(self.warehouse.database)
            result["parquet"] = str(self.warehouse.parquet)
            result["quality"] = str(self.warehouse.quality / "index.html")
            result["dictionary"] = str(self.warehouse.dictionary / "index.html")
        if self.failures:
            result["tests"] = {"failed": [asdict(check) for check in self.failures]}
            result["published"] = False
        if self.report:
            result["report"] = str(self.report)
        if self.edition:
            result["edition"] = asdict(self.edition)
        if self.figures or self.standing:
            result["restated"] = [asdict(report) for report in self.restated]
        if self.standing:
            result["status"] = asdict(self.standing)
        if self.verified is not None:
            result["verified"] = self.verified
        if self.forgotten:
            result["forgotten"] = asdict(self.forgotten)
        if self.proof:
            result["proof"] = asdict(self.proof)
        if self.decision:
            result["decision"] = asdict(self.decision)
        if self.shown:
            result.update(self.shown.as_json())
        if self.text is not None:
            result["text"] = self.text
        result["seconds"] = self.seconds
        return result

    def as_lines(self) -> Lines:
        """The result for people."""
        lines: Lines = []
        if self.intake:
            lines += _intake_lines(self.intake, self.is_rehearsal)
        if self.figures:
            lines += _figures_lines(self.figures)
        if self.publication:
            lines += _publication_lines(self.publication, self.is_published, self.warehouse)
        lines += _restated_lines(self.restated)
        if self.report:
            lines.append((tr("Report"), short(self.report)))
        if self.edition:
            lines.append(
                (tr("Published"), tr("as the report of {name}: its figures are kept", name=self.edition.name))
            )
        if self.standing:
            lines += _standing_lines(self.standing, self.warehouse)
        if self.verified is not None and not self.publication:
            lines.append(
                (
                    tr("Archive"),
                    trn(
                        "{n} export hashed again: all are what was stored",
                        "{n} exports hashed again: all are what was stored",
                        self.verified,
                    ),
                )
            )
        if self.forgotten:
            lines += _forgotten_lines(self.forgotten)
        if self.proof:
            lines += _proof_lines(self.proof)
        if self.decision:
            lines += _decision_lines(self.decision)
        if self.shown:
            lines += self.shown.as_lines()
        if self.seconds and len(self.seconds) > 1:
            steps = [f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items() if name != "total"]
            total = tr("in all {seconds} s", seconds=f"{self.seconds['total']:.1f}")
            lines.append((tr("Took"), " · ".join([*steps, total])))
        return lines

    def as_tables(self) -> list[Table]:
        """What of the result is a table."""
        return self.shown.as_tables() if self.shown else []


def _restated_lines(restated: list[Restated]) -> Lines:
    return [
        (
            tr("Restated"),
            trn(
                "{n} figure of the published report of {report} changed since ({causes}): see rpt_restatement",
                "{n} figures of the published report of {report} changed since ({causes}): see rpt_restatement",
                report.figure_count,
                report=report.report,
                causes=", ".join(report.causes),
            ),
        )
        for report in restated
    ]


def _forgotten_lines(forgotten: Forgotten) -> Lines:
    return [
        (
            tr("Forgotten"),
            f"{forgotten.project}: "
            + trn("{n} export removed", "{n} exports removed", forgotten.exports_removed)
            + " · "
            + trn(
                "{n} export of others written anew without it",
                "{n} exports of others written anew without it",
                forgotten.exports_rewritten,
            ),
        ),
        (
            "",
            tr("the files it came from are yours to delete: they are refused from now on (but see --again)"),
        ),
    ]


def _proof_lines(proof: Proof) -> Lines:
    lines = [
        (
            tr("Proved"),
            tr(
                "{names} and {texts} looked for in {files} ({bytes} bytes, {columns}): {found}",
                names=trn("{n} name", "{n} names", proof.names),
                texts=trn("{n} text", "{n} texts", proof.texts),
                files=trn("{n} file", "{n} files", proof.files),
                bytes=f"{proof.byte_count:,}",
                columns=trn("{n} column of text", "{n} columns of text", proof.columns),
                found=trn("found {n} time", "found {n} times", len(proof.found)),
            ),
        )
    ]
    lines += [("", tr("found: {place}", place=place)) for place in proof.found]
    lines += [
        ("", tr("said by others, and kept: {export}", export=export)) for export in proof.said_by_others
    ]
    return lines


def _decision_lines(decision: Decision) -> Lines:
    what = f"{decision.path} {tr(decision.says)}" + ("" if decision.is_news else tr(" already"))
    lines = [(tr("Export"), what), ("", decision.source_id)]
    if decision.is_news:
        lines.append((tr("Next"), tr("`effets build` publishes that")))
    return lines


def _intake_lines(intake: Intake, is_rehearsal: bool) -> Lines:
    counts = [
        trn("{n} new", "{n} new", len(intake.new)),
        trn("{n} known", "{n} known", intake.known)
        + (f" ({tr('{n} received again', n=intake.received_again)})" if intake.received_again else ""),
        trn("{n} rejected", "{n} rejected", len(intake.rejected)),
    ]
    if intake.doubtful:
        counts.append(trn("{n} doubtful", "{n} doubtful", len({doubt.path for doubt in intake.doubtful})))
    lines = [(tr("Exports"), " · ".join(counts) + (tr(" — nothing was written") if is_rehearsal else ""))]
    lines += [("", tr("new: {path}", path=path)) for path in intake.new if is_rehearsal]
    lines += _rejected_lines(intake.rejected)
    lines += [("", tr("doubtful: {path} — {why}", path=d.path, why=d.detail)) for d in intake.doubtful]
    lines += [(tr("Note"), note) for note in intake.notes]
    return lines


def _rejected_lines(rejected: list[Refused]) -> Lines:
    lines: Lines = []
    for refused in rejected:
        # What a table holds too is English there; here it is translated where it is a sentence of the program.
        why = f"{refused.reason}: {tr(refused.detail)}"
        lines.append(("", tr("rejected: {path} — {why}", path=refused.path, why=why)))
        lines.append(("", f"  → {tr(refused.remedy)}"))
    return lines


def _figures_lines(found: Figures) -> Lines:
    years = f", {found.years[0]}–{found.years[-1]}" if len(found.years) > 1 else f", {found.years[0]}"
    return [
        (
            tr("Read"),
            tr(
                "{evaluations} of {projects}",
                evaluations=trn("{n} evaluation", "{n} evaluations", found.evaluations),
                projects=trn("{n} project", "{n} projects", found.projects),
            )
            + (years if found.years else "")
            + " · "
            + trn("{n} observation", "{n} observations", found.observations)
            + " · "
            + trn("{n} testimony", "{n} testimonies", found.testimonies),
        ),
        (
            tr("Unmapped"),
            trn(
                "{n} answer that the codebook does not know",
                "{n} answers that the codebook does not know",
                found.unmapped_answers,
            )
            + (tr(": see qc_unmapped_answers") if found.unmapped_answers else ""),
        ),
    ]


def _publication_lines(publication: Publication, is_new: bool, warehouse: Warehouse) -> Lines:
    lines = [
        (
            tr("Checked"),
            trn("{n} test passed", "{n} tests passed", publication.tests_passed)
            + " · "
            + trn("{n} warning", "{n} warnings", len(publication.warnings)),
        )
    ]
    lines += [
        ("", tr("warning: {name}: {message}", name=check.name, message=check.message))
        for check in publication.warnings
    ]
    if is_new:
        lines.append((tr("Published"), tr("release {id}", id=publication.release)))
    else:
        said = tr("nothing has changed since release {id}, which stays", id=publication.release)
        lines.append((tr("Published"), said))
    lines += [("", short(warehouse.database)), ("", f"{short(warehouse.parquet)}/")]
    lines.append((tr("Quality"), short(warehouse.quality / "index.html")))
    lines.append((tr("Columns"), short(warehouse.dictionary / "index.html")))
    return lines


def _standing_lines(found: Standing, warehouse: Warehouse) -> Lines:
    lines: Lines = [
        (
            tr("Archive"),
            trn(
                "{n} export in {path}",
                "{n} exports in {path}",
                found.archived_exports,
                path=short(warehouse.archive),
            ),
        )
    ]
    for campaign in found.campaigns:
        share = (
            ""
            if campaign.completeness is None
            else tr(" · {share} answered", share=f"{campaign.completeness:.0%}")
        )
        lines.append(
            (
                str(campaign.year),
                trn("{n} evaluation", "{n} evaluations", campaign.evaluations)
                + ", "
                + trn("{n} export", "{n} exports", campaign.exports)
                + share,
            )
        )
    if found.campaigns:
        last = found.campaigns[-1].year
        missing = trn(
            "{n} site of the campaign before {year}",
            "{n} sites of the campaign before {year}",
            len(found.missing),
            year=last,
        )
        lines.append((tr("Missing"), missing))
        lines += [("", f"{site.name} ({site.project_id})") for site in found.missing]
        lines.append(
            (
                tr("Incomplete"),
                trn(
                    "{n} site of {year} with less than {share} answered",
                    "{n} sites of {year} with less than {share} answered",
                    len(found.incomplete),
                    year=last,
                    share=f"{INCOMPLETE_BELOW:.0%}",
                ),
            )
        )
        lines += [
            ("", f"{site.name} ({site.project_id}): {site.completeness:.0%}") for site in found.incomplete
        ]
    lines.append((tr("Rejected"), trn("{n} file", "{n} files", len(found.rejected))))
    lines += _rejected_lines(found.rejected)
    if found.publication:
        publication = found.publication
        said = tr("release {id}", id=publication.release)
        lines.append((tr("Published"), f"{said}, {publication.published_at}"))
        lines.append(("", trn("{n} test passed", "{n} tests passed", publication.tests_passed)))
        lines.append(("", short(warehouse.database)))
        if publication.report:
            lines.append((tr("Report"), short(Path(publication.report))))
    else:
        lines.append((tr("Published"), tr("nothing yet: `effets run` does that")))
    return lines
