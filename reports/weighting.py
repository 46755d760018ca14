"""Weights that bring those who answered into line with the known staff numbers of their authority."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.statistics import sums
from reports.statistics.sums import Floats, Ints

Flags: TypeAlias = NDArray[np.bool_]

SMALLEST_CATEGORY = 5  # people; thinner categories are merged before raking
LOWEST, HIGHEST = 1.0 / 3.0, 3.0
ROUNDS = 50
TOLERANCE = 1e-9
_SETTLED = 1e-12  # fitting goes on to this while rounds are left, for means that are right to 1e-9 points
MOST_NOT_SAID = 0.20
LARGEST_DEFF = 2.0
LARGEST_SHARE = 0.10  # of a group's weight that one person may carry (methodology 10, rule 7)


class Weighting(StrEnum):
    """What an authority's answers were raked to, or why they are not weighted."""

    BOTH = "service_area_and_tier"
    SERVICE_AREA = "service_area"
    TIER = "tier"
    NO_HEADCOUNTS = "no_headcounts"
    TOO_UNEVEN = "too_uneven"
    ONE_TOO_HEAVY = "one_too_heavy"
    NOT_CONVERGED = "not_converged"

    @property
    def is_weighted(self) -> bool:
        return self in {Weighting.BOTH, Weighting.SERVICE_AREA, Weighting.TIER}


@dataclass(frozen=True)
class Margin:
    """One known margin: who belongs to which group, and how many staff each group has.

    `group` has shape (respondents,), -1 where it was not said; `known` has shape (authorities, groups), NaN where no
    headcount was given.
    """

    group: NDArray[np.integer]
    known: Floats


@dataclass(frozen=True)
class Weights:
    """Weights of people, and how each authority came by them.

    `values` (respondents,) have mean 1 over the people of each authority who count; others keep what they came with;
    `categories` (respondents, margins) is each person's merged category of each margin that was used, -1 where the
    margin was not; `weighting`, `deff` and `n_eff` have one
    entry an authority. `deff` is that of the weights found,
    also where it was the reason to leave them.
    """

    values: Floats
    categories: Ints
    weighting: tuple[Weighting, ...]
    deff: Floats
    n_eff: Floats


@dataclass(frozen=True)
class _People:
    """Each respondent's authority, whether they count, and the weight that they come with."""

    authority: Ints
    counted: Flags
    start: Floats
    authorities: int

    def design_effect(self, weights: Floats) -> Floats:
        """Kish: n sum(w^2) / sum(w)^2 of each authority, NaN where nobody counts."""
        total = self.by_authority(weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.n > 0, self.n * self.by_authority(weights**2) / (total * total), np.nan)

    def largest(self, weights: Floats) -> Floats:
        """The largest weight of each authority."""
        most = np.zeros(self.authorities)
        np.maximum.at(most, self.authority[self.counted], weights[self.counted])
        return most

    @property
    def n(self) -> Floats:
        return self.by_authority(np.ones(len(self.authority)))

    def by_authority(self, values: Floats) -> Floats:
        """Sums over the people of each authority who count."""
        kept = self.counted
        return _summed(values[kept], self.authority[kept], self.authorities)


@dataclass(frozen=True)
class _Categories:
    """A margin after merging: of each respondent, and of each category its authority and its target (NaN: none)."""

    of_row: Ints
    authority: Ints
    target: Floats
    used: Flags  # by authority


@dataclass(frozen=True)
class _Cells:
    """People of one authority and one category of each margin share one factor, whatever the order of the rows."""

    of_row: Ints
    authority: Ints
    categories: Ints  # (cells, margins)
    base: Floats


def rake(
    authority: NDArray[np.integer],
    margins: tuple[Margin, Margin],
    *,
    authorities: int,
    counted: Flags,
    base: Floats | None = None,
) -> Weights:
    """Rake the people of each authority to its service-area and tier headcounts.

    Iterative proportional fitting (Deming & Stephan 1940; Deville & Sarndal 1992): with targets T of the categories
    of a margin, w <- w T_c / sum of w in c, one margin after the other, until every margin is met to 1e-9. Thin
    categories (fewer than 5 people, or no staff by the headcount) are merged first. "Not said" is a category that
    keeps its observed share; a margin with over 20 % not said is not used. Weights outside [1/3, 3] are cut and
    raked again. What does not converge in 50 rounds is raked to service areas alone, and else is not weighted; nor
    are answers whose design effect n sum(w^2) / sum(w)^2 (Kish 1965) is above 2, or where raking would let one person
    carry over a tenth of the weight. Methodology 3.2 and 10.

    `authority` and `counted` have shape (respondents,); `base` are design weights, of which only the factor of
    raking is bounded. `margins` are service areas and tiers, in this order.

    >>> groups = np.array([0] * 30 + [1] * 10)
    >>> areas = Margin(groups, np.array([[50.0, 50.0]]))
    >>> found = rake(np.zeros(40, dtype=int), (areas, Margin(groups * 0, np.array([[100.0]]))), authorities=1,
    ...              counted=np.ones(40, dtype=bool))
    >>> [round(float(w), 6) for w in found.values[[0, 39]]], str(found.weighting[0]), round(float(found.deff[0]), 6)
    ([0.666667, 2.0], 'service_area', 1.333333)
    """
    people = _people(np.asarray(authority, dtype=np.int64), counted, base, authorities)
    merged = [_merged(people, margin) for margin in margins]
    both = np.stack([one.used for one in merged])
    areas_only = both & np.array([[True], [False]])
    factors = np.ones(len(counted))
    applied = np.zeros_like(both)
    for use in (both, areas_only):
        trying = use & ~(applied[0] | applied[1])
        found, met = _fitted(people, merged, trying)
        rows = met[people.authority] & counted
        factors[rows] = found[rows]
        applied |= use & met
    return _judged(people, factors, merged, applied, both[0] | both[1])


def _people(own: Ints, counted: Flags, base: Floats | None, authorities: int) -> _People:
    """Design weights are rescaled to mean 1 in each authority; without them everybody starts at 1."""
    plain = _People(own, counted, np.ones(len(own)), authorities)
    if base is None:
        return plain
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (plain.by_authority(base) / plain.n)[own]
        return replace(plain, start=np.where(mean > 0, base / mean, 1.0))


def _merged(people: _People, margin: Margin) -> _Categories:
    """The categories of a margin: a group each, thin ones together, "not said" beside them."""
    authorities, count = margin.known.shape
    group, own, staff = np.asarray(margin.group, dtype=np.int64), people.authority, np.nan_to_num(margin.known)
    said = people.counted & (group >= 0)
    n = np.bincount(own[said] * count + group[said], minlength=authorities * count).reshape(authorities, count)
    place = np.full((authorities, count + 1), -1, dtype=np.int64)  # the last column is "not said"
    owner: list[int] = []
    target: list[float] = []
    for a in np.flatnonzero((n.sum(axis=1) >= (1.0 - MOST_NOT_SAID) * people.n) & (staff.sum(axis=1) > 0)).tolist():
        lists = _joined(n[a], staff[a])
        if len(lists) < 2:
            continue
        for members in (*lists, [count]):
            place[a, members] = len(owner)
            owner.append(a)
            target.append(float(staff[a, members].sum()) if members != [count] else np.nan)
    owners = np.array(owner, dtype=np.int64)
    of_row = np.where(people.counted, place[own, np.where(group >= 0, group, count)], -1)
    used = np.bincount(owners, minlength=authorities) > 0
    return _Categories(of_row, owners, _targets(people, of_row, owners, np.array(target)), used)


def _joined(n: Ints, staff: Floats) -> list[list[int]]:
    """Groups of one authority, the thin ones in one list; if that is still thin, the next smallest joins it."""
    present = [g for g in range(len(n)) if n[g] > 0 or staff[g] > 0]
    thin = [g for g in present if n[g] < SMALLEST_CATEGORY or staff[g] <= 0]
    kept = [g for g in present if g not in thin]
    while thin and kept and (n[thin].sum() < SMALLEST_CATEGORY or staff[thin].sum() <= 0):
        smallest = min(kept, key=lambda g: (int(n[g]), g))
        kept.remove(smallest)
        thin.append(smallest)
    return [*([g] for g in kept), *([sorted(thin)] if thin else [])]


def _targets(people: _People, of_row: Ints, owner: Ints, staff: Floats) -> Floats:
    """Staff numbers scaled to the weight of those who said; "not said" keeps the weight that it has."""
    rows = of_row >= 0
    weight = _summed(people.start[rows], of_row[rows], len(owner))
    silent = np.isnan(staff)
    said = np.bincount(owner[~silent], weights=weight[~silent], minlength=people.authorities)
    known = np.bincount(owner[~silent], weights=staff[~silent], minlength=people.authorities)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(silent, weight, staff * (said / known)[owner])


def _fitted(people: _People, merged: list[_Categories], use: Flags) -> tuple[Floats, Flags]:
    """The factor of each row, and which authorities meet all margins with every factor within bounds."""
    cells = _cells(people, merged, use)
    factor, met = _proportional(cells, merged, use, np.ones(len(cells.base)), bounded=False)
    outside = (factor < LOWEST - TOLERANCE) | (factor > HIGHEST + TOLERANCE)
    again = np.zeros_like(met)
    again[cells.authority[outside]] = True
    again &= met
    if again.any():
        bounded, kept = _proportional(cells, merged, use & again, factor, bounded=True)
        factor = np.where(again[cells.authority], bounded, factor)
        met = np.where(again, kept, met)
    return np.append(factor, 1.0)[cells.of_row], met


def _cells(people: _People, merged: list[_Categories], use: Flags) -> _Cells:
    own = people.authority
    rows = np.flatnonzero(people.counted & (use[0] | use[1])[own])
    key = [own[rows], *(np.where(use[k][own[rows]], one.of_row[rows], -1) for k, one in enumerate(merged))]
    unique, inverse = sums.cells(key)
    of_row = np.full(len(own), -1, dtype=np.int64)
    of_row[rows] = inverse
    base = _summed(people.start[rows], inverse, unique.shape[1])
    return _Cells(of_row, unique[0], unique[1:].T, base)


def _summed(values: Floats, of_row: Ints, count: int) -> Floats:
    """Sums over people that are the same in any order of them."""
    groups = sums.grouped(of_row, count)
    return sums.exact_sums(values[groups.order], groups) if count else np.zeros(0)


def _proportional(
    cells: _Cells, merged: list[_Categories], use: Flags, factor: Floats, *, bounded: bool
) -> tuple[Floats, Flags]:
    """Rounds of fitting; an authority that is done stands still, so that no other one moves it."""
    factor = factor.copy()
    going: Flags = use[0] | use[1]
    met = np.zeros_like(going)
    for _ in range(ROUNDS):
        if not going.any():
            break
        for k, one in enumerate(merged):
            _scaled(cells, k, one, use[k] & going, factor)
        if bounded:
            live = going[cells.authority]
            factor[live] = np.clip(factor[live], LOWEST, HIGHEST)
        worst = np.zeros(use.shape[1])
        for k, one in enumerate(merged):
            np.maximum.at(worst, one.authority, np.where(use[k][one.authority], _error(cells, k, one, factor), 0.0))
        met = np.where(going, worst < TOLERANCE, met)
        going &= ~(worst < _SETTLED)
    return factor, met


def _scaled(cells: _Cells, k: int, one: _Categories, use: Flags, factor: Floats) -> None:
    rows = np.flatnonzero((cells.categories[:, k] >= 0) & use[cells.authority])
    category = cells.categories[rows, k]
    total = np.bincount(category, weights=cells.base[rows] * factor[rows], minlength=len(one.target))
    factor[rows] *= one.target[category] / total[category]


def _error(cells: _Cells, k: int, one: _Categories, factor: Floats) -> Floats:
    rows = np.flatnonzero(cells.categories[:, k] >= 0)
    weights = cells.base[rows] * factor[rows]
    total = np.bincount(cells.categories[rows, k], weights=weights, minlength=len(one.target))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(one.target > 0, np.abs(total / one.target - 1.0), 0.0)


def _judged(people: _People, factors: Floats, merged: list[_Categories], applied: Flags, tried: Flags) -> Weights:
    """Factors whose design effect is too large are left, and every authority gets its word."""
    weights = people.start * factors
    deff = people.design_effect(weights)
    words = np.full(len(tried), Weighting.NO_HEADCOUNTS, dtype=object)
    words[tried] = Weighting.NOT_CONVERGED
    words[applied[0]] = Weighting.SERVICE_AREA
    words[applied[1]] = Weighting.TIER
    words[applied[0] & applied[1]] = Weighting.BOTH
    uneven = (applied[0] | applied[1]) & (deff > LARGEST_DEFF)
    words[uneven] = Weighting.TOO_UNEVEN
    heavy = (
        (applied[0] | applied[1]) & ~uneven & (people.largest(weights) > LARGEST_SHARE * people.by_authority(weights))
    )
    words[heavy] = Weighting.ONE_TOO_HEAVY
    left = uneven | heavy
    used = applied & ~left
    weights = np.where(left[people.authority], people.start, weights)
    columns = [np.where(used[k][people.authority], one.of_row, -1) for k, one in enumerate(merged)]
    return Weights(
        weights, np.stack(columns, axis=1), tuple(map(Weighting, words)), deff, people.n / people.design_effect(weights)
    )
