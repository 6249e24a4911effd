"""The mode of disclosure control goes from effets.toml to the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dbt.cli.main
import pytest

from ingest.warehouse import BuildError, Warehouse


@pytest.mark.parametrize(("mode", "said"), [("strict", True), ("normal", False)])
def test_dbt_is_told_of_a_strict_network(
    mode: str, said: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []

    class Runner:
        def __init__(self, callbacks: Any = None, manifest: Any = None) -> None:
            pass

        def invoke(self, arguments: list[str], **options: Any) -> Any:
            calls.append(arguments)
            return type("Outcome", (), {"result": None, "exception": "not run"})()

    monkeypatch.setattr(dbt.cli.main, "dbtRunner", Runner)
    (tmp_path / "effets.toml").write_text(f'disclosure = "{mode}"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BuildError):
        Warehouse(tmp_path / "warehouse").build()
    builds = [call for call in calls if call[0] == "build"]
    assert builds and all(('{"disclosure": "strict"}' in call) == said for call in builds)
