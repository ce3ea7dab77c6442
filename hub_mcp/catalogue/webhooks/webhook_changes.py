"""Creating, changing, enabling, disabling and deleting webhooks. A secret is never an argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done
from hub_mcp.catalogue.change import Change, Nothing, delete, post, worded
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.jobs.job_spec import machines_in
from hub_mcp.catalogue.jobs.jobs import EVERY_MACHINE, cost_of
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.catalogue.webhooks.webhook_spec import ON_EVENT, Domains, WebhookSpec
from hub_mcp.catalogue.webhooks.webhooks import (
    WEBHOOKS,
    GetWebhook,
    ListWebhooks,
    Webhook,
    WebhookId,
    host_of,
    watched_in_words,
)
from hub_mcp.text import quoted

A = TypeVar("A", bound=Answer)
PATH = f"{WEBHOOKS}/{{webhook_id}}"


@post(WEBHOOKS, permission="user.webhooks.write", of_caller=True)
class CreateWebhook(WebhookSpec[Nothing, Webhook]):
    """Have the Hub send each event to a URL, or run a job. Watches repositories, users, orgs. Asks first."""

    reversal = "It can be deleted; what was sent or spent by then cannot be undone."

    domains: Domains = Field(min_length=1)

    @model_validator(mode="after")
    def _acts(self) -> Self:
        if not self.url and not self.job_source_id:
            raise ValueError("a webhook needs a `url` or a `job_source_id`")
        return self

    def headline(self, before: Nothing) -> str:
        what = f"sends to {quoted(host_of(self.url))}" if self.url else "runs a job"
        return f"Create a webhook that {what} {ON_EVENT}?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        if self.url:
            line = f"events of {self.watching()} leave the Hub for {quoted(host_of(self.url))}"
            yield Consequence(Impact.SENDS_OUT, line)
        yield from self.of_job(known)

    def outcome(self, before: Nothing, after: Webhook) -> str:
        bare = "Without a secret anybody can send what looks like its events."
        return f"Created the webhook {worded(after.id)}. {bare}"

    def undo(self, before: Nothing, after: Webhook) -> Change[Any, Any] | None:
        return DeleteWebhook(webhook_id=after.id)


@post(PATH, permission="user.webhooks.write", effect=Effect.CHANGE, destructive=True, of_caller=True)
class UpdateWebhook(WebhookSpec[Webhook, Webhook]):
    """Change a webhook: `watched` replaces all it watches. Asks first."""

    reversal = "It can be changed back; what was sent or spent by then cannot be undone."

    webhook_id: WebhookId
    domains: Domains | None = Field(default=None, min_length=1)

    def target(self) -> Endpoint[Webhook]:
        return GetWebhook(webhook_id=self.webhook_id)

    def settled(self, before: Webhook) -> Self:
        if self.domains or not before.domains_now:
            return self
        return self.but(domains=before.domains_now)  # the Hub requires them each time

    def headline(self, before: Webhook) -> str:
        return f"Change the webhook {quoted(self.webhook_id)}?"

    def consequences(self, before: Webhook, known: Known) -> Iterator[Consequence]:
        there = [*map(_key, before.watched_now)]
        lost = [one for one in before.watched_now if _key(one) not in map(_key, self._watched())]
        if lost:
            names = ", ".join(map(watched_in_words, lost))
            yield Consequence(Impact.DESTROYS, f"it no longer watches {names}")
        if self.domains and (dropped := [one for one in before.domains_now if one not in self.domains]):
            yield Consequence(
                Impact.DESTROYS, f"it no longer acts on events of: {quoted(', '.join(dropped))}"
            )
        if before.has_job and self.url:
            yield Consequence(Impact.DESTROYS, "it no longer runs its job")
        if before.host and self.job_source_id:
            yield Consequence(Impact.DESTROYS, f"it no longer sends to {quoted(before.host)}")
        more = [one for one in self._watched() if _key(one) not in there]
        wider = bool(more) or any(one not in before.domains_now for one in self.domains or ())
        if self.url:  # it may differ from the current one, whose query is not shown
            line = f"events of {self.watching()} leave the Hub for {quoted(host_of(self.url))}"
            yield Consequence(Impact.SENDS_OUT, line)
        elif wider and not self.job_source_id:
            yield from acts(before, known, "more events")
        if self.job_source_id and (wider or self.job_source_id != before.field("jobSourceId")):
            yield from self.of_job(known)

    def needs(self, before: Webhook) -> Sequence[Endpoint[Answer]]:
        return super().needs(before) or machines_for(before)

    def _watched(self) -> list[dict[str, str]]:
        return [one.model_dump() for one in self.watched]

    def preview(self, before: Webhook) -> dict[str, tuple[Any, Any]]:
        changed: dict[str, tuple[Any, Any]] = {"watched": (before.watched_now, self._watched())}
        if self.domains and self.domains != before.domains_now:
            changed["domains"] = (before.domains_now, self.domains)
        if self.url:
            changed["url"] = (before.field("url"), self.url)
        if self.job_source_id:
            changed["jobSourceId"] = (before.field("jobSourceId"), self.job_source_id)
        return changed

    def undo(self, before: Webhook, after: Webhook) -> Change[Any, Any] | None:
        if self.url or self.job_source_id or not before.watched_now:
            return None  # the address is not shown in full
        said = {"webhook_id": self.webhook_id, "watched": before.watched_now, "domains": before.domains_now}
        return type(self).model_validate(said)


def _key(one: Mapping[str, str]) -> tuple[str, str]:
    return one["type"], one["name"].lower()


def acts(webhook: Webhook, known: Known, what: str = "events") -> Iterator[Consequence]:
    """What a webhook does with events in its current state."""
    if webhook.has_job:
        yield Consequence(Impact.RUNS, f"its job's code runs on {what}, as you")
        flavor, seconds = str(webhook.at("job.flavor") or ""), webhook.at("job.timeoutSeconds")
        limit = int(seconds) if isinstance(seconds, (int, float)) and seconds > 0 else None
        yield Consequence(Impact.SPENDS, f"each time {cost_of(flavor, limit, 1, machines_in(known))}")
    if webhook.host or not webhook.has_job:
        where = quoted(webhook.host) if webhook.host else "an address that is not known"
        yield Consequence(Impact.SENDS_OUT, f"{what} leave the Hub for {where}")


def machines_for(webhook: Webhook) -> Sequence[Endpoint[Answer]]:
    """The call that gives the price of a webhook's job, if it has one."""
    return (EVERY_MACHINE,) if webhook.has_job else ()


class ActsOnWebhook(Change[Webhook, A], Generic[A]):
    """A change to one webhook, which is looked up first."""

    by_default = False

    webhook_id: WebhookId

    def target(self) -> Endpoint[Webhook]:
        return GetWebhook(webhook_id=self.webhook_id)

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListWebhooks(),)


@post(
    f"{PATH}/{{action}}",
    permission="user.webhooks.write",
    effect=Effect.CHANGE,
    idempotent=True,
    of_caller=True,
    label="Enable or disable webhook",
)
class ToggleWebhook(ActsOnWebhook[Webhook]):
    """Switch a webhook on, which asks first, or off."""

    reversal = "It can be disabled again; what was sent or spent by then cannot be undone."

    action: Literal["enable", "disable"]

    def payload(self) -> dict[str, Any]:
        return {}

    def needs(self, before: Webhook) -> Sequence[Endpoint[Answer]]:
        return machines_for(before)

    def headline(self, before: Webhook) -> str:
        return f"{self.action.capitalize()} the webhook {quoted(self.webhook_id)}?"

    def consequences(self, before: Webhook, known: Known) -> Iterator[Consequence]:
        if self.action == "enable" and before.field("disabled") is not False:  # unknown counts as off
            yield from acts(before, known)

    def preview(self, before: Webhook) -> dict[str, tuple[Any, Any]]:
        return {"disabled": (not before.is_on, self.action == "disable")}

    def outcome(self, before: Webhook, after: Webhook) -> str:
        now, was = f"{self.action}d", "enabled" if before.is_on else "disabled"
        return f"The webhook {self.webhook_id} is {now} ({'as before' if now == was else f'was {was}'})."

    def undo(self, before: Webhook, after: Webhook) -> Change[Any, Any] | None:
        return ToggleWebhook(webhook_id=self.webhook_id, action="enable" if before.is_on else "disable")


@delete(
    PATH,
    permission="user.webhooks.write",
    destroys="the webhook {webhook_id}, with its secret and its log",
    of_caller=True,
)
class DeleteWebhook(ActsOnWebhook[Done]):
    """Delete a webhook, with its secret and its log. Asks first."""
