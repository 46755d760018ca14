"""The settings of the method, frozen for a wave and stored with its release."""

from __future__ import annotations

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
    distribution_full: int = 30  # five categories from here, three below
    dont_know_review: float = 0.15
    seconds_per_item: float = 2.0
    overall_dimensions: int = 3
    bootstrap_replicates: int = 2000
    seed: int = 20260101
