"""The cost of a Space's hardware, and of staying awake on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Page
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.jobs.hardware import Hardware, price_in_words
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

FREE = "cpu-basic"  # the free hardware
NEVER = -1  # the sleep time of a Space that never sleeps, in seconds
MONTH = 730  # hours


class SpaceHardware(Hardware):
    """A kind of hardware for Spaces."""

    shown: ClassVar[tuple[str, ...]] = ("name", "prettyName", "cpu", "ram", "accelerator", "price")


@get("/api/spaces/hardware")
class ListSpaceHardware(Listing[SpaceHardware]):
    """Hardware for Spaces, with prices."""

    row = SpaceHardware
    by_default = False
    unlisted = frozenset({"columns", "count", "by", "limit"})
    takes_limit = False

    limit: int = Field(default=50, ge=1, le=1_000)


def hourly_price(known: Known, flavor: str) -> float | None:
    """US dollars per hour of a hardware, from the list if it was read; None if unknown."""
    found: Page[SpaceHardware] | None = known.of(ListSpaceHardware())
    return next((row.hourly for row in found.items if row.name == flavor), None) if found else None


def costs_nothing(known: Known, flavor: str) -> bool:
    """Whether hardware is known to be free."""
    return flavor == FREE or hourly_price(known, flavor) == 0


def awake(seconds: int) -> str:
    """How long a Space stays awake, in words; NEVER means forever."""
    return "it never sleeps" if seconds == NEVER else f"it sleeps only after {seconds:,} s without a visit"


def awake_at(known: Known, flavor: str, seconds: int) -> str:
    """How long it stays awake on hardware that may cost money, and the maximum cost of that."""
    hourly = hourly_price(known, flavor)
    month = f", about ${hourly * MONTH:,.0f} a month" if hourly and seconds == NEVER else ""
    return f"{awake(seconds)}{month}"


def costs_of_new(known: Known, flavor: str | None, seconds: int | None) -> Iterator[Consequence]:
    """The cost of a new Space with this hardware and sleep time."""
    if flavor and not costs_nothing(known, flavor):
        price = price_in_words(hourly_price(known, flavor))
        yield Consequence(Impact.SPENDS, f"it runs on {quoted(flavor)}: {price}")
        yield Consequence(Impact.SPENDS, awake_at(known, flavor, NEVER if seconds is None else seconds))
    elif seconds is not None and flavor != FREE:
        line = f"{awake(seconds)}, which costs money where the hardware does"
        yield Consequence(Impact.SPENDS, line)
