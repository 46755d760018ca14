"""What measures tell of each other: a dimension is the mean of its themes, the overall that of its dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.statistics.sums import Floats

_ROUNDS = 20
_DUST = 1e-9


@dataclass(frozen=True, slots=True)
class Whole:
    """A measure that is the mean of others where everybody answered everything; the weights add up to 1."""

    measure: str
    parts: tuple[str, ...]
    weights: tuple[float, ...]


Bounds = Mapping[str, tuple[Floats, Floats]]
"""The least and the most that each value of a measure can be; an array has one entry for each authority."""


def narrowed(bounds: Bounds, truth: Mapping[str, Floats], wholes: Sequence[Whole]) -> dict[str, tuple[Floats, Floats]]:
    """The same bounds, as far as measures narrow each other.

    With parts p of weights w_p, a whole is sum of w_p p + e; e is what people who skipped questions move. The
    attacker is taken to know e, which gives more than anybody has. So the whole lies between sum of w_p low_p + e
    and sum of w_p high_p + e, and a part between (low - e - sum of the others' w high) / w and the same with the
    ends changed round; again until nothing moves. The equations of an authority form a tree, so that this finds
    what a linear programme over all of them would. An authority without one of the figures (NaN in `truth`) has no
    equation. Points. Methodology 10, rule 8.

    >>> one = {"overall": 60.0, "a": 55.0, "b": 65.0}
    >>> truth = {code: np.array([value]) for code, value in one.items()}
    >>> wide = {"overall": (50.0, 62.0), "a": (50.0, 90.0), "b": (60.0, 72.0)}
    >>> bounds = {code: tuple(np.array([end]) for end in ends) for code, ends in wide.items()}
    >>> half = Whole("overall", ("a", "b"), (0.5, 0.5))
    >>> found = narrowed(bounds, truth, [half])                     # a is at most 2 * 62 - 60, the overall at least 55
    >>> {code: (float(low[0]), float(high[0])) for code, (low, high) in found.items()}
    {'overall': (55.0, 62.0), 'a': (50.0, 64.0), 'b': (60.0, 72.0)}
    """
    found = {code: (low.copy(), high.copy()) for code, (low, high) in bounds.items()}
    known = [one for one in wholes if {one.measure, *one.parts} <= set(found)]
    for _ in range(_ROUNDS):
        moved = [_narrow(found, truth, one) for one in known]
        if not any(moved):
            break
    return found


def _narrow(found: Mapping[str, tuple[Floats, Floats]], truth: Mapping[str, Floats], one: Whole) -> bool:
    """One equation, for all authorities; whether it narrowed anything."""
    weights = np.array(one.weights)[:, np.newaxis]
    apart = truth[one.measure] - sum(w * truth[part] for w, part in zip(one.weights, one.parts, strict=True))
    there = ~np.isnan(apart)
    low, high = (weights * np.stack([found[part][end] for part in one.parts]) for end in (0, 1))
    least, most = low.sum(axis=0), high.sum(axis=0)
    whole = found[one.measure]
    moved = _take(whole, (least + apart, most + apart), there)
    for at, (part, weight) in enumerate(zip(one.parts, one.weights, strict=True)):
        others = ((whole[0] - apart - (most - high[at])) / weight, (whole[1] - apart - (least - low[at])) / weight)
        moved |= _take(found[part], others, there)
    return moved


def _take(ends: tuple[Floats, Floats], new: tuple[Floats, Floats], there: NDArray[np.bool_]) -> bool:
    better = there & (new[0] > ends[0] + _DUST), there & (new[1] < ends[1] - _DUST)
    ends[0][better[0]] = new[0][better[0]]
    ends[1][better[1]] = new[1][better[1]]
    return bool(better[0].any() or better[1].any())
