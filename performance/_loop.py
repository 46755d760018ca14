"""The same statistics as an analyst would write them first: a loop over authorities with pandas and scipy.

Nothing is made slow on purpose and nothing is left out that costs much; what the service adds beside the figures
(reasons, rounding, frames for files) is left out here, so that the comparison favours the loop.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, stats

from performance._national import Inputs
from reports import measures, peers, scoring
from reports.measures import Measure, MeasureKind

_MARGINS = ("service_area", "tier")


def respondents(given: Inputs) -> pd.DataFrame:
    """One row a respondent as a spreadsheet would have it: authority, service area, tier, and a score for each item."""
    answers = given.responses
    table = {
        "authority": np.array(answers.authorities)[answers.authority],
        "service_area": np.array([*answers.service_areas, None], dtype=object)[answers.service_area],
        "tier": np.array([*answers.tiers, None], dtype=object)[answers.tier],
    }
    for place, code in enumerate(answers.items):
        scale = np.append(scoring.option_scores(given.questionnaire.items[code]), np.nan)
        chosen = answers.answers[:, place]
        table[code] = scale[np.where(chosen < 0, len(scale) - 1, chosen)]
    return pd.DataFrame(table)


def authorities(people: pd.DataFrame, given: Inputs, codes: list[str]) -> list[dict[str, pd.DataFrame]]:
    """Everything about single authorities, one after the other."""
    lists = measures.of(given.questionnaire)
    items = list(given.responses.items)
    made = []
    for code in codes:
        own = people[people["authority"] == code].copy()
        staff = given.headcounts[given.headcounts["authority"] == code]
        made.append(_authority(own, staff, lists, items))
    return made


def _authority(
    own: pd.DataFrame, staff: pd.DataFrame, lists: tuple[Measure, ...], items: list[str]
) -> dict[str, pd.DataFrame]:
    for measure in lists:
        if measure.kind is not MeasureKind.OVERALL:
            answered = own[list(measure.items)]
            own[measure.code] = answered.mean(axis=1).where(answered.count(axis=1) >= np.ceil(len(measure.items) / 2))
    own["overall"] = own[[one.code for one in lists if one.kind is MeasureKind.DIMENSION]].mean(axis=1, skipna=False)
    own["weight"] = _raked(own, staff)
    codes = [one.code for one in lists]
    themes = [one.code for one in lists if one.kind is MeasureKind.THEME]
    return {
        "scores": pd.DataFrame([_score(own, code, float(staff["headcount"].sum())) for code in codes]),
        "items": pd.concat([_distribution(own, item) for item in items]),
        "groups": pd.concat([_groups(own, kind, codes) for kind in _MARGINS]),
        "divergence": pd.DataFrame([_divergence(own, code) for code in codes]),
        "gaps": pd.DataFrame([_gap(own, code) for code in codes]),
        "profile": pd.DataFrame(_profile(own, themes)),
        "skipping": _skipping(own, lists),
        "agreement": pd.DataFrame([_agreement(own, one) for one in lists if one.items]),
    }


def _raked(own: pd.DataFrame, staff: pd.DataFrame) -> pd.Series:
    """Iterative proportional fitting; who did not say keeps the share that was observed."""
    weight = pd.Series(1.0, index=own.index)
    targets = {}
    for margin in _MARGINS:
        counts = own[margin].value_counts()
        known = staff.groupby(margin)["headcount"].sum().reindex(counts.index).astype(float)
        targets[margin] = known / known.sum() * counts.sum()
    for _ in range(50):
        before = weight.copy()
        for margin, target in targets.items():
            factor = target / weight.groupby(own[margin]).sum()
            weight = weight * own[margin].map(factor).fillna(1.0)
        if (weight - before).abs().max() < 1e-9:
            break
    return weight.clip(1 / 3, 3)


def _score(own: pd.DataFrame, measure: str, staff: float) -> dict[str, object]:
    scored = own[own[measure].notna()]
    y, w, n = scored[measure], scored["weight"], len(scored)
    mean = np.average(y, weights=w)
    margins = pd.get_dummies(scored[list(_MARGINS)], dummy_na=True).astype(float).to_numpy()
    fit = margins @ np.linalg.lstsq(margins, y.to_numpy(), rcond=None)[0]
    variance = n / (n - 1) * ((w * (y - fit)) ** 2).sum() / w.sum() ** 2
    se = np.sqrt((1 - n / staff) * variance)
    lower, upper = stats.t.interval(0.95, n - 1, loc=mean, scale=se)
    deff = n * (w**2).sum() / w.sum() ** 2
    return {"measure": measure, "n": n, "score": mean, "se": se, "lower": lower, "upper": upper,
            "se_comparison": np.sqrt(variance), "deff": deff, "plain": y.mean(), "within": y.var()}  # fmt: skip


def _distribution(own: pd.DataFrame, item: str) -> pd.DataFrame:
    """Weighted shares of the options with Wilson's interval."""
    by_option = own.groupby(item)["weight"].agg(["size", "sum"])
    n = by_option["size"].sum()
    share = by_option["sum"] / by_option["sum"].sum()
    z = stats.norm.ppf(0.975)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    blank = own[item].isna().mean()
    return pd.DataFrame({"item": item, "n": n, "share": share, "lower": centre - half, "upper": centre + half,
                         "blank": blank})  # fmt: skip


def _groups(own: pd.DataFrame, kind: str, codes: list[str]) -> pd.DataFrame:
    made = own.groupby(kind)[codes].agg(["count", "mean", "sem"]).stack(level=0, future_stack=True)
    half = stats.t.ppf(0.975, made["count"] - 1) * made["sem"]
    return made.assign(lower=made["mean"] - half, upper=made["mean"] + half)


def _divergence(own: pd.DataFrame, measure: str) -> dict[str, object]:
    parts = [part.dropna() for _, part in own.groupby("service_area")[measure]]
    f = stats.f_oneway(*parts)
    n = sum(map(len, parts))
    n0 = (n - sum(len(part) ** 2 for part in parts) / n) / (len(parts) - 1)
    bounds = [f.statistic / stats.f.ppf(q, len(parts) - 1, n - len(parts)) for q in (0.975, 0.025)]
    return {"measure": measure, "f": f.statistic, "icc1": (f.statistic - 1) / (f.statistic + n0 - 1),
            "lower": (bounds[0] - 1) / (bounds[0] + n0 - 1), "upper": (bounds[1] - 1) / (bounds[1] + n0 - 1)}  # fmt: skip


def _gap(own: pd.DataFrame, measure: str) -> dict[str, object]:
    upper, lower = (own.loc[own["tier"] == tier, measure].dropna() for tier in ("senior", "frontline"))
    found = stats.ttest_ind(upper, lower, equal_var=False)
    interval = found.confidence_interval()
    return {"measure": measure, "gap": upper.mean() - lower.mean(), "p": found.pvalue, "interval": interval}


def _profile(own: pd.DataFrame, themes: list[str]) -> list[dict[str, object]]:
    centred = own[themes].sub(own[themes].mean(axis=1), axis=0)
    made: list[dict[str, object]] = []
    for theme in themes:
        found = stats.ttest_1samp(centred[theme].dropna(), 0.0)
        made.append({"theme": theme, "contrast": centred[theme].mean(), "p": found.pvalue})
    return made


def _skipping(own: pd.DataFrame, lists: tuple[Measure, ...]) -> pd.DataFrame:
    """Item-centred scores beside those of the half rule, weighted."""
    moved = {}
    for measure in lists:
        if measure.kind is MeasureKind.DIMENSION:
            answered = own[list(measure.items)]
            centred = answered.sub(answered.mean()).mean(axis=1) + answered.mean().mean()
            there = centred.notna()
            moved[measure.code] = [np.average(centred[there], weights=own.loc[there, "weight"])]
    return pd.DataFrame(moved)


def _agreement(own: pd.DataFrame, measure: Measure) -> dict[str, object]:
    q = min((own[list(measure.items)].div(25).var() / 2.0).mean(), 1.0)
    j = len(measure.items)
    return {"measure": measure.code, "rwg": j * (1 - q) / (j * (1 - q) + q)}


def sector(people: pd.DataFrame, made: list[dict[str, pd.DataFrame]], given: Inputs, *, draws: int) -> pd.DataFrame:
    """What is about all authorities together: scales, REML, the interval of the median, and every peer group.

    Verdicts are found for every measure of every group; `draws` draws of ranks for the overall and the dimensions.
    """
    lists = measures.of(given.questionnaire)
    for measure in lists:
        if measure.items:
            matrix = people[list(measure.items)].dropna().cov()
            assert 0.0 < 1 - np.trace(matrix) / matrix.to_numpy().sum() < 1.0
    codes = given.responses.authorities
    scores = pd.concat([one["scores"].assign(authority=code) for code, one in zip(codes, made, strict=True)])
    ranked = {one.code for one in lists if one.kind is not MeasureKind.THEME}
    menu = peers.groups(given.authorities)
    parts = []
    for code, own in scores.groupby("measure", sort=False):
        shrunken = _shrunken(own.set_index("authority"))
        for _, members in menu.groupby("peer_group")["authority"]:
            parts.append(_compared(shrunken.loc[list(members)], draws if code in ranked else 0))
    return pd.concat(parts)


def medians(scores: pd.DataFrame, replicates: int) -> pd.Series:
    """The bootstrap interval of the middle authority, measure by measure."""
    return scores.groupby("measure")["score"].agg(
        lambda own: stats.bootstrap((own,), np.median, n_resamples=replicates, method="percentile").standard_error
    )


def _shrunken(own: pd.DataFrame) -> pd.DataFrame:
    """REML and each authority's score drawn towards the mean of all."""
    n, mean = own["n"], own["plain"]
    within = ((n - 1) * own["within"]).sum()

    def deviance(share: float) -> float:
        w = n / (1 + n * share / (1 - share))
        q = within + (w * (mean - np.average(mean, weights=w)) ** 2).sum()
        return float((n.sum() - 1) * np.log(q) + np.log1p(n * share / (1 - share)).sum() + np.log(w.sum()))

    found = optimize.minimize_scalar(deviance, bounds=(0.0, 0.999), method="bounded", options={"xatol": 1e-12})
    sigma2 = within / (n - 1).sum()
    tau2 = found.x / (1 - found.x) * sigma2
    reliable = tau2 / (tau2 + sigma2 * own["deff"] / n)
    towards = mean.mean() + reliable * (own["score"] - mean.mean())
    return own.assign(reliable=reliable, shrunken=towards, error=np.sqrt(reliable * sigma2 / n))


def _compared(own: pd.DataFrame, draws: int) -> pd.DataFrame:
    """Gaps, tests and ranks in one peer group."""
    gap = own["score"] - own["score"].median()
    p = 2 * stats.t.sf((gap / own["se_comparison"]).abs(), own["n"] - 1)
    rng = np.random.default_rng(1)
    centre, error = own["shrunken"].to_numpy(), own["error"].to_numpy()
    ranks = np.array([stats.rankdata(-(centre + error * rng.standard_normal(len(own)))) for _ in range(draws)])
    lower, upper = np.quantile(ranks, [0.05, 0.95], axis=0) if draws else (np.nan, np.nan)
    return own.assign(gap=gap, p=p, percentile=own["score"].rank(pct=True), rank_lower=lower, rank_upper=upper)
