"""The package in JSON-LD: what it is (DCAT-AP) and what it was made from (PROV-O)."""

from __future__ import annotations

from typing import Any

from analyses.package.contents import SHOWN, Release, Table
from analyses.package.descriptor import MEDIA_TYPES
from analyses.package.identity import Identity

_DCAT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_PROV = {
    "prov": "http://www.w3.org/ns/prov#",
    "dct": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "effets": "urn:effets:term:",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_FILE_TYPES = {"csv": f"{_AUTHORITY}/file-type/CSV", "parquet": f"{_AUTHORITY}/file-type/PARQUET"}


def catalogue(identity: Identity, tables: list[Table], descriptor: dict[str, Any]) -> dict[str, Any]:
    """metadata.jsonld: a dcat:Dataset with a distribution for each file (DCAT-AP 3)."""
    files = {
        file["path"]: file
        for resource in descriptor["resources"]
        for file in (resource, *resource["alternates"])
    }
    licence = _typed(identity.licence_url, "dct:LicenseDocument")
    return {
        "@context": _DCAT,
        "@id": identity.id,
        "@type": "dcat:Dataset",
        "dct:title": _said(identity.title),
        "dct:description": _said(identity.description),
        "dct:identifier": identity.id,
        "dct:publisher": {
            "@id": f"{identity.id}#publisher",
            "@type": "foaf:Agent",
            "foaf:name": identity.publisher,
        },
        "dct:license": licence,
        "dct:language": [
            _typed(f"{_AUTHORITY}/language/{code}", "dct:LinguisticSystem") for code in ("FRA", "ENG")
        ],
        "dct:spatial": _typed(f"{_AUTHORITY}/country/FRA", "dct:Location"),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": f"{identity.first_year}-01-01", "@type": "xsd:date"},
            "dcat:endDate": {"@value": f"{identity.year}-12-31", "@type": "xsd:date"},
        },
        "dct:accrualPeriodicity": _typed(f"{_AUTHORITY}/frequency/ANNUAL", "dct:Frequency"),
        "dcat:theme": _typed(f"{_AUTHORITY}/data-theme/SOCI", "skos:Concept")
        | {"skos:prefLabel": _said({"fr": "Population et société", "en": "Population and society"})},
        "dcat:version": identity.version,
        "dcat:keyword": [
            {"@value": keyword, "@language": language}
            for language, keywords in identity.keywords_of.items()
            for keyword in keywords
        ],
        # Websites: a dct:source would have to be a dataset.
        "dct:relation": [{"@id": source.url} for source in identity.sources],
        "dcat:distribution": [
            {
                "@id": _distribution(identity, table, kind),
                "@type": "dcat:Distribution",
                "dct:title": _said(
                    {
                        language: f"{table.name} ({kind}){colon} {table.grain[language]}"
                        for language, colon in (("fr", " :"), ("en", ":"))
                    }
                ),
                "dct:description": _said(table.description),
                "dcat:accessURL": {"@id": f"data/{table.name}.{kind}"},
                "dcat:downloadURL": {"@id": f"data/{table.name}.{kind}"},
                "dcat:mediaType": _typed(
                    f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[kind]}", "dct:MediaType"
                ),
                "dct:format": _typed(_FILE_TYPES[kind], "dct:MediaTypeOrExtent"),
                "dct:license": licence,
                "dcat:byteSize": {
                    "@value": str(files[f"data/{table.name}.{kind}"]["bytes"]),
                    "@type": "xsd:nonNegativeInteger",
                },
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": {
                        "@value": files[f"data/{table.name}.{kind}"]["hash"].removeprefix("sha256:"),
                        "@type": "xsd:hexBinary",
                    },
                },
            }
            for table in tables
            for kind in MEDIA_TYPES
        ],
    }


#: Exports by year and form, and the observations that were read of them: counts, and nothing of a site.
_READ = """
    with

    exports as (

        select dim_record.year, dim_source.format, count(distinct source_id) as export_count
        from dim_record
        inner join dim_source using (source_id)
        where dim_record.year <= $1 and not dim_record.is_retracted
        group by dim_record.year, dim_source.format

    ),

    observations as (

        select fct_observation.year, dim_source.format, count(*) as observation_count
        from fct_observation
        inner join dim_source using (source_id)
        where fct_observation.year <= $1
        group by fct_observation.year, dim_source.format

    )

    select year, format, export_count, coalesce(observation_count, 0) as observation_count
    from exports
    left join observations using (year, format)
    order by year, format
"""


#: Indicators whose figures a table shows, those that are still computed.
_SHOWN = """
    select distinct indicator_id, method_version
    from ({query})
    semi join dim_indicator using (indicator_id, method_version)
    order by all
"""


def provenance(release: Release, identity: Identity, tables: list[Table]) -> dict[str, Any]:
    """prov.jsonld: files → observations → indicators → tables and their files (https://www.w3.org/TR/prov-o/).

    Of what was read it tells counts, and of what is not published nothing but that it stands in the release.
    """
    base = identity.id
    groups = release.rows(_READ, [identity.year])
    seeds = sorted({name for table in tables for name in table.made_from if name.startswith("seeds.")})
    exports = [f"{base}#exports/{row['year']}/{row['format']}" for row in groups]
    observations = [f"{base}#observations/{row['year']}/{row['format']}" for row in groups]
    activities = [
        _activity(f"{base}#ingest", "effets ingest", exports),
        _activity(f"{base}#build", "effets build", [*observations, *(f"{base}#{seed}" for seed in seeds)]),
        _activity(f"{base}#package", "effets package", [f"{base}#release"]),
    ]
    graph: list[dict[str, Any]] = [
        {
            "@id": f"{base}#effets",
            "@type": "prov:SoftwareAgent",
            "rdfs:label": f"effets {identity.software_version}",
        },
        *(activity | {"prov:wasAssociatedWith": {"@id": f"{base}#effets"}} for activity in activities),
    ]
    for row, export, observed in zip(groups, exports, observations, strict=True):
        name = f"{row['year']}/{row['format']}"
        graph += [
            _entity(export, f"exports {name}", row["export_count"]),
            _entity(
                observed,
                f"observations {name}",
                row["observation_count"],
                by=f"{base}#ingest",
                of=[export],
            ),
        ]
    graph += [_entity(f"{base}#{seed}", seed) for seed in seeds]
    graph += [
        _entity(_indicator(base, row), _named(row), by=f"{base}#build", of=observations)
        for row in release.rows(_SHOWN.format(query="from dim_indicator"))
    ]
    graph += [
        _entity(f"{base}#release", "release", by=f"{base}#build", of=observations),
        _entity(base, identity.title["en"], by=f"{base}#package", of=[f"{base}#release"]),
    ]
    for table in tables:
        graph += _of_table(release, identity, table, {other.name for other in tables})
    return {"@context": _PROV, "@graph": graph}


def _of_table(release: Release, identity: Identity, table: Table, names: set[str]) -> list[dict[str, Any]]:
    """A table, derived from what the dictionary says and the indicators it shows, and its files."""
    base = identity.id
    of = {
        f"{base}#{name if name in names or name.startswith('seeds.') else 'release'}"
        for name in table.made_from
    }
    columns = {column.name for column in table.columns}
    if table.name.startswith(SHOWN) and {"indicator_id", "method_version"} <= columns:
        shown = release.rows(_SHOWN.format(query=table.query))
        of |= {_indicator(base, row) for row in shown}
    entity = _entity(f"{base}#{table.name}", table.name, table.row_count, by=f"{base}#build", of=sorted(of))
    files = [
        _entity(
            _distribution(identity, table, kind),
            f"data/{table.name}.{kind}",
            by=f"{base}#package",
            of=[f"{base}#{table.name}"],
        )
        | {"dct:isPartOf": {"@id": base}}
        for kind in MEDIA_TYPES
    ]
    return [entity | {"dct:isPartOf": {"@id": base}}, *files]


def _indicator(base: str, row: dict[str, Any]) -> str:
    return f"{base}#indicator/{row['indicator_id']}/{row['method_version']}"


def _named(row: dict[str, Any]) -> str:
    return f"indicator {row['indicator_id']}, method {row['method_version']}"


def _entity(
    ident: str, label: str, count: int | None = None, by: str | None = None, of: list[str] | None = None
) -> dict[str, Any]:
    entity: dict[str, Any] = {"@id": ident, "@type": "prov:Entity", "rdfs:label": label}
    if count is not None:
        entity["effets:count"] = {"@value": str(count), "@type": "xsd:nonNegativeInteger"}
    if by:
        entity["prov:wasGeneratedBy"] = {"@id": by}
    if of:
        entity["prov:wasDerivedFrom"] = [{"@id": source} for source in of]
    return entity


def _activity(ident: str, label: str, used: list[str]) -> dict[str, Any]:
    return {
        "@id": ident,
        "@type": "prov:Activity",
        "rdfs:label": label,
        "prov:used": [{"@id": entity} for entity in used],
    }


def _typed(ident: str, kind: str) -> dict[str, Any]:
    return {"@id": ident, "@type": kind}


def _distribution(identity: Identity, table: Table, kind: str) -> str:
    return f"{identity.id}#{table.name}.{kind}"


def _said(text: dict[str, str]) -> list[dict[str, str]]:
    return [{"@value": text[language], "@language": language} for language in ("fr", "en") if text[language]]
