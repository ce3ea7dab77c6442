"""Bytes for the world's weights and data, which have only a name and a size: generated on request.

The same file has the same bytes each time, whatever range is read. Rows of a `.jsonl` can be read, a
`.safetensors` begins with a header of one tensor that fills the file, and other formats begin with their
magic bytes. The SHA-256 differs from the listed one, since no file with that SHA-256 ever existed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

PIECE = 64 * 1024  # bytes of noise, which repeat
ROW = 120  # bytes of a row of JSON, as the world's sizes count them
MAGIC = {"gguf": b"GGUF\x03" + bytes(19), "parquet": b"PAR1"}  # version 3, no tensor, no key


@dataclass(frozen=True)
class MadeBytes:
    """A file of the world, readable in any range; only one piece of it is in memory at a time."""

    path: str
    sha256: str
    size: int

    def between(self, first: int, last: int) -> Iterator[bytes]:
        """The bytes from `first` to `last`, both included, piece by piece."""
        if self._format == "jsonl":
            yield from self._rows(first, last)
            return
        head = self._head()
        if first < len(head):
            yield head[first : last + 1]
        first = max(first, len(head))
        noise = hashlib.shake_128(self.sha256.encode()).digest(PIECE)
        while first <= last:
            at = first % PIECE
            piece = noise[at : at + last + 1 - first]
            yield piece
            first += len(piece)

    @property
    def _format(self) -> str:
        return self.path.rpartition(".")[2].lower()

    def _head(self) -> bytes:
        head = MAGIC.get(self._format, b"")
        if self._format == "safetensors" and self.size > 2 * ROW:
            left = self.size - ROW  # the first eight give the header's length
            tensor = {"dtype": "U8", "shape": [left], "data_offsets": [0, left]}
            text = json.dumps({"made": tensor}, separators=(",", ":")).encode().ljust(ROW - 8)
            head = len(text).to_bytes(8, "little") + text
        return head[: self.size]

    def _rows(self, first: int, last: int) -> Iterator[bytes]:
        for number in range(first // ROW, last // ROW + 1):
            word = hashlib.sha256(f"{self.sha256} {number}".encode()).hexdigest()
            row = json.dumps({"id": number, "text": f"made for the local Hub: {word}"}).encode()
            row = row.ljust(ROW - 1) + b"\n"
            yield row[max(0, first - number * ROW) : last + 1 - number * ROW]
