"""Whatever a JSON form takes in it can read: one odd export must never stop the others."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples.environment import environment_file, environment_questions
from examples.typeform import api, scraped
from ingest.formats import environment, typeform, typeform_api
from ingest.reading import Rejection
from tests.ingest.raw import read
from tests.ingest.responses import response

ONE = response(3)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text("a/~$.é \n\0\"'[", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("a/~$.é", max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, the document itself apart."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in inner for found in ((*place, key), *places(item, (*place, key)))]


def small(module: ModuleType) -> Any:
    if module is environment:
        return environment_file(ONE.name, {key: ONE.answers[key] for key in environment_questions()})
    return scraped(ONE, "social_impact") if module is typeform else api([ONE], "social_impact")


@pytest.mark.parametrize("module", [typeform, typeform_api, environment], ids=lambda module: module.NAME)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_odd_values_are_refused_or_read(module: ModuleType, data: st.DataObject) -> None:
    document = deepcopy(small(module))
    for _ in range(data.draw(st.integers(1, 12))):
        *way, last = data.draw(st.sampled_from(places(document)))
        inner = document
        for key in way:
            inner = inner[key]
        inner[last] = data.draw(ODD)
    with suppress(Rejection):
        read(module, json.dumps(document).encode())
