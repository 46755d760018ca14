"""Bundles of releases: the stored numbers with what they were computed from, for researchers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy.orm import Session

from reports import frames, peer_safety
from reports.files import bundle, writing
from reports.files.bundle import Sources
from reports.frames import Shape
from reports.publication import Results
from reports.rules import Rules
from survey import assessments, audit, editions, releases, stored_results, taken
from survey.db import take_time
from survey.errors import BadInput, NotAllowed, NotNow
from survey.models import RESULT_TABLES, Release
from survey.people import Principal
from survey.releases import Gathered
from survey.transitions import LONGEST_REASON
from survey.vocabulary import RoleName

_SHAPES: Mapping[str, Shape] = {one.name: one for one in vars(frames).values() if isinstance(one, Shape)}


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who takes a bundle, who of the publishers agreed, and what it is for."""

    by: Principal
    agreed_by: Principal
    reason: str

    def check(self) -> None:
        """A bundle withholds nothing, so it takes two people and a reason."""
        if RoleName.RESEARCHER not in self.by.roles:
            raise NotAllowed("Bundles hold answers, so they are for researchers.")
        if RoleName.PUBLISHER not in self.agreed_by.roles or self.agreed_by.person_id == self.by.person_id:
            raise NotAllowed(
                "A bundle holds each answer with authority, service area and tier: nothing in it is withheld. A "
                "publisher who is another person must agree. Name them with --agreed-by."
            )
        if not self.reason.strip() or len(self.reason) > LONGEST_REASON or not self.reason.isprintable():
            raise BadInput(f"Say in 1 to {LONGEST_REASON:,} characters, on one line, what the bundle is for.")


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle as a file, how many rows of answers are in it, and of which waves they are."""

    name: str
    content: bytes
    rows: int
    waves: tuple[str, ...]


def make(session: Session, release: Release, agreement: Agreement) -> Made:
    """The numbers as they are stored, and the answers, headcounts and rules that they come from. Only reads.

    Of a person it holds what the computation needs and nothing else: authority, service area, tier, the chosen options
    of scored items and whether the answers came too fast, in an order that tells nothing. It is not de-identified: rows
    can be told apart, and whoever had microdata of the same wave could undo what those withhold. So nobody takes both.
    """
    agreement.check()
    take_time(session.connection())
    if release.previous_label is None:
        gathered = releases.gather(session, release.wave.code)
    else:
        gathered = releases.gather_with_earlier(session, release.wave.code, compared_with=release.previous_label)
    earlier = gathered.earlier
    if not (releases.gave(gathered, release.input_digest) and releases.gave(earlier, release.previous_digest)):
        raise NotNow(
            f"What the release {release.label} was computed from has changed since, so its numbers cannot be computed "
            "again from it. Compute and publish the next release, and export that one."
        )
    waves = (release.wave.code, *(() if earlier is None else (earlier.wave.code,)))
    taken.refuse_both(session, agreement.by, taken.BUNDLE, waves)
    results = Results(_stored(session, release), release.quality, Rules(**release.rules))
    content = bundle.write(
        results,
        _sources(session, gathered, _menu(session, release), peer_safety.dropped(results.frames)),
        audience="release",
        release=release.label,
        previous=None if earlier is None else _sources(session, earlier),
    )
    return Made(f"{writing.file_name(release.label)}-bundle.zip", content, len(gathered.responses), waves)


def record(session: Session, release: Release, made: Made, agreement: Agreement, *, now: datetime) -> None:
    """Keep who took which bundle, who agreed and what for."""
    audit.record(
        session,
        now=now,
        actor=agreement.by.actor,
        action=taken.BUNDLE,
        object_type="release",
        object_code=release.label,
        details={
            "agreed_by": agreement.agreed_by.actor,
            "reason": agreement.reason.strip(),
            "rows": made.rows,
            "bytes": len(made.content),
            "waves": list(made.waves),
        },
    )


def _stored(session: Session, release: Release) -> dict[str, pd.DataFrame]:
    """Every table of the release that has rows."""
    found = {name: stored_results.rows(session, _SHAPES[name], release) for name in RESULT_TABLES}
    return {name: frame for name, frame in found.items() if len(frame)}


def _menu(session: Session, release: Release) -> pd.DataFrame:
    """The peer groups that the release was computed with."""
    return frames.MENU.check(pd.DataFrame(stored_results.members(session, release), columns=list(frames.MENU.columns)))


def _sources(
    session: Session, gathered: Gathered, menu: pd.DataFrame | None = None, dropped: pd.DataFrame | None = None
) -> Sources:
    """What a wave was computed from; of an earlier one neither menu nor what was dropped of it matters."""
    wave = gathered.wave
    own = assessments.asked(session, wave) if gathered.assessed is not None else None
    return Sources(
        editions.get(session, wave.edition_id).body,
        gathered.responses,
        gathered.authorities,
        gathered.headcounts,
        gathered.assessed,
        None if own is None else own.body,
        tuple(wave.optional_sections.split()),
        menu,
        dropped,
        gathered.successions,
    )
