"""The package in JSON-LD: what it is (DCAT-AP) and what it was made from (PROV-O)."""

from __future__ import annotations

from typing import Any

from analyses.package.contents import Release, Table
from analyses.package.descriptor import MEDIA_TYPES
from analyses.package.identity import Identity

_DCAT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
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
        "dct:license": {"@id": identity.licence_url},
        "dct:language": [{"@id": f"{_AUTHORITY}/language/{code}"} for code in ("FRA", "ENG")],
        "dct:spatial": {"@id": f"{_AUTHORITY}/country/FRA"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": f"{identity.first_year}-01-01", "@type": "xsd:date"},
            "dcat:endDate": {"@value": f"{identity.year}-12-31", "@type": "xsd:date"},
        },
        "dct:accrualPeriodicity": {"@id": f"{_AUTHORITY}/frequency/ANNUAL"},
        "dcat:theme": {"@id": f"{_AUTHORITY}/data-theme/SOCI"},
        "dcat:version": identity.version,
        "dcat:keyword": identity.keywords,
        "dct:source": [{"@id": source.url} for source in identity.sources],
        "dcat:distribution": [
            {
                "@id": f"{identity.id}#{table.name}.{kind}",
                "@type": "dcat:Distribution",
                "dct:title": _said(table.grain),
                "dct:description": _said(table.description),
                "dcat:accessURL": {"@id": f"data/{table.name}.{kind}"},
                "dcat:downloadURL": {"@id": f"data/{table.name}.{kind}"},
                "dcat:mediaType": {
                    "@id": f"https://www.iana.org/assignments/media-types/{MEDIA_TYPES[kind]}"
                },
                "dct:format": {"@id": _FILE_TYPES[kind]},
                "dct:license": {"@id": identity.licence_url},
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


def provenance(release: Release, identity: Identity, tables: list[Table]) -> dict[str, Any]:
    """prov.jsonld: files → observations → indicators → this package, in counts (https://www.w3.org/TR/prov-o/)."""
    base = identity.id
    groups = release.rows(_READ, [identity.year])
    software = {
        "@id": f"{base}#effets",
        "@type": "prov:SoftwareAgent",
        "rdfs:label": f"effets {identity.software_version}",
    }
    graph: list[dict[str, Any]] = [software]
    for row in groups:
        name = f"{row['year']}/{row['format']}"
        graph += [
            _entity(f"{base}#exports/{name}", f"exports {name}", row["export_count"]),
            _entity(
                f"{base}#observations/{name}",
                f"observations {name}",
                row["observation_count"],
                by=f"{base}#ingest",
                of=[f"{base}#exports/{name}"],
            ),
        ]
    observations = [f"{base}#observations/{row['year']}/{row['format']}" for row in groups]
    graph += [
        _activity(
            f"{base}#ingest", "effets ingest", [f"{base}#exports/{r['year']}/{r['format']}" for r in groups]
        ),
        _activity(f"{base}#build", "effets build", observations),
        _activity(f"{base}#package", "effets package", [f"{base}#release"]),
        _entity(f"{base}#release", "release", None, by=f"{base}#build", of=observations),
        _entity(base, identity.title["en"], None, by=f"{base}#package", of=[f"{base}#release"]),
    ]
    for activity in graph:
        if activity["@type"] == "prov:Activity":
            activity["prov:wasAssociatedWith"] = {"@id": software["@id"]}
    graph += [
        _entity(
            f"{base}#{table.name}", table.name, table.row_count, by=f"{base}#package", of=[f"{base}#release"]
        )
        | {"dct:isPartOf": {"@id": base}}
        for table in tables
    ]
    return {"@context": _PROV, "@graph": graph}


def _entity(
    ident: str, label: str, count: int | None, by: str | None = None, of: list[str] | None = None
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


def _said(text: dict[str, str]) -> list[dict[str, str]]:
    return [{"@value": text[language], "@language": language} for language in ("fr", "en") if text[language]]
