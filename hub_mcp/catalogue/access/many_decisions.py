"""One decision about many access requests to a repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.access.access_decisions import (
    NOT_TAKEN_BACK,
    VERBS,
    ActsOnGated,
    Reason,
    check_reason,
    decided,
    people,
    reason_field,
)
from hub_mcp.catalogue.access.access_requests import MOST, PATH, STATUSES, ListAccessRequests, Status
from hub_mcp.catalogue.answers import Answer, clean, objects_in
from hub_mcp.catalogue.change import post, worded
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import Account
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import UnexpectedAnswer, plain
from hub_mcp.text import quoted

MOST_NAMED = 10  # people that an outcome names


@dataclass(frozen=True)
class DecisionOutcomes(Answer):
    """The outcome of each of many decisions.

    Attributes:
        failed: the Hub's reason for a failure, by person.
    """

    done: tuple[str, ...]
    failed: Mapping[str, str]

    @classmethod
    def of(cls, value: Any) -> DecisionOutcomes:
        rows = objects_in(value)
        if not rows:
            raise UnexpectedAnswer("The Hub did not say what became of each request.")
        done = tuple(str(one.get("user")) for one in rows if one.get("ok") is True)
        failed = {
            str(one.get("user")): str(one.get("error") or "failed")
            for one in rows
            if one.get("ok") is not True
        }
        return cls(done, failed)

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said: dict[str, Any] = {"done": clean(list(self.done)), "failed": clean(dict(self.failed))}
        return {name: one for name, one in said.items() if one}


@post(f"{PATH}/batch", permission="repo.write", effect=Effect.CHANGE, destructive=True)
class HandleAccessRequests(ActsOnGated[DecisionOutcomes]):
    """One decision about up to 100 requests for access to a repository. Asks first, naming everyone."""

    covers = ("requests", "rejectionReason", "resetReason")
    reversal = NOT_TAKEN_BACK

    users: list[Account] = Field(min_length=1, max_length=100)
    status: Status
    reason: Reason | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.lower() for one in self.users}) < len(self.users):
            raise ValueError("`users` names somebody twice")
        check_reason(self.status, self.reason)
        return self

    def payload(self) -> dict[str, Any]:
        reason = {reason_field(self.status): self.reason} if self.reason else {}
        return {"status": self.status, "requests": [{"user": one} for one in self.users], **reason}

    def _lists(self) -> dict[Status, ListAccessRequests]:
        asked = {"repo_id": self.repo_id, "type": self.type, "limit": MOST}
        return {one: ListAccessRequests.model_validate({**asked, "status": one}) for one in STATUSES}

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return tuple(self._lists().values())

    def _by_status(self, known: Known) -> dict[str, list[str]]:
        """The named people by the status of their request; "" if none of the lists has them."""
        pages = {status: known.of(call) for status, call in self._lists().items()}
        listed: dict[str, str] = {}
        for status, page in pages.items():
            for one in page.items if page else ():
                listed[one.user.lower()] = "" if one.user.lower() in listed else status
        found: dict[str, list[str]] = {}
        for user in self.users:
            found.setdefault(listed.get(user.lower(), ""), []).append(user)
        return found

    def headline(self, before: Repository) -> str:
        who, where = people(len(self.users)), f"the {self.type} {quoted(self.repo_id)}"
        return f"{VERBS[self.status]} {who}: access to {where} (status {quoted(self.status)})?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        for was, users in self._by_status(known).items():
            names = ", ".join(quoted(one) for one in users)
            for one in decided(f"each of {people(len(users))}", was, self.status):
                yield Consequence(one.impact, f"{one.line}: {names}")
        if self.reason:
            yield Consequence(Impact.SENDS_OUT, "each of them is told the reason")

    def outcome(self, before: Repository, after: DecisionOutcomes) -> str:
        failed = ", ".join(f"{plain(who, 60)} ({plain(why, 40)})" for who, why in after.failed.items())
        not_done = f" Not done: {failed}." if failed else ""
        named = ", ".join(worded(who, 60) for who in after.done[:MOST_NAMED])
        more = f" and {len(after.done) - MOST_NAMED:,} more" if len(after.done) > MOST_NAMED else ""
        which = f"{self.repo_id}: {named}{more}" if named else self.repo_id
        return f"{len(after.done):,} of {len(self.users):,} now {self.status} at {which}.{not_done}"
