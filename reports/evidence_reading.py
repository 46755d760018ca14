"""What stands under an authority's numbers: how far they can be relied on, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import gates, narrative
from reports.disclosure.guard import MOVED
from reports.gates import State
from reports.profile import number
from reports.quality import Json
from reports.weighting import Weighting
from reports.wording import BASE_LANGUAGE, enumeration, text, whole


def sentences(
    scores: pd.DataFrame,
    quality: Mapping[str, Json],
    questionnaire: Questionnaire,
    *,
    authority: str,
    language: str = BASE_LANGUAGE,
) -> tuple[str, ...]:
    """One sentence a fact, from the published scores (SCORES) and quality.json; nothing where nothing is known.

    Weights and what they stand against; how evenly the staff answered; scores that another choice of method would move;
    on what officers disagree; dimensions that are not shown because their questions do not belong together.
    """
    own = scores[scores["authority"] == authority]
    titles = {one.code: str(one.title) for one in questionnaire.dimensions}
    records = [row for row in own.to_dict("records") if row["measure"] in titles or row["measure"] == "overall"]
    shown = [row for row in records if number(row.get("score")) is not None and pd.isna(row.get("reason"))]
    found = _gates(quality, titles, language)
    if shown:
        found = [
            *_weights(shown, titles, language),
            *_evenness(_of(quality.get("representativeness"), authority), language),
            *_moved(quality.get("sensitivity"), authority, titles, language),
            *_apart(_of(quality.get("disagreement"), authority), _only(titles, shown), language),
            *found,
        ]
    return tuple(found)


def _weights(shown: Sequence[Mapping[Hashable, object]], titles: Mapping[str, str], language: str) -> list[str]:
    """What the scores are weighted to, or why not; both figures where they lie far apart; who cannot be weighted for."""
    word = str(shown[0].get("weighting"))
    if word not in set(Weighting):
        return []
    raked, weighted = Weighting(word).is_weighted, shown[0].get("weighted")
    if not raked:
        key = "given" if isinstance(weighted, bool) and weighted else "unweighted"
        because = text(f"unweighted.{word}", language)
        return [text(f"evidence.{key}", language, because=because)]
    said = [text("evidence.weighted", language, margins=text(f"margins.{word}", language))]
    far = [
        (row, plain)
        for row in shown
        if (plain := number(row.get("unweighted_score"))) is not None and abs(plain - float(str(row["score"]))) > MOVED
    ]
    if far:
        parts = [
            text("finding.score", language, score=whole(plain), measure=_title(row["measure"], titles, language))
            for row, plain in far
        ]
        said.append(text("evidence.both", language, measures=enumeration(parts, language)))
    return [*said, text("evidence.silent", language)]


def _evenness(found: Json, language: str) -> list[str]:
    """How evenly the staff answered, and how far off a score could be at worst."""
    word = found.get("word") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or word is None:
        return []
    margins = text(f"margins.{found.get('by', Weighting.BOTH)}", language)
    said = [text("evidence.representative", language, word=text(f"even.{word}", language, margins=margins))]
    bias = found.get("worst_bias")
    points = [one for one in bias.values() if isinstance(one, float)] if isinstance(bias, Mapping) else []
    if points:
        said.append(text("evidence.worst_bias", language, points=whole(max(points))))
    return said


def _moved(found: Json, authority: str, titles: Mapping[str, str], language: str) -> list[str]:
    said = []
    for key, kind in (("skipped", "skipped_questions"), ("careless", "careless")):
        measures = _of(found.get(kind), authority) if isinstance(found, Mapping) else None
        if isinstance(measures, (Mapping, list, tuple)) and measures:
            said.append(text(f"evidence.{key}", language, measures=_titles(measures, titles, language)))
    return said


def _only(titles: Mapping[str, str], shown: Sequence[Mapping[Hashable, object]]) -> dict[str, str]:
    """The dimensions whose score is shown: what is withheld has no spread either."""
    codes = {row["measure"] for row in shown}
    return {code: title for code, title in titles.items() if code in codes}


def _apart(found: Json, titles: Mapping[str, str], language: str) -> list[str]:
    """On what officers disagree, with the middle half of their scores where it may be told."""
    if not isinstance(found, Mapping):
        return []
    parts = []
    for measure, title in titles.items():
        one = _of(found, measure)
        if isinstance(one, Mapping):
            words, ends = narrative.in_sentence(title), (number(one.get("lower")), number(one.get("upper")))
            low, high = (None if end is None else whole(end) for end in ends)
            told = low is not None and high is not None
            parts.append(text("evidence.spread", language, measure=words, low=low, high=high) if told else words)
    return [text("evidence.disagree", language, measures=enumeration(parts, language))] if parts else []


def _gates(quality: Mapping[str, Json], titles: Mapping[str, str], language: str) -> list[str]:
    """What the wave's gates withhold, and what they ask the reader to leave."""
    found = quality.get("gates")
    if not isinstance(found, Mapping):
        return []
    failed = [code for code in titles if any(_failed(found.get(gate), code) for gate in ("reliability", "item_total"))]
    said = [text("evidence.unreliable", language, measures=_titles(failed, titles, language))] if failed else []
    if gates.state_of(found.get("four_dimensions")) == State.FAILED:
        said.append(text("evidence.together", language))
    if gates.state_of(found.get("invariance")) == State.FAILED:
        said.append(text("evidence.means_differently", language))
    return said


def _failed(gate: Json, dimension: str) -> bool:
    one = _of(gate.get("dimensions"), dimension) if isinstance(gate, Mapping) else None
    return isinstance(one, Mapping) and one.get("state") == State.FAILED


def _of(found: Json, code: str) -> Json:
    return found.get(code) if isinstance(found, Mapping) else None


def _titles(measures: Iterable[object], titles: Mapping[str, str], language: str) -> str:
    return enumeration([_title(measure, titles, language) for measure in measures], language)


def _title(measure: object, titles: Mapping[str, str], language: str) -> str:
    code = str(measure)
    return narrative.in_sentence(titles[code]) if code in titles else text("evidence.overall", language)
