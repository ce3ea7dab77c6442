"""What only Spaces show: their look, where they run, and how."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping

RUNTIME = ("stage", "hardware", "errorMessage", "gcTimeout", "replicas", "devMode", "domains", "sha")
NO_RUNTIME: dict[str, object] = {
    "stage": "NO_APP_FILE",
    "hardware": {"current": None, "requested": None},
    "replicas": {"requested": 1},
}


def linked_space(repo: sqlite3.Row) -> dict[str, object]:
    """A Space as the page of a paper names it: five fields."""
    card: dict[str, object] = json.loads(repo["card"])
    details: dict[str, object] = json.loads(repo["details"])
    answer: dict[str, object] = {"emoji": _text(card, "emoji", "🚀"), "id": repo["id"]}
    answer["running"] = _runtime(details)["stage"] == "RUNNING"
    if card.get("short_description"):
        answer["shortDescription"] = card["short_description"]
    return answer | {"featured": False}


def space_summary(repo: sqlite3.Row, details: Mapping[str, object]) -> dict[str, object]:
    """The fields of a summary that only a Space has."""
    card: dict[str, object] = json.loads(repo["card"])
    answer: dict[str, object] = {
        "colorFrom": _text(card, "colorFrom", "blue"),
        "colorTo": _text(card, "colorTo", "blue"),
        "createdAt": repo["created_at"],
        "disabled": bool(repo["disabled"]),
        "emoji": _text(card, "emoji", "🚀"),
        "featured": False,
        "pinned": bool(card.get("pinned")),
        "runtime": {key: value for key, value in _runtime(details).items() if key in RUNTIME},
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


def _runtime(details: Mapping[str, object]) -> Mapping[str, object]:
    """What a Space's hardware does; a Space just made has nothing to run."""
    runtime = details.get("runtime")
    return NO_RUNTIME | runtime if isinstance(runtime, dict) else NO_RUNTIME


def _text(card: Mapping[str, object], name: str, otherwise: str) -> str:
    value = card.get(name)
    return value if isinstance(value, str) else otherwise
