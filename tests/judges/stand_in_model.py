"""A mock model, on loopback: it makes scripted calls, and records what it is given.

It speaks the dialects that assistants ask models in: OpenAI's responses and chat completions, Anthropic's
messages, Gemini's contents. A request that offers no tool of ours (for a title, a summary) is answered with a
word.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Call = tuple[str, dict[str, Any]]
Event = tuple[str, dict[str, Any]]
Asked = dict[str, Any]
Given = tuple[list[tuple[str, ...]], list[Any]]
"""The names of the tools on offer, each with the namespace before it where it has one; results of calls."""
DONE = "All is done."


@dataclass
class StandIn:
    """What the model is to call, and what it was given.

    Attributes:
        tools: the names of our tools.
        calls: tools by these names, with their arguments.
        offered: for each of our tools on offer, how the model is to name it.
        results: for each call all that the model was given of its result.
    """

    tools: Collection[str]
    calls: Sequence[Call]
    offered: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    results: list[Any] = field(default_factory=list[Any])

    def answer(self, speak: Dialect, asked: dict[str, Any]) -> list[Event]:
        """The events that answer a request."""
        offered, results = speak.read(asked)
        ours = {own: name for name in offered if (own := self._own_name(name[-1]))}
        if ours:
            self.offered, self.results = ours, results
        if not ours or len(results) >= len(self.calls):
            return [*speak.say(DONE)]
        tool, arguments = self.calls[len(results)]
        return [*speak.call(f"call_{len(results)}", ours[tool], arguments)]

    def _own_name(self, name: str) -> str:
        """The name that a tool has with us; "" for one that is not ours."""
        return max(
            (one for one in self.tools if name == one or name.endswith(f"_{one}")), key=len, default=""
        )


class Responses:
    """OpenAI's responses: tools of a server lie in a namespace."""

    def read(self, asked: Asked) -> Given:
        offered: list[tuple[str, ...]] = []
        for one in asked.get("tools", []):
            space = (one["name"],) if one.get("type") == "namespace" else ()
            offered += [(*space, tool.get("name", "")) for tool in (one["tools"] if space else [one])]
        return offered, [one["output"] for one in asked["input"] if one.get("type") == "function_call_output"]

    def say(self, text: str) -> Iterator[Event]:
        content = [{"type": "output_text", "text": text}]
        yield from self._item({"type": "message", "role": "assistant", "id": "m", "content": content})

    def call(self, id: str, name: tuple[str, ...], arguments: Asked) -> Iterator[Event]:
        item = {"type": "function_call", "id": f"f{id}", "call_id": id, "arguments": json.dumps(arguments)}
        yield from self._item({**item, **dict(zip(("name", "namespace"), reversed(name), strict=False))})

    def _item(self, item: dict[str, Any]) -> Iterator[Event]:
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        for name, more in (
            ("response.created", {"response": {"id": "r"}}),
            ("response.output_item.done", {"item": item, "output_index": 0}),
            ("response.completed", {"response": {"id": "r", "usage": usage}}),
        ):
            yield name, {"type": name, **more}


class Messages:
    """Anthropic's messages."""

    def read(self, asked: Asked) -> Given:
        offered = [(one["name"],) for one in asked.get("tools", [])]
        blocks = [
            block
            for message in asked["messages"]
            if isinstance(message["content"], list)
            for block in message["content"]
        ]
        return offered, [block["content"] for block in blocks if block["type"] == "tool_result"]

    def say(self, text: str) -> Iterator[Event]:
        delta = {"type": "text_delta", "text": text}
        yield from self._block({"type": "text", "text": ""}, delta, "end_turn")

    def call(self, id: str, name: tuple[str, ...], arguments: Asked) -> Iterator[Event]:
        block = {"type": "tool_use", "id": f"toolu_{id}", "name": name[-1], "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(arguments)}
        yield from self._block(block, delta, "tool_use")

    def _block(self, block: dict[str, Any], delta: dict[str, Any], why: str) -> Iterator[Event]:
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "stand-in", "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        for name, more in (
            ("message_start", {"message": message}),
            ("content_block_start", {"index": 0, "content_block": block}),
            ("content_block_delta", {"index": 0, "delta": delta}),
            ("content_block_stop", {"index": 0}),
            ("message_delta", {"delta": {"stop_reason": why, "stop_sequence": None}, "usage": usage}),
            ("message_stop", {}),
        ):
            yield name, {"type": name, **more}


class ChatCompletions:
    """OpenAI's chat completions."""

    def read(self, asked: Asked) -> Given:
        offered = [(one["function"]["name"],) for one in asked.get("tools", [])]
        return offered, [one["content"] for one in asked["messages"] if one["role"] == "tool"]

    def say(self, text: str) -> Iterator[Event]:
        yield from self._chunks({"role": "assistant", "content": text}, "stop")

    def call(self, id: str, name: tuple[str, ...], arguments: Asked) -> Iterator[Event]:
        function = {"name": name[-1], "arguments": json.dumps(arguments)}
        call = {"index": 0, "id": id, "type": "function", "function": function}
        yield from self._chunks({"role": "assistant", "tool_calls": [call]}, "tool_calls")

    def _chunks(self, delta: dict[str, Any], why: str) -> Iterator[Event]:
        for one, reason in ((delta, None), ({}, why)):
            choice = {"index": 0, "delta": one, "finish_reason": reason}
            yield "", {"id": "c", "object": "chat.completion.chunk", "model": "stand-in", "choices": [choice]}


class Contents:
    """Gemini's contents."""

    def read(self, asked: Asked) -> Given:
        declared = [one for tool in asked.get("tools", []) for one in tool.get("functionDeclarations", [])]
        parts = [part for content in asked["contents"] for part in content.get("parts", [])]
        given = [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]
        return [(one["name"],) for one in declared], given

    def say(self, text: str) -> Iterator[Event]:
        yield self._part({"text": text})

    def call(self, id: str, name: tuple[str, ...], arguments: Asked) -> Iterator[Event]:
        yield self._part({"functionCall": {"id": id, "name": name[-1], "args": arguments}})

    def _part(self, part: Asked) -> Event:
        content = {"role": "model", "parts": [part]}
        return "", {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}]}


Dialect = Responses | Messages | ChatCompletions | Contents
DIALECTS: dict[str, Dialect] = {
    "/responses": Responses(),
    "/messages": Messages(),
    "/chat/completions": ChatCompletions(),
    ":streamGenerateContent": Contents(),
}


@contextmanager
def stand_in(tools: Collection[str], calls: Sequence[Call]) -> Generator[tuple[str, StandIn]]:
    """A mock model that makes these calls, and its address without a path."""
    model = StandIn(tools, calls)

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing: the test reports what went wrong."""

        def do_GET(self) -> None:
            self._told(404, b"{}", "application/json")

        do_HEAD = do_GET

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            path = self.path.partition("?")[0]
            speak = next((one for end, one in DIALECTS.items() if path.endswith(end)), None)
            if speak is None:
                self._told(404, b"{}", "application/json")
                return
            lines = [
                (f"event: {name}\n" if name else "") + f"data: {json.dumps(one)}\n\n"
                for name, one in model.answer(speak, asked)
            ]
            ended = "data: [DONE]\n\n" if isinstance(speak, ChatCompletions) else ""
            self._told(200, "".join([*lines, ended]).encode(), "text/event-stream")

        def _told(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", model
        finally:
            server.shutdown()
            serving.join()
