"""Averaging answers to authorities, defended: how far authorities differ, and how far each one's mean can be relied on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports import agreement, assembly, frames
from reports.agreement import Between
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason
from reports.estimation import Estimates
from reports.scoring import option_scores
from reports.statistics.sums import Floats, Groups


@dataclass(frozen=True)
class Aggregation:
    """What every comparison stands on.

    `between` has one entry a measure; `plain` (unweighted means) and `reliability` (ICC(2) of each authority) have
    shape (authorities, measures); `differs` (measures,) says where the interval of ICC(1) leaves 0 out.
    """

    between: tuple[Between, ...]
    plain: Floats
    reliability: Floats
    differs: Floats


def aggregate(case: Case, found: Estimates, groups: Groups) -> Aggregation:
    """ICC(1) of every measure over all authorities, and ICC(2) of every authority's score. Methodology 4 and 6.

    Officers who count, unweighted for the variances; the design effect of the weights enters V_a. `groups` are the
    officers of each authority, `found` their estimates.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> made = aggregate(case, found, case.officers)
    >>> round(made.between[0].model.icc1, 3), made.reliability.shape, bool(made.differs[0])
    (0.281, (24, 10), True)
    """
    n, plain, squares = case.moments
    made = tuple(
        agreement.between_moments(n[:, j], plain[:, j], squares[:, j], confidence=case.rules.confidence)
        for j in range(len(case.measures))
    )
    reliable = [agreement.reliability(one.model, found.n[:, j], found.deff[:, j]) for j, one in enumerate(made)]
    differs = np.array([one.lower > 0.0 for one in made])
    return Aggregation(made, plain, _stacked(reliable, groups), differs)


def agreement_frame(case: Case, found: Aggregation, people: Estimates, within: pd.DataFrame) -> pd.DataFrame:
    """AGREEMENT: one row a measure. ICC(2) is the mean over authorities with enough people.

    Variances in squared points, the rest 0 to 1; from as many authorities as a median needs. Methodology 4 and 6.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> within = within_frame(case, found, case.officers)
    >>> row = agreement_frame(case, aggregate(case, found, case.officers), found, within).iloc[1]
    >>> row["measure"], [round(float(row[name]), 3) for name in ("icc1_anova", "icc1_lower", "icc1_upper", "rwg_median")]
    ('mindset', [0.25, 0.16, 0.405, 0.903])
    """
    enough = people.n >= case.rules.minimum_respondents
    rwg, skewed = (
        np.where(enough, within[name].to_numpy(dtype=np.float64, na_value=np.nan).reshape(enough.shape), np.nan)
        for name in ("rwg", "rwg_skewed")
    )
    rows = []
    for j, (measure, one) in enumerate(zip(case.measures, found.between, strict=True)):
        relied = found.reliability[enough[:, j], j]
        rows.append(
            {
                "measure": measure.code,
                "authorities": one.authorities,
                "n": one.n,
                "icc1_anova": float(one.variance.icc1[0]),
                "icc1_lower": one.lower,
                "icc1_upper": float(one.variance.upper[0]),
                "icc1_reml": one.model.icc1,
                "icc2": float(relied.mean()) if len(relied) else np.nan,
                "tau2": one.model.tau2,
                "sigma2": one.model.sigma2,
                "rwg_median": _median(rwg[:, j]),
                "rwg_median_skewed": _median(skewed[:, j]),
            }
        )
    frame = pd.DataFrame(rows, columns=list(frames.AGREEMENT.columns))
    reasons = threshold.authorities(frame["authorities"].to_numpy(dtype=np.int64), case.rules)
    reasons[np.equal(reasons, Reason.TOO_FEW_FOR_QUARTILES)] = None
    return frames.AGREEMENT.check(frame.assign(reason=reasons))


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")


def within_frame(case: Case, people: Estimates, groups: Groups) -> pd.DataFrame:
    """WITHIN_AGREEMENT: rwg(j) of every authority and measure, under the uniform and the slightly skewed null.

    Variances are of places on the scale, with divisor n - 1; 0 to 1 each. Methodology 4.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> rows = within_frame(case, found, case.officers)
    >>> [round(float(value), 3) for value in rows.loc[1, ["rwg", "rwg_skewed"]]], bool(rows["reason"].isna().all())
    ([0.897, 0.818], True)
    """
    spread = {item.code: _variances(case, item.code) for item in case.questionnaire.scored_items}
    options = {code: _scale_points(case, code) for code in spread}
    columns: dict[str, list[Floats]] = {"rwg": [], "rwg_skewed": []}
    for measure in case.measures:
        items = [code for code in measure.items if code in spread]
        table = np.column_stack([spread[code] for code in items]) if items else np.empty((groups.count, 0))
        uniform = np.array([agreement.uniform_null(options[code]) for code in items], dtype=np.float64)
        skewed = np.array([agreement.SKEWED_NULL.get(options[code], np.nan) for code in items], dtype=np.float64)
        columns["rwg"].append(agreement.within_agreement(table, uniform))
        columns["rwg_skewed"].append(agreement.within_agreement(table, skewed))
    found = {name: _stacked(parts, groups) for name, parts in columns.items()}
    reasons = threshold.people(people.n, case.rules)
    return assembly.table(
        frames.WITHIN_AGREEMENT, case.codes, case.measure_codes, {"n": people.n, **found, "reason": reasons}
    )


def _variances(case: Case, item: str) -> Floats:
    """Variance (n - 1) of the scale positions that officers of each authority chose; NaN below two answers."""
    if item not in case.tally:
        return np.full(len(case.codes), np.nan)
    positions = _positions(case, item)
    scored = ~np.isnan(positions)
    counts, at = case.tally[item][:, -len(positions) :][:, scored], positions[scored]
    n, total, squares = (counts @ one for one in (at**0, at, at * at))  # whole numbers: exact
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 1, (squares - total * total / n) / (n - 1), np.nan)


def _positions(case: Case, item: str) -> Floats:
    """Place of each option on the scale, 0, 1, 2, ...; NaN for unscored ones."""
    scored = ~np.isnan(option_scores(case.questionnaire.items[item]))
    return np.where(scored, np.cumsum(scored) - 1.0, np.nan)


def _scale_points(case: Case, item: str) -> int:
    return int((~np.isnan(option_scores(case.questionnaire.items[item]))).sum())


def _stacked(parts: list[Floats], groups: Groups) -> Floats:
    return np.column_stack(parts) if parts else np.empty((groups.count, 0))
