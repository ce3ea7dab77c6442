"""`huggingface_hub` unchanged as judge of downloads, and of commits as its rarer methods make them."""

from __future__ import annotations

import hashlib
import io
import json
import struct
from pathlib import Path

import pytest
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    CommitScheduler,
    HfApi,
    get_hf_file_metadata,
    hf_hub_url,
)
from huggingface_hub.errors import EntryNotFoundError
from huggingface_hub.file_download import http_get

from .official import ADA, api, by_lfs, fresh

__all__ = ["api", "by_lfs", "fresh"]

BINARY = bytes(range(256)) * 400


@pytest.fixture
def filled(api: HfApi, fresh: str) -> str:
    """A model with a few files."""
    files = {"README.md": b"# Fjords\n", "a/one.txt": b"1\n", "w.bin": BINARY}
    added = [CommitOperationAdd(path, content) for path, content in files.items()]
    api.create_commit(fresh, added, commit_message="Begin")
    return fresh


def test_an_interrupted_download_resumes(api: HfApi, filled: str) -> None:
    url = hf_hub_url(filled, "w.bin", endpoint=api.endpoint)
    there = get_hf_file_metadata(url, token=ADA)
    assert there.etag == hashlib.sha256(BINARY).hexdigest()
    begun = io.BytesIO(b"?" * 1_000)  # what was there stays: only the rest is asked for
    begun.seek(0, io.SEEK_END)
    http_get(
        url, begun, resume_size=1_000, expected_size=there.size, headers={"Authorization": f"Bearer {ADA}"}
    )
    assert begun.getvalue() == b"?" * 1_000 + BINARY[1_000:]


def test_a_snapshot_has_what_its_patterns_name_and_is_verified(
    api: HfApi, filled: str, tmp_path: Path
) -> None:
    planned = api.snapshot_download(filled, allow_patterns=["*.md", "a/*"], dry_run=True, cache_dir=tmp_path)
    assert sorted((one.filename, one.file_size) for one in planned) == [("README.md", 9), ("a/one.txt", 2)]
    place = api.snapshot_download(filled, ignore_patterns="*.bin", local_dir=tmp_path / "some")
    assert {path.name for path in Path(place).rglob("*.*") if ".cache" not in path.parts} == {
        ".gitattributes", "README.md", "one.txt",
    }  # fmt: skip
    whole = api.snapshot_download(filled, local_dir=tmp_path / "all")
    assert api.verify_repo_checksums(filled, local_dir=whole).mismatches == []
    (Path(whole) / "a" / "one.txt").write_bytes(b"2\n")
    assert [one["path"] for one in api.verify_repo_checksums(filled, local_dir=whole).mismatches] == [
        "a/one.txt"
    ]


def test_tensors_of_weights_are_listed_without_a_download(api: HfApi, filled: str) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    content = struct.pack("<Q", len(header)) + header + bytes(8)
    api.upload_file(path_or_fileobj=content, path_in_repo="model.safetensors", repo_id=filled)
    found = api.get_safetensors_metadata(filled)
    assert (found.sharded, found.weight_map, found.parameter_count) == (
        False,
        {"a": "model.safetensors"},
        {"F32": 2},
    )


def test_an_older_version_is_copied_into_a_new_commit(api: HfApi, filled: str, tmp_path: Path) -> None:
    old = api.model_info(filled).sha
    api.upload_file(path_or_fileobj=b"# New\n", path_in_repo="README.md", repo_id=filled)
    back = [
        CommitOperationCopy("README.md", "OLD.md", src_revision=old),
        CommitOperationCopy("w.bin", "old/w.bin", src_revision=old),
    ]
    api.create_commit(filled, back, commit_message="Keep the old ones")
    api.copy_files(f"hf://{filled}/w.bin", f"hf://{filled}/again/w.bin")
    read = {
        path: Path(api.hf_hub_download(filled, path, cache_dir=tmp_path)).read_bytes()
        for path in ("OLD.md", "README.md", "old/w.bin", "again/w.bin")
    }
    assert read == {
        "OLD.md": b"# Fjords\n",
        "README.md": b"# New\n",
        "old/w.bin": BINARY,
        "again/w.bin": BINARY,
    }


def test_files_go_up_before_their_commit_in_the_background_and_by_a_schedule(
    api: HfApi, filled: str, tmp_path: Path
) -> None:
    early = CommitOperationAdd("early.bin", BINARY[::-1])
    api.preupload_lfs_files(filled, [early])
    assert "early.bin" not in api.list_repo_files(filled)
    api.create_commit(filled, [early], commit_message="Now")
    api.upload_file(
        path_or_fileobj=io.BytesIO(b"later"), path_in_repo="later.txt", repo_id=filled, run_as_future=True
    ).result()
    (tmp_path / "log.jsonl").write_text("{}\n")
    with CommitScheduler(repo_id=filled, folder_path=tmp_path, path_in_repo="logs", hf_api=api) as scheduler:
        scheduler.trigger().result()
    assert {"early.bin", "later.txt", "logs/log.jsonl"} <= {*api.list_repo_files(filled)}


def test_a_file_of_a_subfolder_is_kept_and_a_missing_one_is_remembered(
    api: HfApi, filled: str, tmp_path: Path
) -> None:
    first = api.hf_hub_download(filled, "one.txt", subfolder="a", cache_dir=tmp_path)
    again = api.hf_hub_download(filled, "one.txt", subfolder="a", cache_dir=tmp_path, local_files_only=True)
    assert first == again
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(filled, "none.txt", cache_dir=tmp_path)
    assert [*tmp_path.rglob("none.txt")] != []  # its absence at this commit


def test_a_revision_becomes_the_commit_it_names_and_a_name_gets_its_owner(api: HfApi, filled: str) -> None:
    sha = api.model_info(filled).sha
    assert api.resolve_revision(filled, revision="main").resolved == sha
    assert api.get_full_repo_name("made") == "ada/made"
