"""The settings of the method, frozen for a wave and stored with its release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Rules:
    """Every threshold of the method, with its default. Lowering one below its floor is refused when rules are read.

    Shares are 0 to 1, points are points of the 0 to 100 scale, probabilities 0 to 1.
    """

    method_version: str = METHOD_VERSION
    confidence: float = 0.95
    answered_share: float = 0.5  # half rule: ceil(share * J) items must be answered
    minimum_respondents: int = 11
    minimum_authorities_median: int = 10
    minimum_authorities_quartiles: int = 12
    smallest_difference: float = 5.0
    significance: float = 0.05
    reliability_least: float = 0.50  # below it authorities are not compared
    reliability_normal: float = 0.70  # below it a comparison is indicative
    distribution_full: int = 30  # five categories from here, three below
    dont_know_review: float = 0.15
    seconds_per_item: float = 2.0
    overall_dimensions: int = 3
    bootstrap_replicates: int = 2000
    minimum_authorities_shrinkage: int = 20  # below it no shrunken scores, ranks and bands
    rank_draws: int = 10_000
    band_probability: float = 0.80  # below it no band is told
    seed: int = 20260101
    lowered_because: str = ""  # why a wave has fewer authorities in a benchmark than the defaults ask for
    four_dimensions: str = "not tested"  # the four dimensions against one: passed, failed or not tested
    four_dimensions_source: str = ""  # who ran it, when
    invariance: str = "not tested"  # the same meaning for all tiers: passed, failed or not tested
    invariance_source: str = ""


FLOORS: Mapping[str, float] = {
    "confidence": 0.95,
    "answered_share": 0.5,
    "minimum_respondents": 11,
    "minimum_authorities_median": 5,
    "minimum_authorities_quartiles": 8,
    "smallest_difference": 5.0,
    "reliability_least": 0.50,
    "reliability_normal": 0.70,
    "distribution_full": 30,
    "dont_know_review": 0.0,
    "seconds_per_item": 0.0,
    "overall_dimensions": 3,
    "bootstrap_replicates": 1000,
    "minimum_authorities_shrinkage": 20,
    "rank_draws": 1000,
    "band_probability": 0.80,
    "seed": 0,
}
"""The least that a rule may be: protection can be raised, never lowered."""

CEILINGS: Mapping[str, float] = {
    "confidence": 0.999,
    "answered_share": 1.0,
    "significance": 0.05,
    "reliability_least": 0.99,
    "reliability_normal": 0.99,
    "dont_know_review": 1.0,
    "bootstrap_replicates": 100_000,
    "rank_draws": 100_000,
    "band_probability": 0.99,
}
"""The most that a rule may be."""

ENTERED = ("four_dimensions", "invariance")
"""Results of analyses that are run outside of the program; each needs its source, with the date."""

STATES = ("passed", "failed", "not tested")
