"""Named comparison: which authorities chose to be named to each other in a wave, frozen with its first release."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from survey import audit, stored_results
from survey.errors import NotNow
from survey.models import NamedAuthority, Participation, Release, ReleaseNamed, Wave

FROZEN = (
    "This survey has been computed, so who is named in it stays as it is. You can choose again for the next survey."
)


def choose(
    session: Session, wave: Wave, participation: Participation, *, is_named: bool, actor: str, now: datetime
) -> bool:
    """The authority of a participation wants to be named in this wave, or wants it no more. Returns whether that is new.

    Refused once the wave has a release: what was told by name cannot be untold, and what was not asked for is not told.
    """
    if is_frozen(session, wave):
        raise NotNow(FROZEN)
    code = participation.authority.code
    if is_named == (code in chosen(session, wave)):
        return False
    mine = (NamedAuthority.wave_id == wave.id, NamedAuthority.authority == code)
    if is_named:
        session.execute(insert(NamedAuthority), [{"wave_id": wave.id, "authority": code}])
    else:
        session.execute(delete(NamedAuthority).where(*mine))
    audit.record(
        session,
        now=now,
        actor=actor,
        action="naming.chosen" if is_named else "naming.taken_back",
        object_type="participation",
        object_code=participation.audit_code,
        details={"wave": wave.code, "authority": code},
    )
    return True


def is_frozen(session: Session, wave: Wave) -> bool:
    """Whether the wave was computed: then nobody joins those who are named, and nobody leaves them."""
    return stored_results.first_release(session, wave) is not None


def chosen(session: Session, wave: Wave) -> frozenset[str]:
    """The codes of the authorities that want to be named in a wave."""
    return frozenset(session.scalars(select(NamedAuthority.authority).where(NamedAuthority.wave_id == wave.id)))


def for_release(session: Session, wave: Wave, authorities: Collection[str]) -> frozenset[str]:
    """Who is named in the next release: as in the first one; before that, who chose it; of those that stayed."""
    first = stored_results.first_release(session, wave)
    codes = chosen(session, wave) if first is None else stored_results.named(session, first)
    return frozenset(codes) & frozenset(authorities)


def store(session: Session, release: Release, codes: Collection[str]) -> None:
    """Freeze who is named in a release."""
    if codes:
        rows = [{"release_id": release.id, "authority": code} for code in sorted(codes)]
        session.execute(insert(ReleaseNamed), rows)
