"""Made-up sectors for simulations: officers whose answers look like those of real staff, with effects that are known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import agreement, estimation, own_profile, standings
from reports.rules import Rules
from reports.statistics import quantiles, sums
from reports.statistics.sums import Floats, Groups

DIMENSIONS, THEMES, ITEMS = 4, 3, 3  # themes of each dimension, items of each theme
RULES = Rules()

# Spread of single answers, in points: together a person's score on a dimension has a standard deviation of about 20,
# two dimensions of a person correlate by about 0.5, alpha of a dimension is about 0.8.
_PERSON, _DIMENSION, _THEME, _ITEM, _MIDDLE = 15.0, 8.0, 12.0, 22.0, 55.0


@dataclass(frozen=True)
class Effects:
    """What is true of each authority, in points: on each dimension and on each theme beyond it."""

    dimension: Floats  # (authorities, dimensions)
    theme: Floats  # (authorities, themes)

    @property
    def authorities(self) -> int:
        return len(self.dimension)


@dataclass(frozen=True)
class Told:
    """Verdicts as the service makes them: on dimensions, the same without the gate of reliability, and on themes."""

    plain: NDArray[np.object_]  # (authorities, dimensions)
    ungated: NDArray[np.object_]
    leaning: NDArray[np.object_]  # (authorities, themes)
    reliability: Floats = field(repr=False)


def effects(authorities: int, rng: np.random.Generator, *, level: float = 0.0, shape: float = 0.0) -> Effects:
    """Effects drawn from normal distributions: `level` is the standard deviation of a dimension, `shape` of a theme."""
    return Effects(
        rng.normal(0.0, level, (authorities, DIMENSIONS)), rng.normal(0.0, shape, (authorities, DIMENSIONS * THEMES))
    )


def people(true: Effects, n: int, rng: np.random.Generator) -> Floats:
    """Answers of `n` officers of each authority, 0 to 100 in steps of 25, shape (officers, themes, items)."""
    authority = np.repeat(np.arange(true.authorities), n)
    count = len(authority)
    of_dimension = true.dimension[authority] + rng.normal(0.0, _DIMENSION, (count, DIMENSIONS))
    level = _MIDDLE + rng.normal(0.0, _PERSON, (count, 1)) + np.repeat(of_dimension, THEMES, axis=1)
    level = level + true.theme[authority] + rng.normal(0.0, _THEME, level.shape)
    latent = level[:, :, np.newaxis] + rng.normal(0.0, _ITEM, (*level.shape, ITEMS))
    return np.asarray(np.clip(np.rint(latent / 25.0), 0.0, 4.0) * 25.0)


def dimension_scores(answers: Floats) -> Floats:
    """Scores on each dimension, shape (officers, dimensions)."""
    return np.asarray(answers.reshape(len(answers), DIMENSIONS, THEMES * ITEMS).mean(axis=2))


def told(true: Effects, n: int, rng: np.random.Generator) -> Told:
    """One wave: `n` officers of each authority answer, and the service's own functions say what it says."""
    answers = people(true, n, rng)
    groups = sums.grouped(np.repeat(np.arange(true.authorities), n), true.authorities)
    found, relied = _standings(dimension_scores(answers), groups)
    gated = standings.gated(found, relied, RULES)
    return Told(gated.verdict, found.verdict, _leanings(answers.mean(axis=2), groups), relied)


def _standings(values: Floats, groups: Groups) -> tuple[standings.GroupStandings, Floats]:
    found = estimation.estimate(values, groups)
    everywhere = np.ones(found.score.shape, dtype=np.bool_)
    made = standings.standings(
        score=found.score,
        se_comparison=found.se_comparison,
        n=found.n,
        median=np.array([quantiles.quartiles(column)[1] for column in found.score.T]),
        shown=everywhere,
        counted=everywhere,
        tested=np.ones(values.shape[1], dtype=np.bool_),
        rules=RULES,
    )
    relied = np.zeros(found.score.shape)
    for place in range(values.shape[1]):
        between = agreement.between(values[:, place], groups, confidence=RULES.confidence)
        if between.lower > 0.0:
            relied[:, place] = agreement.reliability(between.model, found.n[:, place], found.deff[:, place])
    return made, relied


def _leanings(values: Floats, groups: Groups) -> NDArray[np.object_]:
    found = estimation.estimate(values, groups)
    made = own_profile.contrasts(found.score, found.n, estimation.influences(values, groups), groups)
    return own_profile.leanings(made, np.ones(groups.count, dtype=np.bool_), RULES).compared.verdict


def claims(verdicts: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Where a verdict says above or below."""
    return np.isin(verdicts, [standings.Verdict.ABOVE, standings.Verdict.BELOW]) & pd.notna(verdicts)
