"""Accepted mappings of other tools' exports: kept with the questionnaire, so that next time nobody is asked again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.files import mapping
from reports.files.mapping import NO_ANSWER, UNDECIDED, ToolMapping
from reports.files.tables import FileFaults
from survey import audit
from survey.models import SavedMapping

LARGEST = 500_000  # characters; a mapping that would grow beyond starts anew


def of(session: Session, questionnaire: str) -> ToolMapping:
    """What was decided before about exports of this questionnaire; nothing if nobody has."""
    saved = _saved(session, questionnaire)
    if saved is None:
        return ToolMapping(questionnaire)
    try:
        return mapping.parse(saved.body, "the saved mapping")
    except FileFaults:  # what an older version has written, nobody is refused for: they are asked again
        return ToolMapping(questionnaire)


def is_there(session: Session, questionnaire: str) -> bool:
    return _saved(session, questionnaire) is not None


def save(session: Session, accepted: ToolMapping, *, actor: str, now: datetime) -> None:
    """Keep what was accepted, on top of what was decided before.

    The one authority of a file is not kept, the next file may be another's. Labels that count as no answer are not
    kept either: they are what people typed.
    """
    lasting = ToolMapping(
        accepted.questionnaire,
        {header: target for header, target in accepted.columns.items() if target != UNDECIDED},
        {group: labels for group, said in accepted.cells.items() if (labels := _lasting(said))},
    )
    body = mapping.written(of(session, accepted.questionnaire).with_more(lasting))
    if len(body) > LARGEST:
        body = mapping.written(lasting)
    saved = _saved(session, accepted.questionnaire)
    if saved is not None and saved.body == body:
        return
    if saved is None:
        saved = SavedMapping(questionnaire=accepted.questionnaire)
        session.add(saved)
    saved.body, saved.saved_at = body, now
    session.flush()
    _record(session, accepted.questionnaire, "mapping.saved", actor=actor, now=now, columns=len(lasting.columns))


def forget(session: Session, questionnaire: str, *, actor: str, now: datetime) -> None:
    """From here on, files of this questionnaire are asked about again."""
    saved = _saved(session, questionnaire)
    if saved is not None:
        session.delete(saved)
        _record(session, questionnaire, "mapping.forgotten", actor=actor, now=now)


def _lasting(labels: dict[str, str] | object) -> dict[str, str]:
    if not isinstance(labels, dict):
        return {}
    return {label: code for label, code in labels.items() if code not in {NO_ANSWER, UNDECIDED}}


def _saved(session: Session, questionnaire: str) -> SavedMapping | None:
    return session.scalars(select(SavedMapping).where(SavedMapping.questionnaire == questionnaire)).first()


def _record(session: Session, questionnaire: str, action: str, *, actor: str, now: datetime, **details: object) -> None:
    audit.record(
        session,
        now=now,
        actor=actor,
        action=action,
        object_type="mapping",
        object_code=questionnaire,
        details=details,
    )
