"""Tag lists: thousands of tags by type, narrowed by type and search word, never dumped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, clean
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.vocabulary import Limit, Local, Word
from hub_mcp.errors import UnexpectedAnswer


@dataclass(frozen=True)
class Tags(Answer):
    """Tags by type, as {type: [(id, label)]}, and how many of each there are in all."""

    by_type: dict[str, tuple[tuple[str, str], ...]]
    counts: dict[str, int]

    @classmethod
    def of(cls, value: Any) -> Self:
        if not isinstance(value, dict) or not all(isinstance(tags, list) for tags in value.values()):
            raise UnexpectedAnswer("The Hub did not answer with tags by type.")
        read = {
            str(kind): tuple(
                (str(tag["id"]), str(tag.get("label") or tag["id"]))
                for tag in tags
                if isinstance(tag, dict) and "id" in tag
            )
            for kind, tags in value.items()
        }
        return cls(read, {kind: len(tags) for kind, tags in read.items()})

    def narrowed(self, search: str | None, limit: int) -> Self:
        """The tags that hold the word in id or label, at most `limit` of each type."""
        word = (search or "").lower()
        found = {
            kind: [tag for tag in tags if word in tag[0].lower() or word in tag[1].lower()]
            for kind, tags in self.by_type.items()
        }
        return type(self)(
            {kind: tuple(tags[:limit]) for kind, tags in found.items() if tags},
            {kind: len(tags) for kind, tags in found.items() if tags},
        )

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        shown: dict[str, Any] = {
            kind: [one if label == one else {"id": one, "label": label} for one, label in tags]
            for kind, tags in self.by_type.items()
        }
        left_out = {
            kind: n - len(self.by_type[kind])
            for kind, n in self.counts.items()
            if n > len(self.by_type[kind])
        }
        return clean({"tags": shown, "left_out": left_out} if left_out else {"tags": shown})  # type: ignore[no-any-return]  # clean() keeps a dict a dict


class GetTags(Endpoint[Tags]):
    """The tags of one kind of repository, by type."""

    type: Any = None  # each kind of repository names its own types
    search: Annotated[Word | None, Local] = Field(default=None, description="part of a tag")
    limit: Annotated[Limit, Local] = Field(default=20, description="tags of each type")

    def read(self, value: Any) -> Tags:
        return Tags.of(value).narrowed(self.search, self.limit)
