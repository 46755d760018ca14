"""Don't know as a finding: which service areas and tiers could not say, inside authorities and over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Item
from reports import frames
from reports.case import Case
from reports.disclosure import complement, groups, threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.frames import DONT_KNOW, NOT_APPLICABLE, NOT_ASKED
from reports.rules import Rules
from reports.statistics import ratios, sums
from reports.statistics.ratios import Totals
from reports.statistics.sums import Ints

ALL, SERVICE_AREA, TIER = "all", "service_area", "tier"
_NEARLY = 0.9
_MOST_OF_ALL = 0.5  # of the answers behind a figure of the sector, more than which no authority may have
_FEWEST_HIDDEN = 3  # authorities together, so that none of them can be had as a difference
Bools: TypeAlias = NDArray[np.bool_]
_Sizes: TypeAlias = tuple[int, int, int]


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

    The share of don't know (and not applicable) among the answers that were asked for of a dimension, blank ones among them,
    for all officers who count and by service area and by tier; of single items over all authorities only. Answers of one
    person go together, so that the interval of an authority's share is clustered by person, that of the sector by
    authority (`statistics.ratios`). Not weighted: it tells of the answers that were given. Methodology 2.2, 7 and 10.

    An authority's own: from `rules.minimum_respondents` people asked, what is left of the authority nobody or as many; not where
    over 90 % are don't know. The sector's: cells that an authority may not show count only where they are of three authorities or more and
    have as many people together; from `rules.minimum_authorities_median` authorities, none with over half of the answers.
    """
    own, items, parent = _counted(case)
    reasons = [_own_reasons(case, one, own[0]) for one in own]
    parts = [_own_rows(case, one, why) for one, why in zip(own, reasons, strict=True)]
    dimensions = [one.code for one in case.questionnaire.dimensions]
    by_sector = []
    for tables, measures, at in ((own, dimensions, slice(None)), (items, list(case.given), parent)):
        pools = [_pool(one, ~withheld(why[:, :, at]), case.rules) for one, why in zip(tables, reasons, strict=True)]
        whole = np.where(pools[0], tables[0].people, 0).sum(axis=(0, 1))
        by_sector += [_sector_rows(case, one, pool, measures, whole) for one, pool in zip(tables, pools, strict=True)]
    together = pd.concat(parts, ignore_index=True).sort_values("authority", kind="stable", ignore_index=True)
    return {
        "dont_know": frames.DONT_KNOW_SHARES.check(together),
        "sector_dont_know": frames.SECTOR_DONT_KNOW.check(pd.concat(by_sector, ignore_index=True)),
    }


def _counted(case: Case) -> tuple[list[Table], list[Table], Ints]:
    """By dimension and by item for each kind; and which dimension each item belongs to.

    From the officers' kinds, which every table of an authority is made of.
    """
    dimensions = [one.code for one in case.questionnaire.dimensions]
    sizes = (len(case.codes), len(case.responses.service_areas) + 1, len(case.responses.tiers) + 1)
    cell, people = _cells(case, sizes), len(case.officers.order)
    unknown, asked = (np.zeros((len(dimensions), people), dtype=np.int16) for _ in range(2))
    singles: list[tuple[Ints, ...]] = []
    parent = []
    for code, often in case.counts.items():
        item = case.questionnaire.items[code]
        states = _states(item)
        answers = np.arange(len(item.options) - len(often), len(item.options)) % 256
        singles.append(tuple(_sum(often[one[answers]].sum(axis=0), cell, sizes) for one in states))
        parent.append(dimensions.index(str(item.dimension)))
        asked[parent[-1]] += states[0].take(case.given[code])
        unknown[parent[-1]] += states[1].take(case.given[code])
    rows = case.kinds.rows
    together = [
        tuple(
            _sum(sums.whole_sums(one, rows), cell, sizes)
            for one in (asked[d] > 0, unknown[d], asked[d], unknown[d] ** 2, unknown[d] * asked[d], asked[d] ** 2)
        )
        for d in range(len(dimensions))
    ]
    return (
        _by_kind(case, _stacked(together, sizes, 6)),
        _by_kind(case, _stacked(singles, sizes, 2)[[0, 1, 0, 1, 1, 0]]),
        np.array(parent, dtype=np.int64),
    )


def _cells(case: Case, sizes: _Sizes) -> Ints:
    """The number of authority x service area x tier of each kind of officers; who did not say is in the last of each."""
    crowd, officers = case.crowd, case.crowd.officers
    result = crowd.authority[:officers]
    for member, size in ((crowd.service_area, sizes[1]), (crowd.tier, sizes[2])):
        place = member[:officers]
        result = result * size + np.where(place < 0, size - 1, place)
    return result


def _states(item: Item) -> tuple[Bools, Bools]:
    """Whether an answer, read as an unsigned byte, was asked for, and whether it is don't know."""
    unknown, asked = np.zeros(256, dtype=np.bool_), np.ones(256, dtype=np.bool_)
    unscored = [place for place, option in enumerate(item.options) if option.score is None]
    unknown[[code % 256 for code in (DONT_KNOW, NOT_APPLICABLE, *unscored)]] = True
    asked[NOT_ASKED % 256] = False
    return asked, unknown


def _sum(values: Ints, cell: Ints, sizes: _Sizes) -> Ints:
    """What each authority has of a number of each kind, then each of its service areas and tiers.

    Exact, so that the order of people makes no difference. Shape (authorities, 1 + service areas + tiers).
    """
    found = np.bincount(cell, weights=values, minlength=int(np.prod(sizes))).astype(np.int64).reshape(sizes)
    areas, tiers = found.sum(axis=2)[:, :-1], found.sum(axis=1)[:, :-1]
    return np.hstack([found.sum(axis=(1, 2))[:, np.newaxis], areas, tiers])


def _stacked(made: Sequence[tuple[Ints, ...]], sizes: _Sizes, figures: int) -> Ints:
    """Shape (figures, authorities, 1 + service areas + tiers, measures)."""
    if not made:
        return np.zeros((figures, sizes[0], sizes[1] + sizes[2] - 1, 0), dtype=np.int64)
    return np.stack([np.stack(one) for one in made], axis=-1)


def _by_kind(case: Case, made: Ints) -> list[Table]:
    """`made` has the six figures of a table, each with the whole authority first, then service areas, then tiers.

    Groups stand in the order of their codes, which decides between groups of one size.
    """
    areas, tiers = case.responses.service_areas, case.responses.tiers
    found = ((ALL, (ALL,), 0), (SERVICE_AREA, areas, 1), (TIER, tiers, 1 + len(areas)))
    tables = []
    for kind, codes, first in found:
        order = sorted(range(len(codes)), key=codes.__getitem__)
        columns = np.array([first + place for place in order], dtype=np.int64)
        tables.append(Table(kind, tuple(codes[place] for place in order), *(part[:, columns] for part in made)))
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


def _own_rows(case: Case, table: Table, reasons: Reasons) -> pd.DataFrame:
    """Groups with anybody in them, a row a dimension."""
    kept = table.people.any(axis=2)
    authority, group = np.nonzero(kept)
    measures = [one.code for one in case.questionnaire.dimensions]
    totals, count = table.of_people, len(measures)
    bounds = ratios.interval(totals, totals.answers, confidence=case.rules.confidence)
    columns = {"n": table.people, "share": totals.share, "lower": bounds[0], "upper": bounds[1], "reason": reasons}
    return pd.DataFrame(
        {
            "authority": np.repeat(np.array(case.codes, dtype=object)[authority], count),
            "kind": table.kind,
            "group": np.repeat(np.array([*table.codes, ""], dtype=object)[group], count),
            "measure": np.tile(np.array(measures, dtype=object), len(authority)),
            **{name: values[kept].ravel() for name, values in columns.items()},
        }
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
