"""Tag lists: thousands of tags by type, narrowed by type and search word, never returned in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, clean
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Limit, Word
from hub_mcp.catalogue.listing import LARGEST_PAGE
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup, PartPlace
from hub_mcp.errors import UnexpectedAnswer


@dataclass(frozen=True)
class Tags(Answer):
    """Tags by type, as {type: [(id, label)]}.

    Attributes:
        limit: how many of each type to show at first.
    """

    by_type: dict[str, tuple[tuple[str, str], ...]]
    limit: int = LARGEST_PAGE

    @classmethod
    def of(cls, value: Any) -> Self:
        if not isinstance(value, dict) or not all(isinstance(tags, list) for tags in value.values()):
            raise UnexpectedAnswer("The Hub did not answer with tags by type.")
        return cls(
            {
                str(kind): tuple(
                    (str(tag["id"]), str(tag.get("label") or tag["id"]))
                    for tag in tags
                    if isinstance(tag, dict) and "id" in tag
                )
                for kind, tags in value.items()
            }
        )

    def narrowed(self, search: str | None, limit: int) -> Self:
        """The tags with the word in id or label; at most `limit` of each type are shown."""
        word = (search or "").lower()
        found = {
            kind: tuple(tag for tag in tags if word in tag[0].lower() or word in tag[1].lower())
            for kind, tags in self.by_type.items()
        }
        return type(self)({kind: tags for kind, tags in found.items() if tags}, limit)

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        left_out = {
            kind: f"{len(tags) - self.limit:,}: cursor {PartPlace(('tags', kind), self.limit)}"
            for kind, tags in self.by_type.items()
            if len(tags) > self.limit
        }
        return clean({**self._shown(self.limit), **({"left_out": left_out} if left_out else {})})  # type: ignore[no-any-return]  # clean() keeps a dict a dict

    def entire(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return clean(self._shown())  # type: ignore[no-any-return]  # as above

    def _shown(self, most: int | None = None) -> dict[str, Any]:
        return {
            "tags": {
                kind: [one if label == one else {"id": one, "label": label} for one, label in tags[:most]]
                for kind, tags in self.by_type.items()
            }
        }


class GetTags(Lookup[Tags]):
    """The tags of one type of repository, by tag type."""

    unlisted = RARELY_CUT

    type: Any = None  # each type of repository has its own tag types
    search: Annotated[Word | None, Local] = Field(default=None, description="part of a tag")
    limit: Annotated[Limit, Local] = Field(default=20, description="tags of each type")

    def read(self, value: Any) -> Tags:
        return Tags.of(value).narrowed(self.search, self.limit)
