"""Measures that are made of each other: where a score, its parts and their items give away who skipped a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports import scoring
from reports.case import Case
from reports.crowd import Crowd
from reports.disclosure import pinning
from reports.measures import Measure, MeasureKind
from reports.rules import Rules
from reports.statistics import sums
from reports.statistics.sums import Floats, Groups, Ints

Flags = NDArray[np.bool_]
_DUST = 1e-6  # far above what floating point loses in a sum over people, far below what rounding leaves open


@dataclass(frozen=True)
class Told:
    """What must not be shown beside the rest, of each group.

    `overall` (groups,) is true where the overall with its dimensions gives somebody away. `theme` (groups, measures) is
    true for the theme that must go, because with it its dimension would. `items` (groups, measures) is true for
    dimensions whose items' full distributions would.
    """

    overall: Flags
    theme: Flags
    items: Flags


@dataclass(frozen=True)
class _People:
    """The people of some groups, how much each weighs there, and how many groups there are in all."""

    rows: Ints  # respondents
    group: Ints
    weight: Floats
    count: int

    def sums(self, values: Floats) -> Floats:
        """The sum of what the people of each group have; shape (groups,)."""
        return np.bincount(self.group, weights=values, minlength=self.count).astype(np.float64)


@dataclass(frozen=True)
class _Small:
    """The kinds of people of the groups that are small enough to look at: `kinds` of the crowd, of which `group` each."""

    kinds: Ints
    group: Ints
    weight: Floats
    count: int  # groups, of all sizes

    def sums(self, values: Floats) -> Floats:
        """The sum of what each of these kinds has, by group; shape (groups,)."""
        return np.bincount(self.group, weights=values, minlength=self.count).astype(np.float64)

    def having(self, kinds: Flags) -> Flags:
        """The groups with one of these kinds, which has one entry for each of `self.kinds`; shape (groups,)."""
        return np.asarray(np.bincount(self.group[kinds], minlength=self.count) > 0, dtype=np.bool_)

    def near(self, reach: Floats, slack: Floats) -> Flags:
        """The groups with somebody whose `reach`, one number of each kind of the crowd, is as large as the slack."""
        return self.having(self.weight * reach[self.kinds] >= slack[self.group] - _DUST)

    def people(self, crowd: Crowd, groups: Flags) -> _People:
        """Everybody of some of the groups."""
        here = groups[self.group]
        rows = crowd.rows.taken(self.kinds[here])
        return _People(rows.order, self.group[here][rows.of_row], self.weight[here][rows.of_row], self.count)


def told(case: Case, groups: Groups, weights: Floats | None) -> Told:
    """Where sums over different people give one of them away, in groups of up to `pinning.LARGEST_GROUP` people.

    The overall is the mean of K dimensions for those who are scored on all of them. So K times the sum of the
    overall, taken from the sums of the dimensions, is the sum over those who lack a dimension:

        sum_d S_d - K S_0 = sum over them of k_i m_i,  k_i dimensions scored, m_i their mean

    and with one such person in a group of 20 the published figures tell m_i to within 5 points. A dimension less
    its themes, weighted by their shares of the items, is about those who lack a theme or answered one in part; a
    dimension less its items about everybody who skipped one. Who answered which questions is taken to be known.
    Methodology 10; docs/disclosure.md says what stricter rules would cost. `groups` are of kinds of the crowd,
    `weights` (kinds,) those of their scores. Nobody is told whose coefficient times the width that counts as told
    is below the slack (`pinning.pinned`), and a coefficient hangs on how many questions somebody skipped: only
    groups where somebody skipped enough of them are looked at person by person.

    >>> from reports import example
    >>> case = example.case()
    >>> found = told(case, case.kinds.groups, case.kinds.weight)
    >>> bool(found.overall.any()), found.items.shape
    (False, (24, 10))
    """
    shape = (groups.count, len(case.measures))
    found = Told(
        np.zeros(groups.count, dtype=np.bool_), np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    )
    small = _small(case, groups, weights)
    if not len(small.kinds):
        return found
    if len(case.dimensions) >= case.rules.overall_dimensions:
        found.overall[:] = _overall(case, small)
    for place in case.dimensions:
        _parts(case, small, place, found)
    return found


def _small(case: Case, groups: Groups, weights: Floats | None) -> _Small:
    people = sums.whole_sums(np.diff(case.crowd.rows.bounds)[groups.order], groups)
    looked_at = (people <= pinning.LARGEST_GROUP) & (people >= case.rules.minimum_respondents)
    kept = looked_at[groups.of_row]
    kinds = groups.order[kept]
    return _Small(kinds, groups.of_row[kept], np.ones(len(kinds)) if weights is None else weights[kinds], groups.count)


def _overall(case: Case, small: _Small) -> Flags:
    """K times the overall less its dimensions: what is left is about those who lack some of them."""
    n = case.all_moments.n[small.kinds]
    lacking: Flags = np.any(n[:, case.dimensions] > n[:, [0]], axis=1)  # the overall is of those who lack none
    people = small.people(case.crowd, small.having(lacking))
    values = case.people.values[people.rows][:, case.dimensions]
    scored = ~np.isnan(values)
    many = scored.sum(axis=1)
    full = many == values.shape[1]
    slack = people.sums(people.weight * (many + np.where(full, values.shape[1], 0))) * pinning.HALF_STEP
    some = (many > 0) & ~full
    mean = np.where(scored, values, 0.0).sum(axis=1) / np.maximum(many, 1)
    return pinning.pinned((people.weight * many)[some], mean[some], people.group[some], slack)


def _parts(case: Case, small: _Small, place: int, found: Told) -> None:
    """One dimension beside its themes and beside its items."""
    items = case.asked(place)
    if not items:
        return
    found.items[:, place] = _items(case, small, place, items)
    themes = [
        at
        for at in case.places(MeasureKind.THEME)
        if case.measures[at].items and set(case.measures[at].items) <= set(items)
    ]
    if not themes or sum(len(case.measures[at].items) for at in themes) != len(items):
        return
    hit = np.flatnonzero(_themes(case, small, place, themes))
    sizes = np.column_stack([small.sums(case.all_moments.n[small.kinds, at]) for at in themes])
    found.theme[hit, np.array(themes)[sizes[hit].argmin(axis=1)]] = True


def _items(case: Case, small: _Small, place: int, items: Sequence[str]) -> Flags:
    """A dimension less the mean of its items: what is left is about those who answered some of them."""
    number = np.arange(len(items) + 1)
    scored = number >= scoring.needed(case.measures[place], case.rules)
    some = (number > 0) & (number < len(items))
    coefficient = np.where(some, scored - number / len(items), 0.0)
    limit = np.full(len(number), pinning.TOLD)
    limit[1] = max(_step(case, items) - 1e-6, pinning.TOLD)  # one answer is one of the options
    slack = small.sums(small.weight * case.all_moments.n[small.kinds, place]) * pinning.HALF_STEP
    people = small.people(case.crowd, small.near(_most(case, place, np.abs(coefficient) * limit), slack))
    many = case.answered[place][people.rows]
    kept = some[many]
    rows, many = people.rows[kept], many[kept]
    mean = case.people.values[rows, place]
    alone = np.isnan(mean)
    mean[alone] = _answers(case, items, rows[alone])[1]
    return pinning.pinned(people.weight[kept] * coefficient[many], mean, people.group[kept], slack, told=limit[many])


def _themes(case: Case, small: _Small, place: int, themes: Sequence[int]) -> Flags:
    """A dimension less its themes, each with its share of the items."""
    whole, parts = case.measures[place], [case.measures[at] for at in themes]
    n = small.weight[:, np.newaxis] * case.all_moments.n[small.kinds]
    total = sum(len(one.items) for one in parts)
    tables = [_in_theme(whole, one, total, case.rules) for one in parts]
    slack = small.sums(n[:, place])
    for at, one in zip(themes, parts, strict=True):
        slack = slack + small.sums(n[:, at]) * (len(one.items) / total)
    slack = slack * pinning.HALF_STEP
    reach = np.max([np.abs(one).max(axis=1) for one in tables], axis=0) * pinning.TOLD
    people = small.people(case.crowd, small.near(_most(case, place, reach), slack))
    many = case.answered[place][people.rows]
    found = [_answers(case, one.items, people.rows) for one in parts]
    coefficient = np.concatenate(
        [people.weight * table[many, own] for table, (own, _) in zip(tables, found, strict=True)]
    )
    some = np.abs(coefficient) > 1e-9
    mean, group = np.concatenate([one for _, one in found]), np.tile(people.group, len(parts))
    return pinning.pinned(coefficient[some], mean[some], group[some], slack)


def _in_theme(whole: Measure, part: Measure, total: int, rules: Rules) -> Floats:
    """What the mean on one theme counts in the difference, by items answered: in the dimension (rows), in the theme.

    Of a person who answered a of the theme's J items and m of all: a / m, where that is enough for the dimension, less
    the theme's share J / `total`, where a is enough for the theme; 0 where it cannot be.
    """
    size = len(part.items)
    many, own = np.arange(total + 1)[:, np.newaxis], np.arange(size + 1)
    inside = np.where(many >= scoring.needed(whole, rules), own / np.maximum(many, 1), 0.0)
    found = inside - np.where(own >= scoring.needed(part, rules), size / total, 0.0)
    return np.where((own <= many) & (many - own <= total - size), found, 0.0)


def _most(case: Case, place: int, reach: Floats) -> Floats:
    """The most that anybody of each kind could reach, by how many items of a dimension they answered; shape (kinds,).

    That of the one who answered fewest, or of anybody who answered more.
    """
    from_here: Floats = np.maximum.accumulate(reach[::-1])[::-1]
    return from_here[case.fewest_answered[place]]


def _answers(case: Case, items: Sequence[str], rows: Ints) -> tuple[Ints, Floats]:
    """How many of these items some people answered, and their mean score on them; 0 for who answered none."""
    many, total = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows))
    for code in items:
        by_option = scoring.option_scores(case.questionnaire.items[code])
        points = scoring.of_answers(by_option, case.responses.answers[rows, case.responses.items.index(code)])
        many += ~np.isnan(points)
        total += np.nan_to_num(points)
    return many, total / np.maximum(many, 1)


def _step(case: Case, items: Sequence[str]) -> float:
    """The smallest distance between two options of these items, points."""
    scores = np.concatenate([scoring.option_scores(case.questionnaire.items[code]) for code in items])
    known = np.unique(scores[~np.isnan(scores)])
    return float(np.diff(known).min()) if len(known) > 1 else 0.0
