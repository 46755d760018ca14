"""What may be said of how evenly a staff answered, and of what another choice of method would move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.quality import Json

_HIDDEN: Mapping[str, None] = {"r_indicator": None, "worst_bias": None}


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
