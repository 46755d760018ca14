"""What is read of a self-assessment beside the staff's answers: rows, the sentence, the caption of its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Dimension, Theme
from reports.frames import PROFILE
from reports.narrative import ABOVE, BELOW, CANNOT_TELL, SIMILAR, Caption, in_sentence, stamp
from reports.profile import number
from reports.wording import BASE_LANGUAGE, enumeration, text, whole

_SAID = (ABOVE, BELOW, SIMILAR, CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Apart:
    """One measure: what the authority says, what its officers see, and how far apart beyond what is usual.

    None is "not shown", "not answered" or "not known", never 0. Points of the 0 to 100 scale.
    """

    measure: str
    title: str
    assessed: float | None
    staff: float | None
    staff_lower: float | None
    staff_upper: float | None
    n: int | None
    gap: float | None
    lower: float | None
    upper: float | None
    verdict: str | None


def rows(say_do: pd.DataFrame, measures: Sequence[Dimension] | Sequence[Theme], *, authority: str) -> tuple[Apart, ...]:
    """The measures of one authority from the published frame SAY_DO; an authority without rows has empty ones."""
    mine = say_do[say_do["authority"] == authority]
    columns = {str(name): mine[name].tolist() for name in mine.columns}
    place = {str(measure): at for at, measure in enumerate(columns["measure"])}
    return tuple(_apart(measure, columns, place.get(measure.code)) for measure in measures)


def profile(apart: Sequence[Apart]) -> pd.DataFrame:
    """The staff's side in the shape of a profile (PROFILE), for the radar; there are no peers in it."""
    records = [
        dict.fromkeys(PROFILE.columns)
        | {"measure": row.measure, "title": row.title, "score": row.staff, "n": row.n}
        | {"lower": row.staff_lower, "upper": row.staff_upper}
        for row in apart
    ]
    return PROFILE.check(pd.DataFrame.from_records(records, columns=list(PROFILE.columns)))


def finding(apart: Sequence[Apart], name: str, language: str = BASE_LANGUAGE) -> str:
    """What can be said of an authority's word beside its officers' answers, in short sentences.

    The plain difference is never a finding: without a comparison with other authorities both sides are given, and no
    difference (methodology 7).
    """
    sentences = [judged(apart, name, language)]
    both = [row for row in apart if row.assessed is not None and row.staff is not None]
    unjudged = [row for row in both if row.verdict is None]
    if unjudged:
        sentences.append(text("say_do.no_difference", language, measures=_titles(unjudged, language)))
    if both:
        sentences.append(text("say_do.scores", language, measures=_scores(both, language)))
    silent = [row for row in apart if row.assessed is None]
    if silent:
        sentences.append(text("say_do.silent", language, measures=_titles(silent, language)))
    withheld = [row for row in apart if row.staff is None and row.assessed is not None]
    if withheld:
        sentences.append(text("say_do.withheld", language, measures=_titles(withheld, language)))
    return " ".join(sentence for sentence in sentences if sentence)


def judged(apart: Sequence[Apart], name: str, language: str = BASE_LANGUAGE) -> str:
    """The verdicts of the finding alone; nothing where there is none."""
    sentences = (_told(verdict, apart, name, language) for verdict in _SAID)
    return " ".join(sentence for sentence in sentences if sentence)


def caption(
    apart: Sequence[Apart],
    *,
    name: str,
    release: str | None = None,
    method: str = "1",
    language: str = BASE_LANGUAGE,
    demonstration: bool = False,
) -> Caption:
    """The caption of the radar with staff and self-assessment."""
    return Caption(
        heading=text("say_do.heading", language, name=name),
        sentence=finding(apart, name, language),
        own=text("say_do.staff", language),
        peers="",
        line=f"{text('say_do.line', language)} {stamp(release, method, language)}",
        language=language,
        demonstration=demonstration,
    )


def verdict_word(row: Apart, language: str = BASE_LANGUAGE) -> str:
    """What stands beside the two figures: the verdict in words, or that no difference is shown."""
    return text(f"say_do.verdict_{row.verdict}" if row.verdict else "say_do.verdict_none", language)


def _told(verdict: str, apart: Sequence[Apart], name: str, language: str) -> str:
    chosen = [row for row in apart if row.verdict == verdict]
    return text(f"say_do.{verdict}", language, name=name, measures=_titles(chosen, language)) if chosen else ""


def _titles(chosen: Sequence[Apart], language: str) -> str:
    return enumeration([in_sentence(row.title) for row in chosen], language)


def _scores(chosen: Sequence[Apart], language: str) -> str:
    parts = [
        text(
            "say_do.score",
            language,
            assessed=whole(row.assessed),
            staff=whole(row.staff),
            measure=in_sentence(row.title),
        )
        for row in chosen
        if row.assessed is not None and row.staff is not None
    ]
    return enumeration(parts, language)


def _apart(measure: Dimension | Theme, columns: dict[str, list[object]], at: int | None) -> Apart:
    def cell(name: str) -> float | None:
        return None if at is None else number(columns[name][at])

    count = cell("n")
    verdict = None if at is None else columns["verdict"][at]
    return Apart(
        measure.code,
        str(measure.title),
        assessed=cell("assessed"),
        staff=cell("staff"),
        staff_lower=cell("staff_lower"),
        staff_upper=cell("staff_upper"),
        n=None if count is None else int(count),
        gap=cell("gap"),
        lower=cell("lower"),
        upper=cell("upper"),
        verdict=verdict if isinstance(verdict, str) else None,
    )
