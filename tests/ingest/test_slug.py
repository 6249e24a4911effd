"""Slugs as the platform makes them."""

from __future__ import annotations

import pytest

from ingest.slug import slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("UTOPIC", "utopic"),
        ("L'Amarre", "lamarre"),
        ("L’Amarre", "lamarre"),
        ("La Grange/Bouillon cube", "la-grangebouillon-cube"),
        ("L'École Buissonnière", "lecole-buissonniere"),
        ("L'E\u0301cole", "lecole"),
        ("Le_Spot", "le-spot"),
        ("  Le 6b --  annexe ", "le-6b-annexe"),
        ("au 97\u00a0bis", "au-97-bis"),
        ("Cœur @ l'ouvrage", "coeur-at-louvrage"),
        ("???", ""),
    ],
)
def test_slugify(name: str, slug: str) -> None:
    assert slugify(name) == slug
