"""Dates of papers: moments as the Hub writes them, and the days of a date, a week or a month."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request

from ..web.hub_errors import invalid

DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
WEEK = r"\d{4}-W(0[1-9]|[1-4][0-9]|5[0-2])"
MONTH = r"\d{4}-(0[1-9]|1[0-2])"


def moment(text: str) -> datetime:
    """A date from the tables as a moment."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def written(moment: datetime) -> str:
    """A moment as the Hub writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def spans_asked(request: Request) -> list[tuple[date, date]]:
    """The spans that date, week and month name: first day, and the day after the last."""
    spans: list[tuple[date, date]] = []
    for name, pattern in (("date", DAY), ("week", WEEK), ("month", MONTH)):
        text = request.query_params.get(name)
        if text is None:
            continue
        try:
            if not re.fullmatch(pattern, text, re.ASCII):
                raise ValueError
            spans.append(_span(name, text))
        except ValueError:
            raise invalid(f"Invalid {name}", name) from None
    return spans


def _span(name: str, text: str) -> tuple[date, date]:
    if name == "date":
        day = date.fromisoformat(text)
        return day, day + timedelta(days=1)
    if name == "week":
        monday = date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
        return monday, monday + timedelta(days=7)
    first = date(int(text[:4]), int(text[5:]), 1)
    return first, (first + timedelta(days=32)).replace(day=1)
