"""The page as its HTML source: the platform's identifiers, classes and order, in a frame of our own."""

from __future__ import annotations

import unicodedata

from examples.content import LEVELS, Bold, Break, Content, Items, Run, Section, Text
from examples.text_forms import Style, title
from examples.wording import has_more, printed_excerpt

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;"})

_SUMMARY_CLASSES = {
    "individuels": ("individuel", "EFFETS-perso"),
    "collectifs": ("collectif", "EFFETS-collectifs"),
    "territoriaux": ("territorial", "EFFETS-territoriaux"),
}

_IMAGES = {
    "Lien social": "individuel-lien-social",
    "Santé": "sante",
    "Insertion professionnelle": "individuel-insertion-pro",
    "Capacité à agir": "individuel-capacite-agir",
    "Solidarité": "collectif-solidarite",
    "Réseau de personnes": "collectif-reseau",
    "Sentiment d'inclusion ou d'exclusion": "inclusion-exclusion",
    "égalité femmes/hommes": "collectif-egalite",
    "Innovation publique": "quartier-innovations",
}

_HEAD = """<!DOCTYPE html>
<html class=has-navbar-fixed-top>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Commune Mesure</title>
<meta property="og:title" content="Le datapanorama de {name}">
<link rel="stylesheet" href="https://mesure.example.org/css/app.css">
<style>h1, h2, h3 {{ text-transform: uppercase }} .dashed li::before {{ content: "- " }}</style>
<script>window.reglages = {{"titre": "<h3>Santé</h3>", "bouton": "Lire la suite"}};</script>
</head>
<body>
<header id="masthead" class="site-header">
<h1 class="site-title"><a href="https://mesure.example.org/">Commune Mesure</a></h1>
<nav id="site-navigation"><ul class="menu">
<li class="menu-item"><a href="https://mesure.example.org/places">Les lieux</a></li>
<li class="menu-item"><a href="https://mesure.example.org/methode">La méthode</a></li>
<li class="menu-item"><a href="https://mesure.example.org/ressources">Ressources</a></li>
</ul></nav>
</header>
<!-- fin de l'en-tête -->
"""

_FOOT = """<footer id="colophon" class="site-footer">
<h2>Restez informés</h2>
<p>Recevez une fois par saison les nouvelles du réseau.</p>
<h3>Contact</h3>
<p>Écrire à l'équipe : contact@example.org</p>
<ul><li>Mentions légales</li><li>Données personnelles</li></ul>
</footer>
<div id="modal_container"></div>
<script src="https://mesure.example.org/js/bundle.js"></script>
<script src="https://mesure.example.org/js/readmore.js"></script>
</body>
</html>
"""


def escape(text: str) -> str:
    """Text as the platform escapes it."""
    return text.translate(_ESCAPES)


def slug(name: str) -> str:
    """The name as the platform puts it in links."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae"))
    plain = plain.encode("ascii", "ignore").decode().lower().replace("_", "-").replace("@", "at")
    kept = "".join(letter for letter in plain if letter.isalnum() or letter in " -")
    return "-".join(kept.replace("-", " ").split())


def html_page(page: Content, name: str, style: Style) -> str:
    """The complete HTML page."""
    first, second = title(name, page.generation, style)
    if page.generation == "T6":
        first = f'<span style="color:#262631">{first}</span>'
    parts = [
        _HEAD.format(name=escape(name)),
        f'<div class="impact-title">\n<h1>\n{first}{"<br>" + escape(second) if second else ""}\n</h1>\n',
        f'<div><a href="https://mesure.example.org/place/{slug(name)}" class="button mt-6">'
        "Voir son datapanorama</a></div>\n</div>\n",
        '<div class="main-container main">\n<div id="impact-page">\n'
        '<div class="columns is-gapless is-mobile" id="container">\n<div class="column is-full">\n',
    ]
    if style.shows_summary("html"):
        parts.append(_summary(page, style))
    parts += [
        _level(page, 0, '<section>\n<div class="custom-background">', "margin-image", "<div>", style),
        _level(
            page,
            1,
            '<section class="gray-background topography-background">\n<div>',
            "orange center",
            '<div class="row">',
            style,
        ),
        _territory(page, style),
        _urban_project(page),
        "</div>\n</div>\n</div>\n</div>\n",
        _FOOT,
    ]
    return "".join(parts)


def _summary(page: Content, style: Style) -> str:
    parts = ['<section id="sommaire">\n<div class="container">\n']
    has_sizes = page.generation != "T2" or not style.is_early
    for level in LEVELS:
        kind, image = _SUMMARY_CLASSES[level]
        rating = page.ratings[level]
        side = "text" if level == "territoriaux" else "text text--right"
        parts.append(
            f'<a href="#effets_{level}" class="valeur {kind}">\n<div class="{side}">\n'
            f"<h3>Effets<br> {level}</h3>\n"
        )
        if has_sizes:
            is_hidden = page.generation == "T6" and level != "territoriaux"
            unfilled = "hidden" if is_hidden else f"not-filled {kind}"
            signs = "".join(
                f'<span class="{unfilled if rating and rank > rating else ""}">+</span>\n'
                for rank in range(1, 6)
            )
            parts.append(f'<div class="intensity">\n{signs}</div>\n')
        if style.keywords and page.keywords[level]:
            words = "".join(f"<span>#{escape(word)}</span>\n" for word in page.keywords[level])
            parts.append(f'<div class="keywords">\n{words}</div>\n')
        size = f" size-{rating or 1}" if has_sizes else ""
        picture = f'<img class="rounded{size}" src="https://mesure.example.org/images/{image}.png">'
        if level == "individuels":
            picture = f"<div>\n{picture}\n</div>"
        parts.append(f"</div>\n{picture}\n</a>\n")
    if page.generation in ("T2", "T3"):
        size = " size-1" if has_sizes else ""
        parts.append(
            '<a href="#effets_urbains" class="valeur urbain reverse">\n<div class="text">\n'
            "<h3>Effets sur<br> le projet urbain</h3>\n</div>\n"
            f'<img class="rounded{size}" src="https://mesure.example.org/images/EFFETS-urbain.png">\n</a>\n'
        )
    parts.append('<img src="https://mesure.example.org/images/illustration-sommaire.png" alt="sommaire">\n')
    parts.append("</div>\n</section>\n")
    return "".join(parts)


def _anchor(page: Content, style: Style, position: int) -> str:
    has_anchor = page.generation != "T2" or not style.is_early
    return f'<span id="{page.levels[position].anchor}"></span>\n' if has_anchor else ""


def _level(page: Content, position: int, opening: str, heading_class: str, frame: str, style: Style) -> str:
    level = page.levels[position]
    sections = "".join(_framed(section, page.generation) for section in level.sections)
    return (
        f"{opening}\n{_anchor(page, style, position)}"
        f'<h2 class="{heading_class}">{level.heading}</h2>\n{frame}\n{sections}</div>\n</div>\n</section>\n'
    )


def _territory(page: Content, style: Style) -> str:
    level = page.levels[2]
    beside = [section for section in level.sections if not section.alternative]
    below = [section for section in level.sections if section.alternative]
    return "".join(
        [
            '<section class="topography-background">\n<div>\n<div class="half-image">\n<div>\n',
            _image("quartier-territoire-cadre-vie", "cadre de vie"),
            f"</div>\n<div>\n{_anchor(page, style, 2)}",
            f'<h2 class="quartier">{level.heading}</h2>\n',
            *(_section(section, page.generation) for section in beside),
            "</div>\n</div>\n",
            *(_framed(section, page.generation) for section in below),
            "</div>\n</section>\n",
        ]
    )


def _image(name: str, alternative: str) -> str:
    return f'<img src="https://mesure.example.org/images/{name}.png" alt="{alternative}">\n'


def _framed(section: Section, generation: str) -> str:
    image = _image(_IMAGES.get(section.heading, "quartier-service-proximite"), section.alternative)
    return f'<div class="image-start">\n{image}<div>\n{_section(section, generation)}</div>\n</div>\n'


def _section(section: Section, generation: str) -> str:
    body = "".join(_inline(run) for run in section.body)
    quotation = "" if section.quotation is None else _quotation(section.quotation, generation)
    if section.heading == "Entretien des espaces" and generation != "T2":
        # Here the platform sets the quotation inside the paragraph.
        return f"<h3>{section.heading}</h3>\n<p>\n{body}\n{quotation}</p>\n"
    after = "<br>\n" if section.heading.startswith("Cadre de vie") else ""
    return f"<h3>{section.heading}</h3>\n<p>\n{body}\n</p>\n{quotation}{after}"


def _inline(run: Run) -> str:
    match run:
        case Text(text):
            return escape(text).replace("&#039;", "'")
        case Bold(text):
            return f"<strong>{escape(text)}</strong>"
        case Break():
            return "<br>\n"
        case Items(labels):
            # Emphasis is opened and closed across the items, as on the platform.
            items = "</strong></li><li><strong>".join(escape(label) for label in labels or ("",))
            return f'\n<strong><ul class="dashed"><li>{items}</li></ul></strong>\n'


def _quotation(text: str, generation: str) -> str:
    shown = escape(printed_excerpt(text, generation))
    more = ""
    if has_more(text):
        more = (
            f'<span class="dots">...</span>\n<span class="more">{escape(text)}</span>\n'
            '<button class="readmore">Lire la suite</button>\n'
        )
    return f'<div class="quote">\n<span class="excerpt">{shown}</span>\n{more}</div>\n'


def _urban_project(page: Content) -> str:
    """The mock block that the platform keeps in a comment, with a text that belongs elsewhere."""
    return (
        '<!-- <section class="blue-background">\n<span id="effets_urbains"></span>\n'
        '<h2 class="urbain">Impact sur le projet urbain</h2>\n'
        "<h3>Gouvernance partagée transitoire/pérenne</h3>\n"
        "<p>Un comité de pilotage commun au lieu et au projet urbain se réunit.</p>\n"
        "<h3>Missions ou métiers émergeants</h3>\n<p>Le projet change les méthodes de travail.</p>\n"
        f"{_quotation(page.capacity_text, page.generation)}</section> -->\n"
    )
