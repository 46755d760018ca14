"""Differences around zero: one row a dimension, dot and whisker in points, beside them the middle half of authorities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.charts import furniture, style, typeface
from reports.charts.canvas import Canvas
from reports.charts.furniture import Mark
from reports.charts.precision import drawn
from reports.charts.style import Size
from reports.difference_reading import Difference, Differences
from reports.wording import signed, text, whole

_TITLES, _BESIDE, _NUMBER, _GAP = 190.0, 172.0, 40.0, 16.0
_STEP: dict[Size, float] = {"wide": 42.0, "narrow": 86.0}
_LEAST = 10.0  # points: a scale that is shorter would make little look like much
_TICKS = ((15.0, 5), (40.0, 10), (100.0, 25))


@dataclass(frozen=True, slots=True)
class _Plot:
    canvas: Canvas
    left: float
    right: float
    low: float
    high: float
    size: Size
    signed: bool

    def x(self, points: float) -> float:
        return self.left + (self.right - self.left) * (drawn(points) - self.low) / (self.high - self.low)

    def words(self, points: float) -> str:
        return signed(points) if self.signed else whole(points)


def differences(shown: Differences, *, size: Size = "wide") -> bytes:
    """The picture as SVG. Rows stand in their order; a withheld difference leaves an empty row that says so."""
    caption = shown.caption
    return draw(shown, size=size).svg(title=caption.heading, description=caption.sentence, language=caption.language)


def draw(shown: Differences, *, size: Size = "wide") -> Canvas:
    """The picture before it is written."""
    canvas, top = furniture.begin(shown.caption, _key(shown), size)
    plot = _plot(canvas, shown, size)
    step = _STEP[size]
    bottom = top + step * len(shown.rows)
    _scale(plot, shown, top, bottom)
    for place, row in enumerate(shown.rows):
        _row(plot, row, top + place * step)
    return furniture.finish(canvas, shown.caption, size, bottom + style.SMALL[size] * 2.2)


def reach(rows: Sequence[Difference]) -> float:
    """How many points the scale goes from zero: the furthest mark, rounded up to a multiple of five, 10 to 100.

    >>> reach([Difference("m", "Mindset", 6.0, -2.0, 14.2, "")])
    15.0
    """
    marks = [
        abs(drawn(mark))
        for row in rows
        for mark in (row.value, row.lower, row.upper, row.lower_quartile, row.median, row.upper_quartile)
        if mark is not None
    ]
    return min(max(_LEAST, 5.0 * math.ceil(max(marks, default=0.0) / 5.0 - 1e-9)), 100.0)


def _key(shown: Differences) -> list[tuple[Mark, str]]:
    key: list[tuple[Mark, str]] = []
    if any(row.value is not None for row in shown.rows):
        key.append(("own", shown.caption.own))
    if any(row.lower_quartile is not None for row in shown.rows):
        key.append(("quartiles", shown.caption.peers))
    if any(row.median is not None for row in shown.rows):
        key.append(("median_tick", text("picture.own_sector_plain")))
    if shown.zone is not None:
        key.append(("zone", text("gap.zone", points=whole(shown.zone))))
    return key


def _plot(canvas: Canvas, shown: Differences, size: Size) -> _Plot:
    margin, words = style.MARGIN[size], style.WORDS[size]
    far = reach(shown.rows)
    low = 0.0 if shown.zone is None else -far
    if size == "narrow":
        return _Plot(canvas, margin + 12, canvas.width - margin - 12, low, far, size, shown.zone is not None)
    titles = max((typeface.load("bold").width(row.title, words) for row in shown.rows), default=0.0)
    left = margin + min(titles, _TITLES) + _GAP
    right = canvas.width - margin - _BESIDE - _NUMBER - _GAP
    return _Plot(canvas, left, right, low, far, size, shown.zone is not None)


def _scale(plot: _Plot, shown: Differences, top: float, bottom: float) -> None:
    """The zone, zero as a line of its own, and ticks; narrow rows have their words above the marks."""
    small, step = style.SMALL[plot.size], _STEP[plot.size]
    part = 0.0 if plot.size == "wide" else 0.54
    starts = [top + place * step for place in range(len(shown.rows))]
    spans = [(top, bottom)] if plot.size == "wide" else [(row + step * part, row + step) for row in starts]
    if shown.zone is not None:
        edge = min(shown.zone, plot.high)
        for start, end in spans:
            plot.canvas.box(plot.x(-edge), start, plot.x(edge) - plot.x(-edge), end - start, fill=style.ZONE)
    tick = next(tick for most, tick in _TICKS if plot.high <= most)
    values = [value for value in range(-100, 101, tick) if plot.low <= value <= plot.high]
    ends = [((plot.x(value), start), (plot.x(value), end)) for value in values if value for start, end in spans]
    plot.canvas.lines(ends, colour=style.WEB, width=1)
    zero = [((plot.x(0.0), start), (plot.x(0.0), end)) for start, end in spans]
    plot.canvas.lines(zero, colour=style.QUIET, width=2, name="zero")
    for value in values:
        words = plot.words(value)
        plot.canvas.text((plot.x(value), bottom + small * 1.15), words, size=small, colour=style.QUIET, anchor="middle")


def _row(plot: _Plot, row: Difference, top: float) -> None:
    words, step = style.WORDS[plot.size], _STEP[plot.size]
    if plot.size == "narrow":
        margin = style.MARGIN["narrow"]
        plot.canvas.text((margin, top + words * 1.1), row.title, size=words, weight="bold")
        _beside(plot, row, (margin, top + words * 2.3))
        _marks(plot, row, top + step * 0.77)
        return
    middle = top + step / 2
    lines = typeface.wrapped(row.title, weight="bold", size=words, width=_TITLES)
    baseline = middle + words * 0.34 - (len(lines) - 1) * words * style.LEADING / 2
    for place, line in enumerate(lines):
        at = (plot.left - _GAP, baseline + place * words * style.LEADING)
        plot.canvas.text(at, line, size=words, weight="bold", anchor="end")
    _beside(plot, row, (plot.right + _GAP, middle + words * 0.34))
    _marks(plot, row, middle)


def _beside(plot: _Plot, row: Difference, place: tuple[float, float]) -> None:
    """The difference as a number, then what it means in words."""
    size = style.WORDS[plot.size]
    x, y = place
    told = row.value if row.value is not None else row.median
    colour = style.QUIET if told is None else style.OWN
    if told is not None:
        plot.canvas.text(place, plot.words(told), size=size, weight="bold", colour=colour)
        x += _NUMBER
    lines = typeface.wrapped(row.words, weight="regular", size=size, width=plot.canvas.width - x - 8)
    y -= (len(lines) - 1) * size * style.LEADING / 2
    for number, line in enumerate(lines):
        plot.canvas.text((x, y + number * size * style.LEADING), line, size=size, colour=colour)


def _marks(plot: _Plot, row: Difference, y: float) -> None:
    canvas = plot.canvas
    if row.lower_quartile is not None and row.upper_quartile is not None:
        left, right = plot.x(row.lower_quartile), plot.x(row.upper_quartile)
        look = {"fill": style.PEERS, "edge": style.PEERS_EDGE}
        canvas.box(left, y - 10, right - left, 20, **look, name=f"quartiles-{row.measure}")
    if row.median is not None:
        x = plot.x(row.median)
        canvas.line((x, y - 15), (x, y + 15), colour=style.MEDIAN, width=style.WHISKER, name=f"median-{row.measure}")
    if row.value is None:
        return
    if row.lower is not None and row.upper is not None:
        ends = (plot.x(max(row.lower, plot.low)), y), (plot.x(min(row.upper, plot.high)), y)
        canvas.line(*ends, colour=style.OWN, width=style.WHISKER, name=f"whisker-{row.measure}")
        canvas.lines([((x, y - style.CAP), (x, y + style.CAP)) for x, _ in ends], colour=style.OWN, width=2)
    at = (plot.x(row.value), y)
    canvas.dot(at, style.DOT, fill=style.OWN, edge=style.PAPER, width=1.2, name=f"dot-{row.measure}")
