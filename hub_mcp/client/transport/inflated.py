"""The body of one answer, decompressed piece by piece within limits that the Hub's answers never reach.

The limit applies to the decompressed size, during decompression: a small body that grows a thousandfold stops
at the limit. Parsed JSON with many tiny parts takes a hundred times its bytes, so parts are counted too.

The largest recorded answer (a model with 20,000 files) has 1.3 MB and 60,000 parts.
"""

from __future__ import annotations

import zlib

from hub_mcp.errors import NotAHub

LARGEST = 8 * 2**20  # bytes of one answer
MOST_PARTS = 300_000  # brackets, commas and colons in JSON
PARTS = (b"[", b"{", b",", b":")
FILE = b"PAR1"  # parquet files, which are not parsed as JSON
ASK_FOR_LESS = "Ask for less: a smaller `limit`, fewer `fields`."
GZIP, ZLIB, BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Inflated:
    """A body that grows as its pieces arrive.

    Args:
        encoding: its Content-Encoding.

    Raises:
        NotAHub: it has several encodings, or one that was not requested.
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
        """Add a piece as received.

        Raises:
            NotAHub: it makes the body too large, or cannot be decompressed.
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
            return b""  # data after the end is not ours, and zlib would keep it
        try:
            try:
                found = self._unpacks.decompress(piece, room)
            except zlib.error:
                if self._began or self._kind != "deflate":
                    raise
                self._unpacks = zlib.decompressobj(BARE)  # some servers send raw deflate
                found = self._unpacks.decompress(piece, room)
        except zlib.error as trouble:
            raise NotAHub("The answer's compression cannot be read.") from trouble
        self._began = self._began or bool(piece)
        return found

    def whole(self, *, counted: bool = True) -> bytes:
        """The complete body; its parts are counted if it may be JSON.

        Raises:
            NotAHub: its compressed data is truncated, or it has too many parts.
        """
        if self._unpacks is not None and self._began and not self._unpacks.eof:
            raise NotAHub("The answer's compression cannot be read.")
        parts = sum(self._body.count(part) for part in PARTS) if counted else 0
        if parts > MOST_PARTS and not self._body.startswith(FILE):
            raise NotAHub(
                f"The answer has more than {MOST_PARTS:,} parts; it was not read.", advice=ASK_FOR_LESS
            )
        return bytes(self._body)
