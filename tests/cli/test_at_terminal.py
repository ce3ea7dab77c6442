"""`hub-mcp` at a real terminal: the person is asked there, and sees colors, progress bars and hints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run, own_environment
from tests.cli.ptys import ESCAPES, AtTerminal

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind"
)

MINE = ("--repo-id", "ada/mine")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return own_environment(tmp_path)


@pytest.fixture
def world(run: Run, tmp_path: Path) -> str:
    """A sandbox in a file, in which ada has a repository to lose and one to keep."""
    flag = f"--sandbox={tmp_path / 'world.db'}"
    made = run("call", "create_repo", flag, *MINE, "--type", "model", "--visibility", "private")
    assert made.code == 0, made.err
    return flag


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("ada/mine", 0, "Deleted the model ada/mine, with all its files, discussions and history."),
        ("ada/Mine", 1, "Nothing was changed."),
    ],
    ids=["the name", "nearly"],
)
def test_a_delete_asks_for_the_name_and_only_the_name_will_do(
    run: Run, env: dict[str, str], world: str, typed: str, code: int, said: str
) -> None:
    with AtTerminal("call", "delete_repo", world, *MINE, "--type", "model", env=env) as terminal:
        terminal.wait_for('Delete the model "ada/mine", with all its files, discussions and history?')
        terminal.wait_for("This cannot be undone.")
        terminal.wait_for("To go ahead, type ada/mine")
        terminal.wait_for("> ")
        terminal.types(typed)
        terminal.wait_for(said)
        assert terminal.ended()[0] == code
    assert run("call", "get_model", world, *MINE).code == 1 - code


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "code", "visible"), [("y", 0, "no"), ("", 1, "yes")])
def test_a_repository_is_published_only_on_a_yes(
    run: Run, env: dict[str, str], world: str, typed: str, code: int, visible: str
) -> None:
    publish = ("call", "update_repo_settings", world, *MINE, "--type", "model", "--visibility", "public")
    with AtTerminal(*publish, env=env) as terminal:
        terminal.wait_for("Do it? [y/N]: ")
        terminal.types(typed)
        assert terminal.ended()[0] == code
    assert f"private: {visible}" in run("call", "get_model", world, *MINE, "--format", "human").out


@pytest.mark.slow
def test_a_person_who_breaks_off_changes_nothing(run: Run, env: dict[str, str], world: str) -> None:
    with AtTerminal("call", "delete_repo", world, *MINE, "--type", "model", env=env) as terminal:
        terminal.wait_for("> ")
        terminal.types("\x04")  # the end of the input
        terminal.wait_for("Nothing was changed.")
        assert terminal.ended()[0] == 1
    assert run("call", "get_model", world, *MINE).code == 0


@pytest.mark.slow
def test_a_person_sees_a_colored_table_and_the_next_cursor(env: dict[str, str]) -> None:
    listing = ("call", "list_models", "--sandbox", "--search", "bert", "--limit", "2")
    with AtTerminal(*listing, env=env) as terminal:
        code, shown = terminal.ended()
    assert code == 0
    assert shown.startswith("\x1b[1mid  ")
    assert "More: a larger --limit, or --cursor '" in shown
    with AtTerminal(*listing, env={**env, "NO_COLOR": "1"}) as terminal:
        assert terminal.ended() == (0, ESCAPES.sub("", shown))


@pytest.mark.slow
def test_a_long_walk_draws_a_bar_and_wipes_it_away(env: dict[str, str]) -> None:
    papers = ("call", "list_daily_papers", "--sandbox", "--limit", "150", "--quiet")
    with AtTerminal(*papers, env=env, out=subprocess.DEVNULL) as terminal:
        code, shown = terminal.ended()
    assert code == 0
    assert "] 100 of 150 rows" in shown
    assert shown.endswith("\r\x1b[K")


@pytest.mark.slow
def test_a_stream_counts_its_rows_where_a_person_looks(env: dict[str, str]) -> None:
    with AtTerminal(
        "read", "--sandbox", "hub://stream/models?limit=100", env=env, out=subprocess.DEVNULL
    ) as it:
        code, shown = it.ended()
    assert code == 0
    assert "\r100 rows" in shown
    assert shown.endswith("\r\x1b[K")
