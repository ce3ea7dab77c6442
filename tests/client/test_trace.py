"""Spans of requests to the Hub: one per attempt, below that of the tool call, and never with a token."""

from __future__ import annotations

import httpx
import pytest
from mcp import Client
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token
from hub_mcp.localhub.app import create_app
from hub_mcp.server.telemetry import wanted
from hub_mcp.settings import Settings
from hub_mcp.wiring import server_of
from tests.client.scripts import Time

PLANTED = "hf_sandbox_ada_write"
KEPT = InMemorySpanExporter()


@pytest.fixture(scope="module", autouse=True)
def provider() -> None:
    """The process's one provider; there can be no other after it."""
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(KEPT))
    trace.set_tracer_provider(tracing)


async def spans_of(faults: str = "") -> list[ReadableSpan]:
    KEPT.clear()
    app = create_app(faults=faults)
    shared = SharedTransports(lambda: httpx.ASGITransport(app), sleep=Time().sleep)
    hub = Hub("http://hub.test", Token(PLANTED, "a test"), shared=shared)
    async with Client(server_of(Settings(journal="off"), hub)) as client:
        await client.call_tool("list_models", {"limit": 1, "search": PLANTED})
    return list(KEPT.get_finished_spans())


@pytest.mark.asyncio
async def test_a_request_to_the_hub_is_a_span_below_its_tool_call() -> None:
    spans = await spans_of()
    call = next(span for span in spans if span.name == "tools/call list_models")
    (sent,) = (span for span in spans if span.name == "GET")
    assert sent.parent is not None
    assert call.context is not None
    assert sent.context is not None
    assert sent.context.trace_id == call.context.trace_id
    assert sent.attributes
    assert sent.attributes["url.path"] == "/api/models"
    assert sent.attributes["http.response.status_code"] == 200
    assert PLANTED not in "".join(span.to_json() for span in spans)


@pytest.mark.asyncio
async def test_each_try_is_a_span_with_its_error() -> None:
    tries = [span for span in await spans_of("5xx=1") if span.name == "GET"]
    assert len(tries) > 1
    assert all(span.attributes and str(span.attributes["error.type"]).startswith("5") for span in tries)


@pytest.mark.parametrize(
    ("environment", "exporter"),
    [
        ({}, "none"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"}, "none"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        ({"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"}, "none"),
    ],
)
def test_nothing_is_recorded_unless_the_environment_says_so(
    environment: dict[str, str], exporter: str
) -> None:
    assert wanted(environment) == exporter
