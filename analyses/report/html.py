"""The document as one page of HTML: nothing is loaded, and the policy of the page would not let it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup

from analyses.report import charts, palette
from analyses.report.document import Document, Figure
from analyses.report.messages import Messages

_FOLDER = Path(__file__).parent

#: A language's code, its own name, and the page that is written in it.
Language = tuple[str, str, str]


def render(document: Document, languages: Sequence[Language] = ()) -> str:
    """The page; `languages` are those that it can be read in, its own among them."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _style(document)
    script = (_FOLDER / "templates" / "report.js").read_text(encoding="utf-8")
    environment.globals.update(t=Messages(document.language), svg=_svg)
    page = environment.get_template("report.html.jinja").render(
        document=document,
        languages=list(languages),
        style=Markup(style),
        script=Markup(script),
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src {_digest(style)}",
                f"script-src {_digest(script)}",
                "font-src data:",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
    )
    return page.strip() + "\n"


def _svg(figure: Figure, width: charts.Width) -> Markup:
    # The chart's own texts are escaped by the XML writer.
    return Markup(charts.svg(figure, width))


def _style(document: Document) -> str:
    font = base64.b64encode((_FOLDER / "fonts" / "source-sans-3-latin.woff2").read_bytes()).decode()
    face = (
        '@font-face{font-family:"Report Sans";font-weight:200 900;font-display:swap;'
        f"src:url(data:font/woff2;base64,{font}) format('woff2')}}\n"
    )
    sheet = (_FOLDER / "templates" / "report.css").read_text(encoding="utf-8")
    return face + palette.style_rules(document.colours) + sheet


def _digest(text: str) -> str:
    """What the policy calls a text that stands in the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
