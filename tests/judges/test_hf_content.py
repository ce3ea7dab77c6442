"""The `hf` command unchanged: uploads, downloads, branches, tags and discussions on a local Hub on a port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from tests.judges.test_hf_command import EVE, HF, Hf

pytestmark = pytest.mark.skipif(not HF.exists(), reason="the hf command is not installed beside this Python")
BINARY = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def hf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hf]:
    """The command against a Hub of this file's own, which has LFS and no Xet."""
    with serving(create_app(quota=1_000_000)) as url:
        made = Hf(url, tmp_path_factory.mktemp("home"))
        made.environment["HF_HUB_DISABLE_XET"] = "1"
        yield made


@pytest.fixture
def fresh(hf: Hf, request: pytest.FixtureRequest) -> Iterator[str]:
    """A model of ada's, made for one test."""
    id = f"ada/{request.node.name.replace('_', '-')[:60].strip('-')}"
    hf.text("repos", "create", id)
    yield id
    hf.text("repos", "delete", id, "--yes")


def test_a_folder_goes_up_and_comes_down_as_it_was(hf: Hf, fresh: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "deep").mkdir(parents=True)
    (home / "README.md").write_text("---\nlicense: mit\n---\n# Up\n", encoding="utf-8")
    (home / "deep" / "w.bin").write_bytes(BINARY)
    hf.text(
        "upload", fresh, str(home), ".", "--commit-message", "All of it", "--commit-description", "Twice."
    )
    assert hf.json("models", "info", fresh)["card_data"]["license"] == "mit"
    down = tmp_path / "down"
    hf.text("download", fresh, "--local-dir", str(down))
    assert (down / "deep" / "w.bin").read_bytes() == BINARY
    assert (down / "README.md").read_bytes() == (home / "README.md").read_bytes()
    (home / "one.txt").write_text("1\n")
    hf.text("upload", fresh, str(home / "one.txt"), "put/there.txt", "--delete", "deep/*")
    path = hf.text("download", fresh, "put/there.txt", "--quiet").strip()
    assert Path(path).read_text() == "1\n"
    hf.text("repos", "delete-files", fresh, "put/*")
    assert hf.run("download", fresh, "put/there.txt").returncode != 0


def test_branches_and_tags_are_made_used_and_deleted(hf: Hf, fresh: str, tmp_path: Path) -> None:
    hf.text("repos", "branch", "create", fresh, "dev")
    assert hf.run("repos", "branch", "create", fresh, "dev").returncode != 0
    hf.text("repos", "branch", "create", fresh, "dev", "--exist-ok")
    note = tmp_path / "note.txt"
    note.write_text("1\n")
    hf.text("upload", fresh, str(note), "--revision", "dev")
    assert hf.run("download", fresh, "note.txt").returncode != 0
    hf.text("download", fresh, "note.txt", "--revision", "dev")
    hf.text("repos", "tag", "create", fresh, "v1", "--revision", "dev", "--message", "First")
    assert "v1" in hf.text("repos", "tag", "list", fresh)
    hf.text("repos", "branch", "delete", fresh, "dev")
    hf.text("download", fresh, "note.txt", "--revision", "v1", "--force-download")
    hf.text("repos", "tag", "delete", fresh, "v1", "--yes")
    assert hf.run("download", fresh, "note.txt", "--revision", "v1", "--force-download").returncode != 0


def test_a_discussion_is_held(hf: Hf, fresh: str) -> None:
    hf.text(
        "discussions", "create", fresh, "--title", "Which licence?", "--body", "Not in the card.", token=EVE
    )
    hf.text("discussions", "comment", fresh, "1", "--body", "MIT.")
    hf.text("discussions", "rename", fresh, "1", "Which licence is it?", token=EVE)
    told = hf.json("discussions", "info", fresh, "1")
    assert (told["title"], told["author"], told["status"]) == ("Which licence is it?", "eve", "open")
    said = next(event for event in told["events"] if event["type"] == "comment" and event["author"] == "ada")
    hf.text("discussions", "edit", fresh, "1", said["id"], "--body", "Apache.")
    hf.text("discussions", "close", fresh, "1", "--yes")
    assert hf.json("discussions", "list", fresh) == []
    assert [row["num"] for row in hf.json("discussions", "list", fresh, "--status", "closed")] == [1]
    hf.text("discussions", "reopen", fresh, "1", "--yes")
    assert [row["title"] for row in hf.json("discussions", "list", fresh)] == ["Which licence is it?"]


def test_a_pull_request_is_proposed_shown_and_merged(hf: Hf, fresh: str, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("a new line\n")
    hf.text("upload", fresh, str(note), "--create-pr", "--commit-message", "A note", token=EVE)
    assert "+a new line" in hf.text("discussions", "diff", fresh, "1")
    assert hf.run("discussions", "merge", fresh, "1", "--yes", token=EVE).returncode != 0
    hf.text("discussions", "merge", fresh, "1", "--yes", "--comment", "Thanks")
    assert [row["status"] for row in hf.json("discussions", "list", fresh, "--status", "merged")] == [
        "merged"
    ]
    hf.text("download", fresh, "note.txt")


def test_a_repository_is_duplicated(hf: Hf, fresh: str) -> None:
    copy = f"nimbus-labs/{fresh.split('/')[1]}"
    hf.text("repos", "duplicate", fresh, copy, "--private")
    assert json.loads(hf.text("models", "info", copy, "--json"))["private"] is True
    hf.text("repos", "delete", copy, "--yes")


def test_files_are_copied_kept_and_verified(hf: Hf, fresh: str, tmp_path: Path) -> None:
    note, binary = tmp_path / "note.txt", tmp_path / "w.bin"
    note.write_text("1\n")
    binary.write_bytes(BINARY)
    hf.text("cp", str(note), f"hf://{fresh}/in/note.txt")
    hf.text("cp", str(binary), f"hf://{fresh}/w.bin")
    hf.text("repos", "cp", f"hf://{fresh}/w.bin", f"hf://{fresh}/again/w.bin")
    hf.text("cp", f"hf://{fresh}/again/w.bin", str(tmp_path / "back.bin"))
    assert (tmp_path / "back.bin").read_bytes() == BINARY
    assert hf.text("cp", f"hf://{fresh}/in/note.txt", "-") == "1\n"
    planned = hf.text("download", fresh, "--include", "in/*", "--dry-run")
    assert "note.txt" in planned
    assert "w.bin" not in planned
    hf.text("download", fresh)
    assert fresh in hf.text("cache", "list", "--no-truncate")
    hf.text("cache", "verify", fresh)
    kept = next(Path(hf.environment["HF_HOME"]).rglob("snapshots/*/in/note.txt"))
    kept.resolve().write_text("2\n")
    done = hf.run("cache", "verify", fresh)
    assert done.returncode != 0
    assert "in/note.txt" in done.stdout + done.stderr
    hf.text("cache", "rm", f"model/{fresh}", "--yes")
    assert fresh not in hf.text("cache", "list", "--no-truncate")


def test_a_picture_is_attached_by_its_path(hf: Hf, fresh: str, tmp_path: Path) -> None:
    picture = tmp_path / "before.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + BINARY)
    hf.text(
        "discussions",
        "create",
        fresh,
        "--title",
        "Rendering",
        "--body",
        "It was so:",
        "--attach",
        str(picture),
    )
    [said] = hf.json("discussions", "info", fresh, "1")["events"]
    assert f"{hf.environment['HF_ENDPOINT']}/uploads/" in said["content"]


def test_a_pull_request_is_downloaded_and_kept_apart_by_author_and_kind(
    hf: Hf, fresh: str, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("proposed\n")
    hf.text("discussions", "create", fresh, "--title", "A question", "--body", "Which?")
    hf.text("discussions", "create", fresh, "--title", "A draft", "--pull-request", token=EVE)
    hf.text("upload", fresh, str(note), "--revision", "refs/pr/2", token=EVE)
    path = hf.text("download", fresh, "note.txt", "--revision", "refs/pr/2", "--quiet").strip()
    assert Path(path).read_text() == "proposed\n"
    for words, nums in (("--kind pull_request", [2]), ("--kind discussion", [1]), ("--author eve", [2])):
        found = hf.json("discussions", "list", fresh, "--status", "all", *words.split())
        assert [row["num"] for row in found] == nums
