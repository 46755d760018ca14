"""Change since an earlier wave: the same items asked twice, two independent groups of people, and what can be said."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.comparison import Continuity
from questionnaires.definition import Questionnaire
from reports import alone, assembly, continuity, frames, nested, predecessors, restated, scoring, standings
from reports import case as cases
from reports import headcounts as staff
from reports.case import Case
from reports.continuity import Continued
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.frames import Responses
from reports.measures import Measure, MeasureKind
from reports.predecessors import Wave
from reports.quality import Json
from reports.statistics import holm, welch


@dataclass(frozen=True)
class Before:
    """What an earlier wave's numbers were computed from, and who has replaced whom since (SUCCESSIONS)."""

    responses: Responses
    questionnaire: Questionnaire
    authorities: pd.DataFrame | None = None
    headcounts: pd.DataFrame | None = None
    successions: pd.DataFrame | None = None

    def continued(self, responses: Responses, questionnaire: Questionnaire) -> Continued:
        """How the measures of a later wave go on from this one."""
        return continuity.continued(self.questionnaire, questionnaire, self.responses.items, responses.items)


@dataclass(frozen=True)
class Changed:
    """CHANGE and BENCHMARKS_RESTATED, and the reasons that come last (`disclosure.late`), shape (authorities,
    measures).
    """

    change: pd.DataFrame
    benchmarks_restated: pd.DataFrame
    late: Reasons


@dataclass(frozen=True)
class _Series:
    """How each measure goes on: `measures` with their common items only (none where the series is broken)."""

    measures: tuple[Measure, ...]
    words: tuple[Continuity, ...]
    common: tuple[int, ...]

    @property
    def broken(self) -> NDArray[np.bool_]:
        return np.array([word is Continuity.BROKEN for word in self.words], dtype=np.bool_)


def change(case: Case, before: Before, register: pd.DataFrame) -> Changed:
    """CHANGE of every authority and measure, BENCHMARKS_RESTATED for both waves, and what is withheld last.

    Both waves are scored anew, each with its own weights, on the items that are identical in both; a measure with
    fewer than 3 of them or less than 60 % has a broken series. With V without finite population correction:

        change = after - before, SE = sqrt(V_before + V_after), bounds = change -+ t(0.975, df) SE,
        df = (V_b + V_a)^2 / (V_b^2 / (n_b - 1) + V_a^2 / (n_a - 1))

    because nobody knows who answered twice, the waves count as independent. Holm runs over the dimensions within one
    authority; the verdict is that of a standing, ABOVE for improved. The overall is over the dimensions that are shown
    for this wave and needs all of them in both. An authority that replaced others is compared with them together
    (`predecessors`), and only where each of them has enough people. `register` (AUTHORITIES, at least `code`) are the
    authorities of this wave. Scores in points, 0 to 100; the rules of this wave hold for both: a figure that would give
    one person of either wave away (`alone`) is withheld, of an authority that replaced others if it does in one of
    them, and still counts in the benchmarks, as in those of one wave. Methodology 8 and 10; Welch 1947 for df.

    >>> from reports import example
    >>> rows = change(example.case(), example.before(), example.authorities()).change
    >>> first = rows[rows["measure"] == "mindset"].iloc[0]
    >>> [round(float(first[name]), 1) for name in ("before", "after", "change", "lower", "upper")]
    [31.6, 43.6, 12.0, 5.8, 18.1]
    >>> str(first["verdict"]), first["series"], int(first["common_items"])
    ('ABOVE', 'same', 4)
    """
    earlier = cases.prepare(before.responses, before.questionnaire, case.rules, before.authorities, before.headcounts)
    series = _series(before.continued(case.responses, case.questionnaire), case)
    new, _, after = _wave(case, series)
    own, there, first = _wave(replace(earlier, unreliable=case.unreliable), series)
    behind = predecessors.lineage(case.codes, there, before.successions)
    old = predecessors.together(own, earlier.codes, behind, staff.totals(earlier.staff_rows, earlier.codes))
    reasons = _reasons(case, series, old, new, np.array([not some for some in behind], dtype=np.bool_))
    waves = restated.Waves(case.codes, earlier.codes, behind, new, old, own, ~withheld(reasons))
    registers = before.authorities, register
    return Changed(
        _frame(case, series, (old, new), reasons, behind),
        restated.restated(waves, case.measure_codes, registers, series.broken, case.rules),
        _late(after, first, earlier.codes, behind),
    )


def quality(before: Before, found: Continued, table: pd.DataFrame) -> dict[str, Json]:
    """What quality.json says of the earlier wave: its questionnaire, the items that do not count yet, broken series.

    Methodology 8.

    >>> from reports import example
    >>> before, case = example.before(), example.case()
    >>> going_on = before.continued(case.responses, case.questionnaire)
    >>> quality(before, going_on, change(case, before, example.authorities()).change)
    {'questionnaire': 'example 1', 'new_items': [], 'broken': []}
    """
    first = table.drop_duplicates("measure")
    broken = first[first["series"] == str(Continuity.BROKEN)]["measure"]
    asked = before.questionnaire
    return {
        "questionnaire": f"{asked.code} {asked.version}",
        "new_items": list(found.new),
        "broken": [str(code) for code in broken],
    }


def _series(found: Continued, case: Case) -> _Series:
    """The measures with their common items; the overall goes on as the dimensions that are shown for this wave."""
    dimensions = case.dimensions or case.places(MeasureKind.DIMENSION)
    words = (continuity.overall([found.words[at] for at in dimensions]), *found.words[1:])
    return _Series(found.common, words, (sum(found.counts[at] for at in dimensions), *found.counts[1:]))


def _wave(case: Case, series: _Series) -> tuple[Wave, list[str], Reasons]:
    """A wave scored on the common items; who has answers in it at all; the reasons for the sake of single people."""
    people = scoring.on_items(series.measures, case.responses, case.questionnaire, case.rules)
    people = scoring.with_overall(people, case.dimensions, case.rules)
    case = replace(case, people=scoring.excluded(people, case.flags.excluded))
    found = case.estimate(None)
    there = [code for code, count in zip(case.codes, np.diff(case.officers.bounds), strict=True) if count]
    against = alone.reasons(case, found, nested.told(case, case.kinds.groups, case.kinds.weight))
    return Wave(found.score, found.se_comparison, found.n, found.n, found.n.astype(np.float64)), there, against


def _late(new: Reasons, old: Reasons, codes_before: tuple[str, ...], behind: tuple[tuple[str, ...], ...]) -> Reasons:
    """The reasons of either wave, for each authority of this one and whoever stood behind it."""
    place = {code: at for at, code in enumerate(codes_before)}
    found = new.copy()
    for at, some in enumerate(behind):
        for code in some:
            found[at] = np.where(withheld(found[at]), found[at], old[place[code]])
    return found


def _reasons(case: Case, series: _Series, old: Wave, new: Wave, absent: NDArray[np.bool_]) -> Reasons:
    """A dimension that is not shown for this wave first, a broken series, who was not there before, too few people."""
    reasons = threshold.people(np.minimum(old.fewest, new.n), case.rules)
    reasons[absent] = Reason.NOT_BEFORE
    reasons[:, series.broken] = Reason.SERIES_BROKEN
    reasons[:, case.refused] = Reason.UNRELIABLE_SCALE
    dimensions = case.dimensions
    if len(dimensions) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
    else:
        hidden = withheld(reasons)
        reasons[hidden[:, dimensions].any(axis=1) & ~hidden[:, 0], 0] = Reason.DIMENSION_WITHHELD
    return reasons


def _frame(
    case: Case, series: _Series, waves: tuple[Wave, Wave], reasons: Reasons, behind: tuple[tuple[str, ...], ...]
) -> pd.DataFrame:
    old, new = waves
    found = welch.difference(
        (new.score, old.score), (new.se, old.se), (new.freedom, old.freedom), confidence=case.rules.confidence
    )
    difference, shape = found.gap, found.gap.shape
    tested = np.array([measure.kind is MeasureKind.DIMENSION for measure in case.measures])
    p_value = np.where(tested, found.p_value, np.nan)
    shown = ~withheld(reasons)
    p_adjusted = holm.among_shown(p_value, shown)
    verdicts = standings.verdict(difference, p_adjusted, case.rules)
    verdicts[~np.broadcast_to(tested, shape) | np.isnan(difference)] = None
    columns = {
        "common_items": np.broadcast_to(np.array(series.common, dtype=np.int64), shape),
        "series": np.broadcast_to(np.array([str(word) for word in series.words], dtype=object), shape),
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
        "predecessors": _replaced(case.codes, behind, len(case.measures)),
    }
    return assembly.table(frames.CHANGE, case.codes, case.measure_codes, columns)


def _replaced(codes: tuple[str, ...], behind: tuple[tuple[str, ...], ...], width: int) -> NDArray[np.object_]:
    """The codes of those that an authority is compared with, where it is not compared with itself alone."""
    words = [None if some in ((), (code,)) else " ".join(some) for code, some in zip(codes, behind, strict=True)]
    column = np.empty((len(words), 1), dtype=object)
    column[:, 0] = words
    return np.broadcast_to(column, (len(words), width))
