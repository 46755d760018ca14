"""Results: what may be read of a release. Nothing here computes a figure or changes a row.

Everything read here was guarded before it was stored. Each reading takes a fixed number of statements, however many
authorities there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import pandas as pd
from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import (
    cell_reading,
    change_reading,
    evidence_reading,
    group_reading,
    level_reading,
    own_profile_reading,
    peer_sensitivity,
)
from reports import profile as profiles
from reports.frames import BENCHMARKS, CELL_SCORES, CHANGE, GROUP_SCORES, OWN_PROFILE, PROFILE, SCORES, STANDINGS
from reports.peers import ALL
from reports.profile import Row
from survey import peer_menu, stored_results
from survey.errors import NotFound
from survey.models import Authority, Release, ReleasePeerGroup, Wave
from survey.readings import Comparison, Count, Group, Inside, Sector
from survey.vocabulary import ReleaseState

OFFICERS = "officers"
NO_SUCH_RELEASE = "There are no published results under this name."
NO_SUCH_AUTHORITY = "This release has no results for this authority."


class Superseded(NotFound):
    """The figures were replaced. `successor` is the label of the release that stands in their place."""

    def __init__(self, label: str, successor: str) -> None:
        super().__init__(f"Release {label} was replaced by release {successor}. Its figures are no longer shown.")
        self.successor = successor


# Which releases


def released(session: Session, *, now: datetime) -> list[Release]:
    """What the public may read: the current release of each wave, newest first, with wave and edition loaded."""
    current: dict[int, Release] = {}
    for release in session.scalars(_READABLE, {"moment": now}):
        current.setdefault(release.wave_id, release)
    return list(current.values())


def replaced(session: Session, *, now: datetime) -> list[Release]:
    """The releases in whose place a newer one of the same wave may be read: their figures are withdrawn."""
    current: dict[int, int] = {}
    return [
        release
        for release in session.scalars(_READABLE, {"moment": now})
        if current.setdefault(release.wave_id, release.id) != release.id
    ]


def latest(session: Session, *, now: datetime) -> Release | None:
    """The newest release that the public may read."""
    return next((release for release in released(session, now=now) if not release.wave.rehearsal), None)


def get(session: Session, label: str, *, now: datetime) -> Release:
    """A release as members and the public may read it; before its embargo ends it does not exist."""
    code, number = _split(label)
    found = session.scalars(_releases().where(Wave.code == code, _readable(now))).all()
    wanted = next((release for release in found if release.number == number), None)
    if wanted is None:
        raise NotFound(NO_SUCH_RELEASE)
    if wanted is not found[0]:
        raise Superseded(wanted.label, found[0].label)
    return wanted


def get_any(session: Session, label: str) -> Release:
    """A release in any state: for researchers and publishers."""
    try:
        code, number = _split(label)
    except NotFound:
        raise NotFound(f"“{label[:60]}” is no release. Name one such as 2026.1.") from None
    found = session.scalars(_releases().where(Wave.code == code, Release.number == number)).first()
    if found is None:
        raise NotFound(f"There is no release {label}.")
    return found


def get_by_id(session: Session, release_id: int) -> Release:
    """A release in any state, for a job that was asked for when it was there."""
    found = session.scalars(_releases().where(Release.id == release_id)).first()
    if found is None:
        raise NotFound("The release that this was asked for is no longer there.")
    return found


def everything(session: Session) -> list[Release]:
    """All releases in any state, newest first: for researchers and publishers."""
    return list(session.scalars(_releases()))


def taken_part(session: Session, authorities: Sequence[str], *, now: datetime) -> list[tuple[Release, frozenset[str]]]:
    """The releases that may be read, newest first, each with which of these authorities are in it."""
    releases = released(session, now=now)
    query = (
        select(ReleasePeerGroup.release_id, ReleasePeerGroup.authority)
        .where(
            ReleasePeerGroup.release_id.in_([release.id for release in releases]),
            ReleasePeerGroup.peer_group == ALL,
            ReleasePeerGroup.authority.in_(authorities),
        )
        .order_by(ReleasePeerGroup.release_id, ReleasePeerGroup.authority)
    )
    members: dict[int, set[str]] = {release.id: set() for release in releases}
    for release_id, authority in session.execute(query):
        members[release_id].add(authority)
    return [(release, frozenset(members[release.id])) for release in releases]


def questionnaire(release: Release) -> Questionnaire:
    """What was asked, from the edition loaded with the release."""
    return _parsed(release.wave.edition.body)


# One authority


def comparison(session: Session, release: Release, authority: str, peer_group: str | None = None) -> Comparison:
    """An authority beside one group of its menu: without a choice its type, or all where that is too small."""
    groups = stored_results.groups_of(session, release, authority)
    if not groups:
        raise NotFound(NO_SUCH_AUTHORITY)
    benchmarks = stored_results.benchmarks_of(session, release, authority)
    menu = tuple(peer_menu.group(code, size, benchmarks) for _, code, size in groups)
    group = peer_menu.chosen(menu, peer_group)
    scores = stored_results.rows(session, SCORES, release, authority=authority)
    standings = stored_results.rows(session, STANDINGS, release, authority=authority)
    asked, frames = questionnaire(release), (scores, benchmarks, standings)
    own = profiles.profile(*frames, asked, authority=authority, peer_group=group.code)
    change = stored_results.rows(session, CHANGE, release, authority=authority)
    elected = stored_results.rows(session, GROUP_SCORES, release, authority=authority, kind="elected")
    themes = {
        one.code: profiles.theme_profile(*frames, one, authority=authority, peer_group=group.code)
        for one in asked.dimensions
    }
    return Comparison(
        release=release,
        questionnaire=asked,
        authority=authority,
        name=groups[0][0],
        peer_group=group,
        menu=menu,
        profile=profiles.with_elected(
            profiles.with_before(own, change, authority=authority), elected, authority=authority
        ),
        themes={code: profiles.with_before(one, change, authority=authority) for code, one in themes.items()},
        overall=level_reading.overall(scores, benchmarks, authority=authority, peer_group=group.code),
        leanings=own_profile_reading.rows(
            stored_results.rows(session, OWN_PROFILE, release, authority=authority), asked, authority=authority
        ),
        evidence=(
            *peer_sensitivity.sentences(standings, asked, authority=authority),
            *evidence_reading.sentences(scores, release.quality, asked, authority=authority),
        ),
        since=change_reading.since(change, asked, authority=authority, name=groups[0][0]),
    )


def inside(session: Session, release: Release, authority: str) -> Inside:
    """Service areas, tiers and elected members of an authority; which are listed tells nothing of who answered."""
    groups = stored_results.groups_of(session, release, authority)
    if not groups:
        raise NotFound(NO_SUCH_AUTHORITY)
    found = stored_results.rows(session, GROUP_SCORES, release, authority=authority)
    scores = stored_results.rows(session, SCORES, release, authority=authority)
    asked = questionnaire(release)
    return Inside(
        authority,
        groups[0][0],
        _groups(found, asked, group_reading.SERVICE_AREA),
        _groups(found, asked, group_reading.TIER),
        _groups(found, asked, group_reading.ELECTED),
        found,
        scores,
        _officers(scores, asked),
        _cells(stored_results.rows(session, CELL_SCORES, release, authority=authority), asked),
    )


# All authorities


def sector(session: Session, release: Release) -> Sector:
    """The middle authority: of all, of each type, of each nation; and who took part."""
    sizes = stored_results.group_sizes(session, release)
    benchmarks = stored_results.rows(session, BENCHMARKS, release)
    registered = stored_results.registered(session, release.wave.opens_at.date())
    asked = questionnaire(release)
    groups = tuple(peer_menu.group(code, size, benchmarks) for code, size in sizes.items())

    def by(kind: str) -> dict[str, pd.DataFrame]:
        return {
            group.label: profiles.sector_profile(benchmarks, asked, peer_group=group.code)
            for group in groups
            if group.kind == kind and group.shown
        }

    return Sector(
        release=release,
        questionnaire=asked,
        profile=profiles.sector_profile(benchmarks, asked, peer_group=ALL),
        themes={
            dimension.code: profiles.sector_profile(benchmarks, asked, peer_group=ALL, measures=dimension.themes)
            for dimension in asked.dimensions
        },
        groups=groups,
        profiles_by_type=by("type"),
        participation=tuple(
            Count(group.kind, group.label, group.size, registered.get(group.code))
            for group in groups
            if group.kind in ("type", "nation")
        ),
        quality=release.quality,
    )


def sector_rows(session: Session, release: Release) -> tuple[Row, ...]:
    """The dimensions of all authorities together: for the officer who has just answered."""
    benchmarks = stored_results.rows(session, BENCHMARKS, release, peer_group=ALL)
    return profiles.rows(profiles.sector_profile(benchmarks, questionnaire(release), peer_group=ALL))


def authorities(session: Session, release: Release) -> list[tuple[str, str]]:
    """Code and name of every authority in the release, by name."""
    query = (
        select(Authority.code, Authority.name)
        .join(ReleasePeerGroup, ReleasePeerGroup.authority == Authority.code)
        .where(ReleasePeerGroup.release_id == release.id, ReleasePeerGroup.peer_group == ALL)
        .order_by(Authority.name, Authority.code)
    )
    return [(code, name) for code, name in session.execute(query)]


def withheld(session: Session, release: Release) -> list[tuple[str, str, int, float]]:
    """Which table withholds how many rows for which reason: for researchers, who see the rule."""
    return stored_results.withheld(session, release)


# Pieces


def _releases() -> Select[Release]:
    return (
        select(Release)
        .join(Release.wave)
        .join(Wave.edition)
        .options(contains_eager(Release.wave).contains_eager(Wave.edition))
        .order_by(Wave.closes_at.desc(), Wave.code.desc(), Release.number.desc())
    )


def _readable(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(
        Release.state.in_((ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED)),
        or_(Release.embargo_until.is_(None), Release.embargo_until <= now),
    )


# Built once: every officer who sends answers asks it, and putting it together costs more than sending it.
_READABLE = _releases().where(_readable(bindparam("moment", type_=Release.embargo_until.type)))


def _split(label: str) -> tuple[str, int]:
    code, _, number = label.rpartition(".")
    if not code or not (number.isascii() and number.isdecimal() and len(number) < 6):
        raise NotFound(NO_SUCH_RELEASE)
    return code, int(number)


@lru_cache(maxsize=16)
def _parsed(body: str) -> Questionnaire:
    return loader.parse(body, file="edition")


def _officers(scores: pd.DataFrame, asked: Questionnaire) -> Group:
    """The authority's score in the form of a group, for the row beside elected members."""
    return _labelled(scores.assign(group=OFFICERS), asked, {OFFICERS: OFFICERS.capitalize()})[0]


def _groups(found: pd.DataFrame, asked: Questionnaire, kind: str) -> tuple[Group, ...]:
    """The groups of one kind, each with its dimensions: all that the questionnaire offers, or none."""
    return _labelled(found[found["kind"] == kind], asked, group_reading.listed(found, asked, kind))


def _cells(found: pd.DataFrame, asked: Questionnaire) -> tuple[Group, ...]:
    """Service areas by tier; only those with figures are named at all."""
    chosen, labels = cell_reading.shown(found, asked)
    return _labelled(chosen, asked, labels)


def _labelled(mine: pd.DataFrame, asked: Questionnaire, labels: Mapping[str, str]) -> tuple[Group, ...]:
    groups = []
    for code, label in labels.items():
        rows = mine[mine["group"] == code].set_index("measure").to_dict("index")
        cells = profiles.rows(
            pd.DataFrame(
                [
                    {**rows.get(dimension.code, {}), "measure": dimension.code, "title": str(dimension.title)}
                    for dimension in asked.dimensions
                ],
                columns=list(PROFILE.columns),
            )
        )
        n = max((cell.n for cell in cells if cell.n is not None), default=None)
        groups.append(Group(code, label, n, cells))
    return tuple(groups)
