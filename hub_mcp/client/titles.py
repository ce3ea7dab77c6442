"""Finding collections by unique title: the caller's own, or those of the owner before the slash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.identifiers import is_address, read_owner, read_slug
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.client.hub import Hub
from hub_mcp.client.near_names import alike
from hub_mcp.errors import BadInput, plain

if TYPE_CHECKING:
    from hub_mcp.catalogue.collections.collection import CollectionRow

MOST_NAMED = 5  # candidates to name in an error
LOOKED_AT = 1_000  # collections per owner


async def with_slugs(
    hub: Hub, endpoint: type[Endpoint[Any]] | None, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments of a call, with a collection's title replaced by its slug.

    Raises:
        BadInput: several have this title, or none has.
        HubError: the Hub could not be reached.
    """
    said = dict(arguments)
    text = said.get("slug")
    of_collection = endpoint and "slug" in endpoint.model_fields and endpoint.second_segment("slug")
    if of_collection and isinstance(text, str) and _is_title(text):  # blog posts have slugs too
        said["slug"] = await _slug_of(hub, text.strip())
    return said


async def with_slugs_in_all(hub: Hub, named: Callable[[str], type[Endpoint[Any]] | None], calls: Any) -> Any:
    """The same for a list of `{tool, arguments}`; anything else is refused elsewhere.

    Args:
        named: returns the endpoint of a tool.
    """
    if not is_array(calls):
        return calls
    found: list[Any] = []
    for one in calls:
        tool, arguments = (one.get("tool"), one.get("arguments")) if is_object(one) else ("", None)
        if is_object(arguments) and isinstance(tool, str):
            one = {**one, "arguments": await with_slugs(hub, named(tool), arguments)}
        found.append(one)
    return found


def _is_title(text: str) -> bool:
    """Whether it can be neither a slug nor the address of one."""
    if not text.strip() or is_address(text) or len(text) > 200 or not text.isprintable():
        return False
    if {".", ".."} & set(text.split("/")):
        return False
    try:
        read_slug(text)
    except ValueError:
        return True
    return False


async def _slug_of(hub: Hub, text: str) -> str:
    from hub_mcp.catalogue.collections.collection_reads import (
        ListCollections,  # few calls concern a collection
    )

    owner, slash, title = text.partition("/")
    try:
        owner = read_owner(owner) if slash else ""
    except ValueError:
        owner = ""
    if not owner:
        owner, title = (await hub.send(Whoami())).name, text
    page = await hub.send(ListCollections(owner=[owner], limit=LOOKED_AT))
    rows = [row for row in page.items if row.slug.partition("/")[0].lower() == owner.lower()]
    found = [row for row in rows if _same(row.title, title)]
    if len(found) == 1:
        return found[0].slug
    asked = f"“{plain(title, 60)}”"
    if found:
        raise BadInput(
            f"{owner} has {len(found):,} collections called {asked}.", advice=f"Name one: {_named(found)}."
        )
    titles = {row.slug: row.title or "" for row in rows}
    near = alike(title, titles, lambda one: titles.get(one, one))
    close = [row for row in rows if row.slug in near]
    if not close:
        close = [*(await hub.send(ListCollections(q=title[:100], limit=3))).items]  # of others
    raise BadInput(
        f"{owner} has no collection called {asked}.",
        advice=f"Near: {_named(close)}." if close else "list_collections finds collections and their slugs.",
    )


def _same(one: str | None, other: str) -> bool:
    return " ".join((one or "").split()).casefold() == " ".join(other.split()).casefold()


def _named(rows: list[CollectionRow]) -> str:
    named = ", ".join(plain(row.slug, 250) for row in rows[:MOST_NAMED])
    return named + (f" and {len(rows) - MOST_NAMED:,} more" if len(rows) > MOST_NAMED else "")
