"""An officer's own scores, for the reply to their submission; computed there and stored nowhere."""

from __future__ import annotations

import math

import numpy as np

from questionnaires.definition import Answers, Item, Missing, Questionnaire
from reports import scoring
from reports.frames import DONT_KNOW, NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED, Responses
from reports.measures import MeasureKind
from reports.rules import Rules
from reports.wording import whole

_CODES = {
    Missing.NOT_ASKED: NOT_ASKED,
    Missing.NOT_ANSWERED: NOT_ANSWERED,
    Missing.DONT_KNOW: DONT_KNOW,
    Missing.NOT_APPLICABLE: NOT_APPLICABLE,
}


def of(questionnaire: Questionnaire, answers: Answers, rules: Rules) -> dict[str, float | None]:
    """Score of each dimension, in file order, and `overall` first where there is one; None where it has no score."""
    items = questionnaire.scored_items
    responses = Responses(
        authorities=("own",),
        authority=np.zeros(1, dtype=np.int32),
        items=tuple(item.code for item in items),
        answers=np.array([[_position(item, answers) for item in items]], dtype=np.int8),
    )
    scores = scoring.person_scores(responses, questionnaire, rules)
    return {
        measure.code: None if math.isnan(value) else float(value)
        for measure, value in zip(scores.measures, scores.values[0], strict=True)
        if measure.kind is not MeasureKind.THEME
    }


def as_shown(score: float | None) -> int | None:
    """A score as a whole number, rounded as every published figure on a page is; None where there is none.

    >>> as_shown(62.5), as_shown(None)
    (63, None)
    """
    return None if score is None else int(whole(score))


def _position(item: Item, answers: Answers) -> int:
    """The place of the chosen option in its option set, or the code of why there is no score."""
    if not item.is_asked(answers):
        return NOT_ASKED
    chosen = answers.get(item.code)
    for position, option in enumerate(item.options):
        if option.code == chosen:
            return position if option.missing is None else _CODES[option.missing]
    return NOT_ANSWERED
