"""Panels: small pictures of one scale beside and below each other, for pictures with every authority in them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reports.charts import style, typeface
from reports.charts.canvas import Canvas
from reports.charts.style import Size

_LEFT, _GAP = 30.0, 14.0  # room for the numbers of the scale, and between two panels
_TICK = 25


@dataclass(frozen=True, slots=True)
class Place:
    """Where the scale of one panel lies: `low` at the bottom, `high` at the top."""

    left: float
    right: float
    top: float
    bottom: float
    low: float = 0.0
    high: float = 100.0

    def y(self, score: float) -> float:
        return self.bottom - (self.bottom - self.top) * (score - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Grid:
    """So many columns, panels so high, and what stands below each besides its distance to the next."""

    columns: int
    height: float
    below: float
    scale: tuple[float, float] = (0.0, 100.0)

    def over(self, scores: Iterable[float]) -> Grid:
        """The same with one scale for all panels, from a multiple of 25 to another, at least 50 apart.

        Hundreds of bars are read by where they lie beside each other, not by how far they are from nought.

        >>> Grid(1, 100.0, 0.0).over([41.0, 68.0]).scale
        (25.0, 75.0)
        """
        known = list(scores) or [0.0, 100.0]
        low, high = _TICK * math.floor(min(known) / _TICK), _TICK * math.ceil(max(known) / _TICK)
        while high - low < 2 * _TICK:
            low, high = max(low - _TICK, 0), min(high + _TICK, 100)
        return replace(self, scale=(float(low), float(high)))


def places(canvas: Canvas, titles: Sequence[str], top: float, grid: Grid, size: Size) -> tuple[list[Place], float]:
    """Draws the title and the scale of each panel; gives where they lie, and where the picture goes on."""
    small, margin = style.SMALL[size], style.MARGIN[size]
    width = (canvas.width - 2 * margin + _GAP) / grid.columns
    found, y = [], top
    for start in range(0, len(titles), grid.columns):
        row = titles[start : start + grid.columns]
        lines = [typeface.wrapped(one, weight="bold", size=small, width=width - _GAP) for one in row]
        first = y + max(len(one) for one in lines) * small * style.LEADING + 8
        for place, words in enumerate(lines):
            left = margin + place * width
            for number, line in enumerate(words):
                baseline = first - 10 - (len(words) - 1 - number) * small * style.LEADING
                canvas.text((left, baseline), line, size=small, weight="bold")
            at = Place(left + _LEFT, left + width - _GAP, first, first + grid.height, *grid.scale)
            _scale(canvas, at, small)
            found.append(at)
        y = first + grid.height + grid.below
    return found, y


def _scale(canvas: Canvas, at: Place, small: float) -> None:
    ticks = range(int(at.low), int(at.high) + 1, _TICK)
    ends = [((at.left, at.y(value)), (at.right, at.y(value))) for value in ticks]
    canvas.lines(ends, colour=style.WEB, width=0.8)
    for value in ticks:
        place = (at.left - 5, at.y(value) + small * 0.3)
        canvas.text(place, str(value), size=small - 3, colour=style.QUIET, anchor="end")
