"""The ledger: what was told of a wave in every release, to whom, and what all of it together gives away.

It is read from the stored releases themselves, superseded ones included: no row of a release is ever changed or deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import pandas as pd
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from reports import frames, measures, peer_safety, peers, told_parts
from reports.disclosure import peer_audit
from reports.disclosure.peer_audit import Audit
from reports.disclosure.recut import recuts
from reports.disclosure.told_figures import Shown
from reports.disclosure.told_people import few
from reports.rules import Rules
from survey import earlier_waves, results, stored_results
from survey.db import take_time
from survey.models import RESEARCH_TABLES, AuditEntry, Release, Wave
from survey.vocabulary import ReleaseState

TOLD = (ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED)
EVERYBODY, OWN, NAMED, TEAM = "everybody", "its own authority", "those named", "the research team"
AUDITED = "release.audited"
_COUNTED = (frames.SCORES, frames.ITEMS, frames.GROUP_SCORES, frames.CELL_SCORES)
_ABOUT_PEOPLE = (
    *_COUNTED,
    frames.SAY_DO,
    frames.OWN_PROFILE,
    frames.DONT_KNOW_SHARES,
    frames.LEADERSHIP,
    frames.TIER_GAPS,
    frames.ELECTED_GAPS,
    frames.TIER_ITEM_GAPS,
    frames.CHANGE,
    frames.SECTOR_TIER_GAPS,
    frames.SECTOR_ITEM_GAPS,
    frames.SECTOR_PROGRAMMES,
    frames.SECTOR_DONT_KNOW,
    frames.SECTOR_LEADERSHIP,
)
_INSIDE = (
    frames.DIVERGENCE,
    frames.TIER_GAPS,
    frames.ELECTED_GAPS,
    frames.SECTOR_INSIDE,
    frames.SAY_DO,
    frames.OWN_PROFILE,
)
_Told: TypeAlias = tuple[str, str, list[str], int]
_OF_GROUPS = (frames.BENCHMARKS.name, "benchmarks_restated")
_SINCE = (frames.CHANGE, frames.SECTOR_CHANGE, frames.BENCHMARKS_RESTATED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A peer group or a table of a release: since when it was told, to whom, about which authorities, how many figures."""

    release: str
    at: datetime | None
    what: str
    told_to: str
    authorities: tuple[str, ...]
    figures: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What the audit of one wave found: about authorities, and a sentence for each figure that tells of too few people."""

    wave: str
    audit: Audit
    people: tuple[str, ...] = ()


def told(session: Session, wave: Wave) -> list[Shown]:
    """What was told of a wave so far, newest first."""
    query = _releases().where(Release.wave_id == wave.id, Release.state.in_(TOLD)).order_by(Release.number.desc())
    return [shown(session, release) for release in session.scalars(query).unique()]


def beside(session: Session, wave: Wave, previous_label: str | None) -> list[Shown]:
    """What other waves told of the same scores: the wave it is compared with, and later ones that are compared with it.

    Medians of the earlier wave are restated with this one, and those of this wave with later ones. Where the common
    questions of a measure are all of its questions, an authority's restated score is the one that it had.
    """
    earlier = None if previous_label is None else earlier_waves.wave_of(session, previous_label)
    found = [] if earlier is None else told(session, earlier)
    query = _releases().where(Release.state.in_(TOLD), Release.previous_label.is_not(None)).order_by(Release.id)
    for release in session.scalars(query).unique():
        if _wave_of(release.previous_label) == wave.code:
            found += [part for part in shown(session, release).parts if part.label.endswith(told_parts.BEFORE)]
    return found


def shown(session: Session, release: Release) -> Shown:
    """A stored release as it is told: who is in which group, which figures. Needs its wave and edition loaded."""
    scores = stored_results.rows(session, frames.SCORES, release)
    found = {
        frames.MENU.name: _menu(session, release),
        told_parts.WHOLES: _wholes(release, scores),
        **{shape.name: stored_results.rows(session, shape, release) for shape in _INSIDE},
    }
    before = _labelled(session, release.previous_label)
    if before is not None:
        found[told_parts.MENU_BEFORE] = _menu(session, before)
    if release.previous_label is not None:
        found |= {shape.name: stored_results.rows(session, shape, release) for shape in _SINCE}
    return peer_safety.shown(
        found,
        release.label,
        scores,
        (
            stored_results.rows(session, frames.BENCHMARKS, release),
            stored_results.rows(session, frames.AVERAGE_OFFICER, release),
        ),
        named=frozenset(stored_results.named(session, release)),
        rules=Rules(**release.rules),
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
    take_time(session.connection())
    waves = select(Wave).where(Wave.id.in_(select(Release.wave_id).where(Release.state.in_(TOLD)))).order_by(Wave.code)
    found = []
    for wave in session.scalars(waves):
        newest, *earlier = told(session, wave)
        others = beside(session, wave, _previous(session, wave))
        audited = peer_audit.audit(newest, earlier, beside=others, tell=tell)
        found.append(Finding(wave.code, audited, tuple(_about_people(session, wave))))
    return found


def _about_people(session: Session, wave: Wave) -> Iterator[str]:
    """What the stored figures of a wave's releases tell of too few people: each release by itself, and two together."""
    earlier: list[tuple[str, dict[str, pd.DataFrame]]] = []
    query = _releases().where(Release.wave_id == wave.id, Release.state.in_(TOLD)).order_by(Release.number)
    for release in session.scalars(query).unique():
        minimum = Rules(**release.rules).minimum_respondents
        stored = {shape.name: stored_results.rows(session, shape, release) for shape in _ABOUT_PEOPLE}
        for one in few(stored, minimum=minimum):
            yield f"Release {release.label}: {one.table} of {one.of} tells of fewer than {minimum} people."
        counted = {shape.name: stored[shape.name] for shape in _COUNTED}
        for label, before in earlier:
            for cut in recuts(counted, before, minimum=minimum):
                yield f"Releases {label} and {release.label}: {cut.group} of {cut.authority} has other people in each."
        earlier.append((release.label, counted))


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
    """A release that was published after this one was computed, and that it was not held against.

    Of the same wave, of the one that it is compared with, or of one that is compared with it.
    """
    query = _releases().where(
        Release.id != release.id, Release.state.in_(TOLD), Release.published_at > release.computed_at
    )
    earlier = _wave_of(release.previous_label)
    for one in session.scalars(query.order_by(Release.published_at.desc(), Release.id.desc())).unique():
        if one.wave.code in (release.wave.code, earlier) or _wave_of(one.previous_label) == release.wave.code:
            return one.label
    return None


def entries(session: Session) -> Iterator[Entry]:
    """Everything that was told, release by release: the groups, the tables, who is named."""
    query = select(Release).join(Release.wave).where(Release.state.in_(TOLD)).order_by(Wave.code, Release.number)
    for release in session.scalars(query.options(joinedload(Release.wave).joinedload(Wave.edition))).unique():
        menu: dict[str, list[str]] = {}
        for group, authority in stored_results.members(session, release):
            menu.setdefault(group, []).append(authority)
        told_ones = [*_groups(session, release, menu), *_tables(session, release, menu), *_named(session, release)]
        for what, to, authorities, figures in told_ones:
            yield Entry(release.label, release.published_at, what, to, tuple(authorities), figures)


def _groups(session: Session, release: Release, menu: Mapping[str, list[str]]) -> Iterator[_Told]:
    benchmarks = stored_results.rows(session, frames.BENCHMARKS, release).set_index("peer_group")
    for group, members in menu.items():
        mine = benchmarks.loc[[group]] if group in benchmarks.index else benchmarks.iloc[:0]
        figures = int(mine[["lower_quartile", "median", "upper_quartile"]].notna().to_numpy().sum())
        yield group, peers.owner(group) or EVERYBODY, members, figures


def _tables(session: Session, release: Release, menu: Mapping[str, list[str]]) -> Iterator[_Told]:
    """Rows with figures: of an authority for itself, of all together for everybody; those of groups stand with them."""
    for table, counts in stored_results.told(session, release).items():
        of_all, figures = "" in counts, sum(counts.values())
        to = TEAM if table in RESEARCH_TABLES else EVERYBODY if of_all else OWN
        if table not in _OF_GROUPS:
            yield f"table {table}", to, menu[peers.ALL] if of_all else [*counts], figures


def _named(session: Session, release: Release) -> Iterator[_Told]:
    """The scores that those who chose it read of each other."""
    codes = sorted(stored_results.named(session, release))
    if codes:
        scores = stored_results.rows(session, frames.SCORES, release)
        asked = {one.code for one in results.questionnaire(release).dimensions}
        told_ones = scores["authority"].isin(codes) & scores["measure"].isin(asked) & scores["reason"].isna()
        yield "names", NAMED, codes, int(told_ones.sum())


def _releases() -> Select[Release]:
    return select(Release).join(Release.wave).options(joinedload(Release.wave).joinedload(Wave.edition))


def _labelled(session: Session, label: str | None) -> Release | None:
    """The release with a label such as 2026.1."""
    if label is None:
        return None
    code, _, number = label.rpartition(".")
    return session.scalars(_releases().where(Wave.code == code, Release.number == int(number))).unique().first()


def _previous(session: Session, wave: Wave) -> str | None:
    """The label of the release that the newest one of a wave is compared with."""
    query = select(Release.previous_label).where(Release.wave_id == wave.id, Release.state.in_(TOLD))
    return session.scalars(query.order_by(Release.number.desc()).limit(1)).first()


def _wave_of(label: str | None) -> str:
    return "" if label is None else label.rpartition(".")[0]


def _menu(session: Session, release: Release) -> pd.DataFrame:
    rows = pd.DataFrame(stored_results.members(session, release), columns=list(frames.MENU.columns))
    return frames.MENU.check(rows)


def _wholes(release: Release, scores: pd.DataFrame) -> pd.DataFrame:
    """WHOLES of a release, over the dimensions of which anything is shown."""
    asked = results.questionnaire(release)
    there = set(scores.loc[scores["score"].notna(), "measure"])
    shown_ones = [one.code for one in asked.dimensions if one.code in there]
    rows = measures.wholes(measures.of(asked), asked, shown_ones)
    return frames.WHOLES.check(pd.DataFrame(rows, columns=list(frames.WHOLES.columns)))
