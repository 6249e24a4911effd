"""The sentences of the page, section by section, in every generation, and what they say.

Each function below reads one section: it eats the fixed sentences, hands the slots between them to the
codebook, and leaves the quotation. What a hole, a missing section or a default sentence stands for is the table
"States on rendered pages" of the contract; `not_shown` is the state of every question that nothing here speaks
of.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ingest.codebook import Codebook
from ingest.formats.page_generation import T2_QUESTIONS
from ingest.formats.page_labels import Found, joint, labels_of
from ingest.formats.page_layout import RANK, Layout
from ingest.formats.page_scanner import END, MAXIMUM_SECTION, Said, Scanner
from ingest.formats.page_text import QUOTE, Page
from ingest.reading import Observation

#: Testimony question of each section, and whether the section is shown only where its text is not empty (T3–T6).
TEXTS = {
    "lien-social": ("lien_social", True),
    "sante": ("sante_bien_être", True),
    "insertion-professionnelle": ("insertion_professionnelle", True),
    "capacite-a-agir": ("capacite_agir", True),
    "solidarite": ("solidarite", True),
    "reseaux": ("reseaux", True),
    "inclusion-exclusion": ("appartenance_exclusion", False),
    "egalite-femmes-hommes": ("egalite_homme_femme", True),
    "cadre-de-vie": ("cadre_de_vie", True),
    "entretien-des-espaces": ("entretien_des_espaces_effets_positif_example", False),
    "services-publics": ("services_publics", False),
    "innovation-publique": ("innovation_publique", False),
}
# How the slots join their labels, over all generations (export-formats A.3, A.7).
_GLUED = joint(None, r"\s*")
_AND = joint(r",\s+|\s+,|\s+et\s+", r"\s*,\s*")
_OR = joint(r",\s+|\s+ou\s+", r"\s+")
_AND_BLANK = joint(r",\s+|\s+et\s+", r"\s+")
_AND_OF = joint(r"\s+et\s+de\s+", r"\s*,\s*")
_AND_GLUED = joint(r"\s+et\s+|\s*,\s+", r"\s*(?:et|,)?\s*")
_COMMA = joint(r",(?!\s)|,\s+(?=certain|des |\w+ personnes)|\s+et\s+", r"\s*,\s*")


# --- the sections, T3–T6 ----------------------------------------------------------------------------------------


def _lien_social(s: Scanner) -> bool:
    audience, occasion, frequency = (
        "impact_social_public",
        "impact_social_occasion",
        "impact_social_frequence",
    )
    if s.eat("des interactions sociales ont ete observees entre differents publics\\s*:"):
        s.items(audience, "ces echanges ont ete constates", occasion)
        match = s.eat(
            r"ces echanges ont ete constates(?P<occasion>.*?)\.?\s*ces rencontres ont lieu(?P<often>.*?)\."
            + END
        ) or s.eat(
            r"ces echanges ont ete constates(?P<occasion>.*?)\.?\s*ces rencontres ont lieu(?P<often>[^\n.]*)\.?"
        )
        if match is not None:
            s.slot(match, "occasion", _AND, occasion)
            s.slot(match, "often", _OR, frequency)
        return True
    match = s.eat(
        r"des interactions sociales ont ete observees entre les\b(?P<audience>.*?)\.?\s*"
        r"ces interactions sociales ont ete observees(?P<occasion>.*?)\bqui ont lieu(?P<often>.*?)\." + END
    )
    if match is not None:
        s.slot(match, "audience", _AND, audience)
        s.slot(match, "occasion", _AND_BLANK, occasion)
        s.slot(match, "often", _OR, frequency)
        return True
    match = s.eat(r"des interactions sociales ont ete observees entre les\b(?P<all>.*?)\.?" + END)
    if match is not None:
        s.slot(match, "all", _AND_GLUED, audience, occasion, frequency)
    return match is not None


def _sante(s: Scanner) -> bool:
    if s.eat(
        r"des changements significatifs dans les conditions physiques, sociales et psychiques des beneficiaires du "
        r"projet ont ete observees?\. certaines personnes ont fait part\s*/\s*ont paru\s*:"
    ):
        s.items("sante_effet")
    else:
        s.paragraph("sante_effet", _COMMA)
    return True


def _insertion(s: Scanner) -> bool:
    count, effects = "insertion_professionnelle_nb_personnes", "insertion_professionnelle_effets"
    lead = s.eat(
        r"les actions de formation, d'accompagnement a la creation d'activite ou a l'emploi ont beneficiees? a"
        r"(?P<count>.*?)\bpersonnes?(?:\s*\.| et ont permis a certaines personnes\s*:)"
    )
    if lead is not None:
        s.number(lead, "count", count)
    else:
        s.said.state(count, "blank")
    # A list, but where the one line that tells an older page from a T6 has its labels run together.
    if s.generation == "T6" and not s.runs_together(effects, _COMMA):
        s.items(effects)
    else:
        s.paragraph(effects, _COMMA, in_line=lead is not None)
    return True


def _capacite(s: Scanner) -> bool:
    match = s.eat(
        r"(?P<count>.*?)\s*\bnouveaux? projets? ou actions? \([^)]*\) imprevus?\b(?P<carrier>.*?)"
        r"\s*(?:\bet )?\bont emerges?\s*\.?"
    )
    if match is None:
        return False
    start, end = match.span("count")
    if s.fold[start:end].strip() == "des":
        s.said.state("capacite_agir_nombre", "blank")
    else:
        s.number(match, "count", "capacite_agir_nombre")
    s.slot(match, "carrier", _AND, "capacite_agir_porte")
    return True


def _solidarite(s: Scanner) -> bool:
    kind, audience = "solidarite_type", "solidarite_public"
    lead = "des echanges, dons ou mutualisations de"
    match = s.eat(lead + r"\b(?P<kind>[^\x02]*?)\bont ete observes? entre\s*:")
    if match is not None:  # T5c, T6
        s.slot(match, "kind", _AND_OF, kind)
        s.items(audience)
        return True
    match = s.eat(lead + r"\b(?P<kind>[^\x02]*?)\bentre\s*(?=\x02)")
    if match is not None:  # T5b
        s.slot(match, "kind", _AND_OF, kind)
        s.items(audience, r"ont ete observes?\b")
        s.eat(r"ont ete observes?\s*\.?")
        return True
    match = s.eat(lead + r"\b(?P<kind>.*?)\bentre\b(?P<audience>.*?)\bont ete observes?\s*\.?")
    if match is None:
        return False
    s.slot(match, "kind", _AND_OF, kind)
    if not s.is_html and "\n" in s.fold[match.start("audience") : match.end("audience")]:
        # T5b, where the list lost its bullets.
        s.at = match.start("audience")
        s.items(audience, r"ont ete observes?\b")
        s.at = match.end()
    elif (
        s.is_article and "T5b" in s.layout.generations and not s.fold[slice(*match.span("audience"))].strip()
    ):
        s.said.state(audience, "lost")  # in T5b a list stood here, and fell out of its sentence
    else:
        s.slot(match, "audience", _AND, audience)
    return True


def _reseaux(s: Scanner) -> bool:
    kind, audience = "reseaux_type", "reseaux_public"
    match = s.eat(r"la creation de reseaux de personnes\b(?P<kind>[^\x02]*?)\ba ete observee entre\s*:")
    if match is not None:  # T6
        s.slot(match, "kind", _AND, kind)
        s.items(audience)
        return True
    match = s.eat(r"la creation de reseaux de personnes entre\b(?P<all>.*?)\ba ete observee\s*\.?")
    if match is not None:
        s.slot(match, "all", joint(r"\s+et\s+de\s+|\s*,\s+|\s+,", r"\s*(?:,|et)?\s*"), audience, kind)
    return match is not None


def _inclusion(s: Scanner) -> bool:
    question = "appartenance_exclusion_public"
    match = s.eat(r"aucun sentiment d'appartenance a un groupe ou d'exclusion n'a ete observe\s*\.?")
    if match is not None:
        s.whole_sentence(match, question, "non")
        return True
    match = s.eat(r"il a ete observe que\b(?P<who>.*?)" + END)
    if match is not None:
        s.slot(match, "who", _GLUED, question)
    return match is not None


_GROUPS = {
    "gestion": "egalite_homme_femme_gestion",
    "dirigeants": "egalite_homme_femme_dirigeants",
    "occupant": "egalite_homme_femme_occupants",
    "publics": "egalite_homme_femme_public",
}


def _egalite(s: Scanner) -> bool:
    for question in _GROUPS.values():
        s.said.state(question, "blank")
    while match := s.eat(
        r"concernant\b(?P<who>[^\x02\x03]*?)\s*,\s*(?P<what>[^,\x02\x03]*?)\bsont presente?\.?e?\.?s\b\s*\.?"
    ):
        start, end = s.trimmed(*match.span("what"))
        who = s.fold[match.start("who") : match.end("who")]
        known = labels_of(s.codebook, _GROUPS["gestion"]).whole(s.fold, start, end)
        for group, question in _GROUPS.items():
            if group in who and start < end:
                s.answer(
                    question,
                    Found(start, end, question, known.answer_id, known.match)
                    if known
                    else Found(start, end, None, None, "unmapped"),
                )
    return True


def _cadre_de_vie(s: Scanner) -> bool:
    image, kind = "cadre_de_vie_image", "cadre_de_vie_type"
    match = s.eat(
        r"le projet a fait evoluer l'image du quartier\s*/\s*territoire\b(?P<image>[^,]*),(?P<kind>.*?)\.?"
        + END
    )
    if match is None:
        s.said.observe(Observation(image, "non", None, "inferred"))
        return True
    s.slot(match, "image", _GLUED, image)
    s.slot(match, "kind", joint(r"\s*,\s*", r"\s*"), kind)
    return True


_EFFECTS = "entretien_des_espaces_effets"


def _entretien(s: Scanner) -> bool:
    match = s.eat(r"(?P<lead>le projet a permis d'ameliorer)\b(?P<kind>.*?)\.?" + END)
    if match is not None:
        s.answer(_EFFECTS, Found(*match.span("lead"), _EFFECTS, "positifs", "rewritten"))
        s.slot(match, "kind", _AND, f"{_EFFECTS}_positif_type")
        return True
    match = s.eat(r"(?P<lead>le projet a engendre)\b(?P<kind>.*?)\.?" + END)
    if match is None:
        return False
    s.slot(match, "kind", _AND, f"{_EFFECTS}_negatif_type")
    if s.said.responses[f"{_EFFECTS}_negatif_type"].state == "answered":
        s.answer(_EFFECTS, Found(*match.span("lead"), _EFFECTS, "negatifs", "rewritten"))
    else:
        s.said.state(_EFFECTS, "ambiguous", "negatifs", "positifs", "none")
    return True


_SERVICES = (
    r"la gestion urbaine(?: des espaces existants)? par les services des collectivites ou de leurs partenaires "
    r"\([^)]*\)"
)


def _services(s: Scanner) -> bool:
    effect, need = "services_publics_gestion", "services_publics_besoin_urgent"
    match: re.Match[str] | None
    if match := s.eat(
        r"le projet n'a pas modifie "
        + _SERVICES
        + r"\s*, les nouveaux espaces ne sont pas nettoyes, entretenus, securises\s*\.?"
    ):
        s.whole_sentence(match, effect, "espaces-non-entretenus")
    elif match := s.eat(r"le projet n'a rien change dans " + _SERVICES + r"\s*\.?"):
        s.whole_sentence(match, effect, "rien-change")
    elif match := s.eat(r"le projet a permis d'ameliorer " + _SERVICES + r"\s*\.?"):
        s.whole_sentence(match, effect, "amelioree")
    elif s.eat(
        r"le projet a cree une surcharge de travail et\s*/\s*ou n'avait pas ete anticipe par les services des "
        r"collectivites ou de leurs partenaires \([^)]*\) mais ils se sont reorganises\s*\.?"
    ):
        s.said.state(effect, "ambiguous", "surcharge", "none")
    else:
        return False
    s.said.state(need, "blank")
    if s.eat(r"le projet a permis de repondre a des besoins sociaux urgents du territoire\s*:"):
        del s.said.responses[need]
        if s.fold[s.at : s.at + 2].strip() and (
            match := s.eat(r"(?P<need>[^\n\x02]*\w[^\n\x02]*?)\.?" + END)
        ):
            s.slot(match, "need", _GLUED, need)  # T3, T4: in the line of the sentence
        else:
            s.items(need)
        # T5b ends this list with a period of its own, before the quotation.
        s.eat(r"\." if s.is_article else r"\.\s*(?=\S)")
    return True


def _innovation(s: Scanner) -> bool:
    effect, kind = "innovation_publique_effet", "innovation_publique_type"
    lead = "la collaboration avec les partenaires publics et prives "
    if match := s.eat(lead + r"n'a pas fait evoluer leurs pratiques professionnelles\s*\.?"):
        s.whole_sentence(match, effect, "non")
        return True
    lead += "a permis d'ameliorer ou experimenter de nouveaux modes de faire"
    burden = r"\s*, mais cela a cree une surcharge de travail[^\x02]*?\ba mettre en (?:oeuvre|œuvre)"
    if match := s.eat(lead + burden + r"\s*:?(?P<kind>[^\n]*?)\.?" + END):  # T3
        s.said.state(effect, "ambiguous", "difficile", "none")
        s.slot(match, "kind", _GLUED, kind)
        return True
    if s.eat(lead + r",? mais cela a ete difficile a mettre en (?:oeuvre|œuvre)(?: \([^)]*\))?\s*\.?"):
        s.said.state(effect, "ambiguous", "difficile", "none")
        return True
    match = s.eat(rf"(?P<lead>{lead})(?:\s*:(?P<kind>[^\n]*?))?\s*[.:]?" + END)
    if match is None:
        return False
    s.answer(effect, Found(*match.span("lead"), effect, "amelioration", "rewritten"))
    if match["kind"]:
        s.slot(match, "kind", _GLUED, kind)
    else:
        s.said.state(kind, "blank")
    return True


_SECTIONS: dict[str, Callable[[Scanner], bool]] = {
    "lien-social": _lien_social,
    "sante": _sante,
    "insertion-professionnelle": _insertion,
    "capacite-a-agir": _capacite,
    "solidarite": _solidarite,
    "reseaux": _reseaux,
    "inclusion-exclusion": _inclusion,
    "egalite-femmes-hommes": _egalite,
    "cadre-de-vie": _cadre_de_vie,
    "entretien-des-espaces": _entretien,
    "services-publics": _services,
    "innovation-publique": _innovation,
}


def _question_of_t2(s: Scanner) -> bool:
    question = re.escape(T2_QUESTIONS[s.section.key]).replace(r"\ ", " ")
    # The inclusion lead-in is two questions: all marks on its line belong to it.
    return s.eat(question + r"[^\n]*\?" if s.generation == "T2" else question) is not None


def read_sections(page: Page, layout: Layout, codebook: Codebook, generation: str) -> Said:
    """Read all sections of a page of a known generation and settle the states of absent ones."""
    said = Said()
    for section in layout.sections.values():
        if len(section.body.fold) > MAXIMUM_SECTION:
            continue  # all of it stays unparsed, its questions not_shown
        scanner = Scanner(page, layout, codebook, generation, section, said, fold=section.body.fold)
        if layout.text_form == "article":
            scanner.fold = scanner.fold.replace("\n", " ")
        _read_section(scanner)
    if generation != "T1":
        _settle_absent(layout, said, generation)
    return said


def _read_section(s: Scanner) -> None:
    question_id, gated = TEXTS[s.section.key]
    if s.generation == "T1":
        _mock_up(s, question_id)
        return
    if s.generation == "T2":
        _question_of_t2(s)
        # Until 2022-10-26 another text decided whether Cadre de vie was shown, so its own may be empty.
        s.quotation(question_id, gated=s.section.key != "cadre-de-vie")
        return
    if not _SECTIONS[s.section.key](s) and not s.is_html:
        # Sentences that nobody knows: only the last paragraph can be the quotation, the rest stays unparsed.
        s.at = max(s.at, s.fold.rstrip().rfind("\n\n"))
    if s.section.key == "entretien-des-espaces" and f"{_EFFECTS}_positif_type" not in s.said.responses:
        question_id = f"{_EFFECTS}_negatif_example"
    if s.section.key == "innovation-publique" and _says_no(s) and s.adds_period and not s.has_quotation():
        return  # since T4 the page leaves the text out after a no: not_shown
    s.quotation(question_id, gated)


def _says_no(s: Scanner) -> bool:
    last = s.said.observations[-1] if s.said.observations else None
    return last is not None and (last.question_id, last.answer_id) == ("innovation_publique_effet", "non")


def _mock_up(s: Scanner, question_id: str) -> None:
    """T1: invented sentences, the same for every place; only the quotation is the place's own."""
    if not s.is_html:
        parts = s.fold.rstrip().rsplit("\n\n", 1)
        marked = s.fold.find(QUOTE)
        if marked < 0 and len(parts) < 2:
            return
        s.at = marked if marked >= 0 else len(parts[0])
    if s.is_html and not s.section.quotes:
        return
    s.quotation(question_id, gated=True)


def _settle_absent(layout: Layout, said: Said, generation: str) -> None:
    """States of sections that the page does not show, where it is certain that it does not."""
    for key, (question_id, gated) in TEXTS.items():
        rank = RANK[key]
        if key in layout.sections or not _is_certain(layout, rank, generation):
            continue
        if generation == "T2":
            # Until 2022-10-26 another text decided whether Cadre de vie was shown.
            if key != "cadre-de-vie" or (layout.title or "").startswith("les effets"):
                said.state(question_id, "blank")
        elif gated:
            said.state(question_id, "blank")
        elif key == "inclusion-exclusion":
            said.state("appartenance_exclusion_public", "blank")
        elif key == "entretien-des-espaces":
            said.observe(Observation(_EFFECTS, "aucun-effet", None, "inferred"))


def _is_certain(layout: Layout, rank: int, generation: str) -> bool:
    """A section is absent only between two headings that are there: a page cut short proves nothing."""
    before = any(found < rank for found in layout.ranks)
    if generation == "T2":
        return before and RANK["effets-territoriaux"] in layout.ranks
    return before and any(found > rank for found in layout.ranks)
