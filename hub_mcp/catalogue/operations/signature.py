"""An operation in one line, or in full: how to call it, what it does, and its arguments.

create_branch(repo_id, type, revision; starting_point?, overwrite?) → create a branch; may ask a person
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.fields.schema import schema_of
from hub_mcp.catalogue.operations.arguments import MOST_ROWS, arguments_of, is_listing
from hub_mcp.catalogue.operations.json_types import schema_in_words
from hub_mcp.catalogue.operations.risks import rules
from hub_mcp.catalogue.operations.table import Operation, Sends, Standing

MOST_OPTIONAL = 8  # arguments to name on a line
NEAREST = 3
CHANGES = "changes without asking"
EFFECTS = {
    Standing.FREE: "",
    Standing.CLEANED: "",
    Standing.WRITE: CHANGES,
    Standing.ASK: "asks a person",
    Standing.UNKNOWN: "asks a person: nobody has reviewed it",
}


def effect_of(operation: Operation) -> str:
    """What happens before it is done; "" for a reading operation."""
    if operation.keeps_back:
        return f"never called: {operation.keeps_back}"
    written = ENDPOINTS.get(operation.name)
    if written and not (written.changes and operation.standing is Standing.UNKNOWN):
        asks = "may ask a person" if written.may_ask() else CHANGES
        return asks if written.changes else ""
    if operation.standing is Standing.ASK and any(one.condition == "else" for one in rules(operation.raised)):
        return "may ask a person"
    return EFFECTS.get(operation.standing, "")


def takes(operation: Operation) -> dict[str, tuple[str, bool]]:
    """Its arguments: the rule of each in words, and whether it is required."""
    if written := ENDPOINTS.get(operation.name):
        schema = schema_of(written)
        needed = schema.get("required", ())
        part = "" if written.is_listing() else "cursor"  # an answer that was cut mentions it
        return {
            name: (_form(one), name in needed) for name, one in schema["properties"].items() if name != part
        }
    known = {one.name: (_form(one.schema), one.required) for one in arguments_of(operation).values()}
    if is_listing(operation):
        known |= {"limit": ("a whole number", False), "cursor": ("next_cursor of the page before", False)}
    return known


def signature(operation: Operation) -> str:
    """The line in a search result."""
    known = takes(operation)
    needed = [name for name, (_, required) in known.items() if required]
    others = [f"{name}?" for name, (_, required) in known.items() if not required]
    if len(others) > MOST_OPTIONAL:
        others = [*others[:MOST_OPTIONAL], "…"]
    inside = "; ".join(part for part in (", ".join(needed), ", ".join(others)) if part)
    effect = effect_of(operation)
    return f"{operation.name}({inside}) → {operation.does}{f'; {effect}' if effect else ''}"


def whole(operation: Operation) -> dict[str, Any]:
    """Everything a caller needs: the line, each argument with its rule, and when a person is asked."""
    said: dict[str, Any] = {"operation": signature(operation)}
    if operation.keeps_back:
        said["instead"] = instead(operation)
        return said
    said["call_with"] = "read_operation" if reads(operation) else "change_operation"
    said["arguments"] = {
        name: rule if required else f"{rule}, optional" for name, (rule, required) in takes(operation).items()
    }
    if operation.sends is Sends.LINES and "body" in said["arguments"]:
        said["arguments"]["body"] += f"; or a text of such lines. At most {MOST_ROWS:,} are sent at once"
    written = ENDPOINTS.get(operation.name)
    kept = written.keeps if written and issubclass(written, Change) else frozenset[str]()
    counted = (
        one for one in rules(operation.raised) if one.condition.strip("!").partition("=")[0] not in kept
    )
    if asked := [_rule(one.condition, one.why) for one in counted]:
        said["a person is asked" if operation.standing is Standing.ASK else "know that"] = asked
    return said


def reads(operation: Operation) -> bool:
    """Whether it only reads, according to its hand-written class if there is one."""
    written = ENDPOINTS.get(operation.name)
    return not written.changes if written else operation.reads


def instead(operation: Operation) -> str:
    """Where a person does it, if it is never called."""
    return f"a person does it on the Hub, at {operation.place}" if operation.place else "nothing here does it"


def _rule(condition: str, why: str) -> str:
    if condition in ("*", "else"):
        return why
    terms = [f"without {term[1:]}" if term.startswith("!") else term for term in condition.split("&")]
    return f"{' and '.join(terms)}: {why}"


def _form(schema: Mapping[str, Any]) -> str:
    words = schema.get("description")
    return schema_in_words(schema) + (f" ({words})" if words else "")


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """The names most similar to a misspelled one."""
    known = list(names)
    wanted = name.lower().replace("-", "_").replace(" ", "_").removeprefix("hub_")

    def likeness(one: str) -> float:
        words, theirs = set(wanted.split("_")), set(one.split("_"))
        shared = len(words & theirs) / max(1, len(words | theirs))
        return difflib.SequenceMatcher(None, wanted, one).ratio() + shared

    return sorted(known, key=likeness, reverse=True)[:NEAREST]
