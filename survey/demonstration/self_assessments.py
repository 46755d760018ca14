"""What made-up authorities say of themselves: mostly a little more than their officers see, the home authority most of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from questionnaires.definition import Item, Questionnaire
from questionnaires.levels import HIGHEST, LOWEST, levels
from survey import assessments, participation
from survey.assessments import Filled
from survey.demonstration.sector import HOME, SEED, Place
from survey.models import Wave
from survey.people import Principal

USUAL = 3.2
HOME_LEVELS: Mapping[str, float] = {"mindset": 3.1, "agile": 2.9, "silos": 4.4, "leadership": 3.6}
"""The home authority thinks itself joined up; its officers do not see that."""

HOME_EVIDENCE: Mapping[str, str] = {
    "level_departments": "A shared plan of all departments, adopted by the cabinet in March.",
    "level_frontline": "Two mixed teams, for housing repairs and for adult social care.",
    "level_growing": "Eleven people on a leadership programme; a mentor for each of them.",
    "place_contracts": "Break clauses every six months in the last four digital contracts.",
}
_BEGUN = 6  # indicators that the home authority has filled in so far where the wave is still open


def enter(
    session: Session, wave: Wave, places: Sequence[Place], *, by: Principal, now: datetime, seed: int = SEED
) -> None:
    """Authorities fill in and send the self-assessment of a wave; in an open one the home authority has only begun."""
    edition = assessments.asked(session, wave)
    if edition is None:
        return
    is_over = now >= wave.deadline_at
    at = min(now, wave.deadline_at)
    parts = {one.authority.code: one for one in participation.of_wave(session, wave)}
    for place in places:
        if place.code not in parts or not _takes_part(place, is_over=is_over):
            continue
        assessing = assessments.of(session, wave, parts[place.code])
        said = _said(assessing.questionnaire, place, wave.code, seed)
        unfinished = place.code == HOME and not is_over
        kept = dict(list(said.items())[:_BEGUN]) if unfinished else said
        filled = assessments.fill(session, assessing, kept, by=by, now=at)
        if not unfinished:
            assessments.submit(session, filled, revision=filled.revision, by=by, now=at)


def _takes_part(place: Place, *, is_over: bool) -> bool:
    """Nearly all have sent theirs when a wave is over, every fifth while it is open."""
    number = int(place.code.removeprefix("D"))
    return place.code == HOME or (number % 9 != 4 if is_over else number % 5 == 1)


def _said(questionnaire: Questionnaire, place: Place, wave: str, seed: int) -> dict[str, Filled]:
    number = int(place.code.removeprefix("D"))
    rng = np.random.default_rng([seed, 7, number, sum(map(ord, wave))])
    lasting = np.random.default_rng([seed, 8, number])
    home = place.code == HOME
    usual = {d.code: USUAL + 0.5 * float(lasting.standard_normal()) for d in questionnaire.dimensions}
    aimed = HOME_LEVELS if home else usual
    return {
        item.code: _filled(item, aimed.get(item.dimension or "", USUAL), rng, HOME_EVIDENCE if home else {})
        for item in questionnaire.items.values()
    }


def _filled(item: Item, aimed: float, rng: np.random.Generator, evidence: Mapping[str, str]) -> Filled:
    offered = {level.number: level.code for level in levels(item)}
    number = int(np.clip(np.rint(aimed + 0.5 * rng.standard_normal()), LOWEST, HIGHEST))
    if rng.random() < 0.02:
        return Filled(level="dk")
    target = min(number + int(rng.random() < 0.6), HIGHEST)
    return Filled(offered[number], offered[target], evidence.get(item.code, ""))
