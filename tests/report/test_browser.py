"""The page in a real browser, where there is one: nothing fails, nothing is fetched, nothing sticks out."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

#: Looks at the page in frames of several widths, and writes down which of them scroll sideways.
_HARNESS = """<!doctype html><body><script>
const widths = [320, 390, 768, 1280];
let left = widths.length;
for (const width of widths) {
  const frame = document.createElement("iframe");
  frame.style.width = width + "px";
  frame.style.border = "0";
  frame.onload = () => {
    const root = frame.contentDocument.documentElement;
    for (const details of root.querySelectorAll("details")) details.open = true;
    const shown = [...root.querySelectorAll("figure .chart")].filter(e => e.offsetHeight > 0).length;
    const line = document.createElement("p");
    line.textContent = `width ${width}: ${root.scrollWidth} wide, ${shown} charts`;
    document.body.append(line);
    frame.remove();
    if (--left === 0) document.title = "done";
  };
  frame.src = "index.html";
  document.body.append(frame);
}
</script>"""


def browse(folder: Path, page: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Open a page without a window; the result holds the page's markup and what the browser logged."""
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--hide-scrollbars",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=5000",
        *options,
        "--dump-dom",
        (folder / page).as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    shutil.copy(written, tmp_path / "index.html")
    return tmp_path


def test_it_opens_without_an_error_and_without_a_network(folder: Path) -> None:
    log = folder / "net.json"
    seen = browse(folder, "index.html", f"--log-net-log={log}")
    assert "Qui a répondu" in seen.stdout
    assert "CONSOLE" not in seen.stderr, seen.stderr
    # A browser has errands of its own, which have no initiator; the page's requests name the page.
    requests = [
        event["params"]
        for event in json.loads(log.read_text(encoding="utf-8"))["events"]
        if "params" in event
    ]
    fetched = {
        r["url"] for r in requests if "url" in r and r.get("initiator", "not an origin") != "not an origin"
    }
    assert not {url for url in fetched if not url.startswith(("file:", "data:"))}


def test_it_fits_every_width(folder: Path) -> None:
    (folder / "harness.html").write_text(_HARNESS, encoding="utf-8")
    seen = browse(folder, "harness.html", "--allow-file-access-from-files")
    for width in (320, 390, 768, 1280):
        assert f"width {width}: {width} wide, 2 charts" in seen.stdout
