"""Filled-in questionnaires from a sheet of positions: option codes, profile items, and now and then a free text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from questionnaires.definition import AnswerValue, Item, Kind, Questionnaire, Role
from survey.demonstration.answers import Sheet, tier_codes
from survey.demonstration.sector import FOLDER, SEED, Staff
from survey.sealing import Answered

WRITES = 0.09
TOOK_PART = 0.22


def forms(
    questionnaire: Questionnaire,
    sheet: Sheet,
    staffs: Sequence[Staff],
    authority_ids: Mapping[str, int],
    *,
    wave: int,
    seed: int = SEED,
) -> Iterator[Answered]:
    """One filled-in questionnaire for each row of the sheet."""
    rng = np.random.default_rng([seed, 7, wave])
    scored = [(item.code, [*(option.code for option in item.options), None]) for item in sheet.items]
    extras = [_extra(item, sheet, rng) for item in questionnaire.items.values() if _is_extra(item)]
    extras += _equality(questionnaire, len(sheet), np.random.default_rng([seed, 8, wave]))
    tier, area = questionnaire.role_item(Role.TIER), questionnaire.role_item(Role.SERVICE_AREA)
    tiers = tier_codes()
    owners = [authority_ids[staff.place.code] for staff in staffs]
    people = zip(sheet.authority.tolist(), sheet.tier.tolist(), sheet.area.tolist(), strict=True)
    for row, (positions, (owner, stands, works)) in enumerate(zip(sheet.position.tolist(), people, strict=True)):
        given: dict[str, AnswerValue] = {}
        for (code, options), position in zip(scored, positions, strict=True):
            option = options[position]  # -1, blank, is the last place
            if option is not None:
                given[code] = option
        if tier is not None and stands >= 0:
            given[tier.code] = tiers[stands]
        if area is not None and works >= 0:
            given[area.code] = staffs[owner].areas[works]
        for code, values in extras:
            value = values[row]
            if value is not None:
                given[code] = value
        yield Answered(owners[owner], given, bool(sheet.too_fast[row]))


def _is_extra(item: Item) -> bool:
    """Items beside the scored ones, tier and service area that the demonstration answers."""
    return item.kind is Kind.TEXT or item.role in (Role.YEARS, Role.PROGRAMMES)


def _extra(item: Item, sheet: Sheet, rng: np.random.Generator) -> tuple[str, list[AnswerValue | None]]:
    size = len(sheet)
    if item.kind is Kind.TEXT:
        return item.code, _texts(item.code, size, rng)
    codes = [option.code for option in item.options if option.missing is None and not option.exclusive]
    none = next((option.code for option in item.options if option.exclusive), None)
    chosen = rng.integers(0, len(codes), size).tolist()
    if item.kind is Kind.CHOICE:
        return item.code, [codes[place] for place in chosen]
    took: NDArray[np.bool_] = rng.random(size) < TOOK_PART * _keenness(sheet)
    nothing: AnswerValue | None = [none] if none else None
    return item.code, [[codes[place]] if yes else nothing for place, yes in zip(chosen, took.tolist(), strict=True)]


def _equality(
    questionnaire: Questionnaire, size: int, rng: np.random.Generator
) -> list[tuple[str, list[AnswerValue | None]]]:
    """Equality answers by the shares of a file, whoever somebody is; none where the wave does not ask."""
    asked = [item for item in questionnaire.items.values() if item.role is Role.EQUALITY]
    shares = tomllib.loads((FOLDER / "mix.toml").read_text(encoding="utf-8")) if asked else {}
    found: list[tuple[str, list[AnswerValue | None]]] = []
    for item in asked:
        codes: list[AnswerValue | None] = [*shares[item.code], None]
        bounds = np.cumsum([*shares[item.code].values()]) / 100
        places = np.searchsorted(bounds, rng.random(size), side="right").tolist()
        found.append((item.code, [codes[place] for place in places]))
    return found


def _keenness(sheet: Sheet) -> NDArray[np.float64]:
    """Who sees the authority in a better light takes part more often: a difference that no programme made."""
    agreeing = (sheet.position >= 3) & (sheet.position <= 4)
    keen: NDArray[np.float64] = 0.5 + agreeing.mean(axis=1)
    return keen


def _texts(code: str, size: int, rng: np.random.Generator) -> list[AnswerValue | None]:
    """A remark from the file of remarks, from about one person in eleven."""
    remarks = tomllib.loads((FOLDER / "remarks.toml").read_text(encoding="utf-8"))
    lines = remarks.get(code) or remarks["other"]
    chosen = rng.integers(0, len(lines), size).tolist()
    writing = (rng.random(size) < WRITES).tolist()
    return [lines[place] if writes else None for place, writes in zip(chosen, writing, strict=True)]
