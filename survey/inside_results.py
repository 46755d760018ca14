"""What may be read of differences inside an authority in one release: sentences, and the tables that bear them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from reports import inside_reading
from reports.documents import inside_pictures, inside_tables, reading
from reports.documents.cells import Table
from reports.documents.inside_pictures import Drawn
from reports.frames import DIVERGENCE, ELECTED_GAPS, GROUP_SCORES, SCORES, TIER_GAPS
from reports.narrative import Foot
from survey import results, stored_results
from survey.models import Release
from survey.readings import Inside

EXPLAINED = reading.INSIDE_TESTED
AREAS_EXPLAINED = reading.AREAS


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: its sentence, the table with the same figures under a name for links, and its picture if it has one."""

    name: str
    sentence: str
    table: Table
    picture: Drawn | None


def of(session: Session, release: Release, inside: Inside) -> tuple[Found, ...]:
    """Whether service areas differ, whether tiers and elected members see things differently; what is shown of it.

    An authority of which nothing may be shown, or a release from before these figures were computed, has no findings.
    """
    authority, title = inside.authority, inside.name
    frames = {
        shape.name: stored_results.rows(session, shape, release, authority=authority)
        for shape in (DIVERGENCE, TIER_GAPS, ELECTED_GAPS)
    }
    frames |= {GROUP_SCORES.name: inside.group_scores, SCORES.name: inside.scores}
    asked = results.questionnaire(release)
    seen = inside_reading.inside(frames, asked, authority=authority)
    foot = Foot(release.label, release.method_version, release.wave.demonstration)
    pictures = inside_pictures.drawn(frames, asked, code=authority, name=title, foot=foot)
    return tuple(
        Found(f"found-{place}", one.sentence, one.table, pictures.get(one.kind))
        for place, one in enumerate(inside_tables.tables(seen, title), start=1)
    )
