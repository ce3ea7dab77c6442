"""Limits an operator sets: areas only read, namespaces that may be changed, changes a run may make."""

from __future__ import annotations

from typing import Any

from hub_mcp.catalogue.endpoint import Effect, Endpoint
from hub_mcp.catalogue.users import Whoami
from hub_mcp.client.hub import Hub
from hub_mcp.errors import Stopped, plain
from hub_mcp.settings import Settings


class Limits:
    """The operator's limits, and what of the budgets is used up."""

    def __init__(self, settings: Settings) -> None:
        self._read_only = frozenset(settings.read_only)
        self._namespaces = settings.namespaces
        self._budgets = {"--max-writes": settings.max_writes, "--max-deletes": settings.max_deletes}
        self._spent = dict.fromkeys(self._budgets, 0)

    def check(self, call: Endpoint[Any]) -> None:
        """What can be told before the Hub is asked for anything.

        Raises:
            Stopped: a limit forbids the call.
        """
        if {"all", call.area} & self._read_only:
            what = "everything" if "all" in self._read_only else call.area.replace("_", " ")
            raise Stopped(f"This server only reads: {what} is kept from changes by --read-only.")
        for owner in call.owners():
            if owner:
                self._check_owner(owner)
        self._check_budgets(call)

    async def check_owners(self, call: Endpoint[Any], hub: Hub) -> None:
        """Hold the call, now that the Hub has named its target, against the namespaces.

        Raises:
            Stopped: it is about somebody else's things, or nobody can tell whose.
        """
        if not self._namespaces:
            return
        owners = call.owners()
        if not owners:
            raise Stopped("Whose things this would change cannot be told, and --namespaces limits that.")
        for owner in owners:
            self._check_owner(owner or (await hub.send(Whoami())).name)

    def spend(self, call: Endpoint[Any]) -> None:
        """Count a call that is about to be made.

        Raises:
            Stopped: the budget is used up.
        """
        self._check_budgets(call)
        for flag in _counted_by(call):
            self._spent[flag] += 1

    def give_back(self, call: Endpoint[Any]) -> None:
        """Uncount a call that was never sent."""
        for flag in _counted_by(call):
            self._spent[flag] -= 1

    def _check_owner(self, owner: str) -> None:
        if self._namespaces and owner.lower() not in {one.lower() for one in self._namespaces}:
            raise Stopped(
                f"This server only changes things of {', '.join(self._namespaces)} (--namespaces), "
                f"and this is about {plain(owner, 100)}."
            )

    def _check_budgets(self, call: Endpoint[Any]) -> None:
        for flag in _counted_by(call):
            most = self._budgets[flag]
            if most is not None and self._spent[flag] >= most:
                raise Stopped(f"The {most:,} changes that {flag} allows this run are made.")


def _counted_by(call: Endpoint[Any]) -> tuple[str, ...]:
    destroys = call.line.effect is Effect.DESTROY
    return ("--max-writes", "--max-deletes") if destroys else ("--max-writes",)
