"""The risk of a call depends on the arguments given and on those left out."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.answers import is_object
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.operations.calls import OperationCall, made_of
from hub_mcp.catalogue.operations.operation_change import OperationChange
from hub_mcp.catalogue.operations.paths import routes
from hub_mcp.catalogue.operations.risks import Risk, risk_of
from hub_mcp.catalogue.operations.table import Operation, Standing, operations
from hub_mcp.catalogue.operations.validation import bad_arguments, payload_of
from tests.catalogue.operations.examples import least_arguments
from tests.samples import forms

OPERATIONS = operations()
REPO = {"repo_id": "acme/tiny", "type": "model"}
PERSON = {"schemas": ["s"], "userName": "ada", "emails": [{"value": "ada@example.org"}], "externalId": "1",
          "name": {"givenName": "Ada", "familyName": "L"}, "organization": "acme",
          "service": "scim"}  # fmt: skip
JOB = {"namespace": "acme", "flavor": "cpu-basic", "dockerImage": "python", "timeoutSeconds": 60}
VIEW = {"key": "a", "displayName": "a", "viewName": "a"}
LINES = [
    {"key": "header", "value": {"summary": "fix"}},
    {"key": "file", "value": {"path": "a", "content": "b"}},
]
LIST = {"slug": "acme/list-64f9a55bb3115b4f513ec026"}
PLACED = {"action": "update", "_id": "0" * 24, "data": {"position": 1}}
NOTED = {"action": "update", "_id": "1" * 24, "data": {"note": "Old."}}
HOOK = {"watched": [{"type": "user", "name": "ada"}], "domains": ["repo"]}


def risked(name: str, said: dict[str, Any]) -> Risk:
    operation = OPERATIONS[name]
    return risk_of(
        operation, payload_of(operation, made_of(operation, OperationCall).model_validate(said, strict=True))
    )


@pytest.mark.parametrize(
    ("name", "said", "standing", "letters"),
    [
        ("create_branch", {**REPO, "revision": "dev"}, Standing.WRITE, "W"),
        ("create_branch", {**REPO, "revision": "dev", "overwrite": False}, Standing.WRITE, "W"),
        ("create_branch", {**REPO, "revision": "dev", "overwrite": True}, Standing.ASK, "D"),
        ("set_discussion_status", {**REPO, "num": 3, "status": "closed"}, Standing.WRITE, "W"),
        ("set_discussion_status", {**REPO, "num": 3, "status": "open", "comment": "no"}, Standing.ASK, "P"),
        ("toggle_webhook", {"webhook_id": "1", "action": "disable"}, Standing.WRITE, "W"),
        ("toggle_webhook", {"webhook_id": "1", "action": "enable"}, Standing.ASK, "PM"),
        ("create_webhook", {**HOOK, "url": "https://example.org"}, Standing.ASK, "P"),
        ("create_webhook", {**HOOK, "url": "https://example.org", "secret": "s"}, Standing.CREDENTIAL, "CP"),
        ("scim_create_group", {"displayName": "a", "members": [], "organization": "acme", "service": "scim"},
         Standing.ASK, "G"),
        ("create_sql_embed", {"repo_id": "datasets/acme/d", "sql": "select 1", "title": "t", "views": [VIEW],
                              "private": True}, Standing.WRITE, "W"),
        ("create_sql_embed", {"repo_id": "datasets/acme/d", "sql": "select 1", "title": "t", "views": [VIEW]},
         Standing.ASK, "P"),
        ("run_job", JOB, Standing.ASK, "M"),
        ("run_job", {**JOB, "secrets": {"KEY": "v"}}, Standing.CREDENTIAL, "CM"),
        ("run_job", {**JOB, "expose": {"ports": [80], "portsPublic": [80]}}, Standing.ASK, "PM"),
        ("get_scan", REPO, Standing.FREE, "R"),
        ("commit", {**REPO, "revision": "main", "body": LINES, "create_pr": "1"}, Standing.ASK, "P"),
        ("commit", {**REPO, "revision": "main", "body": LINES}, Standing.ASK, "DP"),
        ("get_job", {"namespace": "acme", "job_id": "1"}, Standing.CLEANED, "RS"),
        ("update_collection_items", {**LIST, "body": [PLACED]}, Standing.WRITE, "W"),
        ("update_collection_items", {**LIST, "body": [PLACED, NOTED]}, Standing.ASK, "P"),
        ("rename_discussion", {**REPO, "num": 3, "title": "better"}, Standing.WRITE, "W"),
    ],
)  # fmt: skip
def test_fields_and_values_decide_how_careful_a_call_has_to_be(
    name: str, said: dict[str, Any], standing: Standing, letters: str
) -> None:
    risk = risked(name, said)
    assert (risk.standing, risk.letters) == (standing, letters)


@pytest.mark.parametrize(
    ("name", "said", "given", "sentence"),
    [
        ("set_member_role", {"organization": "acme", "username": "ada", "role": "read"},
         {"resource_groups": [{"id": "0" * 24, "role": "read"}]}, "out of every one"),
        ("scim_create_user", PERSON, {"active": True}, "lets a disabled person in"),
        ("scim_replace_user", {**PERSON, "user_id": "1"}, {"active": True}, "lets a disabled person in"),
        ("delete_lfs_files", {**REPO, "deletions": {"sha": ["a" * 64]}},
         {"deletions": {"sha": ["a" * 64], "rewriteHistory": False}}, "rewrites commits"),
        ("duplicate_repo", {"repo_id": "acme/tiny", "repository": "ada/tiny"},
         {"private": True}, "as visible as the original"),
        ("create_bucket", {"repo_id": "acme/store"}, {"private": True}, "everyone can read it"),
        ("run_job", {"namespace": "acme", "flavor": "cpu-basic", "dockerImage": "python"},
         {"timeout_seconds": 60}, "only the Hub's own limit"),
        ("create_scheduled_job", {"namespace": "acme", "schedule": "@daily",
                                  "job_spec": {"flavor": "cpu-basic", "dockerImage": "python"}},
         {"suspend": True}, "starts at once"),
    ],
)  # fmt: skip
def test_an_absent_field_raises_the_risk_until_it_is_given(
    name: str, said: dict[str, Any], given: dict[str, Any], sentence: str
) -> None:
    assert any(sentence in reason for reason in risked(name, said).reasons)
    assert not any(sentence in reason for reason in risked(name, {**said, **given}).reasons)


def test_a_null_that_means_something_is_no_absence() -> None:
    removed = risked("update_paper_links", {"arxiv_id": "2311.12983", "github_repo": None})
    assert "D" in removed.letters
    assert "D" not in risked("update_paper_links", {"arxiv_id": "2311.12983", "type": None}).letters


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("set_member_role", {"organization": "acme", "username": "ada", "role": "boss"},
         'role: must be one of admin, write, contributor, read, no_access, not "boss"'),
        ("get_paths_info", {"repo_id": "acme/store", "type": "bucket", "paths": ["a"], "revision": "dev"},
         "`revision` is not accepted for a bucket"),
        ("get_scan", {"repo_id": "acme/tiny"}, "type: is required"),
        ("scim_replace_user", {"organization": "acme", "user_id": "1", "service": "scim", "external_id": "x",
                               "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]},
         "`user_name`, `emails`, `name` are required by scim"),
        ("get_scan", {"repo_id": "datasets/acme/tiny", "type": "model"}, "but this call is about a model"),
        ("get_scan", {"repo_id": "acme/../x", "type": "model"}, "is not a repository id"),
        ("get_user_overview", {"username": "a/b"}, "is not a user or organization name"),
        ("delete_post", {"username": "ada", "post_slug": "../../x"}, "must not hold a slash"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused_in_a_plain_sentence(
    name: str, said: dict[str, Any], sentence: str
) -> None:
    operation = OPERATIONS[name]
    with pytest.raises(ValidationError) as refused:
        made_of(operation, OperationCall).model_validate(said, strict=True)
    assert sentence in bad_arguments(operation, refused.value).sentence()


def repositories_in(schema: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a body names a repository by its type and its name."""
    if is_object(schema):
        inside = schema.get("properties", {})
        if "name" in inside and "model" in inside.get("type", {}).get("enum", ()):
            yield way
        for name, one in inside.items():
            yield from repositories_in(one, (*way, name))


def test_whoever_owns_a_repository_that_a_body_names_counts_for_the_namespaces() -> None:
    found = 0
    for operation in OPERATIONS.values():
        body = routes(operation)[0].shape.body
        if operation.reads or operation.keeps_back or operation.name in ENDPOINTS:
            continue
        for way in repositories_in(body):
            said = least_arguments(operation)
            part = said
            for name in way:
                part = part[name]
            part["name"] = "eve/elsewhere"
            call = made_of(operation, OperationChange).model_validate(said)
            assert "eve" in call.owners(), operation.name
            found += 1
    assert found


def sends(call: Endpoint[Any], operation: Operation) -> bool:
    """Whether a request of the call is one of the operation's."""
    sent = call.to_http("")
    path = sent.url.partition("?")[0]
    return any(
        one.method == sent.method and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(one.path)), path)
        for one in operation.requests
    )


def test_what_asks_by_a_tool_asks_by_every_other_operation_of_the_same_request() -> None:
    several = {
        "slug": LIST["slug"],
        "item_id": [{"item_id": "0" * 24, "note": "a"}, {"item_id": "1" * 24, "note": "b"}],
    }
    calls = [(ENDPOINTS[tool], one) for tool in ENDPOINTS for one in forms(tool)]
    found = set[str]()
    for endpoint, said in [*calls, (ENDPOINTS["update_collection_item"], several)]:
        if not endpoint.may_ask():
            continue
        call = endpoint.model_validate(said)
        for operation in OPERATIONS.values():
            if operation.name not in ENDPOINTS and sends(call, operation):
                assert operation.standing is Standing.ASK or operation.keeps_back, operation.name
                found.add(operation.name)
    assert "update_collection_items" in found
