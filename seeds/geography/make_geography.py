"""Makes the geography seeds from the official geographic code, as Etalab packages it.

Run by hand, once a year:

    python seeds/geography/make_geography.py                    # asks `npm pack` for the package
    python seeds/geography/make_geography.py --tarball FILE     # the same, from a file at hand

For another year, change VERSION, YEAR and SHA256 together: a package whose digest is another is refused.
The same package always gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

PACKAGE = "@etalab/decoupage-administratif"
VERSION = "6.0.0"
YEAR = 2026
SHA256 = "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a"

HERE = Path(__file__).parent

SOURCE = """\
# Where these seeds come from

Made by `make_geography.py`: do not edit them by hand.

| | |
|---|---|
| package | `{package}`, on npm |
| version | {version}, the official geographic code (COG) of {year} |
| sha256 of the tarball | `{sha256}` |
| licence of the data | Licence Ouverte / Open Licence (Etalab) |
| licence of the package's code, of which nothing is taken | MIT |
| original producers | INSEE (communes, départements, régions), La Poste (postal codes) |

| File | Rows |
|---|---|
{rows}

What the postal codes do not do:

- {shared} of {postal_codes} postal codes cover several communes, and {straddling} cover several départements,
  where the name of the commune decides: {straddling_list}.
- A postal code does not always begin with its département: {elsewhere_list}; Corsica (20… is 2A or 2B),
  Saint-Barthélemy and Saint-Martin (971… is 977 or 978) need the table too.
- CEDEX codes are absent.
- The population is that of the commune, as the package has it (INSEE, municipal population); {unpeopled} have none.
- The overseas collectivités stand among the départements and the régions under their own code.
- The arrondissements of Paris, Lyon and Marseille have their postal codes, all of them on the one commune.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the three CSV files and SOURCE.md here; exits if the package is not the pinned one."""
    parser = argparse.ArgumentParser(description=f"Make the geography seeds from {PACKAGE} {VERSION}.")
    parser.add_argument("--tarball", type=Path, help="the package, already fetched")
    tarball = parser.parse_args(arguments).tarball
    package = read_package(tarball.read_bytes() if tarball else fetch())

    regions = sorted((region["code"], name(region)) for region in package["regions"])
    departments = sorted((item["code"], name(item), item["region"]) for item in package["departements"])
    postal_codes = sorted(
        (
            postal_code,
            commune["code"],
            name(commune),
            commune["departement"],
            str(commune.get("population", "")),
        )
        for commune in package["communes"]
        if commune["type"] == "commune-actuelle"
        for postal_code in commune.get("codesPostaux", ())
    )
    write("regions.csv", ("region_code", "region"), regions)
    write("departments.csv", ("department_code", "department", "region_code"), departments)
    write(
        "postal_codes.csv",
        ("postal_code", "commune_code", "commune", "department_code", "population"),
        postal_codes,
    )
    counts = {
        "regions.csv": len(regions),
        "departments.csv": len(departments),
        "postal_codes.csv": len(postal_codes),
    }
    (HERE / "SOURCE.md").write_text(describe(counts, postal_codes), encoding="utf-8", newline="\n")


def fetch() -> bytes:
    """The package's tarball, from npm, which checks it against its registry's own digest."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, f"{PACKAGE}@{VERSION}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (tarball,) = Path(folder).iterdir()
        return tarball.read_bytes()


def read_package(tarball: bytes) -> dict[str, Any]:
    """The parsed data files of the package by name; exits unless it is the pinned one, openly licensed."""
    digest = hashlib.sha256(tarball).hexdigest()
    if digest != SHA256:
        sys.exit(f"{PACKAGE} {VERSION} should have the sha256 {SHA256}, this file has {digest}")
    with tarfile.open(fileobj=io.BytesIO(tarball)) as members:

        def text(path: str) -> str:
            member = members.extractfile(f"package/{path}")
            assert member is not None, path
            return member.read().decode("utf-8")

        if (version := json.loads(text("package.json"))["version"]) != VERSION:
            sys.exit(f"this is version {version}, not {VERSION}")
        if "Données : [Licence Ouverte]" not in text("README.md"):
            sys.exit("the package no longer says that its data are under the Licence Ouverte: read it again")
        stems = ("regions", "departements", "communes")
        return {stem: json.loads(text(f"data/{stem}.json")) for stem in stems}


def name(entity: dict[str, Any]) -> str:
    return unicodedata.normalize("NFC", entity["nom"])


def write(file: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with (HERE / file).open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def describe(counts: dict[str, int], postal_codes: Iterable[tuple[str, str, str, str, str]]) -> str:
    """The text of SOURCE.md, its figures counted on the rows themselves."""
    communes: dict[str, set[str]] = {}
    departments: dict[str, set[str]] = {}
    for postal_code, commune_code, _, department_code, _ in postal_codes:
        communes.setdefault(postal_code, set()).add(commune_code)
        departments.setdefault(postal_code, set()).add(department_code)
    straddling = sorted(code for code, found in departments.items() if len(found) > 1)
    elsewhere = [
        f"{code} is in {min(found)}"
        for code, found in sorted(departments.items())
        if not code.startswith(("20", "97", "98")) and code[:2] not in found
    ]
    return SOURCE.format(
        package=PACKAGE,
        version=VERSION,
        year=YEAR,
        sha256=SHA256,
        rows="\n".join(f"| {file} | {count:,} |" for file, count in counts.items()),
        shared=f"{sum(len(found) > 1 for found in communes.values()):,}",
        postal_codes=f"{len(communes):,}",
        unpeopled=len({row[1] for row in postal_codes if not row[4]}),
        straddling=len(straddling),
        straddling_list=", ".join(straddling),
        elsewhere_list=", ".join(elsewhere),
    )


if __name__ == "__main__":
    main()
