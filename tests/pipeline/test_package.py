"""The open-data package: valid by the standards' own tools, the same bytes each time, nothing of a site in it."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from ingest.codebook import QUESTION_SEEDS
from tests.pipeline import ddi
from tests.pipeline.warehouses import ROOT, Built, invoke, invoke_json

YEAR = 2024
SDMX = ("obs_status", "conf_status")


@pytest.fixture(scope="module")
def package(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packages")
    said = invoke_json("package", "--year", str(YEAR), "--out", out, "--zip", warehouse=built.warehouse)
    assert (said["year"], Path(said["package"])) == (YEAR, out / str(YEAR))
    return Path(said["package"])


def descriptor(package: Path) -> Any:
    return json.loads((package / "datapackage.json").read_text(encoding="utf-8"))


def test_frictionless_finds_it_valid(package: Path) -> None:
    from frictionless import Package, system

    with system.use_context(trusted=True):
        report = Package(str(package / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    names = {resource["name"] for resource in descriptor(package)["resources"]}
    assert {"dim_question", "dim_status", "rpt_indicator", "rpt_testimony"} <= names
    assert all(name.startswith(("dim_", "rpt_")) for name in names)
    assert not names & {"dim_project", "dim_record", "dim_source"}


def test_frictionless_would_find_a_broken_link(package: Path, tmp_path: Path) -> None:
    from frictionless import Package

    for file in package.rglob("*"):
        if file.is_file():
            copy = tmp_path / file.relative_to(package)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(file.read_bytes())
    data = tmp_path / "data" / "dim_category.csv"
    data.write_text(data.read_text(encoding="utf-8").replace("individuel", "nulle-part"), encoding="utf-8")
    described = descriptor(tmp_path)
    for resource in described["resources"]:
        # Any edit is an error of these.
        del resource["bytes"], resource["hash"]
    (tmp_path / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert {error[0] for error in report.flatten(["type"])} == {"foreign-key"}


def test_the_keys_are_those_that_the_dictionary_knows(package: Path) -> None:
    keys = {
        (resource["name"], "|".join(key["fields"])): (
            key["reference"].get("resource"),
            "|".join(key["reference"]["fields"]),
        )
        for resource in descriptor(package)["resources"]
        for key in resource["schema"].get("foreignKeys", [])
    }
    assert keys["dim_question", "filter_question_id"] == (None, "question_id")
    assert keys["dim_indicator_component", "among_question_id"] == ("dim_question", "question_id")
    assert keys["rpt_cooccurrence", "category_id_b"] == ("dim_category", "category_id")
    assert keys["rpt_restatement", "status_then"] == ("dim_status", "status")
    assert keys["rpt_trend", "change_status"] == ("dim_status", "status")
    composite = "indicator_id|method_version"
    assert keys["rpt_indicator", composite] == ("dim_indicator", composite)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("rpt_indicator", "status", "nonsense"),
        ("rpt_indicator", "indicator_id", "Z9"),
        ("dim_question", "filter_question_id", "nonsense"),
    ],
)
def test_a_row_that_does_not_resolve_stops_the_package(
    own: Built, tmp_path: Path, table: str, column: str, value: str
) -> None:
    with duckdb.connect((own.warehouse / "effets.duckdb").resolve()) as connection:
        connection.execute(
            f"update {table} set {column} = $1 where rowid = (select min(rowid) from {table})", [value]
        )
    out = tmp_path / "packages"
    result = invoke("package", "--out", out, warehouse=own.warehouse)
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert f"{table}.{column}" in said and value in said and "no package is written" in said
    assert not out.exists()


def test_a_restatement_of_a_later_report_is_not_in_the_package(own: Built, tmp_path: Path) -> None:
    """That of an indicator that nobody computes any more is, and stops nothing."""
    with duckdb.connect((own.warehouse / "effets.duckdb").resolve()) as connection:
        connection.execute(
            f"""
            insert into rpt_restatement by name
            select
                reports.report_year::varchar as report, reports.report_year, indicator_id, method_version,
                component_id, year, scope_type, scope_id, 'ok' as status_then, status as status_now
            from (from rpt_indicator where year = {YEAR} order by all limit 1) as figure
            cross join (values ({YEAR}), ({YEAR + 1})) as reports (report_year)
            """
        )
        connection.execute(
            f"""
            insert into rpt_restatement by name
            select * replace ('Z9' as indicator_id) from rpt_restatement where report_year = {YEAR}
            """
        )
        years = connection.execute("select distinct report_year from rpt_restatement").fetchall()
    assert {(YEAR,), (YEAR + 1,)} <= set(years)
    invoke_json("package", "--year", str(YEAR), "--out", tmp_path / "p", warehouse=own.warehouse)
    restated = tmp_path / "p" / str(YEAR) / "data" / "rpt_restatement.csv"
    with restated.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["report_year"] for row in rows} == {str(YEAR)}
    assert "Z9" in {row["indicator_id"] for row in rows}


def test_the_checksums_are_those_of_all_files(package: Path) -> None:
    lines = (package / "checksums.sha256").read_text(encoding="utf-8").splitlines()
    sums = {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
    files = {f.relative_to(package).as_posix(): f.read_bytes() for f in package.rglob("*") if f.is_file()}
    del files["checksums.sha256"]
    assert sums == {path: sha256(content).hexdigest() for path, content in files.items()}
    assert any(path.endswith(".parquet") for path in sums)


def test_every_column_is_described_typed_and_counted(package: Path) -> None:
    for resource in descriptor(package)["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["description"] and field["description_fr"] and field["type"] != "any", field
        assert resource["schema"]["primaryKey"]
        for file in (resource, *resource["alternates"]):
            content = (package / file["path"]).read_bytes()
            assert file["bytes"] == len(content)
            assert file["hash"] == f"sha256:{sha256(content).hexdigest()}"


def test_csv_and_parquet_are_the_published_rows_up_to_the_year(package: Path, built: Built) -> None:
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        for resource in descriptor(package)["resources"]:
            name = resource["name"]
            names = [field["name"] for field in resource["schema"]["fields"]]
            years = [column for column in ("year", "year_to", "report_year") if column in names]
            limits = " and ".join(f"{column} <= {YEAR}" for column in years)
            where = f"where {limits}" if limits and name.startswith("rpt_") else ""
            published = connection.execute(f"from {name} {where} order by all").fetchall()
            parquet = package / resource["alternates"][0]["path"]
            assert connection.execute(f"from '{parquet}'").fetchall() == published
            with (package / resource["path"]).open(encoding="utf-8", newline="") as file:
                assert len(list(csv.DictReader(file))) == len(published)


def test_a_missing_figure_has_a_status_that_says_why(package: Path) -> None:
    resources = {resource["name"]: resource for resource in descriptor(package)["resources"]}
    fields = {field["name"]: field for field in resources["rpt_indicator"]["schema"]["fields"]}
    reasons = {category["value"]: category for category in fields["status"]["categories"]}
    assert reasons["suppressed"]["label"] == "Suppressed" and reasons["suppressed"]["label_fr"] == "Masqué"
    # Codes of the same kind have labels wherever they stand, and all of them.
    for name, resource in resources.items():
        for field in resource["schema"]["fields"]:
            if field["name"] in ("status", "status_then", "status_now", "change_status", *SDMX):
                labelled = {c["value"] for c in field["categories"] if c["label"] and c["label_fr"]}
                with (package / resource["path"]).open(encoding="utf-8", newline="") as file:
                    assert {row[field["name"]] for row in csv.DictReader(file)} - {""} <= labelled, name
        [empty] = resource["schema"]["missingValues"]
        assert empty["value"] == "" and "status" in empty["label"]
    codes = {field["name"]: field for field in resources["dim_status"]["schema"]["fields"]}
    assert "CL_OBS_STATUS" in codes["obs_status"]["description"]
    links = [link["reference"]["resource"] for link in resources["rpt_indicator"]["schema"]["foreignKeys"]]
    assert {"dim_status", "dim_indicator"} <= set(links)
    with (package / "data" / "rpt_indicator.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert any(row["value"] == "" for row in rows)
    assert all(row["status"] in reasons and (row["value"] != "") == (row["status"] == "ok") for row in rows)


def test_the_codebook_is_ddi(package: Path, built: Built) -> None:
    document = (package / "codebook.xml").read_bytes()
    assert ddi.faults(document) == []
    root = ET.fromstring(document)
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        questions = connection.execute("select question_id, label_fr, label_en from dim_question").fetchall()
    variables = {v.get("name"): v for v in root.iter(f"{ddi.NAMESPACE}var")}
    assert variables.keys() == {question_id for question_id, _, _ in questions}
    for question_id, fr, en in questions:
        labels = [label.text for label in variables[question_id].findall(f"{ddi.NAMESPACE}labl")]
        assert labels == [fr, en]
    # A literal question is French and the questionnaire's own; the seeds know which are.
    evidence = {
        row["question_id"]: row["label_evidence"]
        for seed in QUESTION_SEEDS
        for row in csv.DictReader(
            (ROOT / "seeds" / "codebook" / seed).read_text(encoding="utf-8").splitlines()
        )
    }
    assert {"attested", "descriptive"} == set(evidence.values())
    for name, variable in variables.items():
        literal = list(variable.iter(f"{ddi.NAMESPACE}qstnLit"))
        assert bool(literal) == (evidence[str(name)] == "attested"), name
        assert all(q.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr" for q in literal)
        assert not re.match(r"\d|unknown", variable.get("measUnit", ""))
    ranges = [r.attrib for v in variables.values() for r in v.iter(f"{ddi.NAMESPACE}range")]
    assert ranges and all(r == {"min": "1", "max": "5"} for r in ranges)
    groups = [(g.get("type"), g.get("name")) for g in root.iter(f"{ddi.NAMESPACE}varGrp")]
    assert ("section", "lien-social") in groups
    assert {name for kind, name in groups if kind == "other"} >= {"T6", "place_json"}


def test_the_codebook_is_valid_by_the_official_schema(package: Path) -> None:
    found = ddi.official((package / "codebook.xml").read_bytes())
    if found is None:
        pytest.skip("DDI_XSD names no codebook.xsd")
    assert found == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<titlStmt>", "<verStmt/><titlStmt>"),
        ('type="section"', 'type="chapter"'),
        ('<var ID="V1" name="', '<var ID="V1" title="'),
        ('ID="V1"', 'ID="V2"'),
        ('var="V', 'var="X'),
        ("<labl ", "<label "),
        ("<valrng>", "<universe>0</universe><valrng>"),
        ("</docDscr>", "</docDscr> text"),
        ("<universe ", '<universe xmlns="" '),
        ('xml:lang="en"', 'xml:lang="English (UK)"'),
        (' max="5" />', ' max="5"> </range>'),
        ('responseDomainType="numeric"', 'responseDomainType="number"'),
    ],
)
def test_the_check_of_the_codebook_can_fail(package: Path, before: str, after: str) -> None:
    document = (package / "codebook.xml").read_text(encoding="utf-8")
    assert before in document
    broken = document.replace(before, after).replace("</labl>", "</label>" if "label" in after else "</labl>")
    assert ddi.faults(broken.encode())


def test_the_metadata_is_dcat_ap(package: Path) -> None:
    from rdflib import DCAT, DCTERMS, RDF, SKOS, Graph

    graph = Graph().parse(package / "metadata.jsonld", format="json-ld")
    [dataset] = graph.subjects(RDF.type, DCAT.Dataset)
    # Mandatory, then recommended, by DCAT-AP.
    for term in (
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.publisher,
        DCAT.theme,
        DCAT.keyword,
        DCTERMS.spatial,
    ):
        assert list(graph.objects(dataset, term)), term
    assert {title.language for title in graph.objects(dataset, DCTERMS.title)} == {"fr", "en"}  # type: ignore[attr-defined]
    distributions = list(graph.objects(dataset, DCAT.distribution))
    assert len(distributions) == 2 * len(descriptor(package)["resources"])
    for distribution in distributions:
        assert len(list(graph.objects(distribution, DCAT.accessURL))) == 1
        assert len(list(graph.objects(distribution, DCTERMS.license))) == 1
    # The classes that DCAT-AP 3 wants the objects to be of.
    for term, kind in (
        (DCTERMS.license, DCTERMS.LicenseDocument),
        (DCTERMS.language, DCTERMS.LinguisticSystem),
        (DCTERMS.spatial, DCTERMS.Location),
        (DCTERMS.accrualPeriodicity, DCTERMS.Frequency),
        (DCTERMS.format, DCTERMS.MediaTypeOrExtent),
        (DCTERMS.source, DCAT.Dataset),
        (DCAT.mediaType, DCTERMS.MediaType),
        (DCAT.theme, SKOS.Concept),
    ):
        assert all((told, RDF.type, kind) in graph for told in graph.objects(None, term)), term
    keywords = list(graph.objects(dataset, DCAT.keyword))
    assert {keyword.language for keyword in keywords} == {"fr", "en"}  # type: ignore[attr-defined]
    titles = {str(title) for d in distributions for title in graph.objects(d, DCTERMS.title)}
    assert len(titles) == 2 * len(distributions)


def test_the_provenance_leads_from_every_table_to_exports(package: Path) -> None:
    from rdflib import DCAT, PROV, RDF, RDFS, Graph

    graph = Graph().parse(package / "prov.jsonld", format="json-ld")
    catalogue = Graph().parse(package / "metadata.jsonld", format="json-ld")
    for resource in descriptor(package)["resources"]:
        [table] = [
            e for e in graph.subjects(RDFS.label) if str(graph.value(e, RDFS.label)) == resource["name"]
        ]
        origins = {
            str(graph.value(e, RDFS.label)) for e in graph.transitive_objects(table, PROV.wasDerivedFrom)
        }
        files = {entity for entity in graph.subjects(PROV.wasDerivedFrom, table)}
        assert {
            (file, RDF.type, DCAT.Distribution) in catalogue
            for file in files
            if str(graph.value(file, RDFS.label)).startswith("data/")
        } == {True}
        if not resource["name"].startswith("rpt_"):
            # The codebook was there before any observation.
            assert origins - {resource["name"]}
            assert all(label.startswith(("seeds.", "dim_")) for label in origins), origins
            continue
        if resource["name"] in ("rpt_indicator", "rpt_trend"):
            assert any(label.startswith("indicator I") for label in origins)
        assert any(label.startswith("observations ") for label in origins)
        assert any(label.startswith(f"exports {YEAR}/") for label in origins)
        assert not any(label.startswith(f"exports {YEAR + 1}/") for label in origins)
    for activity in graph.subjects(RDF.type, PROV.Activity):
        assert graph.value(activity, PROV.wasAssociatedWith)


def test_the_citation_is_yaml_with_what_cff_asks(package: Path) -> None:
    citation = yaml.safe_load((package / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert citation["type"] == "dataset"
    assert citation["license"] == "etalab-2.0" and "license-url" not in citation


def test_nothing_names_a_site_that_did_not_consent(package: Path, built: Built) -> None:
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        sites = connection.execute("select project_id, name, address from dim_project").fetchall()
        told = {row[0] for row in connection.execute("select project_id from rpt_testimony").fetchall()}
        sources = [row[0] for row in connection.execute("select source_id from dim_source").fetchall()]
    words = [word for site in sites if site[0] not in told for word in site if word and len(word) > 6]
    assert words and sources
    texts = [(f, f.read_bytes().decode("utf-8", "replace")) for f in package.rglob("*") if f.is_file()]
    for file, text in texts:
        for word in (*words, *sources):
            assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text), (file, word)


def test_the_same_release_gives_the_same_bytes(package: Path, built: Built, tmp_path: Path) -> None:
    invoke_json("package", "--year", str(YEAR), "--out", tmp_path, "--zip", warehouse=built.warehouse)
    first, second = (folder / f"effets-{YEAR}.zip" for folder in (package.parent, tmp_path))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
        assert f"effets-{YEAR}/datapackage.json" in archive.namelist()


def test_a_package_takes_the_place_of_the_old_one(package: Path, built: Built, tmp_path: Path) -> None:
    leftover = tmp_path / str(YEAR) / "old.txt"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("old")
    invoke_json("package", "--year", str(YEAR), "--out", tmp_path, warehouse=built.warehouse)
    assert not leftover.exists() and (tmp_path / str(YEAR) / "README.md").exists()
    assert [path.name for path in tmp_path.iterdir()] == [str(YEAR)]


def test_wrong_usage(built: Built, tmp_path: Path) -> None:
    result = invoke("package", "--year", "1999", "--out", tmp_path, warehouse=built.warehouse)
    assert result.exit_code == 2 and "no evaluation of 1999" in result.stderr
    result = invoke("package", "--out", tmp_path / "p", warehouse=tmp_path / "none")
    assert result.exit_code == 2 and "nothing is published" in result.stderr
