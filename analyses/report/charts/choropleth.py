"""The map of France: how many evaluations came from each département, its overseas territories included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import altair as alt

from analyses.report import geography
from analyses.report.charts.marks import Drawing, Mark, boxes, inline, layers, texts
from analyses.report.charts.specs import Area, MapChart
from analyses.report.palette import LIGHT


def choropleth(chart: MapChart) -> Drawing:
    """The départements, darker where more evaluations came from, each with its number.

    There may be four classes above 0; a département that the chart does not name counts as one with none.
    """
    given = chart.areas, chart.steps, chart.none_label
    return Drawing(
        wide=_map(*given, width=760, left=110, overseas=(5, 8), size=13),
        narrow=_map(*given, width=350, left=0, overseas=(5, 4), size=11),
    )


def _map(
    areas: Sequence[Area],
    steps: Sequence[tuple[int, str]],
    none_label: str,
    *,
    width: int,
    left: int,
    overseas: Sequence[int],
    size: int,
) -> alt.LayerChart:
    line = size + 3.0
    counts = {area.code: area.count for area in areas}
    names = dict.fromkeys(geography.codes(), "") | {area.code: area.name for area in areas}
    # The classes take the upper steps of the scale: what is not nothing is seen.
    first = 5 - len(steps)
    key, top = _key(steps, none_label, first, width, size)
    sheet = geography.place(names, width=width, top=top, left=left, overseas=overseas, line=line)
    shapes = defaultdict[str, list[Mark]](list)
    numbers = defaultdict[str, list[Mark]](list)
    for shape in sheet.shapes:
        count = counts.get(shape.code, 0)
        reached = sum(count >= least for least, _ in steps)
        colour = f"step-{first + reached - 1}" if reached else "step-0"
        rings = [[[*point] for point in (*ring, ring[0])] for ring in shape.rings]
        shapes[colour].append(
            {
                "type": "Feature",
                "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]},
            }
        )
        if count and shape.middle:
            x, y = shape.middle
            on = "on-high" if colour in ("step-3", "step-4") else "on-low"
            numbers[on].append({"x": x, "y": y, "text": str(count)})
    labels = [{"x": label.x, "y": label.y, "text": label.text} for label in sheet.labels]
    # A box has its number in its upper left corner: its outline may be too thin to hold one.
    boxed = [code for code in dict.fromkeys(label.code for label in sheet.labels) if counts.get(code)]
    frames = dict(zip(dict.fromkeys(label.code for label in sheet.labels), sheet.frames[1:], strict=False))
    corners = [
        {"x": frames[code][0] + 5, "y": frames[code][1] + size * 0.8, "text": str(counts[code])}
        for code in boxed
    ]
    frames_drawn = [{"x": x, "y": y, "x2": x2, "y2": y2} for x, y, x2, y2 in sheet.frames]
    return layers(
        width,
        sheet.height,
        *(_outlines(shapes[f"step-{number}"], f"step-{number}") for number in range(5)),
        boxes(frames_drawn, None, "line"),
        *(boxes(rows, colour, "line") for colour, rows in key.items() if colour != "text"),
        texts(key["text"], size=size),
        texts(labels, size=size - 1, align="center", colour="muted"),
        texts(numbers["on-low"], size=size - 1, weight=600, align="center", colour="on-low"),
        texts(numbers["on-high"], size=size - 1, weight=600, align="center", colour="on-high"),
        texts(corners, size=size, weight=700),
    )


def _key(
    steps: Sequence[tuple[int, str]], none_label: str, first: int, width: int, size: int
) -> tuple[dict[str, list[Mark]], float]:
    """The classes as little boxes with their words, above the map; and where the map may begin."""
    rows: dict[str, list[Mark]] = defaultdict(list)
    entries = [
        ("step-0", none_label),
        *((f"step-{first + place}", words) for place, (_, words) in enumerate(steps)),
    ]
    x, y = 1.0, 1.0
    for colour, words in entries:
        room = size + 8 + 0.56 * size * len(words) + 14
        if x > 1 and x + room > width:
            x, y = 1.0, y + size + 10
        rows[colour].append({"x": x, "y": y, "x2": x + size + 2, "y2": y + size + 2})
        rows["text"].append({"x": x + size + 8, "y": y + size / 2 + 2, "text": words})
        x += room
    return rows, y + size + 20


def _outlines(features: Sequence[Mark], colour: str) -> alt.Chart:
    """Outlines that are in pixels already."""
    mark = alt.MarkDef(
        type="geoshape", clip=False, fill=LIGHT[colour], stroke=LIGHT["band-line"], strokeWidth=0.5
    )
    layer: alt.Chart = alt.Chart(inline(features), mark=mark).project(
        type="identity", scale=1, translate=[0, 0]
    )
    return layer
