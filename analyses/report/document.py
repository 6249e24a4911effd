"""The report as data: what every form of it (HTML, PDF, DOCX, XLSX…) renders, and nothing that only one needs.

    with Database(warehouse / "effets.duckdb") as database:
        document = build_document(database, 2024, "fr", settings)

A document is written in one language and needs no catalogue any more: chapters hold sections, sections hold blocks,
and each text is ready to print. A writer walks `document.chapters` and renders each block by its class; the kinds are
listed in `Block`. It never formats a number: a figure is a `Cell`, which has the text to print, the exact value for
spreadsheets, and in `ref` the place in the published database where the value stands, so that a test can read what
was printed and compare. A range (an interval, bounds) is a cell with two `parts`.

Inside sentences, figures are cells too: a text is a tuple of runs and cells (`Inlines`); `plain()` gives its words.

A `Figure` carries its chart as data (`analyses.report.charts.specs`): `charts.svg(figure)` and `charts.png(figure)`
draw it. The table behind it is a `Table` like others. Commentary of the network comes as the same blocks (paragraph,
list, heading, quotation), so Markdown is read once and nothing of it is ever markup.

Texts may be hostile (a name, a testimony): they hold no control characters, and a writer must escape them. Those that
the network or its sites wrote are marked (`Run.is_foreign`, `Testimony`, `Document.network`), to be isolated where
their direction of writing differs.

`as_data()` turns a document into plain lists, tables and texts for JSON; each block says there what it is in `block`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

from analyses.report.charts.specs import Chart

#: What a figure is, for writers that type their cells. `points` are hundredths of a share, with a sign.
CellKind = Literal["text", "count", "share", "number", "points", "probability", "range", "status"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a figure stands: the relation, the values of its key columns, and the column.

    `relation` is a published table; where a query of the report counted over its rows, it is `query:<name>`.
    """

    relation: str
    key: Mapping[str, str | int]
    column: str

    def __str__(self) -> str:
        return f"{self.relation}[{','.join(f'{name}={value}' for name, value in self.key.items())}].{self.column}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure, or a text in a table: as printed, and as computed (None: there is none, and the text says why)."""

    text: str
    value: float | str | None = None
    kind: CellKind = "text"
    ref: Ref | None = None
    #: Small print below the text.
    note: Inlines = ()
    #: The ends of a range, printed with `joint` between them.
    parts: tuple[Cell, ...] = ()
    joint: str = ""
    #: Stands out, in a sentence.
    is_strong: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether the text stands for a value that there is none of, or that is masked."""
        return self.value is None and not self.parts and self.kind != "text"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a sentence."""

    text: str
    style: Literal["", "strong", "emphasis", "code"] = ""
    #: A link: `#ident` of a chapter, section or block, or an address that the network's commentary gives.
    href: str = ""
    is_foreign: bool = False


Inlines = tuple[Run | Cell, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences; `lead` stands out, `help` steps back."""

    text: Inlines
    role: Literal["body", "lead", "help"] = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[Inlines, ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section (below its title), in commentary."""

    text: Inlines


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation in commentary."""

    text: Inlines


@dataclass(frozen=True, slots=True)
class Terms:
    """Words and what they mean."""

    items: tuple[tuple[Inlines, Inlines], ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that stands large: what it is, how many it rests on, its uncertainty and its change."""

    label: str
    value: Cell
    #: Lines below the label: n / E / R, interval or bounds, matched change.
    lines: tuple[Inlines, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Key figures side by side."""

    ident: str
    title: str
    figures: tuple[KeyFigure, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; all its cells are of one kind, or say in words why there is no figure."""

    label: str
    kind: CellKind = "text"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row; its first cell names it. A `part` belongs to the row before it, a `total` sums the others."""

    cells: tuple[Cell, ...]
    role: Literal["", "part", "total", "current"] = ""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under one heading ("" without)."""

    heading: str
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `query` names the query that made it, `notes` stand below."""

    ident: str
    title: str
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    query: str
    notes: tuple[Inlines, ...] = ()

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """The rows of all groups."""
        return tuple(row for group in self.groups for row in group.rows)


@dataclass(frozen=True, slots=True)
class LegendItem:
    """What a sign of a chart means: `dot`, `interval`, `bounds`, `bar`, or a colour of the palette (`step-0`…)."""

    sign: str
    label: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its title says what it shows, `base` on how many it rests (n), `description` all that is drawn."""

    ident: str
    title: str
    base: Inlines
    chart: Chart
    description: str
    table: Table
    query: str
    notes: tuple[Inlines, ...] = ()
    legend: tuple[LegendItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Testimony:
    """Words of a site about a criterion, verbatim but for masked addresses and numbers; never about a polarity."""

    text: str
    criterion: str
    #: The site's name where its consent says so; else what stands for it.
    source: str
    is_truncated: bool = False
    #: The language of the words, whatever that of the report.
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Notice:
    """Blocks in a frame: a warning to readers, or the box of negative effects."""

    ident: str
    title: str
    blocks: tuple[Block, ...]
    role: Literal["warning", "negative", "note"] = "note"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of an indicator, in the annex."""

    ident: str
    code: str
    title: str
    definition: Inlines
    terms: Terms
    table: Table | None


@dataclass(frozen=True, slots=True)
class Query:
    """The SQL of a query that figures name as their source."""

    ident: str
    name: str
    use: str
    sql: str


Block = (
    Paragraph
    | Bullets
    | Heading
    | Quotation
    | Terms
    | KeyFigures
    | Table
    | Figure
    | Testimony
    | Notice
    | Sheet
    | Query
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter; one without a title follows the chapter's own."""

    ident: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter; `number` is as printed ("1", "A")."""

    ident: str
    number: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Logo:
    """The network's logo, its bytes in base64."""

    media_type: str
    content: str


@dataclass(frozen=True, slots=True)
class Document:
    """A year's report in one language."""

    language: str
    year: int
    network: str
    title: str
    #: For the head of a file: network, title, year.
    full_title: str
    lead: Inlines
    notice: Notice | None
    chapters: tuple[Chapter, ...]
    logo: Logo | None = None
    #: Colours by name that the network set over those of the palette.
    colours: Mapping[str, str] = field(default_factory=dict)
    #: Sentences for the end: how it was made.
    colophon: Inlines = ()

    def blocks(self) -> Iterator[Block]:
        """All blocks in the order of reading, those inside notices after them."""
        for chapter in self.chapters:
            for section in chapter.sections:
                yield from walk(section.blocks)

    def figures(self) -> list[Figure]:
        """The figures, in the order of reading."""
        return [block for block in self.blocks() if isinstance(block, Figure)]

    def tables(self) -> list[Table]:
        """All tables, also those behind figures and in sheets, in the order of reading."""
        found: list[Table] = []
        for block in self.blocks():
            if isinstance(block, Table):
                found.append(block)
            elif isinstance(block, Figure | Sheet) and block.table:
                found.append(block.table)
        return found

    def cells(self) -> Iterator[Cell]:
        """Every cell, wherever it is printed; the parts of a range in its place."""
        yield from _cells((self.lead, self.notice, self.chapters, self.colophon))


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks and those inside them."""
    for block in blocks:
        yield block
        if isinstance(block, Notice):
            yield from walk(block.blocks)


def plain(text: Inlines) -> str:
    """The words of a text."""
    return "".join(piece.text for piece in text)


def as_data(thing: Any) -> Any:
    """The document, or a part of it, as JSON knows it."""
    if is_dataclass(thing) and not isinstance(thing, type):
        data = {item.name: as_data(getattr(thing, item.name)) for item in fields(thing)}
        return {"block": type(thing).__name__, **data}
    if isinstance(thing, Mapping):
        return {str(name): as_data(value) for name, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [as_data(item) for item in thing]
    return thing


def _cells(thing: Any) -> Iterator[Cell]:
    if isinstance(thing, Cell):
        if thing.parts:
            yield from thing.parts
        else:
            yield thing
        yield from _cells(thing.note)
    elif isinstance(thing, tuple):
        for item in thing:
            yield from _cells(item)
    elif is_dataclass(thing) and not isinstance(thing, type | Chart):
        for item in fields(thing):
            yield from _cells(getattr(thing, item.name))
