"""A token is masked in any encoding in which it is sent back, both for the model and in the log."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import re
import time
from collections.abc import Callable
from urllib.parse import quote, unquote

import httpx
import pytest

from hub_mcp.catalogue.repos.models import GetModel
from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token
from hub_mcp.errors import HubError
from hub_mcp.masking import MaskingFormatter, SecretMask, masked
from tests.client.scripts import BASE, FarSide, Time
from tests.client.test_network import head_of, listening

SECRETS = [
    "hf_sandbox_ada_write",
    "hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345",
    "eyJhbGci.eyJzdWIi.c2ln-_x",
    "pa+s/w=rd:12&x",
]
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "as a bearer": lambda one: f"Bearer {one}",
    "escaped whole": lambda one: "".join(f"\\u{ord(each):04x}" for each in one),
    "escaped in capitals": lambda one: "".join(f"\\u{ord(each):04X}" for each in one),
    "its first letter escaped": lambda one: f"\\u{ord(one[0]):04x}{one[1:]}",
    "a letter within escaped": lambda one: f"{one[:3]}\\u{ord(one[3]):04x}{one[4:]}",
    "escaped twice": lambda one: f"\\\\u{ord(one[0]):04x}{one[1:]}",
    "in an address": lambda one: f"https://x.test/?t={quote(one, safe='')}",
    "in an address, every letter": lambda one: "".join(f"%{ord(each):02x}" for each in one),
    "in an address, in capitals": lambda one: "".join(f"%{ord(each):02X}" for each in one),
    "in an address, one letter": lambda one: f"{one[:4]}%{ord(one[4]):02x}{one[5:]}",
    "in HTML": html.escape,
    "in HTML, by numbers": lambda one: "".join(f"&#{ord(each)};" for each in one),
    "in HTML, by hexadecimal numbers": lambda one: "".join(f"&#x{ord(each):x};" for each in one),
    "in hexadecimal": lambda one: one.encode().hex(),
    "in base64": lambda one: base64.b64encode(one.encode()).decode(),
    "in base64 behind a user": lambda one: base64.b64encode(f"user:{one}".encode()).decode(),
    "in base64 behind a letter": lambda one: base64.b64encode(f"x{one}tail".encode()).decode(),
    "in base64 of addresses": lambda one: base64.urlsafe_b64encode(f"Bearer {one}".encode()).decode(),
}
EVERY = pytest.mark.parametrize("spelling", SPELLINGS)
EACH = pytest.mark.parametrize("secret", SECRETS, ids=["sandbox", "hf", "jwt", "odd"])


def leaks(secret: str, said: str) -> bool:
    """Whether somebody could get the secret, or most of it, back from a text."""
    texts = {said}
    for _ in range(2):  # what was written in one way within another
        texts |= {_unescaped(one) for one in texts} | {unquote(one) for one in texts}
        texts |= {html.unescape(one) for one in texts} | {one.replace("\\\\", "\\") for one in texts}
    raw, coded = (
        secret.encode(),
        [base64.b64encode(bytes(n) + secret.encode()).decode()[4:-4] for n in range(3)],
    )
    coded += [one.replace("+", "-").replace("/", "_") for one in coded]
    known = [secret, raw.hex(), raw.hex().upper(), *coded]
    return any(one in text for one in known for text in texts)


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


@EVERY
@EACH
def test_a_spelling_leaks_before_and_not_after(secret: str, spelling: str) -> None:
    said = f'{{"a": "x {SPELLINGS[spelling](secret)} y"}}'
    assert leaks(secret, said)
    assert not leaks(secret, SecretMask(secret).text(said))
    assert not leaks(secret, SecretMask(secret).body(said.encode()).decode())
    assert not leaks(secret, masked(said, [secret]))


# What becomes a secret of a Space is any text: a key file is JSON with line breaks, quotes and slashes.
TEXTS = [
    '{"key": "AbCdEfGh/IjKl", "room": "x"}',
    "-----BEGIN-----\nAbCdEfGh/IjKl\r\n\t-----END-----",
    "\\\\server\\AbCdEfGh\\new\"'",
    "\\\nAbCdEfGh \U0001f511 \u20ac<&>",
]
WRITERS: dict[str, Callable[[str], str]] = {
    "JSON": json.dumps,
    "JSON beyond ASCII": lambda one: json.dumps(one, ensure_ascii=False),
    "JSON with slashes escaped": lambda one: json.dumps(one).replace("/", "\\/"),
    "JSON for pages": lambda one: json.dumps(one).replace("<", "\\u003c").replace("&", "\\u0026"),
    "JSON in JSON": lambda one: json.dumps(json.dumps(one)),
    "JSON in JSON in JSON": lambda one: json.dumps(json.dumps(json.dumps({"value": one}))),
    "Python": repr,
}


@pytest.mark.parametrize("secret", TEXTS, ids=["object", "lines", "backslashes", "signs"])
@pytest.mark.parametrize("writer", WRITERS)
def test_no_way_to_write_a_text_down_leaves_it_to_be_read(secret: str, writer: str) -> None:
    said = f'{{"error": "Invalid", "is": {WRITERS[writer](secret)}}}'
    assert "AbCdEfGh" in said
    for shown in (
        SecretMask(secret).text(said),
        SecretMask(secret).body(said.encode()).decode(),
        masked(said, [secret]),
    ):
        assert "AbCdEfGh" not in shown
        assert shown.startswith('{"error": "Invalid", "is": ')


@EVERY
@EACH
@pytest.mark.asyncio
async def test_no_spelling_reaches_the_model(secret: str, spelling: str) -> None:
    spelt = SPELLINGS[spelling](secret)

    def echo(asked: httpx.Request) -> httpx.Response:
        assert asked.headers["authorization"] == f"Bearer {secret}"
        status = 200 if asked.url.path.endswith("good") else 400
        body = f'{{"id": "ada/good", "author": "{spelt}", "tags": ["{spelt}"], "error": "no {spelt}"}}'
        header = spelt.encode("ascii", "replace").decode()
        return httpx.Response(
            status, content=body, headers={"X-Error-Message": header, "X-Request-Id": header}
        )

    far = FarSide(echo)
    hub = Hub(
        BASE, Token(secret, "a test"), shared=SharedTransports(lambda: far.transport, sleep=Time().sleep)
    )
    said = json.dumps((await hub.send(GetModel(repo_id="ada/good"))).content(("author", "tags")))
    assert "ada/good" in said
    with pytest.raises(HubError) as caught:
        await hub.send(GetModel(repo_id="ada/bad"))
    assert not leaks(secret, f"{said} {caught.value} {caught.value!r} {vars(caught.value)}")


@EVERY
@EACH
@pytest.mark.asyncio
async def test_no_spelling_reaches_the_log(secret: str, spelling: str) -> None:
    spelt = SPELLINGS[spelling](secret)
    log = io.StringIO()
    handler, root = logging.StreamHandler(log), logging.getLogger()
    handler.setFormatter(MaskingFormatter("%(name)s %(message)s"))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    async def talk(reader, writer) -> None:  # type: ignore[no-untyped-def]  # asyncio's streams
        await head_of(reader)
        body = b'{"id": "ada/good"}'
        writer.write(
            b"HTTP/1.1 200 OK\r\nX-Echo: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (spelt.encode(), len(body), body)
        )
        await writer.drain()

    try:
        async with listening(talk) as port:
            hub = Hub(f"http://127.0.0.1:{port}", Token(secret, "a test"))
            await hub.send(GetModel(repo_id="ada/good"))
            await hub.aclose()
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    assert "X-Echo" in log.getvalue()  # httpcore logged the headers of the answer
    assert not leaks(secret, log.getvalue())


def test_what_holds_no_secret_stays_as_it_is() -> None:
    text = json.dumps({"a": "Zürich \u2603 100% of %20 &#39; hf_hub", "b": ["x"] * 50})
    for secret in SECRETS:
        assert SecretMask(secret).text(text) == text
        assert SecretMask(secret).body(text.encode()) == text.encode()
        assert SecretMask(secret).body(b"\xff\xfe%68 \\u0068") == b"\xff\xfe%68 \\u0068"


@pytest.mark.parametrize("secret", ["hf_secret_of_somebody", *TEXTS[2:]], ids=["hf", "backslashes", "signs"])
@pytest.mark.parametrize("run", ["\\", "\\u00", "\\u", "&#0", "&#", "&#x", "%", "0", "h\\u00", "\\\\u0068"])
def test_the_time_to_mask_grows_as_the_text_does(run: str, secret: str) -> None:
    def takes(times: int) -> float:
        body = b"\\u0068" + run.encode() * times
        started = time.thread_time()
        SecretMask(secret).body(body)
        return time.thread_time() - started

    short = max(takes(2_000) for _ in range(3))
    assert takes(200_000) < 1_000 * short + 1  # a hundred times as long; it was ten thousand times
