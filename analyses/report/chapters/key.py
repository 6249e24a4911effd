"""The first page: the year's story in sentences that follow the data, and the key figures."""

from __future__ import annotations

from dataclasses import replace

from analyses.report.book import Book
from analyses.report.database import Row
from analyses.report.document import Block, Bullets, Cell, Inlines, KeyFigure, KeyFigures, Run, Section

#: Indicators that stand for their criterion on the first page; those that speak against a site are always there.
SHOWN = ("I1", "I6", "I9", "I11", "K1", "K5", "Q2", "Q5")
AGAINST = ("I7", "K6", "K8")


def sections(book: Book) -> list[Section]:
    """The story, who answered, and what they say."""
    blocks: list[Block] = [Bullets(tuple(_story(book)))]
    blocks.append(
        KeyFigures("key-participation", book.t("key.participation"), _participation(book), "participation")
    )
    for name, wanted in (("effects", SHOWN), ("against", AGAINST)):
        shown = [_figure(book, row) for row in _chosen(book, wanted) if row["status"] != "no_data"]
        if shown:
            blocks.append(KeyFigures(f"key-{name}", book.t(f"key.{name}"), tuple(shown), "indicators"))
    return [Section("story", "", tuple(blocks))]


def _chosen(book: Book, wanted: tuple[str, ...]) -> list[Row]:
    rows = {row["indicator_id"]: row for row in book.figures(component_id="all", kind="effect")}
    return [rows[name] for name in wanted if name in rows and rows[name]["status"] != "not_asked"]


def _participation(book: Book) -> tuple[KeyFigure, ...]:
    now = book.rows("participation")[-1]
    sites = book.row("sites")
    figures = [
        KeyFigure(
            book.t("key.evaluations", n=now["evaluation_count"]),
            book.c.count(now, "evaluation_count"),
            (book.t.rich("key.evaluations_note"),),
        ),
        KeyFigure(
            book.t("key.exports", n=now["export_count"]),
            book.c.count(now, "export_count"),
            (book.t.rich("key.exports_note"),),
        ),
        KeyFigure(
            book.t("key.new", n=sites["new_count"]),
            book.c.count(sites, "new_count"),
            (book.t.rich("key.new_note"),),
        ),
    ]
    if now["previous_project_count"] is None:
        note = book.t.rich("key.matched_none", year=str(book.year - 1))
        figures.append(
            KeyFigure(book.t("key.matched", n=2), Cell(book.t("number.none"), None, "count"), (note,))
        )
    else:
        note = book.t.rich(
            "key.matched_note", n=book.c.count(now, "previous_project_count"), year=str(book.year - 1)
        )
        figures.append(
            KeyFigure(
                book.t("key.matched", n=now["matched_count"]), book.c.count(now, "matched_count"), (note,)
            )
        )
    return tuple(figures)


def _figure(book: Book, row: Row) -> KeyFigure:
    # Where there are bounds alone, they are the figure.
    is_range = row["status"] == "bounds" and row["bound_low"] is not None
    doubt = book.t.rich("basis.bounds_only") if is_range else book.c.uncertainty(row)
    lines = [book.c.basis(row), doubt, _change(book, row)]
    return KeyFigure(
        book.t.label(row),
        book.c.span(row, "bound_low", "bound_high") if is_range else book.c.value(row),
        tuple(line for line in lines if line),
        f"#{row['level_id']}",
    )


def _change(book: Book, row: Row) -> Inlines:
    """The change on matched sites: an arrow by the decision rule alone."""
    change = next(
        (
            r
            for r in book.rows("changes")
            if (r["indicator_id"], r["component_id"]) == (row["indicator_id"], row["component_id"])
        ),
        None,
    )
    if change is None:
        return ()
    year, matched = str(change["year_from"]), book.c.count(change, "n_matched")
    if change["status"] != "ok":
        why = book.c.status(change)
        return book.t.rich("key.change_none", why=replace(why, text=_lower(why.text)), year=year)
    name = change["arrow"] or "flat"
    return book.t.rich(
        f"key.change_{name}", points=book.c.figure(change, "change", "points"), year=year, matched=matched
    )


def _story(book: Book) -> list[Inlines]:
    now = book.rows("participation")[-1]
    told = [book.t.rich("story.who", n=book.c.count(now, "evaluation_count"), year=str(book.year))]
    rate = next(iter(book.figures(indicator_id="C1")), None)
    if rate and rate["value"] is not None:
        told[0] += (
            Run(" "),
            *book.t.rich("story.rate", register=book.c.count(rate, "n_register"), rate=book.c.value(rate)),
        )
    if now["previous_project_count"] is not None:
        told[0] += (
            Run(" "),
            *book.t.rich("story.matched", n=book.c.count(now, "matched_count"), year=str(book.year - 1)),
        )
    counted = book.row("figures_counted")
    if counted["ok_count"]:
        told.append(
            book.t.rich(
                "story.majority",
                n=book.c.count(counted, "above_count"),
                published=book.c.count(counted, "ok_count"),
                below=book.c.count(counted, "below_count"),
            )
        )
    else:
        is_silent = counted["no_data_count"] == counted["asked_count"]
        told.append(book.t.rich("story.none_shown" if is_silent else "story.none"))
        told.append(_documented(book))
    told += [
        line for line in (_highest(book), _against(book), _changed(book), _unknown(book, counted)) if line
    ]
    return told


def _documented(book: Book) -> Inlines:
    """What is known where no share is: which criteria are spoken of at all."""
    totals = book.row("completeness_totals")
    return book.t.rich(
        "story.documented",
        n=book.c.count(totals, "half_count"),
        criteria=book.c.count(totals, "criterion_count"),
    )


def _highest(book: Book) -> Inlines:
    """The three shares whose intervals begin highest."""
    rows = [
        row
        for row in book.figures(component_id="all", kind="effect", statistic="share", status="ok")
        if not row["is_negative"]
        and row["ci_low"] is not None
        and row["ci_low"] > 0.5
        and row["direction"] == "up"
    ]
    rows.sort(key=lambda row: (-row["ci_low"], row["indicator_id"]))
    if not rows:
        return ()
    parts: list[Inlines] = [
        book.t.rich(
            "story.cited",
            label=_lower(book.t.label(row)),
            numerator=book.c.count(row, "numerator"),
            answered=book.c.count(row, "n_answered"),
        )
        for row in rows[:3]
    ]
    return book.t.rich("story.highest", listed=_listing(book, parts))


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _against(book: Book) -> Inlines:
    """What is said against: always there, masked or not."""
    row = next(iter(_chosen(book, AGAINST)), None)
    if row is None:
        return ()
    if row["status"] == "suppressed":
        return book.t.rich("story.against_masked", label=book.t.label(row))
    if row["value"] is None:
        return book.t.rich("story.against_none", label=book.t.label(row), why=book.c.status(row))
    return book.t.rich(
        "story.against",
        label=book.t.label(row),
        numerator=book.c.count(row, "numerator"),
        answered=book.c.count(row, "n_answered"),
    )


def _changed(book: Book) -> Inlines:
    counted = book.row("changes_counted")
    if not book.rows("changes"):
        return book.t.rich("story.change_first")
    if not counted["tested_count"]:
        return book.t.rich("story.change_untested")
    if not counted["up_count"] and not counted["down_count"]:
        return book.t.rich("story.change_flat", n=book.c.count(counted, "tested_count"))
    return book.t.rich(
        "story.change",
        n=book.c.count(counted, "tested_count"),
        up=book.c.count(counted, "up_count"),
        down=book.c.count(counted, "down_count"),
    )


def _unknown(book: Book, counted: Row) -> Inlines:
    totals = book.row("completeness_totals")
    left = [(name, counted) for name in ("bounds", "small", "suppressed")]
    lost = [(name, totals) for name in ("ambiguous", "lost")]
    parts = [
        book.t.rich(f"story.unknown_{name}", n=book.c.count(row, f"{name}_count"))
        for name, row in [*left, *lost]
        if row[f"{name}_count"]
    ]
    return book.t.rich("story.unknown", listed=_listing(book, parts)) if parts else ()


def _listing(book: Book, parts: list[Inlines]) -> Inlines:
    listed: Inlines = ()
    for number, part in enumerate(parts, start=1):
        joint = "" if number == 1 else book.t("number.last_joint") if number == len(parts) else ", "
        listed += (Run(joint), *part) if joint else part
    return listed
