"""What all releases of a wave together tell of single authorities, and which groups are dropped so that it is nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from reports.disclosure import exchange, interval_programme, joined_measures, row_space, told_figures, whole_crossings
from reports.disclosure.interval_programme import TOLD
from reports.disclosure.joined_measures import Alone
from reports.disclosure.order_statistics import LEAST, MOST
from reports.disclosure.told_figures import Family, Knowing, Shown
from reports.statistics.sums import Ints

COALITION = 20
"""So many authorities at most put together what they know of themselves; a sixth of all where there are fewer."""
AVERAGE = "average_officer"
"""The name under which the mean over all officers stands among what is dropped."""

Dropped = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Audit:
    """What was looked at, what must be dropped (pairs of a group and a measure), and who is pinned all the same."""

    releases: int
    groups: int
    figures: int
    dropped: Dropped
    pinned: tuple[tuple[str, str], ...]  # measure and authority


def audit(
    new: Shown,
    earlier: Sequence[Shown] = (),
    *,
    beside: Sequence[Shown] = (),
    coalition: int = COALITION,
    tell: Callable[[str], None] | None = None,
) -> Audit:
    """Whether anybody can pin an authority's score from a release and all earlier ones of its wave, and the remedy.

    Somebody here knows every figure that was ever shown to anyone: members of every group, rounded medians and
    quartiles of superseded releases too, each other authority's nearest groups; and a coalition adds its own scores
    and, by its own gaps, the medians of its groups to a tenth of a point. Two coalitions without a common member
    are tried, so that each authority is looked at from outside; what fewer of them know is part of that. Scores of
    authorities that chose to be named are known to everybody, and nobody protects them. An authority whose score
    stayed the same in a correction is the same unknown, one whose score changed is another. `beside` is what other
    waves told of the same scores. Pinned is who is left an interval of at most 10 points.

    For each measure, groups of the new release that hold a pinned authority are dropped, the smallest first and
    ties by code, until nobody is pinned; then the rest is looked at again. Then measures are put together
    (`joined_measures`). `pinned` has who is pinned by earlier releases alone, where dropping helps no more; not whom
    other waves pin by themselves. Means over all officers go through `row_space`. Methodology 10, rule 8.

    >>> import pandas as pd
    >>> codes = [f"a{at}" for at in range(12)]
    >>> menu = pd.DataFrame({"peer_group": "all", "authority": codes})
    >>> steps = [40.0 + 2.0 * at for at in range(12)]
    >>> scores = pd.DataFrame({"authority": codes, "measure": "m", "n": 20, "score": steps})
    >>> told = pd.DataFrame({
    ...     "peer_group": ["all"], "measure": ["m"], "n": [12], "lower_quartile": [45.5], "median": [51.0],
    ...     "upper_quartile": [56.5], "median_lower": [float("nan")], "median_upper": [float("nan")],
    ... })
    >>> nobody = pd.DataFrame({"measure": ["m"], "score": [float("nan")]})
    >>> audit(Shown("2026.1", menu, scores, told, nobody)).dropped
    frozenset()
    """
    shown = [new, *earlier, *beside]
    families = {measure: told_figures.family(measure, shown) for measure in _measures([new])}
    both = coalitions([code for found in families.values() for code in found.codes], coalition)
    gone: dict[str, set[str]] = {}
    left: set[tuple[str, str]] = set()
    alone: dict[str, list[Alone]] = {}
    for measure, found in families.items():
        if tell is not None:
            tell(measure)
        knowing = [told_figures.knowing(found, one) for one in both]
        gone[measure], still, alone[measure] = _dropped(found, knowing)
        left |= {(measure, code) for code in still}
    left |= joined_measures.drop(families, shown, gone, both, alone)
    left -= _by_others(left, beside, both)
    means = _means(new, [*earlier, *beside])
    dropped = {(name, measure) for measure, names in gone.items() for name in names}
    dropped |= {(AVERAGE, measure) for measure, codes in means.items() if codes}
    figures = sum(len(group.quantiles) + len(group.between) for found in families.values() for group in found.groups)
    groups = {(at, str(name)) for at, one in enumerate([new, *earlier]) for name in one.benchmarks["peer_group"]}
    return Audit(1 + len(earlier), len(groups), figures + len(means), frozenset(dropped), tuple(sorted(left)))


def _by_others(
    left: Collection[tuple[str, str]], beside: Sequence[Shown], both: Sequence[frozenset[str]]
) -> set[tuple[str, str]]:
    """Those whom other waves pin by themselves: that is a matter of the audits of these waves."""
    if not left or not beside:
        return set()
    families = {measure: told_figures.family(measure, beside) for measure in _measures(beside)}
    found = joined_measures.pinned(families, beside, both)
    for measure, family in families.items():
        knowing = [told_figures.knowing(family, one) for one in both]
        found |= {(measure, family.codes[place]) for place in _pinned(family, knowing, ()).tolist()}
    return found


def coalitions(codes: Sequence[str], most: int = COALITION) -> tuple[frozenset[str], frozenset[str]]:
    """Two coalitions without a common member, drawn by the digests of the codes: the same for everybody who asks.
    Methodology 10, rule 8.

    >>> one, other = coalitions([f"A{n}" for n in range(30)])
    >>> len(one), len(other), one & other
    (5, 5, frozenset())
    """
    each = sorted(set(codes), key=lambda code: hashlib.sha256(code.encode()).hexdigest())
    size = min(most, len(each) // 6)
    return frozenset(each[:size]), frozenset(each[size : 2 * size])


def _measures(shown: Sequence[Shown]) -> list[str]:
    """Every measure of which anything is told, in the order of the releases."""
    found = [part.benchmarks["measure"].astype(str) for _, part in told_figures.parts(shown)]
    return list(dict.fromkeys(measure for column in found for measure in column))


def _dropped(family: Family, knowing: Sequence[Knowing]) -> tuple[set[str], list[str], list[Alone]]:
    """Names of the groups to drop, the codes of those who are pinned by what was told before, and what is left of
    bounds.
    """
    gone: set[str] = set()
    alone: list[Alone] = []
    pinned = _pinned(family, knowing, gone, alone=alone)
    new = {group.name for group in family.groups if group.is_new}
    hopeless = _pinned(family, knowing, new) if len(pinned) else pinned
    while len(found := np.setdiff1d(pinned, hopeless)):
        candidates = [name for name in _smallest_first(family, found) if name not in gone]
        gone |= set(joined_measures.fewest(candidates, partial(_stays, family, knowing, gone, found)))
        alone.clear()
        pinned = _pinned(family, knowing, gone, alone=alone)
    return gone, sorted({family.codes[place] for place in pinned}), alone


def _smallest_first(family: Family, pinned: Ints) -> list[str]:
    """The new release's groups: those that hold a pinned value first, then those of its authority, then all others."""
    codes = {family.codes[place] for place in pinned.tolist()}
    theirs = np.flatnonzero(np.isin(family.codes, sorted(codes)))
    order = [
        (not np.isin(group.members, pinned).any(), not np.isin(group.members, theirs).any(), group.size, group.name)
        for group in family.groups
        if group.is_new
    ]
    return [name for *_, name in sorted(order)]


def _stays(family: Family, knowing: Sequence[Knowing], gone: set[str], pinned: Ints, also: Sequence[str]) -> bool:
    """Whether any of those who are pinned still is, without these groups too: one coalition that can is enough."""
    return any(len(_pinned(family, [mine], gone | set(also), pinned)) for mine in knowing)


def _pinned(
    family: Family,
    knowing: Sequence[Knowing],
    gone: Collection[str],
    only: Ints | None = None,
    *,
    alone: list[Alone] | None = None,
) -> Ints:
    """Who is pinned, of those that are asked about, without the new release's groups that are `gone`.

    Who could have changed places with somebody more than 10 points away is not; of the others the programme is asked,
    and in small sectors who can cross a threshold wholly. `alone` is given what each coalition knows of every value.
    """
    kept = [group for group in family.groups if not (group.is_new and group.name in gone)]
    pattern = exchange.patterns([group.members for group in kept], len(family.truth))
    found: set[int] = set()
    for mine in knowing:
        asked = np.flatnonzero(~mine.values & (exchange.spread(pattern, family.truth, mine.values) <= TOLD))
        if only is not None:
            asked = np.intersect1d(asked, only)
        if not len(asked):
            if alone is not None:
                alone.append(Alone.nobody(family.truth, mine.values))
            continue
        told = told_figures.told(kept, mine)
        until = TOLD if alone is None else MOST - LEAST
        low, high = interval_programme.intervals(told, family.truth, mine.values, only=asked, until=until)
        if alone is not None:
            alone.append(Alone(np.isin(np.arange(len(low)), asked), low, high))
        narrow = np.intersect1d(interval_programme.pinned(low, high, mine.values), asked)
        wholly = np.setdiff1d(whole_crossings.to_ask(mine.values, asked), narrow)
        found |= {*narrow.tolist(), *whole_crossings.pinned(told, family.truth, mine.values, wholly).tolist()}
    return np.array(sorted(found), dtype=np.int64)


def _means(new: Shown, others: Sequence[Shown]) -> Mapping[str, list[str]]:
    """For each measure whose mean over all officers is shown, the authorities that follow from it and earlier ones."""
    named = told_figures.everybody_named([new, *others])
    found: dict[str, list[str]] = {}
    for measure in new.average_officer.loc[new.average_officer["score"].notna(), "measure"].astype(str):
        codes, rows = told_figures.average_rows(measure, [new, *others], named)
        matrix = np.zeros((len(rows), len(codes)), dtype=np.int64)
        for at, row in enumerate(rows):
            matrix[at, list(row)] = list(row.values())
        found[measure] = [codes[place] for place in row_space.recovered(matrix)]
    return found
