"""Releases: the bridge from sealed answers to published numbers, and the two persons that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import digest, equality, frames, peers, publication
from reports.change import Before
from reports.disclosure.peer_audit import Audit
from reports.disclosure.told_figures import Shown
from reports.frames import Responses
from reports.publication import Results
from reports.rules import Rules
from survey import (
    assessments,
    documents,
    earlier_waves,
    editions,
    equality_results,
    ledger,
    naming,
    peer_lists,
    transitions,
    wave_inputs,
    wave_rules,
    waves,
)
from survey.db import take_time
from survey.errors import NotAllowed, NotNow
from survey.models import RESEARCH_TABLES, RESULT_TABLES, Release, ReleasePeerGroup, Wave
from survey.people import Principal
from survey.vocabulary import ReleaseState, WaveState

_ROWS_AT_ONCE = 2_000
_LEAVING = (
    ("scores", "score"), ("group_scores", "score"), ("cell_scores", "score"), ("items", "share"), ("standings", "gap"),
    ("say_do", "gap"), ("own_profile", "gap"), ("dont_know", "share"), ("leadership", "share"),
    ("change", "change"),
)  # fmt: skip


@dataclass(frozen=True)
class Gathered:
    """What a wave's numbers are computed from, read out of the database.

    `earlier` is the wave that it is compared with, `earlier_label` the release of it; `successions` belong to an earlier
    wave: who has replaced whom since.
    """

    wave: Wave
    questionnaire: Questionnaire
    responses: Responses
    authorities: pd.DataFrame
    headcounts: pd.DataFrame
    assessed: pd.DataFrame | None = None  # levels of themes, where the wave asks a self-assessment
    self_assessment_digest: str | None = None
    menu: pd.DataFrame | None = None  # frozen with the first release of the wave
    named: frozenset[str] = frozenset()  # authorities that chose to be named to each other; frozen in the same way
    told: tuple[Shown, ...] = ()  # what earlier releases of this wave told
    beside: tuple[Shown, ...] = ()  # what other waves told of the same scores
    backgrounds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # people by equality item and option
    earlier: Gathered | None = None
    earlier_label: str | None = None
    successions: pd.DataFrame | None = None
    rules: Rules = field(default_factory=Rules)

    @property
    def before(self) -> Before:
        """This wave as the one that a later one is compared with."""
        return Before(self.responses, self.questionnaire, self.authorities, self.headcounts, self.successions)


@dataclass(frozen=True)
class Calculation:
    """The numbers of a wave, computed and guarded but not yet stored, with the digest of everything they came from."""

    wave: Wave
    results: Results
    team: Mapping[str, pd.DataFrame]
    members: pd.DataFrame
    questionnaire_digest: str
    input_digest: str
    self_assessment_digest: str | None = None
    mix: pd.DataFrame = field(default_factory=frames.EQUALITY_MIX.empty)
    audit: Audit | None = None
    named: frozenset[str] = frozenset()
    previous_label: str | None = None
    previous_digest: str | None = None


def calculation(
    session: Session, wave_code: str, *, rules: Rules | None = None, progress: Callable[[str], None] | None = None
) -> Calculation:
    """Compute a closed wave. Only reads, so nobody waits for it; `store` writes what it returns.

    The transaction of the session stays open meanwhile. Jobs do not do this: they close theirs first (`computation`).
    """
    take_time(session.connection())
    return computed(gather_with_earlier(session, wave_code), rules=rules, progress=progress)


def gather_with_earlier(session: Session, wave_code: str, *, compared_with: str | None = None) -> Gathered:
    """Read all that a closed wave is computed from, and the same of the earlier wave that it is compared with.

    That is the latest with the same questionnaire and a published release, or the one of the release `compared_with`.
    Without one there is no change to be computed. The earlier wave is read as it is now.
    """
    found = gather(session, wave_code)
    if compared_with is None:
        release = earlier_waves.latest(session, found.wave)
        wave, label = (None, None) if release is None else (release.wave, release.label)
    else:
        wave, label = earlier_waves.wave_of(session, compared_with), compared_with
    if wave is None or label is None:
        return replace(found, beside=tuple(ledger.beside(session, found.wave, None)))
    earlier = replace(gather(session, wave.code), successions=earlier_waves.successions(session, wave, found.wave))
    beside = tuple(ledger.beside(session, found.wave, label))
    return replace(found, earlier=earlier, earlier_label=label, beside=beside)


def gather(session: Session, wave_code: str) -> Gathered:
    """Read all that a closed wave is computed from.

    The sealed answers are read once, in pages, straight into one small integer column an item.
    """
    wave = waves.by_code(session, wave_code)
    require_closed(wave)
    edition = editions.get(session, wave.edition_id)
    questionnaire = editions.questionnaire_of(session, edition, optional_sections=wave.optional_sections)
    authorities = wave_inputs.authorities(session, wave)
    if authorities.empty:
        raise NotNow(f"No authority takes part in the wave {wave.code}, so there is nothing to compute.")
    headcounts = wave_inputs.headcounts(session, wave, set(authorities["code"]))
    responses = wave_inputs.responses(session, wave, questionnaire, tuple(authorities["code"]))
    assessed, digest = assessments.levels(session, wave) or (None, None)
    return Gathered(
        wave,
        questionnaire,
        responses,
        authorities,
        headcounts,
        assessed,
        digest,
        menu=peer_lists.menu(session, wave, authorities),
        named=naming.for_release(session, wave, authorities["code"]),
        told=tuple(ledger.told(session, wave)),
        backgrounds=equality_results.counts(session, wave),
        rules=wave_rules.of(wave),
    )


def computed(
    gathered: Gathered, *, rules: Rules | None = None, progress: Callable[[str], None] | None = None
) -> Calculation:
    """Work the numbers out, without the database. Withheld ones are emptied: nothing beyond this function holds them."""
    results = publication.compute(
        gathered.responses,
        gathered.questionnaire,
        rules or gathered.rules,
        authorities=peers.register(gathered.authorities, gathered.menu),
        headcounts=gathered.headcounts,
        assessments=gathered.assessed,
        previous=None if gathered.earlier is None else gathered.earlier.before,
        progress=progress,
    )
    results, audit = publication.audited(results, gathered.told, beside=gathered.beside, named=gathered.named)
    return Calculation(
        gathered.wave,
        publication.published(results),
        publication.for_team(results),
        results.frames["menu"],
        loader.measurement_digest(gathered.questionnaire),
        input_digest(gathered),
        gathered.self_assessment_digest,
        equality.mix(gathered.backgrounds, gathered.questionnaire),
        audit,
        gathered.named,
        gathered.earlier_label,
        None if gathered.earlier is None else input_digest(gathered.earlier),
    )


def input_digest(gathered: Gathered) -> str:
    """SHA-256 of all that was computed from, whatever the order of its rows and the names of authorities."""
    return digest.of_inputs(*_inputs(gathered))


def gave(gathered: Gathered | None, known: str | None) -> bool:
    """Whether a digest is that of what was gathered; of nothing there is none."""
    return known is None if gathered is None else digest.is_of(known, *_inputs(gathered))


def _inputs(gathered: Gathered) -> digest.Inputs:
    return gathered.responses, gathered.authorities, gathered.headcounts, gathered.assessed, gathered.successions


def require_closed(wave: Wave) -> None:
    """Only what can no longer change is computed."""
    if wave.state != WaveState.CLOSED:
        raise NotNow(
            f"The wave {wave.code} is {wave.state}. Close it first: numbers are computed once, when all is in."
        )


def store(session: Session, found: Calculation, *, by: Principal, now: datetime) -> Release:
    """Keep a calculation as the wave's next release, and check that nothing withheld is in it."""
    take_time(session.connection())  # holding it against what was told before takes longer in a large sector
    session.execute(select(Wave.id).where(Wave.id == found.wave.id).with_for_update())  # one number at a time
    refusal = ledger.recut(session, found.wave, found.results.frames, minimum=found.results.rules.minimum_respondents)
    if refusal:
        raise NotNow(refusal)
    last = session.scalar(select(func.max(Release.number)).where(Release.wave_id == found.wave.id))
    release = Release(
        wave_id=found.wave.id,
        number=(last or 0) + 1,
        state=ReleaseState.COMPUTED,
        method_version=found.results.rules.method_version,
        rules=asdict(found.results.rules),
        quality=dict(found.results.quality),
        questionnaire_digest=found.questionnaire_digest,
        input_digest=found.input_digest,
        self_assessment_digest=found.self_assessment_digest,
        previous_label=found.previous_label,
        previous_digest=found.previous_digest,
        computed_at=now,
        computed_by_id=by.person_id,
    )
    release.wave = found.wave
    session.add(release)
    session.flush()
    transitions.begin(session, transitions.RELEASE, release, now=now, actor=by.actor)
    _keep(session, release, found)
    _check(found)
    _note_audit(session, release, found.audit, by=by, now=now)
    transitions.follow(
        session, transitions.RELEASE, release, ReleaseState.CHECKED, now=now, actor=by.actor, roles=by.roles
    )
    return release


def _keep(session: Session, release: Release, found: Calculation) -> None:
    """Every table of the release, row by row."""
    tables = {**found.results.frames, **found.team}
    for name, table in (RESULT_TABLES | RESEARCH_TABLES).items():
        if name not in tables:  # a wave without self-assessments has no distance from them
            continue
        for part in _parts(tables[name]):
            session.execute(insert(table), [{"release_id": release.id, **row} for row in part])
    for part in _parts(found.members):
        session.execute(insert(ReleasePeerGroup), [{"release_id": release.id, **row} for row in part])
    equality_results.store(session, release, found.mix)
    naming.store(session, release, found.named)


def approve(session: Session, release: Release, *, by: Principal, now: datetime) -> None:
    """A second person has looked: not the one who computed."""
    _hold(session, release)
    if by.person_id == release.computed_by_id:
        raise NotAllowed("You computed this release, so a second person has to approve it.")
    release.approved_at, release.approved_by_id = now, by.person_id
    transitions.follow(
        session, transitions.RELEASE, release, ReleaseState.APPROVED, now=now, actor=by.actor, roles=by.roles
    )


def publish(
    session: Session, release: Release, *, by: Principal, now: datetime, embargo_until: datetime | None = None
) -> None:
    """Let members and the public read the release, at once or when the embargo ends; its reports are made meanwhile.

    Earlier numbers of the wave are superseded at once; under an embargo they stay until the new one can be read.
    """
    _hold(session, release)
    newer = ledger.told_since(session, release)
    if newer is not None:
        raise NotNow(
            f"Release {newer} was published after this one was computed, so this one was never held against it. "
            "Compute the wave again."
        )
    release.published_at, release.embargo_until = now, embargo_until
    transitions.follow(
        session, transitions.RELEASE, release, ReleaseState.PUBLISHED, now=now, actor=by.actor, roles=by.roles
    )
    if not release.wave.demonstration:  # there, what is asked for is made: a first start has better things to do
        documents.make_all(session, release, now=now)
    if embargo_until is None or embargo_until <= now:
        for earlier in _earlier(session, release):
            transitions.follow(session, transitions.RELEASE, earlier, ReleaseState.SUPERSEDED, now=now, actor=by.actor)


def _hold(session: Session, release: Release) -> None:
    """The release as it is now; whoever else wants to move it waits, and then finds it moved."""
    session.refresh(release, ["state"], with_for_update=True)


def _earlier(session: Session, release: Release) -> Sequence[Release]:
    query = select(Release).where(
        Release.wave_id == release.wave_id,
        Release.number < release.number,
        Release.state == ReleaseState.PUBLISHED,
    )
    earlier = session.scalars(query.order_by(Release.number)).all()
    for one in earlier:
        one.wave = release.wave
    return earlier


def _note_audit(session: Session, release: Release, audit: Audit | None, *, by: Principal, now: datetime) -> None:
    """What the release was held against, and how much of it was dropped."""
    if audit is None:
        return
    details: dict[str, object] = {
        "releases": audit.releases,
        "groups": audit.groups,
        "figures": audit.figures,
        "dropped": [f"{group} {measure}" for group, measure in sorted(audit.dropped)],
    }
    if audit.pinned:
        details["pinned"] = [[measure, code] for measure, code in audit.pinned]
    transitions.note(session, transitions.RELEASE, release, ledger.AUDITED, now=now, actor=by.actor, details=details)


# What is kept of them


def _parts(frame: pd.DataFrame) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        yield _plain(frame.iloc[start : start + _ROWS_AT_ONCE]).to_dict("records")  # type: ignore[misc]  # column names are words


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with Python's own values, None where there is none, words as plain strings."""
    return pd.DataFrame({name: _values(frame[name]) for name in frame.columns}, dtype=object)


def _values(column: pd.Series) -> NDArray[np.object_]:
    kept = [None if value is pd.NA or value is None else value for value in column.tolist()]
    return np.array([str(value) if isinstance(value, str) else value for value in kept] + [None], dtype=object)[:-1]


def _check(found: Calculation) -> None:
    """A last look at what leaves: a row with too few people or a reason carries no number."""
    minimum = found.results.rules.minimum_respondents
    for name, value in _LEAVING:
        if name not in found.results.frames:
            continue
        frame = found.results.frames[name]
        withheld = frame["reason"].notna()
        if "n" in frame:
            withheld |= (frame["n"] < minimum).fillna(value=False)
        if frame.loc[withheld, value].notna().any():
            raise NotNow(f"The check found a figure in {name} that must be withheld. Nothing was stored.")
