"""What is read of differences around zero: one plain row a dimension for picture and table, and the words of the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import inside_reading, narrative
from reports.disclosure.reasons import Reason
from reports.inside_reading import Gap
from reports.narrative import Caption, Foot, first_upper, in_sentence
from reports.profile import number
from reports.rules import Rules
from reports.wording import enumeration, signed, text, whole

ZONE = Rules().smallest_difference
"""Points on each side of zero within which a difference is not called one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One dimension: a difference with its bounds, or the middle half of those of many authorities, or both.

    Points; None is "not shown". `words` stand beside the marks.
    """

    measure: str
    title: str
    value: float | None
    lower: float | None
    upper: float | None
    words: str
    lower_quartile: float | None = None
    median: float | None = None
    upper_quartile: float | None = None


@dataclass(frozen=True, slots=True)
class Differences:
    """The rows of one picture with its words. `zone` is drawn around zero; without it the scale begins at zero."""

    rows: tuple[Difference, ...]
    caption: Caption
    zone: float | None


def of_gaps(gaps: Sequence[Gap], foot: Foot) -> Differences:
    """How far one group of an authority scores above another, each dimension with its interval."""
    rows = tuple(Difference(one.measure, one.title, one.gap, one.lower, one.upper, _verdict(one)) for one in gaps)
    shown = [one for one in gaps if one.gap is not None] or list(gaps)
    uppers = enumeration([inside_reading.group_words(one) for one in dict.fromkeys(one.upper_name for one in shown)])
    lowers = enumeration([inside_reading.group_words(one) for one in dict.fromkeys(one.lower_name for one in shown)])
    caption = _caption(
        first_upper(text("gap.heading", upper=uppers, lower=lowers)), inside_reading.gap_finding(gaps), foot
    )
    return Differences(rows, caption, ZONE)


def of_the_sector(
    sector_inside: pd.DataFrame,
    pooled: pd.DataFrame | None,
    questionnaire: Questionnaire,
    *,
    kind: str,
    foot: Foot,
) -> Differences | None:
    """How divergences or gaps of one `kind` are spread over authorities, from SECTOR_INSIDE; None where none is shown.

    `pooled` (SECTOR_TIER_GAPS) adds the gap within authorities taken together; alone it is no picture of a spread.
    """
    spread = _by_measure(sector_inside[sector_inside["kind"] == kind])
    together = {} if pooled is None else _by_measure(pooled[pooled["reason"].isna()])
    rows = tuple(
        _of_the_sector((one.code, str(one.title)), spread.get(one.code, {}), together.get(one.code, {}))
        for one in questionnaire.dimensions
    )
    if all(one.median is None for one in rows):
        return None
    sign = kind != "divergence"
    caption = _caption(text(f"sector_inside.{kind}"), _sector_sentence(rows, kind), foot)
    return Differences(rows, caption, ZONE if sign else None)


def _verdict(one: Gap) -> str:
    return text("note.not_shown" if one.gap is None else f"gap.short_{one.verdict or narrative.CANNOT_TELL}")


def _of_the_sector(named: tuple[str, str], row: Mapping[str, object], pooled: Mapping[str, object]) -> Difference:
    reason = row.get("reason")
    partly = reason == Reason.TOO_FEW_FOR_QUARTILES
    shown = row if partly or not isinstance(reason, str) else {}
    low, middle, high = (number(shown.get(key)) for key in ("lower_quartile", "median", "upper_quartile"))
    value, lower, upper = (number(pooled.get(key)) for key in ("gap", "lower", "upper"))
    count = number(shown.get("n"))
    words = text("note.not_shown") if count is None else text("sector_inside.count", n=int(count))
    quartiles = (None, middle, None) if partly else (low, middle, high)
    return Difference(*named, value, lower, upper, words, *quartiles)


def _sector_sentence(rows: Sequence[Difference], kind: str) -> str:
    point = whole if kind == "divergence" else signed
    parts = [
        text("sector_inside.measure", points=point(one.median), measure=in_sentence(one.title))
        for one in rows
        if one.median is not None
    ]
    pooled = [
        text("sector_inside.measure", points=signed(one.value), measure=in_sentence(one.title))
        for one in rows
        if one.value is not None
    ]
    hidden = [in_sentence(one.title) for one in rows if one.median is None]
    said = (
        text(f"sector_inside.{kind}_sentence", measures=enumeration(parts)) if parts else "",
        text("sector_inside.pooled_sentence", measures=enumeration(pooled)) if pooled else "",
        text("finding.withheld", measures=enumeration(hidden)) if hidden and parts else "",
    )
    return " ".join(one for one in said if one)


def _caption(heading: str, sentence: str, foot: Foot) -> Caption:
    return Caption(
        heading=heading,
        sentence=sentence,
        own=text("gap.own"),
        peers=text("sector_inside.authorities"),
        line=foot.line,
        demonstration=foot.demonstration,
    )


def _by_measure(frame: pd.DataFrame) -> dict[str, Mapping[str, object]]:
    return {str(row["measure"]): {str(key): value for key, value in row.items()} for row in frame.to_dict("records")}
