"""What every picture has: heading, key of the marks, and the line at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from reports.charts import style, typeface
from reports.charts.canvas import Canvas
from reports.charts.style import Size
from reports.charts.svg import Point
from reports.narrative import Caption
from reports.wording import text

Mark: TypeAlias = Literal[
    "own", "own_line", "quartiles", "median_tick", "median_line", "before", "diamond", "square", "zone", "upright", "level",
    "dashed", "solid", "point", "point_outside",
]  # fmt: skip
_MARK_WIDTH = 30.0


def begin(caption: Caption, key: Sequence[tuple[Mark, str]], size: Size) -> tuple[Canvas, float]:
    """A canvas with heading and key; returns it with the y where the picture itself may begin."""
    canvas = Canvas(style.WIDTH[size])
    margin, heading = style.MARGIN[size], style.HEADING[size]
    y = canvas.paragraph(
        (margin, margin + heading * 0.8),
        caption.heading,
        size=heading,
        width=canvas.width - 2 * margin,
        colour=style.INK,
        weight="bold",
    )
    return canvas, _key(canvas, key, size, y)


def finish(canvas: Canvas, caption: Caption, size: Size, y: float) -> Canvas:
    """Writes the foot below `y` and sets the height. Made-up data are called so in the picture itself."""
    margin, small = style.MARGIN[size], style.SMALL[size]
    line = caption.line
    if caption.demonstration:
        line = f"{line} {text('note.demonstration', caption.language)}".strip()
    if line:
        y = canvas.paragraph((margin, y + small), line, size=small, width=canvas.width - 2 * margin, colour=style.QUIET)
    canvas.height = y + margin - small * 0.6
    return canvas


def _key(canvas: Canvas, key: Sequence[tuple[Mark, str]], size: Size, y: float) -> float:
    margin, small = style.MARGIN[size], style.SMALL[size]
    right = canvas.width - margin
    face = typeface.load("regular")
    x, gap = margin, 18.0
    for mark, words in key:
        needed = _MARK_WIDTH + face.width(words, small)
        if x > margin and x + needed > right:
            x, y = margin, y + small * style.LEADING
        _draw_mark(canvas, mark, x, y - small * 0.34)
        lines = typeface.wrapped(words, weight="regular", size=small, width=right - x - _MARK_WIDTH)
        for line in lines:
            canvas.text((x + _MARK_WIDTH, y), line, size=small, colour=style.QUIET)
            y += small * style.LEADING
        y -= small * style.LEADING
        x = x + needed + gap if len(lines) == 1 else right
    return y + small * 0.9


def square(canvas: Canvas, centre: Point, half: float, name: str = "") -> None:
    """An empty square, so that what lies in the same place is seen in it."""
    x, y = centre
    corners = [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    canvas.chain([*corners, *corners[:2]], colour=style.SAID, width=2.6, name=name)


def diamond(canvas: Canvas, centre: Point, half: float, name: str = "") -> None:
    """An empty diamond: a group that is no part of the score."""
    x, y = centre
    corners = [(x - half, y), (x, y - half), (x + half, y), (x, y + half)]
    canvas.chain([*corners, *corners[:2]], colour=style.INK, width=2.2, name=name)


def _draw_mark(canvas: Canvas, mark: Mark, x: float, y: float) -> None:
    middle, end = x + 11, x + 22
    if mark in ("own", "own_line"):
        canvas.line((x, y), (end, y), colour=style.OWN, width=style.WHISKER)
        canvas.lines([((bound, y - 5), (bound, y + 5)) for bound in (x, end)], colour=style.OWN, width=2)
        canvas.dot((middle, y), 4.5, fill=style.OWN, edge=style.PAPER, width=1)
    elif mark == "quartiles":
        canvas.box(x, y - 6, 22, 12, fill=style.PEERS, edge=style.PEERS_EDGE)
    elif mark == "median_tick":
        canvas.line((middle, y - 9), (middle, y + 9), colour=style.MEDIAN, width=style.WHISKER)
    elif mark == "median_line":
        canvas.chain([(x, y), (end, y)], colour=style.MEDIAN, width=2.2, dashes=(6, 4))
    elif mark == "square":
        square(canvas, (middle, y), 6.5)
    elif mark == "diamond":
        diamond(canvas, (middle, y), 6.5)
    elif mark == "before":
        canvas.dot((middle, y), 5, fill=style.PAPER, edge=style.OWN, width=2.2)
    else:
        _draw_other_mark(canvas, mark, x, y)


def _draw_other_mark(canvas: Canvas, mark: Mark, x: float, y: float) -> None:
    """Marks of pictures that are about differences, or about all authorities at once."""
    middle, end = x + 11, x + 22
    if mark == "zone":
        canvas.box(x, y - 6, 22, 12, fill=style.ZONE, edge=style.PEERS_EDGE)
    elif mark == "upright":
        canvas.line((middle, y - 9), (middle, y + 9), colour=style.OWN, width=2)
        canvas.line((middle - 4, y), (middle + 4, y), colour=style.OWN, width=3)
    elif mark == "level":
        canvas.line((x, y), (end, y), colour=style.MEDIAN, width=2)
    elif mark in ("dashed", "solid"):
        canvas.chain([(x, y), (end, y)], colour=style.QUIET, width=1.6, dashes=(4, 3) if mark == "dashed" else ())
    else:
        fill = style.SAID if mark == "point_outside" else style.PAPER
        canvas.points([(middle, y)], 4.0, fill=fill, edge=style.SAID if mark == "point_outside" else style.OWN)
