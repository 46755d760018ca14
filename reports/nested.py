"""Measures that are made of each other: where a score, its parts and their items give away who skipped a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports import scoring
from reports.case import Case
from reports.disclosure import pinning
from reports.measures import MeasureKind
from reports.statistics.sums import Floats, Groups, Ints

Flags = NDArray[np.bool_]


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
    """The people of the groups that are small enough to look at, and how many questions they answered."""

    rows: Ints  # respondents
    group: Ints
    weight: Floats
    count: int  # groups, of all sizes


def told(case: Case, groups: Groups, weights: Floats | None) -> Told:
    """Where sums over different people give one of them away, in groups of up to `pinning.LARGEST_GROUP` people.

    The overall is the mean of K dimensions for those who are scored on all of them. So K times the sum of the overall,
    taken from the sums of the dimensions, is the sum over those who lack a dimension:

        sum_d S_d - K S_0 = sum over them of k_i m_i,  k_i dimensions scored, m_i their mean

    and with one such person in a group of 20 the published figures tell m_i to within 5 points. A dimension less its
    themes, weighted by their shares of the items, is about those who lack a theme or answered one in part; a dimension
    less its items about everybody who skipped one. Who answered which questions is taken to be known. Methodology 10;
    docs/disclosure.md says what stricter rules would cost. `weights` (respondents,) are those of the scores.
    """
    shape = (groups.count, len(case.measures))
    found = Told(
        np.zeros(groups.count, dtype=np.bool_), np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    )
    people = _small(case, groups, weights)
    if not len(people.rows):
        return found
    if len(case.dimensions) >= case.rules.overall_dimensions:
        found.overall[:] = _overall(case, people)
    for place in case.dimensions:
        _parts(case, people, place, found)
    return found


def _small(case: Case, groups: Groups, weights: Floats | None) -> _People:
    size = np.diff(groups.bounds)
    kept = (size[groups.of_row] <= pinning.LARGEST_GROUP) & (size[groups.of_row] >= case.rules.minimum_respondents)
    rows = groups.order[kept]
    weight = np.ones(len(rows)) if weights is None else weights[rows]
    return _People(rows, groups.of_row[kept], weight, groups.count)


def _overall(case: Case, people: _People) -> Flags:
    values = case.people.values[people.rows][:, case.dimensions]
    scored = ~np.isnan(values)
    many = scored.sum(axis=1)
    full = many == values.shape[1]
    weight = people.weight
    slack = _by_group(people, weight * (many + np.where(full, values.shape[1], 0))) * pinning.HALF_STEP
    some = (many > 0) & ~full
    mean = np.where(scored, values, 0.0).sum(axis=1) / np.maximum(many, 1)
    return pinning.pinned((weight * many)[some], mean[some], people.group[some], slack)


def _parts(case: Case, people: _People, place: int, found: Told) -> None:
    """One dimension beside its themes and beside its items."""
    items = [code for code in case.measures[place].items if code in case.responses.items]
    given = np.column_stack([_points(case, code, people.rows) for code in items]) if items else np.empty((0, 0))
    if not given.size:
        return
    has = ~np.isnan(given)
    points = np.where(has, given, 0.0)
    scored = ~np.isnan(case.people.values[people.rows, place])
    found.items[:, place] = _items(people, points, has, scored, _step(case, items))
    themes = [
        at
        for at in case.places(MeasureKind.THEME)
        if case.measures[at].items and set(case.measures[at].items) <= set(items)
    ]
    columns = [[items.index(code) for code in case.measures[at].items] for at in themes]
    if not themes or sum(len(one) for one in columns) != len(items):
        return
    theirs = ~np.isnan(case.people.values[people.rows][:, themes])
    hit = _themes(people, points, has, (scored, theirs, columns))
    sizes = np.column_stack([_by_group(people, theirs[:, k].astype(np.float64)) for k in range(len(themes))])
    found.theme[np.flatnonzero(hit), np.array(themes)[sizes[hit].argmin(axis=1)]] = True


def _step(case: Case, items: Sequence[str]) -> float:
    """The smallest distance between two options of these items, points."""
    scores = np.concatenate([scoring.option_scores(case.questionnaire.items[code]) for code in items])
    known = np.unique(scores[~np.isnan(scores)])
    return float(np.diff(known).min()) if len(known) > 1 else 0.0


def _items(people: _People, points: Floats, has: Flags, scored: Flags, step: float) -> Flags:
    """A dimension less the mean of its items: what is left is about those who answered some of them."""
    total = has.shape[1]
    many = has.sum(axis=1)
    some = (many > 0) & (many < total)
    mean = points.sum(axis=1) / np.maximum(many, 1)
    coefficient = people.weight * (scored - many / total)
    slack = _by_group(people, people.weight * scored) * pinning.HALF_STEP
    limit = np.where(many == 1, max(step - 1e-6, pinning.TOLD), pinning.TOLD)  # one answer is one of the options
    return pinning.pinned(coefficient[some], mean[some], people.group[some], slack, told=limit[some])


def _themes(people: _People, points: Floats, has: Flags, scores: tuple[Flags, Flags, list[list[int]]]) -> Flags:
    """A dimension less its themes, each with its share of the items."""
    scored, theirs, columns = scores
    total, many = has.shape[1], has.sum(axis=1)
    coefficients, means = [], []
    slack = people.weight * scored
    for k, own in enumerate(columns):
        answered = has[:, own].sum(axis=1)
        share = len(own) / total
        in_dimension = np.where(scored, answered / np.maximum(many, 1), 0.0)
        coefficients.append(people.weight * (in_dimension - np.where(theirs[:, k], share, 0.0)))
        means.append(points[:, own].sum(axis=1) / np.maximum(answered, 1))
        slack = slack + people.weight * theirs[:, k] * share
    coefficient, mean = np.concatenate(coefficients), np.concatenate(means)
    some = np.abs(coefficient) > 1e-9
    group = np.tile(people.group, len(columns))
    return pinning.pinned(coefficient[some], mean[some], group[some], _by_group(people, slack) * pinning.HALF_STEP)


def _points(case: Case, code: str, rows: NDArray[np.int64]) -> Floats:
    """The score that each of these people has on one item, NaN where there is none."""
    points = np.append(scoring.option_scores(case.questionnaire.items[code]), np.nan)
    chosen = case.responses.answers[rows, case.responses.items.index(code)]
    return points[np.where(chosen < 0, len(points) - 1, chosen)]


def _by_group(people: _People, values: Floats) -> Floats:
    return np.bincount(people.group, weights=values, minlength=people.count).astype(np.float64)
