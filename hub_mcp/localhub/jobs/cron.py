"""The next time of a schedule: five cron fields, in UTC, or one of the short names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SHORT = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FURTHEST = 366 * 8 + 3  # days to search: the 29th of February can be that far away


@dataclass(frozen=True, slots=True)
class CronLine:
    """The minutes, hours, days, months and weekdays of a schedule."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool  # if both are given, either the day of the month or the weekday has to match

    @classmethod
    def read(cls, text: str) -> CronLine:
        """Parse a schedule.

        Raises:
            ValueError: it cannot be read.
        """
        fields = SHORT.get(text.strip().lower(), text).lower().split()
        if len(fields) != len(BOUNDS):
            raise ValueError("Invalid cron expression")
        for n, name in enumerate(MONTHS):
            fields[3] = fields[3].replace(name, str(n + 1))
        for n, name in enumerate(WEEKDAYS):
            fields[4] = fields[4].replace(name, str(n))
        minutes, hours, days, months, weekdays = (
            _values(field, *bounds) for field, bounds in zip(fields, BOUNDS, strict=True)
        )
        either = "*" not in (fields[2][0], fields[4][0])
        return cls(minutes, hours, days, months, frozenset(one % 7 for one in weekdays), either)

    def after(self, seconds: float) -> float | None:
        """The next moment after `seconds` of the epoch; None if there is none."""
        start = datetime.fromtimestamp(seconds, UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
        for n in range(FURTHEST):
            day = start if not n else (start + timedelta(days=n)).replace(hour=0, minute=0)
            if not self._on(day):
                continue
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    if (hour, minute) >= (day.hour, day.minute):
                        return day.replace(hour=hour, minute=minute).timestamp()
        return None

    def _on(self, day: datetime) -> bool:
        of_month, of_week = day.day in self.days, (day.weekday() + 1) % 7 in self.weekdays
        return day.month in self.months and (of_month or of_week if self.either else of_month and of_week)


def _values(field: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|\d{1,2}(?:-\d{1,2})?)(?:/([1-9]\d?))?", part, re.ASCII)
        if match is None:
            raise ValueError("Invalid cron expression")
        first, _, last = match[1].partition("-")
        start, end = (low, high) if first == "*" else (int(first), int(last or (high if match[2] else first)))
        if not low <= start <= end <= high:
            raise ValueError("Invalid cron expression")
        found |= set(range(start, end + 1, int(match[2] or 1)))
    return frozenset(found)
