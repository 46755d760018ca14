"""What may be said of how evenly a staff answered, and of what another choice of method would move."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reports.rules import Rules

if TYPE_CHECKING:
    from reports.quality import Json

_HIDDEN: Mapping[str, None] = {"r_indicator": None, "worst_bias": None}
_STEP = 5.0


def representativeness(value: Json) -> Json:
    """The word always; R to two decimals and the bias to whole points only where they tell about no small group.

    With the headcounts and the response, both well known, R and the bias tell how many answered in each cell.
    Methodology 3.1, and 10, rule 6.

    >>> one = {"word": "uneven", "tellable": True, "r_indicator": 0.7123, "worst_bias": {"overall": 4.44}}
    >>> representativeness({"A": one})
    {'A': {'word': 'uneven', 'tellable': True, 'r_indicator': 0.71, 'worst_bias': {'overall': 4.0}}}
    >>> representativeness({"A": one | {"tellable": False}})["A"]["r_indicator"] is None
    True
    """
    if not isinstance(value, Mapping):
        return value
    return {code: _one(one) for code, one in value.items()}


def sensitivity(value: Json) -> Json:
    """Which figures would move, not by how much: the difference would tell about the few people who make it.
    Methodology 2.2, 2.4 and 10.

    >>> sensitivity({"careless": {"A": {"overall": 2.5}}})
    {'careless': {'A': ['overall']}}
    """
    if not isinstance(value, Mapping):
        return value
    return {kind: {code: list(one) for code, one in found.items()} for kind, found in _mappings(value).items()}


def disagreement(value: Json, rules: Rules) -> Json:
    """On what officers disagree, always; the middle half of their scores as whole distributions are, by fives.

    A quartile tells more of a distribution than three shares do, so it takes as many answers as five.
    Methodology 4, and 10, rule 5.

    >>> one = {"n": 30, "lower": 37.5, "upper": 71.2}
    >>> disagreement({"A": {"agile": one, "silos": one | {"n": 29}}}, Rules())["A"]
    {'agile': {'n': 30, 'lower': 40.0, 'upper': 70.0}, 'silos': {'n': 29, 'lower': None, 'upper': None}}
    """
    if not isinstance(value, Mapping):
        return value
    return {
        code: {measure: _halves(one, rules) for measure, one in found.items()}
        for code, found in _mappings(value).items()
    }


def _halves(one: Json, rules: Rules) -> Json:
    if not isinstance(one, Mapping):
        return None
    n, ends = one.get("n"), (one.get("lower"), one.get("upper"))
    told = isinstance(n, int) and n >= rules.distribution_full
    lower, upper = (_STEP * math.floor(end / _STEP + 0.5) if told and isinstance(end, float) else None for end in ends)
    return {"n": n, "lower": lower, "upper": upper}


def _one(one: Json) -> Json:
    if not isinstance(one, Mapping):
        return None
    if one.get("tellable") is not True:
        return {**one, **_HIDDEN}
    indicator, bias = one.get("r_indicator"), one.get("worst_bias")
    return {
        **one,
        "r_indicator": round(indicator, 2) if isinstance(indicator, float) else None,
        "worst_bias": {measure: _whole(points) for measure, points in bias.items()}
        if isinstance(bias, Mapping)
        else None,
    }


def _whole(points: Json) -> float | None:
    return round(points, 0) if isinstance(points, float) else None


def _mappings(value: Mapping[str, Json]) -> dict[str, Mapping[str, Mapping[str, Json]]]:
    return {kind: found for kind, found in value.items() if isinstance(found, Mapping)}  # type: ignore[misc]
