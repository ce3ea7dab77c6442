"""The body of one answer, unpacked piece by piece within the bounds that an answer of the Hub's keeps.

What counts is what was unpacked, while it is unpacked: a small body that grows a thousandfold is stopped at
the bound. JSON of many tiny parts costs a hundred times its bytes once it is read, so parts are counted too.

The largest answer that was recorded (a model of 20,000 files) has 1.3 MB and 60,000 parts.
"""

from __future__ import annotations

import zlib

from hub_mcp.errors import NotAHub

LARGEST = 8 * 2**20  # bytes of one answer
MOST_PARTS = 300_000  # brackets, commas and colons in it
PARTS = (b"[", b"{", b",", b":")
FILE = b"PAR1"  # a parquet file, which nobody reads as JSON
ASK_FOR_LESS = "Ask for less: a smaller `limit`, fewer `fields`."
GZIP, ZLIB, BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Inflated:
    """A body that grows as its pieces arrive.

    Args:
        encoding: the Content-Encoding it came with.

    Raises:
        NotAHub: it is packed more than once, or in a way that was not asked for.
    """

    def __init__(self, encoding: str) -> None:
        names = [
            name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")
        ]
        if len(names) > 1 or (names and names[0] not in ("gzip", "x-gzip", "deflate")):
            raise NotAHub("The answer's compression cannot be read.")
        self._kind = names[0] if names else ""
        self._unpacks = zlib.decompressobj(ZLIB if self._kind == "deflate" else GZIP) if names else None
        self._body = bytearray()
        self._began = False

    def __len__(self) -> int:
        return len(self._body)

    def take(self, piece: bytes) -> None:
        """One more piece, as it was sent.

        Raises:
            NotAHub: it makes the body too large, or cannot be unpacked.
        """
        room = LARGEST + 1 - len(self._body)
        self._body += piece[:room] if self._unpacks is None else self._unpacked(piece, room)
        if len(self._body) > LARGEST:
            raise NotAHub(
                f"The answer is larger than {LARGEST // 2**20} MiB; it was not read further.",
                advice=ASK_FOR_LESS,
            )

    def _unpacked(self, piece: bytes, room: int) -> bytes:
        if self._unpacks is None or self._unpacks.eof:
            return b""  # what follows the end is nothing of ours, and zlib would keep it
        try:
            try:
                found = self._unpacks.decompress(piece, room)
            except zlib.error:
                if self._began or self._kind != "deflate":
                    raise
                self._unpacks = zlib.decompressobj(BARE)  # some send deflate without its wrapping
                found = self._unpacks.decompress(piece, room)
        except zlib.error as trouble:
            raise NotAHub("The answer's compression cannot be read.") from trouble
        self._began = self._began or bool(piece)
        return found

    def whole(self, *, counted: bool = True) -> bytes:
        """The whole body; its parts are counted where it may be JSON.

        Raises:
            NotAHub: its compression ends too early, or it has more parts than an answer can have.
        """
        if self._unpacks is not None and self._began and not self._unpacks.eof:
            raise NotAHub("The answer's compression cannot be read.")
        parts = sum(self._body.count(part) for part in PARTS) if counted else 0
        if parts > MOST_PARTS and not self._body.startswith(FILE):
            raise NotAHub(
                f"The answer has more than {MOST_PARTS:,} parts; it was not read.",
                advice=ASK_FOR_LESS,
            )
        return bytes(self._body)
