"""Limits an operator sets: areas only read, namespaces that may be changed, changes a run may make."""

from __future__ import annotations

from typing import Any

from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.users import Whoami
from hub_mcp.client.hub import Hub
from hub_mcp.errors import Stopped, plain
from hub_mcp.gate.once import UsageStore
from hub_mcp.settings import Settings

OPERATOR = "Tell the person: it can be done on the Hub's website, or by whoever runs this server."


class Limits:
    """The operator's limits, and what of the budgets is used up.

    Args:
        used: counts the changes of a run, for every process of it.
    """

    def __init__(self, settings: Settings, used: UsageStore) -> None:
        self._read_only = frozenset(settings.read_only)
        self._namespaces = settings.namespaces
        self._budgets = {"--max-writes": settings.max_writes, "--max-deletes": settings.max_deletes}
        self._used = used

    async def check(self, call: Change[Any, Any]) -> None:
        """What can be told before the Hub is asked for anything.

        Raises:
            Stopped: a limit forbids the call.
        """
        if {"all", call.area} & self._read_only:
            what = "everything" if "all" in self._read_only else call.area.replace("_", " ")
            raise Stopped(
                f"This server only reads: {what} is kept from changes by --read-only.", advice=OPERATOR
            )
        for owner in call.owners():
            if owner:
                self._check_owner(owner)
        for flag, most in self._counted(call):
            if await self._used.count(flag, 0) >= most:
                raise _used_up(flag, most)

    async def check_owners(self, call: Change[Any, Any], hub: Hub) -> None:
        """Hold the call, now that the Hub has named its target, against the namespaces.

        Raises:
            Stopped: it is about somebody else's things, or nobody can tell whose.
        """
        if not self._namespaces:
            return
        owners = call.owners()
        if not owners:
            raise Stopped(
                "Whose things this would change cannot be told, and --namespaces limits that.",
                advice=OPERATOR,
            )
        for owner in owners:
            self._check_owner(owner or (await hub.send(Whoami())).name)

    async def spend(self, call: Change[Any, Any]) -> None:
        """Count a call that is about to be made.

        Raises:
            Stopped: the budget is used up.
        """
        for flag, most in self._counted(call):
            if await self._used.count(flag, 1) > most:
                await self._used.count(flag, -1)
                raise _used_up(flag, most)

    async def give_back(self, call: Change[Any, Any]) -> None:
        """Uncount a call that was never sent."""
        for flag, _ in self._counted(call):
            await self._used.count(flag, -1)

    def _check_owner(self, owner: str) -> None:
        if self._namespaces and owner.lower() not in {one.lower() for one in self._namespaces}:
            raise Stopped(
                f"This server only changes things of {', '.join(self._namespaces)} (--namespaces), "
                f"and this is about {plain(owner, 100)}.",
                advice=OPERATOR,
            )

    def _counted(self, call: Change[Any, Any]) -> list[tuple[str, int]]:
        """The budgets that a call counts against, and how much each allows."""
        flags = ["--max-writes", *(["--max-deletes"] if call.line.effect is Effect.DESTROY else [])]
        return [(flag, most) for flag in flags if (most := self._budgets[flag]) is not None]


def _used_up(flag: str, most: int) -> Stopped:
    return Stopped(f"The {most:,} changes that {flag} allows this run are made.", advice=OPERATOR)
