"""Say and do: what an authority says of itself in its self-assessment, against what its officers see."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from questionnaires.definition import Questionnaire
from reports import assembly, frames, scoring, standings
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.measures import Measure, MeasureKind
from reports.scoring import PersonScores
from reports.statistics import quantiles
from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class SayDo:
    """The frame as computed, and as publication tells it: the staff's intervals there tell no small staff."""

    computed: pd.DataFrame
    told: pd.DataFrame


@dataclass(frozen=True)
class Assessed:
    """What authorities say of themselves, each of shape (authorities, measures): points 0 to 100, and over how
    many themes.
    """

    score: Floats
    themes: Ints


def say_do(case: Case, levels: pd.DataFrame, *, invited: Floats, said: Floats) -> SayDo:
    """Every authority and measure: self-assessment, staff, and how far apart they are beyond what is usual (SAY_DO).

    `levels` (ASSESSMENTS) has a row for each authority and theme of its instrument, with an empty score where no
    level was chosen. `invited` is N and `said` the N that intervals may tell; both have shape (authorities,). With
    the themes T that are in both instruments and in this authority's answers:

        assessed = mean over T of the levels, 1 to 5 as 0 to 100; staff = score of its officers on the items of T
        gap = (assessed - staff) - median over authorities of (assessed - staff)
        bounds = gap -+ t(0.975, n - 1) se, se that of the staff score without finite population correction

    The plain difference is no finding, because the two scales share their ends and not their meaning. The overall
    is the mean of the dimensions. Verdict and test are those of a standing, Holm over the dimensions. Methodology
    7.

    >>> from reports import example
    >>> invited = np.full(24, 72.0)
    >>> row = say_do(example.case(), example.assessments(), invited=invited, said=invited).computed.iloc[1]
    >>> [round(float(row[name]), 1) for name in ("assessed", "staff", "median_gap", "gap")], str(row["verdict"])
    ([62.5, 43.6, 19.1, -0.2], 'SIMILAR')
    """
    shared, matrix = _matrix(case, levels)
    assessed = _assessed(case, shared, matrix)
    staff = _on_the_same_themes(case, shared, matrix)
    found = staff.estimate(invited)
    own = _own_reasons(case, assessed, found)
    difference = assessed.score - found.score
    shown = ~withheld(own)
    median = np.array([quantiles.quartiles(difference[shown[:, j], j])[1] for j in range(difference.shape[1])])
    reasons = np.where(withheld(own), own, _against(shown.sum(axis=0), case))
    compared = standings.standings(
        score=difference,
        se_comparison=found.se_comparison,
        n=found.n,
        median=median,
        shown=~withheld(reasons),
        counted=shown,
        tested=np.array([measure.kind is MeasureKind.DIMENSION for measure in case.measures]),
        rules=case.rules,
    )
    frame = _frame(case, assessed, found, compared, reasons).assign(median_gap=np.tile(median, len(case.codes)))
    return SayDo(frames.SAY_DO.check(frame), frames.SAY_DO.check(_with_bounds(frame, case.told(found, said))))


def _matrix(case: Case, levels: pd.DataFrame) -> tuple[tuple[str, ...], Floats]:
    """Themes of both instruments in file order, and the level scores, shape (authorities, shared themes)."""
    asked = {measure.code for measure in case.measures if measure.kind is MeasureKind.THEME and measure.items}
    known = set(levels["theme"])
    shared = tuple(theme.code for theme in case.questionnaire.themes if theme.code in asked & known)
    matrix = np.full((len(case.codes), len(shared)), np.nan)
    row, column = {c: at for at, c in enumerate(case.codes)}, {t: at for at, t in enumerate(shared)}
    for authority, theme, score in zip(levels["authority"], levels["theme"], levels["score"], strict=True):
        if authority in row and theme in column and not pd.isna(score):
            matrix[row[authority], column[theme]] = score
    return shared, matrix


def _assessed(case: Case, shared: Sequence[str], matrix: Floats) -> Assessed:
    """Means over themes; a dimension needs half of its shared themes, the overall every dimension."""
    score = np.full((len(case.codes), len(case.measures)), np.nan)
    themes = np.zeros(score.shape, dtype=np.int64)
    home = {theme.code: theme.dimension for theme in case.questionnaire.themes}
    for place, measure in enumerate(case.measures):
        columns = [at for at, code in enumerate(shared) if measure.code in (code, home[code])]
        given = ~np.isnan(matrix[:, columns])
        themes[:, place] = given.sum(axis=1)
        enough = themes[:, place] >= max(math.ceil(case.rules.answered_share * len(columns)), 1)
        total = np.where(given, matrix[:, columns], 0.0).sum(axis=1)
        score[enough, place] = total[enough] / themes[enough, place]
    dimensions = case.dimensions
    themes[:, 0] = themes[:, dimensions].sum(axis=1)
    if len(dimensions) >= case.rules.overall_dimensions:
        score[:, 0] = score[:, dimensions].mean(axis=1)
    return Assessed(score, themes)


def _on_the_same_themes(case: Case, shared: Sequence[str], matrix: Floats) -> Case:
    """The case with people scored on the items of those themes only that their own authority has a level of."""
    values = np.full(case.people.values.shape, np.nan)
    patterns, pattern_of = np.unique(~np.isnan(matrix), axis=0, return_inverse=True)
    of_row = np.ravel(pattern_of)[case.authority]
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(of_row == number)
        if not pattern.any() or not len(rows):
            continue
        kept = _only(case, {code for code, has in zip(shared, pattern, strict=True) if has})
        theirs = replace(case.responses, authority=case.responses.authority[rows], answers=case.responses.answers[rows])
        values[rows] = scoring.on_items(kept, theirs, case.questionnaire, case.rules).values
    people = scoring.excluded(PersonScores(case.measures, values), case.flags.excluded)
    return replace(case, people=people).without(case.unreliable)


def _only(case: Case, themes: set[str]) -> tuple[Measure, ...]:
    """The measures with those of their items that belong to these themes."""
    home = {item.code: item.theme for item in case.questionnaire.scored_items}
    return tuple(
        replace(measure, items=tuple(code for code in measure.items if home[code] in themes))
        for measure in case.measures
    )


def _own_reasons(case: Case, assessed: Assessed, found: Estimates) -> Reasons:
    """Too few dimensions, no self-assessment, too few people; a dimension without a figure takes the overall with it."""
    reasons = threshold.people(found.n, case.rules)
    reasons[np.isnan(assessed.score)] = Reason.NOT_ASSESSED
    reasons[~withheld(reasons) & case.refused] = Reason.UNRELIABLE_SCALE
    dimensions = case.dimensions
    if len(dimensions) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
    else:
        hidden = withheld(reasons)
        reasons[hidden[:, dimensions].any(axis=1) & ~hidden[:, 0], 0] = Reason.DIMENSION_WITHHELD
    return reasons


def _against(authorities: NDArray[np.integer], case: Case) -> Reasons:
    """Why a measure has no median gap: too few authorities. Quartiles are not shown, so none are missed."""
    reasons = threshold.authorities(authorities.astype(np.int64), case.rules)
    reasons[np.equal(reasons, Reason.TOO_FEW_FOR_QUARTILES)] = None
    return reasons


def _frame(
    case: Case, assessed: Assessed, found: Estimates, compared: standings.GroupStandings, reasons: Reasons
) -> pd.DataFrame:
    lower, upper = _bounds(compared.gap, found, case)
    return pd.DataFrame(
        {
            **assembly.crossed(case.codes, case.measure_codes),
            "gap": compared.gap.ravel(),
            "lower": lower.ravel(),
            "upper": upper.ravel(),
            "p_adjusted": compared.p_adjusted.ravel(),
            "verdict": compared.verdict.ravel(),
            "reason": reasons.ravel(),
            "assessed": assessed.score.ravel(),
            "staff": found.score.ravel(),
            "staff_lower": found.lower.ravel(),
            "staff_upper": found.upper.ravel(),
            "n": found.n.ravel(),
            "themes": assessed.themes.ravel(),
        }
    )


def _bounds(gap: Floats, found: Estimates, case: Case) -> tuple[Floats, Floats]:
    """The staff's interval around the gap; none where the standard error is 0, because then nothing is known of it."""
    quantile = stats.t.ppf(0.5 + case.rules.confidence / 2.0, np.maximum(found.n - 1, 1))
    half = np.where(found.se_comparison > 0.0, quantile * found.se_comparison, np.nan)
    return gap - half, gap + half


def _with_bounds(frame: pd.DataFrame, found: Estimates) -> pd.DataFrame:
    return frame.assign(staff_lower=found.lower.ravel(), staff_upper=found.upper.ravel())


def theme_levels(questionnaire: Questionnaire, chosen: Sequence[tuple[str, str, str | None]]) -> pd.DataFrame:
    """Levels of themes (ASSESSMENTS) from (authority, item code, option code) of a self-assessment.

    Every authority that is named gets a row for each theme of the instrument: the mean score of its indicators of
    that theme, 0 to 100, empty where no level was chosen. Items without a theme, and other options, say nothing
    here. Methodology 7.

    >>> from reports import example
    >>> rows = theme_levels(example.questionnaire(), [("a01", "mindset_1", "4"), ("a01", "mindset_2", "5")])
    >>> rows["theme"].iloc[0], float(rows["score"].iloc[0])  # the mean of 75 and 100
    ('mindset_a', 87.5)
    """
    authorities = sorted({authority for authority, _, _ in chosen})
    scores: dict[tuple[str, str], list[float]] = {}
    for authority, code, option in chosen:
        item = questionnaire.items.get(code)
        found = item.option_set.by_code.get(option) if item and item.option_set and option else None
        if item is not None and item.theme is not None and found is not None and found.score is not None:
            score = 100.0 - found.score if item.reverse else found.score
            scores.setdefault((authority, item.theme), []).append(score)
    rows = [
        (authority, theme.code, np.mean(scores[authority, theme.code]) if (authority, theme.code) in scores else None)
        for authority in authorities
        for theme in questionnaire.themes
    ]
    return frames.ASSESSMENTS.check(pd.DataFrame(rows, columns=list(frames.ASSESSMENTS.columns)))
