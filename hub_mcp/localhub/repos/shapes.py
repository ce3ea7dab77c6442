"""Repositories as the documented JSON, with how each field is read from the tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from ..content.shapes import blob_shape
from ..git.history import tree_of
from ..git.trees import files_of
from ..groups.shapes import group_brief
from ..people.rights import SignedInUser, role_on
from ..spaces.shapes import subdomain_of
from ..spaces.stages import runtime_at
from ..store import Json, Store
from .repo_queries import count_children, labels_of, repo_by_id, spaces_using


class Absent:
    """The value of a field that this repository lacks: the field is left out, since null is a value."""


ABSENT = Absent()
MAX_SPACES = 100
RELATIONS = ("adapter", "merge", "quantized", "finetune")  # ways to derive one model from another


class LazyRepo:
    """A repository for JSON output; what costs another query is read only when a field needs it."""

    def __init__(
        self, store: Store, who: SignedInUser | None, row: sqlite3.Row, listed: bool = False
    ) -> None:
        self.store = store
        self.who = who
        self.row = row
        self.listed = listed
        self.blobs = False
        self.commit: str = row["sha"]

    @cached_property
    def details(self) -> dict[str, Json]:
        """The fields only an info answer shows, by their JSON names."""
        found: dict[str, Json] = json.loads(self.row["details"])
        return found

    @cached_property
    def tags(self) -> list[str]:
        """The repository's tags."""
        found: list[str] = json.loads(self.row["tags"])
        return found

    @property
    def siblings(self) -> list[dict[str, object]]:
        """The files, with sizes and blob ids if requested."""
        files = files_of(self.store, tree_of(self.store, self.row["key"], self.commit))
        if not self.blobs:
            return [{"rfilename": path} for path in files]
        return [{"rfilename": path, **blob_shape(entry)} for path, entry in files.items()]

    @property
    def spaces(self) -> list[str]:
        """The Spaces that use this model, most liked first."""
        return spaces_using(self.store, self.who, self.row["id"], MAX_SPACES)

    def uses(self, kind: str) -> list[str]:
        """The models or datasets that this Space uses."""
        return labels_of(self.store, self.row["key"], kind)

    @property
    def children(self) -> dict[str, int]:
        """How many public models were derived from this one, by relation."""
        return {relation: count_children(self.store, relation, self.row["id"]) for relation in RELATIONS}

    @property
    def base_models(self) -> object:
        """The models this one was derived from, as far as they exist here."""
        for relation in RELATIONS:
            prefix = f"base_model:{relation}:"
            ids = [tag.removeprefix(prefix) for tag in self.tags if tag.startswith(prefix)]
            found = [repo_by_id(self.store, "model", id) for id in ids]
            models = [{"_id": base["_id"], "id": base["id"]} for base in found if base is not None]
            if models:
                return {"relation": relation, "models": models}
        return ABSENT

    @property
    def resource_group(self) -> object:
        """The resource group, if the caller has a role in it."""
        group = self.row["resource_group"]
        if group is None or self.who is None or role_on(self.who, self.row) is None:
            return ABSENT
        return group_brief(self.store, group)

    @property
    def runtime(self) -> object:
        """The runtime of a Space at this moment."""
        return runtime_at(self.details, self.store.clock()) if "runtime" in self.details else ABSENT

    @property
    def providers(self) -> object:
        """Where inference runs: an object in an info, a list in a listing (recorded)."""
        mapping = self.details.get("inferenceProviderMapping")
        if not isinstance(mapping, dict):
            return [] if self.listed else {}
        if not self.listed:
            return mapping
        return [{"provider": name, **facts} for name, facts in mapping.items() if isinstance(facts, dict)]


Field = Callable[[LazyRepo], object]


def _column(name: str) -> Field:
    return lambda shown: shown.row[name]


def _if_set(name: str) -> Field:
    return lambda shown: ABSENT if shown.row[name] is None else shown.row[name]


def _detail(name: str) -> Field:
    return lambda shown: shown.details.get(name, ABSENT)


FIELDS: Mapping[str, Field] = {
    "author": _column("namespace"),
    "baseModels": lambda shown: shown.base_models,
    "cardData": lambda shown: json.loads(shown.row["card"]),
    "childrenModelCount": lambda shown: shown.children,
    "citation": lambda shown: shown.details.get("citation"),
    "config": lambda shown: shown.details.get("config", {}),
    "createdAt": _column("created_at"),
    "datasets": lambda shown: shown.uses("dataset"),
    "description": _if_set("description"),
    "disabled": lambda shown: bool(shown.row["disabled"]),
    "downloads": _column("downloads"),
    "downloadsAllTime": _column("downloads_all_time"),
    "evalResults": _detail("evalResults"),
    "gated": lambda shown: shown.row["gated"] or False,
    "gguf": _detail("gguf"),
    "host": lambda shown: f"https://{subdomain_of(shown.row['id'])}.hf.space",
    "inference": _if_set("inference"),
    "inferenceProviderMapping": lambda shown: shown.providers,
    "key": lambda shown: "",
    "lastModified": _column("last_modified"),
    "library_name": _if_set("library_name"),
    "likes": _column("likes"),
    "mainSize": _column("main_size"),
    "mask_token": _detail("mask_token"),
    "model-index": lambda shown: shown.details.get("model-index"),
    "modelId": _column("id"),
    "models": lambda shown: shown.uses("model"),
    "paperswithcode_id": lambda shown: shown.details.get("paperswithcode_id"),
    "pipeline_tag": _if_set("pipeline_tag"),
    "private": lambda shown: shown.row["visibility"] == "private",
    "region": lambda shown: "us",
    "resourceGroup": lambda shown: shown.resource_group,
    "runtime": lambda shown: shown.runtime,
    "safetensors": _detail("safetensors"),
    "sdk": _column("sdk"),
    "sha": _column("sha"),
    "siblings": lambda shown: shown.siblings,
    "spaces": lambda shown: shown.spaces,
    "subdomain": lambda shown: subdomain_of(shown.row["id"]),
    "tags": lambda shown: shown.tags,
    "transformersInfo": _detail("transformersInfo"),
    "trendingScore": _column("trending_score"),
    "usedStorage": _column("used_storage"),
    "widgetData": _detail("widgetData"),
    "xetEnabled": lambda shown: True,
}


def repo_json(shown: LazyRepo, names: Sequence[str]) -> dict[str, object]:
    """`_id`, `id` and the named fields that the repository has, in that order."""
    answer: dict[str, object] = {"_id": shown.row["_id"], "id": shown.row["id"]}
    for name in names:
        value = FIELDS[name](shown)
        if value is not ABSENT:
            answer[name] = value
    return answer
