"""Several measures put together: whether their figures pin somebody whom those of a single one do not, and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from reports.disclosure import exchange, interval_programme, relations, told_figures
from reports.disclosure.interval_programme import TOLD, Flags
from reports.disclosure.order_statistics import LEAST, MOST
from reports.disclosure.relations import Whole
from reports.disclosure.told_figures import Family, Shown
from reports.statistics.sums import Floats, Ints

_ROUNDS = 3
_WIDTH = MOST - LEAST

Pair = tuple[str, str]
_T = TypeVar("_T")
_Ends = tuple[Floats, Floats]
_Seen = dict[tuple[str, frozenset[str]], _Ends]


@dataclass(frozen=True)
class Alone:
    """What a coalition knows from one measure by itself: of which values it was asked, and their bounds."""

    asked: Flags
    low: Floats
    high: Floats

    @classmethod
    def nobody(cls, truth: Floats, known: Flags) -> Alone:
        """Nothing was asked; what is known is known."""
        return cls(np.zeros(len(truth), dtype=np.bool_), np.where(known, truth, LEAST), np.where(known, truth, MOST))


@dataclass(frozen=True)
class _Part:
    """A part of a release: where the values of each of `codes` stand in the family of each measure; -1: it has none."""

    codes: tuple[str, ...]
    places: Mapping[str, Ints]
    wholes: tuple[Whole, ...]


def drop(
    families: Mapping[str, Family],
    shown: Sequence[Shown],
    gone: MutableMapping[str, set[str]],
    coalitions: Sequence[Collection[str]],
    alone: Mapping[str, Sequence[Alone]],
) -> set[Pair]:
    """Drops further groups (`gone`, by measure) until no score follows to 10 points from several measures together.

    A dimension is the mean of its themes and the overall that of its dimensions (`relations`), so that what bounds
    the one bounds the others. Candidates are the groups of the new release that hold the authority: those of its
    measure first, then those of the others; among them the smallest first, ties by code. Returns measure and
    authority of those for whom that does not help. `alone` is what each coalition knows from every measure by
    itself. Methodology 10, rule 8.

    >>> drop({}, [], {}, [{"a"}], {})  # nothing was told
    set()
    """
    parts = [_part(families, at, one) for at, (_, one) in enumerate(told_figures.parts(shown)) if one.wholes]
    left: set[Pair] = set()
    before = {measure: frozenset(names) for measure, names in gone.items()}
    for at, coalition in enumerate(coalitions if parts else ()):
        ask = partial(_pinned, families, parts, coalition)
        pinned = ask(gone, alone={m: found[at] for m, found in alone.items() if gone[m] == before[m]})
        while pinned - left:
            first = min(measure for measure, _ in pinned - left)
            mine = frozenset(pair for pair in pinned - left if pair[0] == first)
            candidates = _candidates(families, gone, first, {code for _, code in mine})
            seen: _Seen = {}  # what one measure tells is asked once for each choice of its groups
            stays = partial(_staying, partial(ask, seen=seen), gone)
            hopeless = stays(mine, candidates)
            left |= hopeless
            if mine == hopeless:
                continue
            helped = mine - hopeless
            for name, measure in fewest(candidates, lambda more: bool(stays(helped, more))):  # noqa: B023 - asked at once
                gone[measure].add(name)
            pinned = ask(gone)
    return left


def pinned(families: Mapping[str, Family], shown: Sequence[Shown], coalitions: Sequence[Collection[str]]) -> set[Pair]:
    """Measure and authority of each score that is left at most 10 points by all measures together.

    Methodology 10, rule 8.

    >>> pinned({}, [], [{"a"}])  # nothing was told
    set()
    """
    parts = [_part(families, at, one) for at, (_, one) in enumerate(told_figures.parts(shown)) if one.wholes]
    nothing: dict[str, set[str]] = {measure: set() for measure in families}
    return {pair for one in coalitions if parts for pair in _pinned(families, parts, one, nothing)}


def _staying(
    ask: Callable[..., set[Pair]], gone: Mapping[str, set[str]], mine: frozenset[Pair], more: Sequence[Pair]
) -> frozenset[Pair]:
    """Which of these are still pinned without these groups too."""
    without = {measure: names | {name for name, one in more if one == measure} for measure, names in gone.items()}
    return mine & ask(without, only=frozenset(code for _, code in mine))


def fewest(candidates: Sequence[_T], stays: Callable[[Sequence[_T]], bool]) -> Sequence[_T]:
    """The shortest beginning of the candidates without which nobody stays pinned, or all of them.

    Dropping one more group only takes knowledge away, so halving finds what dropping one by one would. Methodology
    10, rule 8.

    >>> fewest("abcdef", lambda some: len(some) < 4)
    'abcd'
    """
    enough, few = len(candidates), 0
    while enough - few > 1:
        middle = (enough + few) // 2
        if stays(candidates[:middle]):
            few = middle
        else:
            enough = middle
    return candidates[:enough]


def _candidates(
    families: Mapping[str, Family], gone: Mapping[str, set[str]], measure: str, codes: Collection[str]
) -> list[Pair]:
    found: list[tuple[tuple[bool, bool, int, str, int], Pair]] = []
    for place, (other, family) in enumerate(families.items()):
        mine = [at for at, one in enumerate(family.codes) if one in codes]
        found += [
            (
                (not np.isin(group.members, mine).any(), other != measure, group.size, group.name, place),
                (group.name, other),
            )
            for group in family.groups
            if group.is_new and group.name not in gone[other]
        ]
    return [pair for _, pair in sorted(found)]


def _part(families: Mapping[str, Family], at: int, one: Shown) -> _Part:
    codes = sorted({code for family in families.values() for code in family.at[at]})
    places = {
        measure: np.array([family.at[at].get(code, -1) for code in codes], dtype=np.int64)
        for measure, family in families.items()
    }
    return _Part(tuple(codes), places, one.wholes)


def _pinned(
    families: Mapping[str, Family],
    parts: Sequence[_Part],
    coalition: Collection[str],
    gone: Mapping[str, set[str]],
    *,
    only: frozenset[str] | None = None,
    alone: Mapping[str, Alone] | None = None,
    seen: _Seen | None = None,
) -> set[Pair]:
    """Measure and authority of each score that is left at most 10 points by all measures together."""
    if only is None:
        asked = _not_exchangeable(families, parts, coalition, gone)
    else:
        asked = {m: np.isin(family.codes, sorted(only)) for m, family in families.items()}
    if not any(flags.any() for flags in asked.values()):
        return set()
    seen, bounds = {} if seen is None else seen, {}
    for measure, family in families.items():
        key = (measure, frozenset(gone[measure]))
        if key not in seen:
            seen[key] = _first(family, coalition, gone[measure], asked[measure], (alone or {}).get(measure))
        bounds[measure] = seen[key]
    for _ in range(_ROUNDS):
        narrowed = _narrowed(families, parts, bounds)
        moved = {m for m in families if any((a != b).any() for a, b in zip(narrowed[m], bounds[m], strict=True))}
        bounds = narrowed | {
            measure: _bounds(families[measure], coalition, gone[measure], asked[measure], narrowed[measure])
            for measure in moved
        }
        if not moved:
            break
    found = set()
    for measure, family in families.items():
        known = told_figures.knowing(family, coalition).values
        narrow = np.flatnonzero(asked[measure] & ~known & (bounds[measure][1] - bounds[measure][0] <= TOLD))
        found |= {(measure, family.codes[place]) for place in narrow.tolist()}
    return found


def _first(
    family: Family, coalition: Collection[str], gone: Collection[str], asked: Flags, alone: Alone | None
) -> _Ends:
    """The bounds of one measure by itself, where they are not known yet."""
    if alone is None or (asked & ~alone.asked).any():
        return _bounds(family, coalition, gone, asked, None)
    sure = asked | told_figures.knowing(family, coalition).values
    return np.where(sure, alone.low, LEAST), np.where(sure, alone.high, MOST)


def _bounds(
    family: Family, coalition: Collection[str], gone: Collection[str], asked: Flags, within: _Ends | None
) -> _Ends:
    """What the figures of one measure say of the values that are asked about; of the others only what was known before."""
    mine = told_figures.knowing(family, coalition)
    told = told_figures.told([one for one in family.groups if not (one.is_new and one.name in gone)], mine)
    places = np.flatnonzero(asked)
    low, high = interval_programme.intervals(told, family.truth, mine.values, only=places, until=_WIDTH, within=within)
    wide = (np.full(len(low), LEAST), np.full(len(low), MOST)) if within is None else within
    sure = asked | mine.values
    return np.where(sure, low, wide[0]), np.where(sure, high, wide[1])


def _narrowed(families: Mapping[str, Family], parts: Sequence[_Part], bounds: Mapping[str, _Ends]) -> dict[str, _Ends]:
    found = {measure: (low.copy(), high.copy()) for measure, (low, high) in bounds.items()}
    for part in parts:
        mine, truth = {}, {}
        for measure, places in part.places.items():
            there = places >= 0
            truth[measure] = np.where(there, _at(families[measure].truth, places), np.nan)
            mine[measure] = (
                np.where(there, _at(found[measure][0], places), LEAST),
                np.where(there, _at(found[measure][1], places), MOST),
            )
        for measure, (low, high) in relations.narrowed(mine, truth, part.wholes).items():
            there = part.places[measure] >= 0
            at = part.places[measure][there]
            found[measure][0][at] = np.maximum(found[measure][0][at], low[there])
            found[measure][1][at] = np.minimum(found[measure][1][at], high[there])
    return found


def _at(values: Floats, places: Ints) -> Floats:
    return values[places] if len(values) else np.full(len(places), np.nan)


def _not_exchangeable(
    families: Mapping[str, Family], parts: Sequence[_Part], coalition: Collection[str], gone: Mapping[str, set[str]]
) -> dict[str, Flags]:
    """The values of those who could not have changed places, on all measures at once, with somebody far enough away."""
    asked = {measure: np.zeros(len(family.truth), dtype=np.bool_) for measure, family in families.items()}
    pattern = {}
    for measure, family in families.items():
        kept = [one.members for one in family.groups if not (one.is_new and one.name in gone[measure])]
        pattern[measure] = exchange.patterns(kept, len(family.truth))
    keys: dict[str, list[int]] = {}
    for at, part in enumerate(parts):
        columns = [np.where(p >= 0, _whole(pattern[m], p), -1) for m, p in part.places.items()]
        rows = np.stack(columns, axis=1).tolist() if columns else [[] for _ in part.codes]  # nobody answered anything
        for code, row in zip(part.codes, rows, strict=True):
            keys.setdefault(code, []).extend((at, *row))
    number: dict[tuple[int, ...], int] = {}
    alike = {code: number.setdefault(tuple(key), len(number)) for code, key in keys.items()}
    for part in parts:
        same = np.array([alike[code] for code in part.codes], dtype=np.int64)
        for measure, places in part.places.items():
            known = told_figures.knowing(families[measure], coalition).values
            there = np.flatnonzero(places >= 0)
            values, hidden = families[measure].truth[places[there]], known[places[there]]
            apart = exchange.spread(same[there], values, hidden)
            asked[measure][places[there][~hidden & (apart <= TOLD)]] = True
    codes = {families[m].codes[place] for m, flags in asked.items() for place in np.flatnonzero(flags)}
    return {m: np.isin(families[m].codes, sorted(codes)) if codes else asked[m] for m in families}


def _whole(values: Ints, places: Ints) -> Ints:
    return values[places] if len(values) else np.full(len(places), -1)
