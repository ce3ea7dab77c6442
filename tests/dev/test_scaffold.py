"""A class scaffolded from an OpenAPI document is an endpoint like the others: it can be called."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from hub_mcp.catalogue import ENDPOINTS, Effect, Endpoint
from hub_mcp.catalogue.fields.schema import schema_of
from hub_mcp.catalogue.parts import Lookup
from hub_mcp.client.hub import Hub
from hub_mcp.dev.operations.openapi import CannotScaffold
from hub_mcp.dev.operations.scaffold import scaffold
from hub_mcp.dev.project import ROOT
from hub_mcp.localhub.app import create_app

DOCUMENT = ROOT.parent / "shared" / "hub" / "openapi.json"
DISCUSSIONS = "/api/{repoType}/{namespace}/{repo}/discussions"

# A small document of our own, in the manner of the Hub's, so that the tests need no other file.
OWN = {
    "paths": {
        "/api/users/{username}/overview": {
            "get": {
                "summary": "User overview",
                "parameters": [{"name": "username", "in": "path", "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "user": {"type": "string"},
                                        "numModels": {"type": "number"},
                                    },
                                }
                            }
                        }
                    }
                },
            }
        },
        DISCUSSIONS: {
            "post": {
                "summary": "Create a new discussion",
                "parameters": [
                    {"name": "repoType", "in": "path", "schema": {"type": "string"}},
                    {"name": "namespace", "in": "path", "schema": {"type": "string"}},
                    {"name": "repo", "in": "path", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "title": {"type": "string", "description": "What it is about."},
                                    "pullRequest": {"type": "boolean"},
                                    "nested": {"type": "object"},
                                },
                                "required": ["title"],
                            }
                        }
                    }
                },
                "responses": {"204": {}},
            }
        },
        "/api/spaces/{namespace}/{repo}/secrets/{key}": {
            "delete": {"summary": "Delete a secret", "responses": {"204": {}}}
        },
        "/api/models/{namespace}/{repo}/lfs-files/{sha}": {
            "delete": {
                "parameters": [{"name": "rewriteHistory", "in": "query", "schema": {"default": True}}],
                "responses": {"200": {}},
            }
        },
        "/api/logs": {"get": {"responses": {"200": {"content": {"text/event-stream": {}}}}}},
    }
}


@contextmanager
def endpoint_from(source: str, folder: Path) -> Iterator[type[Endpoint]]:  # type: ignore[type-arg]  # of any answer
    """The class that this source declares, in the catalogue for as long as the block runs."""
    file = folder / "scaffolded_area.py"
    file.write_text(source, "utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    known = dict(ENDPOINTS)
    ENDPOINTS.clear()  # names of the present catalogue may come again
    try:
        spec.loader.exec_module(module)
        (new,) = ENDPOINTS.values()
        ENDPOINTS.update({**known, new.tool: new})
        yield new
    finally:
        del sys.modules[file.stem]
        ENDPOINTS.clear()
        ENDPOINTS.update(known)


@pytest.mark.asyncio
async def test_a_scaffolded_endpoint_beyond_the_catalogue_can_be_called(tmp_path: Path) -> None:
    source = scaffold(OWN, "GET /api/users/{username}/overview")
    with endpoint_from(source, tmp_path) as new:
        assert new.tool == "get_user_overview"
        assert issubclass(new, Lookup)
        assert new.line.effect is Effect.READ
        app = create_app()
        hub = Hub("http://hub.test", transport=lambda: httpx.ASGITransport(app=app))
        answer = await hub.send(new(username="ada"))
        await hub.aclose()
        assert answer.content()["user"] == "ada"


def test_a_body_becomes_fields_and_what_is_too_deep_is_named(tmp_path: Path) -> None:
    source = scaffold(OWN, f"POST {DISCUSSIONS}")
    assert "# Left out, being too deep for a portable schema, or taken: nested." in source
    with endpoint_from(source, tmp_path) as new:
        schema = schema_of(new)
        assert schema["properties"] == {
            "type": {"type": "string", "enum": ["model", "dataset", "space"]},
            "repo_id": {"type": "string"},
            "title": {"type": "string", "description": "What it is about"},
            "pull_request": {"type": "boolean"},
        }
        assert set(schema["required"]) == {"type", "repo_id", "title"}
        call = new(type="dataset", repo_id="ada/a", title="t", pull_request=True)
        request = call.to_http("https://hub.test")
        assert (request.method, request.url) == ("POST", "https://hub.test/api/datasets/ada/a/discussions")
        assert request.body == {"title": "t", "pullRequest": True}


def test_a_delete_says_what_it_destroys_and_asks(tmp_path: Path) -> None:
    source = scaffold(OWN, "DELETE /api/spaces/{namespace}/{repo}/secrets/{key}")
    with endpoint_from(source, tmp_path) as new:
        assert new.may_ask()
        assert new.line.destroys == "the secret {key}"


def test_an_operation_of_the_table_takes_its_name_area_and_types_from_there(tmp_path: Path) -> None:
    source = scaffold(OWN, "DELETE /api/models/{namespace}/{repo}/lfs-files/{sha}")
    with endpoint_from(source, tmp_path) as new:
        assert (new.tool, new.in_area, new.by_default) == ("delete_lfs_file", "files", False)
        assert new.line.destroys == "the file {sha}"
        call = new(type="dataset", repo_id="ada/a", sha="0a", rewrite_history=False)
        assert call.to_http("https://hub.test").url == (
            "https://hub.test/api/datasets/ada/a/lfs-files/0a?rewriteHistory=false"
        )


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ("GET /api/nowhere", "has no GET /api/nowhere"),
        ("GET /api/logs", "returns text/event-stream, not JSON"),
    ],
)
def test_an_operation_that_cannot_be_scaffolded_is_reported(operation: str, why: str) -> None:
    with pytest.raises(CannotScaffold, match=why):
        scaffold(OWN, operation)


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the Hub's OpenAPI document is not beside this checkout")
def test_every_operation_of_the_real_document_gives_a_class_or_a_reason(tmp_path: Path) -> None:
    document = json.loads(DOCUMENT.read_text("utf-8"))
    done, refused = 0, 0
    for path, methods in document["paths"].items():
        for method in methods.keys() & {"get", "post", "put", "patch", "delete"}:
            try:
                source = scaffold(document, f"{method} {path}")
            except CannotScaffold:
                refused += 1
                continue
            with endpoint_from(source, tmp_path) as new:
                assert "additionalProperties" not in schema_of(new)
            done += 1
    assert done > 280
    assert refused < 30


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the Hub's OpenAPI document is not beside this checkout")
def test_the_command_prints_a_class_that_ruff_has_nothing_against(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hub_mcp.dev", "scaffold"]
    printed = subprocess.run(
        [*command, "GET /api/users/{username}/overview", "--openapi", str(DOCUMENT)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    file = tmp_path / "area.py"
    file.write_text(printed.stdout, "utf-8")
    config = ["--config", str(ROOT / "pyproject.toml")]
    judged = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *config, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout
