"""Invented French: testimonies by criterion, odd texts, labels that no codebook knows."""

from __future__ import annotations

from examples.draw import Draw

#: By text question: openings, then what may follow.
_TESTIMONIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "lien_social": (
        (
            "Le repas partagé du jeudi réunit les résidents et les voisins",
            "La buvette est devenue le lieu où l'on se donne rendez-vous dans le quartier",
            "Les ateliers du mercredi mélangent les enfants de l'école et les anciens de la résidence",
            "Des personnes qui vivaient côte à côte sans se parler se saluent maintenant",
            "Les chantiers participatifs rapprochent des gens qui ne se seraient jamais croisés",
            "Le marché de producteurs attire bien au-delà des habitués",
        ),
        (
            "Nous comptons une trentaine de participants à chaque fois",
            "Un groupe de marche s'est formé à cette occasion",
            "Les nouveaux venus sont accueillis par les habitués",
            "Certains reviennent ensuite comme bénévoles",
            "L'hiver, la fréquentation baisse nettement",
            "La mairie relaie le programme dans son bulletin, ce qui amène un autre public",
        ),
    ),
    "sante_bien_être": (
        (
            "Plusieurs habitués disent sortir davantage de chez eux depuis l'ouverture",
            "Le jardin est un endroit calme où l'on souffle",
            "Les cours de gymnastique douce ont remis des retraités en mouvement",
            "Travailler à plusieurs rompt l'isolement des indépendants",
            "La halle reste froide de novembre à mars et le bruit fatigue les résidents",
            "L'atelier d'écriture a redonné confiance à des personnes en arrêt long",
        ),
        (
            "Une infirmière du secteur oriente vers nous des patients isolés",
            "Nous l'observons sans le mesurer",
            "Les retours sont recueillis lors du conseil de maison",
            "Des tensions apparaissent quand les plannings se chevauchent",
            "Les effets sont plus nets chez les personnes qui viennent chaque semaine",
        ),
    ),
    "insertion_professionnelle": (
        (
            "Le chantier d'insertion a formé douze personnes au maraîchage",
            "Trois créateurs d'activité testés ici se sont installés dans la commune",
            "La conciergerie emploie deux personnes du quartier",
            "Les permanences de la mission locale se tiennent désormais sur place",
            "L'atelier vélo sert de plateau technique à un organisme de formation",
        ),
        (
            "Deux contrats ont été signés dans l'année",
            "Une convention lie le lieu à l'agence pour l'emploi",
            "Les stages de découverte débouchent rarement sur un emploi, mais ils redonnent un rythme",
            "Le suivi à six mois reste à organiser",
        ),
    ),
    "capacite_agir": (
        (
            "Un groupe d'habitantes a monté une friperie que personne n'avait prévue",
            "Le ciné-club est né d'une discussion au comptoir",
            "Les jeunes ont organisé seuls le tournoi de l'été",
            "Une amap s'est installée à la demande des voisins",
            "Les résidents ont créé une bourse aux outils",
        ),
        (
            "L'équipe n'a fait que prêter les clés",
            "Le projet se poursuit hors de nos murs",
            "Il a fallu apprendre à dire oui",
            "Une petite caisse commune finance ces initiatives",
        ),
    ),
    "solidarite": (
        (
            "On se prête des outils, on garde les enfants, on répare les vélos",
            "La zone de gratuité tourne toute l'année",
            "Les graphistes aident les associations à faire leurs affiches",
            "Le four à pain est partagé entre les familles et le boulanger",
            "Les salles inoccupées sont prêtées aux collectifs du quartier",
        ),
        (
            "Rien n'est compté, cela marche à la confiance",
            "Un tableau à l'entrée recense les offres et les demandes",
            "L'échange de services dépasse maintenant le lieu",
            "Il manque une personne pour faire vivre ces échanges",
        ),
    ),
    "reseaux": (
        (
            "Un réseau de jardins de la vallée s'est constitué à partir du nôtre",
            "Les artisans se recommandent mutuellement et répondent ensemble à des commandes",
            "Un collectif de parents se réunit ici chaque mois",
            "Les lieux voisins mutualisent leur communication",
        ),
        (
            "Une lettre commune paraît chaque trimestre",
            "La liste de diffusion compte une centaine d'inscrits",
            "Le réseau repose encore sur deux ou trois personnes",
            "Des rencontres tournantes sont prévues",
        ),
    ),
    "appartenance_exclusion": (
        (
            "Les bénévoles disent « chez nous » en parlant du lieu",
            "Les escaliers et l'absence d'ascenseur tiennent à distance les personnes à mobilité réduite",
            "Certains voisins pensent que le lieu est réservé aux artistes",
            "Le noyau des débuts reste très soudé, il faut oser pousser la porte",
            "On vient ici sans avoir à consommer, cela se sait",
        ),
        (
            "Un parcours d'accueil a été mis en place",
            "La question revient à chaque assemblée",
            "Les prix libres y contribuent",
            "Un affichage en plusieurs langues est à l'étude",
        ),
    ),
    "egalite_homme_femme": (
        (
            "Le conseil est paritaire depuis la dernière assemblée",
            "Les ateliers de mécanique restent très masculins, la couture très féminine",
            "Un créneau réservé aux femmes a été ouvert à l'atelier bois",
            "L'équipe salariée est surtout féminine",
        ),
        (
            "Nous comptons les prises de parole en réunion",
            "La question n'avait jamais été posée avant ce questionnaire",
            "Une formation est prévue pour les bénévoles",
        ),
    ),
    "cadre_de_vie": (
        (
            "L'ancienne usine n'est plus vue comme une verrue",
            "On vient maintenant d'autres quartiers pour la terrasse",
            "La fresque de l'entrée sert de repère dans le secteur",
            "Le passage ouvert à travers la cour a changé les habitudes de marche",
        ),
        (
            "La presse locale en a parlé",
            "Les agences immobilières s'en servent, ce qui nous interroge",
            "Deux commerces ont rouvert dans la rue",
            "L'effet retombe quand le lieu est fermé",
        ),
    ),
    "entretien_des_espaces_effets_positif_example": (
        (
            "La place est balayée par les résidents avant chaque marché",
            "Les bancs fabriqués sur place sont respectés",
            "Le square voisin est de nouveau fréquenté par les familles",
            "L'éclairage de la cour rend le passage plus sûr le soir",
        ),
        (
            "Les agents de la ville l'ont remarqué",
            "Un composteur partagé réduit les dépôts",
            "Les riverains ont pris le relais du fleurissement",
        ),
    ),
    "entretien_des_espaces_effets_negatif_example": (
        (
            "Les soirs de concert, le bruit gêne les immeubles d'en face",
            "Des encombrants sont déposés devant le portail les veilles de marché",
            "Le gazon n'a pas résisté à la fréquentation de l'été",
        ),
        (
            "Une charte a été signée avec les riverains",
            "Le ramassage a été avancé au lundi",
            "Nous cherchons encore une solution",
        ),
    ),
    "services_publics": (
        (
            "Le relais colis et la permanence sociale manquaient dans le bourg",
            "Les services de propreté ont adapté leur tournée aux jours de marché",
            "Le point d'accès aux droits reçoit sur rendez-vous deux matinées par semaine",
            "La navette municipale s'arrête maintenant devant le lieu",
        ),
        (
            "La demande dépasse ce que nous pouvons offrir",
            "Le centre social est partenaire",
            "Ces permanences devraient être pérennisées",
        ),
    ),
    "innovation_publique": (
        (
            "La communauté de communes a repris notre convention d'occupation pour d'autres bâtiments",
            "Les agents participent aux réunions de programmation",
            "L'appel à projets a été écrit avec les occupants",
            "Le bailleur a découvert une autre manière de gérer ses rez-de-chaussée",
        ),
        (
            "Cela a demandé beaucoup de temps de part et d'autre",
            "Un comité de suivi se réunit chaque semestre",
            "Les procédures restent longues, la confiance s'installe",
            "D'autres services nous sollicitent pour un retour d'expérience",
        ),
    ),
}

#: Texts as people really type them: all of them must survive the journey.
ODD_TEXTS = (
    "S",
    "/",
    "RAS",
    "?",
    "Oui !",
    "Non, pas vraiment",
    "Pas encore mesuré...",
    "En cours…",
    "3 contrats signés en 2023.",
    "« On se sent chez nous » – une habitante",
    "« On revient chaque semaine. »",
    "repas partagé chaque jeudi, 12h-14h ; on y croise tout le monde (même le maire)",
    "fête des voisins\natelier vélo\ntroc de plantes",
    "Deux temps forts :\n\nla fête de printemps\net le marché de Noël.",
    "Un logement & un emploi <b>trouvés</b> grâce au lieu",
    'L\'association "Les mains vertes" occupe la serre ; elle paie 10 % des charges',
    "l’équipe n’a pas compté",
    "  des bénévoles mobilisés pour le jardin - compost, semis, récolte",
    "Œuvre collective à l'été : ça a plu, où qu'on aille",
    "Ça dépend des jours ? Plutôt oui",
    "Environ 1 200 personnes, soit 35 % de plus qu'en 2022",
    # More bytes than columns: shown whole, and yet followed by "Lire la suite".
    "Été comme hiver, les habitués s'étonnent : la grange réaménagée a été réinvestie, l'épicerie a "
    "rouvert, le café associatif déborde, et les agriculteurs des hameaux éloignés y déposent désormais "
    "leurs légumes à côté des étals, même fermés, même tôt, même les jours fériés d'été",
    # More than 300 columns, with and without a final period.
    "Les habitantes et habitants ont créé une chorale, un café de réparation, une gazette et un marché ; "
    "la commune a suivi en prêtant du matériel, et l'école voisine amène ses classes chaque semaine pour "
    "jardiner, cuisiner et découvrir les métiers du bois. Trois associations se sont montées depuis, "
    "toutes portées par des personnes rencontrées ici.",
    "Nous avons commencé par ouvrir la cour deux après-midi par semaine, puis la halle, puis l'ancien "
    "bureau du gardien ; à chaque étape des habitants ont proposé une activité, parfois modeste, parfois "
    "ambitieuse, et c'est cette progression qui explique que le lieu soit aujourd'hui tenu autant par eux"
    " que par nous, même si tout reste fragile",
)

#: Labels by answer list that somebody typed under "autre".
UNKNOWN_LABELS = {
    "publics": ("Scolaires du secteur", "Artistes en résidence", "Familles (le mercredi)"),
    "occasions": ("Lors des chantiers participatifs",),
    "sante_effets": ("Fatigue des bénévoles",),
    "insertion_effets": ("Des stages ont été proposés",),
    "entretien_positifs": ("Le fleurissement des abords",),
    "besoins_urgents": ("Hébergement d'urgence", "Aide alimentaire"),
    "cadre_de_vie_types": ("Il a fait revenir des commerces",),
    "innovation_types": ("De nouveaux marchés publics",),
}

#: Texts of the profile form, by question.
PROFILE_TEXTS = {
    "presentation.idee_fondatrice": (
        "Rouvrir un bâtiment vide et y faire place à celles et ceux qui n'en trouvent pas ailleurs.",
        "Un lieu de travail et de fabrication partagé au milieu du bourg",
        "Faire d'une friche un jardin, une cantine et des ateliers ouverts à tous.",
        "Réunir sous un même toit des associations, des artisans et une salle de spectacle.",
    ),
    "presentation.noms_occupants": (
        "",
        "Coopérative de la halle, atelier vélo, radio locale",
        "Douze associations",
    ),
    "presentation.reseaux": ("", "Réseau régional des lieux partagés"),
    "presentation.acteurs_publics": (
        "",
        "Commune, département - région",
        "La mairie\nLa communauté de communes",
    ),
    "presentation.acteurs_prives": ("", "Fondation d'entreprise, bailleur", "Coopératives du territoire"),
}


def testimony(draw: Draw, question_id: str) -> str:
    """An invented text on a criterion: one to three sentences, with or without a final period."""
    openings, sequels = _TESTIMONIES[question_id]
    sentences = [draw.pick(openings), *draw.order(sequels)[: draw.pick((0, 0, 1, 1, 1, 2))]]
    text = ". ".join(sentences)
    return text if draw.chance(0.4) else f"{text}."
