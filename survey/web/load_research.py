"""What the research team's pages show. The policy has already asked for the role; here things are only found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from questionnaires.definition import Role
from survey import (
    anonymity,
    answer_quality,
    chasing,
    editions,
    fieldwork,
    ledger,
    links,
    mailing,
    participation,
    results,
    transitions,
    waves,
)
from survey.anonymity import Waiting
from survey.answer_quality import AnswerQuality
from survey.participation import Progress
from survey.transitions import Transition
from survey.vocabulary import EditionState, WaveState
from survey.waves import Listed
from survey.web.access import Asked

if TYPE_CHECKING:
    from survey.models import Authority, Edition, Participation, Release, Wave


@dataclass(frozen=True, slots=True)
class TakingPart:
    """One authority in a wave, with its progress in steps."""

    participation: Participation
    progress: Progress


@dataclass(frozen=True, slots=True)
class Chased:
    """An authority whose lead is worth a reminder, and why; with the service areas to remind there, each with why."""

    name: str
    why: str
    areas: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WavePage:
    """A wave with who takes part (all, or those that were looked for) and what this person can do next."""

    wave: Wave
    taking_part: tuple[TakingPart, ...]
    steps: tuple[Transition, ...]
    find: str = ""
    chase: tuple[Chased, ...] = ()
    waiting: Waiting | None = None  # while it takes answers: what the nightly rewrite has still to do


@dataclass(frozen=True, slots=True)
class SharedLinks:
    """A closed wave, with the authorities whose answers by a shared link nobody has looked at."""

    wave: Wave
    state: str
    waiting: tuple[Participation, ...]


@dataclass(frozen=True, slots=True)
class Mailing:
    """A dry run of the invitations of a wave: how many mails, to which domains, already sent before."""

    wave: Wave
    state: str
    dry_run: mailing.DryRun


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """A release in any state: what it withholds and why, and what this person can do next."""

    release: Release
    state: str
    withheld: tuple[tuple[str, str, int, float], ...]
    quality: AnswerQuality
    is_readable: bool  # by everybody: published, and no embargo keeps it closed
    steps: tuple[Transition, ...]
    pinned: tuple[tuple[str, str], ...]  # measures and authorities whose score follows from earlier releases


@dataclass(frozen=True, slots=True)
class Releases:
    """All releases, and the closed waves that can be computed."""

    releases: tuple[Release, ...]
    closed: tuple[Wave, ...]


def listed(asked: Asked) -> tuple[Listed, ...]:
    return tuple(waves.listed(asked.session))


def editions_to_plan(asked: Asked) -> tuple[Edition, ...]:
    """The staff questionnaires that a wave can be planned with."""
    usable = (EditionState.DRAFT, EditionState.IN_REVIEW, EditionState.APPROVED, EditionState.FIELDED)
    return tuple(one for one in editions.listed(asked.session) if one.state in usable)


def wave(asked: Asked) -> Wave:
    return waves.by_code(asked.session, asked.args["wave"])


def shared_links(asked: Asked) -> SharedLinks:
    found = wave(asked)
    return SharedLinks(found, found.state, tuple(participation.waiting_links(asked.session, found)))


def wave_page(asked: Asked) -> WavePage:
    found = wave(asked)
    progress = fieldwork.totals(asked.session, found)
    find = asked.query.get("find", "").strip()[:60]
    parts = participation.of_wave(asked.session, found)
    collecting = found.state in links.COLLECTING
    return WavePage(
        found,
        tuple(TakingPart(one, progress[one.id]) for one in parts if _is_looked_for(one.authority, find)),
        transitions.targets(transitions.WAVE, found.state, asked.person.roles),
        find,
        _chase(asked, found, parts, progress) if collecting else (),
        anonymity.waiting(asked.session) if collecting else None,
    )


def _chase(asked: Asked, wave: Wave, parts: list[Participation], progress: dict[int, Progress]) -> tuple[Chased, ...]:
    """The authorities to remind first, at most three, and in each the service areas that its lead is told as well."""
    of = {one.authority.code: one for one in parts}
    known = fieldwork.staff(asked.session, wave)
    staff = {code: known[one.id] for code, one in of.items() if one.id in known}
    totals = {code: progress[one.id].total for code, one in of.items()}
    first = [(of[one.code], str(one.why)) for one in chasing.authorities(totals, staff)]
    areas = _areas(asked, wave, [part for part, _ in first])
    return tuple(Chased(part.authority.name, why, areas[part.id]) for part, why in first)


def _areas(asked: Asked, wave: Wave, parts: list[Participation]) -> dict[int, tuple[tuple[str, str], ...]]:
    """The service areas to remind in some authorities, by their standard names."""
    questionnaire = editions.questionnaire_of(asked.session, wave.edition)
    item = questionnaire.role_item(Role.SERVICE_AREA)
    label = {option.code: str(option.label) for option in item.options} if item else {}
    counts = fieldwork.areas(asked.session, wave, parts, questionnaire)
    staff = fieldwork.staff_by_area(asked.session, parts)
    return {
        one.id: tuple((label[area.code], str(area.why)) for area in chasing.next_best(counts[one.id], staff[one.id]))
        for one in parts
    }


def _is_looked_for(authority: Authority, find: str) -> bool:
    return find.casefold() in f"{authority.name} {authority.code}".casefold()


def planned_mailing(asked: Asked) -> Mailing:
    found = wave(asked)
    return Mailing(found, found.state, mailing.dry_run(asked.session, found))


def releases(asked: Asked) -> Releases:
    closed = tuple(one.wave for one in waves.listed(asked.session) if one.wave.state == WaveState.CLOSED)
    return Releases(tuple(results.everything(asked.session)), closed)


def release(asked: Asked) -> Release:
    return results.get_any(asked.session, asked.args["label"])


def release_page(asked: Asked) -> ReleasePage:
    found = release(asked)
    return ReleasePage(
        found,
        found.state,
        tuple(results.withheld(asked.session, found)),
        answer_quality.of(asked.session, found),
        any(one.id == found.id for one in results.released(asked.session, now=asked.now)),
        transitions.targets(transitions.RELEASE, found.state, asked.person.roles),
        tuple(ledger.pinned_before(asked.session, found)),
    )


def released(asked: Asked) -> tuple[Release, ...]:
    """What can be exported: published releases, embargo or not being over."""
    return tuple(results.released(asked.session, now=asked.now))
