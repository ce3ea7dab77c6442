"""The rate limit: fixed windows of five minutes per caller and class, reported on every answer (FACTS §7)."""

from __future__ import annotations

from ..people.rights import SignedInUser

WINDOW = 300
QUOTAS = {  # plan: api, resolvers, pages (hub-docs, rate-limits, September 2025)
    "anonymous": (500, 3000, 100),
    "free": (1000, 5000, 200),
    "pro": (2500, 12000, 400),
    "team": (3000, 20000, 400),
    "academia": (3000, 20000, 400),
    "enterprise": (6000, 50000, 600),
    "plus": (10000, 100000, 1000),
}
CLASSES = ("api", "resolvers", "pages")


class RateQuotas:
    """What each caller has used of the current window; kept in memory only."""

    def __init__(self, quota: int | None = None) -> None:
        self.quota = quota
        self._window = -1
        self._spent: dict[tuple[str, str], int] = {}

    def spend(
        self, who: SignedInUser | None, address: str, path: str, now: float
    ) -> tuple[dict[str, str], bool]:
        """Count one request; returns the two headers, and whether the window was already used up."""
        window, into = divmod(int(now), WINDOW)
        if window != self._window:
            self._window, self._spent = window, {}
        kind = kind_of(path)
        quota = self.quota if self.quota is not None else QUOTAS[_plan(who)][CLASSES.index(kind)]
        key = (kind, who.id if who else address)
        spent = self._spent[key] = self._spent.get(key, 0) + 1
        headers = {
            "RateLimit": f'"{kind}";r={max(0, quota - spent)};t={WINDOW - into}',
            "RateLimit-Policy": f'"fixed window";"{kind}";q={quota};w={WINDOW}',
        }
        return headers, spent > quota


def kind_of(path: str) -> str:
    """The class of requests that a path belongs to."""
    return "api" if path.startswith("/api/") else "resolvers" if "/resolve/" in path else "pages"


def _plan(who: SignedInUser | None) -> str:
    """The best plan a caller has, organizations included."""
    if who is None:
        return "anonymous"
    plans = [*who.plans.values(), "pro" if who.is_pro else "free"]
    return max(plans, key=lambda plan: QUOTAS[plan])
