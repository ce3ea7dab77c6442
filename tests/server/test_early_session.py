"""A session that starts without the SDK and continues with it, over pipes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from hub_mcp.server.early.early_session import LONGEST_LINE
from tests.server.test_relay import INITIALIZED, MODERN, discover, hello
from tests.server.test_stdio import SERVER, request
from tests.waiting import PATIENCE

WHOAMI = {"name": "whoami", "arguments": {"fields": ["name"]}}
OURS = ("HF_", "HUB_MCP_", "OTEL_")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


class Session:
    """A server in a process of its own, spoken to in pieces."""

    def __init__(self, *flags: str) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([*SERVER, *flags], stdin=pipe, stdout=pipe, stderr=pipe, env=CLEAN)

    def write(self, text: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def ended(self) -> tuple[int, bytes, bytes]:
        """How the server left when its input ended, and what it still said."""
        out, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, errors


def test_a_call_after_early_answers_is_one_of_the_same_session() -> None:
    session = Session()
    session.write(hello(0))
    assert session.read()["result"]["protocolVersion"]
    session.write(INITIALIZED + request(1, "tools/list"))
    assert session.read()["result"]["tools"]
    session.write(request(2, "tools/call", **WHOAMI) + request(3, "ping"))
    answers = {answer["id"]: answer for answer in (session.read(), session.read())}
    assert "ada" in answers[2]["result"]["content"][0]["text"]
    assert answers[3]["result"] == {}
    assert session.ended() == (0, b"", b"")


def test_a_modern_session_goes_on_as_one() -> None:
    session = Session()
    session.write(discover("d"))
    assert session.read()["id"] == "d"
    session.write(request(1, "tools/list", _meta=MODERN))
    assert session.read()["result"]["resultType"] == "complete"
    session.write(request(2, "tools/call", **WHOAMI, _meta=MODERN))
    answer = session.read()
    assert answer["id"] == 2
    assert "ada" in answer["result"]["content"][0]["text"]
    assert session.ended() == (0, b"", b"")


def test_lines_arrive_in_any_pieces() -> None:
    session = Session()
    whole = hello(0) + INITIALIZED + request(1, "tools/list") + request(2, "tools/call", **WHOAMI)
    for start in range(0, len(whole), 7):
        session.write(whole[start : start + 7])
    assert [session.read()["id"] for _ in range(3)] == [0, 1, 2]
    assert session.ended() == (0, b"", b"")


ENDS = {
    "at once": (b"", []),
    "after the handshake": (hello(0), [0]),
    "after the list": (hello(0) + INITIALIZED + request(1, "tools/list"), [0, 1]),
    "within a line": (hello(0) + INITIALIZED + request(1, "tools/call", **WHOAMI)[:-1], [0, 1]),
    "with a call in flight": (hello(0) + INITIALIZED + request(1, "tools/call", **WHOAMI), [0, 1]),
}


@pytest.mark.parametrize("end", ENDS)
def test_when_the_input_ends_all_is_answered_and_the_server_leaves(end: str) -> None:
    sent, ids = ENDS[end]
    told = subprocess.run(SERVER, input=sent, capture_output=True, timeout=PATIENCE, env=CLEAN, check=True)
    assert [json.loads(one)["id"] for one in told.stdout.splitlines()] == ids
    assert told.stderr == b""


def test_a_line_that_does_not_end_is_left_to_the_bound_of_the_server() -> None:
    sent = hello(0) + INITIALIZED + b"x" * (LONGEST_LINE + 1) + b"\n" + request(1, "ping")
    told = subprocess.run(SERVER, input=sent, capture_output=True, timeout=PATIENCE, env=CLEAN, check=True)
    assert [json.loads(one)["id"] for one in told.stdout.splitlines()] == [0, 1]


def test_wrong_settings_are_reported_before_anything_is_answered() -> None:
    for wrong in (
        ["--toolsets", "nonsense"],
        ["--endpoint", "not an address"],
        ["--confirm", "perhaps"],
        ["--tool-prefix", "not one!"],
    ):
        command = [*SERVER[:3], *wrong]
        told = subprocess.run(command, input=hello(0), capture_output=True, timeout=PATIENCE, env=CLEAN)
        assert told.returncode == 2
        assert told.stdout == b""
        assert told.stderr


def test_a_client_that_listens_no_more_is_left_without_a_word() -> None:
    session = Session()
    assert session.process.stdout
    session.process.stdout.close()
    session.write(hello(0))
    assert session.process.stdin
    session.process.stdin.close()
    assert session.process.wait(PATIENCE) == 0
    assert session.process.stderr
    assert session.process.stderr.read() == b""


CAN_SERVE = "from hub_mcp.server.early.early_session import can_serve; print(can_serve())"


@pytest.mark.parametrize("blocks", [True, False])
def test_a_stream_that_does_not_block_is_left_to_the_loop(blocks: bool) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(blocks)
        pipes: dict[str, Any] = {"stdin": theirs, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        asked = subprocess.run([sys.executable, "-c", CAN_SERVE], **pipes, timeout=PATIENCE, check=True)
        assert asked.stdout == f"{blocks}\n".encode()
        process = subprocess.Popen(SERVER, **pipes, env=CLEAN)
        assert process.stdout
        for number in range(2):
            ours.sendall(hello(number))
            assert json.loads(process.stdout.readline())["id"] == number
        ours.shutdown(socket.SHUT_WR)
        assert process.communicate(timeout=PATIENCE) == (b"", b"")
    assert process.returncode == 0
