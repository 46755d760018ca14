"""Tables that stand beside the pictures: a profile's rows in words and rounded figures, for a page and for a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from reports import narrative, own_profile_reading
from reports.disclosure.reasons import Reason
from reports.files import writing
from reports.narrative import Caption
from reports.own_profile_reading import Leaning
from reports.profile import Row
from reports.profile import rows as rows_of
from reports.wording import BASE_LANGUAGE, percent, signed, text, whole
from survey.readings import Comparison, Group

INVITED_FROM = narrative.RATE_FROM  # below it, a file does not say how many were invited (methodology 10.6)
_TABLES = {
    "scores": "Scores of authorities",
    "items": "Answers to single questions",
    "group_scores": "Service areas and tiers",
    "cell_scores": "Service areas by tier",
    "benchmarks": "Benchmarks of peer groups",
    "standings": "Authorities beside their peers",
    "average_officer": "The average officer of all authorities",
    "say_do": "Self-assessments beside what officers see",
    "change": "Change since the earlier survey",
    "benchmarks_restated": "Benchmarks of both surveys, restated on the same questions and authorities",
    "sector_change": "Change over all authorities",
    "own_profile": "Themes that authorities lean towards",
    "divergence": "How far service areas lie apart",
    "tier_gaps": "Senior leaders beside frontline officers",
    "tier_item_gaps": "Senior leaders beside frontline officers, question by question",
    "sector_item_gaps": "Senior leaders beside frontline officers, question by question, all authorities",
    "elected_gaps": "Elected members beside officers",
    "sector_inside": "Service areas and tiers over all authorities",
    "sector_programmes": "People who took part in a development programme beside others",
    "dont_know": "Don’t know by service area and tier",
    "sector_dont_know": "Don’t know by service area and tier, all authorities",
    "leadership": "Leadership profile",
    "sector_leadership": "Leadership profile, all authorities",
    "sector_tier_gaps": "Senior leaders beside frontline officers of the same authority, all authorities",
}
_EVERYBODY = "everybody answered"
_SIGNS = {
    narrative.ABOVE: "above",
    narrative.SIMILAR: "similar",
    narrative.BELOW: "below",
    narrative.CANNOT_TELL: "cannot-tell",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One measure as it is printed. An empty text is "there is none"; a withheld score says so in `score`."""

    measure: str
    title: str
    score: str
    interval: str
    median: str
    quartiles: str
    authorities: str
    verdict: str
    sign: str
    n: str
    withheld: bool
    indicative: bool
    everybody: str


@dataclass(frozen=True, slots=True)
class Lean:
    """One theme beside the authority's own average, as it is printed. Empty texts are "not shown"."""

    title: str
    difference: str
    interval: str
    verdict: str
    sign: str


@dataclass(frozen=True, slots=True)
class Leans:
    """An own profile as it is printed: the themes that stand out, and the others."""

    supported: tuple[Lean, ...]
    rest: tuple[Lean, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One service area or tier as it is printed: a cell for each dimension."""

    label: str
    n: str
    cells: tuple[Line, ...]
    withheld: bool


def lines(rows: Iterable[Row], language: str = BASE_LANGUAGE) -> tuple[Line, ...]:
    """The rows of a profile, rounded to whole numbers, in their order."""
    return tuple(_line(row, language) for row in rows)


def leans(leanings: Sequence[Leaning]) -> Leans | None:
    """The themes of an own profile, those that stand out apart from the rest; None where none of it is shown."""
    if all(one.gap is None for one in leanings):
        return None
    supported, rest = own_profile_reading.apart(leanings)
    return Leans(tuple(map(_lean, supported)), tuple(map(_lean, rest)))


def _lean(one: Leaning) -> Lean:
    return Lean(
        one.title,
        "" if one.gap is None else signed(one.gap),
        own_profile_reading.interval_words(one),
        own_profile_reading.verdict_word(one),
        _SIGNS.get(one.verdict or "", ""),
    )


def notes(comparison: Comparison, profile: pd.DataFrame, language: str = BASE_LANGUAGE) -> tuple[str, ...]:
    """What stands under a table: who answered, release and method, why "indicative", why something is not shown."""
    release = comparison.release
    line = narrative.caption_line(profile, release=release.label, method=release.method_version, language=language)
    withheld = any(row.score is None or row.median is None for row in rows_of(profile))
    found = (line, narrative.indicative_note(profile, language), narrative.refusal(language) if withheld else "")
    return tuple(note for note in found if note)


def theme_caption(comparison: Comparison, dimension: str, language: str = BASE_LANGUAGE) -> Caption:
    """The words of a picture of themes, with who answered on them."""
    profile, release = comparison.themes[dimension], comparison.release
    title = next(str(one.title) for one in comparison.questionnaire.dimensions if one.code == dimension)
    line = narrative.caption_line(profile, release=release.label, method=release.method_version, language=language)
    themes = narrative.themes_caption(comparison.caption, profile, name=comparison.name, title=title)
    return replace(themes, line=line)


def percent_words(share: float) -> str:
    """A share of 0 to 1 as whole per cent, in the words of pictures and reports."""
    return percent(share)


def reason_words(reason: str) -> str:
    """Why a figure is withheld, as a sentence for the research team."""
    return Reason(reason).meaning


def table_words(name: str) -> str:
    """What a stored table holds, in words."""
    return _TABLES.get(name, name)


def refusal(language: str = BASE_LANGUAGE) -> str:
    """The one message for everything withheld, whichever rule withheld it."""
    return narrative.refusal(language)


def parts(groups: Iterable[Group], language: str = BASE_LANGUAGE) -> list[Part]:
    """Service areas or tiers of one authority, in their order."""
    found = []
    for group in groups:
        cells = lines(group.cells, language)
        found.append(Part(group.label, "" if group.n is None else str(group.n), cells, any(c.withheld for c in cells)))
    return found


def group_lines(
    profiles: Mapping[str, pd.DataFrame], language: str = BASE_LANGUAGE
) -> list[tuple[str, tuple[Line, ...]]]:
    """One row a group of authorities, one cell a dimension."""
    return [(narrative.first_upper(label), lines(rows_of(profile), language)) for label, profile in profiles.items()]


def sector_csv(rows: Sequence[Row], *, release: str, method: str) -> bytes:
    """The middle authority of all, as a file; benchmarks are whole numbers."""
    return writing.csv_bytes(
        pd.DataFrame(
            {
                "release": [release] * len(rows),
                "measure": [row.measure for row in rows],
                "title": [row.title for row in rows],
                "authorities": _whole([row.n for row in rows]),
                "lower_quartile": _rounded([row.lower_quartile for row in rows]),
                "median": _rounded([row.score for row in rows]),
                "upper_quartile": _rounded([row.upper_quartile for row in rows]),
                "shown": pd.Series([row.score is not None for row in rows], dtype="boolean"),
                "method": [method] * len(rows),
            }
        )
    )


def profile_csv(rows: Sequence[Row], *, release: str, method: str, authority: str, peer_group: str) -> bytes:
    """The same rows as a file: scores at one decimal, benchmarks whole, nothing where the page says "not shown"."""
    return writing.csv_bytes(
        pd.DataFrame(
            {
                "release": [release] * len(rows),
                "authority": [authority] * len(rows),
                "peer_group": [peer_group] * len(rows),
                "measure": [row.measure for row in rows],
                "title": [row.title for row in rows],
                "n": _whole([row.n for row in rows]),
                "invited": _whole([_invited(row) for row in rows]),
                "score": _decimal([row.score for row in rows]),
                "lower": _decimal([row.lower for row in rows]),
                "upper": _decimal([row.upper for row in rows]),
                "lower_quartile": _rounded([row.lower_quartile for row in rows]),
                "median": _rounded([row.median for row in rows]),
                "upper_quartile": _rounded([row.upper_quartile for row in rows]),
                "authorities": _whole([row.benchmark_n for row in rows]),
                "verdict": pd.Series([row.verdict for row in rows], dtype="string"),
                "indicative": pd.Series([row.indicative for row in rows], dtype="boolean"),
                "shown": pd.Series([row.score is not None for row in rows], dtype="boolean"),
                "method": [method] * len(rows),
            }
        )
    )


def _line(row: Row, language: str) -> Line:
    return Line(
        measure=row.measure,
        title=row.title,
        score=text("note.not_shown", language) if row.score is None else whole(row.score),
        interval=narrative.interval_words(row, language),
        median="" if row.median is None else whole(row.median),
        quartiles=_range(row.lower_quartile, row.upper_quartile, language),
        authorities="" if row.benchmark_n is None else str(row.benchmark_n),
        verdict=narrative.verdict_word(row, language),
        sign=_SIGNS.get(row.verdict or "", ""),
        n="" if row.n is None else str(row.n),
        withheld=row.score is None,
        indicative=row.indicative and row.verdict in (narrative.ABOVE, narrative.SIMILAR, narrative.BELOW),
        everybody=_EVERYBODY if row.everybody_answered else "",
    )


def _range(low: float | None, high: float | None, language: str) -> str:
    if low is None or high is None:
        return ""
    return text("answered.range", language, low=whole(low), high=whole(high))


def _invited(row: Row) -> int | None:
    return row.invited if row.score is not None and row.invited is not None and row.invited >= INVITED_FROM else None


def _whole(values: Sequence[int | None]) -> pd.Series[int]:
    return pd.Series([pd.NA if value is None else value for value in values], dtype="Int64")


def _decimal(values: Sequence[float | None]) -> pd.Series[float]:
    return pd.Series([None if value is None else round(value, 1) for value in values], dtype="Float64")


def _rounded(values: Sequence[float | None]) -> pd.Series[int]:
    return pd.Series([None if value is None else int(whole(value)) for value in values], dtype="Int64")
