"""What the Hub reads from the head of main whenever it changes: the card, tags, sizes, the date."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..git.git_objects import EMPTY_TREE
from ..git.history import commit_row, tree_of
from ..git.trees import entry_at, files_of, size_of
from ..spaces.stages import rebuilt
from ..store import Json, Store
from .card_text import CardError, read_card, split

FORMATS = {
    "safetensors": "safetensors",
    "gguf": "gguf",
    "onnx": "onnx",
    "mlmodel": "coreml",
    "tflite": "tflite",
}
PREFIXED = {  # field of the card → prefix of its tags
    "dataset": {"language": "language:", "license": "license:", "task_categories": "task_categories:",
                "size_categories": "size_categories:", "task_ids": "task_ids:", "tags": ""},
    "model": {"language": "", "datasets": "dataset:", "license": "license:", "tags": ""},
    "space": {"language": "", "license": "license:", "tags": ""},
}  # fmt: skip
MOST_DESCRIBED = 600  # characters of a dataset's description


@dataclass(slots=True)
class HeadReading:
    """What the files of a tree say about their repository."""

    card: dict[str, Json] = field(default_factory=dict[str, Json])
    text: str = ""
    config: dict[str, Json] = field(default_factory=dict[str, Json])
    tags: list[str] = field(default_factory=list[str])


def reading(store: Store, type: str, tree: str) -> HeadReading:
    """Read a tree's README and configuration; an unreadable card counts as none."""
    found = HeadReading()
    written = text_at(store, tree, "README.md")
    if written is not None:
        _, found.text = split(written)
        try:
            found.card = read_card(written)
        except CardError:
            found.card = {}
    try:
        config = json.loads(text_at(store, tree, "config.json") or "{}") if type == "model" else {}
    except (ValueError, RecursionError):
        config = {}
    found.config = config if isinstance(config, dict) else {}
    found.tags = _tags(store, type, tree, found)
    return found


def text_at(store: Store, tree: str, path: str) -> str | None:
    """A text file of a tree, if git itself stores it."""
    entry = entry_at(store, tree, path)
    if entry is None or entry.is_folder or entry.sha256 is not None:
        return None
    row = store.find("blobs", oid=entry.oid)
    return bytes(row["content"]).decode("utf-8", "replace") if row else None


def main_changed(store: Store, repo: sqlite3.Row, sha: str) -> None:
    """Move main to a commit and update what the repository shows of it; inside a transaction."""
    key, type = repo["key"], repo["type"]
    commit = commit_row(store, key, sha)
    old_tree = tree_of(store, key, repo["sha"]) if repo["sha"] else EMPTY_TREE
    before, after = reading(store, type, old_tree), reading(store, type, commit["tree"])
    tags = _merged(json.loads(repo["tags"]), before.tags, after.tags)
    size = size_of(store, commit["tree"])
    sdk = _column(repo, "sdk", before, after) if type == "space" else None
    details = _details(json.loads(repo["details"]), before, after)
    if sdk not in (None, "static"):
        app = "Dockerfile" if sdk == "docker" else str(after.card.get("app_file") or "app.py")
        details = rebuilt(details, store.clock(), has_app=entry_at(store, commit["tree"], app) is not None)
    store.update(
        "repos", {"key": key}, sha=sha, last_modified=commit["created_at"], main_size=size,
        used_storage=storage(store, key, commit["tree"]), tags=_json(tags), card=_json(after.card),
        details=_json(details),
        pipeline_tag=_column(repo, "pipeline_tag", before, after) if type == "model" else None,
        library_name=_column(repo, "library_name", before, after) if type == "model" else None, sdk=sdk,
        description=_described(repo, before, after),
    )  # fmt: skip
    store.delete("labels", repo=key, kind="tag")
    labels = [("tag", tag) for tag in tags]
    if type == "space":
        for name, kind in (("models", "model"), ("datasets", "dataset")):
            old, new = _words(before.card.get(name)), _words(after.card.get(name))
            for value in set(old) - set(new):
                store.delete("labels", repo=key, kind=kind, value=value)
            labels += [(kind, value) for value in new]
    store.insert_many(
        "labels", "kind, value, repo", ((kind, value, key) for kind, value in labels), "or ignore"
    )


def storage(store: Store, repo: int, tree: str) -> int:
    """The storage a repository uses: its current text files, and every large file it still has."""
    texts = sum(entry.size for entry in files_of(store, tree).values() if entry.sha256 is None)
    return texts + store.count(
        "select coalesce(sum(l.size), 0) from repo_large_files r join large_files l on l.sha256 = r.sha256"
        " where r.repo = ?",
        repo,
    )


def card_tags(card: Mapping[str, object], type: str) -> list[str]:
    """The tags from a repository's card; those of a dataset carry their field as a prefix."""
    return [f"{prefix}{word}" for name, prefix in PREFIXED[type].items() for word in _words(card.get(name))]


def _tags(store: Store, type: str, tree: str, found: HeadReading) -> list[str]:
    """The tags from files and card."""
    tags: list[str] = []
    if type == "model":
        endings = {path.rpartition(".")[2] for path in files_of(store, tree)}
        kind = found.config.get("model_type")
        tags += _words(found.card.get("library_name"))
        tags += [tag for ending, tag in FORMATS.items() if ending in endings]
        tags += _words(kind) + _words(found.card.get("pipeline_tag"))
    if type == "space":
        tags += _words(found.card.get("sdk"))
    tags += card_tags(found.card, type)
    if type != "space":
        tags += [f"arxiv:{id}" for id in re.findall(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})", found.text)]
    if type == "model":
        relation = found.card.get("base_model_relation")
        for base in _words(found.card.get("base_model")):
            tags += [f"base_model:{base}"] + (
                [f"base_model:{relation}:{base}"] if isinstance(relation, str) else []
            )
    return list(dict.fromkeys(tags))


def _merged(now: list[str], before: list[str], after: list[str]) -> list[str]:
    """The current tags, without those the files no longer give and with the new ones."""
    kept = [tag for tag in now if tag in after or tag not in before]
    new = [tag for tag in after if tag not in kept]
    last = [tag for tag in kept if tag.startswith("region:")]
    return [*(tag for tag in kept if tag not in last), *new, *last]


def _column(repo: sqlite3.Row, name: str, before: HeadReading, after: HeadReading) -> str | None:
    """A column that the card may set; a value the Hub had from elsewhere stays."""
    value: Json = after.card.get(name)
    if isinstance(value, str):
        return value
    return None if name in before.card else repo[name]


def _details(details: dict[str, Json], before: HeadReading, after: HeadReading) -> dict[str, Json]:
    if after.config != before.config:
        kept = details.get("config")
        config: dict[str, Json] = dict(kept) if isinstance(kept, dict) else {}
        for name in ("architectures", "model_type"):
            config.pop(name, None)
            if name in after.config:
                config[name] = after.config[name]
        details["config"] = config
    if "model-index" in before.card or "model-index" in after.card:
        details["model-index"] = after.card.get("model-index")
    return details


def _described(repo: sqlite3.Row, before: HeadReading, after: HeadReading) -> str | None:
    """A dataset's description: the beginning of its README, as on the Hub."""
    if repo["type"] != "dataset" or before.text == after.text:
        return str(repo["description"]) if repo["description"] is not None else None
    text = re.sub(r"^#+ *(.*)$", r"\n\t\n\t\t\n\t\t\1\n\t\n", after.text, flags=re.MULTILINE).rstrip()
    more = " See the full description on the dataset page."
    return (
        text[:MOST_DESCRIBED] + ("…" if len(text) > MOST_DESCRIBED else "") + more if text.strip() else None
    )


def _words(value: object) -> list[str]:
    words: list[object] = [*value] if isinstance(value, list) else [value]
    return [word for word in words if isinstance(word, str)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
