"""`HfFileSystem` of `huggingface_hub` unchanged: it writes, finds, reads in pieces, moves and removes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, HfFileSystem

from .official import ADA, api, by_lfs, fresh

__all__ = ["api", "by_lfs", "fresh"]

BINARY = bytes(range(256)) * 4_000


@pytest.fixture
def fs(api: HfApi) -> HfFileSystem:
    """A file system of its own, without what another has kept."""
    return HfFileSystem(endpoint=api.endpoint, token=ADA, skip_instance_cache=True)


@pytest.fixture
def filled(api: HfApi, fresh: str) -> str:
    """A model with a few files."""
    files = {"README.md": b"# Fjords\n", "a/one.txt": b"1\n", "a/b/two.txt": b"2\n", "w.bin": BINARY}
    added = [CommitOperationAdd(path, content) for path, content in files.items()]
    api.create_commit(fresh, added, commit_message="Begin")
    return fresh


def test_files_are_found_by_name_pattern_and_folder(fs: HfFileSystem, filled: str) -> None:
    assert fs.ls(filled, detail=False) == [
        f"{filled}/{name}" for name in (".gitattributes", "README.md", "a", "w.bin")
    ]
    assert fs.glob(f"{filled}/**/*.txt") == [f"{filled}/a/b/two.txt", f"{filled}/a/one.txt"]
    assert fs.find(f"{filled}/a") == [f"{filled}/a/b/two.txt", f"{filled}/a/one.txt"]
    assert list(fs.walk(f"{filled}/a")) == [
        (f"{filled}/a", ["b"], ["one.txt"]),
        (f"{filled}/a/b", [], ["two.txt"]),
    ]
    assert (fs.isdir(f"{filled}/a"), fs.isfile(f"{filled}/a/one.txt"), fs.exists(f"{filled}/none")) == (
        True, True, False,
    )  # fmt: skip
    assert not fs.exists("ada/none-at-all/x")
    assert not fs.exists(f"{filled}@none/README.md")
    assert fs.info(f"{filled}/w.bin")["size"] == len(BINARY)
    assert fs.du(f"{filled}/a") == 4
    assert fs.modified(f"{filled}/w.bin") is not None


def test_other_types_revisions_and_former_names_are_read(fs: HfFileSystem) -> None:
    assert str(fs.read_text("datasets/ada/weather-diaries/README.md")).startswith("---")
    assert "app.py" in [
        str(path).rpartition("/")[2] for path in fs.ls("spaces/nimbus-labs/will-it-rain", detail=False)
    ]
    [shard] = fs.glob("datasets/ibm/duorc@refs/convert/parquet/SelfRC/test/*.parquet")
    assert fs.cat_file(shard, start=0, end=4) == b"PAR1"
    assert fs.exists("openai-community/gpt2/config.json")
    assert fs.exists("OpenAI-Community/GPT2/config.json")


def test_the_short_name_of_the_converted_parquet_leads_to_it(fs: HfFileSystem) -> None:
    files = fs.glob("datasets/ibm/duorc@~parquet/SelfRC/test/*.parquet")
    assert [path.rpartition("/")[2] for path in files] == ["0000.parquet"]


def test_a_file_is_read_in_pieces_from_any_place(fs: HfFileSystem, filled: str) -> None:
    assert fs.cat_file(f"{filled}/w.bin", start=256, end=260) == bytes(range(4))
    with fs.open(f"{filled}/w.bin", "rb", block_size=1_000) as file:
        file.seek(5 * 256 + 3)
        assert file.read(4) == bytes(range(3, 7))
        file.seek(-2, os.SEEK_END)
        assert file.read() == b"\xfe\xff"
    with fs.open(f"{filled}/w.bin", "rb", block_size=0) as file:
        assert file.read(3) == b"\0\1\2"


def test_what_is_written_copied_moved_and_removed_is_so_in_the_repository(
    fs: HfFileSystem, api: HfApi, filled: str, tmp_path: Path
) -> None:
    with fs.open(f"{filled}/new/note.txt", "w") as file:
        file.write("åøå\n")
    big = os.urandom(3_000_000)
    fs.pipe_file(f"{filled}/new/big.bin", big)
    fs.cp_file(f"{filled}/w.bin", f"{filled}/new/w.bin")
    fs.mv(f"{filled}/new/note.txt", f"{filled}/new/moved.txt")
    fs.put_file(str(Path(__file__)), f"{filled}/new/code.py")
    fs.rm(f"{filled}/a", recursive=True)
    assert api.list_repo_files(filled) == [
        ".gitattributes", "README.md", "new/big.bin", "new/code.py", "new/moved.txt", "new/w.bin", "w.bin",
    ]  # fmt: skip
    fs.get(f"{filled}/new", str(tmp_path / "down"), recursive=True)
    taken = {path.name: path.read_bytes() for path in (tmp_path / "down").rglob("*") if path.is_file()}
    assert (taken["big.bin"], taken["w.bin"], taken["moved.txt"].decode()) == (big, BINARY, "åøå\n")


def test_a_file_goes_to_a_pull_request_and_to_a_branch(fs: HfFileSystem, api: HfApi, filled: str) -> None:
    api.create_pull_request(filled, "To be filled")
    api.create_branch(filled, branch="dev")
    for revision in ("refs/pr/1", "dev"):
        with fs.open(f"{filled}@{revision.replace('/', '%2F')}/x.txt", "w", revision=revision) as file:
            file.write("x")
        assert fs.read_text(f"{filled}/x.txt", revision=revision) == "x"
        assert api.file_exists(filled, "x.txt", revision=revision)
    assert not api.file_exists(filled, "x.txt")
