"""What carries a mean, in the order in which it is always shown: overall, dimensions, themes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from questionnaires.definition import Questionnaire

OVERALL = "overall"


class MeasureKind(StrEnum):
    """Which of the three a measure is."""

    OVERALL = "overall"
    DIMENSION = "dimension"
    THEME = "theme"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing with a mean. Codes of measures and items share one namespace."""

    code: str
    kind: MeasureKind
    items: tuple[str, ...]


def wholes(
    counting: tuple[Measure, ...], questionnaire: Questionnaire, shown: Collection[str]
) -> list[tuple[str, str, float]]:
    """Which measures are means of others for somebody who answered everything: whole, part and the weight of the part.

    The overall of the dimensions that are `shown`, equally; a dimension of its themes, by their numbers of items, where
    every item of it has a theme.
    """
    found = [(OVERALL, code, 1.0 / len(shown)) for code in shown]
    home = {theme.code: theme.dimension for theme in questionnaire.themes}
    for whole in (one for one in counting if one.code in shown):
        parts = [one for one in counting if home.get(one.code) == whole.code and one.items]
        if len(parts) > 1 and sum(len(one.items) for one in parts) == len(whole.items):
            found += [(whole.code, one.code, len(one.items) / len(whole.items)) for one in parts]
    return found


def of(questionnaire: Questionnaire) -> tuple[Measure, ...]:
    """All measures of a questionnaire in the order of rows: overall, dimensions, themes in file order."""
    dimensions = [(d.code, MeasureKind.DIMENSION) for d in questionnaire.dimensions]
    themes = [(t.code, MeasureKind.THEME) for t in questionnaire.themes]
    return (
        Measure(OVERALL, MeasureKind.OVERALL, ()),
        *(Measure(c, k, tuple(i.code for i in questionnaire.items_of(c))) for c, k in (*dimensions, *themes)),
    )
