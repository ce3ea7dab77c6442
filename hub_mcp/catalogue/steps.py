"""Calls that only precede another call: they are not tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from hub_mcp.catalogue.declaration import type_arguments
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.http import Line

C = TypeVar("C")
S = TypeVar("S", bound=type[Endpoint[Any]])

Steps = Generator[Endpoint[Any], Any, C]  # yields calls, receives the answer to each, and returns a call


def step(line: Line) -> Callable[[S], S]:
    """The decorator of such a call: it sets its HTTP line without registering it in the catalogue."""

    def declared(cls: S) -> S:
        words = re.findall("[A-Z][a-z]*", cls.__name__)
        cls.line = line
        cls.tool = "_".join(words).lower()
        cls.label = " ".join([words[0], *(word.lower() for word in words[1:])])
        cls.area = cls.__module__.rpartition(".")[2]
        cls.answer = type_arguments(cls, Endpoint)[-1]
        return cls

    return declared
