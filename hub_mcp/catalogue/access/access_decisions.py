"""Decisions about access to a gated repository: accept, reject, make pending, reset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import Field, model_validator

from hub_mcp.catalogue.access.access_requests import (
    PATH,
    STATUSES,
    Gated,
    GetAccessRequest,
    ListAccessRequests,
    PersonsRequest,
    Status,
)
from hub_mcp.catalogue.answers import Answer, Done
from hub_mcp.catalogue.change import Change, post, worded
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import Account, FullRepoId, ObjectId, Word
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import BadInput, plain
from hub_mcp.text import quoted

NOT_TAKEN_BACK = "It can be decided differently later, but what was downloaded by then cannot be taken back."
A = TypeVar("A", bound=Answer)
GROUP = "and every repository that shares its list, where it is in a gated collection"

Reason = Annotated[Word, Field(min_length=1, max_length=200, description="is sent to the person")]
VERBS = {"accepted": "Let in", "rejected": "Reject", "pending": "Return to pending", "reset": "Remove"}


def people(number: int) -> str:
    """A number of people, in words."""
    return f"{number:,} {'person' if number == 1 else 'people'}"


def reason_field(status: str) -> str:
    """The Hub's name for the reason field of a decision."""
    return "resetReason" if status == "reset" else "rejectionReason"


def check_reason(status: str, reason: str | None) -> None:
    """Check that a reason is given only with a rejection.

    Raises:
        ValueError: it is given with another decision.
    """
    if reason and status not in ("rejected", "reset"):
        raise ValueError("leave out `reason`: it goes with the status rejected or reset")


def decided(who: str, was: str, then: Status) -> Iterator[Consequence]:
    """What a decision does to somebody whose request had the status `was` ("" if unknown)."""
    if was == then:
        return
    if then == "accepted":
        yield Consequence(Impact.OPENS, f"{who} can read its files, {GROUP}")
        return
    if was in ("accepted", ""):
        yield Consequence(Impact.CLOSES_OUT, f"{who} loses access to its files, {GROUP}")
    if then == "rejected":
        yield Consequence(Impact.CLOSES_OUT, f"{who} cannot ask again while that stands")
    elif then == "reset" and was in ("pending", ""):
        yield Consequence(Impact.CLOSES_OUT, f"{who} has to ask again")


class ActsOnGated(Change[Repository, A], Generic[A]):
    """A change about access to one gated repository, which is looked up first."""

    by_default = False

    repo_id: FullRepoId
    type: Gated

    def target(self) -> Endpoint[Repository]:
        return repository(self.type, self.repo_id)

    def settled(self, before: Repository) -> Self:
        return self.but(repo_id=before.id)


class ActsOnPerson(Change[PersonsRequest, Done]):
    """A decision about one person's access."""

    by_default = False
    reversal = NOT_TAKEN_BACK

    repo_id: FullRepoId
    type: Gated

    def target(self) -> Endpoint[PersonsRequest] | None:
        return GetAccessRequest.model_validate(
            {
                name: one
                for name, one in self.model_dump().items()
                if name in ("repo_id", "type", "user", "request_id")
            }
        )

    def settled(self, before: PersonsRequest) -> Self:
        return self.but(repo_id=before.repository.id) if before.repository else self

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return [
            ListAccessRequests.model_validate({"repo_id": self.repo_id, "type": self.type, "status": one})
            for one in STATUSES
        ]

    def preview(self, before: PersonsRequest) -> dict[str, tuple[Any, Any]]:
        return {"access": (before.status or "not known", self.decides())}

    def decides(self) -> Status:
        """The status of the request afterwards."""
        return "accepted"

    def back_to(
        self, before: PersonsRequest, user: str | None, request_id: str | None
    ) -> Change[Any, Any] | None:
        """The decision that restores the earlier status; None if there was none."""
        if before.status not in STATUSES:
            return None
        whose = {"user": user, "request_id": request_id}
        place = {"repo_id": self.repo_id, "type": self.type}
        return HandleAccessRequest.model_validate({**place, **whose, "status": before.status})


@post(f"{PATH}/handle", permission="repo.write", effect=Effect.CHANGE, destructive=True)
class HandleAccessRequest(ActsOnPerson):
    """Decide one request for access: accept, reject with a reason, make pending, or reset. Asks first."""

    covers = ("rejectionReason", "resetReason", "userId", "requestId")

    user: Account | None = None
    request_id: ObjectId | None = Field(default=None, serialization_alias="requestId")
    status: Status
    reason: Reason | None = None

    @model_validator(mode="after")
    def _says_whose(self) -> Self:
        if bool(self.user) == bool(self.request_id):
            raise ValueError("say whose: `user`, or `request_id` where the repository hides names")
        check_reason(self.status, self.reason)
        return self

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
        sent.pop("type", None)
        if reason := sent.pop("reason", None):
            sent[reason_field(self.status)] = reason
        return sent

    def completed(self, before: PersonsRequest, known: Known) -> Self:
        if before.status == "none":
            raise BadInput(
                f"There is no request of {before.person} for {self.repo_id}.",
                advice="list_access_requests shows who asked; grant_access lets in people who did not.",
            )
        return self

    def decides(self) -> Status:
        return self.status

    @property
    def whose(self) -> str:
        return quoted(self.user) if self.user else f"the request {quoted(self.request_id or '')}"

    def headline(self, before: PersonsRequest) -> str:
        where = f"the {self.type} {quoted(self.repo_id)}"
        return f"{VERBS[self.status]} {self.whose}: access to {where} (status {quoted(self.status)})?"

    def consequences(self, before: PersonsRequest, known: Known) -> Iterator[Consequence]:
        yield from decided(self.whose, before.status, self.status)
        if self.reason:
            yield Consequence(Impact.SENDS_OUT, f"{self.whose} is told the reason")

    def outcome(self, before: PersonsRequest, after: Done) -> str:
        was = f"was {worded(before.status)}" if before.status else "before: not known"
        return f"{plain(before.person, 60)} is now {self.status} ({was}) at {self.repo_id}."

    def undo(self, before: PersonsRequest, after: Done) -> Change[Any, Any] | None:
        return self.back_to(before, self.user, self.request_id)


@post(f"{PATH}/grant", permission="repo.write")
class GrantAccess(ActsOnPerson):
    """Grant somebody who did not ask access to a gated repository. Asks first."""

    covers = ("userId",)

    user: Account

    def payload(self) -> dict[str, Any]:
        return {"user": self.user}

    def headline(self, before: PersonsRequest) -> str:
        return f"Let {quoted(self.user)} into the {self.type} {quoted(self.repo_id)}?"

    def consequences(self, before: PersonsRequest, known: Known) -> Iterator[Consequence]:
        yield from decided(quoted(self.user), before.status, "accepted")

    def outcome(self, before: PersonsRequest, after: Done) -> str:
        return f"{self.user} can read the {self.type} {self.repo_id}."

    def undo(self, before: PersonsRequest, after: Done) -> Change[Any, Any] | None:
        if before.status == "none":
            place = {"repo_id": self.repo_id, "type": self.type}
            return HandleAccessRequest.model_validate({**place, "user": self.user, "status": "reset"})
        return self.back_to(before, self.user, None)


@post(f"{PATH}/cancel", permission="repo.write", effect=Effect.CHANGE, destructive=True, of_caller=True)
class CancelAccessRequest(ActsOnGated[Done]):
    """Take back your own request for access to somebody's gated repository. Asks first."""

    reversal = "You can ask again on its page, but then you wait from the start."

    def owned(self) -> tuple[tuple[str, str], ...]:
        return ()  # nothing of the repository's owner is changed

    def payload(self) -> dict[str, Any]:
        return {}

    def headline(self, before: Repository) -> str:
        return f"Withdraw your request for access to the {self.type} {quoted(self.repo_id)}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.CLOSES_OUT, "you lose your place in the queue, or access you were given")

    def outcome(self, before: Repository, after: Done) -> str:
        return f"Withdrew your request for access to the {self.type} {self.repo_id}."
