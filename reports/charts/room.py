"""Where a label has the most room: among places that would do, the one that hides least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.charts.canvas import Placed
from reports.charts.svg import Point

NEVER = 1000.0  # what it costs to lie on another text


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line that a label should not lie on, and how much it matters."""

    start: Point
    end: Point
    cost: float


@dataclass(frozen=True, slots=True)
class Place:
    """The box of a label in pixels, y downwards, and how much less it is liked than the usual place."""

    left: float
    top: float
    right: float
    bottom: float
    dislike: float = 0.0


def freest(places: Sequence[Place], strokes: Sequence[Stroke], texts: Sequence[Placed]) -> Place:
    """The place that costs least; of equal ones the first. Raises ValueError without any place.

    >>> line = Stroke((5.0, -9.0), (5.0, 9.0), cost=10.0)
    >>> freest([Place(0.0, 0.0, 8.0, 4.0), Place(6.0, 0.0, 14.0, 4.0, dislike=1.0)], [line], []).left
    6.0
    """
    return min(places, key=lambda place: _cost(place, strokes, texts))


def _cost(place: Place, strokes: Sequence[Stroke], texts: Sequence[Placed]) -> float:
    on_text = sum(
        place.left < text.right and text.left < place.right and place.top < text.bottom and text.top < place.bottom
        for text in texts
    )
    return place.dislike + NEVER * on_text + sum(stroke.cost for stroke in strokes if crosses(stroke, place))


def crosses(stroke: Stroke, place: Place) -> bool:
    """Whether a line has a point inside a box (Liang and Barsky 1984).

    >>> box = Place(0.0, 0.0, 10.0, 4.0)
    >>> crosses(Stroke((-5.0, 2.0), (15.0, 2.0), 1.0), box), crosses(Stroke((-5.0, 5.0), (15.0, 5.0), 1.0), box)
    (True, False)
    """
    (x, y), (end_x, end_y) = stroke.start, stroke.end
    dx, dy = end_x - x, end_y - y
    first, last = 0.0, 1.0
    for step, room in ((-dx, x - place.left), (dx, place.right - x), (-dy, y - place.top), (dy, place.bottom - y)):
        if step == 0:
            if room < 0:
                return False
        elif step < 0:
            first = max(first, room / step)
        else:
            last = min(last, room / step)
    return first <= last
