"""What all releases of a wave together tell of single authorities, and which groups are dropped so that it is nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from reports.disclosure import interval_programme, row_space
from reports.disclosure.interval_programme import Flags, Told
from reports.disclosure.order_statistics import Between, Quantile
from reports.rules import Rules
from reports.statistics import bootstrap
from reports.statistics.sums import Floats, Ints

COALITION = 20
"""So many authorities at most put together what they know of themselves; a sixth of all where there are fewer."""
AVERAGE = "average_officer"
"""The name under which the mean over all officers stands among what is dropped."""

_SHARES = (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75))
_SAME = 9  # decimals to which a score is the same in two releases

Dropped = frozenset[tuple[str, str]]
DEFAULTS = Rules()


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
    restated: tuple[Shown, ...] = ()  # the same groups on the common questions of two waves, once for each wave


@dataclass(frozen=True)
class Audit:
    """What was looked at, what must be dropped (pairs of a group and a measure), and who is pinned all the same."""

    releases: int
    groups: int
    figures: int
    dropped: Dropped
    pinned: tuple[tuple[str, str], ...]  # measure and authority


@dataclass(frozen=True)
class _Group:
    release: int
    name: str
    members: Ints  # places among the values of the family
    quantiles: Mapping[float, float]
    others: int  # members whose score is withheld for another reason
    between: tuple[Between, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.release == 0


@dataclass(frozen=True)
class _Family:
    """All that was ever told of one measure: a value for each authority and score that it had in any release."""

    codes: tuple[str, ...]
    truth: Floats
    groups: tuple[_Group, ...]
    named: Flags  # values that are told by name


@dataclass(frozen=True)
class _Knowing:
    """What a coalition knows: values, its own and those that are told by name; and which of them are its own."""

    values: Flags
    own: Flags


def audit(
    new: Shown, earlier: Sequence[Shown] = (), *, coalition: int = COALITION, tell: Callable[[str], None] | None = None
) -> Audit:
    """Whether anybody can pin an authority's score from a release and all earlier ones of its wave, and the remedy.

    Somebody here knows every figure that was ever shown to anyone: members of every group, rounded medians and
    quartiles of superseded releases too, each other authority's nearest groups; and a coalition adds its own scores
    and, by its own gaps, the medians of its groups to a tenth of a point. Two coalitions without a common member are
    tried, so that each authority is looked at from outside; what fewer of them know is part of that. Scores of
    authorities that chose to be named are known to everybody, and nobody protects them. An authority whose score stayed the same in a correction is the
    same unknown, one whose score changed is another. Pinned is who is left an interval of at most 10 points.

    For each measure, groups of the new release that hold a pinned authority are dropped, the smallest first and ties
    by code, until nobody is pinned; then the rest is looked at again. `pinned` has who is pinned by earlier releases
    alone, where dropping helps no more. Means over all officers go through `row_space`. Methodology 10, rule 8.
    """
    dropped: set[tuple[str, str]] = set()
    left: list[tuple[str, str]] = []
    figures = 0
    for measure in new.benchmarks["measure"].drop_duplicates().astype(str):
        if tell is not None:
            tell(measure)
        family = _family(measure, [new, *earlier])
        figures += sum(len(group.quantiles) + len(group.between) for group in family.groups)
        gone, still = _dropped(family, coalitions(family.codes, coalition))
        dropped |= {(name, measure) for name in gone}
        left += [(measure, code) for code in still]
    for measure, codes in _means(new, earlier).items():
        figures += 1
        if codes:
            dropped.add((AVERAGE, measure))
    groups = {(at, str(name)) for at, one in enumerate([new, *earlier]) for name in one.benchmarks["peer_group"]}
    return Audit(1 + len(earlier), len(groups), figures, frozenset(dropped), tuple(left))


def coalitions(codes: Sequence[str], most: int = COALITION) -> tuple[frozenset[str], frozenset[str]]:
    """Two coalitions without a common member, drawn by the digests of the codes: the same for everybody who asks.

    >>> one, other = coalitions([f"A{n}" for n in range(30)])
    >>> len(one), len(other), one & other
    (5, 5, frozenset())
    """
    each = sorted(set(codes), key=lambda code: hashlib.sha256(code.encode()).hexdigest())
    size = min(most, len(each) // 6)
    return frozenset(each[:size]), frozenset(each[size : 2 * size])


def _family(measure: str, shown: Sequence[Shown]) -> _Family:
    """The first of `shown` is the new release."""
    place: dict[tuple[str, float], int] = {}
    groups: list[_Group] = []
    for at, one in ((at, part) for at, whole in enumerate(shown) for part in (whole, *whole.restated)):
        scores = one.scores[(one.scores["measure"] == measure) & one.scores["score"].notna()]
        rounded = scores["score"].to_numpy(dtype=np.float64).round(_SAME)
        mine = {
            code: (code, value) for code, value in zip(scores["authority"].astype(str), rounded.tolist(), strict=True)
        }
        for key in mine.values():
            place.setdefault(key, len(place))
        told = one.benchmarks[one.benchmarks["measure"] == measure].set_index("peer_group").to_dict("index")
        for name, members in one.menu.groupby("peer_group", sort=False)["authority"]:
            row = told.get(name, {})
            quantiles = {share: float(row[column]) for column, share in _SHARES if pd.notna(row.get(column))}
            counted = np.array([place[mine[code]] for code in members if code in mine], dtype=np.int64)
            if quantiles and len(counted):
                others, bounds = max(int(row["n"]) - len(counted), 0), _bounds(row, one.rules)
                groups.append(_Group(at, str(name), counted, quantiles, others, bounds))
    codes, truth = [code for code, _ in place], [value for _, value in place]
    named = np.isin(codes, sorted(_named(shown))) if codes else np.zeros(0, dtype=np.bool_)
    return _Family(tuple(codes), np.array(truth, dtype=np.float64), tuple(groups), named)


def _bounds(row: Mapping[Hashable, float], rules: Rules) -> tuple[Between, ...]:
    """Where the told bounds of a median stand among the values of its group, as whole numbers."""
    if pd.isna(row.get("median_lower")) or pd.isna(row.get("median_upper")):
        return ()
    places = bootstrap.bound_places(
        int(row["n"]), replicates=rules.bootstrap_replicates, seed=rules.seed, confidence=rules.confidence
    )
    told = (round(row["median_lower"]), round(row["median_upper"]))
    return tuple(Between(*place, value - 0.5, value + 0.5) for place, value in zip(places, told, strict=True))


def _named(shown: Sequence[Shown]) -> frozenset[str]:
    return frozenset().union(*(one.named for one in shown))


def _dropped(family: _Family, knowing: Iterable[frozenset[str]]) -> tuple[set[str], list[str]]:
    """Names of the groups to drop, and the codes of those who are pinned by what was told before."""
    own = [np.isin(family.codes, sorted(one)) for one in knowing]
    known = [_Knowing(one | family.named, one) for one in own]
    gone: set[str] = set()
    pinned = _pinned(family, known, gone)
    while len(pinned):
        candidates = [
            group.name
            for group in sorted(family.groups, key=lambda group: (len(group.members) + group.others, group.name))
            if group.is_new and group.name not in gone and np.isin(group.members, pinned).any()
        ]
        if not candidates:
            break
        gone |= _fewest(candidates, pinned, partial(_pinned, family, known, gone, pinned))
        pinned = _pinned(family, known, gone)
    return gone, sorted({family.codes[place] for place in pinned})


def _fewest(candidates: Sequence[str], pinned: Ints, ask: Callable[[Collection[str]], Ints]) -> set[str]:
    """The shortest beginning of the candidates without which none of `pinned` is pinned, or all of them.

    Dropping one more group only takes knowledge away, so halving finds what dropping one by one would.
    """
    enough, few = len(candidates), 0
    while enough - few > 1:
        middle = (enough + few) // 2
        if np.isin(pinned, ask(candidates[:middle])).any():
            few = middle
        else:
            enough = middle
    return set(candidates[:enough])


def _pinned(
    family: _Family, known: Sequence[_Knowing], gone: set[str], only: Ints | None = None, also: Collection[str] = ()
) -> Ints:
    """Who is pinned, of those that are asked about, without the new release's groups that are `gone` and `also` these."""
    without = gone | set(also)
    found: set[int] = set()
    for mine in known:
        asked = None if only is None else only[~mine.values[only]]
        if asked is not None and not len(asked):
            continue
        told: dict[tuple[object, ...], Told] = {}  # a correction repeats most of what was told: once is enough
        for group in family.groups:
            if not (group.is_new and group.name in without):
                one = _told(group, mine.own)
                told.setdefault((*sorted(one.members.tolist()), one.quantiles, one.others, one.between), one)
        low, high = interval_programme.intervals(list(told.values()), family.truth, mine.values, only=asked)
        narrow = interval_programme.pinned(low, high, mine.values)
        found |= set(narrow.tolist() if asked is None else np.intersect1d(narrow, asked).tolist())
    return np.array(sorted(found), dtype=np.int64)


def _told(group: _Group, known: Flags) -> Told:
    """The figures of a group as whole numbers; its median to a tenth where somebody of it knows their own gap."""
    inside = bool(known[group.members].any())
    quantiles = tuple(_window(share, value, sharp=inside) for share, value in group.quantiles.items())
    return Told(group.members, quantiles, group.others, group.between)


def _window(share: float, value: float, *, sharp: bool) -> Quantile:
    low, high = round(value) - 0.5, round(value) + 0.5
    if sharp and share == 0.5:
        tenth = round(value, 1)
        low, high = max(low, round(tenth - 0.1, 1)), min(high, round(tenth + 0.1, 1))
    return Quantile(share, low, high)


def _means(new: Shown, earlier: Sequence[Shown]) -> dict[str, list[str]]:
    """For each measure whose mean over all officers is shown, the authorities that follow from it and earlier ones."""
    found: dict[str, list[str]] = {}
    named = _named([new, *earlier])
    for measure in new.average_officer.loc[new.average_officer["score"].notna(), "measure"].astype(str):
        values: dict[tuple[str, float], int] = {}
        rows: list[dict[int, int]] = []
        for one in [new, *earlier]:
            mean = one.average_officer[one.average_officer["measure"] == measure]
            if mean["score"].isna().all():
                continue
            scores = one.scores[(one.scores["measure"] == measure) & one.scores["score"].notna()]
            keys = zip(scores["authority"].astype(str), scores["score"].round(_SAME), strict=True)
            weights = scores["n"].to_numpy(dtype=np.int64).tolist()
            secret = [(key, n) for key, n in zip(keys, weights, strict=True) if key[0] not in named]
            rows.append({values.setdefault(key, len(values)): n for key, n in secret})
        matrix = np.zeros((len(rows), len(values)), dtype=np.int64)
        for at, row in enumerate(rows):
            matrix[at, list(row)] = list(row.values())
        codes = [code for code, _ in values]
        found[measure] = [codes[place] for place in row_space.recovered(matrix)]
    return found
