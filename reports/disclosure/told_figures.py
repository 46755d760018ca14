"""What was told of a measure in every release, as figures over values: who is in which group, and who knows what."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reports.disclosure.interval_programme import Flags, Told
from reports.disclosure.order_statistics import LEAST, MOST, Between, Quantile
from reports.disclosure.relations import Whole
from reports.rules import Rules
from reports.statistics import bootstrap
from reports.statistics.sums import Floats, Ints

DEFAULTS = Rules()
_SHARES = (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75))
_SAME = 9  # decimals to which a score is the same in two releases


@dataclass(frozen=True)
class Shown:
    """A release as it is told: its menu (MENU), SCORES, BENCHMARKS and AVERAGE_OFFICER, withheld figures empty."""

    label: str
    menu: pd.DataFrame
    scores: pd.DataFrame
    benchmarks: pd.DataFrame
    average_officer: pd.DataFrame
    named: frozenset[str] = frozenset()  # authorities that chose to be named: others know their scores
    rules: Rules = DEFAULTS  # the seed of the bounds of the median is published
    parts: tuple[Shown, ...] = ()  # further figures of the same release, each about values of its own
    wholes: tuple[Whole, ...] = ()
    unit: float = 1.0  # the step to which its figures are rounded, in points of a scale of 0 to 100


@dataclass(frozen=True)
class Group:
    """The figures of a peer group on one measure; `release` is 0 for the new one."""

    release: int
    name: str
    members: Ints  # places among the values of the family
    quantiles: Mapping[float, float]
    others: int  # members whose score is withheld for another reason
    between: tuple[Between, ...] = ()
    unit: float = 1.0

    @property
    def is_new(self) -> bool:
        """Whether it is of the release that is to be told, so that it can still be dropped."""
        return self.release == 0

    @property
    def size(self) -> int:
        """How many values its figures are made of."""
        return len(self.members) + self.others


@dataclass(frozen=True)
class Family:
    """All that was ever told of one measure: a value for each authority and score that it had in any release.

    `at` has for each part of each release, in the order of `parts`, the place of an authority's value.
    """

    codes: tuple[str, ...]
    truth: Floats
    groups: tuple[Group, ...]
    named: Flags  # values that are told by name
    at: tuple[Mapping[str, int], ...] = field(default=())


@dataclass(frozen=True)
class Knowing:
    """What a coalition knows: values, its own and those that are told by name; and which of them are its own."""

    values: Flags
    own: Flags


def parts(shown: Sequence[Shown]) -> Iterator[tuple[int, Shown]]:
    """Every part of every release, with the place of its release."""
    for at, whole in enumerate(shown):
        for part in (whole, *whole.parts):
            yield at, part


def family(measure: str, shown: Sequence[Shown]) -> Family:
    """What was told of a measure; the first of `shown` is the new release."""
    place: dict[tuple[str, float], int] = {}
    groups: list[Group] = []
    places: list[Mapping[str, int]] = []
    for at, one in parts(shown):
        mine = _keys(one, measure)
        for key in mine.values():
            place.setdefault(key, len(place))
        places.append({code: place[key] for code, key in mine.items()})
        groups += _groups(at, one, measure, places[-1])
    codes, truth = [code for code, _ in place], [value for _, value in place]
    named = np.isin(codes, sorted(everybody_named(shown))) if codes else np.zeros(0, dtype=np.bool_)
    return Family(tuple(codes), np.array(truth, dtype=np.float64), tuple(groups), named, tuple(places))


def everybody_named(shown: Sequence[Shown]) -> frozenset[str]:
    """Who is named in any of the releases."""
    return frozenset().union(*(one.named for one in shown))


def knowing(found: Family, coalition: Collection[str]) -> Knowing:
    """What a coalition knows of the values of a measure."""
    own = np.isin(found.codes, sorted(coalition)) if found.codes else np.zeros(0, dtype=np.bool_)
    return Knowing(own | found.named, own)


def told(groups: Iterable[Group], mine: Knowing) -> list[Told]:
    """The figures of groups as somebody reads them; a correction repeats most of them: once is enough."""
    result: dict[tuple[object, ...], Told] = {}
    for group in groups:
        one = _told(group, mine.own)
        result.setdefault((*sorted(one.members.tolist()), one.quantiles, one.others, one.between), one)
    return list(result.values())


def average_rows(
    measure: str, shown: Iterable[Shown], named: Collection[str]
) -> tuple[list[str], list[dict[int, int]]]:
    """Means over all officers as sums of values with weights: the authority of each value, and a row for each mean."""
    values: dict[tuple[str, float], int] = {}
    rows: list[dict[int, int]] = []
    for one in shown:
        mean = one.average_officer[one.average_officer["measure"] == measure]
        if mean["score"].isna().all():
            continue
        scores = one.scores[(one.scores["measure"] == measure) & one.scores["score"].notna()]
        keys = zip(scores["authority"].astype(str), scores["score"].round(_SAME), strict=True)
        weights = scores["n"].to_numpy(dtype=np.int64).tolist()
        secret = [(key, n) for key, n in zip(keys, weights, strict=True) if key[0] not in named]
        rows.append({values.setdefault(key, len(values)): n for key, n in secret})
    return [code for code, _ in values], rows


def _keys(one: Shown, measure: str) -> dict[str, tuple[str, float]]:
    """An authority's value in a release: with the same score it is the same in another one."""
    scores = one.scores[(one.scores["measure"] == measure) & one.scores["score"].notna()]
    rounded = scores["score"].to_numpy(dtype=np.float64).round(_SAME)
    return {code: (code, value) for code, value in zip(scores["authority"].astype(str), rounded.tolist(), strict=True)}


def _groups(at: int, one: Shown, measure: str, place: Mapping[str, int]) -> Iterator[Group]:
    figures = one.benchmarks[one.benchmarks["measure"] == measure].set_index("peer_group").to_dict("index")
    for name, members in one.menu.groupby("peer_group", sort=False)["authority"]:
        row = figures.get(name, {})
        quantiles = {share: float(row[column]) for column, share in _SHARES if pd.notna(row.get(column))}
        counted = np.array([place[code] for code in members if code in place], dtype=np.int64)
        if quantiles and len(counted):
            others = max(int(row["n"]) - len(counted), 0)
            between = (*_bounds(row, one.rules), *_sides(row))
            yield Group(at, str(name), counted, quantiles, others, between, one.unit)


def _bounds(row: Mapping[Hashable, float], rules: Rules) -> tuple[Between, ...]:
    """Where the told bounds of a median stand among the values of its group, as whole numbers."""
    if pd.isna(row.get("median_lower")) or pd.isna(row.get("median_upper")):
        return ()
    places = bootstrap.bound_places(
        int(row["n"]), replicates=rules.bootstrap_replicates, seed=rules.seed, confidence=rules.confidence
    )
    figures = (round(row["median_lower"]), round(row["median_upper"]))
    return tuple(Between(*place, value - 0.5, value + 0.5) for place, value in zip(places, figures, strict=True))


def _sides(row: Mapping[Hashable, float]) -> tuple[Between, ...]:
    """So many are told to lie at least as far up as `above_least`, or as far down as `below_most`."""
    size, found = int(row["n"]), []
    if pd.notna(row.get("above")) and row["above"] > 0:
        found.append(Between(0, size - int(row["above"]), row["above_least"], MOST))
    if pd.notna(row.get("below")) and row["below"] > 0:
        found.append(Between(int(row["below"]) - 1, size, LEAST, row["below_most"]))
    return tuple(found)


def _told(group: Group, known: Flags) -> Told:
    """The figures of a group as whole numbers; its median to a tenth where somebody of it knows their own gap."""
    inside = bool(known[group.members].any())
    quantiles = tuple(_window(share, value, group.unit, sharp=inside) for share, value in group.quantiles.items())
    return Told(group.members, quantiles, group.others, group.between)


def _window(share: float, value: float, unit: float, *, sharp: bool) -> Quantile:
    middle = round(value / unit) * unit
    low, high = middle - unit / 2.0, middle + unit / 2.0
    if sharp and share == 0.5:
        tenth = round(value / unit, 1) * unit
        low, high = max(low, round(tenth - unit / 10.0, 9)), min(high, round(tenth + unit / 10.0, 9))
    return Quantile(share, low, high)
