"""The Hub's OpenAPI document as judge: our answers fit the schemas it gives for them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from .conftest import Ask

DOCUMENT = Path(__file__).parents[3] / "shared" / "hub" / "openapi.json"
pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not DOCUMENT.exists(), reason="the OpenAPI document lies beside the repository"),
]

REPO = "/api/models/{namespace}/{repo}"
MALLORY = "/api/models/mallory/helpful-assistant-7b"
NOWCAST = "/api/models/nimbus-labs/nowcast-base"
SCHEDULED = "/api/scheduled-jobs/{namespace}/{jobId}"
DIGEST = "/api/scheduled-jobs/ada/6a6b95d0f7ffe8e4b4e8c51b"
HOOKS = "/api/settings/webhooks"
JOB = "/api/jobs/{namespace}/{jobId}"
DOOR = "/api/models/nimbus-labs/partners-preview"
DISCUSSIONS = "/api/{repoType}/{namespace}/{repo}/discussions"
CALLS: list[tuple[str, str, str, Any]] = [
    ("get", "/api/whoami-v2", "/api/whoami-v2", None),
    ("get", "/api/models-tags-by-type", "/api/models-tags-by-type", None),
    ("get", "/api/datasets-tags-by-type", "/api/datasets-tags-by-type?type=language", None),
    ("get", "/api/organizations/{name}/members", "/api/organizations/nimbus-labs/members", None),
    ("get", "/api/organizations/{name}/members", "/api/organizations/open-cartography/members", None),
    ("get", "/api/users/{username}/overview", "/api/users/ada/overview", None),
    ("get", "/api/settings/repositories", "/api/settings/repositories", None),
    ("get", "/api/organizations/{name}/settings/repositories",
     "/api/organizations/nimbus-labs/settings/repositories", None),
    ("get", "/api/quicksearch", "/api/quicksearch?q=rain&limit=3", None),
    ("get", "/api/trending", "/api/trending?limit=20", None),
    ("get", "/api/docs/search", "/api/docs/search?q=webhook+of+a+space", None),
    ("get", "/api/docs/search/full-text", "/api/docs/search/full-text?q=cache", None),
    ("get", "/api/docs", "/api/docs", None),
    ("get", "/api/organizations/{name}/audit-log/export",
     "/api/organizations/nimbus-labs/audit-log/export?q=type:repo.create", None),
    ("get", f"{REPO}/refs", "/api/models/ada/fjord-names/refs", None),
    ("get", f"{REPO}/refs", f"{NOWCAST}/refs?include_prs=1", None),
    ("get", f"{REPO}/commits/{{rev}}", f"{NOWCAST}/commits/main?expand=formatted", None),
    ("get", f"{REPO}/compare/{{compare}}", f"{NOWCAST}/compare/main^...refs%2Fpr%2F2", None),
    ("get", f"{REPO}/tree/{{rev}}/{{path}}", f"{NOWCAST}/tree/main?recursive=true&expand=true", None),
    ("get", f"{REPO}/tree/{{rev}}/{{path}}", f"{MALLORY}/tree/main?expand=1", None),
    ("get", f"{REPO}/treesize/{{rev}}/{{path}}", f"{NOWCAST}/treesize/main/figures", None),
    ("get", f"{REPO}/scan", f"{MALLORY}/scan", None),
    ("get", f"{REPO}/lfs-files", "/api/models/nimbus-labs/nowcast-base/lfs-files?limit=1", None),
    ("post", f"{REPO}/paths-info/{{rev}}", f"{NOWCAST}/paths-info/main",
     {"paths": ["README.md", "figures", "figures/rain.png"], "expand": True}),
    ("post", f"{REPO}/preupload/{{rev}}", f"{NOWCAST}/preupload/main",
     {"files": [{"path": "README.md", "size": 3, "sample": "YWJj"},
                {"path": "w.bin", "size": 3, "sample": "AAA="}]}),
    ("post", f"{REPO}/commit/{{rev}}", f"{NOWCAST}/commit/main",
     {"summary": "By JSON", "files": [{"path": "a.txt", "content": "a"}],
      "deletedEntries": [{"path": "figures"}]}),
    ("post", f"{REPO}/commit/{{rev}}", f"{NOWCAST}/commit/main?create_pr=1",
     {"summary": "By JSON", "files": [{"path": "b.md", "oldPath": "README.md"}]}),
    ("post", f"{REPO}/super-squash/{{rev}}", f"{NOWCAST}/super-squash/main", {"message": "All"}),
    ("get", "/api/users/{username}/likes", "/api/users/ada/likes?limit=2", None),
    ("get", DISCUSSIONS, f"{NOWCAST}/discussions", None),
    ("get", DISCUSSIONS, "/api/models/openai-community/gpt2/discussions?p=1&type=discussion", None),
    ("post", DISCUSSIONS, f"{NOWCAST}/discussions", {"title": "A question", "description": "Why?"}),
    ("post", DISCUSSIONS, f"{NOWCAST}/discussions",
     {"title": "Mine", "description": "", "pullRequest": True}),
    ("get", f"{DISCUSSIONS}/{{num}}", f"{NOWCAST}/discussions/1", None),
    ("get", f"{DISCUSSIONS}/{{num}}", f"{NOWCAST}/discussions/2?diff=1", None),
    ("get", f"{DISCUSSIONS}/{{num}}/storage", f"{NOWCAST}/discussions/2/storage", None),
    ("post", f"{DISCUSSIONS}/{{num}}/comment", f"{NOWCAST}/discussions/1/comment", {"comment": "Yes."}),
    ("post", f"{DISCUSSIONS}/{{num}}/status", f"{NOWCAST}/discussions/1/status", {"status": "closed"}),
    ("post", f"{DISCUSSIONS}/{{num}}/title", f"{NOWCAST}/discussions/1/title", {"title": "Which?"}),
    ("get", f"{REPO}/user-access-request/{{status}}", f"{DOOR}/user-access-request/pending", None),
    ("get", f"{REPO}/user-access-request/{{status}}", f"{DOOR}/user-access-request/accepted", None),
    ("post", f"{REPO}/user-access-request/batch", f"{DOOR}/user-access-request/batch",
     {"status": "accepted", "requests": [{"user": "eve"}, {"user": "nobody-here"}]}),
    ("post", "/api/{repoType}/{namespace}/{repo}/duplicate", "/api/spaces/ada/portfolio/duplicate",
     {"repository": "ada/portfolio-2"}),
    ("post", "/api/repos/create", "/api/repos/create", {"name": "fits"}),
    ("post", "/api/repos/create", "/api/repos/create", {"name": "fjord-names"}),
    ("put", f"{REPO}/settings", "/api/models/ada/fjord-names/settings", {"gated": "auto", "private": False}),
    ("get", "/api/jobs/hardware", "/api/jobs/hardware", None),
    ("get", "/api/jobs/{namespace}", "/api/jobs/nimbus-labs", None),
    ("get", "/api/jobs/{namespace}", "/api/jobs/ada?stage=ERROR&stage=COMPLETED", None),
    ("get", "/api/jobs/{namespace}/count", "/api/jobs/nimbus-labs/count", None),
    ("get", JOB, "/api/jobs/nimbus-labs/6ac2a2b349eb83beef56e4f1", None),
    ("post", "/api/jobs/{namespace}", "/api/jobs/ada",
     {"dockerImage": "alpine", "flavor": "t4-small", "timeoutSeconds": 60, "secrets": {"A": "b"},
      "expose": {"ports": [80, 81], "portsPublic": [81]}, "ssh": {"enabled": True}, "attempts": 2,
      "volumes": [{"type": "bucket", "source": "ada/data", "mountPath": "/data"}]}),
    ("post", f"{JOB}/cancel", "/api/jobs/nimbus-labs/6ac2a2b349eb83beef56e4f1/cancel", {}),
    ("post", f"{JOB}/duplicate", "/api/jobs/nimbus-labs/6ac2a2b349eb83beef56e4f1/duplicate", {}),
    ("put", f"{JOB}/labels", "/api/jobs/ada/6abf60ffca7ff55b1071f7af/labels", {"labels": {"a": "1"}}),
    ("get", "/api/scheduled-jobs/{namespace}", "/api/scheduled-jobs/nimbus-labs", None),
    ("get", SCHEDULED, DIGEST, None),
    ("post", "/api/scheduled-jobs/{namespace}", "/api/scheduled-jobs/ada",
     {"schedule": "@daily",
      "jobSpec": {"dockerImage": "alpine", "flavor": "cpu-basic", "secrets": {"A": "b"}}}),
    ("post", f"{SCHEDULED}/run", f"{DIGEST}/run", {}),
    ("post", f"{SCHEDULED}/schedule", f"{DIGEST}/schedule", {"schedule": "5 4 * * sun"}),
    ("put", f"{SCHEDULED}/labels", f"{DIGEST}/labels", {"labels": {"a": "1"}}),
    ("get", "/api/notifications", "/api/notifications", None),
    ("get", "/api/notifications", "/api/notifications?readStatus=unread&repoType=model&p=1", None),
    ("get", HOOKS, HOOKS, None),
    ("get", f"{HOOKS}/{{webhookId}}", f"{HOOKS}/6908720c926214bcf1cbefa9", None),
    ("get", f"{HOOKS}/{{webhookId}}", f"{HOOKS}/6a0dd5d26579bd07dc5b0d23", None),
    ("post", HOOKS, HOOKS, {"watched": [{"type": "user", "name": "bob"}], "url": "http://example.org",
                            "domains": ["repo"], "secret": "made up"}),
    ("post", HOOKS, HOOKS, {"watched": [{"type": "user", "name": "bob"}], "domains": ["discussion"],
                            "job": {"dockerImage": "alpine", "flavor": "cpu-basic"}}),
    ("post", f"{HOOKS}/{{webhookId}}/{{action}}", f"{HOOKS}/6908720c926214bcf1cbefa9/disable", {}),
    ("put", f"{JOB}/expose", "/api/jobs/nimbus-labs/6ac2a2b349eb83beef56e4f1/expose", {"ports": []}),
]  # fmt: skip


BEYOND = {  # of a row, a comment or pull request, a request for access
    "tree/": ("path",),
    "discussions": ("history", "diff"),
    "user-access-request": ("requestId",),
}


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
    return document


@pytest.mark.parametrize("token", ["hf_sandbox_ada_write", "hf_sandbox_ada_fine"])
@pytest.mark.parametrize(("method", "operation", "path", "body"), CALLS)
async def test_an_answer_fits_its_documented_schema(
    ask: Ask, token: str, method: str, operation: str, path: str, body: Any
) -> None:
    answer = (
        await ask(method.upper(), path, token, json=body)
        if body is not None
        else await ask("GET", path, token)
    )
    responses = _document()["paths"][operation][method]["responses"]
    if str(answer.status_code) not in responses:
        assert answer.status_code == 403  # errors are hardly ever documented
        return
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    whole = {**_merged(schema), "components": _document()["components"]}
    jsonschema.Draft202012Validator(whole).validate(_documented(answer.json(), operation))


def _merged(schema: Any, opened: bool = False) -> Any:
    """The schema with the parts of each `allOf` open: closed, they forbid one another's fields."""
    if isinstance(schema, list):
        return [_merged(part, opened) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if not (opened and key == "additionalProperties")}
    return {
        key: _merged(value, key == "allOf" or (opened and key in ("anyOf", "oneOf")))
        for key, value in kept.items()
    }


def _documented(answer: Any, operation: str) -> Any:
    """An answer without what official clients read and the document leaves out."""
    if isinstance(answer, list):
        return [_documented(part, operation) for part in answer]
    if not isinstance(answer, dict):
        return answer
    left = [name for part, names in BEYOND.items() if part in operation for name in names]
    kept = {key: value for key, value in answer.items() if key not in left}
    if "paths-info" in operation and "lfs" in kept:
        kept["lfs"] = {"pointerSize": kept["lfs"]["pointerSize"]}
    return {key: _documented(value, operation) for key, value in kept.items()}
