"""Which faults to inject and how often: `--faults` parsed into a plan that draws at random."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

READING = ("GET", "HEAD", "OPTIONS")


class FaultsError(ValueError):
    """The plan makes no sense; the text is for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail: how often, whether only after a write was done, and its parameter."""

    kind: str
    chance: float
    after: bool = False
    seconds: float | None = None
    words: str = ""

    @property
    def name(self) -> str:
        """Its spelling in the plan and in the request log."""
        return f"{self.kind}-after" if self.after else self.kind


@dataclass
class FaultPlan:
    """Faults with their probabilities, and the requests they may strike."""

    faults: tuple[Fault, ...] = ()
    latency: tuple[float, float] = (0.0, 0.0)
    paths: tuple[str, ...] = ()
    only: str = ""
    times: int | None = None
    seed: int | None = None
    outlines: bool = False
    dice: random.Random = field(default_factory=random.Random)

    def concerns(self, method: str, path: str) -> bool:
        """Whether a request can be struck at all."""
        if self.only and (method in READING) is not (self.only == "reads"):
            return False
        return not self.paths or path.startswith(self.paths)

    def wait(self) -> float:
        """Seconds of latency for the next request."""
        low, high = self.latency
        return self.dice.uniform(low, high) if high else 0.0

    def draw(self) -> Fault | None:
        """The fault that strikes the next request, if any."""
        if self.times == 0:
            return None
        roll = self.dice.random()
        for fault in self.faults:
            roll -= fault.chance
            if roll < 0:
                self.times = None if self.times is None else self.times - 1
                return fault
        return None


def parse(text: str) -> FaultPlan:
    """The plan that a text such as `latency=200ms,5xx=0.1,reset-after=0.02,seed=7` describes."""
    plan, faults, paths = FaultPlan(), list[Fault](), list[str]()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise FaultsError(f"{part!r} is not NAME=VALUE. {_USAGE}")
        if name == "latency":
            low, _, high = value.partition("-")
            plan.latency = (_seconds(part, low), _seconds(part, high or low))
        elif name == "seed":
            plan.seed = _count(part, value)
            plan.dice = random.Random(plan.seed)  # noqa: S311 - dice, no secret
        elif name == "times":
            plan.times = _count(part, value)
        elif name == "path":
            paths.append(value)
        elif name == "outlines":
            if value != "on":
                raise FaultsError(f"{part!r}: it is outlines=on, or left out.")
            plan.outlines = True
        elif name == "only":
            if value not in ("reads", "writes"):
                raise FaultsError(f"{part!r}: it is only=reads or only=writes.")
            plan.only = value
        else:
            faults.append(_fault(part, name, value))
    if sum(fault.chance for fault in faults) > 1 + 1e-9:
        raise FaultsError(f"The chances in {text!r} add up to more than 1.")
    plan.faults, plan.paths = tuple(faults), tuple(paths)
    return plan


def _fault(part: str, name: str, value: str) -> Fault:
    kind, after = name.removesuffix("-after"), name.endswith("-after")
    if kind not in KINDS:
        raise FaultsError(f"{part!r}: there is no fault {name!r}. {_USAGE}")
    may_follow, read_detail = KINDS[kind]
    if after and not may_follow:
        raise FaultsError(f"{part!r}: {kind} strikes before the Hub acts; there is no {name!r}.")
    chance, colon, detail = value.partition(":")
    if colon and read_detail is None:
        raise FaultsError(f"{part!r}: {kind} takes a chance and nothing else.")
    seconds, words = read_detail(part, detail) if colon and read_detail else (None, "")
    return Fault(kind, _chance(part, chance), after, seconds, words)


def _chance(part: str, text: str) -> float:
    number = text.removesuffix("%")
    try:
        chance = float(number) / (100 if number != text else 1)
    except ValueError:
        chance = -1.0
    if not 0 <= chance <= 1:
        raise FaultsError(f"{part!r}: {text!r} is not a chance between 0 and 1 (or 0% and 100%).")
    return chance


def _seconds(part: str, text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", text.strip(), re.ASCII)
    if found is None:
        raise FaultsError(f"{part!r}: {text!r} is not a time such as 200ms or 1.5s.")
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def _count(part: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise FaultsError(f"{part!r}: {text!r} is not a whole number.")
    return int(text)


def _time(part: str, text: str) -> tuple[float, str]:
    return _seconds(part, text), ""


def _host(part: str, text: str) -> tuple[None, str]:
    split = urlsplit(text)
    if split.scheme not in ("http", "https") or not split.netloc:
        raise FaultsError(f"{part!r}: {text!r} is not an address such as http://127.0.0.1:9999.")
    return None, text.rstrip("/")


Detail = Callable[[str, str], tuple[float | None, str]]
KINDS: dict[
    str, tuple[bool, Detail | None]
] = {  # whether it may strike after a write was done; what follows the colon
    "429": (False, _time),
    "quota": (False, None),
    "edge429": (False, None),
    "5xx": (True, None),
    "500": (True, None),
    "502": (True, None),
    "503": (True, None),
    "504": (True, None),
    "reset": (True, None),
    "truncate": (True, None),
    "slow": (True, _time),
    "html": (True, None),
    "content-type": (True, None),
    "redirect-loop": (False, None),
    "redirect-away": (False, _host),
}
_USAGE = f"Known are latency, {', '.join(KINDS)}, and seed, times, path, only, outlines."
