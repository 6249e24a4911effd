"""A large list of responses is read in parts, and says the same as if it were read whole."""

from __future__ import annotations

import json
import pickle
from array import array
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.answers import profile_answers, social_answers
from examples.typeform import Response, api, scraped
from ingest import queries
from ingest.export import read_export
from ingest.formats import json_file, typeform, typeform_api
from ingest.readings import Readings
from ingest.schema import READ_TABLES
from tests.ingest.pages import CODEBOOK


def response(number: int) -> Response:
    answers = {**profile_answers("parts", number), **social_answers("parts", number)}
    # Two of them share a token: they count on each other.
    token = "again" if number in (1, 6) else f"tok{number}"
    return Response(
        token, f"Lieu {number} (site inventé)", "1 rue", "34000", ("Nom", "n@exemple.fr"), answers
    )


RESPONSES = [response(number) for number in range(8)]
DOCUMENTS: list[tuple[ModuleType, Any]] = [
    (typeform_api, api(RESPONSES)),
    (typeform_api, api(RESPONSES)["items"]),
]


def rows(module: ModuleType, document: Any) -> dict[str, list[tuple[Any, ...]]]:
    data = module.redact(json.dumps(document).encode())
    found = Readings(CODEBOOK)
    found.add(read_export("0" * 64, module.NAME, len(data), data, CODEBOOK))
    assert found.failures() == {}
    return {name: found.connection.execute(f"from {name} order by all").fetchall() for name in READ_TABLES}


@pytest.mark.parametrize(("module", "document"), DOCUMENTS, ids=["api", "api list"])
def test_parts_say_what_the_whole_says(
    module: ModuleType, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows(module, document)
    assert len(whole["records"]) == 8 and any(key == "again#2" for _, key, *_ in whole["records"])
    monkeypatch.setattr(queries, "PART_BYTES", 20_000)
    assert len(list(json_file.parts(json.dumps(document).encode(), 20_000))) > 3
    assert rows(module, document) == whole


def test_what_is_taken_at_once_is_what_is_read_again() -> None:
    """A run redacts and reads in one go; what the archive holds is read for itself."""
    for document in ([scraped(one) for one in RESPONSES], scraped(RESPONSES[0])):
        data = json.dumps(document).encode()
        redacted, compact = typeform.take(data)
        assert redacted == typeform.redact(data) != data
        assert b"n@exemple.fr" not in redacted
        assert compact == typeform.compact(redacted)
        assert typeform.take(redacted) == (redacted, compact)


def test_what_is_packed_comes_out_the_same() -> None:
    documents: list[Any] = [*map(scraped, RESPONSES), [*map(scraped, RESPONSES)], {"answers": []}]
    compacts = [typeform.take(json.dumps(document).encode())[1] for document in documents]
    unpacked = typeform.unpack(pickle.loads(pickle.dumps(typeform.pack(compacts))))
    assert [said(one) for one in unpacked] == [said(one) for one in compacts]
    assert all(one.values is unpacked[0].values for one in unpacked)
    assert typeform.unpack(typeform.pack([])) == []


def said(document: typeform.Compact) -> list[tuple[Any, ...]]:
    """What each response says, with the values themselves."""
    values = list(document.values.items())
    return [(*others, [values[rank] for rank in array("i", ranks)]) for *others, ranks in document.responses]


ENTRIES = st.lists(
    st.none()
    | st.dictionaries(
        st.sampled_from(["token", "response_id", "answers"]),
        st.none() | st.integers() | st.text(),
        max_size=3,
    ),
    max_size=12,
)


@given(ENTRIES, st.booleans(), st.dictionaries(st.text(), st.integers(), max_size=2), st.integers(1, 200))
def test_every_response_is_in_one_part_where_it_was(
    entries: list[Any], is_list: bool, others: dict[str, int], size: int
) -> None:
    document = entries if is_list else {**others, "items": entries}
    found = [json.loads(part) for part in json_file.parts(json.dumps(document).encode(), size)]
    lists = [part if is_list else part["items"] for part in found]
    assert all(len(part) == len(entries) for part in lists)
    for number, entry in enumerate(entries):
        assert [part[number] for part in lists if part[number] is not None] == [entry] * (entry is not None)
    if not is_list:
        assert all({**part, "items": entries} == document for part in found)
