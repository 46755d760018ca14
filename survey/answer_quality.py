"""How well a wave was answered: what the research team looks at before it approves a release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from reports.documents import annex, reliance_tables
from reports.documents.cells import Table
from reports.frames import ITEM_ANALYSIS
from survey import results, stored_results
from survey.models import Release

MOST_ITEMS = 8


@dataclass(frozen=True, slots=True)
class ItemQuality:
    """One question and the shares of those asked who left it blank or did not know."""

    text: str
    blank: float
    dont_know: float
    to_review: bool


@dataclass(frozen=True, slots=True)
class AnswerQuality:
    """Counts of people and authorities; the questions most often left without an answer; what was tested."""

    officers: int | None
    elected: int | None
    authorities: int
    rate_known: int
    left_out: int | None
    items: tuple[ItemQuality, ...]
    to_review: int
    tests: tuple[Table, ...]
    questions: tuple[Table, ...]


def of(session: Session, release: Release) -> AnswerQuality:
    """From the stored quality of the release; a count that may not be shown is None.

    `questions` says of each question whether it goes with the others; nothing in releases from before that was kept.
    """
    analysis = stored_results.rows(session, ITEM_ANALYSIS, release)
    quality = release.quality
    people = _part(quality, "respondents")
    response = _part(quality, "response")
    items = _items(release)
    return AnswerQuality(
        officers=people.get("officers"),
        elected=people.get("elected"),
        authorities=len(response),
        rate_known=sum(1 for one in response.values() if one.get("rate") is not None),
        left_out=_part(quality, "careless").get("excluded"),
        items=items[:MOST_ITEMS],
        to_review=sum(1 for item in items if item.to_review),
        tests=_tests(release),
        questions=tuple(annex.items(analysis, results.questionnaire(release))),
    )


def _tests(release: Release) -> tuple[Table, ...]:
    """The gates of the method, each dimension at each of them, how evenly staff answered, and whose scores have a note."""
    if not _part(release.quality, "gates"):
        return ()
    noted = reliance_tables.moved(release.quality, results.questionnaire(release))
    return (
        annex.gates(release.quality),
        annex.gates_by_dimension(release.quality, results.questionnaire(release)),
        annex.representativeness(release.quality),
        *([noted] if noted else []),
    )


def _items(release: Release) -> tuple[ItemQuality, ...]:
    """All scored questions, those most often without an answer first."""
    blank, unknown = _part(release.quality, "item_nonresponse"), _part(release.quality, "dont_know")
    found = [
        ItemQuality(
            text=str(item.text),
            blank=blank.get(item.code, {}).get("share") or 0.0,
            dont_know=unknown.get(item.code, {}).get("share") or 0.0,
            to_review=bool(unknown.get(item.code, {}).get("review")),
        )
        for item in results.questionnaire(release).scored_items
    ]
    return tuple(sorted(found, key=lambda item: (-max(item.blank, item.dont_know), item.text)))


def _part(quality: Mapping[str, Any], name: str) -> Mapping[str, Any]:  # Any: the content of quality.json
    found = quality.get(name)
    return found if isinstance(found, Mapping) else {}
