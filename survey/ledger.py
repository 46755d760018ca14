"""The ledger: what was told of a wave in every release, to whom, and what all of it together gives away.

It is read from the stored releases themselves, superseded ones included: no row of a release is ever changed or deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from reports import frames, peer_safety, peers
from reports.disclosure import peer_audit
from reports.disclosure.peer_audit import Audit, Shown
from reports.disclosure.recut import recuts
from reports.rules import Rules
from survey import stored_results
from survey.models import AuditEntry, Release, Wave
from survey.vocabulary import ReleaseState

TOLD = (ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED)
EVERYBODY = "everybody"
AUDITED = "release.audited"
_COUNTED = (frames.SCORES, frames.ITEMS, frames.GROUP_SCORES, frames.CELL_SCORES)


@dataclass(frozen=True, slots=True)
class Entry:
    """A peer group of a release: since when it was told, to whom, how many authorities it has, how many figures."""

    release: str
    at: datetime | None
    peer_group: str
    told_to: str
    authorities: int
    figures: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What the audit of one wave found."""

    wave: str
    audit: Audit


def told(session: Session, wave: Wave, *, without: int | None = None) -> list[Shown]:
    """What was told of a wave so far, newest first; `without` leaves out one release."""
    query = select(Release).where(Release.wave_id == wave.id, Release.state.in_(TOLD)).order_by(Release.number.desc())
    found = session.scalars(query.options(joinedload(Release.wave))).unique()
    return [shown(session, release) for release in found if release.id != without]


def shown(session: Session, release: Release) -> Shown:
    """A stored release as it is told: who is in which group, which figures."""
    menu = pd.DataFrame(stored_results.members(session, release), columns=list(frames.MENU.columns))
    names, rules = frozenset(stored_results.named(session, release)), Rules(**release.rules)
    both = {frames.MENU.name: frames.MENU.check(menu)}
    if release.previous_label is not None:
        both |= {
            one.name: stored_results.rows(session, one, release) for one in (frames.CHANGE, frames.BENCHMARKS_RESTATED)
        }
    return Shown(
        release.label,
        both[frames.MENU.name],
        stored_results.rows(session, frames.SCORES, release),
        stored_results.rows(session, frames.BENCHMARKS, release),
        stored_results.rows(session, frames.AVERAGE_OFFICER, release),
        names,
        rules,
        peer_safety.restated(both, release.label, names, rules),
    )


def recut(session: Session, wave: Wave, new: Mapping[str, pd.DataFrame], *, minimum: int) -> str:
    """Why a new release of a wave may not stand beside what was told of it before; empty where it may.

    `new` are its published frames. The sentence is for the research team.
    """
    query = select(Release).where(Release.wave_id == wave.id, Release.state.in_(TOLD)).order_by(Release.number)
    for release in session.scalars(query.options(joinedload(Release.wave))).unique():
        before = {shape.name: stored_results.rows(session, shape, release) for shape in _COUNTED}
        found = recuts(new, before, minimum=minimum)
        if found:
            first = ", ".join(f"{one.authority} {one.group}" for one in found[:5])
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            return (
                f"A closed wave is not cut anew. Some groups have other parts than in release {release.label}, or "
                f"differ from it by fewer than {minimum} people, so both releases together would tell what those people "
                f"said: {first}{more}. Put back what was changed since, and compute again. Nothing was kept."
            )
    return ""


def audit(session: Session, *, tell: Callable[[str], None] | None = None) -> list[Finding]:
    """The audit once more, over everything that was ever told of each wave."""
    waves = select(Wave).where(Wave.id.in_(select(Release.wave_id).where(Release.state.in_(TOLD)))).order_by(Wave.code)
    found = []
    for wave in session.scalars(waves):
        newest, *earlier = told(session, wave)
        found.append(Finding(wave.code, peer_audit.audit(newest, earlier, tell=tell)))
    return found


def pinned_before(session: Session, release: Release) -> list[tuple[str, str]]:
    """Measure and authority of each score that follows from earlier releases of the wave, whatever this one tells.

    Found when the release was computed; dropping groups of the new release does not help against it.
    """
    query = select(AuditEntry.details).where(
        AuditEntry.action == AUDITED, AuditEntry.object_type == "release", AuditEntry.object_code == release.audit_code
    )
    found = [details.get("pinned", []) for details in session.scalars(query)]
    return sorted({(str(measure), str(code)) for pairs in found for measure, code in pairs})


def told_since(session: Session, release: Release) -> str | None:
    """The release of the same wave that was published after this one was computed, and that it was not held against."""
    query = select(func.max(Release.number)).where(
        Release.wave_id == release.wave_id,
        Release.id != release.id,
        Release.state.in_(TOLD),
        Release.published_at > release.computed_at,
    )
    number = session.scalar(query)
    return None if number is None else f"{release.wave.code}.{number}"


def entries(session: Session) -> Iterator[Entry]:
    """Every group of every release that was told, in the order of releases and then of groups."""
    query = select(Release).join(Release.wave).where(Release.state.in_(TOLD)).order_by(Wave.code, Release.number)
    for release in session.scalars(query.options(joinedload(Release.wave))).unique():
        benchmarks = stored_results.rows(session, frames.BENCHMARKS, release).set_index("peer_group")
        for group, size in stored_results.group_sizes(session, release).items():
            mine = benchmarks.loc[[group]] if group in benchmarks.index else benchmarks.iloc[:0]
            figures = int(mine[["lower_quartile", "median", "upper_quartile"]].notna().to_numpy().sum())
            yield Entry(release.label, release.published_at, group, peers.owner(group) or EVERYBODY, size, figures)
