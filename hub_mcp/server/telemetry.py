"""OpenTelemetry, configured by its own environment variables; without them nothing is imported or recorded.

The SDK creates a span for each request of a client, `client/tracing.py` for each request to the Hub.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping

from hub_mcp import __version__

log = logging.getLogger("hub_mcp")

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def wanted(environment: Mapping[str, str]) -> str:
    """The exporter in the environment: otlp, console, or none."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return "none"
    exports = any(environment.get(name, "").strip() for name in ENDPOINTS)
    return environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() or ("otlp" if exports else "none")


def set_up(environment: Mapping[str, str] | None = None) -> None:
    """Record spans if the environment says so, and report if that is not possible."""
    exporter = wanted(os.environ if environment is None else environment)
    if exporter == "none":
        return
    if exporter not in ("otlp", "console"):
        log.warning("OTEL_TRACES_EXPORTER can be otlp, console or none; no spans are recorded.")
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import (
            BatchSpanProcessor,
            ConsoleSpanExporter,
            SimpleSpanProcessor,
        )
    except ModuleNotFoundError:
        log.warning("Spans need the extra: pip install 'hub-mcp[telemetry]'; none are recorded.")
        return
    resource = Resource.create({"service.name": "hub-mcp", "service.version": __version__})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(
        SimpleSpanProcessor(ConsoleSpanExporter(out=sys.stderr))
        if exporter == "console"
        else BatchSpanProcessor(OTLPSpanExporter())
    )
    trace.set_tracer_provider(provider)
