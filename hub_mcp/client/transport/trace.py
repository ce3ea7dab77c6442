"""A transport that creates an OpenTelemetry span for each request to the Hub; recorded only if configured.

Names follow OpenTelemetry's conventions for HTTP clients. Queries and headers are left out, so that neither a
search nor a token can be in a trace.
"""

from __future__ import annotations

import httpx
from opentelemetry.trace import ProxyTracerProvider, SpanKind, StatusCode, get_tracer, get_tracer_provider

from hub_mcp import __version__


class TraceTransport(httpx.AsyncBaseTransport):
    """Creates a span for each attempt of a request."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._tracer = get_tracer("hub_mcp", __version__)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if isinstance(get_tracer_provider(), ProxyTracerProvider):  # not recording
            return await self._inner.handle_async_request(request)
        facts = {
            "http.request.method": request.method,
            "server.address": request.url.host,
            "url.path": request.url.path,
        }
        with self._tracer.start_as_current_span(
            request.method,
            kind=SpanKind.CLIENT,
            attributes=facts,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                answer = await self._inner.handle_async_request(request)
            except Exception as trouble:
                span.set_attribute("error.type", type(trouble).__name__)
                span.set_status(StatusCode.ERROR)
                raise
            span.set_attribute("http.response.status_code", answer.status_code)
            if answer.is_error:
                span.set_attribute("error.type", str(answer.status_code))
                span.set_status(StatusCode.ERROR)
            return answer

    async def aclose(self) -> None:
        await self._inner.aclose()
