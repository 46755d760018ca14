"""The shape of every frame that crosses a border: answers in, one frame for each published file out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

IntCodes: TypeAlias = NDArray[np.int32]

NOT_ASKED = -1
NOT_ANSWERED = -2
DONT_KNOW = -3
NOT_APPLICABLE = -4
NOT_SAID = -1


@dataclass(frozen=True)
class Responses:
    """One row a respondent, one small integer column an item.

    `authority`, `service_area` and `tier` index into the tuples of codes beside them (-1: not said). `answers` has
    shape (respondents, items): the position of the chosen option in the item's option set, or one of the negative
    codes above. `weight` (design weights) and `seconds` are optional. `too_fast` is the sealed flag of the service.
    `took_part` in a development programme is 1 or 0 (-1: not said).
    """

    authorities: tuple[str, ...]
    authority: IntCodes
    items: tuple[str, ...]
    answers: NDArray[np.int8]
    service_areas: tuple[str, ...] = ()
    service_area: IntCodes | None = None
    tiers: tuple[str, ...] = ()
    tier: IntCodes | None = None
    weight: NDArray[np.float64] | None = None
    seconds: NDArray[np.float64] | None = None
    too_fast: NDArray[np.bool_] | None = None
    took_part: NDArray[np.int8] | None = None

    def __len__(self) -> int:
        return int(self.answers.shape[0])


@dataclass(frozen=True)
class Shape:
    """Column names and dtypes of a frame, in order."""

    name: str
    columns: Mapping[str, str]

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with exactly these columns in this order, or a ValueError that names what is wrong."""
        missing = [column for column in self.columns if column not in frame.columns]
        extra = [column for column in frame.columns if column not in self.columns]
        if missing or extra:
            raise ValueError(f"{self.name}: columns missing {missing}, columns unknown {extra}.")
        columns = {name: _typed(frame[name], dtype) for name, dtype in self.columns.items()}
        return pd.DataFrame(columns, index=frame.index, copy=False)

    def filled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The same where some columns are not known: they are there and empty."""
        return self.check(frame.reindex(columns=[*frame.columns, *(c for c in self.columns if c not in frame.columns)]))

    def of(self, columns: Mapping[str, object]) -> pd.DataFrame:
        """What `check` makes of a frame of these arrays, of which the usual kinds become columns without a detour."""
        if columns.keys() != self.columns.keys():
            return self.check(pd.DataFrame(columns, copy=False))  # says what is wrong
        made = {name: _column(columns[name], dtype) for name, dtype in self.columns.items()}
        return pd.DataFrame(made, copy=False)

    def empty(self) -> pd.DataFrame:
        return self.check(pd.DataFrame({column: [] for column in self.columns}))


def _typed(column: pd.Series, dtype: str) -> pd.Series:
    """To ask whether anything is to be done takes less time than to do nothing."""
    if column.dtype == _DTYPES[dtype]:
        return column
    if dtype == _NUMBER and column.dtype == np.float64:
        values = column.to_numpy(copy=True)
        return pd.Series(pd.arrays.FloatingArray(values, np.isnan(values)), index=column.index, copy=False)
    return column.astype(_DTYPES[dtype])


def _column(values: object, dtype: str) -> object:
    """Arrays of texts, numbers and truths as the column of a dtype; what is of another kind goes the long way."""
    if isinstance(values, pd.api.extensions.ExtensionArray) and values.dtype == _DTYPES[dtype]:
        return values
    if not isinstance(values, np.ndarray) or (dtype, values.dtype.kind) not in _SHORT_WAYS:
        return pd.Series(values).astype(_DTYPES[dtype]).array
    return _SHORT_WAYS[dtype, values.dtype.kind](values)


def _all_known(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    return np.zeros(len(values), dtype=np.bool_)


def _texts(values: NDArray[np.object_]) -> pd.api.extensions.ExtensionArray:
    """Few different texts, or None: each is made once."""
    there = ~np.equal(values, _NOTHING)
    codes = np.full(len(values), -1, dtype=np.int64)
    codes[there], words = pd.factorize(values[there])
    return pd.array(words, dtype="string").take(codes, allow_fill=True)


_SHORT_WAYS: Mapping[tuple[str, str], Callable[[NDArray[Any]], object]] = {  # of the kind that the key says
    ("string", "O"): _texts,
    ("Float64", "f"): lambda values: pd.arrays.FloatingArray(values.astype(np.float64), np.isnan(values)),
    ("Int64", "i"): lambda values: pd.arrays.IntegerArray(values.astype(np.int64), _all_known(values)),
    ("boolean", "b"): lambda values: pd.arrays.BooleanArray(values.copy(), _all_known(values)),
}
"""By dtype and kind of array."""
_NOTHING = np.array(None, dtype=object)
_TEXT, _NUMBER, _COUNT, _FLAG = "string", "Float64", "Int64", "boolean"
_DTYPES = {name: pd.api.types.pandas_dtype(name) for name in (_TEXT, _NUMBER, _COUNT, _FLAG)}

AUTHORITIES = Shape("authorities", {
    "code": _TEXT, "name": _TEXT, "type": _TEXT, "nation": _TEXT, "region": _TEXT, "functions": _TEXT,
    "rurality": _TEXT, "deprivation_fifth": _TEXT, "most_deprived": _NUMBER, "least_deprived": _NUMBER,
    "urban": _NUMBER, "sparse": _NUMBER, "density": _NUMBER, "population_2019": _NUMBER,
})  # fmt: skip
COMPARED = Shape("compared", {"authority": _TEXT, "measure": _TEXT, "n": _COUNT, "score": _NUMBER})
MENU = Shape("menu", {"peer_group": _TEXT, "authority": _TEXT})
WHOLES = Shape("wholes", {"measure": _TEXT, "part": _TEXT, "weight": _NUMBER})
DROPPED = Shape("dropped", {"peer_group": _TEXT, "measure": _TEXT})
HEADCOUNTS = Shape("headcounts", {"authority": _TEXT, "service_area": _TEXT, "tier": _TEXT, "headcount": _COUNT})
ASSESSMENTS = Shape("assessments", {"authority": _TEXT, "theme": _TEXT, "score": _NUMBER})
SUCCESSIONS = Shape("successions", {"predecessor": _TEXT, "successor": _TEXT, "on": _TEXT})

SCORES = Shape("scores", {
    "authority": _TEXT, "measure": _TEXT, "n": _COUNT, "invited": _COUNT, "score": _NUMBER, "se": _NUMBER,
    "lower": _NUMBER, "upper": _NUMBER, "se_comparison": _NUMBER, "deff": _NUMBER, "weighted": _FLAG,
    "reliability": _NUMBER, "reason": _TEXT, "weighting": _TEXT, "unweighted_score": _NUMBER,
})  # fmt: skip
ITEMS = Shape("items", {
    "authority": _TEXT, "item": _TEXT, "option": _TEXT, "n": _COUNT, "share": _NUMBER, "lower": _NUMBER,
    "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
GROUP_SCORES = Shape("group_scores", {
    "authority": _TEXT, "kind": _TEXT, "group": _TEXT, "measure": _TEXT, "n": _COUNT, "score": _NUMBER,
    "lower": _NUMBER, "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
CELL_SCORES = Shape("cell_scores", {
    "authority": _TEXT, "service_area": _TEXT, "tier": _TEXT, "measure": _TEXT, "n": _COUNT, "score": _NUMBER,
    "lower": _NUMBER, "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
RELIABILITY = Shape("reliability", {
    "measure": _TEXT, "n_items": _COUNT, "n": _COUNT,
    **{f"{name}{suffix}": _NUMBER for suffix in ("", "_uncentred")
       for name in ("alpha", "alpha_standardised", "alpha_lower", "alpha_upper", "omega")},
    "reason": _TEXT,
})  # fmt: skip
ITEM_ANALYSIS = Shape("item_analysis", {
    "item": _TEXT, "measure": _TEXT, "n": _COUNT, "mean": _NUMBER, "sd": _NUMBER, "item_total": _NUMBER,
    "alpha_if_deleted": _NUMBER, "reason": _TEXT,
})  # fmt: skip
AGREEMENT = Shape("agreement", {
    "measure": _TEXT, "authorities": _COUNT, "n": _COUNT, "icc1_anova": _NUMBER, "icc1_lower": _NUMBER,
    "icc1_upper": _NUMBER, "icc1_reml": _NUMBER, "icc2": _NUMBER, "tau2": _NUMBER, "sigma2": _NUMBER,
    "rwg_median": _NUMBER, "rwg_median_skewed": _NUMBER, "reason": _TEXT,
})  # fmt: skip
WITHIN_AGREEMENT = Shape("within_agreement", {
    "authority": _TEXT, "measure": _TEXT, "n": _COUNT, "rwg": _NUMBER, "rwg_skewed": _NUMBER, "reason": _TEXT,
})  # fmt: skip
BENCHMARKS = Shape("benchmarks", {
    "peer_group": _TEXT, "measure": _TEXT, "n": _COUNT, "lower_quartile": _NUMBER, "median": _NUMBER,
    "upper_quartile": _NUMBER, "restated_for": _TEXT, "reason": _TEXT, "median_lower": _NUMBER, "median_upper": _NUMBER,
})  # fmt: skip
BENCHMARKS_RESTATED = Shape("benchmarks_restated", BENCHMARKS.columns)
STANDINGS = Shape("standings", {
    "authority": _TEXT, "peer_group": _TEXT, "measure": _TEXT, "score": _NUMBER, "gap": _NUMBER, "p_value": _NUMBER,
    "p_adjusted": _NUMBER, "verdict": _TEXT, "percentile_rank": _NUMBER, "rank_lower": _COUNT, "rank_upper": _COUNT,
    "shrunken_score": _NUMBER, "shrunken_se": _NUMBER, "reason": _TEXT, "indicative": _FLAG, "band": _TEXT,
    "band_probability": _NUMBER,
})  # fmt: skip
AVERAGE_OFFICER = Shape("average_officer", {
    "measure": _TEXT, "authorities": _COUNT, "n": _COUNT, "score": _NUMBER, "se": _NUMBER, "lower": _NUMBER,
    "upper": _NUMBER, "tau": _NUMBER, "reason": _TEXT,
})  # fmt: skip
ROBUSTNESS = Shape("robustness", {
    "authority": _TEXT, "quarter": _COUNT, "quarter_best": _COUNT, "quarter_worst": _COUNT,
    "quarter_geometric": _COUNT, "changed": _NUMBER, "reason": _TEXT,
})  # fmt: skip
SAY_DO = Shape("say_do", {
    "authority": _TEXT, "measure": _TEXT, "gap": _NUMBER, "lower": _NUMBER, "upper": _NUMBER, "p_adjusted": _NUMBER,
    "verdict": _TEXT, "reason": _TEXT, "assessed": _NUMBER, "staff": _NUMBER, "staff_lower": _NUMBER,
    "staff_upper": _NUMBER, "n": _COUNT, "themes": _COUNT, "median_gap": _NUMBER,
})  # fmt: skip
OWN_PROFILE = Shape("own_profile", {
    "authority": _TEXT, "measure": _TEXT, "gap": _NUMBER, "lower": _NUMBER, "upper": _NUMBER, "p_adjusted": _NUMBER,
    "verdict": _TEXT, "reason": _TEXT, "n": _COUNT, "own_contrast": _NUMBER, "sector_contrast": _NUMBER,
    "p_value": _NUMBER,
})  # fmt: skip
DIVERGENCE = Shape("divergence", {
    "authority": _TEXT, "measure": _TEXT, "service_areas": _COUNT, "n": _COUNT, "sd_between": _NUMBER, "icc1": _NUMBER,
    "icc1_lower": _NUMBER, "icc1_upper": _NUMBER, "reason": _TEXT, "omega2": _NUMBER,
})  # fmt: skip
_GAPS = {
    "authority": _TEXT, "measure": _TEXT, "upper_tier": _TEXT, "lower_tier": _TEXT, "gap": _NUMBER, "lower": _NUMBER,
    "upper": _NUMBER, "p_value": _NUMBER, "p_adjusted": _NUMBER, "verdict": _TEXT, "reason": _TEXT, "n_upper": _COUNT,
    "n_lower": _COUNT,
}  # fmt: skip
TIER_GAPS = Shape("tier_gaps", _GAPS | {"with_managers": _FLAG})
ELECTED_GAPS = Shape("elected_gaps", _GAPS)
TIER_ITEM_GAPS = Shape("tier_item_gaps", {
    "authority": _TEXT, "item": _TEXT, "upper_tier": _TEXT, "lower_tier": _TEXT, "with_managers": _FLAG,
    "n_upper": _COUNT, "n_lower": _COUNT, "share_upper": _NUMBER, "share_lower": _NUMBER, "gap": _NUMBER,
    "lower": _NUMBER, "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
SECTOR_ITEM_GAPS = Shape("sector_item_gaps", {
    "item": _TEXT, "upper_tier": _TEXT, "lower_tier": _TEXT, "authorities": _COUNT, "n_upper": _COUNT,
    "n_lower": _COUNT, "gap": _NUMBER, "lower": _NUMBER, "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
SECTOR_INSIDE = Shape("sector_inside", {
    "kind": _TEXT, "measure": _TEXT, "n": _COUNT, "above": _COUNT, "below": _COUNT, "lower_quartile": _NUMBER,
    "median": _NUMBER, "upper_quartile": _NUMBER, "reason": _TEXT,
})  # fmt: skip
SECTOR_TIER_GAPS = Shape("sector_tier_gaps", {
    "measure": _TEXT, "upper_tier": _TEXT, "lower_tier": _TEXT, "authorities": _COUNT, "n_upper": _COUNT,
    "n_lower": _COUNT, "gap": _NUMBER, "lower": _NUMBER, "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
EQUALITY_MIX = Shape("equality_mix", {
    "item": _TEXT, "option": _TEXT, "n": _COUNT, "share": _NUMBER, "reason": _TEXT,
})  # fmt: skip
SECTOR_PROGRAMMES = Shape("sector_programmes", {
    "measure": _TEXT, "authorities": _COUNT, "n_took_part": _COUNT, "n_others": _COUNT, "gap": _NUMBER,
    "lower": _NUMBER, "upper": _NUMBER, "p_value": _NUMBER, "p_adjusted": _NUMBER, "verdict": _TEXT, "reason": _TEXT,
})  # fmt: skip
DONT_KNOW_SHARES = Shape("dont_know", {
    "authority": _TEXT, "kind": _TEXT, "group": _TEXT, "measure": _TEXT, "n": _COUNT, "share": _NUMBER,
    "lower": _NUMBER, "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
SECTOR_DONT_KNOW = Shape("sector_dont_know", {
    "kind": _TEXT, "group": _TEXT, "measure": _TEXT, "n": _COUNT, "authorities": _COUNT, "share": _NUMBER,
    "lower": _NUMBER, "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
LEADERSHIP = Shape("leadership", {
    "authority": _TEXT, "profile": _TEXT, "item": _TEXT, "n": _COUNT, "share": _NUMBER, "lower": _NUMBER,
    "upper": _NUMBER, "reason": _TEXT, "nearly": _TEXT,
})  # fmt: skip
SECTOR_LEADERSHIP = Shape("sector_leadership", {
    "profile": _TEXT, "item": _TEXT, "authorities": _COUNT, "n": _COUNT, "share": _NUMBER, "lower": _NUMBER,
    "upper": _NUMBER, "reason": _TEXT,
})  # fmt: skip
CHANGE = Shape("change", {
    "authority": _TEXT, "measure": _TEXT, "common_items": _COUNT, "series": _TEXT, "before": _NUMBER,
    "after": _NUMBER, "change": _NUMBER, "lower": _NUMBER, "upper": _NUMBER, "p_value": _NUMBER,
    "p_adjusted": _NUMBER, "verdict": _TEXT, "reason": _TEXT, "n_before": _COUNT, "n_after": _COUNT,
    "predecessors": _TEXT,
})  # fmt: skip
SECTOR_CHANGE = Shape("sector_change", {
    "measure": _TEXT, "common_items": _COUNT, "series": _TEXT, "n": _COUNT, "above": _COUNT, "similar": _COUNT,
    "below": _COUNT, "cannot_tell": _COUNT, "lower_quartile": _NUMBER, "median": _NUMBER, "upper_quartile": _NUMBER,
    "reason": _TEXT,
})  # fmt: skip
AREA_SCORES = Shape("area_scores", {
    "authority": _TEXT, "service_area": _TEXT, "measure": _TEXT, "n": _COUNT, "score": _NUMBER,
    "shrunken_score": _NUMBER, "lower": _NUMBER, "upper": _NUMBER, "authority_score": _NUMBER,
})  # fmt: skip
COMPARISON_INTERVALS = Shape("comparison_intervals", {
    "measure": _TEXT, "authority": _TEXT, "score": _NUMBER, "se": _NUMBER, "lower": _NUMBER, "upper": _NUMBER,
})  # fmt: skip
COMPARISON_PAIRS = Shape("comparison_pairs", {
    "measure": _TEXT, "authorities": _COUNT, "lowest": _NUMBER, "middle": _NUMBER, "highest": _NUMBER, "pairs": _COUNT,
    "apart": _NUMBER, "mistaken": _NUMBER,
})  # fmt: skip
FUNNEL_POINTS = Shape("funnel_points", {
    "measure": _TEXT, "authority": _TEXT, "n_effective": _NUMBER, "score": _NUMBER, "outside": _NUMBER,
})  # fmt: skip
FUNNEL_LIMITS = Shape("funnel_limits", {
    "measure": _TEXT, "n_effective": _NUMBER, "centre": _NUMBER, "lower_inner": _NUMBER, "upper_inner": _NUMBER,
    "lower_outer": _NUMBER, "upper_outer": _NUMBER,
})  # fmt: skip
PROFILE = Shape("profile", {
    "measure": _TEXT, "title": _TEXT, "score": _NUMBER, "lower": _NUMBER, "upper": _NUMBER, "n": _COUNT,
    "invited": _COUNT, "median": _NUMBER, "lower_quartile": _NUMBER, "upper_quartile": _NUMBER, "benchmark_n": _COUNT,
    "verdict": _TEXT, "indicative": _FLAG, "reason": _TEXT, "reliability": _NUMBER,
})  # fmt: skip
