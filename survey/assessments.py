"""The self-assessment of an authority: a page saved, sent, taken back; what a wave's numbers and its pages read of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pandas as pd
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.definition import Item, Page, Questionnaire
from questionnaires.levels import level_of
from reports import narrative, say_do
from survey import editions, transitions
from survey.errors import BadInput, NotFound, NotNow
from survey.models import Assessment, AssessmentAnswer, Authority, Edition, Participation, Wave, WaveAssessment
from survey.people import Principal
from survey.vocabulary import AssessmentState, EditionState, ParticipationState, WaveState

LONGEST_EVIDENCE = 2_000
AUDIENCE = "authority"
EDITABLE = frozenset({WaveState.OPEN, WaveState.GRACE})
LEFT = (ParticipationState.DECLINED, ParticipationState.WITHDRAWN)
NONE_ASKED = "This survey asks for no self-assessment."
NOT_OPEN = "The self-assessment can be changed while the survey is open only."
SENT = "This self-assessment was sent. Take it back first if you want to change it."
CHANGED = "Somebody changed the self-assessment since you looked. Check it again before you send it."
EMPTY = "Choose a level for at least one theme before you send the self-assessment."


@dataclass(frozen=True, slots=True)
class Filled:
    """What is said about one indicator: the level now and the one aimed at, as codes of options, and what shows it."""

    level: str | None = None
    target: str | None = None
    evidence: str = ""


BLANK = Filled()


@dataclass(frozen=True)
class Assessing:
    """An authority's self-assessment as it is stored. `state` is that of the wave: it decides who may come in."""

    wave: Wave
    participation: Participation
    questionnaire: Questionnaire
    edition_id: int
    assessment: Assessment | None
    answers: Mapping[str, Filled] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return self.wave.state

    @property
    def is_submitted(self) -> bool:
        return self.assessment is not None and self.assessment.state == AssessmentState.SUBMITTED

    @property
    def revision(self) -> int:
        return self.assessment.revision if self.assessment else 0

    def of(self, item: Item) -> Filled:
        return self.answers.get(item.code, BLANK)

    def refusal(self, now: datetime) -> str | None:
        """Why nothing can be changed now, or None."""
        if self.wave.state not in EDITABLE or now >= self.wave.closes_at:
            return NOT_OPEN
        return SENT if self.is_submitted else None


@dataclass(frozen=True, slots=True)
class Changed:
    """A page that somebody else changed since it was shown. Nothing was saved."""

    current: Assessing


# Which self-assessment a wave asks


def ask(session: Session, wave: Wave, edition: Edition) -> None:
    """A wave that is not open yet asks this self-assessment of its authorities."""
    if edition.audience != AUDIENCE:
        raise BadInput(f"{edition.code} is not a questionnaire for an authority. Choose the self-assessment.")
    if wave.state != WaveState.PLANNED:
        raise NotNow(f"Wave {wave.code} is {wave.state}. What it asks is decided before it opens.")
    session.flush()
    session.execute(delete(WaveAssessment).where(WaveAssessment.wave_id == wave.id))
    session.execute(insert(WaveAssessment).values(wave_id=wave.id, edition_id=edition.id))


def asked(session: Session, wave: Wave) -> Edition | None:
    """The self-assessment that a wave asks, or None."""
    query = select(Edition).join(WaveAssessment, WaveAssessment.edition_id == Edition.id)
    return session.scalars(query.where(WaveAssessment.wave_id == wave.id)).one_or_none()


def open_with(session: Session, wave: Wave, *, actor: str, now: datetime) -> None:
    """The wave opens: its self-assessment must be approved, and what it measures is fixed."""
    edition = asked(session, wave)
    if edition is None:
        return
    if edition.state not in {EditionState.APPROVED, EditionState.FIELDED}:
        raise NotNow(f"Questionnaire {edition.code} {edition.version} is not approved yet, so the wave cannot open.")
    editions.field(session, edition, actor=actor, now=now)


# Filling in


def of(session: Session, wave: Wave, participation: Participation, *, language: str = "") -> Assessing:
    """The self-assessment of an authority in a wave, begun or not."""
    edition = asked(session, wave)
    if edition is None:
        raise NotFound(NONE_ASKED)
    questionnaire = editions.questionnaire_of(session, edition, language)
    stored = session.scalars(select(Assessment).where(Assessment.participation_id == participation.id)).one_or_none()
    return Assessing(wave, participation, questionnaire, edition.id, stored, _answers(session, stored))


def shown_digest(assessing: Assessing, page: Page) -> str:
    """A digest of a page's answers as shown. A page posts it, so that a change by somebody else is noticed."""
    shown = [(item.code, _plain(assessing.of(item))) for item in page.items]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:32]


def save_page(
    session: Session,
    assessing: Assessing,
    page: Page,
    values: Mapping[str, Filled],
    *,
    shown: str,
    by: Principal,
    now: datetime,
) -> Assessing | Changed:
    """Save what a page posted; `shown` is the digest of it as it was shown. The first save begins the self-assessment.

    Where somebody changed the page meanwhile, nothing is saved. The row is held while it is written, so that two
    people who save at once follow each other.
    """
    checked = {item.code: _checked(item, values.get(item.code, BLANK)) for item in page.items}
    held = _held(session, assessing, by=by, now=now)
    current = replace(assessing, assessment=held, answers=_answers(session, held))
    if (refusal := current.refusal(now)) is not None:
        raise NotNow(refusal)
    if all(current.of(item) == checked[item.code] for item in page.items):
        return current
    if shown_digest(current, page) != shown:
        return Changed(current)
    return _written(session, current, held, checked)


def fill(
    session: Session, assessing: Assessing, values: Mapping[str, Filled], *, by: Principal, now: datetime
) -> Assessing:
    """Save what is said about any number of indicators at once, in the place of what was said about them before."""
    items = assessing.questionnaire.items
    checked = {code: _checked(items[code], filled) for code, filled in values.items()}
    held = _held(session, assessing, by=by, now=now)
    current = replace(assessing, assessment=held, answers=_answers(session, held))
    if (refusal := current.refusal(now)) is not None:
        raise NotNow(refusal)
    return _written(session, current, held, checked)


def submit(session: Session, assessing: Assessing, *, revision: int, by: Principal, now: datetime) -> None:
    """Send the self-assessment as it was shown for checking: only what was sent is counted."""
    if assessing.assessment is None:
        raise BadInput(EMPTY)
    held = _held(session, assessing, by=by, now=now)
    current = replace(assessing, assessment=held, answers=_answers(session, held))
    if current.is_submitted:
        return  # a double click
    if (refusal := current.refusal(now)) is not None:
        raise NotNow(refusal)
    if held.revision != revision:
        raise NotNow(CHANGED)
    if not any(level_of(item, current.of(item).level) for item in current.questionnaire.scored_items):
        raise BadInput(EMPTY)
    held.submitted_at, held.submitted_by_id = now, by.person_id
    transitions.follow(
        session,
        transitions.ASSESSMENT,
        held,
        AssessmentState.SUBMITTED,
        now=now,
        actor=by.actor,
        roles=by.roles,
    )


def take_back(session: Session, assessing: Assessing, *, by: Principal, now: datetime) -> None:
    """Open a sent self-assessment again, as long as the wave is open."""
    held = _held(session, assessing, by=by, now=now)
    if assessing.wave.state not in EDITABLE or now >= assessing.wave.closes_at:
        raise NotNow(NOT_OPEN)
    held.submitted_at, held.submitted_by_id = None, None
    transitions.follow(
        session, transitions.ASSESSMENT, held, AssessmentState.IN_PROGRESS, now=now, actor=by.actor, roles=by.roles
    )


# What is read of them


def levels(session: Session, wave: Wave) -> tuple[pd.DataFrame, str] | None:
    """The levels of themes of every authority that stayed and has sent its self-assessment, with the digest of what
    was asked; None where the wave asks none."""
    edition = asked(session, wave)
    if edition is None:
        return None
    query = (
        select(Authority.code, AssessmentAnswer.item_code, AssessmentAnswer.level)
        .join(Participation, Participation.authority_id == Authority.id)
        .join(Assessment, Assessment.participation_id == Participation.id)
        .join(AssessmentAnswer, AssessmentAnswer.assessment_id == Assessment.id)
        .where(
            Participation.wave_id == wave.id,
            Participation.state.not_in(LEFT),
            Assessment.state == AssessmentState.SUBMITTED,
        )
        .order_by(Authority.code, AssessmentAnswer.item_code)
    )
    chosen = [(code, item, level) for code, item, level in session.execute(query)]
    frame = say_do.theme_levels(editions.questionnaire_of(session, edition), chosen)
    return frame, edition.measurement_digest


def submitted(session: Session, wave: Wave, authority: str, *, language: str = "") -> Assessing | None:
    """The self-assessment that an authority has sent in a wave, for its own people to read; None where there is none."""
    query = (
        select(Participation)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(Participation.wave_id == wave.id, Authority.code == authority)
        .options(joinedload(Participation.authority))
    )
    participation = session.scalars(query).one_or_none()
    if participation is None or asked(session, wave) is None:
        return None
    found = of(session, wave, participation, language=language)
    return found if found.is_submitted else None


# Pieces


def _held(session: Session, assessing: Assessing, *, by: Principal, now: datetime) -> Assessment:
    """The row of the self-assessment, held until the transaction ends; begun where there is none."""
    query = select(Assessment).where(Assessment.participation_id == assessing.participation.id)
    again = query.with_for_update().execution_options(populate_existing=True)
    mine = select(Participation.id).where(Participation.id == assessing.participation.id)
    session.execute(mine.with_for_update(key_share=True))  # key_share: officers' links of the authority do not wait
    held = session.scalars(again).one_or_none()
    if held is None:
        if (refusal := assessing.refusal(now)) is not None:
            raise NotNow(refusal)
        held = Assessment(participation_id=assessing.participation.id, edition_id=assessing.edition_id, revision=0)
        session.add(held)
        transitions.begin(session, transitions.ASSESSMENT, held, now=now, actor=by.actor)
    return held


def _written(session: Session, current: Assessing, held: Assessment, checked: Mapping[str, Filled]) -> Assessing:
    mine = AssessmentAnswer.assessment_id == held.id
    session.execute(delete(AssessmentAnswer).where(mine, AssessmentAnswer.item_code.in_(checked)))
    rows = [
        {"assessment_id": held.id, "item_code": code, **_plain(filled)}
        for code, filled in checked.items()
        if filled != BLANK
    ]
    if rows:
        session.execute(insert(AssessmentAnswer), rows)
    held.revision += 1
    session.flush()
    return replace(current, answers={**current.answers, **checked})


def _answers(session: Session, stored: Assessment | None) -> dict[str, Filled]:
    if stored is None:
        return {}
    columns = AssessmentAnswer.item_code, AssessmentAnswer.level, AssessmentAnswer.target, AssessmentAnswer.evidence
    rows = session.execute(select(*columns).where(AssessmentAnswer.assessment_id == stored.id))
    return {code: Filled(level, target, evidence) for code, level, target, evidence in rows}


def _checked(item: Item, given: Filled) -> Filled:
    """What is stored: codes of this indicator's options, and a note without the spaces around it."""
    if given.level is not None and (item.option_set is None or given.level not in item.option_set.by_code):
        raise BadInput("That level was not offered. Go back and choose again.")
    if given.target is not None and level_of(item, given.target) is None:
        raise BadInput("That target was not offered. Go back and choose again.")
    evidence = given.evidence.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(evidence) > LONGEST_EVIDENCE:
        raise BadInput(f"The note is too long. Use at most {LONGEST_EVIDENCE} characters.")
    return Filled(given.level, given.target, evidence)


def _plain(filled: Filled) -> dict[str, str | None]:
    return {"level": filled.level, "target": filled.target, "evidence": filled.evidence}


def level_name(number: int) -> str:
    """What a level is called, as on the rings of a radar."""
    return narrative.level_name(number)


def unanswered(assessing: Assessing, items: Iterable[Item]) -> Sequence[Item]:
    """The indicators without a level or "we cannot say yet"."""
    return [item for item in items if assessing.of(item).level is None]
