"""Replaying an earlier event of a webhook, to its current address or its job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from hub_mcp.catalogue.answers import Answer, Record
from hub_mcp.catalogue.change import post
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.stakes import Consequence, Known
from hub_mcp.catalogue.webhooks.webhook_changes import PATH, ActsOnWebhook, acts, machines_for
from hub_mcp.catalogue.webhooks.webhooks import Webhook
from hub_mcp.text import quoted

LogId = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,64}$")]


class Replayed(Record):
    """The receiver's answer to the replay."""

    noun = "outcome of a replay"
    shown = ("status",)

    status: int | None = None


@post(f"{PATH}/replay/{{log_id}}", permission="user.webhooks.write", of_caller=True)
class ReplayWebhook(ActsOnWebhook[Replayed]):
    """Replay an event from a webhook's log, at its present URL or job. Asks first."""

    reversal = "What is sent or spent cannot be undone."

    log_id: LogId = Field(description="from the webhook's page on the Hub, under Activity")

    def needs(self, before: Webhook) -> Sequence[Endpoint[Answer]]:
        return machines_for(before)

    def headline(self, before: Webhook) -> str:
        return f"Have the webhook {quoted(self.webhook_id)} act on {quoted(self.log_id)} of its log again?"

    def consequences(self, before: Webhook, known: Known) -> Iterator[Consequence]:
        yield from acts(before, known, "the details of that event")

    def outcome(self, before: Webhook, after: Replayed) -> str:
        said = f"; the receiver answered {after.status}" if after.status is not None else ""
        return f"Replayed {self.log_id} of the webhook {self.webhook_id}{said}."
