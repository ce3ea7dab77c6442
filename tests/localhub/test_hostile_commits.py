"""What a commit, an upload or a name must not do: each is refused as the Hub refuses, and changes nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import quote

import pytest

from .conftest import Ask

pytestmark = pytest.mark.asyncio
REPO = "/api/models/ada/fjord-names"
COMMIT = f"{REPO}/commit/main"
NDJSON = {"Content-Type": "application/x-ndjson"}
HEAD = {"key": "header", "value": {"summary": "Try"}}
SHA256 = "ab" * 32


def file(path: str, content: str = "x", **more: Any) -> dict[str, Any]:
    """A line that puts a file in."""
    return {"key": "file", "value": {"path": path, "content": content, **more}}


def lines(*rows: object) -> bytes:
    """NDJSON of a header and these rows."""
    return "\n".join(json.dumps(row) for row in (HEAD, *rows)).encode()


def state(ask: Ask) -> Any:
    """Everything a commit could change."""
    store = ask.app.state.store
    tables = (
        "repos",
        "refs",
        "commits",
        "tree_entries",
        "blobs",
        "discussions",
        "repo_large_files",
        "labels",
    )
    return {table: [tuple(row) for row in store.rows(f"select * from {table}")] for table in tables}


ASTRAY = [
    "", "/", "/etc/passwd", "../up", "a/../../b", "a//b", "a/./b", ".", "..", "a/", ".git/config",
    "a/.GIT/hooks/x", "..\\up", "nul\0", "line\nfeed", "x" * 1001, "README.md/below-a-file",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["file", "lfsFile", "deletedFile", "oldPath"])
async def test_a_path_that_leads_astray_is_refused(ask: Ask, kind: str) -> None:
    before = state(ask)
    for path in ASTRAY:
        value = {
            "file": {"content": "x"},
            "lfsFile": {"oid": SHA256, "size": 1},
            "oldPath": {"oldPath": path},
        }
        row = {"path": "fine.txt" if kind == "oldPath" else path, **value.get(kind, {})}
        key = "file" if kind == "oldPath" else kind
        answer = await ask("POST", COMMIT, content=lines({"key": key, "value": row}), headers=NDJSON)
        assert answer.status_code in (400, 404, 422), (path, answer.text)
        assert answer.json()["error"] == answer.json()["error"].strip()
    assert state(ask) == before


NO_COMMITS: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"not json", 400),
    (b"[1, 2]", 400),
    (b'{"key": "header"}', 400),
    (b'{"key": "header", "value": 3}', 400),
    (b'{"key": "header", "value": {"summary": ""}}', 400),
    (b'{"key": "header", "value": {"summary": 7}}', 400),
    (json.dumps({**HEAD, "value": {"summary": "x", "description": "x" * 70_000}}).encode(), 400),
    (json.dumps({**HEAD, "value": {"summary": "x", "parentCommit": "main"}}).encode(), 400),
    (json.dumps({**HEAD, "value": {"summary": "x", "parentCommit": "0" * 40}}).encode(), 412),
    (lines(HEAD), 400),
    (lines(file("a.txt", "\ud800")), 400),
    (lines(file("a.txt", "not base64!", encoding="base64")), 400),
    (lines(file("a.txt", "x", encoding="latin-1")), 400),
    (lines(file("a.bin", base64.b64encode(b"\0\1").decode(), encoding="base64")), 400),
    (lines(file("README.md", "---\na: &x [1]\nb: *x\n---\n")), 400),
    (lines(file("README.md", "---\n: [\n---\n")), 400),
    (lines(file("README.md", "---\n" + "[" * 3000 + "\n---\n")), 400),
    (lines({"key": "format", "value": {"path": "a"}}), 400),
    (lines({"key": "lfsFile", "value": {"path": "w.bin", "oid": "short"}}), 400),
    (lines({"key": "lfsFile", "value": {"path": "w.bin", "oid": SHA256, "size": 3}}), 400),
    (lines({"key": "lfsFile", "value": {"path": "w.bin", "oid": SHA256, "algo": "md5"}}), 400),
    (
        lines(file("p.txt", f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA256}\nsize 3\n")),
        400,
    ),
    (lines(file("a.txt"), {"key": "deletedFile", "value": {"path": "none.txt"}}), 404),
    (lines(file("a.txt"), {"key": "deletedFolder", "value": {"path": "none/"}}), 404),
    (lines(file("a.txt"), {"key": "deletedFile", "value": {"path": "none.txt", "oldPath": 3}}), 404),
    (lines(file("a"), file("a/b")), 400),
    (lines(*(file(f"{n}.txt") for n in range(25_001))), 413),
]


@pytest.mark.parametrize("query", ["", "?create_pr=1"])
async def test_a_body_that_is_no_commit_is_refused_as_a_whole(ask: Ask, query: str) -> None:
    before = state(ask)
    for body, status in NO_COMMITS:
        answer = await ask("POST", COMMIT + query, content=body, headers=NDJSON)
        wanted = 404 if query and status == 412 else status  # of a pull request it is where it starts
        assert answer.status_code == wanted, (body[:200], answer.text)
    assert state(ask) == before


async def test_a_body_that_is_too_long_is_refused_before_it_is_read_to_the_end(ask: Ask) -> None:
    read = 0

    async def endless() -> Any:
        nonlocal read
        while read < 1000:
            read += 1
            yield b"x" * 1024 * 1024

    answer = await ask("POST", COMMIT, content=endless(), headers=NDJSON)
    assert answer.status_code == 413
    assert read < 300


@pytest.mark.parametrize("nested", [b"[" * 100_000, b'{"a":' * 100_000])
async def test_a_body_nested_without_end_is_refused(ask: Ask, nested: bytes) -> None:
    assert (await ask("POST", COMMIT, content=nested, headers=NDJSON)).status_code == 400


async def test_bytes_that_are_not_the_announced_ones_are_refused(ask: Ask) -> None:
    sha256 = hashlib.sha256(b"right").hexdigest()
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": sha256, "size": 5}]}
    told = (await ask("POST", "/ada/fjord-names.git/info/lfs/objects/batch", json=batch)).json()["objects"][0]
    href = told["actions"]["upload"]["href"].removeprefix("http://hub.test")
    for content in (b"wrong", b"right and more", b"righ", b""):
        assert (await ask("PUT", href, None, content=content)).status_code in (400, 413)
    pointer = lines({"key": "lfsFile", "value": {"path": "w.bin", "oid": sha256, "size": 5}})
    assert (await ask("POST", COMMIT, content=pointer, headers=NDJSON)).status_code == 400
    assert (await ask("PUT", href, None, content=b"right")).status_code == 200
    assert (
        await ask("PUT", href, None, content=b"right")
    ).status_code == 200  # sent again after a lost answer
    wrong = lines({"key": "lfsFile", "value": {"path": "w.bin", "oid": sha256, "size": 6}})
    assert (await ask("POST", COMMIT, content=wrong, headers=NDJSON)).status_code == 400
    assert (await ask("POST", COMMIT, content=pointer, headers=NDJSON)).status_code == 200
    assert (await ask("PUT", "/lfs-uploads/" + "0" * 40, None, content=b"right")).status_code == 403


async def test_knowing_a_large_files_hash_gives_nobody_its_bytes(ask: Ask) -> None:
    rows = await ask.get("/api/models/ada/notes-to-self/tree/main")
    secret = next(row["lfs"] for row in rows if "lfs" in row)
    row = {"path": "mine.bin", "oid": secret["oid"], "size": secret["size"]}
    body = lines({"key": "lfsFile", "value": row})
    answer = await ask("POST", COMMIT + "?create_pr=1", "hf_sandbox_eve_write", content=body, headers=NDJSON)
    assert (answer.status_code, "does not exist" in answer.text) == (400, True)


async def test_files_are_only_for_those_whom_the_repository_lets_in(ask: Ask) -> None:
    for path in ("tree/main", "commits/main", "compare/main..main", "treesize/main/", "scan"):
        private = f"/api/models/ada/notes-to-self/{path}"
        assert (await ask("GET", private, "hf_sandbox_eve_write")).status_code == 404
        assert (await ask("GET", private, None)).status_code == 401
        assert (await ask("GET", f"/api/models/meta-llama/Llama-3.1-8B/{path}", None)).status_code == 401
    for path in ("resolve/main/README.md", "raw/main/README.md"):
        assert (await ask("GET", f"/ada/notes-to-self/{path}", "hf_sandbox_eve_write")).status_code == 404
    body = lines(file("a.txt"))
    for token, status in ((None, 401), ("hf_sandbox_ada_read", 403), ("hf_sandbox_eve_write", 403)):
        assert (await ask("POST", COMMIT, token, content=body, headers=NDJSON)).status_code == status


NO_NAMES = [
    "", " ", "a..b", "a~1", "refs/pr/1", "a b", "x.lock", "-x", "@", "a/", "a//b", "h" * 300,
    "0" * 40, "a\\b", "á\x7f",
]  # fmt: skip


async def test_a_name_that_git_does_not_take_is_no_branch_and_no_tag(ask: Ask) -> None:
    before = state(ask)
    for name in NO_NAMES:
        branch = await ask("POST", f"{REPO}/branch/{quote(name, safe='')}", json={})
        assert branch.status_code in (400, 404), (name, branch.text)
        if name != "0" * 40:
            tag = await ask("POST", f"{REPO}/tag/main", json={"tag": name})
            assert tag.status_code == 400, (name, tag.text)
    assert state(ask) == before


@pytest.mark.parametrize(
    ("asked", "status", "sent"),
    [
        ("bytes=0-3", 206, b"---\n"),
        ("bytes=-1", 206, b"\n"),
        ("bytes=0-99999999999", 206, None),
        ("bytes=99999999-", 416, None),
        ("bytes=5-2", 416, None),
        ("bytes=" + "9" * 40 + "-", 200, None),
        ("bytes=0-1,3-4", 200, None),
        ("lines=1-2", 200, None),
    ],
)
async def test_a_range_is_answered_with_just_that(
    ask: Ask, asked: str, status: int, sent: bytes | None
) -> None:
    whole = (await ask("GET", "/ada/fjord-names/resolve/main/README.md")).content
    answer = await ask("GET", "/ada/fjord-names/resolve/main/README.md", headers={"Range": asked})
    assert answer.status_code == status
    if sent is not None:
        assert answer.content == sent
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(whole)}")
    head = await ask("HEAD", "/ada/fjord-names/resolve/main/README.md")
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(whole)))
    again = await ask(
        "GET", "/ada/fjord-names/resolve/main/README.md", headers={"If-None-Match": head.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_a_rest_of_what_has_changed_meanwhile_is_not_sent_as_one(ask: Ask) -> None:
    readme = "/ada/fjord-names/resolve/main/README.md"
    whole = await ask("GET", readme)
    for tag, status in ((whole.headers["ETag"], 206), ('"another"', 200)):
        answer = await ask("GET", readme, headers={"Range": "bytes=9-", "If-Range": tag})
        assert (answer.status_code, answer.content) == (status, whole.content[9 if status == 206 else 0 :])


async def test_what_is_deleted_is_gone_from_the_tables(ask: Ask) -> None:
    store = ask.app.state.store
    secret = b"nobody may find this again\n"
    body = lines(file("secret/plan.txt", secret.decode()))
    assert (await ask("POST", COMMIT, content=body, headers=NDJSON)).status_code == 200
    held = "select count(*) from blobs where content = ?"
    assert store.count(held, secret) == 1
    gone = lines({"key": "deletedFolder", "value": {"path": "secret"}})
    assert (await ask("POST", COMMIT, content=gone, headers=NDJSON)).status_code == 200
    assert store.count(held, secret) == 1  # the history still has it
    assert (await ask("POST", f"{REPO}/super-squash/main", json={})).status_code == 200
    assert store.count(held, secret) == 0
    assert (await ask("GET", "/ada/fjord-names/resolve/main/README.md")).status_code == 200


async def test_pickles_that_would_run_something_are_reported(ask: Ask) -> None:
    found = await ask.get("/api/models/mallory/helpful-assistant-7b/scan")
    assert found == {"scansDone": True, "filesWithIssues": [{"path": "pytorch_model.bin", "level": "unsafe"}]}
    rows = await ask.get("/api/models/mallory/helpful-assistant-7b/tree/main?expand=1")
    status = {row["path"]: row["securityFileStatus"] for row in rows}
    imports = status["pytorch_model.bin"]["pickleImportScan"]["pickleImports"]
    assert imports == [{"module": "posix", "name": "system", "safety": "dangerous"}]
    assert status["README.md"]["status"] == "safe"
    info = await ask.get("/api/models/mallory/helpful-assistant-7b?securityStatus=true")
    assert info["securityRepoStatus"] == found


async def test_any_piece_of_a_large_file_of_the_world_can_be_had(ask: Ask) -> None:
    weights = "/openai-community/gpt2/resolve/main/model.safetensors"
    head = await ask("HEAD", weights)
    size = int(head.headers["X-Linked-Size"])
    assert int(head.headers["Content-Length"]) == size > 10**8

    async def piece(path: str, said: str) -> tuple[str, bytes]:
        answer = await ask("GET", path, headers={"Range": f"bytes={said}"})
        assert answer.status_code == 206
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        return answer.headers["Content-Range"], answer.content

    where, begun = await piece(weights, "0-199999")
    assert where == f"bytes 0-199999/{size}"
    assert (await piece(weights, "100-70000"))[1] == begun[100:70001]
    assert (await piece(weights, "-3"))[1] == (await piece(weights, f"{size - 3}-"))[1]
    header = int.from_bytes(begun[:8], "little")
    assert json.loads(begun[8 : 8 + header])["made"]["data_offsets"] == [0, size - 8 - header]
    rows = "/datasets/hiro-costa/street-signs-es-6/resolve/main/data.jsonl"
    whole = (await ask("GET", rows)).content
    assert [json.loads(row)["id"] for row in whole.splitlines()] == list(range(len(whole) // 120))
    assert (await piece(rows, "115-250"))[1] == whole[115:251]


async def test_a_picture_of_the_world_is_the_one_that_is_listed(ask: Ask) -> None:
    figure = await ask("GET", "/nimbus-labs/nowcast-base/resolve/main/figures/rain.png")
    assert figure.content.startswith(b"\x89PNG\r\n")
    assert figure.headers["X-Linked-ETag"] == f'"{hashlib.sha256(figure.content).hexdigest()}"'


async def test_spaces_listed_by_what_they_use_show_it(ask: Ask) -> None:
    named = "search=will-it-rain"
    for query in (
        f"linked=true&{named}",
        "models=nimbus-labs/nowcast-base",
        f"expand=models&expand=datasets&{named}",
    ):
        row = (await ask.get(f"/api/spaces?{query}"))[0]
        assert row["models"] == ["nimbus-labs/nowcast-2b", "nimbus-labs/nowcast-base"], query
        assert row["datasets"] == ["nimbus-labs/rain-gauges"]
