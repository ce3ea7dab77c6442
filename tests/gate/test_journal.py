"""The journal: complete lines, no secrets, honest about what can be undone; and undoing it."""

from __future__ import annotations

import json
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner

from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.collections.collections import UpdateCollection
from hub_mcp.catalogue.jobs.scheduled_job_changes import TriggerScheduledJob
from hub_mcp.catalogue.repos.copies import DuplicateRepo
from hub_mcp.catalogue.repos.moves import MoveRepo
from hub_mcp.catalogue.repos.repos import CreateRepo, DeleteRepo, UpdateRepoSettings
from hub_mcp.cli.journal_commands import journal as journal_command
from hub_mcp.cli.journal_commands import undo as undo_command
from hub_mcp.cli.terminal import make_change
from hub_mcp.gate.batch import Batch, assess_all, make_all
from hub_mcp.gate.journal import LONGEST, Entry, Journal, Undo, line_of, state_directory
from hub_mcp.gate.results import ChangeMade
from hub_mcp.settings import Settings
from hub_mcp.text import is_visible
from hub_mcp.wiring import gate_of, hub_of
from tests.gate.gates import ADA, World

MINE = "ada/notes-to-self"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_is_read_again_with_its_number(tmp_path: Path) -> None:
    kept = Journal(tmp_path / "deep" / "journal.jsonl")
    first = Entry(
        "done",
        "move_repo",
        "the model a/b",
        "hub.test",
        "1" * 24,
        {"x": 1},
        "",
        Undo("move_repo", {"y": "é"}),
    )
    kept.write(first)
    kept.write(Entry("refused", "delete_repo", "the model a/b", why="No."))
    one, two = kept.entries()
    assert (one.n, two.n) == (1, 2)
    assert one.undo == Undo("move_repo", {"y": "é"})
    assert one.time.endswith("Z")
    assert two.why == "No."
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "deep" / "journal.jsonl").stat().st_mode) == 0o600


def test_off_writes_nothing_and_the_default_is_the_state_directory(tmp_path: Path) -> None:
    Journal.at("off").write(Entry("done", "t", "x"))
    assert Journal.at("off").path is None
    assert list(Journal.at("off").entries()) == []
    assert (
        Journal.at("", {"XDG_STATE_HOME": str(tmp_path)}).path
        == state_directory({"XDG_STATE_HOME": str(tmp_path)}) / "journal.jsonl"
    )
    assert state_directory({"XDG_STATE_HOME": "/s"}, "linux") == Path("/s/hub-mcp")
    assert state_directory({}, "linux") == Path.home() / ".local/state/hub-mcp"
    assert state_directory({}, "darwin") == Path.home() / "Library/Application Support/hub-mcp"
    assert state_directory({"LOCALAPPDATA": "/l"}, "win32") == Path("/l/hub-mcp")


def test_a_line_is_bounded_whatever_is_in_it() -> None:
    long = "𝄞\u202e\n" * 9_000
    entry = Entry("done", "t", long, long, long, {"users": [long]}, long, Undo("t", {"note": long}), long)
    line = line_of(entry)
    assert len(line) <= LONGEST
    assert line.count(b"\n") == 1
    said = json.loads(line)
    assert said["no_undo"] == "what would undo it was too long to record"
    assert "undo" not in said
    assert (
        json.loads(line_of(Entry("done", "t", "x", arguments={"a": long}, undo=Undo("t", {}))))["undo"][
            "tool"
        ]
        == "t"
    )


def test_tokens_and_what_files_hold_are_not_written() -> None:
    arguments = {
        "repo_id": "ada/x",
        "description": "hf_abcdefghijklmnopqrstuvwxyz0123456789",
        "files": [
            {"path": "README.md", "content": "the secret plan"},
            {"path": "a.txt", "old": "a secret", "new": "secret no more"},
        ],
        "environment": {"PLACE": "secret harbour"},
        "variables": [{"key": "K", "value": "another"}],
    }
    line = line_of(
        Entry("done", "create_repo", "secret-word", arguments=arguments, why="Bearer abcdef123456"),
        ["secret-word"],
    )
    for word in (b"hf_abc", b"secret", b"another", b"abcdef123456"):
        assert word not in line
    assert b"15 characters" in line


def test_torn_and_foreign_lines_are_passed_over_and_numbers_stay(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(b'{"outcome": "done"}\n[]\nnot json\n{"outcome": "done", "tool": "t", "tar')
    kept = Journal(path)
    kept.write(Entry("done", "t", "x"))
    assert [entry.n for entry in kept.entries()] == [5]


def test_many_writers_at_once_lose_no_line(tmp_path: Path) -> None:
    def write(who: int) -> None:
        for n in range(100):
            Journal(tmp_path / "j").write(Entry("done", "t", f"{who}-{n}", why="x" * 300))

    threads = [threading.Thread(target=write, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({entry.target for entry in Journal(tmp_path / "j").entries()}) == 600


# ── what the gate writes ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_each_change_says_what_takes_it_back_or_that_nothing_does(world: World) -> None:
    gate, hub = world.gate(confirm="off"), world.hub()
    (shelf,) = [one for one in await world.json("/api/collections?owner=ada&limit=100") if one["private"]]
    for call in (
        UpdateRepoSettings(
            repo_id=MINE, type="model", visibility="public", gated="auto", discussions_disabled=True
        ),
        MoveRepo(from_repo=MINE, to_repo="ada/diary", type="model"),
        CreateRepo(repo_id="ada/fresh", type="model"),
        UpdateCollection(slug=shelf["slug"], title="Renamed"),
        DeleteRepo(repo_id="ada/fresh", type="model"),
    ):
        assert isinstance(await make_change(gate, call, hub), ChangeMade)
    entries = world.entries()
    assert [entry.outcome for entry in entries] == ["done"] * 5
    settings, move, create, collection, gone = entries
    was = {"repo_id": MINE, "type": "model", "visibility": "private", "gated": "false"}
    assert settings.undo == Undo("update_repo_settings", was)
    assert move.undo == Undo("move_repo", {"from_repo": "ada/diary", "to_repo": MINE, "type": "model"})
    assert settings.no_undo == "not undone: discussions_disabled"  # the Hub tells nobody what it was
    assert settings.identity == move.identity
    assert create.undo == Undo("delete_repo", {"repo_id": "ada/fresh", "type": "model"})
    assert create.identity == gone.identity != ""
    assert collection.undo
    assert collection.undo.arguments["title"] == shelf["title"]
    assert (gone.undo, gone.no_undo) == (None, "nothing undoes this")
    assert ADA not in (world.place / "journal.jsonl").read_text()


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────


class Desk:
    """A local Hub in a file, a journal, and the commands that are run on them."""

    def __init__(self, place: Path) -> None:
        self.settings = Settings(
            sandbox=str(place / "hub.sqlite"), journal=str(place / "journal.jsonl"), confirm="off"
        )

    def do(self, *calls: object) -> None:
        """Make calls as a server would."""

        async def make() -> None:
            hub = hub_of(self.settings)
            for call in calls:
                await make_change(gate_of(self.settings), call, hub)  # type: ignore[arg-type]  # calls
            await hub.aclose()

        anyio.run(make)

    def do_many(self, *calls: Change[Any, Any]) -> str:
        """Make calls as a batch; the answer is what they have in common in the journal."""

        async def reached(*_: object) -> None: ...

        async def make() -> str:
            hub, gate, batch = hub_of(self.settings), gate_of(self.settings), Batch(calls)
            found = await assess_all(gate, batch, hub, reached)
            made = await make_all(gate, batch, hub, None, found, reached)
            await hub.aclose()
            return made.id

        return anyio.run(make)

    def undo(self, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(
            undo_command,
            [*words, "--journal", self.settings.journal, "--sandbox", str(self.settings.sandbox)],
        )
        return done.exit_code, done.output

    def entries(self) -> list[Entry]:
        return Journal.at(self.settings.journal).history()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_journal_is_shown_as_a_table_and_as_json(desk: Desk) -> None:
    desk.do(
        UpdateRepoSettings(repo_id=MINE, type="model", visibility="public"),
        CreateRepo(repo_id="ada/fresh", type="model"),
        DeleteRepo(repo_id="ada/fresh", type="model"),
    )
    shown = CliRunner().invoke(journal_command, ["--journal", desk.settings.journal]).output.splitlines()
    assert shown[0].split() == ["n", "time", "outcome", "tool", "target", "back,", "or", "why"]
    assert shown[1].endswith("undo 1")
    assert shown[3].endswith("nothing undoes this")
    assert "the model ada/notes-to-self" in shown[1]
    assert len({line.index("done") for line in shown[1:]}) == 1
    lines = (
        CliRunner()
        .invoke(journal_command, ["--journal", desk.settings.journal, "--json", "--last", "1"])
        .output
    )
    assert json.loads(lines)["tool"] == "delete_repo"
    assert json.loads(lines)["n"] == 3
    comment = "\x9b2J\u202e\U000e0041\x7f"
    Journal.at(desk.settings.journal).write(Entry("asked", "comment", "x", arguments={"comment": comment}))
    shown = [*CliRunner().invoke(journal_command, ["--journal", desk.settings.journal, "--json"]).output]
    assert all(map(is_visible, shown))
    assert json.loads("".join(shown).splitlines()[-1])["arguments"]["comment"] == comment
    empty = CliRunner().invoke(journal_command, ["--journal", desk.settings.journal + ".none"])
    assert "There is nothing in" in empty.output


def test_undo_takes_a_change_back_through_the_gate_and_writes_that_down(desk: Desk) -> None:
    desk.do(UpdateRepoSettings(repo_id=MINE, type="model", visibility="public"))
    code, output = desk.undo("1", "--yes")
    assert code == 0, output
    assert "visibility: public → private" in output
    assert f"PUT /api/models/{MINE}/settings" in output
    assert [entry.outcome for entry in desk.entries()] == ["done", "asked", "done"]
    code, output = desk.undo("3", "--yes")  # back again: opening asks, and --yes is a yes
    assert code == 0, output
    assert "private → public: everyone can see it" in output


def test_what_was_changed_together_is_undone_together_the_last_first(desk: Desk) -> None:
    run = desk.do_many(
        UpdateRepoSettings(repo_id=MINE, type="model", visibility="public"),
        UpdateRepoSettings(repo_id=MINE, type="model", gated="auto"),
        UpdateRepoSettings(repo_id="ada/untitled", type="model", gated="manual"),
    )
    code, output = desk.undo(run, "--yes")
    assert code == 0, output
    assert "3 of 3 changes undone." in output
    back = [entry.arguments for entry in desk.entries() if entry.outcome == "done"][3:]
    assert [one["repo_id"] for one in back] == ["ada/untitled", MINE, MINE]
    assert [{*one} & {"gated", "visibility"} for one in back] == [{"gated"}, {"gated"}, {"visibility"}]


def test_what_of_a_batch_cannot_be_undone_stays_and_is_named(desk: Desk) -> None:
    run = desk.do_many(
        UpdateRepoSettings(repo_id=MINE, type="model", gated="auto"),
        DeleteRepo(repo_id="ada/untitled", type="model"),
    )
    code, output = desk.undo(run, "--yes")
    assert code == 1
    assert "Entry 2 stays: Entry 2 cannot be undone" in output
    assert "1 of 2 changes undone." in output


@pytest.mark.parametrize(
    ("calls", "n", "because"),
    [
        (
            [CreateRepo(repo_id="ada/fresh", type="model"), DeleteRepo(repo_id="ada/fresh", type="model")],
            "2",
            "cannot be undone",
        ),
        (
            [CreateRepo(repo_id="ada/fresh", type="model")],
            "1",
            "needs a person at a terminal",
        ),  # by deleting: a name
        ([], "7", "no entry 7"),
        (
            [
                CreateRepo(repo_id="ada/fresh", type="model"),
                DeleteRepo(repo_id="ada/fresh", type="model"),
                CreateRepo(repo_id="ada/fresh", type="model"),
            ],
            "1",
            "Something else has taken the name",
        ),
    ],
)
def test_what_cannot_be_taken_back_is_left_alone(
    desk: Desk, calls: list[object], n: str, because: str
) -> None:
    desk.do(*calls)
    code, output = desk.undo(n, "--yes")
    assert code == 1
    assert because in output
    assert output.rstrip().endswith("Nothing was changed.")
    assert [entry.outcome for entry in desk.entries() if entry.outcome == "done"] == ["done"] * len(calls)


def test_what_came_of_a_call_is_undone_and_not_taken_for_another_thing(desk: Desk) -> None:
    desk.do(TriggerScheduledJob(namespace="ada", job_id="6a6b95d0f7ffe8e4b4e8c51b"))
    assert desk.undo(str(len(desk.entries())), "--yes")[0] == 0
    assert [one.outcome for one in desk.entries()] == ["done", "asked", "done"]
    desk.do(DuplicateRepo(repo_id=MINE, type="model", to_repo="ada/copy", visibility="private"))
    assert 'Delete the model "ada/copy"' in desk.undo(str(len(desk.entries())), "--yes")[1]


def test_undo_without_a_terminal_and_without_yes_changes_nothing(desk: Desk) -> None:
    desk.do(UpdateRepoSettings(repo_id=MINE, type="model", visibility="public"))
    code, output = desk.undo("1")
    assert code == 1
    assert "needs a person at a terminal, and there is none here" in output
    assert output.rstrip().endswith("Nothing was changed.")
    assert [entry.outcome for entry in desk.entries()] == ["done", "asked", "refused"]


def test_a_change_on_the_local_hub_is_not_taken_back_on_another(desk: Desk) -> None:
    Journal.at(desk.settings.journal).write(
        Entry(
            "done",
            "move_repo",
            "x",
            "huggingface.co",
            undo=Undo("delete_repo", {"repo_id": MINE, "type": "model"}),
        )
    )
    code, output = desk.undo("1", "--yes")
    assert code == 1
    assert "was made on huggingface.co" in output
