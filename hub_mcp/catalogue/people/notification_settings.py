"""The caller's settings for notifications, by e-mail and on the Hub's pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.access.access_requests import Moment
from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.change import Change, Nothing, patch
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Word
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

Notice = Literal[
    "announcements", "arxiv_paper_activity", "daily_papers_digest", "discussions_participating",
    "discussions_watched", "gated_user_access_request", "inference_endpoint_status", "job_status",
    "launch_autonlp", "launch_spaces", "launch_prepaid_credits", "launch_training_cluster", "org_request",
    "org_suggestions", "org_verified_suggestions", "org_suggestions_to_create", "posts_participating",
    "user_follows", "secret_detected", "web_discussions_participating", "web_discussions_watched",
    "web_posts_participating", "api_inference_sunset", "locked_out", "repo_release",
]  # fmt: skip
# warnings of harm or of pending work: nobody notices if these stop coming
WARNINGS = (
    "secret_detected", "locked_out", "job_status", "gated_user_access_request", "inference_endpoint_status",
)  # fmt: skip
Notices = Annotated[list[Notice], Local]


@patch("/api/settings/notifications", permission="discussion.write", of_caller=True)
class UpdateNotificationSettings(Change[Nothing, Done]):
    """Switch kinds of notifications on or off. Asks before a warning is switched off."""

    in_area = "notifications"
    by_default = False
    covers = ("notifications", "prepaidAmount")
    reversal = "It can be changed back, but what is missed until then is not sent again."

    on: Notices | None = Field(default=None, description="e.g. job_status, discussions_watched")
    off: Notices | None = None
    product_updates_after: Annotated[Moment | None, Local] = Field(default=None, description="not before")
    prepaid_amount: Annotated[Word | None, Local] = Field(
        default=None, max_length=24, description="goes with launch_prepaid_credits"
    )

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        on, off = set(self.on or ()), set(self.off or ())
        if not on and not off and not self.product_updates_after:
            raise ValueError("say what to switch `on` or `off`")
        if both := sorted(on & off):
            raise ValueError(f"{', '.join(both)}: on or off?")
        if bool(self.prepaid_amount) != ("launch_prepaid_credits" in on):
            raise ValueError("`prepaid_amount` goes with launch_prepaid_credits, which needs it")
        return self

    def payload(self) -> dict[str, Any]:
        said: dict[str, Any] = {**dict.fromkeys(self.on or (), True), **dict.fromkeys(self.off or (), False)}
        if self.product_updates_after:
            said["product_updates_after"] = self.product_updates_after
        amount = {"prepaidAmount": self.prepaid_amount} if self.prepaid_amount else {}
        return {"notifications": said, **amount}

    def headline(self, before: Nothing) -> str:
        return "Change what the Hub notifies you of?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        for one in self.off or ():
            if one in WARNINGS:
                yield Consequence(Impact.CLOSES_OUT, f"the Hub no longer warns you of {quoted(one)}")

    def outcome(self, before: Nothing, after: Done) -> str:
        parts = [
            f"{', '.join(names)} {word}" for names, word in ((self.on, "on"), (self.off, "off")) if names
        ]
        if self.product_updates_after:
            parts.append(f"product updates after {self.product_updates_after[:10]}")
        return f"Notifications: {'; '.join(parts)}."
