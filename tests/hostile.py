"""Hostile material for the tests: arguments of every kind, answers of every shape, malformed headers."""
# ruff: noqa: E501  # tables read better uncut

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.fields.schema import schema_of
from tests import samples
from tests.thoroughly import a_quarter, share

EVERY = pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=list(ENDPOINTS))
A_QUARTER = pytest.mark.parametrize("endpoint", a_quarter([*ENDPOINTS.values()]), ids=a_quarter([*ENDPOINTS]))

# Whatever a reader does not see, said here once more: the product's own table is held against it.
UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)


def some(examples: int) -> settings:
    """So many examples where there is time (`tests.thoroughly`), a few of them elsewhere."""
    return settings(max_examples=share(examples), suppress_health_check=list(HealthCheck))


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


PLAIN_TEXTS = ["a", "two words", "MIT", "ж", "a&b=c", "%2e%2e%2f"]


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
    usual = st.sampled_from(samples.texts(name) or PLAIN_TEXTS)
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
