"""The middle authority of two waves, restated on the same items and the same authorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import assembly, benchmarks, frames, peers
from reports.benchmarks import GroupBenchmarks
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons
from reports.predecessors import Wave
from reports.rules import Rules
from reports.statistics.sums import Ints

BEFORE, AFTER = "before", "after"
"""What a benchmark is restated for: the wave before, or the wave after, on common items and authorities."""

FEWEST_CHANGED = 3
"""So many authorities at least are in only one of two benchmarks, or none (methodology 10, rule 10)."""


@dataclass(frozen=True)
class Waves:
    """The two waves on common items.

    `new` and `old` have a row for each of `codes`, in `old` for who stood `behind` it; `own` has one for each of
    `codes_before`. `shown` are the changes that may be shown, shape (codes, measures).
    """

    codes: tuple[str, ...]
    codes_before: tuple[str, ...]
    behind: tuple[tuple[str, ...], ...]
    new: Wave
    old: Wave
    own: Wave
    shown: NDArray[np.bool_]


def restated(
    waves: Waves,
    measures: Sequence[str],
    registers: tuple[pd.DataFrame | None, pd.DataFrame | None],
    broken: NDArray[np.bool_],
    rules: Rules,
) -> pd.DataFrame:
    """BENCHMARKS_RESTATED of each peer group of this wave, over the authorities that were in it and are shown in both.

    `registers` are the authorities of the earlier and of this wave (AUTHORITIES), `measures` their codes, `broken`
    which of them have no series. An authority that replaced others was in a group where all of those were. A median
    is withheld where one or two authorities make the difference to the one that was published (methodology 8 and
    10, rule 10): their scores could be had from the two.

    >>> from reports import example
    >>> from reports import change
    >>> rows = change.change(example.case(), example.before(), example.authorities()).benchmarks_restated
    >>> first = rows[(rows["peer_group"] == "all") & (rows["measure"] == "mindset")]
    >>> [(word, round(float(median), 1)) for word, median in zip(first["restated_for"], first["median"])]
    [('before', 47.0), ('after', 55.8)]
    """
    menus = [_groups(*one) for one in zip(registers, (waves.codes_before, waves.codes), strict=True)]
    parts, sector = [], max(_with_a_score(one, rules) for one in (waves.new, waves.own))
    for name, inside in menus[1].items():
        were = menus[0].get(name, frozenset())
        was = np.array([bool(some) and were.issuperset(some) for some in waves.behind], dtype=np.bool_)[:, np.newaxis]
        is_in = np.isin(waves.codes, list(inside))[:, np.newaxis]
        common = waves.shown & was & is_in
        gone = np.isin(waves.codes_before, list(were))[:, np.newaxis] & ~_kept(waves, common)
        for word, wave, alone in (
            (BEFORE, waves.old, gone & (waves.own.n >= rules.minimum_respondents)),
            (AFTER, waves.new, is_in & ~common & (waves.new.n >= rules.minimum_respondents)),
        ):
            middle = benchmarks.benchmark(wave.score, common, rules)
            against = threshold.peer_groups(middle.n, rules, sector=sector)
            why = _why(middle, alone.sum(axis=0), broken, against, rules)
            parts.append(assembly.benchmark_rows(name, list(measures), middle, why).assign(restated_for=word))
    return frames.BENCHMARKS_RESTATED.check(pd.concat(parts, ignore_index=True))


def menu_before(register: pd.DataFrame | None) -> pd.DataFrame:
    """MENU of the earlier wave as `restated` makes it, for the audit of authorities. Methodology 8.

    >>> from reports import example
    >>> len(menu_before(example.authorities())), len(menu_before(None))
    (72, 0)
    """
    listed = pd.DataFrame({"code": []}) if register is None else register
    return frames.MENU.check(peers.groups(listed))


def _kept(waves: Waves, common: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which authorities of the earlier wave are in the restated benchmark as they were; (codes before, measures)."""
    place = {code: at for at, code in enumerate(waves.codes_before)}
    kept = np.zeros(waves.own.n.shape, dtype=np.bool_)
    for at, some in enumerate(waves.behind):
        if len(some) == 1:
            kept[place[some[0]]] |= common[at]
    return kept


def _groups(register: pd.DataFrame | None, codes: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Peer groups with their authorities; who is in no register is in the group of all."""
    listed = pd.DataFrame({"code": []}) if register is None else register
    extra = pd.DataFrame({"code": [code for code in codes if code not in set(listed["code"].astype(str))]})
    menu = peers.groups(pd.concat([listed, extra], ignore_index=True))
    return {str(name): frozenset(part) for name, part in menu.groupby("peer_group", sort=False)["authority"]}


def _with_a_score(wave: Wave, rules: Rules) -> int:
    """How many authorities of a wave have one that may be shown."""
    return int((wave.n >= rules.minimum_respondents).any(axis=1).sum())


def _why(middle: GroupBenchmarks, alone: Ints, broken: NDArray[np.bool_], against: Reasons, rules: Rules) -> Reasons:
    """A broken series, too few authorities, or one or two that make the difference to what was published (rule 10)."""
    why = against.copy()
    enough = middle.n >= rules.minimum_authorities_median
    why[enough & (alone > 0) & (alone < FEWEST_CHANGED)] = Reason.FEW_CHANGED
    why[broken] = Reason.SERIES_BROKEN
    return why
