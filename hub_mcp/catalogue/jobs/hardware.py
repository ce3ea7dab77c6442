"""The hardware that the Hub rents out for Spaces and jobs, with its price per hour."""

from __future__ import annotations

from typing import Any

from hub_mcp.catalogue.answers import Record, clean, is_object

HOURLY = {"second": 3600.0, "minute": 60.0, "hour": 1.0, "day": 1 / 24}  # factor for a price in that unit


class Hardware(Record):
    """A kind of hardware."""

    named_by = ("name",)
    noun = "hardware"

    name: str

    def field(self, name: str) -> Any:
        if name == "price":
            return price_in_words(self.hourly)
        value = super().field(name)
        if name == "accelerator" and is_object(value):
            return clean(f"{value.get('quantity')}× {value.get('model')}, {value.get('vram')}", 100)
        return value

    @property
    def hourly(self) -> float | None:
        """US dollars per hour; None if the Hub does not say, or uses an unknown unit."""
        cost, unit = self.field("unitCostUSD"), HOURLY.get(str(self.field("unitLabel")))
        if not isinstance(cost, (int, float)) or isinstance(cost, bool) or unit is None:
            return None
        return cost * unit if cost >= 0 else None


def price_in_words(hourly: float | None) -> str:
    """The price of an hour of hardware, in words."""
    if hourly is None:
        return "at a price that the Hub does not give"
    if not hourly:
        return "free"
    return f"${hourly:,.2f} an hour" if hourly >= 0.01 else f"${hourly:,.4f} an hour"
