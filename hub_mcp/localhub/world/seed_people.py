"""The people of the world: users, their tokens, organizations, members and followers."""

from __future__ import annotations

import json

from ..people.audit_rows import fill_log
from ..store import Store
from .fixed_random import World, digest, oid
from .tokens import TOKENS

MEMBERS = {
    "nimbus-labs": {
        "ada": "admin",
        "bob": "write",
        "cleo": "contributor",
        "dan": "read",
        "finn": "no_access",
    },
    "drizzle-collective": {"ada": "admin", "eve": "write"},
    "openai-community": {"julien-c": "admin", "lysandre": "admin"},
    "google-bert": {"julien-c": "admin", "lysandre": "admin"},
}
PRIVATE_BY_DEFAULT = "drizzle-collective"
VOLUNTEERS = 640  # members of open-cartography, enough for a second page at the default page size
ADMIRERS = 1310  # its followers
FOLLOWERS = {
    "nimbus-labs": ("bob", "cleo", "dan", "eve", "mallory"),
    "openai-community": ("ada", "mallory"),
    "ada": ("bob", "cleo", "eve"),
}

FIRST = (
    "Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Katya", "Luca",
    "Mei", "Nadia", "Otto", "Priya", "Quentin", "Rosa", "Soren", "Tomas", "Uma", "Viktor", "Wanda", "Xavi",
    "Yara", "Zoran",
)  # fmt: skip
LAST = (
    "Abe", "Bakker", "Costa", "Diallo", "Eriksen", "Fischer", "Garcia", "Haas", "Ivanov", "Jansen", "Kim",
    "Lopez", "Moreau", "Novak", "Oduya", "Petrov", "Rossi", "Silva", "Tanaka", "Ueda", "Vogel", "Weber",
    "Yilmaz", "Zhang",
)  # fmt: skip


def crowd(count: int) -> list[str]:
    """The names of the first `count` people of the crowd."""
    return [_crowd_name(n) for n in range(count)]


def fill_people(store: Store, world: World) -> None:
    """Write users, organizations, memberships, followers and tokens."""
    many = [(_crowd_name(n), *_crowd_facts(n)) for n in range(ADMIRERS)]
    store.insert_many(
        "users",
        "id, name, fullname, email, avatar_url, is_pro, details, created_at",
        [
            (
                oid("user", name, since),
                name,
                full,
                f"{name}@example.invalid",
                _avatar(name),
                int(pro),
                about,
                since,
            )
            for name, full, pro, since, about in (*world["users"], *many)
        ],
    )
    store.insert_many(
        "orgs",
        "id, name, fullname, plan, is_verified, created_at, details, avatar_url",
        [
            (oid("org", name, since), name, full, plan, int(verified), since, about, _avatar(name))
            for name, full, plan, verified, since, about in world["orgs"]
        ],
    )
    store.update("orgs", {"name": PRIVATE_BY_DEFAULT}, default_visibility="private")
    users = {row["name"]: str(row["id"]) for row in store.find_all("users")}
    accounts = users | {row["name"]: str(row["id"]) for row in store.find_all("orgs")}
    members = [
        (accounts[org], users[user], role) for org, roles in MEMBERS.items() for user, role in roles.items()
    ]
    fill_log(store, accounts["nimbus-labs"], users)
    carto = accounts["open-cartography"]
    members += [
        (carto, users[name], "admin" if n == 0 else "contributor" if n % 9 else "write")
        for n, (name, *_) in enumerate(many[:VOLUNTEERS])
    ]
    store.insert_many("members", "org_id, user_id, role", members)
    followers = [(accounts[account], users[name]) for account, names in FOLLOWERS.items() for name in names]
    followers += [(carto, users[name]) for name, *_ in many]
    store.insert_many("followers", "account_id, user_id", followers)
    store.insert_many(
        "tokens",
        "token, user_id, display_name, role, fine_grained, created_at",
        [
            (
                t.token,
                users[t.user],
                t.display_name,
                t.role,
                _nimbus_only(accounts["nimbus-labs"]) if t.role == "fineGrained" else None,
                "2026-01-12T09:30:00.000Z",
            )
            for t in TOKENS
        ],
    )


def _avatar(name: str) -> str:
    return f"/avatars/{digest('avatar', name)[:32]}.svg"


def _crowd_name(n: int) -> str:
    first, last = FIRST[n % len(FIRST)], LAST[(n // len(FIRST)) % len(LAST)]
    return f"{first}-{last}".lower() + (str(n // 624 + 1) if n >= 624 else "")


def _crowd_facts(n: int) -> tuple[str, bool, str, None]:
    full = f"{FIRST[n % len(FIRST)]} {LAST[(n // len(FIRST)) % len(LAST)]}"
    return (
        full,
        n % 17 == 0,
        f"{2022 + n % 4}-{n % 12 + 1:02d}-{n % 28 + 1:02d}T{n % 24:02d}:{n % 60:02d}:00.000Z",
        None,
    )


def _nimbus_only(org: str) -> str:
    scoped = [
        {
            "entity": {"_id": org, "type": "org", "name": "nimbus-labs"},
            "permissions": ["repo.content.read", "repo.write", "collection.read", "collection.write"],
        }
    ]
    return json.dumps({"canReadGatedRepos": True, "global": ["discussion.write"], "scoped": scoped})
