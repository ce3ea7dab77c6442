"""The operator's limits: read-only areas, namespaces, budgets, and what needs no approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.http import TYPED, Effect
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.catalogue.stakes import Impact, Stakes
from hub_mcp.client.hub import Hub
from hub_mcp.client.server_secrets import not_allowed
from hub_mcp.errors import Stopped, plain
from hub_mcp.gate.challenge import Assessment
from hub_mcp.gate.once import UsageStore
from hub_mcp.settings import Settings

OPERATOR = "Tell the person: it can be done on the Hub's website, or by whoever runs this server."


class Limits:
    """The operator's limits, and the used part of the budgets.

    Args:
        used: counts the changes of a run, across its processes.
    """

    def __init__(self, settings: Settings, used: UsageStore) -> None:
        self._read_only = frozenset(settings.read_only)
        self._namespaces = settings.namespaces
        self._budgets = {"--max-writes": settings.max_writes, "--max-deletes": settings.max_deletes}
        self._allowed = frozenset(settings.allow)
        self._secrets_from = settings.secrets_from
        self._used = used

    async def check(self, call: Change[Any, Any]) -> None:
        """Check what is known before any request to the Hub.

        Raises:
            Stopped: a limit forbids the call.
        """
        if {"all", call.area} & self._read_only:
            what = "everything" if "all" in self._read_only else call.area.replace("_", " ")
            raise Stopped(
                f"This server only reads: {what} is kept from changes by --read-only.", advice=OPERATOR
            )
        if call.value_from not in ("", TYPED, *self._secrets_from):
            raise not_allowed(call.value_from, self._secrets_from)
        for owner in call.owners():
            if owner:
                self._check_owner(owner)
        await self._check_budgets(destroys=call.line.effect is Effect.DESTROY, writes=call.writes)

    async def check_budgets(self, found: Assessment) -> None:
        """Check the budgets, given what the call does.

        Raises:
            Stopped: one is used up.
        """
        await self._check_budgets(destroys=_destroys(found))

    async def check_room(self, found: Sequence[Assessment]) -> None:
        """Check several calls together against the budgets, before anybody is asked about them.

        Raises:
            Stopped: a budget is too small for all of them.
        """
        needed = Counter[str]()
        for one in found:
            for flag, _ in self._counted(destroys=_destroys(one)):
                needed[flag] += one.call.writes if flag == "--max-writes" else 1
        for flag, count in needed.items():
            most = self._budgets[flag]
            left = max(0, (most or 0) - await self._used.count(flag, 0))
            if count > left:
                what = "are deletions" if flag == "--max-deletes" else "count"
                of = sum(one.call.writes for one in found)
                raise Stopped(
                    f"Of these {of:,} changes {count:,} {what}; {flag} leaves {left:,} of {most:,}.",
                    advice=f"Ask for fewer. {OPERATOR}",
                )

    async def check_owners(self, owners: Sequence[str], hub: Hub) -> None:
        """Check the owners of the things a call touches, as named by the Hub, against the namespaces.

        Raises:
            Stopped: it touches somebody else's things, or the owner is unknown.
        """
        if not self._namespaces:
            return
        if not owners:
            raise Stopped(
                "It is not known whose things this would change, and --namespaces limits that.",
                advice=OPERATOR,
            )
        for owner in owners:
            self._check_owner(owner or (await hub.send(Whoami())).name)

    def allows(self, stakes: Stakes) -> str:
        """Why a call with something at stake asks nobody; "" if it does ask."""
        words = {one.word for one in stakes.consequences}
        if not self._allowed.issuperset(words):
            return ""
        return f"Nobody was asked: this server runs with --allow {','.join(sorted(words))}."

    async def spend(self, found: Assessment) -> None:
        """Count a call about to be made.

        Raises:
            Stopped: the budget is used up.
        """
        for flag, most in self._counted(destroys=_destroys(found)):
            if await self._used.count(flag, 1) > most:
                await self._used.count(flag, -1)
                raise _used_up(flag, most)

    async def give_back(self, found: Assessment) -> None:
        """Uncount a call that was never sent."""
        for flag, _ in self._counted(destroys=_destroys(found)):
            await self._used.count(flag, -1)

    def _check_owner(self, owner: str) -> None:
        if self._namespaces and owner.lower() not in {one.lower() for one in self._namespaces}:
            raise Stopped(
                f"This server only changes what belongs to {', '.join(self._namespaces)} (--namespaces), "
                f"and this is about {plain(owner, 100)}.",
                advice=OPERATOR,
            )

    async def _check_budgets(self, *, destroys: bool, writes: int = 1) -> None:
        for flag, most in self._counted(destroys=destroys):
            left = most - await self._used.count(flag, 0)
            if left <= 0:
                raise _used_up(flag, most)
            if flag == "--max-writes" and writes > left:
                raise Stopped(
                    f"This is {writes:,} changes, each item being one; {flag} leaves {left:,} of {most:,}.",
                    advice=f"Ask for fewer items. {OPERATOR}",
                )

    def _counted(self, *, destroys: bool) -> list[tuple[str, int]]:
        """The budgets that a call counts against, with their limits."""
        flags = ["--max-writes", *(["--max-deletes"] if destroys else [])]
        return [(flag, most) for flag in flags if (most := self._budgets[flag]) is not None]


def _destroys(found: Assessment) -> bool:
    """Whether a call removes something for good, whatever its method."""
    by_effect = found.stakes is not None and Impact.DESTROYS in found.stakes.impacts
    return by_effect or found.call.line.effect is Effect.DESTROY


def _used_up(flag: str, most: int) -> Stopped:
    return Stopped(f"The {most:,} changes that {flag} allows in one run have been made.", advice=OPERATOR)
