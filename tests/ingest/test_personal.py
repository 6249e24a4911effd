"""What gives access to a place, or reaches a person, is found wherever it stands, and quickly in any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import page
from ingest.formats.personal import (
    blanked_links,
    holds_link,
    is_address,
    is_personal,
    starred_addresses,
    without_links,
)
from tests.ingest.pages import UTOPIC, read

KEY = "0123456789abcdefABCDEF" * 2 + "0123456789abcdefghij"
LINK = f"https://plateforme.exemple.fr/place/essai/edit/{KEY}"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Voir {LINK}, puis", "Voir , puis"),
        ("(https://a.exemple/edit)", "("),
        (f"la clé {KEY}.", "la clé ."),
        (f"https://a.exemple/?cle={KEY}", ""),
        ("https://a.exemple/edition/2", "https://a.exemple/edition/2"),
        (f"{KEY}0", f"{KEY}0"),
        ("https://a.exemple/http://b.exemple/edit", ""),
        ("Été https://a.exemple/é/edit/café ici", "Été  ici"),
    ],
)
def test_links_and_keys(text: str, kept: str) -> None:
    assert without_links(text) == kept
    for encoding in ("utf-8", "cp1252", "utf-16"):
        blanked = blanked_links(text.encode(encoding)).decode(encoding)
        assert len(blanked) == len(text)
        assert (blanked == text) is (kept == text)
        assert KEY + "." not in blanked and "/edit/" not in blanked


@given(st.text(), st.sampled_from(["utf-8", "utf-16"]))
def test_what_holds_none_stays_as_it_is(text: str, encoding: str) -> None:
    data = text.replace("/edit", "").encode(encoding, "replace")
    assert blanked_links(data) is data


def test_a_table_with_digests_holds_no_link() -> None:
    assert not holds_link(f"source_id;{KEY}") and holds_link(LINK)


def test_addresses() -> None:
    assert starred_addresses("À a.b@exemple.fr, merci") == "À " + "*" * len("a.b@exemple.fr") + ", merci"
    assert is_address(" mailto:a.b@exemple.fr ") and not is_address("à a.b@exemple.fr")


@pytest.mark.parametrize(
    ("text", "is_changed"),
    [
        ("http://" * 200_000 + "/edit", (True, False)),
        ("a" * 2_000_000 + "@", (False, False)),
        ("a@" * 1_000_000, (False, False)),
        ("x@" + "a." * 1_000_000 + "fr", (False, True)),
    ],
    ids=["links", "a word", "addresses", "a domain"],
)
def test_long_texts_of_one_word(text: str, is_changed: tuple[bool, bool]) -> None:
    """A plain pattern would take minutes for each."""
    blanked = blanked_links(text.encode()).decode()
    starred = starred_addresses(text)
    assert len(blanked) == len(starred) == len(text)
    assert (without_links(text) != text, starred != text) == is_changed
    assert (blanked != text) is is_changed[0]


@pytest.mark.parametrize(
    ("title", "is_secret"),
    [
        ("Clé", True),
        ("cle admin", True),
        ("page admin", True),
        ("url_administration", True),
        ("Lien d'édition", True),
        ("hash_admin", True),
        ("Mots clés", False),
        ("La clé du succès", False),
        ("Page d'accueil", False),
        ("Administration du lieu", False),
    ],
)
def test_titles_of_what_gives_access(title: str, is_secret: bool) -> None:
    assert is_personal(None, title, "short_text") is is_secret


def test_a_page_saved_by_who_may_edit_it() -> None:
    """The archive keeps it without the link; the rest, and where it stands, is the same."""
    plain = UTOPIC.read_text(encoding="utf-8")
    secret = f"{plain}\nModifier {LINK}\n"
    kept = page.redact(secret.encode()).decode()
    assert KEY not in kept and len(kept) == len(secret) and kept.startswith(plain)
    assert page.redact(plain.encode()) == plain.encode()


def test_an_address_that_is_no_testimony_is_not_listed() -> None:
    found = read(UTOPIC.read_text(encoding="utf-8") + "\nConnexion : zoe.inventee@exemple.fr\n")
    (fragment,) = found.reading.fragments
    assert fragment.text.endswith("Connexion : " + "*" * len("zoe.inventee@exemple.fr"))
