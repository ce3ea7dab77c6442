"""A ready endpoint class, generated from an operation of an OpenAPI document: the start of a new tool.

    python -m hub_mcp.dev scaffold 'GET /api/users/{username}/overview' --openapi openapi.json

The result can be imported and called as it is; improve its texts for the model and the person who is asked.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping

from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.operations.table import Operation, operations
from hub_mcp.dev.operations.class_source import EndpointDraft, Field, source_of
from hub_mcp.dev.operations.openapi import (
    CannotScaffold,
    Object,
    answer_of,
    body_of,
    object_at,
    parameters_in,
    text_at,
)

VERBS = {"GET": "Get", "POST": "Create", "PUT": "Update", "PATCH": "Update", "DELETE": "Delete"}
KINDS = {"models": "model", "datasets": "dataset", "spaces": "space"}
OF_TYPE = re.compile(r"^/api/(models|datasets|spaces)(?=/\{namespace\}/\{repo\})")
# Path parameters by the Hub's name: ours, and the word of the vocabulary that checks it.
PATH_WORDS = {
    "rev": ("revision", "Revision"),
    "username": ("username", "Account"),
    "namespace": ("namespace", "Owner"),
}
TAKEN = frozenset(dir(Listing))  # names a field must not have
LONG = ("description", "content", "comment", "body")  # multi-line strings
NAME_LIMIT = 39


def scaffold(document: Object, operation: str) -> str:
    """The source of a module with the class for one operation, given as method and path.

    Raises:
        CannotScaffold: the document has no such operation, or it does not use JSON.
    """
    method, _, path = operation.strip().partition(" ")
    method, path = method.upper(), path.strip()
    found = object_at(object_at(document, "paths"), path)
    said = object_at(found, method.lower())
    if not said or method not in VERBS:
        raise CannotScaffold(
            f"the document has no {method} {path}; write both as there, for every type '/api/models/…'"
        )
    known = _in_table(f"{method} {path}")
    kinds = (
        {match[1] for one in known.requests if (match := OF_TYPE.match(one.path))} if known else set[str]()
    )
    documented = OF_TYPE.sub("/api/{repo_type}", path) if len(kinds) == len(KINDS) else path
    draft = EndpointDraft(f"{method} {documented}", area=known.area if known else "")
    draft.path = _path(documented, {**parameters_in(found, "path"), **parameters_in(said, "path")}, draft)
    if "{repo_id}" in draft.path:
        draft.kind = KINDS.get(documented.split("/")[2], "")
    body = body_of(object_at(said, "requestBody"))
    for name, (parameter, required) in parameters_in(said, "query").items():
        if name not in ("limit", "cursor", "p"):
            _add(draft, name, parameter, required=required)
    needed = body.get("required")
    for name, schema in object_at(body, "properties").items():
        if isinstance(schema, Mapping):
            _add(draft, name, schema, required=isinstance(needed, (list, tuple)) and name in needed)
    answer = answer_of(said)
    draft.is_listing = method == "GET" and answer.get("type") == "array"
    draft.name = _camel(known.name) if known else _class_name(method, path, many=draft.is_listing)
    return "\n".join(source_of(draft, said, answer))


def _in_table(request: str) -> Operation | None:
    """The row of a request in the table of operations."""
    asked = ((one, str(made)) for one in operations().values() for made in one.requests)
    return next((one for one, made in asked if made == request), None)


# ── fields ──────────────────────────────────────────────────────────────────────────────────────────────────


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _path(path: str, parameters: Mapping[str, tuple[Object, bool]], draft: EndpointDraft) -> str:
    """Our path template; its fields are added to the draft, in order."""
    ours = path.replace("{namespace}/{repo}", "{repo_id}").replace("{repoType}", "{type}s")
    ours = ours.replace("{repo_type}", "{type}s")
    for name in re.findall(r"\{(\w+)\}", ours):
        if name == "repo_id":
            draft.fields.append(Field("repo_id", "FullRepoId"))
        elif name == "type":
            draft.fields.append(Field("type", "RepoType"))
        elif name == "path":
            raise CannotScaffold("its path ends in a file path with slashes; write this class by hand")
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
    """The annotation of a field; "" if it is nested more deeply than a portable schema allows."""
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(choices, list) and choices and all(isinstance(one, str) for one in choices):
        return f"Literal[{', '.join(json.dumps(one, ensure_ascii=False) for one in choices)}]"
    kind = schema.get("type")
    if kind == "string":
        return "FreeText" if name in LONG else "Word"
    if kind == "array":
        inner = _kind(object_at(schema, "items"))
        return "Words" if inner == "Word" else f"list[{inner}]" if inner else ""
    if isinstance(schema.get("default"), bool):
        return "bool"  # the only type the document gives some
    return {"boolean": "bool", "integer": "int", "number": "float"}.get(str(kind), "")


def _class_name(method: str, path: str, *, many: bool) -> str:
    """Verb and noun, from as many of the path's last fixed segments as fit into a name."""
    fixed = [part for part in path.split("/") if part and part != "api" and "{" not in part]
    words = [word.capitalize() for part in fixed for word in _snake(part).split("_") if word] or ["Thing"]
    one = [word[:-1] if word.endswith("s") and not word.endswith("ss") else word for word in words]
    if many:
        one[-1] = words[-1]
    verb = "List" if method == "GET" and many else VERBS[method]
    while len(_snake(verb + "".join(one))) > NAME_LIMIT:
        one = one[1:]
    return verb + "".join(one)
