"""The order of an owner's collections on their profile; the Hub gives only the position of each one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from hub_mcp.catalogue.answers import Answer, objects_in
from hub_mcp.catalogue.change import worded
from hub_mcp.catalogue.collections.collection import ORDER_SHOWN
from hub_mcp.catalogue.collections.collection_reads import GetCollection
from hub_mcp.catalogue.composed import Composed
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import Account
from hub_mcp.catalogue.stakes import Known


@dataclass(frozen=True)
class ProfileOrder(Answer):
    """The collections of one owner.

    Attributes:
        calls: the call that shows each, as far as they are read.
        more: whether the owner has more.
        places: the position of each, by slug.
    """

    calls: Sequence[GetCollection]
    more: bool = False
    places: Mapping[str, int] = field(default_factory=dict[str, int])

    def facts(self) -> tuple[str, ...]:
        if len(self.places) < 2:
            return ()
        order = sorted(self.places.items(), key=lambda one: one[1])
        untold = self.more or len(self.places) < len(self.calls)
        others = " The owner has others, which were not looked at." if untold else ""
        named = ", ".join(f"{place} {worded(slug)}" for slug, place in order)
        return (f"Positions on the profile are now: {named}.{others}",)


@get("/api/collections", is_tool=False)
class ListOnProfile(Composed[ProfileOrder]):
    """The positions of an owner's collections on their profile."""

    owner: Account

    def payload(self) -> dict[str, Any]:
        return {"owner": self.owner, "limit": ORDER_SHOWN + 1}

    def read(self, value: Any) -> ProfileOrder:
        calls: list[GetCollection] = []
        for one in objects_in(value):
            with suppress(ValueError):  # not a valid slug
                calls.append(GetCollection.model_validate({"slug": one.get("slug")}))
        return ProfileOrder(calls[:ORDER_SHOWN], len(calls) > ORDER_SHOWN)

    def beside(self, answer: ProfileOrder) -> Sequence[Endpoint[Any]]:
        return answer.calls

    def joined(self, answer: ProfileOrder, known: Known) -> ProfileOrder:
        seen = [found for call in answer.calls if (found := known.of(call))]
        placed = [(one.slug, one.field("position")) for one in seen]
        return replace(answer, places={slug: at for slug, at in placed if isinstance(at, int)})
