"""A ready endpoint class, written from an operation of an OpenAPI document: where a new tool begins.

    python -m hub_mcp.dev scaffold 'GET /api/users/{username}/overview' --openapi openapi.json

What comes out can be imported and called as it stands; the words for the model, and for the person who is
asked, are yours to sharpen.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub_mcp.catalogue.listing import Listing
from hub_mcp.dev.openapi import NoClass, Object, answer_of, body_of, object_at, parameters_in, text_at

VERBS = {"GET": "Get", "POST": "Create", "PUT": "Update", "PATCH": "Update", "DELETE": "Delete"}
KINDS = {"models": "model", "datasets": "dataset", "spaces": "space"}
# Path parameters by the Hub's name: ours, and the word of the vocabulary that checks it.
PATH_WORDS = {
    "rev": ("revision", "Revision"),
    "username": ("username", "Account"),
    "namespace": ("namespace", "Owner"),
}
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
TAKEN = frozenset(dir(Listing))  # what a field must not be called
LONG = ("description", "content", "comment", "body")  # texts of several lines
NAME_LIMIT = 39
# What a person agrees to until the author of the class says what it really does.
ASKS = """
    def headline(self, before: Nothing) -> str:
        return f"{self.label}: {quoted(self.subject)}?"

    def cost(self, before: Nothing) -> str:
        return "What it does cannot be told from here."

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
        said = {"alias": self.alias if self.alias != self.name else "", "description": self.about}
        named = [f"{key}={json.dumps(text, ensure_ascii=False)}" for key, text in said.items() if text]
        return [*([] if self.required else ["None"]), *named]

    @property
    def needs_field(self) -> bool:
        """Whether more than its type and its absence must be said."""
        return len(self.arguments) > (not self.required)

    def __str__(self) -> str:
        value = f"Field({', '.join(self.arguments)})" if self.needs_field else "" if self.required else "None"
        return f"{self.name}: {self.kind}{'' if self.required else ' | None'}{value and f' = {value}'}"


@dataclass
class EndpointDraft:
    """The fields as they are found."""

    fields: list[Field] = field(default_factory=list[Field])
    left_out: list[str] = field(default_factory=list[str])

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.fields]

    def uses(self, word: str) -> bool:
        return any(re.search(rf"\b{word}\b", one.kind) for one in self.fields)


def scaffold(document: Object, operation: str) -> str:
    """The source of a module with the class for one operation, given as method and path.

    Raises:
        NoClass: the document has no such operation, or it does not speak JSON.
    """
    method, _, path = operation.strip().partition(" ")
    method, path = method.upper(), path.strip()
    found = object_at(object_at(document, "paths"), path)
    said = object_at(found, method.lower())
    if not said or method not in VERBS:
        raise NoClass(f"the document has no {method} {path}")
    draft = EndpointDraft()
    ours = _path(path, {**parameters_in(found, "path"), **parameters_in(said, "path")}, draft)
    body = body_of(object_at(said, "requestBody"))
    for name, (parameter, required) in parameters_in(said, "query").items():
        if name not in ("limit", "cursor", "p"):
            _add(draft, name, parameter, required=required)
    needed = body.get("required")
    for name, schema in object_at(body, "properties").items():
        if isinstance(schema, Mapping):
            _add(draft, name, schema, required=isinstance(needed, (list, tuple)) and name in needed)
    answer = answer_of(said)
    is_listing = method == "GET" and answer.get("type") == "array"
    name = _class_name(method, path, many=is_listing)
    return "\n".join(_module(method, path, ours, name, said, answer, draft, is_listing=is_listing))


# ── fields ──────────────────────────────────────────────────────────────────────────────────────────────────


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")


def _path(path: str, parameters: Mapping[str, tuple[Object, bool]], draft: EndpointDraft) -> str:
    """Our path template; its fields go into the draft, in its order."""
    ours = path.replace("{namespace}/{repo}", "{repo_id}").replace("{repoType}", "{type}s")
    for name in re.findall(r"\{(\w+)\}", ours):
        if name == "repo_id":
            draft.fields.append(Field("repo_id", "FullRepoId"))
        elif name == "type":
            draft.fields.append(Field("type", "RepoType"))
        elif name == "path":
            raise NoClass("its path ends in the path of a file, slashes and all; write this class by hand")
        elif name == "name" and path.startswith("/api/organizations/"):
            ours = ours.replace("{name}", "{organization}")
            draft.fields.append(Field("organization", "Owner"))
        else:
            new, word = PATH_WORDS.get(name, (_snake(name), "Segment"))
            ours = ours.replace("{" + name + "}", "{" + new + "}")
            kind = _kind(parameters[name][0]) if name in parameters else ""
            draft.fields.append(Field(new, kind if kind.startswith(("Literal", "int")) else word))
    return ours


def _add(draft: EndpointDraft, name: str, schema: Object, *, required: bool) -> None:
    kind = _kind(schema, name)
    ours = _snake(name)
    ours = f"the_{ours}" if ours in TAKEN else ours
    if not kind or not re.fullmatch(r"[a-z][a-z0-9_]*", ours) or ours in draft.names:
        draft.left_out.append(name)
        return
    about = " ".join(text_at(schema, "description").split())
    short = textwrap.shorten(about, 60, placeholder="…").rstrip(".")
    draft.fields.append(Field(ours, kind, required, name, short))


def _kind(schema: Object, name: str = "") -> str:
    """The annotation of a field; "" where it is deeper than a portable schema goes."""
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(choices, list) and choices and all(isinstance(one, str) for one in choices):
        return f"Literal[{', '.join(json.dumps(one, ensure_ascii=False) for one in choices)}]"
    kind = schema.get("type")
    if kind == "string":
        return "FreeText" if name in LONG else "Word"
    if kind == "array":
        inner = _kind(object_at(schema, "items"))
        return "Words" if inner == "Word" else f"list[{inner}]" if inner else ""
    return {"boolean": "bool", "integer": "int", "number": "float"}.get(str(kind), "")


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────


def _class_name(method: str, path: str, *, many: bool) -> str:
    """Verb and noun, by the fixed words of the path; its last words, as many as a name has room for."""
    fixed = [part for part in path.split("/") if part and part != "api" and "{" not in part]
    words = [word.capitalize() for part in fixed for word in _snake(part).split("_") if word] or ["Thing"]
    one = [word[:-1] if word.endswith("s") and not word.endswith("ss") else word for word in words]
    if many:
        one[-1] = words[-1]
    verb = "List" if method == "GET" and many else VERBS[method]
    while len(_snake(verb + "".join(one))) > NAME_LIMIT:
        one = one[1:]
    return verb + "".join(one)


def _sentence(said: Object) -> str:
    text = " ".join((text_at(said, "description") or text_at(said, "summary") or "Say what it does").split())
    first = re.split(r"(?<=[.!?])\s", text.replace('"""', "'"), maxsplit=1)[0]
    return textwrap.shorten(first, 100, placeholder="…").rstrip(".\\") + "."


def _module(
    method: str,
    path: str,
    ours: str,
    name: str,
    said: Object,
    answer: Object,
    draft: EndpointDraft,
    *,
    is_listing: bool,
) -> Iterator[str]:
    shape = object_at(answer, "items") if is_listing else answer
    properties = object_at(shape, "properties")
    record = f"{re.sub('^(Get|List|Create|Update|Delete)', '', name)}Row" if is_listing else f"{name}Answer"
    has_record = bool(properties) or is_listing
    answered = record if has_record else "Done"
    changes = method != "GET"
    kind_of_call = f"Change[Nothing, {answered}]" if changes else f"Endpoint[{answered}]"
    base = f"Listing[{record}]" if is_listing else kind_of_call
    kind = KINDS.get(path.split("/")[2]) if "{repo_id}" in ours and path.startswith("/api/") else None

    yield f'"""{_sentence(said)}"""\n'
    yield "from __future__ import annotations\n"
    asks = method not in ("GET", "DELETE")
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
        yield f"from hub_mcp.catalogue.endpoint import {'' if is_listing else 'Endpoint, '}get"
    if is_listing:
        yield "from hub_mcp.catalogue.listing import Listing"
    if asks:
        yield "from hub_mcp.catalogue.stakes import Consequence, Impact, Known"
    if words := [word for word in VOCABULARY if draft.uses(word)]:
        yield f"from hub_mcp.catalogue.vocabulary import {', '.join(words)}"
    if asks:
        yield "from hub_mcp.text import quoted"
    if has_record:
        yield f"\n\nclass {record}(Record):"
        yield '    """What is shown of an answer: take out what nobody needs."""\n'
        yield from _shown(properties)
    yield "\n"
    yield from _decorator(method, path, ours, draft)
    yield f'class {name}({base}):\n    """{_sentence(said)}"""\n'
    if is_listing:
        yield f"    row = {record}"
    if kind:
        yield f'    kind = "{kind}"'
    if is_listing or kind:
        yield ""
    if draft.left_out:
        yield f"    # Left out, being too deep for a portable schema, or taken: {', '.join(draft.left_out)}."
    yield from (f"    {one}" for one in sorted(draft.fields, key=lambda one: not one.required))
    if method not in ("GET", "DELETE"):
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
    """What a token most likely needs: the Hub documents no table of permissions by endpoint."""
    if "/discussions" in path:
        return "discussion.write"
    if path.startswith("/api/organizations/"):
        return "org.write"
    return "collection.write" if path.startswith("/api/collections/") else "repo.write"


def _decorator(method: str, path: str, ours: str, draft: EndpointDraft) -> Iterator[str]:
    arguments = [json.dumps(ours)]
    if method != "GET":
        arguments.append(f'permission="{_permission(path)}"')
        if not (draft.uses("Owner") or draft.uses("FullRepoId")):
            arguments.append("of_caller=True")
    if method == "DELETE":
        last = draft.names[-1] if draft.names else ""
        what = re.sub(r"\W+", " ", re.split(r"/\{", path)[-2 if path.endswith("}") else -1]).split()[-1:]
        noun = (what[0] if what else "thing").removesuffix("s")
        arguments.append(f'destroys="the {noun} {{{last}}}"' if last else f'destroys="every {noun}"')
    if ours != path:
        arguments.append(f"documented={json.dumps(f'{method} {path}')}")
    line = f"@{method.lower()}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        yield line
    else:
        yield f"@{method.lower()}("
        yield from (f"    {one}," for one in arguments)
        yield ")"
