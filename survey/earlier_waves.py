"""The earlier wave that a release is compared with: which it is, and who has replaced whom since."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, contains_eager

from reports.frames import SUCCESSIONS
from survey.models import Authority, AuthoritySuccession, Edition, Release, Wave
from survey.vocabulary import ReleaseState


def latest(session: Session, wave: Wave) -> Release | None:
    """The current release of the latest wave that opened before this one with the same questionnaire, or None.

    Rehearsals and demonstrations are compared with their own kind only. Its wave is loaded.
    """
    code = select(Edition.code).where(Edition.id == wave.edition_id).scalar_subquery()
    query = (
        select(Release)
        .join(Release.wave)
        .join(Wave.edition)
        .where(
            Release.state == ReleaseState.PUBLISHED,
            Edition.code == code,
            Wave.opens_at < wave.opens_at,
            Wave.rehearsal == wave.rehearsal,
            Wave.demonstration == wave.demonstration,
        )
        .options(contains_eager(Release.wave))
        .order_by(Wave.opens_at.desc(), Wave.id.desc(), Release.number.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def wave_of(session: Session, label: str) -> Wave | None:
    """The wave of a release, by the release's label."""
    return session.scalars(select(Wave).where(Wave.code == label.rpartition(".")[0])).first()


def successions(session: Session, earlier: Wave, wave: Wave) -> pd.DataFrame | None:
    """Who replaced whom after one wave opened and until the other did (SUCCESSIONS); None where nobody did."""
    rows = _between(session, earlier.opens_at.date(), wave.opens_at.date())
    return SUCCESSIONS.check(pd.DataFrame(rows, columns=list(SUCCESSIONS.columns))) if rows else None


def _between(session: Session, after: date, until: date) -> list[tuple[str, str, str]]:
    old, new = aliased(Authority), aliased(Authority)
    query = (
        select(old.code, new.code, AuthoritySuccession.on)
        .join(old, old.id == AuthoritySuccession.predecessor_id)
        .join(new, new.id == AuthoritySuccession.successor_id)
        .where(AuthoritySuccession.on > after, AuthoritySuccession.on <= until)
        .order_by(old.code, new.code)
    )
    return [(before, successor, on.isoformat()) for before, successor, on in session.execute(query)]
