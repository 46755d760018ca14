"""What is read of an own profile: the sentence of where an authority leans, and whether it or the verdict comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports.narrative import ABOVE, BELOW, in_sentence
from reports.profile import Row, number
from reports.wording import BASE_LANGUAGE, enumeration, signed, text

_LEANS = (ABOVE, BELOW)


@dataclass(frozen=True, slots=True)
class Leaning:
    """One theme beside the authority's own mean over themes, minus what is usual among authorities.

    None is "not shown". Points of the 0 to 100 scale.
    """

    measure: str
    title: str
    gap: float | None
    lower: float | None
    upper: float | None
    verdict: str | None


def rows(own_profile: pd.DataFrame, questionnaire: Questionnaire, *, authority: str) -> tuple[Leaning, ...]:
    """The themes of one authority in file order, from the published frame OWN_PROFILE; what has a reason is empty."""
    mine = own_profile[(own_profile["authority"] == authority) & own_profile["reason"].isna()]
    columns = {str(name): mine[name].tolist() for name in mine.columns}
    place = {str(measure): at for at, measure in enumerate(columns["measure"])}
    return tuple(_leaning(one.code, str(one.title), columns, place.get(one.code)) for one in questionnaire.themes)


def sentence(leanings: Sequence[Leaning], name: str, language: str = BASE_LANGUAGE) -> str:
    """Which themes an authority leans towards and away from; nothing where no leaning is supported.

    Named are the themes with the verdict ABOVE or BELOW and no others: a theme that is as usual, or that cannot be
    told, is never part of the claim.
    """
    named = {
        key: enumeration([in_sentence(one.title) for one in leanings if one.verdict == key], language) for key in _LEANS
    }
    key = "_and_".join(one for one in _LEANS if named[one])
    return text(f"own_profile.{key}", language, name=name, above=named[ABOVE], below=named[BELOW]) if key else ""


def apart(leanings: Sequence[Leaning]) -> tuple[tuple[Leaning, ...], tuple[Leaning, ...]]:
    """The supported leanings, towards before away, and the rest; file order within each.

    Among 14 themes the two that stand out must not have to be looked for.
    """
    supported = tuple(one for key in _LEANS for one in leanings if one.verdict == key)
    return supported, tuple(one for one in leanings if one.verdict not in _LEANS)


def leading(
    finding: str, dimensions: Sequence[Row], leanings: Sequence[Leaning], name: str, language: str = BASE_LANGUAGE
) -> str:
    """The finding beside peers and the own profile, the supported one first (methodology 7).

    A verdict of above or below on any of the `dimensions` comes first. Where there is none and a leaning is supported, the
    leaning comes first: most authorities are similar to their peers on most dimensions, and still learn something.
    """
    leans = sentence(leanings, name, language)
    judged = any(row.verdict in _LEANS for row in dimensions)
    ordered = (finding, leans) if judged else (leans, finding)
    return " ".join(one for one in ordered if one)


def verdict_word(leaning: Leaning, language: str = BASE_LANGUAGE) -> str:
    """What stands beside the figures of a theme; nothing is said of one that is withheld."""
    return text(f"own_profile.verdict_{leaning.verdict or 'none'}", language)


def interval_words(leaning: Leaning, language: str = BASE_LANGUAGE) -> str:
    """The bounds of a gap in words: "+2 to +9"; nothing where there are none."""
    if leaning.lower is None or leaning.upper is None:
        return ""
    return text("answered.range", language, low=signed(leaning.lower), high=signed(leaning.upper))


def _leaning(measure: str, title: str, columns: Mapping[str, Sequence[object]], place: int | None) -> Leaning:
    if place is None:
        return Leaning(measure, title, None, None, None, None)
    gap, lower, upper = (number(columns[name][place]) for name in ("gap", "lower", "upper"))
    verdict = columns["verdict"][place]
    return Leaning(measure, title, gap, lower, upper, verdict if isinstance(verdict, str) and verdict else None)
