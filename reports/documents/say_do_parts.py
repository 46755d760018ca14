"""What a report shows of self-assessments beside what officers see, whichever form the report takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import level_reading, say_do_reading
from reports.documents.authority_parts import Subject
from reports.documents.cells import Table
from reports.documents.imprint import Imprint
from reports.frames import SAY_DO
from reports.narrative import ABOVE, BELOW, CANNOT_TELL, SIMILAR, Caption, first_upper
from reports.profile import number
from reports.say_do_reading import Apart
from reports.wording import signed, text, whole

FEWEST_AXES = 3
_VERDICTS = (ABOVE, SIMILAR, BELOW, CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Said:
    """An authority's own word beside its officers: dimensions and themes, the caption with its sentence, two tables."""

    apart: tuple[Apart, ...]
    by_theme: tuple[Apart, ...]
    caption: Caption
    dimensions: Table
    themes: Table

    @property
    def has_picture(self) -> bool:
        return len(self.apart) >= FEWEST_AXES


def said(of: Subject, imprint: Imprint) -> Said | None:
    """What an authority says of itself, or None where it sent no self-assessment or none was asked."""
    frame = of.frames.get(SAY_DO.name)
    if frame is None:
        return None
    apart = level_reading.plain(
        say_do_reading.rows(frame, of.questionnaire.dimensions, authority=of.code), imprint.quality
    )
    if all(row.assessed is None for row in apart):
        return None
    caption = say_do_reading.caption(
        apart,
        name=of.name,
        release=imprint.release,
        method=imprint.method,
        demonstration=imprint.demonstration,
    )
    caption = level_reading.noted(caption, imprint.quality)
    themes = say_do_reading.rows(frame, of.questionnaire.themes, authority=of.code)
    return Said(apart, themes, caption, _dimensions(apart), _themes(themes))


def of_the_sector(say_do: pd.DataFrame | None, questionnaire: Questionnaire) -> Table | None:
    """The middle distance on each dimension and how many authorities differ from it; None where there is nothing.

    Authorities without a difference of their own count nowhere; where too few are compared nobody has one.
    """
    if say_do is None or not say_do["gap"].notna().any():
        return None
    body = []
    for dimension in questionnaire.dimensions:
        compared = say_do[(say_do["measure"] == dimension.code) & say_do["gap"].notna()]
        if compared.empty:
            body.append((str(dimension.title), *[text("note.not_shown")] * (2 + len(_VERDICTS))))
            continue
        middle = number(compared["median_gap"].iloc[0])
        counts = [str(int((compared["verdict"] == verdict).sum())) for verdict in _VERDICTS]
        body.append((str(dimension.title), str(len(compared)), signed(middle or 0.0), *counts))
    words = [first_upper(text(f"say_do.verdict_{verdict}")) for verdict in _VERDICTS]
    headings = ("", "Authorities", "Middle distance", *words)
    return Table("How many authorities say more or less of themselves than is usual", headings, tuple(body))


def _dimensions(apart: Sequence[Apart]) -> Table:
    headings = ("", "Self-assessment", "What officers see", "Beyond what is usual", "In words")
    body = tuple(
        (row.title, assessed(row), _seen(row), _beyond(row), say_do_reading.verdict_word(row)) for row in apart
    )
    return Table("The same in figures", headings, body)


def _themes(apart: Sequence[Apart]) -> Table:
    headings = ("", "Self-assessment", "What officers see", "95\u00a0% interval", "Answers")
    return Table("Theme by theme", headings, tuple((row.title, assessed(row), *_in_columns(row)) for row in apart))


def assessed(row: Apart) -> str:
    """What an authority says of itself on a measure, 0 to 100."""
    return "not answered" if row.assessed is None else whole(row.assessed)


def _seen(row: Apart) -> str:
    if row.staff is None or row.n is None:
        return text("note.not_shown")
    return f"{whole(row.staff)}{_between(row.staff_lower, row.staff_upper)}, {row.n} answers"


def _in_columns(row: Apart) -> tuple[str, str, str]:
    if row.staff is None or row.n is None:
        return (text("note.not_shown"),) * 3
    return whole(row.staff), _range(row.staff_lower, row.staff_upper) or text("note.not_shown"), str(row.n)


def _beyond(row: Apart) -> str:
    if row.gap is None:
        return text("note.not_shown")
    if row.lower is None or row.upper is None:
        return signed(row.gap)
    return f"{signed(row.gap)} ({text('answered.range', low=signed(row.lower), high=signed(row.upper))})"


def _between(lower: float | None, upper: float | None) -> str:
    found = _range(lower, upper)
    return f" ({found})" if found else ""


def _range(lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return ""
    return text("answered.range", low=whole(lower), high=whole(upper))
