"""A new repository on its way into the tables, from the world or from somebody's request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..store import Store


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file of the world; without content or shard it is a name and a size, as weights are.

    `shard` names a parquet file that ships with the local Hub; `content` goes to LFS when it is binary.
    Files of a repository with the same `twin` have the same bytes.
    """

    path: str
    size: int = 0
    content: bytes | None = None
    shard: str | None = None
    twin: str | None = None


@dataclass(frozen=True, slots=True)
class NewRepo:
    """What there is to know of a repository when it enters the Hub."""

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
    labels: Sequence[tuple[str, str]] = ()  # beside the tags: app, provider, model, dataset
    former: Sequence[str] = ()  # names that lead here
    refs: Sequence[str] = ()  # beside main


def insert_repos(store: Store, repos: Iterable[NewRepo]) -> None:
    """Write repositories with their labels and former names, without a commit yet; inside a transaction."""
    first = store.count("select coalesce(max(key), 0) + 1 from repos")
    numbered = list(enumerate(repos, first))
    marks = ",".join("?" * 31)
    store.run_many(
        "insert into repos ("  # noqa: S608 - only question marks are put in
        "key, _id, type, namespace, name, id, visibility, gated, disabled, creator,"
        " resource_group, created_at, last_modified, sha, downloads, downloads_all_time, likes, likes30d,"
        " trending_score, num_parameters, main_size, num_rows, used_storage, pipeline_tag, library_name,"
        " inference, sdk, description, tags, card, details)"
        f" values ({marks})",
        (
            (
                key,
                r.oid,
                r.type,
                *r.id.split("/", 1),
                r.id,
                r.visibility,
                r.gated,
                int(r.disabled),
                r.creator,
                r.resource_group,
                r.created,
                r.modified,
                "",
                r.downloads,
                r.downloads_all_time,
                r.likes,
                r.likes30d,
                r.trending,
                r.parameters,
                sum(f.size for f in r.files),
                r.rows,
                sum(f.size for f in r.files),
                r.pipeline_tag,
                r.library_name,
                r.inference,
                r.sdk,
                r.description,
                _json(r.tags),
                _json(r.card),
                _json(r.details),
            )
            for key, r in numbered
        ),
    )
    store.insert_many(
        "labels",
        "kind, value, repo",
        (
            (kind, value, key)
            for key, r in numbered
            for kind, value in (*(("tag", tag) for tag in r.tags), *r.labels)
        ),
        "or ignore",
    )
    store.insert_many(
        "redirects", "type, old_id, repo", ((r.type, old, key) for key, r in numbered for old in r.former)
    )


def text_file(path: str, text: str) -> NewFile:
    """A file with a content."""
    content = text.encode()
    return NewFile(path, len(content), content)


def readme(card: Mapping[str, object], text: str) -> str:
    """A README with its card on top; YAML, of which JSON values are a part."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in card.items()]
    return "\n".join(["---", *lines, "---", text])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
