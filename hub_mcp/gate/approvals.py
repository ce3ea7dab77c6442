"""Plans waiting for approval: a small file each, which `hub-mcp approve` or the server's page marks.

The file contains what would be lost and the name to type, never the token that acts. Plan and approval are
sealed with a key that is not in the file (`local_key.py`), so a program that writes or alters the file cannot
approve a plan or change what is shown. What remains: a program of the same user that reads the key, or types
into a terminal of its own, passes for the person; an agent with a shell could do so.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import NoReturn

from pydantic import TypeAdapter

from hub_mcp.errors import Stopped
from hub_mcp.gate.local_key import local_key, sealed
from hub_mcp.installed import command_line
from hub_mcp.private_files import writable_by_others

TERMINAL = "by a person in a terminal"
PAGE = "by a person on the server's page, signed in to the Hub"
WAYS = (TERMINAL, PAGE)
MOST_OF_ONE, MOST = 50, 1_000  # waiting plans per caller, and in total


@dataclass(frozen=True)
class Waiting:
    """A plan waiting for approval.

    Attributes:
        id: the argument of `hub-mcp approve`.
        seal: a digest of the plan's nonce, by which the server recognizes its own plan.
        until: when it expires, in seconds of the epoch.
        account: the Hub name of the token's owner, if a page can be shown; otherwise "".
        caller: a sealed digest of the token, good only for comparing callers.
        mac: a seal on all of the above; approval: a seal on that, made after a person has typed the name.
    """

    id: str
    seal: str
    tool: str
    consequence: str
    retype: str
    until: int
    account: str = ""
    caller: str = ""
    mac: str = ""
    approval: str = ""


class Approvals:
    """The waiting plans in a state directory, which is created for the first one.

    Attributes:
        page: the address of the server's pages for approving plans; "" if it has none.
    """

    def __init__(self, state: Path, clock: Callable[[], float] = time.time, *, page: str = "") -> None:
        self.page = page
        self._state = state
        self._directory = state / "plans"
        self._clock = clock

    def wait(
        self,
        *,
        nonce: str,
        tool: str,
        consequence: str,
        retype: str,
        until: int,
        account: str = "",
        caller: str = "",
    ) -> str:
        """Store a waiting plan and return its id.

        Args:
            caller: a digest of the caller's token.

        Raises:
            Stopped: the directory is open to others, or too many plans wait there.
            OSError: it cannot be written.
        """
        key = local_key(self._state)
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._check()
        whose = sealed(key, "caller", caller)
        self._check_room(key, whose, account)
        seal = _seal(nonce)
        plan = Waiting(_id_of(seal), seal, tool, consequence, retype, until, account, whose)
        self._write(replace(plan, mac=_mac(plan, key)))
        return plan.id

    def _check_room(self, key: bytes, caller: str, account: str) -> None:
        """Check that one more plan may wait; none is ever replaced.

        Args:
            account: "" if unknown; an account may have any number of tokens, each of them a caller.

        Raises:
            Stopped: too many wait, for the caller or in total.
        """
        kept: list[Waiting] = []
        for path in self._directory.glob("*.json"):
            if (one := self._read(path, key)) is None or one.until <= self._clock():
                path.unlink(missing_ok=True)
            else:
                kept.append(one)
        own = [one for one in kept if one.caller == caller or (account and one.account == account)]
        own = [one for one in own if not self.has_approved(one)]
        if len(own) >= MOST_OF_ONE:
            self._refuse(f"{MOST_OF_ONE} plans of yours wait", own)
        if len(kept) >= MOST:
            self._refuse("Too many plans wait", kept)

    def _refuse(self, what: str, waiting: Sequence[Waiting]) -> NoReturn:
        left = max(1, round((min(one.until for one in waiting) - self._clock()) / 60))
        raise Stopped(
            f"{what} for approval here already.",
            advice="Ask the person to approve those, or call again once they expire, the first of them in "
            f"{left} {'minute' if left == 1 else 'minutes'}.",
        )

    def waiting(self) -> list[Waiting]:
        """The plans still waiting, the first to expire first."""
        paths = list(self._directory.glob("*.json"))
        key = local_key(self._state) if paths else b""
        found = [one for path in paths if (one := self._read(path, key))]
        return sorted((one for one in found if one.until > self._clock()), key=lambda one: one.until)

    def trouble(self) -> str:
        """Why others could alter the plans; "" if they cannot."""
        return writable_by_others(self._state) or writable_by_others(self._directory)

    def command(self, id: str) -> str:
        """The command for a terminal on this machine, in any directory."""
        return command_line("approve", id, "--state-dir", str(self._state.absolute()))

    def place(self, id: str, account: str = "") -> str:
        """Where a person approves a plan: the address of a page of the server, or the command."""
        return f"{self.page}/{id}" if self.page and account else self.command(id)

    def step(self, id: str, account: str = "") -> str:
        """What the person does to approve a plan, worded to follow "to"."""
        if self.page and account:
            return f"open {self.place(id, account)} and to sign in to the Hub there as {account}"
        return f"run `{self.command(id)}` in a terminal on the machine of this server"

    def page_secret(self) -> bytes:
        """The key that seals the page's state in browsers; the same for all processes with this directory."""
        return sealed(local_key(self._state), "approval page", "").encode()

    def _check(self) -> None:
        if why := self.trouble():
            raise Stopped(
                f"Plans that wait for approval are not safe from other users: {why}",
                advice="Close the directory to others with `chmod go-w`.",
            )

    def find(self, id: str) -> Waiting | None:
        """The plan with this id, if it is still waiting.

        Raises:
            Stopped: others can write to the directory.
        """
        self._check()
        path = self._directory / f"{id}.json"
        if not (id.isascii() and id.isalnum() and path.exists()):
            return None
        found = self._read(path, local_key(self._state))
        return found if found and found.id == id and found.until > self._clock() else None

    def approve(self, plan: Waiting, how: str = TERMINAL) -> None:
        """Mark a plan as approved; call it after a person has typed the name."""
        self._write(replace(plan, approval=_approval(plan, local_key(self._state), how)))

    def id_of(self, nonce: str) -> str:
        return _id_of(_seal(nonce))

    def is_approved(self, nonce: str) -> bool:
        """Whether a person has approved the plan with this nonce."""
        return bool(self.approved(nonce))

    def approved(self, nonce: str) -> str:
        """How a person approved the plan with this nonce; "" if nobody did."""
        plan = self.find(self.id_of(nonce))
        return self.how(plan) if plan is not None and plan.seal == _seal(nonce) else ""

    def has_approved(self, plan: Waiting) -> bool:
        """Whether a person has typed the name of this plan."""
        return bool(self.how(plan))

    def how(self, plan: Waiting) -> str:
        """How a person typed the name for this plan; "" if nobody did."""
        key = local_key(self._state)
        return next(
            (how for how in WAYS if hmac.compare_digest(plan.approval, _approval(plan, key, how))), ""
        )

    def _write(self, plan: Waiting) -> None:
        path = self._directory / f"{plan.id}.json"
        # Renamed when complete, so that nobody reads half of it; one button may be pressed twice at once.
        fresh = path.with_suffix(f".{secrets.token_hex(6)}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                json.dump(asdict(plan), file)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def _read(self, path: Path, key: bytes) -> Waiting | None:
        """The plan in a file; None if the file is something else, or was altered."""
        try:
            plan = _plans().validate_json(path.read_bytes(), strict=True)
        except (OSError, ValueError):
            return None
        return plan if hmac.compare_digest(plan.mac, _mac(plan, key)) else None


@cache
def _plans() -> TypeAdapter[Waiting]:
    return TypeAdapter(Waiting)


def _seal(nonce: str) -> str:
    return hashlib.sha256(f"hub-mcp approve:{nonce}".encode()).hexdigest()


def _id_of(seal: str) -> str:
    return base64.b32encode(bytes.fromhex(seal)[:5]).decode().lower()


def _mac(plan: Waiting, key: bytes) -> str:
    return sealed(key, "plan", json.dumps(asdict(replace(plan, mac="", approval=""))))


def _approval(plan: Waiting, key: bytes, how: str) -> str:
    return sealed(key, f"approved {how}", plan.mac)
