"""Repository ids as people paste them: with a prefix, a revision, or as an address of a page of the Hub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from hub_mcp.catalogue.fields.identifiers import read_repo
from hub_mcp.catalogue.fields.marks import PathInRepo, RepoKind, RepoName, marked_in


def read_pasted(call: type[BaseModel], said: dict[str, Any], kind: str, hosts: Sequence[str]) -> None:
    """Replace pasted ids with plain ones, and fill in revision and path if the call has these fields.

    Args:
        said: the arguments, changed in place.
        kind: "model", "dataset" or "space" if the call is about one of them, otherwise "".
        hosts: further hosts whose addresses are accepted.

    Raises:
        ValueError: the pasted id has another type or revision than the call.
    """
    expected = kind or next((str(said[name]) for name in marked_in(call, RepoKind) if name in said), "")
    for name in marked_in(call, RepoName):
        if not isinstance(raw := said.get(name), str):
            continue
        place = read_repo(raw, hosts)
        said[name] = place.repo_id
        if place.type and expected and place.type != expected:
            raise ValueError(f"{raw!r} is a {place.type}, but this call is about a {expected}")
        if place.revision and said.setdefault("revision", place.revision) != place.revision:
            raise ValueError(f"{raw!r} names another revision than `revision`")
        if place.path and "path" in marked_in(call, PathInRepo):
            said.setdefault("path", place.path)
        if place.revision and "revision" not in call.model_fields:
            raise ValueError(
                f"{raw!r} names the revision {place.revision!r}, but this call is about all of it"
            )
