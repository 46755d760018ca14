"""The funnel: every authority by how many answers stand behind it, with the limits of what is usual."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.charts import furniture, panels, style
from reports.charts.canvas import Canvas
from reports.charts.furniture import Mark
from reports.charts.panels import Grid, Place
from reports.charts.style import Size
from reports.narrative import Caption
from reports.places_reading import Points
from reports.wording import text, whole

_GRID: dict[Size, Grid] = {"wide": Grid(2, 190.0, 48.0), "narrow": Grid(1, 170.0, 48.0)}
_TICKS = tuple(digit * 10**power for power in range(7) for digit in (1, 2, 5))
_RADIUS, _CLOSE = 3.0, 26.0  # of a point; pixels between two numbers of the scale at least


def funnel(shown: Sequence[Points], caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG: a panel a dimension; twice as many answers are equally far to the right everywhere."""
    return draw(shown, caption, size=size).svg(
        title=caption.heading, description=caption.sentence, language=caption.language
    )


def draw(shown: Sequence[Points], caption: Caption, *, size: Size = "wide") -> Canvas:
    """The picture before it is written."""
    key: list[tuple[Mark, str]] = [
        ("point", text("places.inside")),
        ("point_outside", text("places.outside")),
        ("level", text("places.centre")),
        ("dashed", text("places.inner")),
        ("solid", text("places.outer")),
    ]
    canvas, top = furniture.begin(caption, key, size)
    marks = [score for one in shown for _, score, _ in one.points]
    grid = _GRID[size].over([*marks, *(value for one in shown for at in one.limits for value in at[1:])])
    found, bottom = panels.places(canvas, [one.title for one in shown], top, grid, size)
    for one, at in zip(shown, found, strict=True):
        _panel(canvas, one, at, style.SMALL[size])
    return furniture.finish(canvas, caption, size, bottom)


def across(answers: float, ends: tuple[float, float], at: Place) -> float:
    """Where so many answers stand between the fewest and the most of a panel, on a logarithmic scale.

    >>> round(across(100.0, (10.0, 1000.0), Place(0.0, 200.0, 0.0, 100.0)), 6)
    100.0
    """
    low, high = (math.log(max(end, 1e-9)) for end in ends)
    share = 0.5 if high <= low else (math.log(max(answers, 1e-9)) - low) / (high - low)
    return at.left + (at.right - at.left) * share


def _panel(canvas: Canvas, one: Points, at: Place, small: float) -> None:
    ends = (min(n for n, _, _ in one.points) * 0.9, max(n for n, _, _ in one.points) * 1.1)
    lines = list(zip(*one.limits, strict=True))
    x = [across(n, ends, at) for n in lines[0]]
    for name, column, dashes in (
        ("lower-outer", 1, ()),
        ("lower-inner", 2, (4, 3)),
        ("upper-inner", 4, (4, 3)),
        ("upper-outer", 5, ()),
    ):
        along = [(left, at.y(value)) for left, value in zip(x, lines[column], strict=True)]
        canvas.chain(along, colour=style.QUIET, width=1.4, dashes=dashes, name=f"{name}-{one.measure}")
    centre = at.y(lines[3][0])
    canvas.line((at.left, centre), (at.right, centre), colour=style.MEDIAN, width=1.4, name=f"centre-{one.measure}")
    for beyond, fill, edge in ((False, style.PAPER, style.OWN), (True, style.SAID, style.SAID)):
        chosen = [(across(n, ends, at), at.y(score)) for n, score, limit in one.points if (limit > 0) is beyond]
        if chosen:
            name = f"{'beyond' if beyond else 'within'}-{one.measure}"
            canvas.points(chosen, _RADIUS, fill=fill, edge=edge, name=name)
    _answers(canvas, ends, at, small)


def _answers(canvas: Canvas, ends: tuple[float, float], at: Place, small: float) -> None:
    last = -math.inf
    for tick in _TICKS:
        x = across(tick, ends, at)
        if ends[0] <= tick <= ends[1] and x - last >= _CLOSE:
            canvas.text((x, at.bottom + small), whole(tick), size=small - 3, colour=style.QUIET, anchor="middle")
            last = x
    words = text("places.answers")
    canvas.text((at.right, at.bottom + small * 2), words, size=small - 3, colour=style.QUIET, anchor="end")
