"""Tables of what is found inside authorities: service areas that lie apart, gaps between tiers, both over the sector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import inside_reading, sector_inside
from reports.disclosure.reasons import Reason
from reports.documents.cells import Table
from reports.inside_reading import Gap, Inside, Spread
from reports.profile import number
from reports.wording import percent, signed, text, whole

INTERVAL = "95\u00a0% interval"
_KINDS = {
    sector_inside.DIVERGENCE: "How far service areas lie apart, in points",
    sector_inside.TIER_GAP: "Senior leaders beside frontline officers, in points",
    sector_inside.TOGETHER: "Senior leaders and managers beside frontline officers, in points",
    sector_inside.ELECTED: "Elected members beside officers, in points",
}


AREAS, TIERS, ELECTED = "areas", "tiers", "elected"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding inside an authority: of which kind, in a sentence, and in figures."""

    kind: str
    sentence: str
    table: Table


def tables(found: Inside, name: str) -> list[Finding]:
    """Each finding that an authority has."""
    result = []
    if found.spreads:
        sentence = inside_reading.divergence_finding(found.spreads, name)
        result.append(Finding(AREAS, sentence, divergence(found.spreads, "Do the service areas differ?")))
    for kind, gaps, caption in (
        (TIERS, found.tiers, "Do tiers see things differently?"),
        (ELECTED, found.elected, "Elected members beside officers"),
    ):
        if gaps:
            result.append(Finding(kind, inside_reading.gap_finding(gaps), gap_table(gaps, caption)))
    return result


def divergence(spreads: Sequence[Spread], caption: str) -> Table:
    """A row a dimension: how many service areas, how far apart, the share of all differences, what it means."""
    headings = ("", "Service areas", "Typical distance", "Share of all differences", INTERVAL, "In words")
    hidden = text("note.not_shown")
    body = tuple(
        (
            one.title,
            hidden if one.service_areas is None else str(one.service_areas),
            _points(one.distance),
            _percent(one.share),
            _between(_percent(one.lower), _percent(one.upper)),
            inside_reading.spread_word(one),
        )
        for one in spreads
    )
    return Table(caption, headings, body)


def gap_table(gaps: Sequence[Gap], caption: str) -> Table:
    """A row a dimension: who is compared, how far apart they are, what it means."""
    body = tuple(
        (
            one.title,
            _who(one),
            _signed(one.gap),
            _between(_signed(one.lower), _signed(one.upper)),
            inside_reading.gap_word(one),
        )
        for one in gaps
    )
    return Table(caption, ("", "Answers of", "Difference", INTERVAL, "In words"), body)


def sector_gap(frame: pd.DataFrame, questionnaire: Questionnaire) -> Table | None:
    """SECTOR_TIER_GAPS in words; None where nothing of it may be shown."""
    shown = {str(row["measure"]): row for row in frame[frame["reason"].isna()].to_dict("records")}
    body = []
    for one in questionnaire.dimensions:
        row = shown.get(one.code, {})
        gap, lower, upper, count = (number(row.get(key)) for key in ("gap", "lower", "upper", "authorities"))
        body.append((str(one.title), _signed(gap), _between(_signed(lower), _signed(upper)), _count(count)))
    if not shown:
        return None
    caption = "Senior leaders beside frontline officers of the same authority"
    return Table(caption, ("", "Difference", INTERVAL, "Authorities"), tuple(body))


def sector_spread(frame: pd.DataFrame, questionnaire: Questionnaire) -> list[Table]:
    """SECTOR_INSIDE, a table for each kind that may be shown on any dimension."""
    found = []
    for kind, caption in _KINDS.items():
        rows = {str(row["measure"]): row for row in frame[frame["kind"] == kind].to_dict("records")}
        body = [
            (str(one.title), *_spread_cells(rows.get(one.code, {}), with_lower=kind != sector_inside.DIVERGENCE))
            for one in questionnaire.dimensions
        ]
        if any(row[1] != text("note.not_shown") for row in body):
            differ = ("Differ",) if kind == sector_inside.DIVERGENCE else ("Higher", "Lower")
            headings = ("", "Middle authority", "Middle half", *differ, "Authorities")
            found.append(Table(caption, headings, tuple(body)))
    return found


def _spread_cells(row: object, *, with_lower: bool) -> tuple[str, ...]:
    cells = row if isinstance(row, dict) else {}
    reason = cells.get("reason")
    partly = reason == Reason.TOO_FEW_FOR_QUARTILES
    shown = cells if partly or not isinstance(reason, str) else {}
    point = _signed if with_lower else _points
    low, middle, high = (number(shown.get(key)) for key in ("lower_quartile", "median", "upper_quartile"))
    half = text("note.not_shown") if partly else _between(point(low), point(high))
    counts = ("above", "below", "n") if with_lower else ("above", "n")
    return (point(middle), half, *(_count(number(shown.get(key))) for key in counts))


def _who(one: Gap) -> str:
    if one.n_upper is None or one.n_lower is None:
        return text("note.not_shown")
    upper, lower = inside_reading.group_words(one.upper_name), inside_reading.group_words(one.lower_name)
    return f"{one.n_upper} {upper}; {one.n_lower} {lower}"


def _signed(value: float | None) -> str:
    return text("note.not_shown") if value is None else signed(value)


def _points(value: float | None) -> str:
    return text("note.not_shown") if value is None else whole(value)


def _percent(value: float | None) -> str:
    """A share; below nothing it is nothing, because a share of variance is never negative."""
    return text("note.not_shown") if value is None else percent(max(0.0, value))


def _between(low: str, high: str) -> str:
    hidden = text("note.not_shown")
    return hidden if hidden in (low, high) else text("answered.range", low=low, high=high)


def _count(value: float | None) -> str:
    return text("note.not_shown") if value is None else str(int(value))
