"""Tables of the annex that count authorities: how far they can be compared, how they are weighted, what moves them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from questionnaires.definition import Questionnaire
from reports.documents.cells import Table
from reports.profile import number
from reports.quality import Json
from reports.rules import Rules
from reports.weighting import Weighting
from reports.wording import text

MOVES = ("skipped_questions", "careless")


def tables(
    scores: pd.DataFrame, quality: Mapping[str, Json], questionnaire: Questionnaire, rules: Rules
) -> list[Table]:
    """Those of which something is known, from SCORES as published and quality.json."""
    found = (comparable(scores, questionnaire, rules), weights(scores), moved(quality, questionnaire))
    return [one for one in found if one is not None]


def comparable(scores: pd.DataFrame, questionnaire: Questionnaire, rules: Rules) -> Table | None:
    """The gate of every comparison: on each dimension how many authorities' scores are how reliable.

    From SCORES as published; None where no score has a reliability.
    """
    known = scores[scores["reason"].isna() & scores["reliability"].notna()]
    if known.empty:
        return None
    body = []
    for dimension in questionnaire.dimensions:
        values = [number(one) or 0.0 for one in known.loc[known["measure"] == dimension.code, "reliability"]]
        compared = [one for one in values if one >= rules.reliability_least]
        firm = sum(one >= rules.reliability_normal for one in compared)
        counts = (firm, len(compared) - firm, len(values) - len(compared))
        body.append((str(dimension.title), *map(str, counts)))
    least, normal = f"{rules.reliability_least:.2f}", f"{rules.reliability_normal:.2f}"
    headings = ("", f"{normal} or more", f"{least} to {normal}: indicative", f"Below {least}: not compared")
    return Table("How reliably authorities can be compared, ICC(2)", headings, tuple(body))


def weights(scores: pd.DataFrame) -> Table | None:
    """By what how many authorities' scores are weighted, or why they are not; None where nothing is known of it."""
    shown = scores[scores["reason"].isna() & scores["weighting"].notna()].drop_duplicates("authority")
    came_weighted = shown["weighted"].fillna(value=False).astype(bool)
    body = [
        (_weighting(word, given=given), str(count))
        for word in Weighting
        for given in (False, True)
        if (count := int(((shown["weighting"] == word) & (came_weighted == (given or word.is_weighted))).sum()))
        and not (given and word.is_weighted)
    ]
    return Table("How scores of authorities are weighted", ("", "Authorities"), tuple(body)) if body else None


def moved(quality: Mapping[str, Json], questionnaire: Questionnaire) -> Table | None:
    """How many authorities' scores another choice would move, and in how many officers disagree."""
    sensitivity = quality.get("sensitivity")
    if not isinstance(sensitivity, Mapping):
        return None
    found = [*(sensitivity.get(kind) for kind in MOVES), quality.get("disagreement")]
    body = tuple((str(one.title), *(str(_count(kind, one.code)) for kind in found)) for one in questionnaire.dimensions)
    headings = ("", "Skipped questions, over 1 point", "Careless answers, over 2 points", "Officers disagree")
    return Table("Authorities whose score has a note", headings, body)


def _count(found: Json, measure: str) -> int:
    """How many authorities a part of quality.json names with this measure."""
    ones = found.values() if isinstance(found, Mapping) else ()
    return sum(isinstance(one, (Mapping, list, tuple)) and measure in one for one in ones)


def _weighting(word: Weighting, *, given: bool) -> str:
    if word.is_weighted:
        return f"By {text(f'margins.{word}')}"
    why = text(f"unweighted.{word}")
    return f"By the weights that came with the answers alone: {why}" if given else f"Not weighted: {why}"
