"""Reading the caller's own webhooks: all, or one of them. The Hub never shows their secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import StringConstraints

from hub_mcp.catalogue.answers import Record, day, is_array, is_object, objects_in
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Words
from hub_mcp.catalogue.jobs.jobs import Job, what_is_run
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.operations.cleaning import cleaned
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.text import quoted, word

WEBHOOKS = "/api/settings/webhooks"
HIDDEN_IN_WEBHOOKS = frozenset({"url.query", "environment", "secret"})
WebhookId = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z]{1,64}$")]


class WebhookRow(Record):
    """A webhook in a listing, without the query of its address, which may contain secrets."""

    noun = "webhook"
    shown: ClassVar[tuple[str, ...]] = (
        "id", "url", "jobSourceId", "disabled", "domains", "watched", "hasSecret",
    )  # fmt: skip

    id: str

    @classmethod
    def of(cls, value: Any) -> Self:
        return super().of(cleaned(value, HIDDEN_IN_WEBHOOKS))

    def field(self, name: str) -> Any:
        value = super().field(name)
        if name != "watched":
            return value
        return [{"type": str(one.get("type")), "name": str(one.get("name"))} for one in objects_in(value)]


class Webhook(WebhookRow):
    """One webhook."""

    shown: ClassVar[tuple[str, ...]] = (
        "id", "url", "job", "jobSourceId", "disabled", "domains", "watched", "hasSecret", "lastTriggerAt",
    )  # fmt: skip

    @classmethod
    def of(cls, value: Any) -> Self:
        return super().of(value.get("webhook", value) if is_object(value) else value)

    @property
    def host(self) -> str:
        """The host it sends to; "" if it has no address."""
        return host_of(str(self.field("url") or ""))

    @property
    def is_on(self) -> bool:
        """Whether it is enabled; if the Hub does not say, it counts as enabled."""
        return self.field("disabled") in (None, False)

    @property
    def has_job(self) -> bool:
        return bool(self.field("job") or self.field("jobSourceId"))

    @property
    def watched_now(self) -> list[dict[str, str]]:
        """What it watches, in the form of the arguments."""
        watched: list[dict[str, str]] = self.field("watched")
        return watched

    @property
    def domains_now(self) -> list[str]:
        told = self.field("domains")
        return [str(one) for one in told] if is_array(told) else []

    def facts(self) -> tuple[str, ...]:
        state = "on" if self.is_on else "off"
        last = day(self.field("lastTriggerAt"))
        job = self.field("job")
        return (
            f"webhook {quoted(self.id)}: {state}{f', last used on {last}' if last else ''}",
            *([f"it sends to {quoted(str(self.field('url')), 300)}"] if self.field("url") else []),
            *(["it runs a job:", *what_is_run(Job.of({"id": "?", **job}))] if is_object(job) else []),
            f"it watches {', '.join(map(watched_in_words, self.watched_now)) or 'nothing'}",
        )

    def standing(self) -> tuple[object, ...]:
        return (self.is_on, self.field("url"), repr(self.watched_now))


def host_of(address: str) -> str:
    """The host of an address; "" if it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def watched_in_words(one: Mapping[str, str]) -> str:
    """One watched thing, in words."""
    return f"the {word(one['type'])} {quoted(one['name'], 100)}"


@get(WEBHOOKS)
class ListWebhooks(Listing[WebhookRow]):
    """Your webhooks."""

    row = WebhookRow
    by_default = False
    unlisted = frozenset({"columns", "count", "by", "cursor"})
    takes_limit = False


@get(f"{WEBHOOKS}/{{webhook_id}}")
class GetWebhook(Lookup[Webhook]):
    """One of your webhooks: what it watches, where it sends to, what job it runs."""

    by_default = False
    unlisted = RARELY_CUT

    webhook_id: WebhookId
    fields: Annotated[Words | None, Local] = None
