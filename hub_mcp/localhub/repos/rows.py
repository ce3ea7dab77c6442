"""Inserting a new repository into the tables, from the world or from a request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..store import Store


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file of the world; without content or shard it has only a name and a size, like weights.

    `shard` names a parquet file that ships with the local Hub; binary `content` goes to LFS.
    Files of a repository with the same `twin` have the same bytes.
    """

    path: str
    size: int = 0
    content: bytes | None = None
    shard: str | None = None
    twin: str | None = None


@dataclass(frozen=True, slots=True)
class NewRepo:
    """Everything known about a repository when it is created."""

    type: str
    id: str
    oid: str
    created: str
    modified: str
    tags: Sequence[str] = ()
    card: Mapping[str, object] = field(default_factory=dict[str, object])
    details: Mapping[str, object] = field(default_factory=dict[str, object])
    files: Sequence[NewFile] = ()
    visibility: str = "public"
    gated: str | None = None
    disabled: bool = False
    creator: str | None = None
    resource_group: str | None = None
    pipeline_tag: str | None = None
    library_name: str | None = None
    inference: str | None = None
    sdk: str | None = None
    description: str | None = None
    downloads: int = 0
    downloads_all_time: int = 0
    likes: int = 0
    likes30d: int = 0
    trending: int = 0
    parameters: int = 0
    rows: int = 0
    labels: Sequence[tuple[str, str]] = ()  # other than tags: app, provider, model, dataset
    former: Sequence[str] = ()  # names that redirect here
    refs: Sequence[str] = ()  # other than main


def insert_repos(store: Store, repos: Iterable[NewRepo]) -> None:
    """Write repositories with their labels and former names, without a commit yet; inside a transaction."""
    for key, r in enumerate(repos, store.count("select coalesce(max(key), 0) + 1 from repos")):
        namespace, name = r.id.split("/", 1)
        size = sum(file.size for file in r.files)
        store.insert(
            "repos", key=key, _id=r.oid, type=r.type, namespace=namespace, name=name, id=r.id,
            visibility=r.visibility, gated=r.gated, disabled=int(r.disabled), creator=r.creator,
            resource_group=r.resource_group, created_at=r.created, last_modified=r.modified, sha="",
            downloads=r.downloads, downloads_all_time=r.downloads_all_time, likes=r.likes,
            likes30d=r.likes30d, trending_score=r.trending, num_parameters=r.parameters, main_size=size,
            num_rows=r.rows, used_storage=size, pipeline_tag=r.pipeline_tag, library_name=r.library_name,
            inference=r.inference, sdk=r.sdk, description=r.description, tags=_json(r.tags),
            card=_json(r.card), details=_json(r.details),
        )  # fmt: skip
        labels = (*(("tag", tag) for tag in r.tags), *r.labels)
        rows = ((kind, value, key) for kind, value in labels)
        store.insert_many("labels", "kind, value, repo", rows, "or ignore")
        store.insert_many("redirects", "type, old_id, repo", ((r.type, old, key) for old in r.former))


def text_file(path: str, text: str) -> NewFile:
    """A file with a content."""
    content = text.encode()
    return NewFile(path, len(content), content)


def readme(card: Mapping[str, object], text: str) -> str:
    """A README with its card at the top; YAML, of which JSON is a subset."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in card.items()]
    return "\n".join(["---", *lines, "---", text])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
