"""A document with every kind of block in it, and texts that mean harm, for the tests of the printed forms."""

from __future__ import annotations

from analyses.report.charts.specs import Interval, IntervalChart
from analyses.report.document import (
    Bullets,
    Cell,
    Chapter,
    Column,
    Document,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Notice,
    Paragraph,
    Query,
    Quotation,
    Ref,
    RowGroup,
    Run,
    Section,
    Sheet,
    Table,
    TableRow,
    Terms,
    Testimony,
)

#: What a site's name or testimony may hold; every output must show it as words, and do nothing else with it.
HOSTILE = (
    "<script>alert(1)</script> & <b>gras</b> ]]> &amp;",
    '=HYPERLINK("http://exemple.invalid","clic")',
    "+33 1 / -2+3 / @SUM(A1)",
    '#import "@preview/x:0.1.0": y; #eval("1") $x^2$ *gras* _ital_ `code` // fin',
    "\\documentclass{x} \\input{/etc/passwd} {{ 7*7 }} {% raw %} %s %n ${HOME}",
    "مكان مفتوح للجميع · עברית · نعم",
    "Cela \u202etxt.exe\u202c finit ici, \u0000\u0007\u001b[31mrouge",
    "日本語とemoji 😀 et 𝔘nicode, é composé, \ufffe",
    "w:t></w:t><w:r/> <?xml version='1.0'?> <!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "mot" * 400,
    "phrase assez longue pour tenir sur plusieurs lignes. " * 40,
)


def number(text: str, value: float | None, kind: str, column: str) -> Cell:
    """A figure that stands in a table of the published database."""
    return Cell(text, value, kind, Ref("rpt_thing", {"thing_id": "a", "year": 2024}, column))  # type: ignore[arg-type]


def table(ident: str = "table-a", columns: int = 4, rows: int = 3, names: tuple[str, ...] = ()) -> Table:
    """A table: a name, a count, a share, a range, and as many counts more as asked."""
    labels = [
        Column("Indicateur"),
        Column("n", "count"),
        Column("Part", "share"),
        Column("Intervalle", "range"),
    ]
    labels += [Column(f"Nombre {place}", "count") for place in range(4, columns)]
    interval = Cell(
        "25 % – 75 %",
        None,
        "range",
        parts=(number("25 %", 0.25, "share", "ci_low"), number("75 %", 0.75, "share", "ci_high")),
        joint=" – ",
    )
    lines = tuple(
        TableRow(
            (
                Cell(names[place] if place < len(names) else f"Ligne {place}"),
                number(f"{1000 + place}", 1000 + place, "count", "n_answered"),
                number("50 %", 0.5, "share", "value") if place % 3 else Cell("masqué", None, "share"),
                interval,
                *(number(str(place), place, "count", "k") for _ in range(4, columns)),
            ),
            "part" if place % 2 else "",
        )
        for place in range(max(rows, len(names)))
    )
    groups = (RowGroup("", lines[:1]), RowGroup("Un groupe & des lignes", lines[1:]))
    return Table(ident, f"Tableau {ident}", tuple(labels), groups, "things", ((Run("Une note."),),))


def document(language: str = "fr", hostile: bool = False) -> Document:
    """The document; with `hostile` texts where the network's and the sites' words stand."""
    words = HOSTILE if hostile else ("La Halle (site inventé)", "Un lieu calme.")
    chart = IntervalChart(
        (
            Interval("Mixité des rencontres", "50 %", "5 sur 10", value=0.5, low=0.25, high=0.75),
            Interval(words[0][:40], "–", "trop peu"),
        ),
        ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")),
    )
    figure = Figure(
        "figure-a",
        "Ce que montre la figure",
        (Run("E = 10"),),
        chart,
        "Mixité des rencontres : 50 %. " + words[0],
        table("table-figure-a"),
        "things",
    )
    key = KeyFigures(
        "key-a",
        "Chiffres clés",
        (
            KeyFigure("Mixité", number("50 %", 0.5, "share", "value"), ((Run("n = 10"),),), "#figure-a"),
            KeyFigure("Participation", Cell("–", None, "share"), ((Run("pas de registre"),),)),
        ),
        "things",
    )
    link = Run("voir la figure", href="#figure-a")
    foreign = tuple(Paragraph((Run(text, is_foreign=True),)) for text in words)
    testimonies = tuple(Testimony(text, "Lien social", words[0], is_truncated=True) for text in words)
    first = Chapter(
        "essentiel",
        "1",
        "L’essentiel",
        (
            Section(
                "s-a",
                "",
                (
                    Paragraph(
                        (Run("Bonjour "), number("50 %", 0.5, "share", "value"), Run(" fort", "strong")),
                        "lead",
                    ),
                    key,
                    Paragraph((link, Run(" ou "), Run("ailleurs", href="https://exemple.invalid/"))),
                    Paragraph((Run("nulle part", href="#absent"), Run("piège", href="javascript:alert(1)"))),
                    Bullets(((Run("un"),), (Run("deux"),))),
                    Bullets(((Run("un"),), (Run("deux"),)), is_ordered=True),
                ),
            ),
            Section("s-b", "Une section", (figure, Heading((Run("Un titre"),)), *foreign, *testimonies)),
        ),
    )
    second = Chapter(
        "suite",
        "2",
        "Le reste",
        (
            Section(
                "s-c",
                "Des tableaux",
                (
                    table("table-long", rows=90),
                    table("table-names", names=words),
                    table("table-wide", columns=12),
                    Notice(
                        "notice-a", "Effets négatifs", (Paragraph((Run("Attention"),)), *foreign), "negative"
                    ),
                    Quotation((Run("une citation"),)),
                    Terms((((Run("n"),), (Run("ont répondu"),)),)),
                ),
            ),
        ),
    )
    annex = Chapter(
        "fiches",
        "A",
        "Les fiches",
        (
            Section(
                "s-d",
                "",
                (
                    Sheet(
                        "sheet-I1",
                        "I1",
                        "Mixité",
                        (Run("Définition"),),
                        Terms((((Run("Unité"),), (Run("%"),)),)),
                        table("table-sheet"),
                    ),
                    Query("query-things", "things", "Sert à tout", "select *\nfrom rpt_thing -- #import 'x'"),
                ),
            ),
        ),
    )
    network = words[0]
    return Document(
        language,
        2024,
        network,
        "Rapport 2024",
        f"{network} : rapport 2024",
        (Run("Dix lieux."),),
        Notice("notice-invented", "Inventé", (Paragraph((Run("Tout est inventé."),)),), "warning"),
        (first, second, annex),
        colophon=(Run("Fait de données publiées."),),
    )
