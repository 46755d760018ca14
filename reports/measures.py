"""What carries a mean, in the order in which it is always shown: overall, dimensions, themes."""

from __future__ import annotations

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


def of(questionnaire: Questionnaire) -> tuple[Measure, ...]:
    """All measures of a questionnaire in the order of rows: overall, dimensions, themes in file order."""
    dimensions = [(d.code, MeasureKind.DIMENSION) for d in questionnaire.dimensions]
    themes = [(t.code, MeasureKind.THEME) for t in questionnaire.themes]
    return (
        Measure(OVERALL, MeasureKind.OVERALL, ()),
        *(Measure(c, k, tuple(i.code for i in questionnaire.items_of(c))) for c, k in (*dimensions, *themes)),
    )
