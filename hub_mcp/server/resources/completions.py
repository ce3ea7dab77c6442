"""Completions of template variables and prompt arguments from the Hub: at most a hundred, never an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mcp.types import CompleteRequestParams, CompleteResult, Completion, ResourceTemplateReference

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.collections.collection_reads import ListCollections
from hub_mcp.catalogue.fields.schema import choices
from hub_mcp.catalogue.groups.resource_groups import ListResourceGroups
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.catalogue.repos.datasets import ListDatasets
from hub_mcp.catalogue.repos.models import ListModels
from hub_mcp.catalogue.repos.spaces import ListSpaces
from hub_mcp.client.hub import Hub
from hub_mcp.errors import HubError

MOST = 100
LISTINGS: Mapping[str, type[Endpoint[Any]]] = {
    "models": ListModels,
    "datasets": ListDatasets,
    "spaces": ListSpaces,
}

Said = Mapping[str, str]  # the variables already filled in
Find = Callable[[Hub, str, str, Said], Awaitable[list[str]]]


async def completed(hub: Hub, params: CompleteRequestParams) -> CompleteResult:
    """Completions of the value being typed."""
    name, typed = params.argument.name, params.argument.value
    said: Said = (params.context.arguments if params.context else None) or {}
    place = params.ref.uri if isinstance(params.ref, ResourceTemplateReference) else ""
    try:
        found = _listed(place, name) or await _found(hub, place, name, typed, said)
    except (HubError, ValueError):
        found = []
    fitting = list(dict.fromkeys(one for one in found if one.lower().startswith(typed.lower())))
    return CompleteResult(completion=Completion(values=fitting[:MOST], has_more=len(fitting) > MOST))


def _listed(place: str, name: str) -> list[str]:
    """The values an argument can have, if they are few: types, sort keys."""
    area = place.removeprefix("hub://").removeprefix("stream/").partition("/")[0].partition("{")[0]
    for endpoint in ENDPOINTS.values():
        if endpoint.line.path == f"/api/{area}":
            return list(choices(endpoint, name)) if name in endpoint.model_fields else []
    return ["model", "dataset", "space"] if name == "type" else []


async def _found(hub: Hub, place: str, name: str, typed: str, said: Said) -> list[str]:
    find = FINDERS.get(name)
    return await find(hub, place, typed, said) if find else []


async def _rows(hub: Hub, call: Endpoint[Any]) -> list[Any]:
    answer: Answer = await hub.send(call)
    return list(answer.items) if isinstance(answer, Page) else []


def _kind(place: str) -> type[Endpoint[Any]]:
    return next((listing for kind, listing in LISTINGS.items() if kind in place), ListModels)


async def _owners(hub: Hub, place: str, typed: str, said: Said) -> list[str]:
    """The matching owners; your own names first."""
    mine = await _mine(hub, place, typed, said)
    listing = ListCollections if "collections" in place else _kind(place)
    word = {"q" if listing is ListCollections else "search": typed or None, "limit": MOST}
    rows = await _rows(hub, listing.model_validate(word))
    return [*mine, *(str(getattr(row, "id", None) or row.slug).partition("/")[0] for row in rows)]


async def _repositories(hub: Hub, place: str, typed: str, said: Said) -> list[str]:
    """Repositories of the namespace already filled in, by name."""
    given = {"author": said.get("namespace") or None, "search": typed or None, "limit": MOST}
    return [row.id.partition("/")[2] for row in await _rows(hub, _kind(place).model_validate(given))]


async def _ids(hub: Hub, place: str, typed: str, said: Said) -> list[str]:
    rows = await _rows(hub, ListModels.model_validate({"search": typed or None, "limit": MOST}))
    return [row.id for row in rows]


async def _slugs(hub: Hub, place: str, typed: str, said: Said) -> list[str]:
    owner = said.get("namespace")
    given = {"owner": [owner] if owner else None, "q": None if owner else typed or None, "limit": MOST}
    return [row.slug.partition("/")[2] for row in await _rows(hub, ListCollections.model_validate(given))]


async def _mine(hub: Hub, place: str, typed: str, said: Said) -> list[str]:
    """The signed-in user and their organizations."""
    if hub.token is None:
        return []
    me = await hub.send(Whoami())
    return [me.name, *(str(org.get("name")) for org in me.orgs or ())]


async def _groups(hub: Hub, place: str, typed: str, said: Said) -> list[str]:
    found = await hub.send(ListResourceGroups(organization=said.get("organization", "")))
    return [group.identity for group in found.groups]


FINDERS: Mapping[str, Find] = {
    "namespace": _owners,
    "author": _owners,
    "owner": _mine,
    "organization": _mine,
    "repo": _repositories,
    "repositories": _ids,
    "slug": _slugs,
    "resource_group_id": _groups,
}
