"""The source of an endpoint class, written from what `scaffold` found in a document."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub_mcp.catalogue.http import fields_in
from hub_mcp.dev.operations.openapi import Object, object_at, text_at

VOCABULARY = (
    "Account",
    "FreeText",
    "FullRepoId",
    "Owner",
    "RepoType",
    "Revision",
    "Segment",
    "Word",
    "Words",
)
# What a person is asked to agree to until the class's author says what it really does.
ASKS = """
    reversal = "What it does cannot be told from here."

    def headline(self, before: Nothing) -> str:
        return f"{self.label}: {quoted(self.subject)}?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.OPENS, "")"""
WIDTH = 110


@dataclass
class Field:
    """One field of the class."""

    name: str
    kind: str
    required: bool = True
    alias: str = ""
    about: str = ""

    @property
    def arguments(self) -> list[str]:
        said = {
            "serialization_alias": self.alias if self.alias != self.name else "",
            "description": self.about,
        }
        named = [f"{key}={json.dumps(text, ensure_ascii=False)}" for key, text in said.items() if text]
        return [*([] if self.required else ["default=None"]), *named]

    @property
    def needs_field(self) -> bool:
        """Whether it needs more than a type and a default."""
        return len(self.arguments) > (not self.required)

    def __str__(self) -> str:
        value = f"Field({', '.join(self.arguments)})" if self.needs_field else "" if self.required else "None"
        return f"{self.name}: {self.kind}{'' if self.required else ' | None'}{value and f' = {value}'}"


@dataclass
class EndpointDraft:
    """What is known about the class, with its fields in the order they are found.

    Attributes:
        documented: method and path as the documentation gives them.
        path: the path with our parameter names.
        kind: the type of repository it is for; "" if there is none, or several.
        area: its area in the table of operations; "" if the table does not have it.
    """

    documented: str
    path: str = ""
    name: str = ""
    kind: str = ""
    area: str = ""
    is_listing: bool = False
    fields: list[Field] = field(default_factory=list[Field])
    left_out: list[str] = field(default_factory=list[str])

    @property
    def method(self) -> str:
        return self.documented.partition(" ")[0]

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.fields]

    def uses(self, word: str) -> bool:
        return any(re.search(rf"\b{word}\b", one.kind) for one in self.fields)


def _sentence(said: Object) -> str:
    text = " ".join((text_at(said, "description") or text_at(said, "summary") or "Say what it does").split())
    first = re.split(r"(?<=[.!?])\s", text.replace('"""', "'"), maxsplit=1)[0]
    return textwrap.shorten(first, 100, placeholder="…").rstrip(".\\") + "."


def source_of(draft: EndpointDraft, said: Object, answer: Object) -> Iterator[str]:
    """The lines of a module with the class."""
    is_listing, name, method = draft.is_listing, draft.name, draft.method
    shape = object_at(answer, "items") if is_listing else answer
    properties = object_at(shape, "properties")
    record = f"{re.sub('^(Get|List|Create|Update|Delete)', '', name)}Row" if is_listing else f"{name}Answer"
    has_record = bool(properties) or is_listing
    answered = record if has_record else "Done"
    changes, asks = method != "GET", method not in ("GET", "DELETE")
    base = (
        f"Change[Nothing, {answered}]" if changes else f"{'Listing' if is_listing else 'Lookup'}[{answered}]"
    )

    yield f'"""{_sentence(said)}"""\n'
    yield "from __future__ import annotations\n"
    if asks:
        yield "from collections.abc import Iterator"
    if draft.uses("Literal"):
        yield "from typing import Literal\n"
    if any(one.needs_field for one in draft.fields):
        yield "from pydantic import Field\n"
    yield f"from hub_mcp.catalogue.answers import {'Record' if has_record else 'Done'}"
    if changes:
        yield f"from hub_mcp.catalogue.change import Change, Nothing, {method.lower()}"
    else:
        yield "from hub_mcp.catalogue.endpoint import get"
    if words := [word for word in VOCABULARY if draft.uses(word)]:
        yield f"from hub_mcp.catalogue.fields.vocabulary import {', '.join(words)}"
    if not changes:
        module = "listing import Listing" if is_listing else "parts import RARELY_CUT, Lookup"
        yield f"from hub_mcp.catalogue.{module}"
    if asks:
        yield "from hub_mcp.catalogue.stakes import Consequence, Impact, Known"
    if asks:
        yield "from hub_mcp.text import quoted"
    if has_record:
        yield f"\n\nclass {record}(Record):"
        yield '    """What is shown of an answer: take out what nobody needs."""\n'
        yield from _shown(properties)
    yield "\n"
    yield from _decorator(draft)
    yield f'class {name}({base}):\n    """{_sentence(said)}"""\n'
    facts = {
        "in_area": draft.area and json.dumps(draft.area),
        "by_default": draft.area and "False",
        "row": record if is_listing else "",
        "unlisted": "" if changes or is_listing else "RARELY_CUT",
        "kind": draft.kind and json.dumps(draft.kind),
    }
    yield from (f"    {fact} = {value}" for fact, value in facts.items() if value)
    if any(facts.values()):
        yield ""
    if draft.left_out:
        yield f"    # Left out, being too deep for a portable schema, or taken: {', '.join(draft.left_out)}."
    yield from (f"    {one}" for one in sorted(draft.fields, key=lambda one: not one.required))
    if asks:
        yield from ASKS.splitlines()
    yield ""


def _shown(properties: Object) -> Iterator[str]:
    names = [json.dumps(name) for name in properties if name != "_id"]
    line = ", ".join(names)
    if len(line) + 20 <= WIDTH:
        yield f"    shown = ({line}{',' if len(names) == 1 else ''})"
        return
    yield "    shown = ("
    yield textwrap.fill(line + ",", WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
    yield "    )  # fmt: skip"


def _permission(path: str) -> str:
    """The permission a token most likely needs; the Hub does not document permissions by endpoint."""
    if "/discussions" in path:
        return "discussion.write"
    if path.startswith("/api/organizations/"):
        return "org.write"
    return "collection.write" if path.startswith("/api/collections/") else "repo.write"


def _decorator(draft: EndpointDraft) -> Iterator[str]:
    method, _, path = draft.documented.partition(" ")
    arguments = [json.dumps(draft.path)]
    if method != "GET":
        arguments.append(f'permission="{_permission(path)}"')
        if not (draft.uses("Owner") or draft.uses("FullRepoId")):
            arguments.append("of_caller=True")
    if method == "DELETE":
        last = next(reversed(fields_in(draft.path)), "")
        what = re.sub(r"\W+", " ", re.split(r"/\{", path)[-2 if path.endswith("}") else -1]).split()[-1:]
        noun = (what[0] if what else "thing").removesuffix("s")
        arguments.append(f'destroys="the {noun} {{{last}}}"' if last else f'destroys="every {noun}"')
    line = f"@{method.lower()}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        yield line
    else:
        yield f"@{method.lower()}("
        yield from (f"    {one}," for one in arguments)
        yield ")"
