"""Where a label has the most room: among places that would do, the one that hides least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.charts.canvas import Placed
from reports.charts.svg import Point

Floats: TypeAlias = NDArray[np.float64]
Booleans: TypeAlias = NDArray[np.bool_]
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
    boxes = np.array([(one.left, one.top, one.right, one.bottom, one.dislike) for one in places]).reshape(-1, 5)
    lines = np.array([(*one.start, *one.end, one.cost) for one in strokes]).reshape(-1, 5)
    letters = np.array([(one.left, one.top, one.right, one.bottom) for one in texts]).reshape(-1, 4)
    cost = boxes[:, 4] + NEVER * _overlaps(boxes, letters).sum(axis=1) + _crosses(lines, boxes) @ lines[:, 4]
    return places[int(np.argmin(cost))]


def crosses(stroke: Stroke, place: Place) -> bool:
    """Whether a line has a point inside a box.

    >>> box = Place(0.0, 0.0, 10.0, 4.0)
    >>> crosses(Stroke((-5.0, 2.0), (15.0, 2.0), 1.0), box), crosses(Stroke((-5.0, 5.0), (15.0, 5.0), 1.0), box)
    (True, False)
    """
    box = np.array([[place.left, place.top, place.right, place.bottom]])
    return bool(_crosses(np.array([[*stroke.start, *stroke.end]]), box)[0, 0])


def _overlaps(boxes: Floats, letters: Floats) -> Booleans:
    """Which boxes (rows) lie on which texts (columns)."""
    left, top, right, bottom = (boxes[:, [side]] for side in range(4))
    return (left < letters[:, 2]) & (letters[:, 0] < right) & (top < letters[:, 3]) & (letters[:, 1] < bottom)


def _crosses(lines: Floats, boxes: Floats) -> Booleans:
    """Which boxes (rows) hold a point of which lines (columns), all at once (Liang and Barsky 1984)."""
    x, y, dx, dy = lines[:, 0], lines[:, 1], lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]
    left, top, right, bottom = (boxes[:, [side]] for side in range(4))
    first, last = np.zeros((len(boxes), len(lines))), np.ones((len(boxes), len(lines)))
    for step, room in ((-dx, x - left), (dx, right - x), (-dy, y - top), (dy, bottom - y)):
        along = room / np.where(step == 0, 1.0, step)
        first = np.where(step < 0, np.maximum(first, along), first)
        last = np.where(step > 0, np.minimum(last, along), last)
        last = np.where((step == 0) & (room < 0), -1.0, last)  # beside the box and parallel to its side
    return first <= last
