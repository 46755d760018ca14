"""What is read of the leadership profile: how many agree about leading and managing, part by part and question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports.leadership import MOST, PARTS, WHOLE_PART
from reports.profile import number
from reports.wording import BASE_LANGUAGE, enumeration, percent, text


@dataclass(frozen=True, slots=True)
class Agreement:
    """One part (`item` is empty) or one of its questions: the share that agrees with its interval, 0 to 1.

    None is "not shown"; `nearly` says which way where nearly everybody gave one answer. `turned` marks a statement that
    is turned round: who disagrees with it counts as agreeing.
    """

    part: str
    item: str
    title: str
    n: int | None
    share: float | None
    lower: float | None
    upper: float | None
    nearly: str | None
    turned: bool = False


def rows(frame: pd.DataFrame, questionnaire: Questionnaire) -> tuple[Agreement, ...]:
    """The parts, each followed by its questions, of LEADERSHIP (one authority's rows) or SECTOR_LEADERSHIP."""
    found = {(str(row["profile"]), str(row["item"])): row for row in frame.to_dict("records")}
    result = []
    for part in PARTS:
        if (part, WHOLE_PART) not in found:
            continue
        result.append(_agreement(part, "", text(f"leadership.{part}"), found[part, WHOLE_PART]))
        for item in questionnaire.scored_items:
            if item.profile == part and (part, item.code) in found:
                row = found[part, item.code]
                result.append(_agreement(part, item.code, str(item.text), row, turned=item.reverse))
    return tuple(result)


def sentence(found: Sequence[Agreement], language: str = BASE_LANGUAGE) -> str:
    """How many agree about leading and about managing, then about what leaders can do; nothing where nothing is shown.

    Shares beside each other: it is not said that one is larger than another, because that is not tested.
    """
    parts = {one.part: one for one in found if not one.item and (one.share is not None or one.nearly)}
    said = [
        text("leadership.said", language, share=share_words(parts[part], language), part=text(f"leadership.in_{part}"))
        for part in PARTS
        if part in parts
    ]
    return text("leadership.sentence", language, parts=enumeration(said, language)) if said else ""


def share_words(one: Agreement, language: str = BASE_LANGUAGE) -> str:
    """The share in words; "90 % or more" or "10 % or fewer" where nearly everybody gave one answer."""
    if one.nearly:
        return text("leadership.most" if one.nearly == MOST else "leadership.few", language)
    return text("note.not_shown", language) if one.share is None else percent(one.share, language)


def _agreement(part: str, item: str, title: str, row: Mapping[object, object], *, turned: bool = False) -> Agreement:
    reason, nearly = row["reason"], row.get("nearly")
    hidden = isinstance(reason, str)
    n, share, lower, upper = (None if hidden else number(row.get(name)) for name in ("n", "share", "lower", "upper"))
    count = None if n is None else int(n)
    return Agreement(part, item, title, count, share, lower, upper, nearly if isinstance(nearly, str) else None, turned)
