"""What is read of don't know: which groups could not say about what, in rows and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import group_reading
from reports.dont_know import ALL, SERVICE_AREA, TIER
from reports.narrative import first_upper, in_sentence
from reports.profile import number
from reports.rules import Rules
from reports.wording import BASE_LANGUAGE, enumeration, percent, text

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Unsaid:
    """The share of don't know of one group on one measure, with its interval, 0 to 1; None is "not shown"."""

    measure: str
    title: str
    n: int | None
    share: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """All officers, one service area or one tier; `cells` has a dimension each."""

    kind: str
    code: str
    label: str
    cells: tuple[Unsaid, ...]

    @property
    def shown(self) -> bool:
        return any(one.share is not None for one in self.cells)


def rows(frame: pd.DataFrame, questionnaire: Questionnaire) -> tuple[Group, ...]:
    """The groups of DONT_KNOW_SHARES (one authority's rows) or of SECTOR_DONT_KNOW: all, service areas, tiers.

    Groups stand in the order of the questionnaire, those that nobody is in among them; a share with a reason is empty,
    whatever the frame holds.
    """
    shown = frame[frame["reason"].isna()]
    found = {(str(row["kind"]), str(row["group"]), str(row["measure"])): row for row in shown.to_dict("records")}
    present = [(str(kind), str(group)) for kind, group in frame[["kind", "group"]].drop_duplicates().to_numpy()]
    result = []
    for kind in (ALL, SERVICE_AREA, TIER):
        labels = _labels(questionnaire, kind)
        for code in (*labels, *sorted(group for one, group in present if one == kind and group not in labels)):
            cells = tuple(
                _cell(one.code, str(one.title), found.get((kind, code, one.code), {}))
                for one in questionnaire.dimensions
            )
            result.append(Group(kind, code, labels.get(code, code), cells))
    return tuple(result)


def sentence(groups: Sequence[Group], rules: Rules | None = None, language: str = BASE_LANGUAGE) -> str:
    """Which service areas and tiers could not say about what: shares above `rules.dont_know_review`, the largest first.

    At most three are named, the others counted. It tells what was answered in this wave and claims no more.
    """
    limit = (rules or Rules()).dont_know_review
    parts = [(one.share, group, one) for group in groups if group.kind != ALL for one in group.cells if one.share]
    if not any(group.shown for group in groups):
        return ""
    above = sorted((part for part in parts if part[0] > limit), key=lambda part: -part[0])
    if not above:
        return text("dont_know.none", language, limit=percent(limit, language))
    named = [
        text(
            "dont_know.part",
            language,
            group=group.label.partition(":")[0],
            measure=in_sentence(one.title),
            share=percent(share, language),
        )
        for share, group, one in above[:_MOST_NAMED]
    ]
    sentences = [text("dont_know.found", language, parts=enumeration(named, language))]
    if len(above) > _MOST_NAMED:
        rest = len(above) - _MOST_NAMED
        key = "dont_know.more_one" if rest == 1 else "dont_know.more"
        sentences.append(text(key, language, n=rest, limit=percent(limit, language)))
    return " ".join(sentences)


def _labels(questionnaire: Questionnaire, kind: str) -> dict[str, str]:
    if kind == ALL:
        return {ALL: first_upper(text("dont_know.everybody"))}
    return group_reading.offered(questionnaire, kind)


def _cell(measure: str, title: str, row: Mapping[object, object]) -> Unsaid:
    n, share, lower, upper = (number(row.get(name)) for name in ("n", "share", "lower", "upper"))
    return Unsaid(measure, title, None if n is None else int(n), share, lower, upper)
