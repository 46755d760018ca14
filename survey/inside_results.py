"""What may be read of differences inside an authority in one release: sentences, and the tables that bear them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from reports import inside_reading
from reports.documents import inside_tables, reading
from reports.documents.cells import Table
from reports.frames import DIVERGENCE, ELECTED_GAPS, TIER_GAPS
from survey import results, stored_results
from survey.models import Release

EXPLAINED = reading.INSIDE_TESTED


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: its sentence, and the table with the same figures under a name for links."""

    name: str
    sentence: str
    table: Table


def of(session: Session, release: Release, authority: str, title: str) -> tuple[Found, ...]:
    """Whether service areas differ, whether tiers and elected members see things differently; what is shown of it.

    `title` is the authority's name. An authority of which nothing may be shown, or a release from before these figures
    were computed, has no findings.
    """
    frames = {
        shape.name: stored_results.rows(session, shape, release, authority=authority)
        for shape in (DIVERGENCE, TIER_GAPS, ELECTED_GAPS)
    }
    seen = inside_reading.inside(frames, results.questionnaire(release), authority=authority)
    return tuple(
        Found(f"found-{place}", sentence, table)
        for place, (sentence, table) in enumerate(inside_tables.tables(seen, title), start=1)
    )
