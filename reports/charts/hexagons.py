"""The map of hexagons: one for each authority, of one size, with a shade that the key and the table say in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.charts import furniture, style, typeface
from reports.charts.canvas import Canvas
from reports.charts.style import Size
from reports.narrative import Caption

SHADES: Mapping[str, tuple[str, str]] = {
    "upper": ("#0b4f6c", "probably in the upper quarter"),
    "middle": ("#6d9db3", "probably in the middle half"),
    "lower": ("#d9b48f", "probably in the lower quarter"),
    "unknown": ("#8f9499", "cannot tell"),
    "other": ("#f1efea", "not named"),
    "most": ("#0b4f6c", "more than two thirds took part"),
    "half": ("#5d93ab", "a third to two thirds"),
    "few": ("#bcd5de", "a third or fewer"),
    "none": ("#ffffff", "none"),
}
"""Colour and words of each shade; every hexagon has an edge, so that none is told by its colour alone from the paper."""

_LARGEST: Mapping[Size, float] = {"wide": 17.0, "narrow": 11.0}


@dataclass(frozen=True, slots=True)
class Hexagon:
    """Column and row (row 0 at the top, odd rows half a hexagon to the right), shade, and whether it has a thick rim."""

    place: tuple[int, int]
    shade: str
    marked: bool = False


def hexagons(shown: Sequence[Hexagon], caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG."""
    return draw(shown, caption, size=size).svg(
        title=caption.heading, description=caption.sentence, language=caption.language
    )


def draw(shown: Sequence[Hexagon], caption: Caption, *, size: Size = "wide") -> Canvas:
    """The picture before it is written."""
    canvas, top = furniture.begin(caption, [], size)
    top = _key(canvas, shown, top, size)
    margin = style.MARGIN[size]
    columns = max((one.place[0] for one in shown), default=0) + 1.5
    radius = min(_LARGEST[size], (canvas.width - 2 * margin) / (columns * math.sqrt(3)))
    bottom = top
    for one in sorted(shown, key=lambda one: (one.marked, one.place)):
        column, row = one.place
        x = margin + math.sqrt(3) * radius * (column + 0.5 + 0.5 * (row % 2))
        y = top + radius * (1.0 + 1.5 * row)
        _hexagon(canvas, (x, y), radius * 0.96, one)
        bottom = max(bottom, y + radius)
    return furniture.finish(canvas, caption, size, bottom + 8)


def _hexagon(canvas: Canvas, centre: tuple[float, float], radius: float, one: Hexagon) -> None:
    x, y = centre
    turns = [math.pi / 6 + number * math.pi / 3 for number in range(6)]
    corners = [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
    canvas.outline(corners, fill=SHADES[one.shade][0], edge=style.PEERS_EDGE)
    if one.marked:
        canvas.chain([*corners, *corners[:2]], colour=style.INK, width=3.0, name="own")


def _key(canvas: Canvas, shown: Sequence[Hexagon], top: float, size: Size) -> float:
    """A hexagon and its words for each shade that is there, a line each where the picture is narrow."""
    margin, small = style.MARGIN[size], style.SMALL[size]
    face, x, y = typeface.load("regular"), margin, top
    present = {one.shade for one in shown}
    entries = [Hexagon((0, 0), shade) for shade in SHADES if shade in present]
    words = [SHADES[one.shade][1] for one in entries]
    if any(one.marked for one in shown):
        entries, words = [*entries, Hexagon((0, 0), "none", marked=True)], [*words, "your authority"]
    for one, said in zip(entries, words, strict=True):
        needed = 26.0 + face.width(said, small)
        if x > margin and x + needed > canvas.width - margin:
            x, y = margin, y + small * style.LEADING * 1.1
        _hexagon(canvas, (x + 9, y + small * 0.2), 8.0, one)
        canvas.text((x + 24, y + small * 0.5), said, size=small, colour=style.QUIET)
        x += needed + 16
    return y + small * 1.8
