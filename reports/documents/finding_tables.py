"""Findings beside the scores as sentence and table: tiers question by question, leaders, don't know, programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import dont_know_reading, item_gaps_reading, leadership_reading, narrative, programmes_reading
from reports.documents.cells import Table
from reports.dont_know_reading import Group, Unsaid
from reports.item_gaps_reading import ItemGap
from reports.leadership_reading import Agreement
from reports.wording import percent, signed, text, whole

IN_WORDS = "In words"
INTERVAL = "95\u00a0% interval"
TITLE = "More of what officers said"
LEADERS = "How leaders are seen"
LEADERS_WORDS = (
    "The share of answers that agree: level 4 or 5 of 5, or 1 or 2 where a statement is turned round. A part takes the answers "
    "to all of its questions together. Nothing here is a score."
)
QUESTIONS = "Senior leaders beside frontline officers, question by question"
QUESTIONS_WORDS = (
    "The questions of this wave do not mean the same to all tiers, so tiers are not compared on dimensions. Here stands how many agree with each "
    "question: level 4 or 5 of 5, or 1 or 2 where a statement is turned round. The difference is in percentage points. Each line stands for itself: of 20 "
    "questions on which tiers do not differ at all, about one has an interval that leaves out 0."
)
UNSAID = "What officers could not say"
UNSAID_WORDS = (
    "The share of “don’t know” among all answers that were asked for, with its 95\u00a0% interval. Many of them may mean that people do not see this part "
    "of the authority, or that the question is a poor one. Each group is counted as it answered, without weights."
)
PROGRAMMES = "People who took part in a development programme"
PROGRAMMES_WORDS = (
    "People who took part in any programme beside others of the same authority and the same tier, all authorities together. "
    "Who takes part may have been different before, so that the difference is not what a programme did. "
    "Less than 5 points is called about alike."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A heading, a sentence, what it means, and its tables; `first` heads their first column, `left_out` says
    that groups are missing from them."""

    title: str
    sentence: str
    words: str
    tables: tuple[Table, ...]
    first: str
    left_out: bool = False

    @property
    def same(self) -> bool:
        """Whether every column holds figures; else the last one holds words."""
        return all(table.headings[-1] != IN_WORDS for table in self.tables)

    @property
    def refusal(self) -> str:
        """The one message for everything withheld."""
        return narrative.refusal()


def of_authority(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> tuple[Finding, ...]:
    """The findings of one authority, from its own rows of TIER_ITEM_GAPS, LEADERSHIP and DONT_KNOW_SHARES, where given."""
    tiers = _questions(frames.get("tier_item_gaps"), questionnaire)
    led = _leadership(frames.get("leadership"), questionnaire)
    unsaid = _unsaid(frames.get("dont_know"), questionnaire, "Don’t know by service area and tier")
    return tuple(one for one in (tiers, led, unsaid) if one is not None)


def of_sector(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> tuple[Finding, ...]:
    """The findings of all authorities together, from the frames of the sector, where these are given."""
    tiers = _questions(frames.get("sector_item_gaps"), questionnaire)
    programmes = _programmes(frames.get("sector_programmes"), questionnaire)
    led = _leadership(frames.get("sector_leadership"), questionnaire)
    unsaid = _unsaid(
        frames.get("sector_dont_know"), questionnaire, "Don’t know by service area and tier, all authorities"
    )
    return tuple(one for one in (tiers, programmes, led, unsaid) if one is not None)


def _questions(frame: pd.DataFrame | None, questionnaire: Questionnaire) -> Finding | None:
    found = () if frame is None else item_gaps_reading.rows(frame, questionnaire)
    if frame is None or not found:
        return None
    uppers = dict.fromkeys(one.upper_name for one in found)
    tables = tuple(_beside([one for one in found if one.upper_name == upper]) for upper in uppers)
    sentence, left_out = item_gaps_reading.sentence(found), len(found) < len(frame)
    return Finding(QUESTIONS, sentence, QUESTIONS_WORDS, tables, "Question", left_out)


def _beside(found: Sequence[ItemGap]) -> Table:
    """A row a question, of one authority with the shares of both tiers, of all authorities with their number."""
    upper = narrative.first_upper(text(f"gap_group.{found[0].upper_name}"))
    single = found[0].authorities is None
    body = tuple(
        (
            _title(one),
            *((_of(one.share_upper, one.n_upper), _of(one.share_lower, one.n_lower)) if single else ()),
            signed(100.0 * one.gap),
            _points(None if one.lower is None else 100.0 * one.lower, None if one.upper is None else 100.0 * one.upper),
            *(() if single else (str(one.authorities),)),
        )
        for one in found
    )
    who = (upper, narrative.first_upper(text("gap_group.frontline"))) if single else ()
    headings = ("", *who, "Difference", INTERVAL, *(() if single else ("Authorities",)))
    return Table(f"{upper} beside frontline officers: who agrees", headings, body)


def _of(share: float | None, people: int) -> str:
    if share is None:
        return text("note.not_shown")
    return text("item_gap.share", share=percent(share), people=f"{people:,}")


def _title(one: Agreement | ItemGap) -> str:
    return f"{one.title} (turned round)" if one.turned else one.title


def _leadership(frame: pd.DataFrame | None, questionnaire: Questionnaire) -> Finding | None:
    found = () if frame is None else leadership_reading.rows(frame, questionnaire)
    sentence = leadership_reading.sentence(found)
    if not sentence:
        return None
    parts, questions = ([one for one in found if bool(one.item) is single] for single in (False, True))
    tables = (_agreed(parts, "Leading and managing, and what leaders can do"), _agreed(questions, "Each question"))
    return Finding(LEADERS, sentence, LEADERS_WORDS, tables, "About")


def _agreed(found: Sequence[Agreement], caption: str) -> Table:
    body = tuple(
        (
            _title(one),
            text("note.not_shown") if one.n is None else f"{one.n:,}",
            leadership_reading.share_words(one),
            _between(one.lower, one.upper),
        )
        for one in found
    )
    return Table(caption, ("", "People", "Agree", INTERVAL), body)


def _unsaid(frame: pd.DataFrame | None, questionnaire: Questionnaire, caption: str) -> Finding | None:
    groups = () if frame is None else dont_know_reading.rows(frame, questionnaire)
    shown = [group for group in groups if group.shown]
    if not shown:
        return None
    table = _shares(shown, questionnaire, caption)
    left_out = len(shown) < len(groups) and not table.withholds  # a table that withholds says so itself
    return Finding(UNSAID, dont_know_reading.sentence(groups), UNSAID_WORDS, (table,), "Group", left_out)


def _shares(groups: Sequence[Group], questionnaire: Questionnaire, caption: str) -> Table:
    body = tuple((group.label, *(_share(one) for one in group.cells)) for group in groups)
    return Table(caption, ("", *(str(one.title) for one in questionnaire.dimensions)), body)


def _share(one: Unsaid) -> str:
    if one.share is None:
        return text("note.not_shown")
    if one.lower is None or one.upper is None:
        return percent(one.share)
    bounds = text("answered.range", low=whole(100 * one.lower), high=whole(100 * one.upper))
    return f"{percent(one.share)} ({bounds})"


def _programmes(frame: pd.DataFrame | None, questionnaire: Questionnaire) -> Finding | None:
    found = () if frame is None else programmes_reading.rows(frame, questionnaire)
    if not found:
        return None
    hidden = text("note.not_shown")
    body = tuple(
        (
            one.title,
            hidden if one.gap is None else signed(one.gap),
            _points(one.lower, one.upper),
            hidden if one.took_part is None else f"{one.took_part:,}",
            hidden if one.others is None else f"{one.others:,}",
            programmes_reading.word(one),
        )
        for one in found
    )
    headings = ("", "Difference", INTERVAL, "Took part", "Others", IN_WORDS)
    table = Table("People who took part beside others, in points", headings, body)
    return Finding(PROGRAMMES, programmes_reading.sentence(found), PROGRAMMES_WORDS, (table,), "Dimension")


def _points(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return text("note.not_shown")
    return text("answered.range", low=signed(low), high=signed(high))


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return text("note.not_shown")
    return text("answered.range", low=percent(low), high=percent(high))
