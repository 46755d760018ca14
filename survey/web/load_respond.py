"""What an officer's page shows, found by the link or by the browser that holds the draft, never by a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from questionnaires.definition import Item, Page, Questionnaire, Role
from survey import editions, links, participation, submissions
from survey.errors import NotFound
from survey.links import Found
from survey.submissions import GONE, Current
from survey.web.access import Asked

UNKNOWN_LINK = "We do not know this link. Check that you copied all of it, or ask the person who sent it to you."


class UnknownLink(NotFound):
    """A link that was never given out, or was renewed since: counted as a guess."""


class DraftGone(NotFound):
    """This browser holds no draft: it was sent, taken to another device, or never begun here."""


@dataclass(frozen=True, slots=True)
class Landing:
    """A link that was opened, and the draft of it that this browser holds, if any."""

    found: Found
    token: str
    draft: Current | None
    browser_key: str | None = field(repr=False)

    @property
    def language(self) -> str:
        return self.found.language


@dataclass(frozen=True, slots=True)
class Answering:
    """An officer's draft with its questionnaire, in the language of the page."""

    draft: Current
    questionnaire: Questionnaire
    browser_key: str = field(repr=False)

    @property
    def language(self) -> str:
        return self.draft.language

    @property
    def pages(self) -> tuple[Page, ...]:
        return tuple(self.questionnaire.asked_pages(self.draft.answers))


@dataclass(frozen=True, slots=True)
class AnsweringPage:
    """One page of it, with the authority's own names of its service areas where the page asks for one."""

    answering: Answering
    page: Page
    items: tuple[Item, ...]
    labels: Mapping[str, str]

    @property
    def draft(self) -> Current:
        return self.answering.draft

    @property
    def questionnaire(self) -> Questionnaire:
        return self.answering.questionnaire

    @property
    def language(self) -> str:
        return self.draft.language


@dataclass(frozen=True, slots=True)
class Checking:
    """All answers, to be checked before they are sent."""

    answering: Answering
    labels: Mapping[str, str]

    @property
    def language(self) -> str:
        return self.answering.language


def landing(asked: Asked) -> Landing:
    token = asked.args["token"]
    found = links.find(asked.session, token)
    if found is None:
        raise UnknownLink(UNKNOWN_LINK)
    draft = submissions.current(asked.session, asked.browser_key) if asked.browser_key else None
    if draft is not None and draft.invitation_id != found.invitation_id:
        draft = None
    return Landing(found, token, draft, asked.browser_key)


def answering(asked: Asked) -> Answering:
    draft = submissions.current(asked.session, asked.browser_key) if asked.browser_key else None
    if draft is None or asked.browser_key is None:
        raise DraftGone(GONE)
    questionnaire = editions.questionnaire(
        asked.session, draft.edition_id, draft.edition_digest, asked.language, draft.optional_sections
    )
    return Answering(draft, questionnaire, asked.browser_key)


def page(asked: Asked) -> AnsweringPage:
    found = answering(asked)
    shown = found.questionnaire.page(asked.args["page_code"])
    if shown is None:
        raise NotFound("There is no such page in this survey.")
    items = found.questionnaire.asked_items(shown, found.draft.answers)
    return AnsweringPage(found, shown, items, _labels(asked, found, items))


def checking(asked: Asked) -> Checking:
    found = answering(asked)
    return Checking(found, _labels(asked, found, tuple(found.questionnaire.items.values())))


def _labels(asked: Asked, found: Answering, items: tuple[Item, ...]) -> Mapping[str, str]:
    if not any(item.role is Role.SERVICE_AREA for item in items):
        return {}
    return participation.labels(asked.session, found.draft.participation_id)
