"""What gives a way to reach a person is masked in whatever may be shown; what only looks like it stays."""

from __future__ import annotations

from pathlib import Path

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

MACROS = Path(__file__).parents[2] / "macros"

MAIL, PHONE = "•••@•••", "•• •• •• •• ••"


def query(is_cut: str = "false") -> str:
    def replace_all(text: str, pattern: str, replacement: str) -> str:
        assert "'" not in pattern
        return f"regexp_replace({text}, '{pattern}', '{replacement}', 'g')"

    source = (MACROS / "mask_contacts.sql").read_text(encoding="utf-8")
    return jinja2.Template(
        source + "select {{ mask_contacts('text', is_cut) }} from unnest(?) as texts(text)"
    ).render(replace_all=replace_all, is_cut=is_cut)


CONNECTION = duckdb.connect()
QUERY, CUT_QUERY = query(), query("true")


def masked(*texts: str, cut: bool = False) -> list[str]:
    return [text for (text,) in CONNECTION.execute(CUT_QUERY if cut else QUERY, [list(texts)]).fetchall()]


PHONES = [
    "06 12 34 56 78",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "06/12/34/56/78",
    "06_12_34_56_78",
    "0612345678",
    "06 12 345 678",
    "06 123 456 78",
    "0 612 345 678",
    "0 800 12 34 56",
    "06 12 34 56 78",
    "06 12 34 56 78",
    "06 12 34 56 78",
    "06\t12\n34 56 78",
    "06 . 12 . 34 . 56 . 78",
    "06, 12, 34, 56, 78",
    "06–12–34–56–78",
    "06‑12‑34‑56‑78",
    "06·12·34·56·78",
    "0\u200b6\u200b12345678",
    "(0)6 12 34 56 78",
    "(06) 12 34 56 78",
    "(06)12345678",
    "+33 6 12 34 56 78",
    "+33 (0)6 12 34 56 78",
    "+33(0)612345678",
    "+33.6.12.34.56.78",
    "+33612345678",
    "(+33) 6 12 34 56 78",
    "(+33)0612345678",
    "+ 33 6 12 34 56 78",
    "＋33 6 12 34 56 78",
    "0033 6 12 34 56 78",
    "0033(0)6.12.34.56.78",
    "00 33 6 12 34 56 78",
    "33 6 12 34 56 78",
    "+262 692 12 34 56",
    "+590 690 12-34-56",
    "+32 478 12 34 56",
    "+44 20 7946 0958",
    "O6 12 34 56 78",
    "o612345678",
    "０６ １２ ３４ ５６ ７８",
]

MAILS = [
    "prenom.nom@exemple.fr",
    "PRENOM.NOM@EXEMPLE.FR",
    "prénom.nom@exemple.fr",
    "prenom+lieu@mail.exemple.co.uk",
    "prenom_nom@exemple-lieu.org",
    "l'equipe@exemple.fr",
    "prenom@exemple",
    "prenom @ exemple.fr",
    "prenom@ exemple.fr",
    "prenom (at) exemple.fr",
    "prenom(at)exemple.fr",
    "prenom [at] exemple.fr",
    "prenom[at]exemple[dot]fr",
    "prenom {at} exemple (point) fr",
    "prenom (AT) exemple.fr",
    "prenom <at> exemple.fr",
    "prenom(@)exemple.fr",
    "prenom [@] exemple.fr",
    "prenom (arobase) exemple.fr",
    "prenom arobase exemple point fr",
    "prenom at exemple.fr",
    "prenom (a) exemple.fr",
    "prenom＠exemple.fr",
    "prenom﹫exemple.fr",
    "prenom%40exemple.fr",
    "prenom&#64;exemple.fr",
    '"prenom nom"@exemple.fr',
    "prenom@exemple。fr",
    "pre\u200bnom@exemple.fr",
    "prenom@xn--exmple-cva.fr",
]

HARMLESS = [
    "Ouvert depuis le 01/02/2023, 45 adhérents.",
    "Du 05/06/2023 au 12/06/2023.",
    "En 2021, 2022, 2023 et 2024 : 120, 130, 140 et 150 repas.",
    "1 200 000 visiteurs, dont 10 000 le premier mois.",
    "34000 Montpellier, 12h-14h, 3,5 % et 0,75 m.",
    "SIRET 123 456 789 00012",
    "Le 15, le 3949 et le 116 117 sont affichés.",
    "De 8h00 à 12h00 et de 14h00 à 18h00.",
    "Rendez-vous @ 18h dans la cour.",
    "Le lieu est passé de 33 à 45 résidents.",
    "On y mange chez soi.",
    "Le mardi (à midi).",
    "+ 1 200 000 euros",
]


@pytest.mark.parametrize("phone", PHONES)
def test_phone_numbers(phone: str) -> None:
    around = masked(
        phone, f"Appelez le {phone}.", f"tél:{phone}, merci", f"Tél{phone}" if phone[0] in "0+" else phone
    )
    assert around == [
        PHONE,
        f"Appelez le {PHONE}.",
        f"tél:{PHONE}, merci",
        f"Tél{PHONE}" if phone[0] in "0+" else PHONE,
    ]


@pytest.mark.parametrize("mail", MAILS)
def test_addresses(mail: str) -> None:
    found = masked(mail, f"Écrivez à {mail}.", f"mailto:{mail}, merci", f"Écrivez ({mail}) !")
    for text in found:
        assert MAIL in text
        assert "exemple" not in text.lower() and "prenom" not in text.lower(), text
    assert masked(f"Écrivez à {mail}. Merci")[0].endswith(". Merci") or mail.endswith("。fr")


def test_several_in_one_text() -> None:
    assert masked("06 12 34 56 78, 07 12 34 56 78 ; 0467001122/0467001133 ou a@b.fr,c@d.fr") == [
        f"{PHONE}, {PHONE} ; {PHONE}/{PHONE} ou {MAIL},{MAIL}"
    ]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert masked(text) == [text]


def test_a_number_cut_at_the_end() -> None:
    assert masked("Appelez le 06 12 34", "Appelez le +33 6 12", "contact@", "Il y en a 30", cut=True) == [
        f"Appelez le {PHONE}",
        f"Appelez le {PHONE}",
        MAIL,
        "Il y en a 30",
    ]
    assert masked("Appelez le 06 12 34") == ["Appelez le 06 12 34"]


@given(
    before=st.text(
        alphabet=st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@＠﹫"), max_size=12
    ),
    number=st.from_regex(r"0[1-9]([ .\-\u00a0\u202f]?[0-9]{2}){4}", fullmatch=True),
    after=st.text(
        alphabet=st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@＠﹫"), max_size=12
    ),
)
def test_any_number_anywhere(before: str, number: str, after: str) -> None:
    (text,) = masked(before + number + after)
    assert sum(character.isdecimal() for character in text) == 0


def test_masking_twice_is_masking_once() -> None:
    once = masked(*PHONES, *MAILS)
    assert masked(*once) == once


def test_nothing_stays_nothing() -> None:
    assert CONNECTION.execute(QUERY.replace("unnest(?)", "unnest([null::varchar])")).fetchall() == [(None,)]
