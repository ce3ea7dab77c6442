"""What only Spaces show: their appearance, host and runtime."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping

from ..store import Json, Store
from .stages import runtime_at

RUNTIME = ("stage", "hardware", "errorMessage", "gcTimeout", "replicas", "devMode", "domains", "sha")


def linked_space(store: Store, repo: sqlite3.Row) -> dict[str, object]:
    """A Space as a paper's page shows it: five fields."""
    card: dict[str, object] = json.loads(repo["card"])
    details: dict[str, Json] = json.loads(repo["details"])
    answer: dict[str, object] = {"emoji": _text(card, "emoji", "🚀"), "id": repo["id"]}
    answer["running"] = runtime_at(details, store.clock())["stage"] == "RUNNING"
    if card.get("short_description"):
        answer["shortDescription"] = card["short_description"]
    return answer | {"featured": False}


def space_summary(store: Store, repo: sqlite3.Row) -> dict[str, object]:
    """The fields of a summary that only a Space has."""
    runtime = runtime_at(json.loads(repo["details"]), store.clock())
    card: dict[str, object] = json.loads(repo["card"])
    answer: dict[str, object] = {
        "colorFrom": _text(card, "colorFrom", "blue"),
        "colorTo": _text(card, "colorTo", "blue"),
        "createdAt": repo["created_at"],
        "disabled": bool(repo["disabled"]),
        "emoji": _text(card, "emoji", "🚀"),
        "featured": False,
        "pinned": bool(card.get("pinned")),
        "runtime": {key: value for key, value in runtime.items() if key in RUNTIME},
        "tags": json.loads(repo["tags"]),
        "title": _text(card, "title", repo["name"]),
        "trendingScore": repo["trending_score"],
        "visibility": repo["visibility"],
    }
    if repo["sdk"] is not None:
        answer["sdk"] = repo["sdk"]
    return answer | ({"shortDescription": card["short_description"]} if card.get("short_description") else {})


def subdomain_of(id: str) -> str:
    """The first part of the host a Space runs on."""
    return re.sub(r"[^a-z0-9]+", "-", id.lower())


def _text(card: Mapping[str, object], name: str, otherwise: str) -> str:
    value = card.get(name)
    return value if isinstance(value, str) else otherwise
