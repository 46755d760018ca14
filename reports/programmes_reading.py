"""What is read of people who took part in a development programme beside others: rows and a sentence without a cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports.narrative import ABOVE, BELOW, CANNOT_TELL, SIMILAR, in_sentence
from reports.profile import number
from reports.wording import BASE_LANGUAGE, enumeration, text, whole

_SAID = (ABOVE, BELOW, SIMILAR, CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Beside:
    """One dimension: how much higher those score who took part, in points, with how many people on either side."""

    measure: str
    title: str
    gap: float | None
    lower: float | None
    upper: float | None
    took_part: int | None
    others: int | None
    authorities: int | None
    verdict: str | None


def rows(frame: pd.DataFrame, questionnaire: Questionnaire) -> tuple[Beside, ...]:
    """The dimensions of SECTOR_PROGRAMMES in file order; nothing where none may be shown."""
    shown = {str(row["measure"]): row for row in frame[frame["reason"].isna()].to_dict("records")}
    found = []
    for one in questionnaire.dimensions:
        row = shown.get(one.code, {})
        gap, lower, upper = (number(row.get(name)) for name in ("gap", "lower", "upper"))
        verdict = row.get("verdict")
        found.append(
            Beside(
                one.code,
                str(one.title),
                gap,
                lower,
                upper,
                took_part=_count(row.get("n_took_part")),
                others=_count(row.get("n_others")),
                authorities=_count(row.get("authorities")),
                verdict=verdict if isinstance(verdict, str) and verdict else None,
            )
        )
    return tuple(found) if any(one.gap is not None for one in found) else ()


def sentence(found: Sequence[Beside], language: str = BASE_LANGUAGE) -> str:
    """On which dimensions the two groups answered differently; where they did, that this does not say why."""
    if not found:
        return ""
    sentences = []
    for verdict in _SAID:
        chosen = [one for one in found if one.verdict == verdict]
        if chosen:
            named = enumeration([_named(one, language) for one in chosen], language)
            sentences.append(text(f"programmes.{verdict}", language, measures=named))
    differ = any(one.verdict in (ABOVE, BELOW) for one in found)
    return " ".join([*sentences, *([text("programmes.no_cause", language)] if differ else [])])


def word(one: Beside, language: str = BASE_LANGUAGE) -> str:
    """What stands beside the figures."""
    return text(f"programmes.word_{one.verdict or CANNOT_TELL}" if one.gap is not None else "note.not_shown", language)


def _named(one: Beside, language: str) -> str:
    title = in_sentence(one.title)
    if one.verdict in (ABOVE, BELOW) and one.gap is not None:
        return text("gap.by", language, measure=title, points=whole(abs(one.gap)))
    return title


def _count(value: object) -> int | None:
    found = number(value)
    return None if found is None else int(found)
