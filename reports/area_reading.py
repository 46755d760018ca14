"""What is read of service areas drawn towards their authority: panels for the picture, rows for the table, the sentence."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire, Role
from reports.narrative import Caption, Foot, in_sentence
from reports.profile import number
from reports.wording import BASE_LANGUAGE, enumeration, text, whole


@dataclass(frozen=True, slots=True)
class Area:
    """One service area on one dimension: its own answers alone, and drawn towards the authority with bounds.

    All None is "not shown".
    """

    score: float | None
    drawn: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One dimension: the authority's score, and its service areas in the order of `Areas.titles`."""

    measure: str
    title: str
    authority: float | None
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Areas:
    """The service areas of one authority of which anything is shown, in the questionnaire's order, never by score."""

    titles: tuple[str, ...]
    panels: tuple[Panel, ...]


def areas(area_scores: pd.DataFrame, questionnaire: Questionnaire, *, authority: str) -> Areas:
    """The dimensions of one authority from AREA_SCORES; no titles where there is nothing to show."""
    mine = area_scores[area_scores["authority"] == authority]
    dimensions = {one.code for one in questionnaire.dimensions}
    found = {
        (str(row["service_area"]), str(row["measure"])): row
        for row in mine[mine["measure"].isin(dimensions)].to_dict("records")
    }
    item = questionnaire.role_item(Role.SERVICE_AREA)
    labels = {option.code: str(option.label) for option in item.options} if item else {}
    present = {area for area, _ in found}
    ordered = [code for code in labels if code in present] + sorted(present - set(labels))
    panels = []
    for one in questionnaire.dimensions:
        rows = [found.get((code, one.code)) for code in ordered]
        middle = next((number(row["authority_score"]) for row in rows if row), None)
        panels.append(Panel(one.code, str(one.title), middle, tuple(_area(row) for row in rows)))
    return Areas(tuple(labels.get(code, code) for code in ordered), tuple(panels))


def caption(found: Areas, name: str, foot: Foot) -> Caption:
    """The words of the picture; its sentence is also the alternative text."""
    return Caption(
        heading=text("areas.heading", name=name),
        sentence=sentence(found, name),
        own=text("areas.drawn"),
        peers=text("areas.authority", name=name),
        line=f"{text('areas.line')} {foot.line}".strip(),
        demonstration=foot.demonstration,
    )


def sentence(found: Areas, name: str, language: str = BASE_LANGUAGE) -> str:
    """Between which scores the service areas lie on each dimension; no area is named as the highest or lowest."""
    spans, hidden = [], []
    for panel in found.panels:
        drawn = [one.drawn for one in panel.areas if one.drawn is not None]
        measure = in_sentence(panel.title)
        if drawn:
            spans.append(_span(min(drawn), max(drawn), measure, language))
        else:
            hidden.append(measure)
    told = text("areas.sentence", language, name=name, measures=enumeration(spans, language)) if spans else ""
    missing = text("finding.withheld", language, measures=enumeration(hidden, language)) if hidden else ""
    return " ".join(one for one in (told, missing) if one)


def cell(one: Area) -> str:
    """A service area on a dimension in words: "52 (46 to 58)"."""
    if one.drawn is None or one.lower is None or one.upper is None:
        return text("note.not_shown")
    return text("picture.interval", score=whole(one.drawn), lower=whole(one.lower), upper=whole(one.upper))


def _span(low: float, high: float, measure: str, language: str) -> str:
    if whole(low) == whole(high):
        return text("areas.same", language, score=whole(low), measure=measure)
    return text("areas.span", language, low=whole(low), high=whole(high), measure=measure)


def _area(row: object) -> Area:
    if not isinstance(row, dict):
        return Area(None, None, None, None)
    score, drawn, lower, upper = (number(row[name]) for name in ("score", "shrunken_score", "lower", "upper"))
    return Area(score, drawn, lower, upper)
