"""The content of the world's repositories: their files as git and LFS store them, and their commits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ..content.file_rules import is_binary
from ..repos.rows import NewFile, NewRepo
from ..store import Store, Value, shard
from ..world.fixed_random import moment_of, written
from .git_objects import EMPTY_TREE, GitEntry, commit_id, large_entry, text_entry
from .history import PARQUET_REF
from .trees import changed_tree

UPLOADED = {"model": "Upload model", "dataset": "Upload dataset", "space": "Add the app"}
CONVERTER = "parquet-converter"  # the Hub's own account; nobody signs in as it
OTHERS = "julien-c"  # who commits where an owner has no writing member


@dataclass(slots=True)
class _Rows:
    """The rows to write, collected by table and each written in one statement."""

    blobs: list[tuple[Value, ...]] = field(default_factory=list[tuple[Value, ...]])
    large: list[tuple[Value, ...]] = field(default_factory=list[tuple[Value, ...]])
    held: list[tuple[Value, ...]] = field(default_factory=list[tuple[Value, ...]])
    commits: list[tuple[Value, ...]] = field(default_factory=list[tuple[Value, ...]])
    heads: list[tuple[Value, ...]] = field(default_factory=list[tuple[Value, ...]])
    refs: list[tuple[Value, ...]] = field(default_factory=list[tuple[Value, ...]])

    def write(self, store: Store) -> None:
        """Write all rows."""
        for sql, rows in (
            ("insert or ignore into blobs (oid, content) values (?, ?)", self.blobs),
            ("insert or ignore into large_files (sha256, size, content, shard)"
             " values (?, ?, ?, ?)", self.large),
            ("insert or ignore into repo_large_files (repo, sha256, filename, ref, pusher, pushed_at)"
             " values (?, ?, ?, ?, ?, ?)", self.held),
            ("insert into commits (repo, id, tree, parent, number, author, created_at, title)"
             " values (?, ?, ?, ?, ?, ?, ?, ?)", self.commits),
            ("update repos set sha = ? where key = ?", self.heads),
            ("insert into refs (repo, ref, sha) values (?, ?, ?)", self.refs),
        ):  # fmt: skip
            store.run_many(sql, rows)


@dataclass(slots=True)
class _History:
    """The commits of one repository as they accumulate."""

    store: Store
    rows: _Rows
    repo: int
    author: str
    tree: str = EMPTY_TREE
    shas: list[str] = field(default_factory=list[str])

    def commit(self, moment: str, title: str, files: Mapping[str, GitEntry]) -> str:
        """Add a commit on top of the others."""
        self.tree = changed_tree(self.store, self.tree, files) if files else self.tree
        parent = self.shas[-1] if self.shas else None
        sha = commit_id(self.tree, parent, self.author, moment, title)
        number = len(self.shas) + 1
        self.rows.commits.append((self.repo, sha, self.tree, parent, number, self.author, moment, title))
        self.shas.append(sha)
        return sha


def fill_histories(store: Store, repos: Sequence[NewRepo]) -> None:
    """Write the files and commits of repositories that are already in the tables."""
    keys = {(row["type"], row["id"]): row["key"] for row in store.rows("select type, id, key from repos")}
    people, rows = _committers(store), _Rows()
    for repo in repos:
        author = people.get(repo.id.split("/")[0], OTHERS)
        _fill(_History(store, rows, keys[repo.type, repo.id], author), repo)
    rows.write(store)
    for repo in repos:
        if repo.type == "space" and "runtime" in repo.details:
            store.run(
                "update repos set details = json_set(details, '$.runtime.sha', sha) where key = ?"
                " and sdk is not null and sdk <> 'static'",
                keys[repo.type, repo.id],
            )


def fill_conversions(store: Store) -> None:
    """Write the parquet conversions of all datasets as commits of their own."""
    rows = _Rows()
    found = store.rows(
        "select p.*, r.last_modified from parquet p join repos r on r.key = p.repo order by p.repo"
    )
    for key in dict.fromkeys(row["repo"] for row in found):
        history = _History(store, rows, key, CONVERTER)
        ours = [row for row in found if row["repo"] == key]
        files = {
            f"{row['subset']}/{row['split']}/{row['shard']:04d}.parquet":
            _kept(rows, key, NewFile("", shard=row["file"]), CONVERTER, row["last_modified"])
            for row in ours
        }  # fmt: skip
        sha = history.commit(ours[0]["last_modified"], "Update parquet files", files)
        rows.refs.append((key, PARQUET_REF, sha))
    rows.write(store)


def _fill(history: _History, repo: NewRepo) -> None:
    """Three commits: the repository created, its files uploaded, its README completed."""
    created, modified = moment_of(repo.created), moment_of(repo.modified)
    uploaded = written(created + (modified - created) / 3)
    kept = {
        file.path: _kept(history.rows, history.repo, file, history.author, uploaded) for file in repo.files
    }
    first = {path: entry for path, entry in kept.items() if path == ".gitattributes"}
    history.commit(repo.created, "initial commit", first)
    rest = {path: entry for path, entry in kept.items() if path not in first}
    if rest:
        draft = next((file.content for file in repo.files if file.path == "README.md"), None)
        begun = _begun(draft) if draft else None
        if begun is not None:
            history.rows.blobs.append((text_entry(begun).oid, begun))
            history.commit(uploaded, UPLOADED[repo.type], {**rest, "README.md": text_entry(begun)})
            history.commit(repo.modified, "Update README.md", {"README.md": rest["README.md"]})
        else:
            history.commit(repo.modified, UPLOADED[repo.type], rest)
    history.rows.heads.append((history.shas[-1], history.repo))
    for ref in repo.refs:
        sha = history.shas[max(0, len(history.shas) - 2)]
        if ref.startswith("refs/heads/"):
            sha = _branched(history, repo)
        history.rows.refs.append((history.repo, ref, sha))


def _branched(history: _History, repo: NewRepo) -> str:
    """The head of a branch: one commit that main does not have."""
    name = repo.id.split("/")[1]
    note = f"# Trying a lower learning rate\n\nHalf of what {name} was trained with; worse so far.\n".encode()
    history.rows.blobs.append((text_entry(note).oid, note))
    aside = _History(history.store, history.rows, history.repo, history.author, history.tree, [*history.shas])
    return aside.commit(repo.modified, "Note the experiment", {"experiments/notes.md": text_entry(note)})


def _begun(readme: bytes) -> bytes | None:
    """A README as first uploaded, with its card and title; None if it has nothing more."""
    head, found, _ = readme.partition(b"\n# ")
    title = readme[len(head) + len(found) :].partition(b"\n")[0]
    begun = head + found + title + b"\n"
    return begun if found and len(begun) < len(readme) else None


def _kept(rows: _Rows, repo: int, file: NewFile, author: str, moment: str) -> GitEntry:
    """A file's entry in its tree; its content is added to the rows."""
    if file.content is not None and not is_binary(file.content):
        entry = text_entry(file.content)
        rows.blobs.append((entry.oid, file.content))
        return entry
    if file.shard is not None:
        sha256, size = _shard(file.shard)
    elif file.content is not None:
        sha256, size = hashlib.sha256(file.content).hexdigest(), len(file.content)
    else:
        sha256, size = hashlib.sha256(f"{repo}/{file.twin or file.path}".encode()).hexdigest(), file.size
    rows.large.append((sha256, size, file.content, file.shard))
    rows.held.append(
        (repo, sha256, file.path or None, "refs/heads/main" if file.path else PARQUET_REF, author, moment)
    )
    return large_entry(sha256, size)


@cache
def _shard(name: str) -> tuple[str, int]:
    content = shard(name)
    return hashlib.sha256(content).hexdigest(), len(content)


def _committers(store: Store) -> dict[str, str]:
    """Who commits in each namespace: its user, or the first who may write in the organization."""
    return dict(_found(store)) | {row["name"]: row["name"] for row in store.find_all("users")}


def _found(store: Store) -> Iterator[tuple[str, str]]:
    for row in store.rows(
        "select o.name as org, u.name as user from members m join orgs o on o.id = m.org_id"
        " join users u on u.id = m.user_id where m.role in ('admin', 'write')"
        " order by m.role desc, u.name desc"
    ):
        yield row["org"], row["user"]
