"""`@huggingface/hub` from npm unchanged: what it uploads, lists, downloads and deletes on a local Hub.

`hub_content.mjs` takes its steps once and prints what came of each; the tests here judge that. Multipart
uploads are among them, and it falls back from Xet to LFS by itself.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from tests.judges.test_npm_hub import HERE, NODE, Told, answer
from tests.judges.test_npm_hub import pytestmark as needs_npm

pytestmark = needs_npm


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The result of every step, by its name; the client's own lines about downloads are not steps."""
    folder: Path = tmp_path_factory.mktemp("cache")
    with serving(create_app(quota=1_000_000)) as url:
        run = subprocess.run(
            [str(NODE), "hub_content.mjs", url, str(folder)],
            cwd=HERE, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"step"')]
    return {line.pop("step"): line for line in lines}


def test_what_it_uploads_it_lists_with_the_last_commits(told: Told) -> None:
    note, several = (answer(told, step)["commit"]["oid"] for step in ("uploadFile", "uploadFiles"))
    rows = {row["path"]: row for row in answer(told, "listFiles")}
    assert {*rows} == {".gitattributes", "b.txt", "big.bin", "notes", "notes/a.txt", "w.bin"}
    assert (rows["notes/a.txt"]["lastCommit"]["id"], rows["w.bin"]["lastCommit"]["id"]) == (note, several)
    assert (rows["w.bin"]["lfs"]["size"], rows["big.bin"]["size"]) == (10_240, 11 * 1024 * 1024)
    assert [(row["path"], row["type"]) for row in answer(told, "pathsInfo")] == [
        ("w.bin", "file"), ("notes", "directory"),
    ]  # fmt: skip
    commits = answer(told, "listCommits")
    assert [commit["title"] for commit in commits] == ["Several", "A note", "initial commit"]
    assert {author["username"] for commit in commits for author in commit["authors"]} == {"ada"}
    assert answer(told, "fileExists") == [True, False, False]


def test_what_it_downloads_is_what_it_uploaded(told: Told) -> None:
    got = answer(told, "downloadFile")
    assert (got["same"], got["text"]) == (True, "åøå\n")
    assert got["raw"].startswith("version https://git-lfs.github.com/spec/v1\noid sha256:")
    assert answer(told, "snapshotDownload") == {"size": 11 * 1024 * 1024, "text": "b\n"}


def test_a_stale_parent_and_somebody_elses_repository_are_refused(told: Told) -> None:
    assert told["a stale parent"]["threw"]["status"] == 412
    assert told["not hers"]["threw"]["status"] == 403


def test_a_pull_request_has_its_own_branch(told: Told) -> None:
    assert answer(told, "a pull request")["pullRequestUrl"].endswith("/ada/js-content/discussions/1")
    assert answer(told, "its branch") == "eve\n"


def test_branches_and_files_are_made_and_deleted(told: Told) -> None:
    for step in ("createBranch", "on the branch", "deleteBranch", "deleteFile", "deleteFiles", "deleteRepo"):
        answer(told, step)
    assert answer(told, "what is left") == [".gitattributes", "big.bin"]
    assert answer(told, "countCommits") == 9


def test_files_are_changed_in_places_and_read_in_pieces(told: Told) -> None:
    assert {"preuploading", "uploadingLargeFiles", "committing"} <= {*answer(told, "uploadFilesWithProgress")}
    edited = answer(told, "commit")
    assert (edited["size"], edited["start"], list(edited["at"].values())) == (10_240, "!!", [100, 101])
    assert answer(told, "downloadFileToCacheDir") == 0
    told_of = answer(told, "fileDownloadInfo")
    assert (told_of["size"], len(told_of["etag"].strip('"'))) == (10_240, 64)


def test_tensors_of_weights_are_listed(told: Told) -> None:
    found = answer(told, "parseSafetensorsMetadata")
    assert (found["parameterCount"], found["sharded"]) == ({"F32": 2}, False)
