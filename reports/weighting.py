"""Weights that bring those who answered into line with the known staff numbers of their authority."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
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
    TOO_MANY_NOT_SAID = "too_many_not_said"
    TOO_FEW_IN_GROUPS = "too_few_in_groups"
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
    """Who counts, by kind: `size` people of one authority and one group of each margin who come with one weight.

    Kinds stand in an order that does not depend on that of the people.
    """

    authority: Ints
    groups: Ints  # (margins, kinds), -1 not said
    size: Ints
    start: Floats
    mean: Floats  # of what they came with, by authority
    authorities: int

    def design_effect(self, weights: Floats) -> Floats:
        """Kish: n sum(w^2) / sum(w)^2 of each authority, NaN where nobody counts."""
        total = self.by_authority(weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.n > 0, self.n * self.by_authority(weights**2) / (total * total), np.nan)

    def largest(self, weights: Floats) -> Floats:
        """The largest weight of each authority."""
        most = np.zeros(self.authorities)
        np.maximum.at(most, self.authority, weights)
        return most

    @cached_property
    def n(self) -> Floats:
        return self.by_authority(np.ones(len(self.authority)))

    def by_authority(self, values: Floats) -> Floats:
        """Sums over the people of each authority."""
        return np.bincount(self.authority, weights=self.size * values, minlength=self.authorities).astype(np.float64)


@dataclass(frozen=True)
class _Categories:
    """A margin after merging: of each kind, and of each category its authority and its target (NaN: none)."""

    of_row: Ints
    authority: Ints
    target: Floats
    used: Flags  # by authority, as the next two
    known: Flags  # staff numbers are there
    silent: Flags  # too many did not say


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
    own = np.asarray(authority, dtype=np.int64)
    people, of_row = _people(own[counted], margins, counted, base, authorities)
    merged = [_merged(people, place, margin) for place, margin in enumerate(margins)]
    both = np.stack([one.used for one in merged])
    areas_only = both & np.array([[True], [False]])
    factors = np.ones(len(people.size))
    applied = np.zeros_like(both)
    for use in (both, areas_only):
        trying = use & ~(applied[0] | applied[1])
        found, met = _fitted(people, merged, trying)
        rows = met[people.authority]
        factors[rows] = found[rows]
        applied |= use & met
    made = _judged(people, factors, merged, applied)
    values = np.ones(len(own)) if base is None else _rescaled(base, own, people.mean)
    values[counted] = made.values[of_row]
    categories = np.full((len(own), len(margins)), -1, dtype=np.int64)
    categories[counted] = made.categories[of_row]
    return replace(made, values=values, categories=categories)


def _people(
    own: Ints, margins: tuple[Margin, Margin], counted: Flags, base: Floats | None, authorities: int
) -> tuple[_People, Ints]:
    """The kinds of the people who count, `own` their authorities, and the kind of each."""
    columns = [own, *(np.asarray(margin.group, dtype=np.int64)[counted] for margin in margins)]
    different = np.ones(1)
    if base is not None:
        different, which = np.unique(base[counted], return_inverse=True)
        columns.append(which)
    kinds, of_row = sums.cells(columns)
    size = np.bincount(of_row, minlength=kinds.shape[1]).astype(np.int64)
    start = np.ones(len(size)) if base is None else different[kinds[3]]
    n, total = (np.bincount(kinds[0], weights=one, minlength=authorities) for one in (size, size * start))
    mean = total / np.maximum(n, 1.0)
    return _People(kinds[0], kinds[1:3], size, _rescaled(start, kinds[0], mean), mean, authorities), of_row


def _rescaled(base: Floats, own: Ints, mean: Floats) -> Floats:
    """Design weights with mean 1 in each authority."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean[own] > 0, base / mean[own], 1.0)


def _merged(people: _People, place: int, margin: Margin) -> _Categories:
    """The categories of a margin: a group each, thin ones together, "not said" beside them."""
    authorities, count = margin.known.shape
    group, own, staff = people.groups[place], people.authority, np.nan_to_num(margin.known)
    said = group >= 0
    cell = own[said] * count + group[said]
    n = np.bincount(cell, weights=people.size[said], minlength=authorities * count).reshape(authorities, count)
    table = np.full((authorities, count + 1), -1, dtype=np.int64)  # the last column is "not said"
    owner: list[int] = []
    target: list[float] = []
    has_staff, silent = staff.sum(axis=1) > 0, n.sum(axis=1) < (1.0 - MOST_NOT_SAID) * people.n
    for a in np.flatnonzero(has_staff & ~silent).tolist():
        known = staff[a].tolist()
        lists = _joined(n[a].tolist(), known)
        if len(lists) < 2:
            continue
        row = [-1] * count
        for members in lists:
            for g in members:
                row[g] = len(owner)
            owner.append(a)
            target.append(sum(known[g] for g in members))
        table[a] = [*row, len(owner)]
        owner.append(a)
        target.append(np.nan)
    owners = np.array(owner, dtype=np.int64)
    of_row = table[own, np.where(said, group, count)]
    used = np.bincount(owners, minlength=authorities) > 0
    return _Categories(of_row, owners, _targets(people, of_row, owners, np.array(target)), used, has_staff, silent)


def _joined(n: list[float], staff: list[float]) -> list[list[int]]:
    """Groups of one authority, the thin ones in one list; if that is still thin, the next smallest joins it.

    Of groups of one size the first joins.
    """
    present = [g for g in range(len(n)) if n[g] > 0 or staff[g] > 0]
    thin = [g for g in present if n[g] < SMALLEST_CATEGORY or staff[g] <= 0]
    kept = [g for g in present if g not in thin]
    while thin and kept and (sum(n[g] for g in thin) < SMALLEST_CATEGORY or sum(staff[g] for g in thin) <= 0):
        smallest = min(kept, key=lambda g: (n[g], g))
        kept.remove(smallest)
        thin.append(smallest)
    return [*([g] for g in kept), *([sorted(thin)] if thin else [])]


def _targets(people: _People, of_row: Ints, owner: Ints, staff: Floats) -> Floats:
    """Staff numbers scaled to the weight of those who said; "not said" keeps the weight that it has."""
    rows = of_row >= 0
    weight = np.bincount(of_row[rows], weights=(people.size * people.start)[rows], minlength=len(owner))
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
    rows = np.flatnonzero((use[0] | use[1])[own])
    key = [own[rows], *(np.where(use[k][own[rows]], one.of_row[rows], -1) for k, one in enumerate(merged))]
    unique, inverse = sums.cells(key)
    of_row = np.full(len(own), -1, dtype=np.int64)
    of_row[rows] = inverse
    base = np.bincount(inverse, weights=(people.size * people.start)[rows], minlength=unique.shape[1])
    return _Cells(of_row, unique[0], unique[1:].T, base.astype(np.float64))


def _proportional(
    cells: _Cells, merged: list[_Categories], use: Flags, factor: Floats, *, bounded: bool
) -> tuple[Floats, Flags]:
    """Rounds of fitting; an authority that is done stands still, so that no other one moves it."""
    factor = factor.copy()
    going: Flags = use[0] | use[1]
    met = np.zeros_like(going)
    sides = [_Side.of(cells, k, one) for k, one in enumerate(merged)]
    for _ in range(ROUNDS):
        if not going.any():
            break
        sides = [one.within(use[k] & going) for k, one in enumerate(sides)]
        for one in sides:
            one.scale(factor)
        if bounded:
            live = going[cells.authority]
            factor[live] = np.clip(factor[live], LOWEST, HIGHEST)
        worst = np.zeros(use.shape[1])
        for one in sides:
            np.maximum.at(worst, one.authority, one.error(factor))
        met = np.where(going, worst < TOLERANCE, met)
        going &= ~(worst < _SETTLED)
    return factor, met


@dataclass(frozen=True)
class _Side:
    """Cells that have a category of a margin: which cells, the category's target, the authority, the weight they
    start with.
    """

    rows: Ints
    category: Ints
    authority: Ints
    base: Floats
    target: Floats

    @classmethod
    def of(cls, cells: _Cells, k: int, one: _Categories) -> _Side:
        rows = np.flatnonzero(cells.categories[:, k] >= 0)
        return cls(rows, cells.categories[rows, k], cells.authority[rows], cells.base[rows], one.target)

    def within(self, use: Flags) -> _Side:
        """Those of some authorities."""
        kept = use[self.authority]
        if kept.all():
            return self
        return _Side(self.rows[kept], self.category[kept], self.authority[kept], self.base[kept], self.target)

    def scale(self, factor: Floats) -> None:
        """Brings every category to its target."""
        factor[self.rows] *= (self.target[self.category]) / self._total(factor)

    def error(self, factor: Floats) -> Floats:
        """How far the category of each cell is from its target, as a share of it."""
        target = self.target[self.category]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(target > 0, np.abs(self._total(factor) / target - 1.0), 0.0)

    def _total(self, factor: Floats) -> Floats:
        """The weight of the category of each cell."""
        weights = self.base * factor[self.rows]
        found: Floats = np.bincount(self.category, weights=weights, minlength=len(self.target)).astype(np.float64)
        return found[self.category]


def _untried(merged: list[_Categories]) -> NDArray[np.object_]:
    """The word of each authority whose answers meet no margin."""
    known, heard, used = (
        np.any(np.stack(flags), axis=0)
        for flags in zip(*((one.known, one.known & ~one.silent, one.used) for one in merged), strict=True)
    )
    words = np.full(len(used), Weighting.NO_HEADCOUNTS, dtype=object)
    words[known] = Weighting.TOO_MANY_NOT_SAID
    words[heard] = Weighting.TOO_FEW_IN_GROUPS
    words[used] = Weighting.NOT_CONVERGED
    return words


def _judged(people: _People, factors: Floats, merged: list[_Categories], applied: Flags) -> Weights:
    """Factors whose design effect is too large are left, and every authority gets its word."""
    weights = people.start * factors
    deff = people.design_effect(weights)
    words = _untried(merged)
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
