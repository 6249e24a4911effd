"""What the page tests share: reading a page, and comparing it with what was answered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from ingest.codebook import Codebook, label_key
from ingest.formats import page
from ingest.reading import Observation, Reading, Response, Testimony

ROOT = Path(__file__).parents[2]
CODEBOOK = Codebook.load(ROOT)
UTOPIC = ROOT / "exports" / "2024" / "utopic.txt"
#: Pages of the platform's own renderer; not part of the project.
SAMPLES = ROOT.parent / "shared" / "data" / "pages"


@dataclass(slots=True)
class Read:
    """A reading by question."""

    reading: Reading
    responses: dict[str, Response] = field(default_factory=dict)
    observations: dict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    testimonies: dict[str, Testimony] = field(default_factory=dict)

    def state(self, question_id: str) -> str:
        return self.responses[question_id].state if question_id in self.responses else "not_shown"

    def answers(self, question_id: str) -> set[str]:
        """Answer ids; for a label that the codebook does not know, its key behind a `?`."""
        return {o.answer_id or f"?{label_key(o.raw_label or '')}" for o in self.observations[question_id]}


def read(data: bytes | str) -> Read:
    """Read a page and check what holds of every reading."""
    data = data.encode() if isinstance(data, str) else data
    reading = page.read(data, CODEBOOK)
    assert reading.characters == (
        reading.characters_recognised + reading.characters_testimony + reading.characters_unparsed
    )
    found = Read(reading, {response.question_id: response for response in reading.responses})
    for observation in reading.observations:
        found.observations[observation.question_id].append(observation)
        assert found.state(observation.question_id) == "answered"
        assert observation.source_start is None or 0 <= observation.source_start <= reading.characters
    for testimony in reading.testimonies:
        assert testimony.question_id not in found.testimonies, "one testimony a question"
        assert found.state(testimony.question_id) == "answered"
        found.testimonies[testimony.question_id] = testimony
    return found
