"""Whether a change has been sent to the Hub; from then on, a cancellation waits for its outcome."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import anyio


class Departure:
    """Delays a cancellation from the moment a change is sent until the block ends.

        with Departure() as departure:
            answer = await hub.send(call, departure)
            ...  # record its outcome

    Attributes:
        left: the Hub may have received the request, so that a failure leaves the outcome unknown.
    """

    def __init__(self) -> None:
        self.left = False
        self._scope = anyio.CancelScope()

    def __enter__(self) -> Self:
        self._scope.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, where: TracebackType | None
    ) -> bool | None:
        return self._scope.__exit__(kind, trouble, where)

    def leaves(self) -> None:
        """The request is passed to the network."""
        self.left = True
        self._scope.shield = True

    def stays(self) -> None:
        """It was not sent: there was no connection, or the Hub did not process it."""
        self.left = False
        self._scope.shield = False
