"""Rendered pages: the real UTOPIC page, the table of states row by row, the forms and encodings met in the wild."""

from __future__ import annotations

import unicodedata

import pytest

from ingest.formats import page
from ingest.identify import Sample
from ingest.reading import Rejection
from tests.ingest.pages import CODEBOOK, UTOPIC, read

TERRITORY = "effets sur le quartier et le territoire\n\n"
TWO = {"personnes-travaillant-sur-le-site", "benevoles"}


def text_page(*sections: str, title: str = "effets sociaux et urbains de Exemple", end: bool = True) -> str:
    """A T6 page with the level headings and, unless told otherwise, the two sections that are always shown."""
    last = [
        "Services publics et de proximité\n\nLe projet n'a rien changé dans la gestion urbaine des espaces existants "
        "par les services des collectivités ou de leurs partenaires (ramassage des ordures, propreté, entretien, "
        "sécurité...).\n\n.",
        "Innovation publique\n\nLa collaboration avec les partenaires publics et privés a permis d'améliorer ou "
        "expérimenter de nouveaux modes de faire.\n\n.",
    ]
    below = [section for section in sections if section.startswith(TERRITORY)]
    above = [section for section in sections if section not in below]
    body = [title, "effets individuels", *above, "effets collectifs", *(below or [TERRITORY.strip()])]
    return "\n\n".join([*body, *(last if end else [])]) + "\n"


LIEN = (
    "Lien social\n\nDes interactions sociales ont été observées entre différents publics :\n\n{items}\n\n"
    "Ces échanges ont été constatés {occasion}.\nCes rencontres ont lieu {often}.\n\n{quote}"
)


# --- the real page ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def utopic():
    return read(UTOPIC.read_bytes())


def test_utopic_is_recognised(utopic):
    reading = utopic.reading
    assert (reading.generation, reading.text_form, reading.encoding) == ("T6", "rendered", "utf-8")
    assert reading.project_name == "UTOPIC"
    assert (reading.characters, reading.characters_unparsed) == (2361, 0)


@pytest.mark.parametrize(
    ("question_id", "answers"),
    [
        ("impact_social_public", TWO),
        ("impact_social_occasion", {"vie-quotidienne", "evenements-grand-public", "temps-specifiques"}),
        ("impact_social_frequence", {"mensuelle"}),
        ("solidarite_type", {"competences"}),
        ("solidarite_public", TWO),
        ("reseaux_type", {"projet-ou-action"}),
        ("reseaux_public", TWO),
        ("appartenance_exclusion_public", {"appartenance"}),
        ("entretien_des_espaces_effets", {"aucun-effet"}),
        ("services_publics_gestion", {"rien-change"}),
        ("innovation_publique_effet", {"amelioration"}),
    ],
)
def test_utopic_answers(utopic, question_id, answers):
    assert utopic.answers(question_id) == answers


def test_utopic_says_no_more_than_that(utopic):
    assert utopic.state("services_publics") == "blank"
    assert utopic.state("sante_effet") == "blank"
    hidden = (
        "insertion_professionnelle_effets",
        "capacite_agir_porte",
        "cadre_de_vie_image",
        "cadre_de_vie_type",
    )
    groups = [f"egalite_homme_femme_{group}" for group in ("gestion", "dirigeants", "occupants", "public")]
    assert {utopic.state(question) for question in (*hidden, *groups)} == {"not_shown"}
    assert set(utopic.testimonies) == {
        "lien_social",
        "sante_bien_être",
        "solidarite",
        "reseaux",
        "appartenance_exclusion",
        "innovation_publique",
    }
    assert sum(len(found) for found in utopic.observations.values()) == 16


def test_utopic_keeps_the_words_and_their_place(utopic):
    page_text = UTOPIC.read_text(encoding="utf-8")
    for testimony in utopic.testimonies.values():
        assert page_text[testimony.source_start : testimony.source_end] == testimony.text
        assert not testimony.text.startswith(("|", "*", "-")) and not testimony.is_truncated
    assert utopic.testimonies["innovation_publique"].text.endswith("compréhension des projets de chacun.")
    carried = utopic.observations["impact_social_frequence"][0]
    assert page_text[carried.source_start : carried.source_end] == "au moins une fois par mois"


# --- the table of states ----------------------------------------------------------------------------------------


def test_an_absent_section_is_no_answer():
    found = read(text_page())
    assert found.state("lien_social") == "blank"
    assert found.state("impact_social_public") == "not_shown"
    assert found.state("appartenance_exclusion_public") == "blank"
    assert found.state("appartenance_exclusion") == "not_shown"
    assert found.answers("entretien_des_espaces_effets") == {"aucun-effet"}
    inferred = found.observations["entretien_des_espaces_effets"][0]
    assert (inferred.match, inferred.source_start) == ("inferred", None)
    assert found.state("entretien_des_espaces_effets_positif_type") == "not_shown"


def test_a_page_cut_short_proves_no_absence():
    found = read(text_page(LIEN.format(items="- bénévoles", occasion="", often="", quote="Oui."), end=False))
    assert found.answers("impact_social_public") == {"benevoles"}
    assert found.state("entretien_des_espaces_effets") == "not_shown"
    assert found.state("services_publics_gestion") == "not_shown"
    cut = text_page(end=False).split("effets collectifs")[0]
    with pytest.raises(Rejection, match="no-sections"):
        read(cut)


def test_an_empty_bullet_is_blank_and_never_joined_with_the_quotation():
    found = read(
        text_page(LIEN.format(items="-", occasion="", often="", quote="")).replace("\n\nCes", "\nCes")
    )
    assert found.state("impact_social_public") == "blank"
    assert found.state("impact_social_occasion") == found.state("impact_social_frequence") == "blank"
    sante = (
        "Santé\n\nDes changements significatifs dans les conditions physiques, sociales et psychiques des "
        "bénéficiaires du projet ont été observées. Certaines personnes ont fait part/ont paru :\n\n-\nun mieux-être"
    )
    found = read(text_page(sante))
    assert found.state("sante_effet") == "blank"
    assert found.testimonies["sante_bien_être"].text == "un mieux-être"


def test_a_list_without_bullet_or_item_is_lost():
    found = read(text_page(LIEN.format(items="", occasion="", often="", quote="Les voisins.")))
    assert found.state("impact_social_public") == "lost"


def test_an_occasion_among_the_publics_is_read_as_what_it_says():
    items = "- bénévoles\n- lors d'évènements grand public\n- artistes en résidence"
    found = read(text_page(LIEN.format(items=items, occasion="", often="", quote="Oui.")))
    assert found.answers("impact_social_public") == {"benevoles", "?artistes en residence"}
    assert found.answers("impact_social_occasion") == {"evenements-grand-public"}
    unknown = found.observations["impact_social_public"][1]
    assert (unknown.match, unknown.raw_label, unknown.answer_id) == (
        "unmapped",
        "artistes en résidence",
        None,
    )


CAPACITE = "Capacité à agir\n\n{count} (atelier, évènement, marché, ...) imprévus {carrier} ont émergés.\n\nUn repas."


@pytest.mark.parametrize(
    ("count", "number", "words"),
    [
        ("12 nouveaux projets ou actions", 12, None),
        ("1 nouveau projet ou action", 1, None),
        ("une dizaine nouveaux projets ou actions", None, "une dizaine"),
        ("?? nouveaux projets ou actions", None, "??"),
    ],
)
def test_a_number_is_read_as_written(count, number, words):
    found = read(text_page(CAPACITE.format(count=count, carrier="porté par des occupant.e.s")))
    observed = found.observations["capacite_agir_nombre"][0]
    assert (observed.value_number, observed.value_text) == (number, words)
    assert found.answers("capacite_agir_porte") == {"occupants"}


def test_capacite_without_number_or_with_a_no():
    found = read(text_page(CAPACITE.format(count="Des nouveaux projets ou actions", carrier="non")))
    assert found.state("capacite_agir_nombre") == "blank"
    assert found.answers("capacite_agir_porte") == {"non"}


def test_cadre_de_vie_without_sentence_is_a_no():
    found = read(text_page(TERRITORY + "Cadre de vie et attractivité du quartier\n\nRien n'a bougé."))
    assert found.answers("cadre_de_vie_image") == {"non"}
    assert found.observations["cadre_de_vie_image"][0].match == "inferred"
    assert found.state("cadre_de_vie_type") == "not_shown"
    assert found.testimonies["cadre_de_vie"].text == "Rien n'a bougé."


@pytest.mark.parametrize(
    ("sentence", "effects", "candidates", "negative"),
    [
        ("Le projet a engendré .", "ambiguous", {"negatifs", "positifs", "none"}, "blank"),
        ("Le projet a engendré des nuisances sonores .", "answered", set(), "answered"),
        ("Le projet a permis d'améliorer la mixité d'usages .", "answered", set(), "not_shown"),
    ],
)
def test_entretien(sentence, effects, candidates, negative):
    found = read(text_page(TERRITORY + f"Entretien des espaces\n\n{sentence}\n\n."))
    assert found.state("entretien_des_espaces_effets") == effects
    assert set(found.responses["entretien_des_espaces_effets"].candidate_answer_ids) == candidates
    assert found.state("entretien_des_espaces_effets_negatif_type") == negative
    if negative == "not_shown":
        assert found.answers("entretien_des_espaces_effets_positif_type") == {"mixite-usages"}


def test_default_sentences_are_ambiguous():
    default = (
        "Services publics et de proximité\n\nLe projet a créé une surcharge de travail et/ou n'avait pas été anticipé "
        "par les services des collectivités ou de leurs partenaires  (ramassage des ordures, propreté, entretien, "
        "sécurité...) mais ils se sont réorganisés.\n\n.\n\nInnovation publique\n\nLa collaboration avec les "
        "partenaires publics et privés a permis d'améliorer ou expérimenter de nouveaux modes de faire mais cela a "
        "été difficile à mettre en oeuvre (surcharge de travail, réorganisation).\n\n."
    )
    found = read(text_page(TERRITORY + default, end=False))
    assert found.responses["services_publics_gestion"].candidate_answer_ids == ("surcharge", "none")
    assert found.responses["innovation_publique_effet"].candidate_answer_ids == ("difficile", "none")
    assert found.state("services_publics_gestion") == found.state("innovation_publique_effet") == "ambiguous"
    assert found.state("services_publics_besoin_urgent") == "blank"
    assert (
        not found.observations["services_publics_gestion"]
        and not found.observations["innovation_publique_effet"]
    )


def test_a_no_in_innovation_hides_its_text():
    no = (
        "Innovation publique\n\nLa collaboration avec les partenaires publics et privés n'a pas fait évoluer leurs "
        "pratiques professionnelles."
    )
    found = read(text_page().split("Innovation publique")[0] + no)
    assert found.answers("innovation_publique_effet") == {"non"}
    assert found.state("innovation_publique") == found.state("innovation_publique_type") == "not_shown"


# --- quotations -------------------------------------------------------------------------------------------------

LONG = "Les voisines ont monté une chorale. " * 12


def lien(quote: str) -> str:
    return text_page(LIEN.format(items="- bénévoles", occasion="", often="", quote=quote))


@pytest.mark.parametrize(
    ("printed", "text", "is_truncated"),
    [
        ("Oui !.", "Oui !", False),
        ("/.", "/", False),
        ("Des voisins se parlent.", "Des voisins se parlent.", False),  # typed or added: nobody can tell
        ("Pas encore mesuré...", "Pas encore mesuré...", False),
        (LONG[:300].rstrip("m ") + " ... Lire la suite", LONG[:300].rstrip("m "), True),
        ("x" * 300, "x" * 300, True),
        ("x" * 299 + ".", "x" * 299 + ".", False),
        ("x" * 300 + ".", "x" * 300 + ".", True),
        (f"{LONG[:300]}\n\n...\n\n{LONG}\n\nLire la suite", LONG.strip(), False),
        (f"{LONG[:300]}. ... {LONG} Lire la suite", LONG.strip(), False),
    ],
)
def test_a_quotation_is_one_testimony(printed, text, is_truncated):
    testimony = read(lien(printed)).testimonies["lien_social"]
    assert (testimony.text, testimony.is_truncated) == (text, is_truncated)


def test_a_footer_behind_the_page_is_listed_and_no_testimony():
    found = read(text_page() + "\nMentions légales – contact\n")
    assert found.state("innovation_publique") == "blank"
    assert [fragment.text for fragment in found.reading.fragments] == ["Mentions légales – contact"]


# --- forms and encodings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damaged",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp1252", "ignore"),
        lambda text: unicodedata.normalize("NFD", text).encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(" :", "\u00a0:").replace("'", "’").encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode().decode("cp1252", "ignore").encode(),
        lambda text: text.upper().encode(),
    ],
    ids=["bom", "cp1252", "nfd", "crlf", "nbsp", "utf-16", "mojibake", "capitals"],
)
def test_any_encoding_says_the_same(damaged):
    text = lien("Un café associatif est né.")
    plain, found = read(text), read(damaged(text))
    assert {q: r.state for q, r in found.responses.items()} == {
        q: r.state for q, r in plain.responses.items()
    }
    assert found.answers("impact_social_public") == {"benevoles"}
    assert found.answers("innovation_publique_effet") == {"amelioration"}


def test_offsets_are_those_of_the_decoded_page():
    decoded = unicodedata.normalize("NFD", lien("Été réussi à l'école."))
    testimony = read(decoded).testimonies["lien_social"]
    assert (
        unicodedata.normalize("NFC", decoded[testimony.source_start : testimony.source_end]) == testimony.text
    )


def test_a_page_without_a_name_has_none():
    found = read(text_page(title="La mesure des impacts sociaux et urbains"))
    assert found.reading.project_name is None


@pytest.mark.parametrize("name", ["L'Amarre", "de au 97", "La Grange/Bouillon cube", "Le 6b", "« Ô fil »"])
def test_names_are_kept_as_printed(name):
    assert read(text_page(title=f"effets sociaux et urbains de {name}")).reading.project_name == name
    assert read(text_page(title=f"effets sociaux et urbains\nde {name}")).reading.project_name == name


HTML = """<!doctype html><html><head><title>Commune Mesure</title>
<script>var a = "<h3>Santé</h3>";</script></head><body>
<header><h1>Le site</h1><h3>Santé</h3></header>
<h1>effets sociaux et urbains<br>de Exemple &amp; fils</h1>
<a href="https://example.invalid/place/exemple-fils?x=1">Voir son datapanorama</a>
<section id="sommaire"><a class="valeur individuel"><h3>Effets<br> individuels</h3><div class="intensity">
<span class="">+</span><span class="">+</span><span class="hidden">+</span><span class="hidden">+</span>
<span class="hidden">+</span></div><img class="rounded size-2"></a>
<a class="valeur collectif"><h3>Effets<br> collectifs</h3><div class="intensity"><span class="">+</span><span>+</span>
<span>+</span><span>+</span><span>+</span></div><img class="rounded size-1"></a></section>
<section><h2>effets individuels</h2><h3>Lien social</h3><p>Des interactions sociales ont été observées entre différents
publics :<br><strong><ul class="dashed"><li>bénévoles </strong></li><li><strong>parents d&#039;élèves
</li></ul></strong>
Ces échanges ont été constatés <strong>lors d&rsquo;évènements grand public</strong> et <strong>le soir, en
été</strong>.<br>Ces rencontres ont lieu <strong>au quotidien</strong>.</p>
<div class="quote"><span class="excerpt">« Chez nous » &lt;3
et ailleurs !.</span></div></section>
<section><h2>effets collectifs</h2></section>
<section><h2>effets sur le quartier et le territoire</h2><h3>Services publics et de proximité</h3>
<p>Le projet n'a rien changé dans la gestion urbaine des espaces existants par les services des collectivités
ou de leurs
partenaires (ramassage des ordures, propreté, entretien, sécurité...).<br></p>
<div class="quote"><span class="excerpt">.</span></div>
<h3>Innovation publique</h3><p>La collaboration avec les partenaires publics et privés n'a pas fait évoluer
leurs pratiques
professionnelles.</p></section>
<!-- <section><h2>Impact sur le projet urbain</h2><p>Il a été observé que oui</p></section> -->
<footer><h3>Santé</h3><p>Pied de page</p></footer></body></html>"""


def test_html_gives_what_only_the_markup_knows():
    found = read(HTML)
    assert (found.reading.generation, found.reading.text_form) == ("T6", "html")
    assert (found.reading.project_name, found.reading.project_link) == ("Exemple & fils", "exemple-fils")
    assert found.answers("impact_social_public") == {"benevoles", "?parents d'eleves"}
    assert found.answers("impact_social_occasion") == {"evenements-grand-public", "?le soir, en ete"}
    assert found.answers("impact_social_frequence") == {"quotidienne"}
    assert found.testimonies["lien_social"].text == "« Chez nous » <3\net ailleurs !"
    assert found.observations["intensite_effets_individuels"][0].value_number == 2
    assert found.state("intensite_effets_collectifs") == "blank"
    assert found.state("intensite_effets_territoriaux") == "not_shown"
    assert found.state("sante_bien_être") == "blank"
    assert not found.reading.fragments


def test_html_offsets_point_into_the_source():
    testimony = read(HTML).testimonies["lien_social"]
    assert HTML[testimony.source_start : testimony.source_end] == "« Chez nous » &lt;3\net ailleurs !."


# --- what is no page --------------------------------------------------------------------------------------------


def sample(data: bytes, path: str = "x.txt") -> Sample:
    return Sample.of(path, data)


def test_pages_are_recognised_and_other_texts_are_not():
    assert page.recognise(sample(UTOPIC.read_bytes()))
    assert page.recognise(sample(HTML.encode(), "x.html"))
    assert page.recognise(sample(unicodedata.normalize("NFD", text_page()).encode("utf-8-sig")))
    for other in (b"", b"lait, oeufs, farine", b"\x89PNG\r\n\x1a\n", b'{"effets": "effets individuels"}'):
        assert not page.recognise(sample(other))


@pytest.mark.parametrize("data", [b"", b"lait\noeufs", b"<html><body><h3>Rien</h3></body></html>"])
def test_what_has_no_section_is_rejected_with_a_remedy(data):
    with pytest.raises(Rejection) as caught:
        page.read(data, CODEBOOK)
    assert caught.value.reason == "no-sections" and caught.value.remedy
