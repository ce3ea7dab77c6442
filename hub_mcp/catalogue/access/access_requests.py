"""Access requests for a gated repository: a list by status, one person's, and the report of all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Page, Record, clean, is_array, is_object, objects_in
from hub_mcp.catalogue.composed import Composed
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.marks import Local, RepoKind
from hub_mcp.catalogue.fields.vocabulary import Account, FullRepoId, ObjectId, Word, Words
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.stakes import Known
from hub_mcp.errors import UnexpectedAnswer
from hub_mcp.text import quoted, word

PATH = "/api/{type}s/{repo_id}/user-access-request"
MOST = 1_000  # requests on the one page read of each list
SAID = 300  # characters of one answer of an applicant
QUESTION = 100  # characters of a question in the form
ADDRESS = re.compile(r"[^\s<>,;:\"'()]+@[^\s<>,;:\"'()]+\.[^\s<>,;:\"'()]+")
OF_PERSON = ("user", "fullname", "email", "isPro", "verifiedOrgNames")  # fields inside `user`

Gated = Annotated[Literal["model", "dataset"], RepoKind()]
Status = Literal["pending", "accepted", "rejected", "reset"]
STATUSES: tuple[Status, ...] = ("pending", "accepted", "rejected", "reset")
Moment = Annotated[Word, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]


def applicant_answers(answers: Any, fields: Sequence[str]) -> dict[str, str]:
    """What somebody wrote in the form, quoted; e-mail addresses only if requested."""
    by_question: dict[str, str] = {}
    for question, words in (answers if is_object(answers) else {}).items():
        kept = str(words) if "email" in fields else ADDRESS.sub("(an e-mail address)", str(words))
        by_question[clean(question, QUESTION)] = quoted(kept, SAID)
    return by_question


class AccessRequest(Record):
    """A request for access, in a list or in the report."""

    named_by = ("requestId", "user")
    noun = "request for access"
    shown: ClassVar[tuple[str, ...]] = (
        "requestId", "user", "fullname", "status", "timestamp", "time", "reviewedAt", "grantedBy", "fields",
    )  # fmt: skip

    request_id: str | None = Field(default=None, alias="requestId")
    status: str | None = None

    def field(self, name: str) -> Any:
        person = super().field("user")
        if name in OF_PERSON and is_object(person):
            return person.get(name)
        value = super().field(name)
        return value.get("user") if name == "grantedBy" and is_object(value) else value

    @property
    def user(self) -> str:
        """The name of the applicant; "" if the repository does not share names."""
        return str(self.field("user") or "")

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        kept = super().content([name for name in fields if name != "fields"])
        said = applicant_answers(super().field("fields"), fields)
        return {
            **{name: one for name, one in kept.items() if name != "fields"},
            **({"fields": said} if said else {}),
        }


@get(f"{PATH}/{{status}}", permission="repo.write")
class ListAccessRequests(Listing[AccessRequest]):
    """Requests for access to a gated repository of yours, by status; what applicants wrote is quoted."""

    row = AccessRequest
    by_default = False
    smallest = 10
    covers = ("after", "before", "q")

    repo_id: FullRepoId
    type: Gated
    status: Status = "pending"
    search: Word | None = Field(
        default=None, max_length=250, serialization_alias="q", description="how a user's name begins"
    )
    since: Moment | None = Field(default=None, serialization_alias="after")
    until: Moment | None = Field(default=None, serialization_alias="before")
    fields: Annotated[Words | None, Local, Field(description="more, e.g. email")] = None


@dataclass(frozen=True)
class PersonsRequest(Answer):
    """The state of one person's request, and the repository it is for.

    Attributes:
        person: a user name, or the id of a request.
        request: None if no list has it.
        repository: None if it could not be read.
        unseen: the statuses whose lists could not be read.
    """

    person: str
    request: AccessRequest | None = None
    repository: Repository | None = None
    unseen: tuple[str, ...] = field(default=())

    @property
    def status(self) -> str:
        """pending, accepted, rejected or reset; "none" without a request, "" if unknown."""
        if self.request:
            return self.request.status or ""
        return "" if self.unseen else "none"

    @property
    def identity(self) -> str:
        repo = self.repository.identity if self.repository else ""
        return f"{repo}/{self.request.identity if self.request else self.person}"

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said: dict[str, Any] = self.request.content(fields) if self.request else {"status": self.status}
        not_seen = {"not_seen": ", ".join(self.unseen)} if self.unseen and not self.request else {}
        return {**said, **not_seen}

    def facts(self) -> tuple[str, ...]:
        known = {"": "it is not known whether there is a request", "none": "there is no request"}
        lines = [f"now: {known.get(self.status) or word(self.status)}"]
        if self.request:
            lines += [
                f"{quoted(name)}: {words}" for name, words in self.request.content().get("fields", {}).items()
            ]
        return (*lines, *(self.repository.facts() if self.repository else ()))

    def standing(self) -> tuple[object, ...]:
        return (self.status, *(self.repository.standing() if self.repository else ()))


@get(f"{PATH}/pending", permission="repo.write", is_tool=False)
class GetAccessRequest(Composed[PersonsRequest]):
    """One person's request for access to a gated repository of yours, whatever was decided about it."""

    at = "{type}s/{repo_id}/access-request"

    repo_id: FullRepoId
    type: Gated
    user: Account | None = None
    request_id: ObjectId | None = Field(default=None, description="where the repository hides names")
    fields: Annotated[Words | None, Local, Field(description="more, e.g. email")] = None

    @model_validator(mode="after")
    def _says_whose(self) -> Self:
        if bool(self.user) == bool(self.request_id):
            raise ValueError("say whose: `user`, or `request_id` where the repository hides names")
        return self

    def listed_as(self, status: Status) -> ListAccessRequests:
        """The list of requests with that status."""
        asked = {
            "repo_id": self.repo_id,
            "type": self.type,
            "status": status,
            "search": self.user,
            "limit": MOST,
        }
        return ListAccessRequests.model_validate(asked)

    def payload(self) -> dict[str, Any]:
        return self.listed_as("pending").payload()

    def from_http(self, response: HttpResponse) -> PersonsRequest:
        self.refuse_errors(response)
        return self._among(self.listed_as("pending").from_http(response))

    def beside(self, answer: PersonsRequest) -> Sequence[Endpoint[Answer]]:
        others = () if answer.request else tuple(self.listed_as(status) for status in STATUSES[1:])
        return (repository(self.type, self.repo_id), *others)

    def joined(self, answer: PersonsRequest, known: Known) -> PersonsRequest:
        whole = replace(answer, repository=known.of(repository(self.type, self.repo_id)))
        if answer.request:
            return whole
        pages = {status: known.of(self.listed_as(status)) for status in STATUSES[1:]}
        found = [self._among(page) for page in pages.values() if page]
        unseen: list[str] = [status for status, page in pages.items() if not page]
        unseen += [status for one in (answer, *found) for status in one.unseen]
        request = next((one.request for one in found if one.request), None)
        return replace(whole, request=request, unseen=tuple(unseen))

    def _among(self, page: Page[AccessRequest]) -> PersonsRequest:
        """The request on a page; if more pages follow, it may be on one of those."""
        person = self.user or self.request_id or ""
        found = (one for one in page.items if person.lower() in (one.user.lower(), one.request_id))
        request = next(found, None)
        more = ("further ones",) if page.next_cursor and not request else ()
        return PersonsRequest(person, request, unseen=more)


@dataclass(frozen=True)
class AccessReport(Answer):
    """Every request for access to a repository."""

    requests: tuple[AccessRequest, ...]

    @classmethod
    def of(cls, value: Any) -> AccessReport:
        if not is_array(value):
            raise UnexpectedAnswer("The Hub did not answer with a list of requests.")
        return cls(tuple(AccessRequest.of(one) for one in objects_in(value)))

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        rows = [one.content(fields) for one in self.requests]
        by_status = Counter(clean(one.status or "not known", 40) for one in self.requests)
        listed = {"by_status": dict(by_status), "requests": rows} if rows else {}
        return {"count": len(rows), **listed}


@get("/[{type}s/]{repo_id}/user-access-report", permission="repo.write")
class ExportAccessReport(Lookup[AccessReport]):
    """All requests for access to a gated repository of yours in one answer, with how many of each status."""

    by_default = False
    unlisted = RARELY_CUT
    at = "{type}s/{repo_id}/user-access-report"

    repo_id: FullRepoId
    type: Gated
    status: Annotated[Status | None, Local] = None
    user: Annotated[Account | None, Local] = None
    fields: Annotated[Words | None, Local, Field(description="more, e.g. email")] = None

    def read(self, value: Any) -> AccessReport:
        every = AccessReport.of(value).requests
        person = (self.user or "").lower()
        asked = (one for one in every if self.status in (None, one.status))
        return AccessReport(tuple(one for one in asked if person in ("", one.user.lower())))
