"""Takes the screenshots of the views for README in a browser: `python -m tests.judges.view_pictures`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.judges.view_host import view_host

PLACE = Path(__file__).parents[2] / ".github"
WIDTH, HIGHEST = 620, 430  # pixels
PICTURES: Mapping[str, tuple[str, dict[str, Any], str, str]] = {
    "rows": ("list_models", {"limit": 9, "sort": "downloads"}, "light", "#body tr[data-n]"),
    "consent": (
        "delete_repo",
        {"repo_id": "nimbus-labs/storm-atlas-7b", "type": "model"},
        "dark",
        "#facts li",
    ),
    "access": ("get_access", {"organization": "nimbus-labs"}, "light", "#body tr"),
    "space": ("get_space", {"repo_id": "nimbus-labs/forecast-desk"}, "dark", "#facts dd"),
}
CHANGE = """(() => {
  $("what").open = true;
  for (const [id, value] of [["person", "dan"], ["role", "write"], ["place", "1"]]) $(id).value = value;
  $("person").dispatchEvent(new Event("change"));
})()"""


def draw() -> None:
    """Write them all."""
    with TemporaryDirectory() as home, view_host(Path(home)) as host:
        for name, (tool, arguments, theme, there) in PICTURES.items():
            host.open(tool, arguments, theme=theme, width=WIDTH)
            host.until(f"document.querySelector('{there}')")
            if name == "access":
                host.js(CHANGE)
            if name == "space":
                host.click("#follow")
                host.until("document.getElementById('log').innerText")
            host.do("picture", path=str(PLACE / f"view-{name}.png"), most=HIGHEST)


if __name__ == "__main__":
    draw()
