"""How the answers to one item are spread over its options, with Wilson intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from questionnaires.definition import Item
from reports.rules import Rules
from reports.statistics import intervals, sums
from reports.statistics.sums import Counts, Floats, Groups, Ints

DONT_KNOW_ROW = "dk"
BLANK_ROW = "blank"
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

    `order` lists the respondents, `kind` (of `order`) is the kind of each; kinds stand by authority and then in an
    order of their own, so that the order of rows cannot change a sum. `weight` (kinds,) is None without weights;
    `kinds` has the kinds of each authority.
    """

    order: Ints
    kind: Ints
    weight: Floats | None
    kinds: Groups


def distribution(answers: Counts, item: Item, people: Answerers, *, invited: Floats, rules: Rules) -> Distribution:
    """The distribution of one item in every authority.

    `answers` (4 + options, kinds of `people`) says how often each kind gave each answer: the four negative codes of
    `frames` from the lowest, then the options; `invited` (authorities,) is N or NaN. Shares are weighted where
    there are weights; their intervals are Wilson's at n* (`intervals.effective_n`). "Not applicable" counts with
    "don't know". Methodology 2.5 and 3.3.

    >>> from reports import example
    >>> case = example.case()
    >>> people = Answerers(case.officers.order, case.kinds.rows.of_row, case.kinds.weight, case.kinds.groups)
    >>> item, invited = case.questionnaire.items["mindset_1"], np.full(24, 72.0)
    >>> found = distribution(case.counts["mindset_1"], item, people, invited=invited, rules=case.rules)
    >>> found.rows, found.n[0].item(), [round(float(share), 3) for share in found.share[0]]
    (('1', '2', '3', '4', '5', 'dk', 'blank'), 42, [0.047, 0.335, 0.453, 0.166, 0.0, 0.046, 0.0])
    """
    return distributions([(answers, item)], people, invited=invited, rules=rules)[0]


def distributions(
    answers: Sequence[tuple[Counts, Item]], people: Answerers, *, invited: Floats, rules: Rules
) -> list[Distribution]:
    """The same of many items, whose intervals are made all at once. Methodology 2.5 and 3.3.

    >>> from reports import example
    >>> case = example.case()
    >>> people = Answerers(case.officers.order, case.kinds.rows.of_row, case.kinds.weight, case.kinds.groups)
    >>> given = [(answers, case.questionnaire.items[code]) for code, answers in case.counts.items()]
    >>> found = distributions(given, people, invited=np.full(24, 72.0), rules=case.rules)
    >>> len(found) == len(given), found[0].rows[-2:]
    (True, ('dk', 'blank'))
    """
    return all_corrected([_spread(table, item, people) for table, item in answers], invited, rules)


def _spread(answers: Counts, item: Item, people: Answerers) -> Distribution:
    """Without intervals; their place is held by the shares."""
    scored = [place for place, option in enumerate(item.options) if option.score is not None]
    unscored = [place for place in range(len(item.options)) if place not in scored]
    rows = _Rows(len(item.options), tuple(scored), tuple(unscored))
    table = rows.of(answers)
    counts = sums.whole_sums_of_rows(table, people.kinds).T
    weighted = counts.astype(np.float64)
    if people.weight is not None:
        weighted = sums.plain_sums_of_rows(table * people.weight, people.kinds).T
    base, asked = (
        _base(part, found.sum(axis=1), people) for part, found in ((table[:-2], counts[:, :-2]), (table, counts))
    )
    codes = [item.options[place].code for place in scored]
    share = np.column_stack([_shares(weighted[:, :-2], base), _shares(weighted[:, -2:], asked)])
    effective = [base.effective] * len(scored) + [asked.effective] * 2
    return Distribution(
        (*codes, DONT_KNOW_ROW, BLANK_ROW),
        base.n,
        asked.n,
        share,
        share,
        share,
        np.column_stack(effective),
        counts[:, :-2].max(axis=1, initial=0),
        _collapsed(codes, counts[:, :-2], weighted[:, :-2], base),
    )


@dataclass(frozen=True)
class _Rows:
    """The rows of a distribution: scored options, don't know (with not applicable and unscored options), blank."""

    options: int
    scored: tuple[int, ...]
    unscored: tuple[int, ...]

    def of(self, answers: Counts) -> Counts:
        """How often each kind is in each row; shape (rows, kinds)."""
        first = len(answers) - self.options
        unknown = [first + place for place in self.unscored] + [first + code for code in _DONT_KNOW_CODES]
        return np.concatenate(
            [
                answers[[first + place for place in self.scored]],
                answers[unknown].sum(axis=0, keepdims=True, dtype=answers.dtype),
                answers[[first + _NOT_ANSWERED_CODE]],
            ]
        )


def corrected(found: Distribution, invited: Floats, rules: Rules) -> Distribution:
    """The same shares with intervals for N `invited` of each authority, NaN where it is not known.

    Methodology 3.3, and 10, rule 6.

    >>> from reports import example
    >>> case = example.case()
    >>> people = Answerers(case.officers.order, case.kinds.rows.of_row, case.kinds.weight, case.kinds.groups)
    >>> item, invited = case.questionnaire.items["mindset_1"], np.full(24, 72.0)
    >>> found = distribution(case.counts["mindset_1"], item, people, invited=invited, rules=case.rules)
    >>> wide = corrected(found, np.full(24, np.nan), case.rules)
    >>> [round(float(one.upper[0, 0] - one.lower[0, 0]), 3) for one in (found, wide)]
    [0.088, 0.144]
    """
    return all_corrected([found], invited, rules)[0]


def all_corrected(found: Sequence[Distribution], invited: Floats, rules: Rules) -> list[Distribution]:
    """The same of many distributions, side by side. Methodology 3.3, and 10, rule 6.

    >>> all_corrected([], np.full(24, 72.0), Rules())
    []
    """
    if not found:
        return []
    share, effective, people = (
        np.concatenate(parts, axis=1)
        for parts in zip(*((one.share, one.effective, _people(one)) for one in found), strict=True)
    )
    known = np.broadcast_to(invited[:, np.newaxis], people.shape)
    n_star = intervals.effective_n(effective, people, known)
    bounds = intervals.wilson_interval(share, n_star, confidence=rules.confidence)
    ends = np.cumsum([len(one.rows) for one in found])[:-1]
    drawn = iter(all_corrected([one.collapsed for one in found if one.collapsed is not None], invited, rules))
    return [
        replace(one, lower=lower, upper=upper, collapsed=None if one.collapsed is None else next(drawn))
        for one, lower, upper in zip(found, *(np.split(one, ends, axis=1) for one in bounds), strict=True)
    ]


def _people(found: Distribution) -> Ints:
    """How many people each share is a share of; shape (authorities, rows)."""
    people = np.repeat(found.n[:, np.newaxis], len(found.rows), axis=1)
    if found.rows[-1:] == (BLANK_ROW,):
        people[:, -2:] = found.asked[:, np.newaxis]
    return people


@dataclass(frozen=True)
class _Base:
    """What shares are shares of: people, Kish's effective number of them, sum of their weights."""

    n: Ints
    effective: Floats
    weight: Floats


def _base(table: Counts, n: Ints, people: Answerers) -> _Base:
    """The `n` people of these rows, Kish's n_eff = (sum w)^2 / sum w^2 of them, and the sum of their weights."""
    weight = squares = n.astype(np.float64)
    if people.weight is not None:
        each = table.sum(axis=0, dtype=table.dtype)
        weight = sums.plain_sums(each * people.weight, people.kinds)
        squares = sums.plain_sums(each * people.weight**2, people.kinds)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _Base(n, weight**2 / squares, weight)


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
