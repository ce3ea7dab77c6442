"""Whether a change has left for the Hub: from then on its caller's leaving waits for what becomes of it."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import anyio


class Departure:
    """Holds a cancellation back from the moment a change leaves until the block ends.

        with Departure() as departure:
            answer = await hub.send(call, departure)
            ...  # write down what became of it

    Attributes:
        left: the Hub may have got the request, so that whatever breaks leaves the outcome open.
    """

    def __init__(self) -> None:
        self.left = False
        self._scope = anyio.CancelScope()

    def __enter__(self) -> Self:
        self._scope.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        where: TracebackType | None,
    ) -> bool | None:
        return self._scope.__exit__(kind, trouble, where)

    def leaves(self) -> None:
        """The request is handed to the network."""
        self.left = True
        self._scope.shield = True

    def stays(self) -> None:
        """It was not handed over: there was no connection, or the Hub did not look at it."""
        self.left = False
        self._scope.shield = False
