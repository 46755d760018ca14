"""What made-up officers answer: latent views of person, authority, service and tier become five-point answers.

An item's answer is where `loading * view + theme + own part` falls between thresholds that the item shifts. The
figures are chosen so that the sector looks like real staff surveys: 5 to 8 per cent of the variance of a dimension
lies between authorities, dimensions correlate near 0.6, scales hold together without being copies of each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from questionnaires.definition import Item, Questionnaire
from survey.demonstration.sector import ELECTED, HOME, SEED, TIERS, Ints, Staff, answering

Floats = NDArray[np.float64]

FAR_AREA, FAR_FROM_LEADERS = "environment", 5.0
THRESHOLDS = np.array([-1.5, -0.6, 0.15, 1.25])
BETWEEN_AUTHORITIES, BETWEEN_WAVES = 0.27, 0.12
ALIKE_SERVICES, DIFFERENT_SERVICES = 0.12, 0.45
CORRELATION_OF_PERSONS, CORRELATION_OF_AUTHORITIES = 0.68, 0.55
DRIFT: Mapping[str, float] = {"mindset": 0.06, "agile": 0.12, "silos": 0.0, "leadership": 0.04}
TIER_VIEWS: Mapping[str, Sequence[float]] = {  # senior, manager, frontline, elected
    "mindset": (0.40, 0.12, 0.0, 0.15),
    "agile": (0.35, 0.10, 0.0, 0.05),
    "silos": (0.10, 0.05, 0.0, 0.25),
    "leadership": (0.55, 0.20, 0.0, 0.30),
}
HOME_VIEWS: Mapping[str, float] = {"mindset": 0.04, "agile": -0.12, "silos": -0.55, "leadership": 0.52}
CARELESS, STOPS_EARLY, NO_AREA, NO_TIER = 0.012, 0.03, 0.05, 0.03


@dataclass(frozen=True)
class Sheet:
    """The answers of one wave: one row a respondent; `position` is the option chosen of each scored item, -1 blank."""

    items: tuple[Item, ...]
    position: NDArray[np.int8]
    authority: Ints
    area: Ints
    tier: Ints
    too_fast: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.authority)


def of_wave(
    questionnaire: Questionnaire, staffs: Sequence[Staff], wave: int, *, share: float, seed: int = SEED
) -> Sheet:
    """Everybody's answers in a wave (0, 1, 2). `share` of the usual number of officers has answered so far."""
    rng = np.random.default_rng([seed, 2, wave])
    authority, area, tier = _respondents(staffs, share, rng)
    views = _views(questionnaire, staffs, (authority, area, tier), wave, rng=rng, seed=seed)
    items = questionnaire.scored_items
    position = _positions(questionnaire, views, (_far(staffs, authority, area), tier), rng=rng, seed=seed)
    careless = rng.random(len(authority)) < CARELESS
    position[careless] = rng.integers(2, 5, careless.sum())[:, None]  # the same place on every line
    _leave_out(position, items, rng)
    too_fast = careless & (rng.random(len(authority)) < 0.6)
    silent_on_area, silent_on_tier = _not_said(staffs, authority, rng)
    area = np.where(silent_on_area, -1, area).astype(np.int32)
    tier = np.where(silent_on_tier & (tier < len(TIERS)), -1, tier).astype(np.int32)
    return Sheet(items, position, authority, area, tier, too_fast)


def _not_said(
    staffs: Sequence[Staff], authority: Ints, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who leaves service area or tier blank: a few people in some authorities.

    One such person withholds a further group of the authority, so that nobody finds out by subtraction.
    """
    numbers = np.array([int(staff.place.code.removeprefix("D")) for staff in staffs])[authority]
    no_area = (numbers % 5 == 3) & (rng.random(len(authority)) < NO_AREA)
    no_tier = (numbers % 6 == 2) & (rng.random(len(authority)) < NO_TIER)
    return no_area, no_tier


def _respondents(staffs: Sequence[Staff], share: float, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Authority, service area and tier of everybody who answers; elected members have no area and come last."""
    authority, area, tier = [], [], []
    for number, who in enumerate(staffs):
        chosen = answering(who, who.answer_share * share, rng)
        members = round(who.elected * share)
        authority.append(np.full(len(chosen) + members, number))
        area.append(np.append(who.area[chosen], np.full(members, -1)))
        tier.append(np.append(who.tier[chosen], np.full(members, len(TIERS))))
    return tuple(np.concatenate(part).astype(np.int32) for part in (authority, area, tier))  # type: ignore[return-value]  # three parts in, three out


def _views(
    questionnaire: Questionnaire,
    staffs: Sequence[Staff],
    who: tuple[Ints, Ints, Ints],
    wave: int,
    *,
    rng: np.random.Generator,
    seed: int,
) -> Floats:
    """Latent views, shape (respondents, dimensions): person + authority + service area + tier + drift of the sector."""
    authority, area, tier = who
    dimensions = [dimension.code for dimension in questionnaire.dimensions]
    persons = _correlated(rng, len(authority), len(dimensions), CORRELATION_OF_PERSONS)
    places = np.array([_of_authority(staff, dimensions, wave, seed) for staff in staffs])
    services = np.array([_of_services(staff, len(dimensions), seed) for staff in staffs])
    service = services[authority, np.maximum(area, 0)] * (area >= 0)[:, None]
    tiers = np.array([TIER_VIEWS.get(code, (0.3, 0.1, 0.0, 0.1)) for code in dimensions]).T
    drift = np.array([DRIFT.get(code, 0.0) for code in dimensions]) * wave
    views: Floats = persons + places[authority] + service + tiers[tier] + drift
    return views


def _of_authority(staff: Staff, dimensions: Sequence[str], wave: int, seed: int) -> Floats:
    """What an authority's officers share: mostly lasting, a little of each wave."""
    number = int(staff.place.code.removeprefix("D"))
    lasting = _correlated(np.random.default_rng([seed, 3, number]), 1, len(dimensions), CORRELATION_OF_AUTHORITIES)[0]
    passing = _correlated(np.random.default_rng([seed, 4, number, wave]), 1, len(dimensions), 0.3)[0]
    shared: Floats = BETWEEN_AUTHORITIES * lasting + BETWEEN_WAVES * passing
    if staff.place.code == HOME:
        shared = np.array([HOME_VIEWS.get(code, 0.0) for code in dimensions]) + 0.3 * BETWEEN_WAVES * passing
    return shared


def _of_services(staff: Staff, dimensions: int, seed: int) -> Floats:
    """How far each service area stands from its authority, shape (10, dimensions): in every third much further."""
    number = int(staff.place.code.removeprefix("D"))
    size = DIFFERENT_SERVICES if number % 3 == 1 else ALIKE_SERVICES
    apart = size * _correlated(np.random.default_rng([seed, 5, number]), 10, dimensions, 0.7)
    people = np.bincount(staff.area, minlength=10)
    centred: Floats = apart - people @ apart / people.sum()
    return centred


def _correlated(rng: np.random.Generator, rows: int, columns: int, correlation: float) -> Floats:
    """Standard normal columns that all correlate alike."""
    shared, own = rng.standard_normal((rows, 1)), rng.standard_normal((rows, columns))
    together: Floats = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    return together


def _positions(
    questionnaire: Questionnaire, views: Floats, who: tuple[Ints, Ints], *, rng: np.random.Generator, seed: int
) -> NDArray[np.int8]:
    """The option that each person chooses of each scored item: 0 to 4, or the place of "Don't know"."""
    items = questionnaire.scored_items
    fixed = np.random.default_rng([seed, 6])  # what belongs to the items is the same in every wave
    loading = fixed.uniform(0.58, 0.76, len(items))
    shift = fixed.uniform(-0.45, 0.55, len(items))
    unknown = fixed.beta(1.2, 30, len(items))
    dimension = np.array([[d.code for d in questionnaire.dimensions].index(str(item.dimension)) for item in items])
    theme = np.array([[t.code for t in questionnaire.themes].index(str(item.theme)) for item in items])
    themes = rng.standard_normal((len(views), len(questionnaire.themes)))
    habit = 0.18 * rng.standard_normal((len(views), 1))  # some agree with anything, whichever way it is worded
    reverse = np.array([item.reverse for item in items])
    own = np.sqrt(1 - loading**2 - 0.28**2)
    felt = loading * views[:, dimension] + 0.28 * themes[:, theme] + own * rng.standard_normal((len(views), len(items)))
    felt += shift + np.where(reverse, -habit, habit)
    place = np.searchsorted(THRESHOLDS, felt).astype(np.int8)
    place = np.where(reverse, 4 - place, place)
    from_leaders, tier = who
    often = np.where(tier == 0, 0.5, np.where(tier == len(TIERS) - 1, 1.3, 1.0))[:, None]
    far = (from_leaders > 0)[:, None] & (dimension == dimension.max(initial=0))
    often = often * np.where(far, FAR_FROM_LEADERS, 1.0)
    return np.where(rng.random(place.shape) < unknown * often, 5, place).astype(np.int8)


def _far(staffs: Sequence[Staff], authority: Ints, area: Ints) -> Ints:
    """Who works far from the leaders, and says more often that they do not know: 1, else 0."""
    there = np.array([who.areas.index(FAR_AREA) if FAR_AREA in who.areas else -2 for who in staffs])
    result: Ints = (area == there[authority]).astype(np.int32)
    return result


def _leave_out(position: NDArray[np.int8], items: Sequence[Item], rng: np.random.Generator) -> None:
    """Blanks: here and there one, and a few people who stop in the second half."""
    position[rng.random(position.shape) < 0.009] = -1
    stopping = np.flatnonzero(rng.random(len(position)) < STOPS_EARLY)
    last = rng.integers(len(items) // 2, len(items), len(stopping))
    for person, after in zip(stopping, last, strict=True):
        position[person, after:] = -1


def tier_codes() -> tuple[str, ...]:
    """Codes of the tiers in the order of `Sheet.tier`."""
    return (*TIERS, ELECTED)
