"""Don't know as a finding: which service areas and tiers could not say, inside authorities and over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Item
from reports import assembly, frames
from reports.case import Case
from reports.disclosure import complement, groups, threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.frames import DONT_KNOW, NOT_APPLICABLE, NOT_ASKED
from reports.rules import Rules
from reports.statistics import ratios, sums
from reports.statistics.ratios import Totals
from reports.statistics.sums import Counts, Groups, Ints

ALL, SERVICE_AREA, TIER = "all", "service_area", "tier"
_NEARLY = 0.9
_MOST_OF_ALL = 0.5  # of the answers behind a figure of the sector, more than which no authority may have
_FEWEST_HIDDEN = 3  # authorities together, so that none of them can be had as a difference
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """What the people of every cell (authority a, group g of one kind) left unsaid on each measure; (a, g, measures).

    `people` were asked anything of the measure; `unknown` of their `asked` answers were don't know. The other three are the
    sums over people of squares and products that an interval needs.
    """

    kind: str
    codes: tuple[str, ...]
    people: Ints
    unknown: Ints
    asked: Ints
    unknown_squared: Ints
    products: Ints
    asked_squared: Ints

    @property
    def of_people(self) -> Totals:
        """Clusters are people."""
        names = (self.unknown, self.asked, self.unknown_squared, self.products, self.asked_squared, self.people)
        return Totals(*(one.astype(np.float64) for one in names))

    def of_authorities(self, inside: Bools) -> Totals:
        """Clusters are the authorities that are `inside`, (a, g, measures); totals have shape (g, measures)."""
        unknown, asked = (np.where(inside, one, 0).astype(np.float64) for one in (self.unknown, self.asked))
        parts = (unknown, asked, unknown**2, unknown * asked, asked**2, inside)
        return Totals(*(one.sum(axis=0).astype(np.float64) for one in parts))


def dont_know(case: Case) -> dict[str, pd.DataFrame]:
    """DONT_KNOW_SHARES of every authority and SECTOR_DONT_KNOW, by their names.

    The share of don't know (and not applicable) among the answers that were asked for of a dimension, blank ones
    among them, for all officers who count and by service area and by tier; of single items over all authorities
    only. Answers of one person go together, so that the interval of an authority's share is clustered by person,
    that of the sector by authority (`statistics.ratios`). Not weighted: it tells of the answers that were given.
    Methodology 2.2, 7 and 10.

    An authority's own: from `rules.minimum_respondents` people asked, what is left of the authority nobody or as
    many; not where over 90 % are don't know. The sector's: cells that an authority may not show count only where
    they are of three authorities or more and have as many people together; from `rules.minimum_authorities_median`
    authorities, none with over half of the answers.

    >>> from reports import example
    >>> row = dont_know(example.case())["dont_know"].iloc[0]
    >>> row["kind"], row["measure"], [round(float(row[name]), 3) for name in ("share", "lower", "upper")]
    ('all', 'mindset', [0.034, 0.016, 0.072])
    """
    own, items, parent = _counted(case)
    reasons = [_own_reasons(case, one, own[0]) for one in own]
    dimensions = [one.code for one in case.questionnaire.dimensions]
    by_sector = []
    for tables, measures, at in ((own, dimensions, slice(None)), (items, list(case.given), parent)):
        pools = [_pool(one, ~withheld(why[:, :, at]), case.rules) for one, why in zip(tables, reasons, strict=True)]
        whole = np.where(pools[0], tables[0].people, 0).sum(axis=(0, 1))
        by_sector += [_sector_rows(case, one, pool, measures, whole) for one, pool in zip(tables, pools, strict=True)]
    return {
        "dont_know": _own_frame(case, own, reasons),
        "sector_dont_know": frames.SECTOR_DONT_KNOW.check(pd.concat(by_sector, ignore_index=True)),
    }


def _counted(case: Case) -> tuple[list[Table], list[Table], Ints]:
    """By dimension and by item for each kind; and which dimension each item belongs to.

    From the officers' kinds, which every table of an authority is made of.
    """
    dimensions = [one.code for one in case.questionnaire.dimensions]
    short = np.uint8 if len(case.counts) < 2**8 else np.int64
    unknown, asked = (np.zeros((len(dimensions), len(case.officers.order)), dtype=short) for _ in range(2))
    sizes, parent = case.kinds.rows.sizes, []
    single: list[Counts] = [sizes]  # what of single items is added up; what all have in common once
    places = np.zeros((2, len(case.counts)), dtype=np.int64)
    for place, (code, often) in enumerate(case.counts.items()):
        item, chosen = case.questionnaire.items[code], case.given[code]
        parent.append(dimensions.index(str(item.dimension)))
        first = len(often) - len(item.options)
        left = often[first + NOT_ASKED].any()
        asked[parent[-1]] += (chosen != NOT_ASKED % 256).view(np.uint8) if left else 1
        said = [answer for answer in _unknown(item) if often[first + answer].any()]
        for answer in said:
            unknown[parent[-1]] += (chosen == answer % 256).view(np.uint8)
        places[0, place] = len(single)
        single.append(often[[first + answer for answer in said]].sum(axis=0, dtype=np.int64))
        if left:
            places[1, place] = len(single)
            single.append(sizes - often[first + NOT_ASKED])
    together = np.stack([_of_people(*each, case.kinds.rows) for each in zip(unknown, asked, strict=True)], axis=1)
    singles = np.moveaxis(_summed(case, np.array([single]))[0][:, :, places], 2, 0)
    return (
        _by_kind(case, _summed(case, together), range(6)),
        _by_kind(case, singles, (1, 0, 1, 0, 0, 1)),
        np.array(parent, dtype=np.int64),
    )


def _of_people(unknown: NDArray[np.integer], asked: NDArray[np.integer], rows: Groups) -> Ints:
    """The six sums of `Table` over the people of each kind, from what each left unsaid and was asked; shape (6, kinds).

    Most were asked everything and know: only the others are looked at one by one.
    """
    most = int(asked.max(initial=0))
    other = np.flatnonzero((unknown > 0) | (asked < most))
    kind, hits, of = rows.of_row[other], unknown[other].astype(np.int64), asked[other].astype(np.int64)
    usual = np.array([most > 0, 0, most, 0, 0, most * most], dtype=np.int64)
    figures = np.array([of > 0, hits, of, hits * hits, hits * of, of * of]) - usual[:, np.newaxis]
    beyond = [np.bincount(kind, weights=one, minlength=rows.count) for one in figures]  # whole numbers: exact
    return usual[:, np.newaxis] * rows.sizes + np.array(beyond).astype(np.int64)


def _unknown(item: Item) -> list[int]:
    """The answers that are don't know: two codes, and the options without a score."""
    return [DONT_KNOW, NOT_APPLICABLE, *(at for at, option in enumerate(item.options) if option.score is None)]


def _summed(case: Case, values: Ints) -> Ints:
    """What each authority has of numbers of each kind, then each of its service areas and tiers.

    `values` has shape (figures, measures, kinds), the result (figures, authorities, 1 + service areas + tiers, measures).
    Exact, so that the order of people makes no difference.
    """
    crowd, authorities = case.crowd, len(case.codes)
    rows = values.reshape(values.shape[0] * values.shape[1], values.shape[2])
    parts = [sums.whole_sums_of_rows(rows, case.kinds.groups)[:, :, np.newaxis]]
    for member, codes in ((crowd.service_area, case.responses.service_areas), (crowd.tier, case.responses.tiers)):
        place = member[: crowd.officers]
        cell = np.where(place < 0, -1, crowd.authority[: crowd.officers] * len(codes) + place)
        groups = sums.grouped(cell, authorities * len(codes))
        found = sums.whole_sums_of_rows(rows[:, groups.order], groups)
        parts.append(found.reshape(len(rows), authorities, len(codes)))
    whole = np.concatenate(parts, axis=2)
    return np.moveaxis(whole.reshape(*values.shape[:2], *whole.shape[1:]), 1, 3)


def _by_kind(case: Case, made: Ints, figures: Sequence[int]) -> list[Table]:
    """`figures` are places in `made`, which has the whole authority first, then service areas, then tiers.

    Groups stand in the order of their codes, which decides between groups of one size.
    """
    areas, tiers = case.responses.service_areas, case.responses.tiers
    found = ((ALL, (ALL,), 0), (SERVICE_AREA, areas, 1), (TIER, tiers, 1 + len(areas)))
    tables = []
    for kind, codes, first in found:
        order = sorted(range(len(codes)), key=codes.__getitem__)
        columns = np.array([first + place for place in order], dtype=np.int64)
        taken = [part[:, columns] for part in made]
        tables.append(Table(kind, tuple(codes[place] for place in order), *(taken[place] for place in figures)))
    return tables


def _own_reasons(case: Case, table: Table, whole: Table) -> Reasons:
    """The reason against each share of an authority, shape (authorities, groups, measures)."""
    shape = table.people.shape
    if table.kind == ALL:
        found = threshold.people(table.people, case.rules)
    else:
        owner = np.repeat(np.arange(shape[0]), shape[1])
        flat = table.people.reshape(-1, shape[2])
        found = groups.reasons(flat, whole.people[:, 0], owner, (), case.rules).reshape(shape)
    found[~withheld(found) & (table.unknown > _NEARLY * table.asked)] = Reason.NEARLY_EVERYONE
    return found


def _own_frame(case: Case, tables: Sequence[Table], reasons: Sequence[Reasons]) -> pd.DataFrame:
    """DONT_KNOW_SHARES: by authority the groups with anybody in them, a row a dimension."""
    kept = [one.people.any(axis=2) for one in tables]
    places = [np.nonzero(one) for one in kept]
    order = np.argsort(np.concatenate([authority for authority, _ in places]), kind="stable")
    groups = [
        (case.codes[a], one.kind, one.codes[g])
        for one, (authority, group) in zip(tables, places, strict=True)
        for a, g in zip(authority.tolist(), group.tolist(), strict=True)
    ]
    found = []
    for one, why, there in zip(tables, reasons, kept, strict=True):
        totals = one.of_people
        bounds = ratios.interval(totals, totals.answers, confidence=case.rules.confidence)
        figures = {"n": one.people, "share": totals.share, "lower": bounds[0], "upper": bounds[1], "reason": why}
        found.append({name: values[there] for name, values in figures.items()})
    measures = [one.code for one in case.questionnaire.dimensions]
    return assembly.group_rows(
        frames.DONT_KNOW_SHARES,
        [groups[place] for place in order.tolist()],
        measures,
        {name: np.concatenate([one[name] for one in found])[order] for name in found[0]},
    )


def _sector_rows(case: Case, table: Table, inside: Bools, measures: list[str], whole: Ints) -> pd.DataFrame:
    """All authorities together, a row a group and measure; `inside` are the cells that count, `whole` everybody asked."""
    totals = table.of_authorities(inside)
    lower, upper = ratios.interval(totals, totals.answers, confidence=case.rules.confidence)
    dominant = np.where(inside, table.asked, 0).max(axis=0, initial=0) > _MOST_OF_ALL * totals.answers
    columns: dict[str, NDArray[np.generic]] = {
        "n": np.where(inside, table.people, 0).sum(axis=0),
        "authorities": inside.sum(axis=0),
        "share": totals.share,
        "lower": lower,
        "upper": upper,
        "reason": _sector_reasons(case, table, inside, dominant, whole),
    }
    return pd.DataFrame(
        {
            "kind": table.kind,
            "group": np.repeat(np.array([*table.codes, ""], dtype=object)[:-1], len(measures)),
            "measure": np.tile(np.array([*measures, ""], dtype=object)[:-1], len(table.codes)),
            **{name: values.ravel() for name, values in columns.items()},
        }
    )


def _pool(table: Table, shown: Bools, rules: Rules) -> Bools:
    """Cells that count: shown ones, and hidden ones where neither their people nor one of them could be had."""
    there = table.people > 0
    hidden = there & ~shown
    left, authorities = np.where(hidden, table.people, 0).sum(axis=0), hidden.sum(axis=0)
    enough = (left >= rules.minimum_respondents) & (authorities >= _FEWEST_HIDDEN)
    inside: Bools = there & (shown | enough)
    return inside


def _sector_reasons(case: Case, table: Table, inside: Bools, dominant: Bools, whole: Ints) -> Reasons:
    people, authorities = np.where(inside, table.people, 0).sum(axis=0), inside.sum(axis=0)
    few = threshold.people(people, case.rules)
    against = threshold.authorities(authorities, case.rules)
    against[np.equal(against, Reason.TOO_FEW_FOR_QUARTILES)] = None
    reasons = np.where(withheld(few), few, against)
    reasons[~withheld(reasons) & dominant] = Reason.DOMINANCE
    for j in range(people.shape[1] if table.kind != ALL else 0):
        already = withheld(reasons[:, j]).tolist()
        left = complement.hidden(people[:, j].tolist(), int(whole[j]), case.rules.minimum_respondents, already)
        reasons[np.array(left, dtype=np.bool_) & ~withheld(reasons[:, j]), j] = Reason.COMPLEMENT
    return reasons
