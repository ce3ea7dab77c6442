"""Requesting access to somebody's gated repository: what its form asks, and what is shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StringConstraints

from hub_mcp.catalogue.access.access_decisions import ActsOnGated, CancelAccessRequest
from hub_mcp.catalogue.access.access_requests import QUESTION
from hub_mcp.catalogue.answers import Done, clean, is_object
from hub_mcp.catalogue.change import Change, post
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.jobs.job_spec import as_texts
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import BadInput, plain
from hub_mcp.text import quoted

SEE_OTHER = 303
TERMS = 1_000  # characters of a repository's terms in a question
MOST_QUESTIONS = 50

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Said = Annotated[str, StringConstraints(max_length=2_000)]
Answers = Annotated[dict[Name, Said], BeforeValidator(as_texts), Field(max_length=MOST_QUESTIONS)]


@post("/[{type}s/]{repo_id}/ask-access", permission="repo.write", of_caller=True)
class AskAccess(ActsOnGated[Done]):
    """Ask to be let into somebody's gated repository, answering its form. Asks first."""

    answered_by_address = True
    reversal = "The request can be withdrawn, but its authors keep what they were told."

    answers: Answers | None = Field(
        default=None, description="by the form's questions; a call without shows them"
    )

    def owned(self) -> tuple[tuple[str, str], ...]:
        return ()  # nothing of the repository's owner is changed

    def payload(self) -> dict[str, Any]:
        return dict(self.answers or {})

    def target(self) -> Endpoint[Repository]:
        return repository(self.type, self.repo_id, ["cardData"])

    def completed(self, before: Repository, known: Known) -> Self:
        if before.gate == "false":
            raise BadInput(
                f"The {self.type} {self.repo_id} is not gated, so nobody has to ask.",
                advice="Its files can be read as they are.",
            )
        if missing := [one for one in questions_of(before) if one not in (self.answers or {})]:
            asked = "; ".join(_in_words(one, how) for one, how in questions_of(before).items())
            raise BadInput(
                f"Its form has {len(missing)} more to answer: {plain(asked, 1_500)}.",
                advice="Have the person answer, and call again with `answers`.",
            )
        return self

    def headline(self, before: Repository) -> str:
        return f"Ask for access to the {self.type} {quoted(self.repo_id)}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        what = "your name, your e-mail address" + (" and these answers" if self.answers else "")
        yield Consequence(Impact.SENDS_OUT, f"{what} are sent to its authors, and you accept its terms")

    def facts(self, before: Repository, known: Known) -> tuple[str, ...]:
        card = before.field("cardData")
        terms = card.get("extra_gated_prompt") if is_object(card) else None
        said = f"its terms: {quoted(str(terms), TERMS)}" if terms else "its page may state terms"
        policies = {"auto": "everybody who asks is let in", "manual": "its authors decide about each request"}
        return (*before.facts(), *([policies[before.gate]] if before.gate in policies else []), said)

    def from_http(self, response: HttpResponse) -> Done:
        where = response.headers.get("location", "").partition("?")[0].rstrip("/")
        if response.status != SEE_OTHER or not where.lower().endswith(f"/{self.repo_id}".lower()):
            self.refuse_errors(response)
        return Done()

    def outcome(self, before: Repository, after: Done) -> str:
        then = {"auto": "You are let in.", "manual": "Its authors decide."}.get(before.gate, "")
        return f"Asked for access to the {self.type} {self.repo_id}. {then}".strip()

    def undo(self, before: Repository, after: Done) -> Change[Any, Any] | None:
        return CancelAccessRequest.model_validate({"repo_id": self.repo_id, "type": self.type})


def questions_of(repo: Repository) -> dict[str, Any]:
    """A form's questions besides name and e-mail address, each with its possible answers."""
    card = repo.field("cardData")
    fields = card.get("extra_gated_fields") if is_object(card) else None
    found = fields if is_object(fields) else {}
    return dict(list(found.items())[:MOST_QUESTIONS])


def _in_words(question: str, how: Any) -> str:
    options = how.get("options") if is_object(how) else None
    kind = how.get("type") if is_object(how) else how
    choice = f": {', '.join(_label(one) for one in options)}" if isinstance(options, list) else ""
    return f"{quoted(str(clean(question, QUESTION)), QUESTION)} ({plain(str(kind or 'text'), 40)}{choice})"


def _label(option: Any) -> str:
    return plain(str(option.get("value") or option.get("label") if is_object(option) else option), 60)
