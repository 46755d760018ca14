"""Change since an earlier wave: the same items asked twice, two independent groups of people, and what can be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires import comparison as editions
from questionnaires.comparison import Continuity
from questionnaires.definition import Questionnaire
from reports import assembly, benchmarks, frames, peers, scoring, standings
from reports import case as cases
from reports.benchmarks import GroupBenchmarks
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.frames import Responses
from reports.measures import Measure, MeasureKind
from reports.statistics import holm, sums, welch
from reports.statistics.sums import Floats, Ints

BEFORE, AFTER = "before", "after"
"""What a benchmark is restated for: the wave before, or the wave after, on common items and authorities."""

FEWEST_CHANGED = 3
"""So many authorities at least are in only one of two benchmarks, or none (methodology 10, rule 10)."""


@dataclass(frozen=True)
class Before:
    """What an earlier wave's numbers were computed from."""

    responses: Responses
    questionnaire: Questionnaire
    authorities: pd.DataFrame | None = None
    headcounts: pd.DataFrame | None = None


@dataclass(frozen=True)
class _Series:
    """How each measure goes on: `measures` with their common items only (none where the series is broken)."""

    measures: tuple[Measure, ...]
    words: tuple[Continuity, ...]
    common: Ints

    @property
    def broken(self) -> NDArray[np.bool_]:
        return np.array([word is Continuity.BROKEN for word in self.words], dtype=np.bool_)


@dataclass(frozen=True)
class _Wave:
    """One of the two waves on common items; arrays of shape (authorities of either, measures), NaN for who was not there."""

    score: Floats
    se: Floats
    n: Ints
    there: NDArray[np.bool_]  # shape (authorities,): who has answers at all

    def of(self, rows: NDArray[np.bool_]) -> _Wave:
        """Some of the authorities."""
        return _Wave(self.score[rows], self.se[rows], self.n[rows], self.there[rows])


def change(case: Case, before: Before, register: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """CHANGE of every authority and measure, and BENCHMARKS restated for both waves.

    Both waves are scored anew, each with its own weights, on the items that are identical in both; a measure with
    fewer than 3 of them or less than 60 % has a broken series. With V without finite population correction:

        change = after - before, SE = sqrt(V_before + V_after), bounds = change -+ t(0.975, df) SE,
        df = (V_b + V_a)^2 / (V_b^2 / (n_b - 1) + V_a^2 / (n_a - 1))

    because nobody knows who answered twice, the waves count as independent. Holm runs over the dimensions within one
    authority; the verdict is that of a standing, ABOVE for improved. The overall is over the dimensions that are shown for this wave and needs all of them in both.
    `register` (AUTHORITIES, at least `code`) are the authorities of this wave. Scores in points, 0 to 100; the rules
    of this wave hold for both. Methodology 8; Welch 1947 for df.
    """
    earlier = cases.prepare(before.responses, before.questionnaire, case.rules, before.authorities, before.headcounts)
    series = _series(earlier, case)
    either = tuple(sorted({*earlier.codes, *case.codes}))
    old, new = (_wave(one, series, case.dimensions, either) for one in (earlier, case))
    reasons = _reasons(case, series, old, new)
    here = np.isin(either, case.codes)
    members = (_groups(before.authorities, earlier.codes), _groups(register, case.codes))
    return {
        "change": _frame(case, series, old.of(here), new.of(here), reasons[here]),
        "benchmarks_restated": _restated(case, either, _Both(old, new, ~withheld(reasons)), members, series.broken),
    }


def _series(earlier: Case, case: Case) -> _Series:
    """The measures of this wave with the items that both waves asked in the same words."""
    old, new = _asked(earlier), _asked(case)
    found = {one.measure: one for one in editions.compare(old, new).series}
    measures, words, common = [], [], []
    for measure in case.measures:
        one = found.get(measure.code)
        items = one.common if one is not None else ()
        word = one.continuity if one is not None else Continuity.BROKEN
        words.append(word)
        common.append(len(items))
        measures.append(replace(measure, items=() if word is Continuity.BROKEN else items))
    dimensions = case.dimensions or case.places(MeasureKind.DIMENSION)
    words[0] = _overall([words[at] for at in dimensions])
    common[0] = sum(common[at] for at in dimensions)
    return _Series(tuple(measures), tuple(words), np.array(common, dtype=np.int64))


def _overall(words: list[Continuity]) -> Continuity:
    """The overall goes on as the weakest of the dimensions that are shown for this wave."""
    if not words or Continuity.BROKEN in words:
        return Continuity.BROKEN
    return Continuity.COMMON if Continuity.COMMON in words else Continuity.SAME


def _asked(case: Case) -> Questionnaire:
    """The questionnaire without scored items that have no column: those were not asked in this wave."""
    asked = set(case.responses.items)
    sections = tuple(
        replace(
            section,
            pages=tuple(
                replace(page, items=tuple(item for item in page.items if not item.is_scored or item.code in asked))
                for page in section.pages
            ),
        )
        for section in case.questionnaire.sections
    )
    return replace(case.questionnaire, sections=sections)


def _wave(case: Case, series: _Series, dimensions: list[int], codes: tuple[str, ...]) -> _Wave:
    """A wave scored on the common items, the overall over these dimensions, with a row for each of `codes`."""
    people = scoring.on_items(series.measures, case.responses, case.questionnaire, case.rules)
    people = scoring.with_overall(people, dimensions, case.rules)
    groups = sums.grouped(np.where(case.counted, case.authority, -1), len(case.codes))
    found = replace(case, people=scoring.excluded(people, case.flags.excluded)).estimate(groups, None)
    place = {code: at for at, code in enumerate(case.codes)}
    rows = np.array([place.get(code, -1) for code in codes], dtype=np.int64)
    return _placed(found, rows, np.bincount(groups.of_row, minlength=groups.count))


def _placed(found: Estimates, rows: Ints, answered: Ints) -> _Wave:
    known = rows >= 0
    at = np.where(known, rows, 0)
    if not len(answered):
        at, known = at[:0], known[:0]
    column = known[:, np.newaxis]
    return _Wave(
        np.where(column, found.score[at], np.nan),
        np.where(column, found.se_comparison[at], np.nan),
        np.where(column, found.n[at], 0),
        known & (answered[at] > 0),
    )


def _reasons(case: Case, series: _Series, old: _Wave, new: _Wave) -> Reasons:
    """A dimension that is not shown for this wave first, a broken series, who was not there before, too few people."""
    reasons = threshold.people(np.minimum(old.n, new.n), case.rules)
    reasons[~old.there] = Reason.NOT_BEFORE
    reasons[:, series.broken] = Reason.SERIES_BROKEN
    reasons[:, case.refused] = Reason.UNRELIABLE_SCALE
    dimensions = case.dimensions
    if len(dimensions) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
    else:
        hidden = withheld(reasons)
        reasons[hidden[:, dimensions].any(axis=1) & ~hidden[:, 0], 0] = Reason.DIMENSION_WITHHELD
    return reasons


def _frame(case: Case, series: _Series, old: _Wave, new: _Wave, reasons: Reasons) -> pd.DataFrame:
    found = welch.difference((new.score, old.score), (new.se, old.se), (new.n, old.n), confidence=case.rules.confidence)
    difference = found.gap
    tested = np.array([measure.kind is MeasureKind.DIMENSION for measure in case.measures])
    p_value = np.where(tested, found.p_value, np.nan)
    shown = ~withheld(reasons)
    p_adjusted = holm.among_shown(p_value, shown)
    verdicts = standings.verdict(difference, p_adjusted, case.rules)
    verdicts[~np.broadcast_to(tested, difference.shape) | np.isnan(difference)] = None
    columns = {
        "common_items": np.broadcast_to(series.common, difference.shape),
        "series": np.broadcast_to(np.array([str(word) for word in series.words], dtype=object), difference.shape),
        "before": old.score,
        "after": np.where(series.broken, np.nan, new.score),
        "change": difference,
        "lower": found.lower,
        "upper": found.upper,
        "p_value": p_value,
        "p_adjusted": p_adjusted,
        "verdict": verdicts,
        "reason": reasons,
        "n_before": old.n,
        "n_after": new.n,
    }
    return assembly.table(frames.CHANGE, case.codes, case.measure_codes, columns)


# The middle authority of both waves, on the same items and the same authorities


def _groups(register: pd.DataFrame | None, codes: tuple[str, ...]) -> dict[str, list[str]]:
    """Peer groups with their authorities; who is in no register is in the group of all."""
    listed = pd.DataFrame({"code": []}) if register is None else register
    extra = pd.DataFrame({"code": [code for code in codes if code not in set(listed["code"].astype(str))]})
    menu = peers.groups(pd.concat([listed, extra], ignore_index=True))
    return {str(name): list(part) for name, part in menu.groupby("peer_group", sort=False)["authority"]}


@dataclass(frozen=True)
class _Both:
    """The two waves, and which authorities are shown in both, shape (authorities of either, measures)."""

    old: _Wave
    new: _Wave
    shown: NDArray[np.bool_]


def _restated(
    case: Case,
    either: tuple[str, ...],
    both: _Both,
    members: tuple[Mapping[str, list[str]], Mapping[str, list[str]]],
    broken: NDArray[np.bool_],
) -> pd.DataFrame:
    """Benchmarks of each peer group of this wave over the authorities that were in it and are shown in both waves."""
    parts = []
    for name in members[1]:
        inside = [np.isin(either, one.get(name, []))[:, np.newaxis] for one in members]
        common = both.shown & inside[0] & inside[1]
        for word, wave, own in ((BEFORE, both.old, inside[0]), (AFTER, both.new, inside[1])):
            middle = benchmarks.benchmark(wave.score, common, case.rules)
            alone = (own & (wave.n >= case.rules.minimum_respondents) & ~common).sum(axis=0)
            why = _why(middle, alone, broken, case)
            parts.append(assembly.benchmark_rows(name, case.measure_codes, middle, why).assign(restated_for=word))
    return frames.BENCHMARKS.check(pd.concat(parts, ignore_index=True))


def _why(middle: GroupBenchmarks, alone: Ints, broken: NDArray[np.bool_], case: Case) -> Reasons:
    """A broken series, too few authorities, or one or two that make the difference to what was published (rule 10)."""
    why = threshold.authorities(middle.n, case.rules)
    enough = middle.n >= case.rules.minimum_authorities_median
    why[enough & (alone > 0) & (alone < FEWEST_CHANGED)] = Reason.FEW_CHANGED
    why[broken] = Reason.SERIES_BROKEN
    return why
