"""Organizations: overview, members, followers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Record
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Owner, Word, Words
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup


class Organization(Record):
    """An organization's profile."""

    noun = "organization"
    shown = (
        "name", "fullname", "details", "plan", "isVerified", "numUsers", "numFollowers", "numModels",
        "numDatasets", "numSpaces", "numPapers", "numKernels", "numBuckets",
    )  # fmt: skip

    hub_id: str | None = Field(default=None, alias="_id")
    name: str


class Person(Record):
    """A user in a listing of people; e-mail addresses stay out."""

    noun = "user"
    shown: ClassVar[tuple[str, ...]] = ("user", "fullname", "role", "isPro")

    hub_id: str | None = Field(default=None, alias="_id")
    user: str
    fullname: str | None = None
    role: str | None = None


@get("/api/organizations/{organization}/overview")
class GetOrganizationOverview(Lookup[Organization]):
    """An organization's profile and numbers. Not for users."""

    unlisted = RARELY_CUT

    organization: Owner


@get("/api/organizations/{organization}/members")
class ListOrganizationMembers(Listing[Person]):
    """Members of an organization; roles are shown to its members only."""

    row = Person
    smallest = 10
    largest = 10_000

    organization: Owner
    search: Word | None = None
    email: Word | None = Field(default=None, description="admins only")
    fields: Annotated[Words | None, Local, Field(description="more, e.g. verifiedEmail")] = None


@get("/api/organizations/{organization}/followers")
class ListOrganizationFollowers(Listing[Person]):
    """Followers of an organization."""

    row = Person
    largest = 500

    organization: Owner
