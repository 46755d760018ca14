"""Technical notes of the sector report: how good the answers are and what has not been tested, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from questionnaires.definition import Questionnaire
from reports.gates import State, state_of
from reports.quality import Json
from reports.weighting import Weighting

_GATES = {
    "reliability": "how well the questions of a dimension belong together",
    "item_total": "whether each question goes with the others of its dimension",
    "icc": "how much of the differences lies between authorities",
    "agreement": "how far officers of one authority agree",
    "four_dimensions": "whether the dimensions are distinct or move together",
    "invariance": "whether the questions mean the same to everybody",
}


def sentences(quality: Mapping[str, Json], questionnaire: Questionnaire) -> tuple[str, ...]:
    """What a technical reader asks first; a count that is withheld is left out."""
    notes = [*counts(quality, questionnaire)]
    gates = quality.get("gates")
    if isinstance(gates, Mapping):
        untested = [_GATES.get(gate, gate) for gate, state in gates.items() if state_of(state) == State.NOT_TESTED]
        if untested:
            notes.append(f"Not tested in this release: {'; '.join(untested)}.")
    return tuple(notes)


def counts(quality: Mapping[str, Json], questionnaire: Questionnaire) -> tuple[str, ...]:
    """How many answered and were left out, and which questions many could not answer."""
    notes = (
        _people(quality.get("respondents")),
        _careless(quality.get("careless")),
        _review(quality.get("dont_know"), questionnaire),
        _orders(quality.get("ordinal"), questionnaire),
    )
    return tuple(note for note in notes if note)


def weights(scores: pd.DataFrame) -> tuple[str, ...]:
    """How far intervals of weighted scores can be trusted (docs/simulations.md), and whose weights came with the answers.

    >>> table = pd.DataFrame({"authority": ["A", "B"], "weighted": True, "weighting": ["tier", "no_headcounts"]})
    >>> [one.split(".")[0] for one in weights(table)]  # doctest: +NORMALIZE_WHITESPACE
    ['Scores of 1 of 2 authorities are weighted to their staff numbers',
     'Scores of 1 of 2 authorities are weighted by the weights that came with the answers alone']
    """
    weighted = scores[scores["weighted"].fillna(value=False).astype(bool)].drop_duplicates("authority")
    to_staff = int(weighted["weighting"].isin([str(word) for word in Weighting if word.is_weighted]).sum())
    given, all_ = len(weighted) - to_staff, scores["authority"].nunique()
    told = []
    if to_staff:
        told.append(
            f"Scores of {to_staff} of {all_} authorities are weighted to their staff numbers. Where "
            "few answers stand for many staff, the interval of a weighted score is a little too short: in simulations it "
            "held the score of all staff 92 to 94 times in 100, that of a plain score 95 times."
        )
    if given:
        told.append(
            f"Scores of {given} of {all_} authorities are weighted by the weights that came with the answers alone."
        )
    return tuple(told)


def _people(found: Json) -> str:
    if not isinstance(found, Mapping) or found.get("officers") is None:
        return ""
    return f"{found['officers']:,} officers of {found.get('authorities')} authorities answered."


def _careless(found: Json) -> str:
    if not isinstance(found, Mapping):
        return ""
    excluded = found.get("excluded")
    time = "" if found.get("time_known") else " How long people took is not known, so nobody could be called too fast."
    if excluded is None:
        return f"A few people who answered too fast and always the same were left out.{time}"
    if excluded == 0:
        return f"Nobody was left out for answering too fast and always the same.{time}"
    return f"{excluded} people who answered too fast and always the same were left out.{time}"


def _orders(found: Json, questionnaire: Questionnaire) -> str:
    """On which dimensions authorities stand in another order where answers are not read as equally spaced."""
    if not isinstance(found, Mapping):
        return ""
    failed = {code for code, one in found.items() if isinstance(one, Mapping) and one.get("state") == State.FAILED}
    titles = [str(one.title) for one in questionnaire.dimensions if one.code in failed]
    if not titles:
        return ""
    return f"Authorities stand in another order when answers are not read as equally spaced: {', '.join(titles)}."


def _review(found: Json, questionnaire: Questionnaire) -> str:
    """Questions that many could not answer are named, so that they are looked at before the next survey."""
    if not isinstance(found, Mapping):
        return ""
    marked = [code for code, one in found.items() if isinstance(one, Mapping) and one.get("review")]
    if not marked:
        return "No question was answered “don’t know” by more than 15 % of people."
    texts = [f"“{questionnaire.items[code].text}”" for code in marked if code in questionnaire.items]
    return f"More than 15 % of people answered “don’t know” to: {', '.join(texts)}."
