"""Accounts and repositories as small cards, the way collections and papers show them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from ..people.rights import SignedInUser, role_on
from ..store import Store

RUNTIME = ("stage", "hardware", "errorMessage", "gcTimeout", "replicas", "devMode", "domains", "sha")
NO_RUNTIME: dict[str, object] = {
    "stage": "NO_APP_FILE",
    "hardware": {"current": None, "requested": None},
    "replicas": {"requested": 1},
}


def account_card(store: Store, who: SignedInUser | None, name: str) -> dict[str, object] | None:
    """A user or an organization by name; None when the account is gone."""
    org = store.row("select * from orgs where name = ?", name)
    row = org or store.row("select * from users where name = ?", name)
    if row is None:
        return None
    card: dict[str, object] = {
        "_id": row["id"],
        "avatarUrl": row["avatar_url"],
        "fullname": row["fullname"],
        "name": row["name"],
        "type": "org" if org else "user",
    }
    if org is None:
        card["isPro"] = bool(row["is_pro"])
    card |= {"isHf": False, "isHfAdmin": False, "isMod": False}
    if org is not None and org["plan"] is not None:
        card["plan"] = org["plan"]
    follows = "select count(*) from followers where account_id = ?"
    card["followerCount"] = store.count(follows, row["id"])
    card["isUserFollowing"] = (
        who is not None and store.count(f"{follows} and user_id = ?", row["id"], who.id) > 0
    )
    return card


def group_card(store: Store, who: SignedInUser | None, thing: sqlite3.Row) -> dict[str, object]:
    """`{"resourceGroup": …}` of a repository or collection for those with a role on it, else nothing."""
    if thing["resource_group"] is None or who is None or role_on(who, thing) is None:
        return {}
    return {"resourceGroup": group_brief(store, thing["resource_group"])}


def group_brief(store: Store, group_id: str) -> dict[str, object]:
    """A resource group in three fields."""
    row = store.row(
        "select g.id, g.name, count(u.user_id) as users from resource_groups g"
        " left join resource_group_users u on u.group_id = g.id where g.id = ? group by g.id",
        group_id,
    )
    assert row is not None
    return {"id": row["id"], "name": row["name"], "numUsers": row["users"]}


def repo_card(store: Store, who: SignedInUser | None, repo: sqlite3.Row) -> dict[str, object]:
    """A repository of any type, without saying where it is shown."""
    details: dict[str, object] = json.loads(repo["details"])
    card: dict[str, object] = {"author": repo["namespace"]}
    if repo["type"] != "dataset":
        card["authorData"] = account_card(store, who, repo["namespace"])
    if repo["type"] == "space":
        card |= _space(repo, details)
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
    return card | group_card(store, who, repo)


def linked_space(repo: sqlite3.Row) -> dict[str, object]:
    """A Space as the page of a paper names it: five fields."""
    card: dict[str, object] = json.loads(repo["card"])
    details: dict[str, object] = json.loads(repo["details"])
    answer: dict[str, object] = {"emoji": _text(card, "emoji", "🚀"), "id": repo["id"]}
    answer["running"] = _runtime(details)["stage"] == "RUNNING"
    if card.get("short_description"):
        answer["shortDescription"] = card["short_description"]
    return answer | {"featured": False}


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


def _space(repo: sqlite3.Row, details: Mapping[str, object]) -> dict[str, object]:
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


def _runtime(details: Mapping[str, object]) -> Mapping[str, object]:
    """What a Space's hardware does; a Space just made has nothing to run."""
    runtime = details.get("runtime")
    return NO_RUNTIME | runtime if isinstance(runtime, dict) else NO_RUNTIME


def _text(card: Mapping[str, object], name: str, otherwise: str) -> str:
    value = card.get(name)
    return value if isinstance(value, str) else otherwise
