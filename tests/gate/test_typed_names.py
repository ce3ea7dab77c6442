"""Whether a person types a name: for what cannot be brought back, and nothing that says so without it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS, Change

# What destroys without a typed name, and what makes a yes enough.
UNTYPED = {
    "delete_collection_item": "what it pointed to stays, and `undo` adds it again",
    "delete_tag": "its commit stays",
    "delete_pr_ref": "the pull request is over, and its diff stays",
    "remove_resource_group_user": "the person can be added again",
    "delete_scheduled_job": "the question shows all that it is made of",
    "delete_space_variable": "the question shows its value",
    "delete_space_secret": "whoever knows it can set it again",
    "delete_space_volumes": "what was mounted stays",
    "delete_webhook": "the question shows all that it is made of",
}
CHANGES = {name: one for name, one in ENDPOINTS.items() if issubclass(one, Change)}


def is_typed(endpoint: type[Change[Any, Any]]) -> bool:
    return bool(endpoint.line.retype) or endpoint.retype is not Change.retype


@pytest.mark.parametrize("tool", [name for name, one in CHANGES.items() if one.line.destroys])
def test_what_is_destroyed_is_typed_or_has_its_reason(tool: str) -> None:
    assert is_typed(CHANGES[tool]) is (tool not in UNTYPED), (
        f"{tool} destroys: name the field a person types in `retype=`, or say in UNTYPED why a yes is enough"
    )


@pytest.mark.parametrize("tool", CHANGES)
def test_a_tool_says_that_a_name_is_typed_if_it_is(tool: str) -> None:
    says = re.search(
        r"\b[Pp]erson (?:is asked to )?types? (?:its|the) ", " ".join((CHANGES[tool].__doc__ or "").split())
    )
    assert (says is not None) is is_typed(CHANGES[tool]), CHANGES[tool].__doc__
