"""Existing names similar to a missing one: from the same owner first, then from the Hub's search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from difflib import SequenceMatcher
from typing import Any

import anyio
from pydantic import BaseModel

from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.composed import Composed, NamesMissing
from hub_mcp.catalogue.endpoint import ENDPOINTS, Endpoint
from hub_mcp.catalogue.fields.marks import (
    AccountName,
    CollectionSlug,
    PaperId,
    PathInRepo,
    RepoKind,
    RepoName,
    RevisionName,
    ThingName,
    marked_in,
    values_of,
)
from hub_mcp.catalogue.repos.repository import repository
from hub_mcp.client.answers_of import answers_of
from hub_mcp.client.hub import Hub
from hub_mcp.errors import HubError, Invalid, Missing, MissingEntry, MissingRepository, MissingRevision

MOST = 3
MOST_MISSING = 5  # missing things in an answer to look for
_MONTH = re.compile(r"(\d\d)(0[1-9]|1[0-2])\.")  # year and month in an arXiv id
_NAME = re.compile(r"[\w./-]{1,200}", re.ASCII)
ALIKE = 0.6  # similarity, up to 1, above which one name may be a typo of the other
SECONDS = 5.0  # seconds; a hint is not worth a longer wait
KEYS = ("id", "slug", "user")  # fields with the name of a row
LISTINGS = {"model": "list_models", "dataset": "list_datasets", "space": "list_spaces"}


async def near_names(hub: Hub, call: Endpoint[Any], error: HubError | None = None) -> list[str]:
    """Up to three names, nearest first, for something a call named that the Hub does not have."""
    found: list[str] = []
    accounts = [name for _, name in values_of(call, AccountName)]
    if isinstance(error, Invalid) and len(accounts) <= len(call.marked(AccountName)):
        return found  # it lists no accounts, and anything else can be wrong with a request
    with anyio.move_on_after(SECONDS), suppress(HubError, ValueError):
        if isinstance(error, (MissingRevision, MissingEntry)):
            found = await _inside(hub, call, of_path=isinstance(error, MissingEntry))
        elif repo_id := _value(call, RepoName):
            kinds = [one for one in (call.kind or _value(call, RepoKind),) if one in LISTINGS]
            found = await _repositories(hub, kinds, repo_id)
            found = found or await _named_inside(hub, call)
        elif slug := _value(call, CollectionSlug):
            found = await _collections(hub, slug)
            found = found or await _named_inside(hub, call)
        elif paper := _value(call, PaperId):
            found = await _papers(hub, paper)
        elif isinstance(call, Composed) and (asked := call.about()):
            found = await near_names(hub, asked, error)
        elif isinstance(error, MissingRepository):  # one of those that go into something new
            found = await _named_inside(hub, call)
        elif accounts:
            found = await _accounts(hub, accounts)
    return found


def _value(call: BaseModel, mark: type) -> str:
    """The first of these arguments with such a mark; "" if none was given."""
    given = (getattr(call, name) for name in marked_in(type(call), mark))
    return str(next(filter(None, given), ""))


async def with_near_names(hub: Hub, answer: Answer) -> Answer:
    """An answer with such names for a few of the things it reports as missing."""
    if not isinstance(answer, NamesMissing) or not answer.missing:
        return answer
    found: dict[str, list[str]] = {}

    async def look(name: str, call: Endpoint[Any]) -> None:
        if near := await near_names(hub, call):
            found[name] = near

    async with anyio.create_task_group() as group:
        for name, call in list(answer.missing.items())[:MOST_MISSING]:
            group.start_soon(look, name, call)
    return answer.with_near(found)


async def near_accounts(hub: Hub, name: str) -> list[str]:
    """Up to three accounts similar to a missing one; none if it exists."""
    with anyio.move_on_after(SECONDS), suppress(HubError, ValueError):
        return await _account(hub, name)
    return []


async def _inside(hub: Hub, call: Endpoint[Any], *, of_path: bool) -> list[str]:
    """Paths similar to a missing one, or branches and tags."""
    place = {"repo_id": _value(call, RepoName), "type": call.kind or _value(call, RepoKind)}
    if of_path:
        path, at = _value(call, PathInRepo), _value(call, RevisionName) or "main"
        folder = path.rpartition("/")[0] or None
        asked = {**place, "path": folder, "revision": at, "limit": 1_000}
        tree: Page[Answer] = await hub.send(ENDPOINTS["list_tree"].model_validate(asked))
        return alike(path, _names(str(row.content().get("path", "")) for row in tree.items))
    refs = (await hub.send(ENDPOINTS["list_refs"].model_validate(place))).content()
    names = _names({**refs.get("branches", {}), **refs.get("tags", {})})
    missing = (one for _, one in values_of(call, RevisionName) if one not in names)
    return next(filter(None, (alike(one, names) for one in missing)), [])


async def _repositories(hub: Hub, kinds: Iterable[str], repo_id: str) -> list[str]:
    owner, _, name = repo_id.rpartition("/")
    for kind in kinds:
        listing = LISTINGS[kind]
        of_owner = await _ids(hub, listing, author=owner, limit=200) if owner else []
        if repo_id in of_owner:
            return []  # something else was not found
        if of_others := await _of_other_types(hub, kind, repo_id):
            return of_others
        if near := alike(repo_id, of_owner, _own_name):
            return near
        words = [word for word in name.replace("_", "-").split("-") if len(word) > 2]
        searched = await _ids(hub, listing, search=words[0] if words else name, limit=100, sort="likes")
        return alike(name, searched, _own_name)
    return []


async def _of_other_types(hub: Hub, kind: str, repo_id: str) -> list[str]:
    """Repositories of the other types that have this very name, with their type, as in `models/ns/name`."""
    calls = {one: repository(one, repo_id, ["private"]) for one in LISTINGS if one != kind}
    found = [call for call, _ in await answers_of(list(calls.values()), hub.send, SECONDS)]
    return _names(f"{one}s/{repo_id}" for one, call in calls.items() if call in found)


async def _collections(hub: Hub, slug: str) -> list[str]:
    of_owner = await _ids(hub, "list_collections", owner=[slug.partition("/")[0]], limit=100)
    return [] if slug in of_owner else alike(slug, of_owner, _without_id)


async def _named_inside(hub: Hub, call: Endpoint[Any]) -> list[str]:
    """Names near to the first repository that a collection, a group or a Space cannot take."""
    for part, repo_id in values_of(call, RepoName, ThingName):
        kind = _value(part, RepoKind) if part is not call else ""
        if kind in LISTINGS and (near := await _repositories(hub, [kind], repo_id)):
            return near
    return []


async def _papers(hub: Hub, paper: str) -> list[str]:
    """Daily papers from the month of an arXiv id, otherwise papers whose id differs by a typo."""
    if begun := _MONTH.match(paper):
        asked = {"month": f"20{begun[1]}-{begun[2]}", "limit": 100}
        with suppress(HubError):  # of a future month
            if near := alike(paper, await _ids(hub, "list_daily_papers", **asked)):
                return near
    calls = [ENDPOINTS["get_paper"].model_validate({"arxiv_id": one}) for one in _slips(paper)]
    return _names(paper.identity for _, paper in await answers_of(calls, hub.send, SECONDS))[:MOST]


def _slips(paper: str) -> list[str]:
    """This arXiv id with two adjacent digits swapped, or with a zero restored."""
    month, _, number = paper.partition(".")
    digits = month + number
    slips = [
        f"{digits[:n]}{digits[n + 1]}{digits[n]}{digits[n + 2 :]}"
        for n in range(len(digits) - 1)
        if digits[n] != digits[n + 1]
    ]
    if len(number) == 4:
        slips.append(f"{month}0{number}")
    return [one for slip in slips if _MONTH.match(one := f"{slip[:4]}.{slip[4:]}")]


async def _accounts(hub: Hub, names: list[str]) -> list[str]:
    """Accounts similar to the first name that does not exist; members, if an organization is given."""
    first, *rest = names
    if not rest:
        return await _account(hub, first)
    try:
        members = await _ids(hub, "list_organization_members", organization=first, limit=1_000)
    except Missing:
        return await _account(hub, first)
    unknown = [one for one in rest if one.lower() not in {member.lower() for member in members}]
    return alike(unknown[0], members) if unknown else []


async def _account(hub: Hub, name: str) -> list[str]:
    found: list[str] = []
    beginnings = (name[:-1], name[: max(2, len(name) // 2)])  # which the Hub searches by
    for begun in dict.fromkeys(beginnings):
        asked = {"query": begun, "type": ["org", "user"], "limit": 20}
        answer = await hub.send(ENDPOINTS["quicksearch"].model_validate(asked))
        found += [*_named(answer, "users", "user"), *_named(answer, "orgs", "name")]
        if name in found:
            return []
        if near := alike(name, found):
            return near
    return []


def _named(found: Answer, kind: str, key: str) -> list[str]:
    return _names(str(one.get(key) or "") for one in getattr(found, "kinds", {}).get(kind, ()))


async def _ids(hub: Hub, listing: str, **asked: Any) -> list[str]:
    page: Page[Answer] = await hub.send(ENDPOINTS[listing].model_validate(asked))
    rows = (row.content() for row in page.items)
    return _names(next((str(row[key]) for key in KEYS if row.get(key)), "") for row in rows)


def _names(texts: Iterable[str]) -> list[str]:
    return [name for name in texts if _NAME.fullmatch(name)]  # only names get into a hint


def _own_name(id: str) -> str:
    return id.rpartition("/")[2]


def _without_id(slug: str) -> str:
    return _own_name(slug[:-25] if len(slug) > 25 else slug)


def alike(name: str, names: Iterable[str], key: Callable[[str], str] = str) -> list[str]:
    """The names most similar to this one, most similar first."""
    wanted = key(name).lower()
    rated = sorted(
        ((SequenceMatcher(None, wanted, key(one).lower()).ratio(), one) for one in names), reverse=True
    )
    return [one for ratio, one in rated[:MOST] if ratio >= ALIKE]
