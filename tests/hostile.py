"""Hostile material for the tests: arguments of every kind, answers of every shape, odd headers."""
# ruff: noqa: E501  # tables read better uncut

from __future__ import annotations

import json
import math
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.schema import schema_of

# Whatever a reader does not see, said here once more: the product's own table is held against it.
UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)


LONG = int(os.environ.get("HUB_MCP_FUZZ", "0"))  # examples of a longer run, by hand


def some(examples: int) -> settings:
    return settings(
        max_examples=LONG or examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not LONG,
    )


ODD_TEXTS = [
    "", " ", ".", "..", "/", "//", "../../api/whoami-v2", "a/../b", "a/b/../../c", "a/b/c", "a%2Fb", "a%2f..%2fb", "a/b?x=1",
    "a/b#x", "a/b\n", "a\r\nX-Evil: 1", "a/b\x00", "a\tb", "a/b/", "/a/b", "a//b", "\\", "a\\b", "..\\..", "%2e%2e", "a/%2e%2e",
    "a:b", "a@b", "@", "a/b@main", "a;b", "a/b;x=1", "x" * 10_000, "ж/б", "a/b\u202e", "\u200b", "\ud800", "a/\U000e0041b",
    "ﬁ/ﬂ", "İ", "null", "NaN", "-1", "1e9", "true", "{}", "[]", "${HF_TOKEN}", "{{x}}", "{repo_id}", "$(id)", "`id`", "'; --",
    "https://huggingface.co/a/b", "https://huggingface.co/api/whoami-v2", "https://evil.invalid/a/b", "http://[", "https://",
    "https://huggingface.co@evil.invalid/a/b", "https://huggingface.co/../../x/y", "https://huggingface.co/datasets/a/b/tree/x",
    "https://huggingface.co/a/b%2F..%2F..%2Fx", "https://huggingface.co/%00/%0a", "file:///etc/passwd", "javascript:alert(1)",
    "hub://models", "datasets/a/b", "spaces/a", "models/", "api/models/a/b", "papers/2311.12983", "arXiv:2311.12983v2",
    "2311.12983", "none", "a" * 24, "0" * 24, "refs/pr/1", "refs/../x", "0.0.", "1.2.x", "9999999.99999.~", "0.20.\n", "-",
]  # fmt: skip

odd_texts = st.sampled_from(ODD_TEXTS) | st.text(max_size=60)
numbers = st.sampled_from(
    [0, -1, 1, 20, 1000, 2**31, 2**63, 10**30, 10**400, math.nan, math.inf, 0.5, -0.0, 1e308]
)
scalars = st.none() | st.booleans() | numbers | st.integers() | odd_texts
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_texts, inner, max_size=4),
    max_leaves=8,
)


def deep(levels: int) -> Any:
    """JSON as nested as this."""
    nested: Any = "x"
    for n in range(levels):
        nested = [nested] if n % 2 else {"id": nested}
    return nested


GOOD_TEXTS = {  # texts that get past the rules, so that what is behind them is tried too
    "repo_id": ["ada/atlas", "nimbus-labs/storm-atlas-7b", "gpt2", "datasets/a/b", "https://huggingface.co/a/b"],
    "from_repo": ["ada/atlas"], "to_repo": ["ada/map", "nimbus-labs/atlas"],
    "slug": ["ada/things-0123456789abcdef01234567", "a1/b"], "organization": ["nimbus-labs"], "namespace": ["ada"],
    "owner": ["ada"], "username": ["bob"], "user": ["bob"], "author": ["ada"], "submitter": ["ada"], "name": ["a/b", "storm"],
    "resource_group_id": ["0123456789abcdef01234567", "none"], "arxiv_id": ["2311.12983", "arXiv:2311.12983v2"],
    "comment_id": ["0123456789abcdef01234567"], "item_id": ["0123456789abcdef01234567", "models/a/b", "papers/2311.12983"], "item": ["models/a/b", "datasets/a/b"],
    "id": ["a/b", "2311.12983"], "date": ["2026-03-31"], "week": ["2026-W13"], "month": ["2026-03"], "revision": ["refs/pr/1"],
    "subset": ["default", "a b", "%2F", "ж"], "split": ["train"], "cursor": ["7.20.abc", "0.0.2"], "key": ["MODEL"],
    "num_parameters": ["min:6B,max:128B"], "fields": ["siblings", "tags"], "title": ["Things"], "path": ["README.md", "a b/%2F.txt", "ж/x"], "paths": ["README.md", "a/b"],
}  # fmt: skip


def fitting(
    schema: dict[str, Any], name: str = "", texts: st.SearchStrategy[str] | None = None
) -> st.SearchStrategy[Any]:
    """Values that a schema takes; `texts` are mixed in among the usual ones."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            inner = {key: fitting(one, key, texts) for key, one in schema.get("properties", {}).items()}
            required = set(schema.get("required", ()))
            if texts is None:  # what is required is never an empty list
                inner = {
                    key: one.filter(bool)
                    if key in required and schema["properties"][key].get("items")
                    else one
                    for key, one in inner.items()
                }
            return st.fixed_dictionaries(
                {key: one for key, one in inner.items() if key in required},
                optional={key: one for key, one in inner.items() if key not in required},
            )
        case "array":
            return st.lists(fitting(schema.get("items", {}), name, texts), max_size=3)
        case "integer" | "number":
            return st.integers(schema.get("minimum", -3), min(schema.get("maximum", 10**6), 10**6))
        case "boolean":
            return st.booleans()
    usual = st.sampled_from(GOOD_TEXTS.get(name, ["a", "two words", "MIT", "ж", "a&b=c", "%2e%2e%2f"]))
    return usual if texts is None else usual | texts


def arguments_of(endpoint: type[Endpoint[Any]]) -> st.SearchStrategy[Any]:
    """Arguments for a tool: within its schema, a bit beyond it, and far beyond it."""
    schema = schema_of(endpoint)
    fine, within = fitting(schema), fitting(schema, texts=odd_texts)
    names = st.sampled_from([*schema["properties"], "unknown", "__class__", "model_config", "type"])
    beyond = st.builds(
        lambda said, more: {**said, **more}, within, st.dictionaries(names, anything, max_size=2)
    )
    return (
        fine
        | fine
        | fine
        | within
        | beyond
        | st.dictionaries(names | odd_texts, anything, max_size=5)
        | anything
    )


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────

KNOWN_NAMES = [
    "id", "_id", "name", "slug", "title", "user", "fullname", "type", "orgs", "auth", "accessToken", "role", "fineGrained",
    "scoped", "global", "entity", "permissions", "items", "owner", "note", "text", "gating", "mode", "tags", "siblings",
    "rfilename", "usedStorage", "likes", "downloads", "lastModified", "createdAt", "private", "gated", "disabled", "spaces",
    "childrenModelCount", "users", "resources", "repos", "autoJoin", "enabled", "paper", "authors", "comments", "author",
    "data", "latest", "raw", "submittedBy", "linkedModels", "recordSet", "distribution", "field", "dataType", "models",
    "datasets", "data", "error", "errors", "message", "url", "label", "runtime", "hardware", "current", "cardData", "upvotes",
    "organization", "events", "num", "diff", "default", "train", "securityRestrictions", "roleInOrg", "isPro", "visibility", "resourceGroup", "sdk",
]  # fmt: skip

hub_texts = odd_texts | st.sampled_from(
    ["2022-03-02T23:29:04.000Z", "2026-01-27T06:29:35.000Z", "text-generation", "<b>x</b>"]
)
hub_json = st.recursive(
    scalars | hub_texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KNOWN_NAMES) | odd_texts, inner, max_size=6)
    ),
    max_leaves=25,
)


def mutated(value: Any, draw: st.DrawFn) -> Any:
    """JSON with some of its parts replaced, left out or doubled."""
    match draw(st.integers(0, 9)):
        case 0:
            return draw(hub_json)
        case 1 if isinstance(value, list) and value:
            return value * draw(st.integers(0, 60))
    if isinstance(value, dict):
        keys = draw(st.sets(st.sampled_from(sorted(value)), max_size=3)) if value else set()
        kept = {key: mutated(one, draw) if key in keys else one for key, one in value.items()}
        for key in draw(st.sets(st.sampled_from(sorted(value)), max_size=1)) if value else ():
            del kept[key]
        return kept
    if isinstance(value, list) and value:
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], mutated(value[at], draw), *value[at + 1 :]]
    return value


def dumped(value: Any) -> bytes:
    """JSON as bytes: NaN and lone surrogates included, which Python writes and reads."""
    return json.dumps(value).encode()


header_texts = st.sampled_from(
    ["", "api", '"api";r=0;t=9', '"api";r=²;t=3', "9" * 5000, "²", "-1", "RepoNotFound", "GatedRepo", "application/json",
     "text/html", "https://evil.invalid/x", "//[", "/api/models/a/b", '<https://hub.test/api/models?cursor=a%20b>; rel="next"',
     '<https://evil.invalid/?cursor=x>; rel="next"', '<>; rel="next"', "<http://[>; rel=next", '<?cursor=%0a>; rel="next"',
     '<?cursor=' + "x" * 5000 + '>; rel="next"']
) | st.text(max_size=40)  # fmt: skip
headers = st.dictionaries(
    st.sampled_from(
        ["content-type", "link", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-error-code", "x-error-message",
         "x-linked-size", "content-length", "etag"]
    ),
    header_texts,
    max_size=4,
)  # fmt: skip
statuses = st.sampled_from(
    [200] * 8 + [100, 201, 204, 206, 301, 302, 304, 307, 400, 401, 402, 403, 404, 409, 418, 422, 429]
) | (st.integers(100, 599))


# ── one fitting call and answer for each endpoint ────────────────────────────────────────────────────────

SAMPLES: dict[str, Any] = {
    "repo_id": "ada/atlas", "type": "model", "from_repo": "ada/atlas", "to_repo": "ada/map", "slug": "ada/x-0123456789abcdef01234567",
    "organization": "nimbus-labs", "namespace": "ada", "username": "bob", "resource_group_id": "0123456789abcdef01234567",
    "arxiv_id": "2311.12983", "item_id": "0123456789abcdef01234567", "item": "models/a/b", "subset": "default", "split": "train",
    "n": 0, "name": "storm", "title": "Things", "role": "read", "users": [{"user": "bob", "role": "read"}], "visibility": "private",
    "num": 1, "comment": "x", "comment_id": "0123456789abcdef01234567", "content": "x", "status": "open", "pinned": True,
    "auto_join": {"enabled": False}, "note": "x", "private": True, "description": "x", "revision": "main",
    "path": "a/b c.txt", "paths": ["README.md"], "summary": "x", "files": [{"path": "a.txt", "content": "x"}, {"path": "b", "old": "x"}],
}  # fmt: skip
REAL: dict[str, Any] = {  # an answer of the documented shape, to be mutated
    "Model": {"_id": "1", "id": "a/b", "tags": ["x"], "siblings": [{"rfilename": "x"}] * 12, "usedStorage": 5, "spaces": ["a/b"],
              "childrenModelCount": {"adapter": 1}, "lastModified": "2026-01-27T06:29:35.000Z", "likes": 1, "downloads": 2},
    "Space": {"_id": "1", "id": "a/b", "runtime": {"stage": "RUNNING", "hardware": {"current": "cpu-basic"}}, "likes": 1},
    "Croissant": {"name": "x", "recordSet": [{"name": "x", "field": [{"name": "x", "dataType": "y"}]}] * 50, "distribution": [{}]},
    "Collection": {"slug": "a/b-0123456789abcdef01234567", "title": "x", "owner": {"name": "a"}, "upvotes": 1, "private": False,
                   "gating": {"mode": "auto"}, "items": [{"_id": "1", "id": "a/b", "type": "model", "note": {"text": "x"}}]},
    "Identity": {"name": "ada", "orgs": [{"name": "o", "roleInOrg": "read", "securityRestrictions": ["sso"]}], "auth": {
        "accessToken": {"role": "fineGrained", "displayName": "x", "fineGrained": {
            "global": ["x"], "scoped": [{"entity": {"name": "o"}, "permissions": ["repo.write"]}]}}}},
    "ResourceGroup": {"id": "1", "name": "g", "users": [{"name": "bob", "role": "read"}], "autoJoin": {"enabled": True, "role": "read"},
                      "repos": [{"type": "model", "name": "a/b", "private": True}]},
    "Paper": {"id": "2311.12983", "title": "x", "authors": [{"name": "x"}] * 12, "organization": {"name": "o"},
              "comments": [{"author": {"name": "x"}, "data": {"latest": {"raw": "x"}}}], "linkedModels": [{"id": "a/b"}]},
    "PaperRepos": {"models": [{"id": "a/b"}], "datasets": [{"id": "a/b"}], "spaces": []},
    "ParquetFiles": {"default": {"train": ["https://hub.test/0.parquet", "https://hub.test/1.parquet"]}},
    "Tags": {"license": [{"id": "license:mit", "label": "mit", "type": "license"}]},
    "Created": {"name": "a/b", "url": "https://hub.test/a/b", "id": "1"},
    "Discussion": {"_id": "1", "num": 1, "title": "x", "status": "open", "isPullRequest": True, "author": {"name": "x"}, "diff": "--- a\n+++ b",
                   "repo": {"name": "a/b", "type": "model"}, "events": [{"id": "1", "type": "comment", "author": {"name": "x"}, "data": {
                       "latest": {"raw": "x"}}}, {"id": "2", "type": "status-change", "data": {"status": "open"}}] * 12},
    "NewDiscussion": {"num": 3, "url": "https://hub.test/a/b/discussions/3", "pullRequest": False},
    "Event": {"id": "1", "type": "comment", "author": {"name": "x"}, "createdAt": "2026-01-27T06:29:35.000Z", "data": {"latest": {"raw": "x"}}},
    "Organization": {"_id": "1", "name": "o", "fullname": "O", "numUsers": 1},
    "FileContent": "x",
    "Committed": {"success": True, "commitOid": "0" * 40, "commitUrl": "https://hub.test/a/b/commit/0", "pullRequestUrl": "https://hub.test/x"},
    "PathsInfo": [{"path": "a/b.txt", "type": "file", "size": 3, "oid": "1", "lastCommit": {"title": "x"}}, {"path": "a", "type": "directory"}],
    "TreeSize": {"path": "/", "size": 3},
    "RepositoryScan": {"scansDone": True, "filesWithIssues": [{"path": "x.pkl", "level": "unsafe"}]},
    "Page": [{"_id": "1", "num": 1, "path": "a/b.txt", "type": "file", "size": 3, "id": "a/b", "user": "bob", "slug": "a/b-1", "paper": {"id": "1", "title": "x"}, "submittedBy": {"name": "x"}}],
}  # fmt: skip
REAL |= {
    "Dataset": REAL["Model"],
    "ResourceGroups": [REAL["ResourceGroup"]],
    "GroupOfRepository": {"id": "1", "name": "g"},
}
REAL |= {
    "CollectionRow": REAL["Collection"],
    "PlacedRepository": {"type": "model", "name": "a/b"},
    "Done": {},
    "Shard": {},
}
