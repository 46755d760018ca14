"""What a lead sees of the own authority's part in a wave: dates, links, and progress in steps. Never an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from questionnaires.definition import Questionnaire, Role
from survey import assessments, chasing, editions, fieldwork, invitations, links, participation, waves
from survey.assessments import Assessing
from survey.errors import NotFound
from survey.participation import Progress
from survey.people import Principal
from survey.vocabulary import RoleName
from survey.web.access import Asked

if TYPE_CHECKING:
    from survey.models import Invitation, Participation, Wave

LEADERS = (RoleName.LEAD, RoleName.DEPUTY)
NOT_THERE = "There is no survey at this address, or it is not yours to lead."


@dataclass(frozen=True, slots=True)
class LedAuthority:
    """An authority that the person leads, with the waves that are not over, soonest deadline first."""

    code: str
    name: str
    waves: tuple[Wave, ...]


@dataclass(frozen=True, slots=True)
class LedWave:
    """One authority in one wave. `areas` are the service areas with how many have answered at least, or None."""

    wave: Wave
    state: str
    participation: Participation
    progress: Progress
    areas: tuple[tuple[str, int | None], ...]
    shared: Invitation | None
    invited: int
    assessing: Assessing | None = None
    chase: tuple[tuple[str, str], ...] = ()


def led(asked: Asked) -> tuple[LedAuthority, ...]:
    names = _led(asked.person)
    found = fieldwork.current(asked.session, tuple(names))
    return tuple(
        LedAuthority(code, name, tuple(wave for owner, wave in found if owner == code)) for code, name in names.items()
    )


def place(asked: Asked) -> tuple[Wave, Participation]:
    """The wave and the part in it of an authority that the person leads."""
    if asked.args["code"] not in _led(asked.person):
        raise NotFound(NOT_THERE)
    try:
        found = waves.by_code(asked.session, asked.args["wave"])
        return found, participation.one(asked.session, found, asked.args["code"])
    except NotFound:
        raise NotFound(NOT_THERE) from None


def wave(asked: Asked) -> LedWave:
    found, mine = place(asked)
    questionnaire = editions.questionnaire_of(asked.session, found.edition)
    progress = participation.progress(asked.session, mine, questionnaire)
    areas = _areas(questionnaire, progress, participation.labels(asked.session, mine.id))
    return LedWave(
        found,
        found.state,
        mine,
        progress,
        areas,
        invitations.shared_link(asked.session, mine.id),
        fieldwork.personal_links(asked.session, mine),
        _assessing(asked, found, mine),
        _chase(progress, areas, fieldwork.staff_by_area(asked.session, [mine])[mine.id])
        if found.state in links.COLLECTING
        else (),
    )


def _chase(
    progress: Progress, areas: tuple[tuple[str, int | None], ...], staff: dict[str, int]
) -> tuple[tuple[str, str], ...]:
    """Service areas worth a reminder, by the names that the lead knows, and why."""
    label = {area.code: name for area, (name, _) in zip(progress.areas, areas, strict=True)}
    return tuple((label[one.code], str(one.why)) for one in chasing.next_best(progress.areas, staff))


def _assessing(asked: Asked, wave: Wave, mine: Participation) -> Assessing | None:
    """The self-assessment, where the wave asks for one."""
    return assessments.of(asked.session, wave, mine) if assessments.asked(asked.session, wave) else None


def _areas(questionnaire: Questionnaire, progress: Progress, own: dict[str, str]) -> tuple[tuple[str, int | None], ...]:
    item = questionnaire.role_item(Role.SERVICE_AREA)
    labels = {option.code: str(option.label) for option in item.options} if item else {}
    return tuple((own.get(area.code, labels.get(area.code, area.code)), area.at_least) for area in progress.areas)


def _led(principal: Principal) -> dict[str, str]:
    named = {grant.authority_code: grant.authority_name for grant in principal.grants if grant.role in LEADERS}
    return {code: name or code for code, name in sorted(named.items()) if code}
