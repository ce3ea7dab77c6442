"""`huggingface_hub` unchanged as judge of commits: what it uploads, deletes and copies it finds again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    CommitOperationDelete,
    HfApi,
    ModelCard,
    ModelCardData,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
    snapshot_download,
)
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, RevisionNotFoundError
from huggingface_hub.hf_api import RepoFile, RepoFolder

from .official import ADA, api, by_lfs, eve, fresh

__all__ = ["api", "by_lfs", "eve", "fresh"]

BINARY = bytes(range(256)) * 40


def fetched(api: HfApi, id: str, path: str, tmp_path: Path, **parts: Any) -> bytes:
    """The bytes of a file as the client downloads it."""
    found = hf_hub_download(id, path, endpoint=api.endpoint, token=ADA, cache_dir=tmp_path / "cache", **parts)
    return Path(found).read_bytes()


def files(api: HfApi, id: str, **parts: Any) -> dict[str, RepoFile]:
    """Every file of a repository as its tree lists it."""
    rows = api.list_repo_tree(id, recursive=True, **parts)
    return {row.path: row for row in rows if isinstance(row, RepoFile)}


@pytest.mark.parametrize("repo_type", ["model", "dataset", "space"])
def test_a_file_that_is_uploaded_comes_back(api: HfApi, tmp_path: Path, repo_type: str) -> None:
    id = f"ada/up-{repo_type}-{os.urandom(3).hex()}"
    parts = {"space_sdk": "static"} if repo_type == "space" else {}
    api.create_repo(id, repo_type=repo_type, **parts)
    before = api.repo_info(id, repo_type=repo_type)
    done = api.upload_file(
        path_or_fileobj="åøå\n".encode(), path_in_repo="notes/a b.txt", repo_id=id, repo_type=repo_type,
        commit_message="A note", commit_description="With *stars*.",
    )  # fmt: skip
    after = api.repo_info(id, repo_type=repo_type)
    assert (done.oid, done.commit_message) == (after.sha, "A note")
    assert after.sha != before.sha
    assert after.last_modified is not None
    assert before.last_modified is not None
    assert after.last_modified >= before.last_modified
    assert fetched(api, id, "notes/a b.txt", tmp_path, repo_type=repo_type) == "åøå\n".encode()
    assert "notes/a b.txt" in api.list_repo_files(id, repo_type=repo_type)
    newest = api.list_repo_commits(id, repo_type=repo_type)[0]
    assert (newest.commit_id, newest.title, newest.message, newest.authors) == (
        done.oid, "A note", "With *stars*.", ["ada"],
    )  # fmt: skip
    api.delete_repo(id, repo_type=repo_type)


def test_a_large_file_goes_through_lfs_and_comes_back_complete(
    api: HfApi, fresh: str, tmp_path: Path
) -> None:
    api.upload_file(path_or_fileobj=BINARY, path_in_repo="weights.safetensors", repo_id=fresh)
    row = files(api, fresh)["weights.safetensors"]
    assert row.lfs is not None
    assert (row.lfs.sha256, row.size) == (hashlib.sha256(BINARY).hexdigest(), len(BINARY))
    assert fetched(api, fresh, "weights.safetensors", tmp_path) == BINARY
    there = get_hf_file_metadata(hf_hub_url(fresh, "weights.safetensors", endpoint=api.endpoint), token=ADA)
    assert (there.etag, there.size, there.commit_hash) == (
        row.lfs.sha256, len(BINARY), api.model_info(fresh).sha,
    )  # fmt: skip
    assert [file.filename for file in api.list_lfs_files(fresh)] == ["weights.safetensors"]
    api.upload_file(path_or_fileobj=BINARY, path_in_repo="again.bin", repo_id=fresh)  # not sent a second time
    assert files(api, fresh)["again.bin"].lfs == row.lfs


def test_a_file_too_large_for_one_request_is_uploaded_in_parts(
    api: HfApi, fresh: str, tmp_path: Path
) -> None:
    content = os.urandom(1024) * (25 * 1024)
    api.upload_file(path_or_fileobj=content, path_in_repo="big.bin", repo_id=fresh)
    assert fetched(api, fresh, "big.bin", tmp_path) == content
    requested = api.get_paths_info(fresh, "big.bin")[0]
    assert isinstance(requested, RepoFile)
    assert requested.size == len(content)


def test_a_folder_is_uploaded_and_downloaded(api: HfApi, fresh: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "data" / "deep").mkdir(parents=True)
    (home / "a.txt").write_text("a\n")
    (home / "data" / "b.json").write_text("{}\n")
    (home / "data" / "deep" / "c.bin").write_bytes(BINARY)
    (home / "ignored.log").write_text("x")
    (home / ".gitignore").write_text("*.log\n")
    api.upload_folder(repo_id=fresh, folder_path=home)
    assert {".gitattributes", ".gitignore", "a.txt", "data/b.json", "data/deep/c.bin"} == {*files(api, fresh)}
    taken = Path(snapshot_download(fresh, endpoint=api.endpoint, token=ADA, cache_dir=tmp_path / "cache"))
    assert (taken / "data/deep/c.bin").read_bytes() == BINARY
    assert (taken / "a.txt").read_text() == "a\n"
    assert taken.name == api.model_info(fresh).sha
    api.upload_folder(repo_id=fresh, folder_path=home / "data", path_in_repo="data", delete_patterns="*.json")
    assert "data/b.json" in files(api, fresh)  # uploaded again by the same commit
    api.delete_folder("data", fresh)
    assert not [path for path in files(api, fresh) if path.startswith("data")]


def test_one_commit_holds_several_operations(api: HfApi, fresh: str, tmp_path: Path) -> None:
    api.create_commit(
        fresh,
        [CommitOperationAdd("old.txt", b"old\n"), CommitOperationAdd("w.bin", BINARY),
         CommitOperationAdd("dir/x.txt", b"x\n"), CommitOperationAdd("dir/y.txt", b"y\n")],
        commit_message="First",
    )  # fmt: skip
    done = api.create_commit(
        fresh,
        [CommitOperationDelete("old.txt"), CommitOperationDelete("dir/"),
         CommitOperationAdd("dir", b"a file\n"),
         CommitOperationCopy("w.bin", "moved/w.bin"),
         CommitOperationCopy("old.txt", "copy.txt"),
         CommitOperationDelete("w.bin")],
        commit_message="Second",
    )  # fmt: skip
    assert {*files(api, fresh)} == {".gitattributes", "dir", "moved/w.bin", "copy.txt"}
    assert fetched(api, fresh, "moved/w.bin", tmp_path) == BINARY
    assert fetched(api, fresh, "copy.txt", tmp_path) == b"old\n"
    first = api.list_repo_commits(fresh)[1].commit_id
    assert fetched(api, fresh, "old.txt", tmp_path, revision=first) == b"old\n"
    assert api.list_repo_commits(fresh)[0].commit_id == done.oid
    api.delete_file("copy.txt", fresh)
    api.delete_files(fresh, ["moved/*"])
    assert {*files(api, fresh)} == {".gitattributes", "dir"}
    with pytest.raises(EntryNotFoundError):
        api.delete_file("copy.txt", fresh)


def test_a_stale_parent_is_refused_and_changes_nothing(api: HfApi, fresh: str) -> None:
    parent = api.model_info(fresh).sha
    add = [CommitOperationAdd("a.txt", b"1\n")]
    newer = api.create_commit(fresh, add, commit_message="Mine", parent_commit=parent)
    with pytest.raises(HfHubHTTPError, match="The branch was updated since you opened this page") as refused:
        api.create_commit(
            fresh, [CommitOperationAdd("a.txt", b"2\n")], commit_message="Late", parent_commit=parent
        )
    assert refused.value.response.status_code == 412
    assert api.model_info(fresh).sha == newer.oid


def test_an_unchanged_file_makes_no_commit(api: HfApi, fresh: str) -> None:
    first = api.upload_file(path_or_fileobj=b"same\n", path_in_repo="a.txt", repo_id=fresh)
    again = api.upload_file(path_or_fileobj=b"same\n", path_in_repo="a.txt", repo_id=fresh)
    assert again.oid == first.oid
    assert len(api.list_repo_commits(fresh)) == 2


def test_trees_and_paths_are_listed_with_their_last_commit(api: HfApi, fresh: str) -> None:
    one = api.upload_file(
        path_or_fileobj=b"1\n", path_in_repo="d/one.txt", repo_id=fresh, commit_message="One"
    )
    two = api.upload_file(
        path_or_fileobj=b"2\n", path_in_repo="d/two.txt", repo_id=fresh, commit_message="Two"
    )
    rows = {row.path: row for row in api.list_repo_tree(fresh, recursive=True, expand=True)}
    oids = {path: row.last_commit.oid for path, row in rows.items() if row.last_commit}
    assert (oids["d"], oids["d/one.txt"], oids["d/two.txt"]) == (two.oid, one.oid, two.oid)
    assert isinstance(rows["d"], RepoFolder)
    file, folder = api.get_paths_info(fresh, ["d/one.txt", "d", "none"], expand=True)
    assert isinstance(file, RepoFile)
    assert isinstance(folder, RepoFolder)
    assert file.security is not None
    assert (file.size, file.security["status"]) == (2, "safe")
    assert [row.path for row in api.list_repo_tree(fresh, "d")] == ["d/one.txt", "d/two.txt"]
    old = api.get_paths_info(fresh, ["d/one.txt", "d/two.txt"], revision=one.oid)
    assert [row.path for row in old] == ["d/one.txt"]


@pytest.mark.slow
def test_a_long_tree_goes_on_over_several_pages(api: HfApi) -> None:
    rows = list(api.list_repo_tree("nimbus-labs/checkpoint-archive", "steps", recursive=True))
    assert (len([row for row in rows if isinstance(row, RepoFile)]), len({row.path for row in rows})) == (
        9999, 9999 + 100,
    )  # fmt: skip


def test_files_are_found_or_not_at_each_revision(api: HfApi, fresh: str) -> None:
    sha = api.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=fresh).oid
    api.delete_file("a.txt", fresh)
    assert not api.file_exists(fresh, "a.txt")
    assert api.file_exists(fresh, "a.txt", revision=sha)
    assert api.file_exists(fresh, "a.txt", revision=sha[:8])
    assert not api.file_exists(fresh, "a.txt", revision="none")
    assert not api.file_exists("ada/none-at-all", "a.txt")
    assert api.revision_exists(fresh, sha)
    assert not api.revision_exists(fresh, "0" * 40)
    assert not api.revision_exists("ada/none-at-all", "main")


def test_a_card_is_pushed_loaded_and_shown(api: HfApi, fresh: str, tmp_path: Path) -> None:
    data = ModelCardData(license="mit", language=["en", "no"], tags=["fjord"], library_name="transformers",
                         pipeline_tag="text-generation", base_model="openai-community/gpt2")  # fmt: skip
    card = ModelCard(f"---\n{data.to_yaml()}\n---\n\n# Fjords\n\nSee https://arxiv.org/abs/1810.04805.\n")
    constants_endpoint = api.endpoint
    path = tmp_path / "README.md"
    path.write_text(str(card))
    api.upload_file(path_or_fileobj=path, path_in_repo="README.md", repo_id=fresh)
    loaded = ModelCard.load(fetched_path(api, fresh, tmp_path))
    assert loaded.data.to_dict() == data.to_dict()
    info = HfApi(endpoint=constants_endpoint, token=ADA).model_info(fresh)
    assert info.card_data is not None
    assert info.card_data.to_dict() == data.to_dict()
    assert info.tags is not None
    assert {"transformers", "text-generation", "en", "no", "fjord", "license:mit", "arxiv:1810.04805",
            "base_model:openai-community/gpt2", "region:us"} == {*info.tags}  # fmt: skip
    assert (info.pipeline_tag, info.library_name) == ("text-generation", "transformers")
    assert fresh in {model.id for model in api.list_models(filter="fjord")}
    api.delete_file("README.md", fresh)
    bare = api.model_info(fresh)
    assert (bare.tags, bare.pipeline_tag, bare.card_data) == (["region:us"], None, None)


def fetched_path(api: HfApi, id: str, tmp_path: Path) -> str:
    """Where the client puts a repository's README."""
    return hf_hub_download(id, "README.md", endpoint=api.endpoint, token=ADA, cache_dir=tmp_path / "cache")


def test_metadata_the_hub_refuses_is_refused_before_and_by_the_commit(api: HfApi, fresh: str) -> None:
    bad = b"---\nlicense: my-own-made-up-licence\n---\n"
    with pytest.raises(ValueError, match="Invalid metadata"):
        api.upload_file(path_or_fileobj=bad, path_in_repo="README.md", repo_id=fresh)
    assert not api.file_exists(fresh, "README.md")


def test_a_config_and_weights_give_a_model_its_tags(api: HfApi, fresh: str) -> None:
    api.create_commit(
        fresh,
        [CommitOperationAdd("config.json", b'{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}'),
         CommitOperationAdd("model.safetensors", BINARY)],
        commit_message="Model",
    )  # fmt: skip
    info = api.model_info(fresh, expand=["tags", "config", "siblings", "usedStorage"])
    assert info.tags is not None
    assert {"gpt2", "safetensors"} <= {*info.tags}
    assert info.config == {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}
    assert info.siblings is not None
    assert {file.rfilename for file in info.siblings} == {
        ".gitattributes",
        "config.json",
        "model.safetensors",
    }
    sizes = {row.path: row.size for row in files(api, fresh).values()}
    assert info.used_storage == sum(sizes.values())


def test_infos_of_an_older_revision_list_its_own_files(api: HfApi, fresh: str) -> None:
    before = api.model_info(fresh).sha
    api.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=fresh)
    old = api.model_info(fresh, revision=before)
    assert old.siblings is not None
    assert (old.sha, [file.rfilename for file in old.siblings]) == (before, [".gitattributes"])


def test_others_cannot_commit(api: HfApi, eve: HfApi, fresh: str) -> None:
    for token in (eve, HfApi(endpoint=api.endpoint, token="hf_sandbox_ada_read")):
        with pytest.raises(HfHubHTTPError) as refused:
            token.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=fresh)
        assert refused.value.response.status_code == 403
    with pytest.raises(RevisionNotFoundError):
        api.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=fresh, revision="none")


def test_former_and_bare_names_lead_on_from_every_path(api: HfApi, fresh: str, tmp_path: Path) -> None:
    new = f"{fresh}-moved"
    api.move_repo(fresh, new)
    api.upload_file(path_or_fileobj=BINARY, path_in_repo="w.bin", repo_id=fresh)
    assert fetched(api, fresh, "w.bin", tmp_path) == BINARY
    assert api.list_repo_commits(fresh)[0].title == "Upload w.bin with huggingface_hub"
    api.create_branch(fresh, branch="b")
    assert [ref.name for ref in api.list_repo_refs(fresh).branches] == ["main", "b"]
    assert api.create_discussion(fresh, "A question").num == 1
    assert api.repo_exists(fresh)
    assert api.revision_exists(fresh, "b")
    api.delete_repo(new)
    assert not api.repo_exists(fresh)
    assert fetched(api, "gpt2", "config.json", tmp_path)
    assert fetched(api, "squad", "README.md", tmp_path, repo_type="dataset")
    assert api.revision_exists("gpt2", "main")
    assert api.file_exists("gpt2", "config.json")
    assert "config.json" in api.list_repo_files("bert-base-uncased")
    assert api.list_repo_commits("gpt2")[-1].title == "initial commit"
