"""What may be read of a self-assessment beside the staff's answers, of one authority in one release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from questionnaires.definition import Questionnaire
from reports import level_reading, say_do_reading
from reports.frames import SAY_DO
from reports.narrative import ABOVE, BELOW, CANNOT_TELL, SIMILAR, Caption
from reports.say_do_reading import Apart
from reports.wording import signed, text, whole
from survey import assessments, results, stored_results
from survey.assessments import Assessing
from survey.errors import NotFound
from survey.models import Release

NONE = "There is no self-assessment in these results."
_SIGNS = {ABOVE: "above", SIMILAR: "similar", BELOW: "below", CANNOT_TELL: "cannot-tell"}


@dataclass(frozen=True)
class SayDo:
    """What an authority says and what its officers see. `assessing` is what it sent: levels, notes, targets."""

    release: Release
    questionnaire: Questionnaire
    authority: str
    name: str
    rows: tuple[Apart, ...]
    themes: Mapping[str, tuple[Apart, ...]]
    assessing: Assessing | None

    @cached_property
    def caption(self) -> Caption:
        """Heading, sentence (also the picture's alternative text) and the line under the picture."""
        made = say_do_reading.caption(
            self.rows,
            name=self.name,
            release=self.release.label,
            method=self.release.method_version,
            demonstration=self.release.wave.demonstration,
        )
        return level_reading.noted(made, self.release.quality)

    @property
    def finding(self) -> str:
        return self.caption.sentence

    @property
    def has_picture(self) -> bool:
        drawn = [row for row in self.rows if row.assessed is not None or row.staff is not None]
        return len(self.rows) >= 3 and bool(drawn)


@dataclass(frozen=True, slots=True)
class Line:
    """One measure as it is printed. An empty text is "there is none"."""

    title: str
    staff: str
    interval: str
    assessed: str
    difference: str
    bounds: str
    verdict: str
    sign: str
    n: str


def was_asked(release: Release) -> bool:
    """Whether the wave of a release asked for self-assessments."""
    return release.self_assessment_digest is not None


def of(session: Session, release: Release, authority: str) -> SayDo:
    """The self-assessment of an authority beside its officers. Names and notes of other authorities are never read."""
    if not was_asked(release):
        raise NotFound(NONE)
    groups = stored_results.groups_of(session, release, authority)
    if not groups:
        raise NotFound(results.NO_SUCH_AUTHORITY)
    frame = stored_results.rows(session, SAY_DO, release, authority=authority)
    asked = results.questionnaire(release)
    return SayDo(
        release,
        asked,
        authority,
        groups[0][0],
        level_reading.plain(say_do_reading.rows(frame, asked.dimensions, authority=authority), release.quality),
        {one.code: say_do_reading.rows(frame, one.themes, authority=authority) for one in asked.dimensions},
        assessments.submitted(session, release.wave, authority),
    )


def line(row: Apart) -> Line:
    """The row in whole numbers; the difference is the one beyond what is usual among authorities."""
    has_bounds = row.lower is not None and row.upper is not None
    return Line(
        row.title,
        staff="" if row.staff is None else whole(row.staff),
        interval=_between(row.staff_lower, row.staff_upper),
        assessed="" if row.assessed is None else whole(row.assessed),
        difference="" if row.gap is None else signed(row.gap),
        bounds=text("answered.range", low=signed(row.lower or 0.0), high=signed(row.upper or 0.0))
        if has_bounds
        else "",
        verdict=say_do_reading.verdict_word(row),
        sign=_SIGNS.get(row.verdict or "", ""),
        n="" if row.n is None else str(row.n),
    )


def _between(lower: float | None, upper: float | None) -> str:
    return "" if lower is None or upper is None else text("answered.range", low=whole(lower), high=whole(upper))
