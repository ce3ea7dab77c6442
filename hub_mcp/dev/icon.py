"""The icon, told once as a few shapes and drawn from them as SVG and as PNG; run by hand after a change.

    python -m hub_mcp.dev icon

A hub and its spokes; one of the ends is a different colour: the one that asks before it lets anything go.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "server"
SIDE = 64  # of the drawing, in its own units

NIGHT, AMBER, PAPER, CORAL = "#1d2545", "#ffc42e", "#f4f1e8", "#ff6f59"


@dataclass(frozen=True)
class Line:
    """A stroke with round ends; one of no length is a dot."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    colour: str

    def distance(self, x: float, y: float) -> float:
        """How far outside of the stroke a point is; negative within it."""
        dx, dy = self.x2 - self.x1, self.y2 - self.y1
        length = dx * dx + dy * dy
        along = max(0.0, min(1.0, ((x - self.x1) * dx + (y - self.y1) * dy) / length)) if length else 0.0
        return math.hypot(x - self.x1 - along * dx, y - self.y1 - along * dy) - self.width / 2

    def svg(self) -> str:
        if (self.x1, self.y1) == (self.x2, self.y2):
            return f'<circle cx="{self.x1:g}" cy="{self.y1:g}" r="{self.width / 2:g}" fill="{self.colour}"/>'
        return (
            f'<path d="M{self.x1:g} {self.y1:g}L{self.x2:g} {self.y2:g}" stroke="{self.colour}"'
            f' stroke-width="{self.width:g}" stroke-linecap="round"/>'
        )


@dataclass(frozen=True)
class Tile:
    """The square behind it all, with round corners."""

    corner: float
    colour: str

    def distance(self, x: float, y: float) -> float:
        half = SIDE / 2 - self.corner
        dx, dy = abs(x - SIDE / 2) - half, abs(y - SIDE / 2) - half
        return math.hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - self.corner

    def svg(self) -> str:
        return f'<rect width="{SIDE}" height="{SIDE}" rx="{self.corner:g}" fill="{self.colour}"/>'


def shapes() -> Iterator[Line | Tile]:
    """The drawing, from back to front."""
    middle, reach, ends = SIDE / 2, 20.0, 6
    yield Tile(15, NIGHT)
    places = [math.radians(60 * n - 90) for n in range(ends)]
    points = [
        (round(middle + reach * math.cos(a), 2), round(middle + reach * math.sin(a), 2)) for a in places
    ]
    for x, y in points:
        yield Line(middle, middle, x, y, 3.6, AMBER)
    for n, (x, y) in enumerate(points):
        yield Line(x, y, x, y, 9.6, CORAL if n == 1 else PAPER)
    yield Line(middle, middle, middle, middle, 21, AMBER)
    yield Line(middle, middle, middle, middle, 9, NIGHT)


def svg() -> str:
    inside = "".join(shape.svg() for shape in shapes())
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{inside}</svg>\n'


def png(size: int) -> bytes:
    """The drawing as a square PNG; each edge is smoothed over one pixel."""
    drawn = [(shape, bytes.fromhex(shape.colour[1:])) for shape in shapes()]
    rows = bytearray()
    for row in range(size):
        rows.append(0)
        for column in range(size):
            rows += _pixel(drawn, (column + 0.5) * SIDE / size, (row + 0.5) * SIDE / size, size / SIDE)
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _pixel(drawn: list[tuple[Line | Tile, bytes]], x: float, y: float, scale: float) -> bytes:
    colour, alpha = (0.0, 0.0, 0.0), 0.0
    for shape, ink in drawn:
        cover = max(0.0, min(1.0, 0.5 - shape.distance(x, y) * scale))
        if cover and not alpha:
            colour, alpha = (float(ink[0]), float(ink[1]), float(ink[2])), cover
        elif cover:
            red, green, blue = (old + (new - old) * cover for old, new in zip(colour, ink, strict=True))
            colour, alpha = (red, green, blue), alpha + (1 - alpha) * cover
    return bytes([*(round(one) for one in colour), round(alpha * 255)])


def draw() -> None:
    """Write the icon's files beside the server that shows them."""
    (FOLDER / "icon.svg").write_bytes(svg().encode())
    (FOLDER / "icon-48.png").write_bytes(png(48))
    (FOLDER / "icon.png").write_bytes(png(512))
