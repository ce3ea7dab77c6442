"""Users and organizations as the documented JSON: who am I, overviews, rows of lists, and small cards."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from ..store import Store
from .rights import SignedInUser
from .rows import (
    count_followed_orgs,
    count_followed_users,
    followed_by,
    groups_of,
    org_named,
    orgs_of,
    user_named,
)


def whoami_json(store: Store, who: SignedInUser) -> dict[str, object]:
    """The caller, their organizations and their token."""
    user, token = (
        store.find("users", id=who.id),
        store.find("tokens", user_id=who.id, display_name=who.token_name),
    )
    assert user is not None
    assert token is not None
    access: dict[str, object] = {
        "displayName": who.token_name,
        "role": who.access,
        "createdAt": token["created_at"],
    }
    if who.fine_grained is not None:
        access["fineGrained"] = json.loads(who.fine_grained)
    return {
        "type": "user",
        "id": who.id,
        "name": who.name,
        "fullname": user["fullname"],
        "email": user["email"],
        "emailVerified": True,
        "canPay": who.is_pro,
        "billingMode": "prepaid",
        "periodEnd": None,
        "isPro": who.is_pro,
        "avatarUrl": user["avatar_url"],
        "orgs": [_own_org(store, who, org) for org in orgs_of(store, who.id)],
        "auth": {"type": "access_token", "accessToken": access},
    }


def org_overview(
    store: Store, who: SignedInUser | None, org: sqlite3.Row, repos: Mapping[str, int]
) -> dict[str, object]:
    """An organization's overview; `repos` are its numbers of repositories."""
    answer = {
        "_id": org["id"],
        "avatarUrl": org["avatar_url"],
        "fullname": org["fullname"],
        "name": org["name"],
        "details": org["details"],
        "plan": org["plan"],
        "isVerified": bool(org["is_verified"]),
        "isFollowing": who is not None
        and store.number("followers", account_id=org["id"], user_id=who.id) > 0,
        "numUsers": store.number("members", org_id=org["id"]),
        **repos,
        "numFollowers": store.number("followers", account_id=org["id"]),
    }
    return {key: value for key, value in answer.items() if value is not None}


def user_overview(
    store: Store, who: SignedInUser | None, user: sqlite3.Row, repos: Mapping[str, int]
) -> dict[str, object]:
    """A user's overview; `repos` are their numbers of repositories."""
    answer = {
        "_id": user["id"],
        "avatarUrl": user["avatar_url"],
        "isPro": bool(user["is_pro"]),
        "fullname": user["fullname"],
        **repos,
        "numDiscussions": store.number("discussions", author=user["name"]),
        "numUpvotes": 0,
        "numLikes": store.number("repo_likes", user_id=user["id"]),
        "numFollowers": store.number("followers", account_id=user["id"]),
        "numFollowing": count_followed_users(store, user["id"]),
        "numFollowingOrgs": count_followed_orgs(store, user["id"]),
        "orgs": [
            {
                "id": org["id"],
                "name": org["name"],
                "fullname": org["fullname"],
                "avatarUrl": org["avatar_url"],
            }
            for org in orgs_of(store, user["id"])
        ],
        "user": user["name"],
        "type": "user",
        "isFollowing": who is not None
        and store.number("followers", account_id=user["id"], user_id=who.id) > 0,
        "details": user["details"],
        "hardwareItems": [],
        "createdAt": user["created_at"],
    }
    return {key: value for key, value in answer.items() if value is not None}


def user_json(row: sqlite3.Row) -> dict[str, object]:
    """The fields of a user wherever one is named."""
    return {
        "_id": row["id"],
        "avatarUrl": row["avatar_url"],
        "fullname": row["fullname"],
        "isPro": bool(row["is_pro"]),
        "user": row["name"],
        "type": "user",
    }


def users_json(store: Store, who: SignedInUser | None, rows: list[sqlite3.Row]) -> list[dict[str, object]]:
    """Users as lists show them."""
    following = followed_by(store, who.id) if who else set[str]()
    return [{**user_json(row), **({"isFollowing": row["id"] in following} if who else {})} for row in rows]


def members_json(
    store: Store, who: SignedInUser | None, org: sqlite3.Row, rows: list[sqlite3.Row]
) -> list[dict[str, object]]:
    """Members of an organization; roles are for members, e-mail addresses for admins."""
    page = users_json(store, who, rows)
    mine = who.role_in(org["name"]) if who else None
    if mine is None:
        return page
    for member, row in zip(page, rows, strict=True):
        member["role"] = row["role"]
        member["resourceGroups"] = _groups(store, org["id"], row["id"])
        if mine == "admin":
            member |= {"twoFaEnabled": bool(row["is_pro"]), "isExternalCollaborator": False}
            if org["plan"]:
                member["verifiedEmail"] = row["email"]
    return page


def account_json(store: Store, who: SignedInUser | None, name: str) -> dict[str, object] | None:
    """A user or an organization in the form collections and papers use; None if the account is gone."""
    org = org_named(store, name)
    row = org or user_named(store, name)
    if row is None:
        return None
    account: dict[str, object] = {
        "_id": row["id"],
        "avatarUrl": row["avatar_url"],
        "fullname": row["fullname"],
        "name": row["name"],
        "type": "org" if org else "user",
    }
    if org is None:
        account["isPro"] = bool(row["is_pro"])
    account |= {"isHf": False, "isHfAdmin": False, "isMod": False}
    if org is not None and org["plan"] is not None:
        account["plan"] = org["plan"]
    account["followerCount"] = store.number("followers", account_id=row["id"])
    account["isUserFollowing"] = (
        who is not None and store.number("followers", account_id=row["id"], user_id=who.id) > 0
    )
    return account


def _own_org(store: Store, who: SignedInUser, org: sqlite3.Row) -> dict[str, object]:
    """An organization as `whoami-v2` lists it."""
    answer: dict[str, object] = {
        "type": "org",
        "id": org["id"],
        "name": org["name"],
        "fullname": org["fullname"],
        "email": None,
        "canPay": org["plan"] is not None,
        "periodEnd": None,
        "avatarUrl": org["avatar_url"],
        "roleInOrg": org["role"],
    }
    if org["plan"] is not None:
        answer["plan"] = org["plan"]
    groups = [
        {key: group[key] for key in ("id", "name", "role")} for group in _groups(store, org["id"], who.id)
    ]
    return answer | ({"resourceGroups": groups} if groups else {})


def _groups(store: Store, org_id: str, user_id: str) -> list[dict[str, object]]:
    return [
        {"id": group["id"], "name": group["name"], "numUsers": group["users"], "role": group["role"]}
        for group in groups_of(store, org_id, user_id)
    ]
