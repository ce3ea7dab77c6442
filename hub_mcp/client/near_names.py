"""Names that do exist, near to one that does not: of the same owner first, then of the Hub's search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from difflib import SequenceMatcher
from typing import Any

import anyio

from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.composed import NamesMissing
from hub_mcp.catalogue.endpoint import ENDPOINTS, Endpoint
from hub_mcp.catalogue.fields.marks import RepoKind, RepoName
from hub_mcp.client.hub import Hub
from hub_mcp.errors import HubError

MOST = 3
MOST_MISSING = 5  # things of one answer that others are looked for
_NAME = re.compile(r"[\w./-]{1,200}", re.ASCII)
ALIKE = 0.6  # of 1: how alike two names must be for one to be meant by the other
SECONDS = 5.0  # a hint is not worth a longer wait
LISTINGS = {"model": "list_models", "dataset": "list_datasets", "space": "list_spaces"}


async def near_names(hub: Hub, call: Endpoint[Any]) -> list[str]:
    """Up to three names, the nearest first, for what a call named and the Hub does not have."""
    found: list[str] = []
    with anyio.move_on_after(SECONDS), suppress(HubError, ValueError):
        if repos := call.marked(RepoName):
            kinds = [call.kind] if call.kind else [str(getattr(call, one)) for one in call.marked(RepoKind)]
            found = await _repositories(hub, kinds[:1], str(getattr(call, repos[0])))
        elif slug := getattr(call, "slug", None):
            found = await _collections(hub, str(slug))
    return found


async def with_near_names(hub: Hub, answer: Answer) -> Answer:
    """An answer with such names for a few of the things that it says are missing."""
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


async def _repositories(hub: Hub, kinds: Iterable[str], repo_id: str) -> list[str]:
    owner, _, name = repo_id.rpartition("/")
    for kind in kinds:
        listing = LISTINGS[kind]
        of_owner = await _ids(hub, listing, author=owner, limit=200) if owner else []
        if repo_id in of_owner:
            return []  # it is something else that was not found
        if near := alike(repo_id, of_owner):
            return near
        words = [word for word in name.replace("_", "-").split("-") if len(word) > 2]
        searched = await _ids(hub, listing, search=words[0] if words else name, limit=100, sort="likes")
        return alike(name, searched, lambda one: one.rpartition("/")[2])
    return []


async def _collections(hub: Hub, slug: str) -> list[str]:
    of_owner = await _ids(hub, "list_collections", owner=[slug.partition("/")[0]], limit=100)
    return [] if slug in of_owner else alike(slug, of_owner, _without_id)


async def _ids(hub: Hub, listing: str, **asked: Any) -> list[str]:
    page: Page[Answer] = await hub.send(ENDPOINTS[listing].model_validate(asked))
    names = (str(getattr(row, "id", None) or getattr(row, "slug", "")) for row in page.items)
    return [name for name in names if _NAME.fullmatch(name)]  # nothing but a name gets into a hint


def _without_id(slug: str) -> str:
    return slug[:-25] if len(slug) > 25 else slug


def alike(name: str, names: Iterable[str], key: Callable[[str], str] = str) -> list[str]:
    """The names most like this one, the most alike first."""
    wanted = key(name).lower()
    rated = sorted(
        ((SequenceMatcher(None, wanted, key(one).lower()).ratio(), one) for one in names), reverse=True
    )
    return [one for ratio, one in rated[:MOST] if ratio >= ALIKE]
