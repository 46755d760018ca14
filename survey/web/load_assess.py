"""What the pages of a self-assessment show: the lead's own authority in a wave that asks for one."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.definition import Page
from survey import assessments
from survey.assessments import Assessing
from survey.errors import NotFound
from survey.web import load_lead
from survey.web.access import Asked


@dataclass(frozen=True, slots=True)
class AssessingPage:
    """One page of a self-assessment."""

    assessing: Assessing
    page: Page

    @property
    def state(self) -> str:
        return self.assessing.state


def assessing(asked: Asked) -> Assessing:
    wave, mine = load_lead.place(asked)
    return assessments.of(asked.session, wave, mine)


def page(asked: Asked) -> AssessingPage:
    loaded = assessing(asked)
    found = loaded.questionnaire.page(asked.args["page_code"])
    if found is None:
        raise NotFound(load_lead.NOT_THERE)
    return AssessingPage(loaded, found)
