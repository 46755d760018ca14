"""An officer's answers seen from above: the task list, the summary to check, the own scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from questionnaires.definition import AnswerValue, Item, Page, Questionnaire, Section, is_blank
from survey import results
from survey.own_scores import as_shown
from survey.web import context, question_form
from survey.web.load_respond import Answering, Checking

PICTURE_WIDTH = 320
PICTURE_LEFT = 16


@dataclass(frozen=True, slots=True)
class Task:
    """A section as a row of the task list."""

    title: Markup
    url: str
    answered: int
    asked: int

    @property
    def is_done(self) -> bool:
        return self.answered == self.asked


@dataclass(frozen=True, slots=True)
class Line:
    """One question with its answer in words, and where to change it."""

    question: Markup
    answer: Markup | None
    change_url: str


@dataclass(frozen=True, slots=True)
class OwnScore:
    """One dimension: my score beside the sector; x places lie on a line of the picture."""

    title: Markup
    score: int | None
    median: int | None
    lower_quartile: int | None
    upper_quartile: int | None

    @staticmethod
    def place(value: int) -> float:
        return PICTURE_LEFT + value / 100 * (PICTURE_WIDTH - 2 * PICTURE_LEFT)


@dataclass(frozen=True, slots=True)
class OwnScores:
    """The own scores, and the label of the release that they stand beside."""

    rows: tuple[OwnScore, ...]
    release: str | None
    authorities: int | None


def sections(answering: Answering) -> list[Task]:
    return [
        _task(answering, section) for section in answering.questionnaire.sections if _asked_pages(answering, section)
    ]


def _asked_pages(answering: Answering, section: Section) -> list[Page]:
    return [page for page in answering.pages if page in section.pages]


def _task(answering: Answering, section: Section) -> Task:
    answers, questionnaire = answering.draft.answers, answering.questionnaire
    pages = _asked_pages(answering, section)
    asked = [item for page in pages for item in questionnaire.asked_items(page, answers)]
    answered = [item for item in asked if not is_blank(answers.get(item.code))]
    unfinished = [page for page in pages if questionnaire.unanswered(page, answers)]
    target = pages[0] if not answered or not unfinished else unfinished[0]
    return Task(
        question_form.text_html(section.title),
        url_for("respond.page", page_code=target.code),
        len(answered),
        len(asked),
    )


def next_place(answering: Answering) -> str:
    """Where to go on: the first page after the last one that has an answer, else the first page."""
    pages, answers = answering.pages, answering.draft.answers
    touched = [n for n, page in enumerate(pages) if any(not is_blank(answers.get(item.code)) for item in page.items)]
    following = max(touched, default=-1) + 1
    return (
        url_for("respond.check")
        if following == len(pages)
        else url_for("respond.page", page_code=pages[following].code)
    )


def answers(checking: Checking) -> list[tuple[Markup, list[Line]]]:
    """Every asked question with its answer, section by section."""
    answering, language = checking.answering, context.language()
    return [
        (
            question_form.text_html(section.title, language),
            [
                _line(
                    item,
                    url,
                    wording(item, answering.draft.answers.get(item.code), checking.labels, language),
                    language,
                )
                for page in _asked_pages(answering, section)
                for url in [url_for("respond.page", page_code=page.code, back="check")]
                for item in answering.questionnaire.asked_items(page, answering.draft.answers)
            ],
        )
        for section in answering.questionnaire.sections
        if _asked_pages(answering, section)
    ]


def _line(item: Item, page_url: str, answer: Markup | None, language: str) -> Line:
    return Line(question_form.text_html(item.text, language), answer, f"{page_url}#{item.code}")


def wording(item: Item, value: AnswerValue | None, labels: Mapping[str, str], page_language: str = "") -> Markup | None:
    """An answer as words of the questionnaire; None where there is none."""
    if value is None or is_blank(value):
        return None
    if not item.options:
        return escape(value)
    chosen = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    words = [
        escape(labels[option.code]) if option.code in labels else question_form.text_html(option.label, page_language)
        for option in item.options
        if option.code in chosen
    ]
    return Markup(", ").join(words)


def has_scored_answer(answering: Answering) -> bool:
    given = answering.draft.answers
    return any(not is_blank(given.get(item.code)) for item in answering.questionnaire.scored_items)


def own_scores(questionnaire: Questionnaire, scores: Mapping[str, float | None]) -> OwnScores:
    """My four dimensions beside the newest published sector."""
    session = context.session()
    release = results.latest(session, now=context.now())
    sector = {row.measure: row for row in results.sector_rows(session, release)} if release else {}
    rows = []
    for dimension in questionnaire.dimensions:
        row = sector.get(dimension.code)
        rows.append(
            OwnScore(
                question_form.text_html(dimension.title),
                as_shown(scores.get(dimension.code)),
                as_shown(row.score if row else None),
                as_shown(row.lower_quartile if row else None),
                as_shown(row.upper_quartile if row else None),
            )
        )
    counts = [row.n for row in sector.values() if row.n is not None]
    return OwnScores(tuple(rows), release.label if release else None, max(counts, default=None))


def progress_words(answering: Answering) -> str:
    tasks = sections(answering)
    return str(_("%(done)d of %(all)d sections complete", done=sum(task.is_done for task in tasks), all=len(tasks)))
