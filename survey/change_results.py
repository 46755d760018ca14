"""What may be read of change since the earlier wave, of one authority in one release."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from reports import change_reading
from reports.change_reading import Changed
from reports.documents import change_parts, reading
from reports.documents.cells import Table
from reports.frames import BENCHMARKS_RESTATED, CHANGE
from reports.narrative import Caption
from reports.peers import ALL
from survey import earlier_waves, register, results, stored_results
from survey.errors import NotFound
from survey.models import Release
from survey.peer_menu import PeerGroup
from survey.readings import Comparison

NONE = "These results are not compared with an earlier survey."
EXPLAINED = reading.CHANGE


@dataclass(frozen=True)
class Since:
    """An authority in two waves on the same questions: `comparison` is beside a peer group, with last time in it.

    `menu` are this group, all, and those that have a middle authority of both waves. `earlier` is the title of the earlier wave,
    `replaced` says whom the authority is compared with where it is new.
    """

    comparison: Comparison
    menu: tuple[PeerGroup, ...]
    earlier: str
    changed: tuple[Changed, ...]
    replaced: str
    new_items: str
    tables: tuple[Table, ...]

    @property
    def release(self) -> Release:
        return self.comparison.release

    @property
    def finding(self) -> str:
        return change_reading.finding(self.changed, self.comparison.name)

    @property
    def caption(self) -> Caption:
        """Heading, sentence (also the picture's alternative text) and the line under the picture."""
        seen = self.comparison
        previous = seen.release.previous_label
        return change_reading.caption(self.changed, seen.caption, name=seen.name, previous=previous)

    @property
    def has_picture(self) -> bool:
        """Whether there is a hollow dot to be drawn."""
        return any(row.before is not None for row in self.comparison.rows)

    @property
    def has_gap(self) -> bool:
        """Whether a series is broken."""
        return any(one.is_broken for one in self.changed)


def was_compared(release: Release) -> bool:
    """Whether a release is compared with one of an earlier wave."""
    return release.previous_label is not None


def of(session: Session, release: Release, authority: str, peer_group: str | None = None) -> Since:
    """What changed for an authority, beside a group or all. What is not shown is not read out of its reason."""
    if release.previous_label is None:
        raise NotFound(NONE)
    comparison = results.comparison(session, release, authority, peer_group or ALL)
    group, asked = comparison.peer_group.code, comparison.questionnaire
    change = stored_results.rows(session, CHANGE, release, authority=authority)
    middles = restated_of(session, release, authority)
    changed, themes = (
        change_reading.rows(change, middles, measures, authority=authority, peer_group=group)
        for measures in (asked.dimensions, asked.themes)
    )
    earlier = earlier_waves.wave_of(session, release.previous_label)
    names = predecessors(session, change, authority) | {authority: comparison.name}
    return Since(
        comparison,
        tuple(
            one
            for one in comparison.menu
            if one.code in (group, ALL) or change_reading.restates(middles, one.code, asked.dimensions)
        ),
        earlier.title if earlier else release.previous_label,
        changed,
        change_reading.replaced(change, names, authority=authority),
        change_reading.new_items(release.quality, asked),
        change_parts.tables(changed, themes, group),
    )


def restated(session: Session, release: Release) -> pd.DataFrame:
    """The middle authority of both waves, of all that are in both."""
    return stored_results.rows(session, BENCHMARKS_RESTATED, release, peer_group=ALL)


def restated_of(session: Session, release: Release, authority: str) -> pd.DataFrame:
    """The same of every peer group that an authority is shown."""
    return stored_results.benchmarks_of(session, release, authority, BENCHMARKS_RESTATED)


def predecessors(session: Session, change: pd.DataFrame, authority: str) -> dict[str, str]:
    """The names of those that an authority replaced, by code."""
    codes = change_reading.predecessors(change, authority=authority)
    return {code: one.name for code, one in register.by_codes(session, codes).items()} if codes else {}
