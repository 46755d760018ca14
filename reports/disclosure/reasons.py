"""The vocabulary of `reason`: why a number is withheld, or cannot be computed."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Reasons: TypeAlias = NDArray[np.object_]
"""One `Reason` or None a figure."""

_NONE = np.array(None, dtype=object)  # compared with at once: asking what is missing looks at each entry

WITHHELD = "withheld"
"""What a published file says in place of any reason: every refusal shows the same message."""


class Reason(StrEnum):
    """One value a rule. A research file shows the number and the rule by which publication would withhold it."""

    NO_ANSWERS = "no_answers"
    TOO_FEW_PEOPLE = "too_few_people"
    COMPLEMENT = "complement"
    DIMENSION_WITHHELD = "dimension_withheld"
    TOO_FEW_DIMENSIONS = "too_few_dimensions"
    NO_AUTHORITIES = "no_authorities"
    TOO_FEW_AUTHORITIES = "too_few_authorities"
    TOO_FEW_FOR_QUARTILES = "too_few_for_quartiles"
    PINNED = "pinned"
    COLLAPSED = "collapsed"
    NEARLY_EVERYONE = "nearly_everyone"
    TOO_ALIKE = "too_alike"
    NOT_ASSESSED = "not_assessed"
    UNRELIABLE_SCALE = "unreliable_scale"
    SERIES_BROKEN = "series_broken"
    NOT_BEFORE = "not_before"
    FEW_CHANGED = "few_changed"
    TOO_FEW_SERVICE_AREAS = "too_few_service_areas"
    DOMINANCE = "dominance"
    MEANS_DIFFERENTLY = "means_differently"
    NOT_A_THEME = "not_a_theme"
    THEME_WITHHELD = "theme_withheld"
    TOO_FEW_THEMES = "too_few_themes"
    MOVE_TOGETHER = "move_together"

    @property
    def meaning(self) -> str:
        """The sentence that the methodology page prints."""
        return _MEANINGS[self]


_MEANINGS = {
    Reason.NO_ANSWERS: "Nobody is scored, so there is nothing to compute.",
    Reason.TOO_FEW_PEOPLE: "Fewer people than the threshold are scored.",
    Reason.COMPLEMENT: "With this figure and the others, something about fewer people than the threshold could be computed.",
    Reason.DIMENSION_WITHHELD: "A dimension of this authority is withheld; the overall would give it away.",
    Reason.TOO_FEW_DIMENSIONS: "The overall needs at least three dimensions.",
    Reason.NO_AUTHORITIES: "No authority of the peer group has a score that may be shown.",
    Reason.TOO_FEW_AUTHORITIES: "The peer group has too few authorities for a median.",
    Reason.TOO_FEW_FOR_QUARTILES: "The peer group has too few authorities for quartiles; the median is shown.",
    Reason.PINNED: "With the other groups' figures, those of earlier releases and its own, somebody could compute an authority's score.",
    Reason.COLLAPSED: "Too few answers for each option on its own; they are shown as low, middle and high.",
    Reason.NEARLY_EVERYONE: "Nearly everybody gave the same answer; shown as 90 % or more.",
    Reason.TOO_ALIKE: "People answered so nearly alike that a mean and its interval would tell each one's score.",
    Reason.NOT_ASSESSED: "The authority has no self-assessment of this, or of fewer than half of its themes.",
    Reason.UNRELIABLE_SCALE: "The questions of this dimension do not belong together well enough; they are shown one by one.",
    Reason.SERIES_BROKEN: "Too few items are the same in both waves: the series is broken.",
    Reason.NOT_BEFORE: "The authority, or one that it replaced, has no answers in the earlier wave.",
    Reason.FEW_CHANGED: "Only one or two authorities differ from the benchmark that was published; two medians would tell about them.",
    Reason.TOO_FEW_SERVICE_AREAS: "Fewer than three service areas have enough people and may be shown.",
    Reason.DOMINANCE: "One authority has more than half of the weight, or one person more than a tenth.",
    Reason.MEANS_DIFFERENTLY: "The questions do not mean the same to all tiers; these are compared question by question only.",
    Reason.NOT_A_THEME: "The own profile compares themes; dimensions and the overall have none.",
    Reason.THEME_WITHHELD: "A theme of this authority is withheld; the mean over its themes would give it away.",
    Reason.TOO_FEW_THEMES: "An own profile needs at least two themes.",
    Reason.MOVE_TOGETHER: "In this wave the dimensions move together; nothing is claimed between them.",
}


NOTHING_THERE = frozenset({Reason.NO_ANSWERS, Reason.NOT_A_THEME, Reason.NOT_ASSESSED, Reason.NOT_BEFORE})
"""Reasons of rows that have no figure which could be withheld: they are no cost of safety."""


def withheld(reasons: Reasons) -> NDArray[np.bool_]:
    """Which figures have a reason against them.

    >>> withheld(np.array([None, Reason.COMPLEMENT], dtype=object)).tolist()
    [False, True]
    """
    return np.asarray(~np.equal(reasons, _NONE), dtype=np.bool_)
