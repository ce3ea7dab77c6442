"""People: a user's profile, likes, followers and followed users."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Record, is_object, objects_in
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Account, Words
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.organizations.organizations import Person
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup


class UserProfile(Record):
    """A user's public profile."""

    noun = "user"
    shown = (
        "user", "fullname", "details", "isPro", "createdAt", "orgs", "numModels", "numDatasets", "numSpaces",
        "numPapers", "numDiscussions", "numLikes", "numUpvotes", "numFollowers", "numFollowing",
        "numFollowingOrgs", "serviceAccount",
    )  # fmt: skip

    hub_id: str | None = Field(default=None, alias="_id")
    user: str

    def field(self, name: str) -> Any:
        value = super().field(name)
        return [one.get("name") for one in objects_in(value)] if name == "orgs" else value


@get("/api/users/{username}/overview")
class GetUserOverview(Lookup[UserProfile]):
    """A user's profile, organizations and numbers. Not for organizations."""

    in_area = "users"
    by_default = False
    unlisted = RARELY_CUT

    username: Account
    fields: Annotated[Words | None, Local, Field(description="more, e.g. hardwareItems")] = None


class Like(Record):
    """A repository that somebody likes, with the date of the like."""

    noun = "like"
    shown: ClassVar[tuple[str, ...]] = ("name", "type", "createdAt")

    def field(self, name: str) -> Any:
        repo = super().field("repo")
        return repo.get(name) if name in ("name", "type") and is_object(repo) else super().field(name)

    @property
    def identity(self) -> str:
        return f"{self.field('type')} {self.field('name')}"


@get("/api/users/{username}/likes")
class ListUserLikes(Listing[Like]):
    """Public repositories that a user likes."""

    row = Like
    in_area = "users"
    by_default = False

    username: Account


@get("/api/users/{username}/followers")
class ListUserFollowers(Listing[Person]):
    """Users who follow a user."""

    row = Person
    in_area = "users"
    by_default = False

    username: Account


@get("/api/users/{username}/following")
class ListUserFollowing(Listing[Person]):
    """Users whom a user follows."""

    row = Person
    in_area = "users"
    by_default = False

    username: Account
