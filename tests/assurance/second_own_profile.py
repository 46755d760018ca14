"""The own profile computed a second time from the written method; it shares no code with the project."""

from __future__ import annotations

import math

import numpy as np
import second_weights
from scipy import stats
from second_opinion import FOR_MEDIAN, Estimate, Person, Row, Wave, _numbered, holm, type7, verdict

FIGURES = ("gap", "lower", "upper", "p_adjusted", "verdict", "n", "own_contrast", "sector_contrast", "p_value")


def rows(case: Wave, found: dict[tuple[str, str], Estimate], told: dict[tuple[str, str], str | None]) -> list[Row]:
    """One row an authority and measure; figures for the themes of which some authority's score may be shown."""
    themes = [one for one in case.instrument.themes if any(told[code, one] is None for code in case.codes)]
    own = {code: _contrasts(case, code, themes, found) for code in case.codes}
    whole = [code for code in case.codes if themes and all(told[code, one] is None for one in themes)]
    shown = whole if len(themes) > 1 else []
    middle = {one: type7([own[code][one][0] for code in shown], 0.5) if shown else None for one in themes}
    made = []
    extra = {
        one: math.pi / 2 * math.fsum(own[code][one][1] ** 2 for code in shown) / len(shown) ** 2 if shown else 0.0
        for one in themes
    }
    for code in case.codes:
        figures = _tested(own[code], middle, extra)
        for measure in case.instrument.measures:
            reason = told[code, measure]
            if measure not in case.instrument.themes:
                reason = "not_a_theme"
            elif reason is None and code not in whole:
                reason = "theme_withheld"
            elif reason is None and len(themes) < 2:
                reason = "too_few_themes"
            elif reason is None and len(shown) < FOR_MEDIAN:
                reason = "too_few_authorities"
            row: Row = {"authority": code, "measure": measure, "reason": reason}
            made.append(row | dict.fromkeys(FIGURES) | figures.get(measure, {}))
    return made


def _contrasts(
    case: Wave, code: str, themes: list[str], found: dict[tuple[str, str], Estimate]
) -> dict[str, tuple[float | None, float | None, int]]:
    """Each theme minus the mean of all, its error, and the fewest people behind a theme."""
    fewest = min((found[code, one].n for one in themes), default=0)
    if fewest == 0:
        return dict.fromkeys(themes, (None, None, 0))
    mean = math.fsum(found[code, one].score for one in themes) / len(themes)
    moved = {
        one: _moved([each for each in case.of(code) if one in each.scores], one, found[code, one]) for one in themes
    }
    made: dict[str, tuple[float | None, float | None, int]] = {}
    for one in themes:
        squares = []
        for row in {row for each in moved.values() for row in each}:
            average = math.fsum(moved[other].get(row, 0.0) for other in themes) / len(themes)
            squares.append((moved[one].get(row, 0.0) - average) ** 2)
        error = math.sqrt(fewest / (fewest - 1) * math.fsum(squares)) if fewest > 1 else None
        made[one] = (found[code, one].score - mean, error, fewest)
    return made


def _moved(scored: list[Person], theme: str, whole: Estimate) -> dict[int, float]:
    """By how much each person moves the score of the authority on a theme."""
    categories = [[one.categories[at] for one in scored] for at in (0, 1)]
    used = [None if None in one or not one else _numbered(one) for one in categories]
    y = np.array([one.scores[theme] for one in scored])
    residual = second_weights.residuals(y, whole.score, used)
    total = math.fsum(one.raked for one in scored)
    moved = np.array([one.raked for one in scored]) * residual
    moved = moved - math.fsum(moved) / len(scored) if scored else moved
    return {one.row: float(moved[at]) / total for at, one in enumerate(scored)}


def _tested(
    own: dict[str, tuple[float | None, float | None, int]], middle: dict[str, float | None], extra: dict[str, float]
) -> dict[str, Row]:
    """Gap, interval, test and verdict of each theme of one authority, Holm over them; the sector's error is `extra`."""
    made: dict[str, Row] = {}
    for one, (contrast, error, n) in own.items():
        row: Row = {"own_contrast": contrast, "sector_contrast": middle[one], "n": n}
        if contrast is not None and middle[one] is not None:
            gap = contrast - middle[one]
            row["gap"] = gap
            if error is not None and error > 1e-9:
                se = math.sqrt(error**2 + extra[one])
                half = float(stats.t.ppf(0.975, n - 1)) * se
                p = 2 * float(stats.t.sf(abs(gap) / se, n - 1))
                row |= {"lower": gap - half, "upper": gap + half, "p_value": p}
        made[one] = row
    tested = [one for one in made if "p_value" in made[one]]
    for one, p in zip(tested, holm([made[one]["p_value"] for one in tested]), strict=True):
        made[one]["p_adjusted"] = p
    for row in made.values():
        if "gap" in row:
            row["verdict"] = verdict(row["gap"], row.get("p_adjusted"))
    return made
