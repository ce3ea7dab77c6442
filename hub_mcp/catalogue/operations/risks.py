"""The risks of one particular call: the rules in `raised` of an operation, applied to the call's arguments.

    overwrite=true D an existing branch is reset | else W a branch is added

Rules are separated by ` | `; each has a condition, letters and a sentence. A condition names fields by the
Hub's names, with dots into objects and lists: `name` is given, `!name` is absent, `name=value`, `name!=value`
(given, with another value), `name>1`; `&` joins conditions. `*` always holds, `else` if no other rule did.
Absent fields matter as much as given ones: several defaults of the Hub are its riskiest values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.catalogue.operations.table import Operation, Standing

ASKING = frozenset("DMPG")  # destroys, costs money, publishes, grants or revokes access
_RULE = re.compile(r"(\S+) ([RSWDMPGC]+) (.+)")
_TERM = re.compile(r"(!?)([\w.]+)(?:(!=|=|>)(.*))?")


@dataclass(frozen=True)
class Rule:
    """A condition that raises the risk of a call, the risk, and the sentence for it."""

    condition: str
    letters: str
    why: str


@dataclass(frozen=True)
class Risk:
    """The risk of a call.

    Attributes:
        standing: how careful it has to be.
        letters: from OPERATIONS.md, worst first as in the table.
        reasons: a sentence for each rule that raises it.
    """

    standing: Standing
    letters: str
    reasons: tuple[str, ...] = ()


@cache
def rules(raised: str) -> tuple[Rule, ...]:
    """The rules of an operation.

    Raises:
        ValueError: one cannot be parsed.
    """
    found: list[Rule] = []
    for text in raised.split(" | ") if raised else ():
        match = _RULE.fullmatch(text)
        if not match or not (match[1] in ("*", "else") or all(map(_TERM.fullmatch, match[1].split("&")))):
            raise ValueError(f"{text!r} is no rule: write a condition, letters and a sentence")
        found.append(Rule(match[1], match[2], match[3]))
    return tuple(found)


def risk_of(operation: Operation, said: Mapping[str, Any]) -> Risk:
    """The risk of a call with these fields, by the Hub's names."""
    if operation.standing is Standing.UNKNOWN:
        return Risk(Standing.UNKNOWN, "DMPG", ("nobody has reviewed this operation as the Hub has it today",))
    if operation.standing in (Standing.FREE, Standing.CLEANED):
        return Risk(operation.standing, operation.risk)
    held = [
        one for one in rules(operation.raised) if one.condition not in ("*", "else") and _holds(one, said)
    ]
    always = [one for one in rules(operation.raised) if one.condition == "*"]
    otherwise = [one for one in rules(operation.raised) if one.condition == "else"]
    counted = [*held, *always] or otherwise
    counted.sort(key=lambda one: "C" not in one.letters)  # what stops the call comes first
    letters = "".join(dict.fromkeys("".join(one.letters for one in counted))) or operation.risk
    reasons = tuple(dict.fromkeys(one.why for one in counted))
    return Risk(_standing(operation, letters), letters, reasons)


def _standing(operation: Operation, letters: str) -> Standing:
    if operation.standing is Standing.CREDENTIAL or "C" in letters:
        return Standing.CREDENTIAL
    if set(letters) & ASKING and operation.standing is Standing.ASK:
        return Standing.ASK
    return Standing.WRITE


def _holds(rule: Rule, said: Mapping[str, Any]) -> bool:
    return all(_term_holds(term, said) for term in rule.condition.split("&"))


def _term_holds(term: str, said: Mapping[str, Any]) -> bool:
    match = _TERM.fullmatch(term)
    assert match
    absent, name, sign, wanted = match.groups()
    inside = list(_values(said, name.split(".")))
    if absent:  # in a list, one element without it is enough
        outer = list(_values(said, name.split(".")[:-1]))
        return len(inside) < len(outer)
    if not sign:
        return bool(inside)
    value = _literal(wanted)
    if sign == ">":
        return any(isinstance(one, (int, float)) and one > value for one in inside)
    everything = [*inside, *(one for each in inside if is_array(each) for one in each)]
    equal = any(
        one == wanted or (one == value and isinstance(one, bool) == isinstance(value, bool))
        for one in everything
    )
    return equal if sign == "=" else bool(inside) and not equal


def _literal(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _values(node: Any, names: list[str]) -> Iterator[Any]:
    """The values at a path of names, through every list on the way."""
    if not names:
        yield node
        return
    for one in node if is_array(node) else (node,):
        if is_object(one) and names[0] in one:
            yield from _values(one[names[0]], names[1:])
