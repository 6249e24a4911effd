"""Words to be found in texts, each as a whole and whatever its case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


class Words:
    """Names and texts, which end where letters do, and slugs, which end where a hyphen does not go on."""

    def __init__(self, names: Iterable[str], slugs: Iterable[str]) -> None:
        names, slugs = set(names), set(slugs)
        self.all = names | slugs
        self._pattern = re.compile("|".join([*_whole(names, r"\w"), *_whole(slugs, r"[\w-]")]) or "(?!)")

    def in_text(self, text: str) -> list[str]:
        """All that is found, folded."""
        return self._pattern.findall(fold(text))


def fold(text: str) -> str:
    """What texts share that are one to a regular expression which ignores case."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


def _whole(words: set[str], letter: str) -> Iterator[str]:
    """The longest first: of two that begin alike it is the one to be found.

    What may not stand before a word is looked at after its first letter: patterns that begin with letters are looked
    for 60 times as fast.
    """
    for word in sorted(map(fold, words), key=lambda word: (-len(word), word)):
        first, rest = re.escape(word[:1]), re.escape(word[1:])
        yield f"{first}(?<!{letter}{first}){rest}(?!{letter})"
