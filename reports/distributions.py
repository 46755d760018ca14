"""How the answers to one item are spread over its options, with Wilson intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from questionnaires.definition import Item
from reports.rules import Rules
from reports.statistics import intervals
from reports.statistics.sums import Floats, Groups, Ints

DONT_KNOW_ROW = "dk"
BLANK_ROW = "blank"
_Number = TypeVar("_Number", np.int64, np.float64)
_NOT_ANSWERED_CODE = -2
_DONT_KNOW_CODES = (-3, -4)


@dataclass(frozen=True)
class Distribution:
    """The answers of every authority to one item; arrays of shape (authorities, rows) unless said otherwise.

    `rows` are the scored options in file order, then `dk` and `blank`. `n` (authorities,) counts scored answers,
    `asked` (authorities,) everybody who was asked. `share` is of the scored answers, in the last two rows of the asked.
    `collapsed` is the same with the options drawn together as low, middle and high, without the last two rows; None
    where the item has three options or fewer. `largest` (authorities,) is the largest count of one row. `effective`
    is Kish's number of people behind each share.
    """

    rows: tuple[str, ...]
    n: Ints
    asked: Ints
    share: Floats
    lower: Floats
    upper: Floats
    effective: Floats
    largest: Ints
    collapsed: Distribution | None = None


@dataclass(frozen=True)
class Answerers:
    """Who is counted in shares, lined up once for all items: people of one authority and one weight are of a kind.

    `order` lists the respondents, `kind` (of `order`) is the kind of each; kinds stand by authority and then in
    rising order of weight, so that the order of rows cannot change a sum. `weight` (kinds,) is None without weights;
    `kinds` has the kinds of each authority.
    """

    order: Ints
    kind: Ints
    weight: Floats | None
    kinds: Groups


def answerers(groups: Groups, weights: Floats | None) -> Answerers:
    """The people of `groups` (authorities) with their weights, of shape (respondents,).

    >>> found = answerers(Groups(np.array([2, 0, 1]), np.array([0, 1, 3])), np.array([1.0, 1.0, 0.5]))
    >>> found.order.tolist(), found.kind.tolist(), found.weight.tolist(), found.kinds.bounds.tolist()
    ([2, 0, 1], [0, 1, 1], [0.5, 1.0], [0, 1, 2])
    """
    if weights is None:
        one_each = np.arange(groups.count, dtype=np.int64)
        return Answerers(groups.order, groups.of_row, None, Groups(one_each, np.arange(groups.count + 1)))
    w = weights[groups.order]
    by_weight = np.lexsort((w, groups.of_row))
    own, w = groups.of_row[by_weight], w[by_weight]
    fresh = np.ones(len(w), dtype=np.bool_)
    fresh[1:] = (own[1:] != own[:-1]) | (w[1:] != w[:-1])
    kind = np.cumsum(fresh) - 1
    bounds = np.searchsorted(own[fresh], np.arange(groups.count + 1))
    return Answerers(groups.order[by_weight], kind, w[fresh], Groups(np.arange(int(fresh.sum())), bounds))


def distribution(
    chosen: NDArray[np.int8], item: Item, people: Answerers, *, invited: Floats, rules: Rules
) -> Distribution:
    """The distribution of one item in every authority.

    `chosen` (respondents,) holds positions of options or the negative codes of `frames`; `invited` (authorities,) is N
    or NaN. Shares are weighted where there are weights; their intervals are Wilson's at n* (`intervals.effective_n`).
    "Not applicable" counts with "don't know". Methodology 2.5 and 3.3.
    """
    counts, weighted, squares = _counts(chosen, item, people)
    scored = [place for place, option in enumerate(item.options) if option.score is not None]
    unscored = [place for place in range(len(item.options)) if place not in scored]
    extra = len(item.options)
    dont_know = [*unscored, extra]
    everything = [*scored, *dont_know, extra + 1]
    base = _Base(counts[:, scored].sum(1), _effective(weighted, squares, scored), weighted[:, scored].sum(1))
    asked = _Base(
        counts[:, everything].sum(1), _effective(weighted, squares, everything), weighted[:, everything].sum(1)
    )
    missing = np.column_stack([weighted[:, dont_know].sum(1), weighted[:, extra + 1]])
    codes = [item.options[place].code for place in scored]
    share = np.column_stack([_shares(weighted[:, scored], base), _shares(missing, asked)])
    effective = [base.effective] * len(scored) + [asked.effective] * 2
    found = Distribution(
        (*codes, DONT_KNOW_ROW, BLANK_ROW),
        base.n,
        asked.n,
        share,
        share,
        share,
        np.column_stack(effective),
        counts[:, scored].max(axis=1, initial=0),
        _collapsed(codes, counts[:, scored], weighted[:, scored], base),
    )
    return corrected(found, invited, rules)


def corrected(found: Distribution, invited: Floats, rules: Rules) -> Distribution:
    """The same shares with intervals for N `invited` of each authority, NaN where it is not known."""
    people = np.repeat(found.n[:, np.newaxis], len(found.rows), axis=1)
    if found.rows[-1:] == (BLANK_ROW,):
        people[:, -2:] = found.asked[:, np.newaxis]
    known = np.broadcast_to(invited[:, np.newaxis], people.shape)
    n_star = intervals.effective_n(found.effective, people, known)
    lower, upper = intervals.wilson_interval(found.share, n_star, confidence=rules.confidence)
    drawn = None if found.collapsed is None else corrected(found.collapsed, invited, rules)
    return replace(found, lower=lower, upper=upper, collapsed=drawn)


@dataclass(frozen=True)
class _Base:
    """What shares are shares of: people, Kish's effective number of them, sum of their weights."""

    n: Ints
    effective: Floats
    weight: Floats


def _counts(chosen: NDArray[np.int8], item: Item, people: Answerers) -> tuple[Ints, Floats, Floats]:
    """Counts, sums of weights and of squared weights by authority and option, then don't know, then blank."""
    options = len(item.options)
    width = options + 3  # the last column takes those who were not asked
    column = np.full(256, width - 1, dtype=np.int64)  # read as an unsigned byte, a negative code is above every option
    column[:options] = np.arange(options)
    column[[code % 256 for code in _DONT_KNOW_CODES]] = options
    column[_NOT_ANSWERED_CODE % 256] = options + 1
    kinds = len(people.kinds.order)
    cell = column[chosen[people.order].view(np.uint8)] * kinds + people.kind
    table = np.bincount(cell, minlength=width * kinds).astype(np.int64).reshape(width, kinds)
    counts = _by_authority(table, people.kinds)
    if people.weight is None:
        return counts, counts.astype(np.float64), counts.astype(np.float64)
    weight = people.weight
    return counts, _by_authority(table * weight, people.kinds), _by_authority(table * weight**2, people.kinds)


def _by_authority(table: NDArray[_Number], kinds: Groups) -> NDArray[_Number]:
    """Sums over the kinds of each authority, from (columns, kinds) to (authorities, columns)."""
    result = np.zeros((kinds.count, len(table)), dtype=table.dtype)
    if len(kinds.filled):
        result[kinds.filled] = np.add.reduceat(table, kinds.bounds[kinds.filled], axis=1).T
    return result


def _effective(weighted: Floats, squares: Floats, places: list[int]) -> Floats:
    """Kish's n_eff = (sum w)^2 / sum w^2 of the people in these columns."""
    with np.errstate(divide="ignore", invalid="ignore"):
        effective: Floats = weighted[:, places].sum(1) ** 2 / squares[:, places].sum(1)
    return effective


def _shares(weighted: Floats, base: _Base) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Floats = weighted / base.weight[:, np.newaxis]
    return share


def _collapsed(codes: list[str], counts: Ints, weighted: Floats, base: _Base) -> Distribution | None:
    """Low, middle and high: the lower half of the options, the middle one if their number is odd, the upper half."""
    if len(codes) <= 3:
        return None
    half = len(codes) // 2
    bands = [list(range(half)), list(range(half, len(codes) - half)), list(range(len(codes) - half, len(codes)))]
    bands = [band for band in bands if band]
    names = tuple(codes[b[0]] if len(b) == 1 else f"{codes[b[0]]}-{codes[b[-1]]}" for b in bands)
    drawn = np.column_stack([counts[:, band].sum(1) for band in bands])
    share = _shares(np.column_stack([weighted[:, band].sum(1) for band in bands]), base)
    effective = np.column_stack([base.effective] * len(bands))
    return Distribution(names, base.n, base.n, share, share, share, effective, drawn.max(axis=1, initial=0))
