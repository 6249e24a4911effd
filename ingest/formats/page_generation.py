"""Which generation of the page is this? The wording of its sentences tells (export-formats A.1, A.7)."""

from __future__ import annotations

from ingest.formats.page_layout import Layout
from ingest.formats.page_scanner import MAXIMUM_SENTENCE, sentence

#: T2 prints the question itself (export-formats H.3); the beginning is enough to recognise it.
T2_QUESTIONS = {
    "lien-social": "entre quels publics avez-vous pu observer des interactions sociales",
    "sante": "avez-vous pu observer un changement des conditions physiques",
    "insertion-professionnelle": "avez-vous mis en place des actions de formation",
    "capacite-a-agir": "de nouveaux projets ou actions (atelier, evenement, marche...) imprevus et portes",
    "solidarite": "y-a-t-il des echanges, dons ou mutualisations entre personnes",
    "reseaux": "avez-vous pu observer la creation de reseaux de personnes",
    "inclusion-exclusion": "diriez-vous que certaines personnes se sentent faire partie d'un groupe",
    "egalite-femmes-hommes": "diriez-vous qu'il y a plus, moins ou autant de femmes",
    "cadre-de-vie": "avez-vous l'impression que le projet a fait evoluer l'image",
    "entretien-des-espaces": "le projet a-t-il modifie la gestion urbaine du quartier",
    "services-publics": "le projet a-t-il permis de repondre a des besoins sociaux urgents",
    "innovation-publique": "avez-vous pu constater que vos modalites de collaboration",
}


_ALL = ("T6", "T5c", "T4", "T5b", "T3")  # the likeliest first, where a page cannot tell
_INVENTED = "interactions sociales entre voisin.e.s du quartier et associations"


def generation_of(layout: Layout) -> str:
    """The generation of the page's texts, by the wording of its sentences; where several are possible, the
    likeliest. All that are possible are noted in `layout.generations`.

    Vocabulary T1, T2, T3, T4, T5b, T5c, T6 (export-formats A.1).
    """
    folds = {key: section.body.fold[:MAXIMUM_SENTENCE] for key, section in layout.sections.items()}
    if layout.has_urban_block or _INVENTED in folds.get("lien-social", ""):
        return "T1"
    asked = [key for key, text in folds.items() if text.lstrip().startswith(T2_QUESTIONS[key])]
    if (asked and len(asked) * 2 >= len(folds)) or (
        not folds and (layout.title or "").startswith(("la mesure", "les"))
    ):
        return "T2"
    possible = set(_ALL)
    for allowed in _evidence(layout, folds):
        possible = possible & allowed or possible
    layout.generations = frozenset(possible)
    return next(generation for generation in _ALL if generation in possible)


_ONE_PARAGRAPH = r"(?:(?!\n\n)[^\x02\x03])*"
_PARAGRAPH_END = r"[^\S\n]*(?:\n\n|\n?\x03|$)"


_SPELLED_OUT = (
    "visiteurs et visiteuses",
    "voisins et voisines",
    "acteurs et actrices",
    "occupants et occupantes",
)


def _evidence(layout: Layout, folds: dict[str, str]) -> list[set[str]]:
    """What each sentence allows, the surest first."""
    t3, t4, t5b, t5c, t6 = {"T3"}, {"T4"}, {"T5b"}, {"T5c"}, {"T6"}
    found: list[set[str]] = []

    def tell(key: str, pattern: str, allowed: set[str], otherwise: set[str] | None = None) -> None:
        if key in folds:
            note(sentence(pattern).search(folds[key]) is not None, allowed, otherwise)

    def say(key: str, words: str, allowed: set[str], otherwise: set[str] | None = None) -> None:
        if key in folds:
            note(words in " ".join(folds[key].split()), allowed, otherwise)

    def note(is_there: bool, allowed: set[str], otherwise: set[str] | None) -> None:
        if is_there:
            found.append(allowed)
        elif otherwise is not None:
            found.append(otherwise)

    say("lien-social", "observees entre differents publics", t6, t3 | t4 | t5b | t5c)
    say("lien-social", "ces interactions sociales ont ete observees", t5b | t5c)
    say("sante", "des changements significatifs dans les conditions", t6, t3 | t4 | t5b | t5c)
    tell("reseaux", r"a ete observee entre\s*:", t6, t3 | t4 | t5b | t5c)
    say("insertion-professionnelle", "et ont permis a certaines personnes", t6)
    tell("insertion-professionnelle", r"beneficiees? a [^\x02]*? personnes\s*\.", t3 | t4 | t5b | t5c)
    tell("insertion-professionnelle", r"^\s*\x02", t6)
    tell(
        "insertion-professionnelle",
        r"des emplois ont ete crees (?:au sein du lieu|a l'exterieur)",
        t3 | t4 | t5b | t5c,
    )
    tell("insertion-professionnelle", r"d'obtenir des emplois (?:au sein|a l'exterieur) du lieu", t6)
    tell("insertion-professionnelle", r"(?:^|personnes\s*\.)\s*\.\s*$", t4 | t5b | t5c)
    if layout.title is not None:
        found.append(t6 if layout.title.startswith("effets") else t3 | t4 | t5b | t5c)
    tell("solidarite", r"ont ete observes? entre\s*:", t5c | t6, t3 | t4 | t5b)
    tell("solidarite", r"\bentre\s*\x02", t5b)
    tell("solidarite", r"\bentre\s+[^\s\x02:][^\x02]*ont ete observes", t3 | t4)
    services = layout.sections.get("services-publics")
    if services is not None:
        found.append(t3 if "publiques" in services.title else t4 | t5b | t5c | t6)
    tell(
        "lien-social",
        r"observees entre les" + _ONE_PARAGRAPH + r"\." + _PARAGRAPH_END,
        t4 | t5b | t5c,
        t3 | t6,
    )
    tell("capacite-a-agir", r"\bet ont emerges", t3)
    tell("innovation-publique", r"\bmais cela a cree une surcharge", t3)
    tell("innovation-publique", r"nouveaux modes de faire \.", t5b)
    for text in folds.values():
        first = text.lstrip().split("\n\n")[0]
        if "·e" in first or "·rice" in first:
            found.append(t5b | t5c | t6)
        elif any(words in first for words in _SPELLED_OUT):
            found.append(t3 | t4)
        if "acteur·rice·s du quartier, associations" in first:
            found.append(t5b)
        elif "acteur·rice·s du quartier" in first:
            found.append(t5c | t6)
        if "groupe autour du ou d'un projet" in first:
            found.append(t3 | t4)
    tell("egalite-femmes-hommes", r"sont present\.e\.s[^\S\n]*(?:\n|$)", t3, t4 | t5b | t5c | t6)
    tell("services-publics", r"territoire\s*:[^\S\n]*[^\s\x02]", t3 | t4)
    tell("services-publics", r"territoire\s*:\s*\x02", t5b | t5c | t6)
    tell(
        "entretien-des-espaces",
        r"^\s*le projet a" + _ONE_PARAGRAPH + r"\." + _PARAGRAPH_END,
        t4 | t5b | t5c | t6,
        t3,
    )
    return found
