"""datapackage.json: the Frictionless Data Package, version 2 (https://datapackage.org/standard/data-package/)."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from analyses.package.contents import Column, Table
from analyses.package.identity import Identity

#: DuckDB's types in the words of a Table Schema.
_TYPES = {
    "varchar": "string",
    "integer": "integer",
    "bigint": "integer",
    "smallint": "integer",
    "double": "number",
    "float": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
}
_EMPTY = {
    "value": "",
    "label": "No value; where the table has a column status, it says why",
    "label_fr": "Pas de valeur ; là où la table a une colonne status, elle dit pourquoi",
}
MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def descriptor(
    identity: Identity, tables: list[Table], labels: dict[tuple[str, str], dict[str, str]], folder: Path
) -> dict[str, Any]:
    """The descriptor of a package whose data files lie in `folder`/data already.

    labels: of a code, by the name of its column and itself. A missing value is an empty cell; why it is missing
    stands in the column `status` of its row, whose categories say what each status means.
    """
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": identity.name,
        "id": identity.id,
        "version": identity.version,
        "title": identity.title["en"],
        "title_fr": identity.title["fr"],
        "description": identity.description["en"],
        "description_fr": identity.description["fr"],
        "keywords": identity.keywords,
        "licenses": [
            {"name": identity.licence, "path": identity.licence_url, "title": identity.licence_title}
        ],
        "sources": [{"title": source.title, "path": source.url} for source in identity.sources],
        "contributors": [{"title": identity.publisher, "roles": ["publisher"]}],
        "resources": [_resource(table, labels, folder) for table in tables],
    }


def _resource(table: Table, labels: dict[tuple[str, str], dict[str, str]], folder: Path) -> dict[str, Any]:
    """The CSV file as a tabular resource, its Parquet twin named beside it.

    A Table Schema is about text: read by frictionless, a Parquet file's missing integers are no integers.
    """
    return {
        "name": table.name,
        "type": "table",
        **_file(f"data/{table.name}.csv", folder),
        "title": table.grain["en"],
        "title_fr": table.grain["fr"],
        "description": table.description["en"],
        "description_fr": table.description["fr"],
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n"},
        "schema": _schema(table, labels),
        "alternates": [_file(f"data/{table.name}.parquet", folder)],
    }


def _file(path: str, folder: Path) -> dict[str, Any]:
    kind = path.rpartition(".")[2]
    content = (folder / path).read_bytes()
    return {
        "path": path,
        "format": kind,
        "mediatype": MEDIA_TYPES[kind],
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
    }


def _schema(table: Table, labels: dict[tuple[str, str], dict[str, str]]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, labels) for column in table.columns],
        "missingValues": [_EMPTY],
    }
    if table.key:
        schema["primaryKey"] = table.key
    if table.links:
        schema["foreignKeys"] = [
            {
                "fields": list(link.columns),
                # A reference without a resource is to the table itself.
                "reference": ({} if link.table == table.name else {"resource": link.table})
                | {"fields": list(link.key)},
            }
            for link in table.links
        ]
    return schema


def _field(column: Column, labels: dict[tuple[str, str], dict[str, str]]) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.type.partition("(")[0], "any"),
        "description": " ".join(filter(None, (column.description["en"], column.caveat["en"]))),
        "description_fr": " ".join(filter(None, (column.description["fr"], column.caveat["fr"]))),
    }
    if column.unit["en"]:
        field |= {"unit": column.unit["en"], "unit_fr": column.unit["fr"]}
    constraints: dict[str, Any] = {"required": True} if column.is_required else {}
    coded = {code for name, code in labels if name == column.name}
    if column.codes:
        constraints["enum"] = (
            column.codes if field["type"] == "string" else [int(code) for code in column.codes]
        )
    if constraints:
        field["constraints"] = constraints
    if coded:
        field["categories"] = [
            {
                "value": code,
                "label": labels[column.name, code]["en"],
                "label_fr": labels[column.name, code]["fr"],
            }
            for code in sorted(coded)
        ]
    return field
