"""The guard at the door: empties what is withheld, and rounds last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

import numpy as np
import pandas as pd

from reports import frames
from reports.disclosure import evidence, participation
from reports.disclosure.reasons import WITHHELD, Reason
from reports.rules import Rules

if TYPE_CHECKING:
    from reports.quality import Json

COLLAPSED_ITEMS = "items_collapsed"
_WITH_INTERVALS = ("scores", "items", "group_scores", "cell_scores", "say_do", "divergence", "leadership")


def told(name: str) -> str:
    """The key of a frame whose intervals tell no small staff; publication puts it in the place of `name`."""
    return f"{name}_told"


INTERNAL = frozenset(
    {COLLAPSED_ITEMS, "compared", "menu", "menu_before", "wholes", *(told(name) for name in _WITH_INTERVALS)}
)
"""Frames that exist between computing and publishing only."""

_PEOPLE = ("respondents", "item_analysis", "within_agreement", "robustness")
_TEAM = {"item_analysis": ("mean", "sd")}
"""Frames of all authorities together for the research team of a service, and what is left out of them: with the answers of
authorities that are shown it would tell those of authorities that are not."""
_KEYS = (
    "authority", "measure", "item", "option", "kind", "group", "service_area", "tier", "peer_group", "reason", "weighted", "weighting",
    "profile", "nearly",
    "restated_for", "series", "common_items", "predecessors",
)  # fmt: skip
MOVED = 2.0
"""Points by which weights must move a score for both to be shown (methodology 3.2)."""
_RESEARCH_ONLY = ("percentile_rank", "rank_lower", "rank_upper", "shrunken_score", "shrunken_se", "band_probability")
_PARTS = {
    "group_scores": ("authority", "kind", "group"),
    "cell_scores": ("authority", "service_area", "tier"),
    "dont_know": ("authority", "kind", "group"),
}
_QUARTILES = ("lower_quartile", "upper_quartile")
_OWN_WORD = ("assessed", "themes")  # what an authority says of itself is about no officer
_STAFF = ("staff", "staff_lower", "staff_upper", "n")  # stay where only the difference has too few authorities
_GAPS = dict.fromkeys(("gap", "lower", "upper"), 1) | dict.fromkeys(("p_value", "p_adjusted"), 3)
_SHARES = dict.fromkeys(("share", "lower", "upper"), 3)
_DECIMALS: Mapping[str, Mapping[str, int]] = {
    "scores": dict.fromkeys(("score", "se", "lower", "upper", "se_comparison", "unweighted_score"), 1)
    | {"deff": 2, "reliability": 2},
    "reliability": {
        f"{name}{suffix}": 2
        for suffix in ("", "_uncentred")
        for name in ("alpha", "alpha_standardised", "alpha_lower", "alpha_upper", "omega")
    },
    "agreement": dict.fromkeys(("icc1_anova", "icc1_lower", "icc1_upper", "icc1_reml"), 3)
    | dict.fromkeys(("icc2", "rwg_median", "rwg_median_skewed"), 2)
    | dict.fromkeys(("tau2", "sigma2"), 1),
    "items": _SHARES,
    "group_scores": dict.fromkeys(("score", "lower", "upper"), 1),
    "cell_scores": dict.fromkeys(("score", "lower", "upper"), 1),
    "benchmarks": dict.fromkeys(("lower_quartile", "median", "upper_quartile", "median_lower", "median_upper"), 0),
    "benchmarks_restated": dict.fromkeys(("lower_quartile", "median", "upper_quartile"), 0),
    "change": dict.fromkeys(("before", "after", "change", "lower", "upper"), 1) | {"p_value": 3, "p_adjusted": 3},
    "sector_change": dict.fromkeys(("lower_quartile", "median", "upper_quartile"), 0),
    "standings": dict.fromkeys(("score", "gap"), 1) | {"p_value": 3, "p_adjusted": 3},
    "average_officer": dict.fromkeys(("score", "se", "lower", "upper", "tau"), 1),
    "say_do": dict.fromkeys(("gap", "lower", "upper", "assessed", "staff", "staff_lower", "staff_upper"), 1)
    | {"median_gap": 0, "p_adjusted": 3},
    "divergence": {"sd_between": 1} | dict.fromkeys(("icc1", "icc1_lower", "icc1_upper", "omega2"), 3),
    "tier_gaps": _GAPS,
    "elected_gaps": _GAPS,
    "tier_item_gaps": dict.fromkeys(("share_upper", "share_lower", "gap", "lower", "upper"), 3),
    "sector_item_gaps": dict.fromkeys(("gap", "lower", "upper"), 3),
    "sector_inside": dict.fromkeys(("lower_quartile", "median", "upper_quartile"), 0),
    "sector_tier_gaps": dict.fromkeys(("gap", "lower", "upper"), 1),
    "sector_programmes": _GAPS,
    "dont_know": _SHARES,
    "sector_dont_know": _SHARES,
    "leadership": _SHARES,
    "sector_leadership": _SHARES,
    "own_profile": dict.fromkeys(("gap", "lower", "upper", "own_contrast"), 1)
    | {"sector_contrast": 0, "p_value": 3, "p_adjusted": 3},
}


def published(computed: Mapping[str, pd.DataFrame], rules: Rules) -> dict[str, pd.DataFrame]:
    """The frames without people, without research columns, every withheld number empty with its reason beside it."""
    kept = [name for name in computed if name not in (*_PEOPLE, *INTERNAL)]
    result = {name: computed.get(told(name), computed[name]) for name in kept}
    if COLLAPSED_ITEMS in computed:
        result["items"] = _drawn_together(result["items"], computed[COLLAPSED_ITEMS], rules)
    for name, frame in result.items():
        result[name] = _emptied(frame)
    return result


def for_team(computed: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What the research team of a service may read beside what is published; it stands in no file."""
    found = {name: _emptied(computed[name]) for name in _TEAM if name in computed}
    for name, frame in found.items():
        frame.loc[:, list(_TEAM[name])] = pd.NA
    return found


def published_quality(quality: Mapping[str, Json], rules: Rules) -> dict[str, Json]:
    """Quality without counts that could tell about a few people (methodology 10, rule 6).

    Response of an authority only from the threshold of people scored, below 50 staff to the nearest 5 % and without
    the headcount; counts below the threshold are empty. Of representativeness and sensitivity what tells about no few.
    """
    safe: dict[str, Json] = dict(quality)
    response = quality.get("response")
    if isinstance(response, Mapping):
        safe["response"] = {code: _safe_response(one, rules) for code, one in response.items()}
    for name in ("careless", "item_nonresponse", "dont_know"):
        safe[name] = _without_small_counts(quality.get(name), rules)
    safe["representativeness"] = evidence.representativeness(quality.get("representativeness"))
    safe["sensitivity"] = evidence.sensitivity(quality.get("sensitivity"))
    safe["disagreement"] = evidence.disagreement(quality.get("disagreement"), rules)
    safe["respondents"] = _safe_respondents(quality.get("respondents"), rules)
    return safe


def rounded(safe: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Published frames as a file shows them: rounded last, one message for every refusal, small headcounts empty.

    Which service areas, tiers and cells have rows of their own depends on whether anybody answered, so those without
    any figure are not named.
    """
    named = {name: _named(frame, _PARTS[name]) if name in _PARTS else frame for name, frame in safe.items()}
    return {name: _rounded(name, frame) for name, frame in named.items()}


def _named(frame: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """Without the groups that have no figure on any measure."""
    shown = frame["reason"].isna().groupby([frame[one] for one in keys]).transform("any")
    return frame[shown].reset_index(drop=True)


def _emptied(frame: pd.DataFrame) -> pd.DataFrame:
    result = frame.copy()
    for column in _RESEARCH_ONLY:
        if column in result:
            result.loc[:, column] = pd.NA
    withheld = result["reason"].notna()
    partly = (result["reason"] == Reason.TOO_FEW_FOR_QUARTILES).fillna(value=False)
    for column in result.columns.difference([*_KEYS, "indicative", *_kept_apart(frame)]):
        result.loc[withheld & ~partly, column] = pd.NA
    if "staff" in result:
        result.loc[withheld & ~_lacks_authorities(frame), list(_STAFF)] = pd.NA
    if "unweighted_score" in result:
        moved = (result["score"] - result["unweighted_score"]).abs() > MOVED
        result.loc[~moved.fillna(value=False), "unweighted_score"] = pd.NA
    if "indicative" in result:
        result.loc[withheld, "indicative"] = False
    for column in _QUARTILES:
        if column in result:
            result.loc[partly, column] = pd.NA
    return result


def _kept_apart(frame: pd.DataFrame) -> tuple[str, ...]:
    """Columns of say_do that a withheld difference does not empty."""
    return (*_OWN_WORD, *_STAFF) if "staff" in frame else ()


def _lacks_authorities(frame: pd.DataFrame) -> pd.Series:
    return frame["reason"].isin([Reason.TOO_FEW_AUTHORITIES, Reason.NO_AUTHORITIES])


def _drawn_together(full: pd.DataFrame, collapsed: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Options on their own from `distribution_full` answers, else low, middle and high in their place."""
    few = full["n"] < rules.distribution_full
    can_collapse = pd.MultiIndex.from_frame(full[["authority", "item"]]).isin(
        pd.MultiIndex.from_frame(collapsed[["authority", "item"]])
    )
    missing_rows = full["option"].isin(["dk", "blank"])
    kept = full[~(few & can_collapse) | missing_rows].assign(_after=lambda f: f["option"].isin(["dk", "blank"]))
    drawn = collapsed[collapsed["n"] < rules.distribution_full].assign(_after=False)
    items = {code: place for place, code in enumerate(pd.unique(full["item"]))}
    together = pd.concat([kept, drawn], ignore_index=True)
    together["_item"] = together["item"].map(items).astype("int64")
    together = together.sort_values(["authority", "_item", "_after"], kind="stable", ignore_index=True)
    return frames.ITEMS.check(together.drop(columns=["_after", "_item"]))


def _rounded(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    result = frame.copy()
    for column, decimals in _DECIMALS.get(name, {}).items():
        result[column] = result[column].round(decimals)
    if "invited" in result:
        result.loc[(result["invited"] < participation.SMALL_STAFF).fillna(value=False), "invited"] = pd.NA
    partly = (result["reason"] == Reason.TOO_FEW_FOR_QUARTILES).fillna(value=False)
    result.loc[result["reason"].notna(), "reason"] = WITHHELD
    result.loc[partly, "reason"] = pd.NA  # the row stands: its median is shown
    return result


def _safe_response(one: Json, rules: Rules) -> Json:
    if not isinstance(one, Mapping):
        return None
    scored, invited, rate = one.get("scored"), one.get("invited"), one.get("rate")
    if not isinstance(scored, int) or scored < rules.minimum_respondents:
        return {"scored": None, "invited": None, "rate": None}
    if isinstance(invited, int) and isinstance(rate, float) and invited < participation.SMALL_STAFF:
        told_rate = float(participation.rate(np.array(float(scored)), np.array(float(invited))))
        return {"scored": scored, "invited": None, "rate": round(told_rate, 2)}
    return {"scored": scored, "invited": invited, "rate": rate}


def _safe_respondents(value: Json, rules: Rules) -> Json:
    """A few officers or a few elected members could be had as a difference: then only the total is shown."""
    if not isinstance(value, Mapping):
        return None
    parts = [value.get("officers"), value.get("elected")]
    if any(_is_count(part) and 0 < part < rules.minimum_respondents for part in parts):
        return {**value, "officers": None, "elected": None}
    return value


def _without_small_counts(value: Json, rules: Rules) -> Json:
    """Counts of one to ten people become empty, with the share that would give them away."""
    if not isinstance(value, Mapping):
        return value
    small = {key for key, one in value.items() if _is_count(one) and 0 < one < rules.minimum_respondents}
    result: dict[str, Json] = {}
    for key, one in value.items():
        if isinstance(one, Mapping):
            result[key] = _without_small_counts(one, rules)
        else:
            result[key] = None if key in small or (small and key == "share") else one
    return result


def _is_count(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
