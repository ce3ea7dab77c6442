"""What tests of the transports share: a clock moved by hand, and a scripted peer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import httpx

Step = httpx.Response | Exception
BASE = "https://hub.test"


class Time:
    """A clock whose sleep only advances it; `slept` records each sleep."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class FarSide:
    """Answers requests step by step as the script says, repeating the last; `asked` keeps them."""

    def __init__(self, *script: Step | Callable[[httpx.Request], Step]) -> None:
        self.script = list(script)
        self.asked: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        answer = step(request) if callable(step) else step
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def rate(left: int, reset: int = 100, status: int = 200, quota: int = 500) -> httpx.Response:
    """An answer with what is left of the rate window."""
    headers = {
        "RateLimit": f'"api";r={left};t={reset}',
        "RateLimit-Policy": f'"fixed window";"api";q={quota};w=300',
    }
    return httpx.Response(status, headers=headers, json={})


def request(
    method: str = "GET", path: str = "/api/models", token: str = "", **extensions: object
) -> httpx.Request:
    """A request as the Hub's client makes it."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Request(method, BASE + path, headers=headers, extensions=extensions)


class Told:
    """Records reported waits."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def __call__(self, text: str) -> None:
        self.lines.append(text)


def statuses(answers: Iterable[httpx.Response]) -> list[int]:
    return [answer.status_code for answer in answers]
