"""Reproducible draws.

Only `random.Random.random` is used, the one method whose sequence Python promises to keep: the same seed
gives the same network on every version.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A stream of draws, named by its seed."""

    def __init__(self, *seed: object) -> None:
        self._random = random.Random("|".join(str(part) for part in seed)).random

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def share(self) -> float:
        """A number from 0 to 1, 1 excluded."""
        return self._random()

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[self.between(0, len(options) - 1)]

    def some(self, options: Sequence[T], probability: float) -> list[T]:
        """The options that pass one by one, in their order."""
        return [option for option in options if self.chance(probability)]

    def order(self, options: Sequence[T]) -> list[T]:
        """All options in a drawn order."""
        left = list(options)
        return [left.pop(self.between(0, len(left) - 1)) for _ in options]
