"""State machines as data: from where to where, by whom, with which reason, under which name in the audit trail.

What a step needs besides (dates, a second person, everything counted) is checked by the use-case of the noun just
before it follows the transition; nothing else writes a state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from survey import audit
from survey.errors import BadInput, NotAllowed, NotNow
from survey.vocabulary import AssessmentState, EditionState, ParticipationState, ReleaseState, RoleName, WaveState

RESEARCH = frozenset({RoleName.RESEARCHER})
PUBLISHING = frozenset({RoleName.PUBLISHER})
LEADING = frozenset({RoleName.LEAD, RoleName.DEPUTY})
SIGNING = frozenset({RoleName.LEAD, RoleName.DEPUTY, RoleName.SIGNATORY})
LONGEST_REASON = 1_000


class Stateful(Protocol):
    """Anything that a machine can move."""

    state: str

    @property
    def audit_code(self) -> str:
        """How the audit trail names it."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One permitted step. `done` is the sentence that tells the person that it has happened."""

    source: StrEnum
    target: StrEnum
    action: str
    roles: frozenset[RoleName]
    done: str
    reason_needed: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """All steps of one noun. A state that no step leaves is an end."""

    noun: str
    states: type[StrEnum]
    initial: StrEnum
    beginning: str  # how the audit trail names that one came to be
    transitions: tuple[Transition, ...]

    def step(self, source: str, target: str) -> Transition | None:
        return next((one for one in self.transitions if (one.source, one.target) == (source, target)), None)

    def steps_from(self, source: str) -> tuple[Transition, ...]:
        return tuple(one for one in self.transitions if one.source == source)


def _steps(
    sources: Collection[StrEnum],
    target: StrEnum,
    action: str,
    roles: frozenset[RoleName],
    done: str,
    *,
    reason: bool = False,
) -> tuple[Transition, ...]:
    """The same step from several states."""
    return tuple(Transition(source, target, action, roles, done, reason) for source in sources)


_E = EditionState
EDITION = Machine(
    "edition",
    EditionState,
    _E.DRAFT,
    "edition.stored",
    (
        Transition(_E.DRAFT, _E.IN_REVIEW, "edition.sent_for_review", RESEARCH, "The questionnaire is with its reviewer."),
        Transition(_E.IN_REVIEW, _E.DRAFT, "edition.returned", RESEARCH, "The questionnaire went back to its author.", reason_needed=True),
        Transition(_E.IN_REVIEW, _E.APPROVED, "edition.approved", RESEARCH, "The questionnaire is approved."),
        Transition(_E.APPROVED, _E.DRAFT, "edition.reopened", RESEARCH, "The questionnaire can be changed again.", reason_needed=True),
        Transition(_E.APPROVED, _E.FIELDED, "edition.fielded", RESEARCH, "The questionnaire is in the field; what it measures is fixed."),
        Transition(_E.FIELDED, _E.RETIRED, "edition.retired", RESEARCH, "The questionnaire is retired."),
    ),
)  # fmt: skip

_W = WaveState
WAVE = Machine(
    "wave",
    WaveState,
    _W.PLANNED,
    "wave.planned",
    (
        Transition(_W.PLANNED, _W.OPEN, "wave.opened", RESEARCH, "The survey is open."),
        Transition(_W.OPEN, _W.GRACE, "wave.grace_began", RESEARCH, "No new answers can be started; those begun can be finished."),
        Transition(_W.OPEN, _W.CLOSED, "wave.closed", RESEARCH, "The survey is closed."),
        Transition(_W.GRACE, _W.CLOSED, "wave.closed", RESEARCH, "The survey is closed."),
        Transition(_W.GRACE, _W.OPEN, "wave.extended", RESEARCH, "The survey is open again.", reason_needed=True),
    ),
)  # fmt: skip

_P = ParticipationState
_BEFORE_PROFILE = (_P.INVITED, _P.ACCEPTED, _P.HEADCOUNTS_RETURNED, _P.COLLECTING, _P.SIGNED_OFF)
_UNTIL_REPLY_ENDS = (*_BEFORE_PROFILE[1:], _P.DRAFT_PROFILE, _P.RIGHT_OF_REPLY)
PARTICIPATION = Machine(
    "participation",
    ParticipationState,
    _P.INVITED,
    "participation.added",
    (
        Transition(_P.INVITED, _P.ACCEPTED, "participation.accepted", LEADING | RESEARCH, "Your authority takes part."),
        Transition(_P.INVITED, _P.DECLINED, "participation.declined", LEADING | RESEARCH, "Your authority does not take part this time."),
        Transition(_P.DECLINED, _P.ACCEPTED, "participation.accepted", LEADING | RESEARCH, "Your authority takes part."),
        Transition(_P.ACCEPTED, _P.HEADCOUNTS_RETURNED, "participation.headcounts_returned", LEADING | RESEARCH, "Your staff numbers are in."),
        *_steps((_P.ACCEPTED, _P.HEADCOUNTS_RETURNED), _P.COLLECTING, "participation.collecting", RESEARCH, "Officers can answer."),
        Transition(_P.COLLECTING, _P.SIGNED_OFF, "participation.signed_off", SIGNING, "You signed off who was invited and your staff numbers."),
        Transition(_P.SIGNED_OFF, _P.COLLECTING, "participation.reopened", RESEARCH, "The sign-off is taken back.", reason_needed=True),
        *_steps((_P.COLLECTING, _P.SIGNED_OFF), _P.DRAFT_PROFILE, "participation.profiled", RESEARCH, "The draft profile is made."),
        Transition(_P.DRAFT_PROFILE, _P.RIGHT_OF_REPLY, "participation.shown_to_authority", RESEARCH, "The authority can reply to its draft profile."),
        Transition(_P.RIGHT_OF_REPLY, _P.AGREED, "participation.agreed", SIGNING | RESEARCH, "The profile is agreed."),
        Transition(_P.RIGHT_OF_REPLY, _P.DISPUTED, "participation.disputed", SIGNING, "Your objection is recorded.", reason_needed=True),
        Transition(_P.DISPUTED, _P.AGREED, "participation.settled", RESEARCH, "The objection is settled.", reason_needed=True),
        *_steps((_P.DRAFT_PROFILE, _P.AGREED, _P.DISPUTED), _P.RELEASED, "participation.released", PUBLISHING, "The results are released."),
        *_steps(_UNTIL_REPLY_ENDS, _P.WITHDRAWN, "participation.withdrawn", LEADING | RESEARCH, "Your authority has withdrawn.", reason=True),
        *_steps(_BEFORE_PROFILE, _P.MERGED, "participation.merged", RESEARCH, "The authority takes part as part of its successor.", reason=True),
    ),
)  # fmt: skip

_A = AssessmentState
ASSESSMENT = Machine(
    "assessment",
    AssessmentState,
    _A.IN_PROGRESS,
    "assessment.begun",
    (
        Transition(_A.IN_PROGRESS, _A.SUBMITTED, "assessment.submitted", LEADING | RESEARCH, "Your self-assessment is sent."),
        Transition(_A.SUBMITTED, _A.IN_PROGRESS, "assessment.reopened", LEADING | RESEARCH, "You can change your self-assessment again."),
    ),
)  # fmt: skip

_R = ReleaseState
RELEASE = Machine(
    "release",
    ReleaseState,
    _R.COMPUTED,
    "release.computed",
    (
        Transition(_R.COMPUTED, _R.CHECKED, "release.checked", RESEARCH | PUBLISHING, "The release has passed the disclosure check."),
        Transition(_R.CHECKED, _R.APPROVED, "release.approved", PUBLISHING, "The release is approved."),
        Transition(_R.APPROVED, _R.CHECKED, "release.approval_withdrawn", PUBLISHING, "The approval is taken back.", reason_needed=True),
        Transition(_R.APPROVED, _R.PUBLISHED, "release.published", PUBLISHING, "The results are published."),
        *_steps((_R.COMPUTED, _R.CHECKED, _R.APPROVED, _R.PUBLISHED), _R.SUPERSEDED, "release.superseded", RESEARCH | PUBLISHING, "A newer release stands in its place."),
    ),
)  # fmt: skip

MACHINES = (EDITION, WAVE, PARTICIPATION, ASSESSMENT, RELEASE)


def targets(machine: Machine, state: str, roles: Collection[RoleName] | None = None) -> tuple[Transition, ...]:
    """What can be done next from this state; only what these roles may do, where roles are given."""
    return tuple(one for one in machine.steps_from(state) if roles is None or not one.roles.isdisjoint(roles))


def begin(session: Session, machine: Machine, thing: Stateful, *, now: datetime, actor: str) -> None:
    """Write down that something new stands in its first state."""
    thing.state = str(machine.initial)
    note(session, machine, thing, machine.beginning, now=now, actor=actor, details={"to": thing.state})


def note(
    session: Session,
    machine: Machine,
    thing: Stateful,
    action: str,
    *,
    now: datetime,
    actor: str,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write down what happened to something whose state stays."""
    session.flush()
    audit.record(
        session,
        now=now,
        actor=actor,
        action=action,
        object_type=machine.noun,
        object_code=thing.audit_code,
        details=details,
    )


def follow(
    session: Session,
    machine: Machine,
    thing: Stateful,
    target: str,
    *,
    now: datetime,
    actor: str,
    roles: Collection[RoleName] | None = None,
    reason: str = "",
) -> Transition:
    """Take one step: refuse what is not permitted, else write the new state and its audit entry.

    `roles` are those of the actor; without them the policy table, or the machine itself, has already decided who.
    """
    step = machine.step(thing.state, target)
    if step is None:
        raise NotNow(_impossible(machine, thing.state, target))
    if roles is not None and step.roles.isdisjoint(roles):
        raise NotAllowed("Your role does not allow this step.")
    reason = " ".join(reason.split())
    if step.reason_needed and not reason:
        raise BadInput("Please give the reason: it is kept with the step.")
    if len(reason) > LONGEST_REASON:
        raise BadInput(f"Please give the reason in at most {LONGEST_REASON} characters.")
    source, thing.state = thing.state, str(step.target)
    details = {"from": source, "to": thing.state} | ({"reason": reason} if reason else {})
    note(session, machine, thing, step.action, now=now, actor=actor, details=details)
    return step


def _impossible(machine: Machine, state: str, target: str) -> str:
    here, there = state.replace("_", " "), target.replace("_", " ")
    if state == target:
        return f"This {machine.noun} is already {here}."
    ways = [str(one.target).replace("_", " ") for one in machine.steps_from(state)]
    onward = f"From there it can only become {' or '.join(ways)}." if ways else "Nothing comes after that."
    return f"This {machine.noun} is {here} and cannot become {there}. {onward}"
