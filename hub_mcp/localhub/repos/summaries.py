"""Summaries of repositories, as collections and papers show them."""

from __future__ import annotations

import json
import sqlite3

from ..groups.shapes import group_field
from ..people.rights import SignedInUser
from ..people.shapes import account_json
from ..spaces.shapes import space_summary
from ..store import Store


def repo_summary(store: Store, who: SignedInUser | None, repo: sqlite3.Row) -> dict[str, object]:
    """A repository of any type, with the fields common to all places."""
    card: dict[str, object] = {"author": repo["namespace"]}
    if repo["type"] != "dataset":
        card["authorData"] = account_json(store, who, repo["namespace"])
    if repo["type"] == "space":
        card |= space_summary(store, repo)
    else:
        card |= {"downloads": repo["downloads"], "gated": repo["gated"] or False}
    if repo["type"] == "model":
        card |= _model(repo)
    if repo["type"] == "dataset":
        card |= {"isBenchmark": False, "isTraces": False}
        if repo["num_rows"]:
            card["datasetsServerInfo"] = {
                "viewer": "viewer",
                "numRows": repo["num_rows"],
                "libraries": ["datasets"],
                "formats": ["parquet"],
                "modalities": ["text"],
            }
    card |= {
        "id": repo["id"],
        "isLikedByUser": False,
        "lastModified": repo["last_modified"],
        "likes": repo["likes"],
        "private": repo["visibility"] == "private",
        "repoType": repo["type"],
    }
    return card | group_field(store, who, repo)


def _model(repo: sqlite3.Row) -> dict[str, object]:
    details: dict[str, dict[str, dict[str, object]]] = json.loads(repo["details"])
    card: dict[str, object] = {
        "availableInferenceProviders": [
            {
                "provider": provider,
                "providerStatus": "live",
                "modelStatus": facts["status"],
                "providerId": facts["providerId"],
                "task": facts["task"],
                "isCheapestPricingOutput": False,
                "isFastestThroughput": False,
                "isModelAuthor": facts["isModelAuthor"],
            }
            for provider, facts in details.get("inferenceProviderMapping", {}).items()
        ],
        "widgetOutputUrls": [],
    }
    if repo["pipeline_tag"] is not None:
        card["pipeline_tag"] = repo["pipeline_tag"]
    return card | ({"numParameters": repo["num_parameters"]} if repo["num_parameters"] else {})
