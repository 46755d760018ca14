"""What a wave's numbers are computed from, as it is read out of the database: authorities, staff numbers, answers."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.definition import Kind, Questionnaire, Role
from reports import frames, programmes
from reports.frames import Responses
from survey import participation
from survey.models import Authority, Participation, Submission, Wave
from survey.vocabulary import ParticipationState

LEFT = (ParticipationState.DECLINED, ParticipationState.WITHDRAWN)
ATTRIBUTES = tuple(name for name in frames.AUTHORITIES.columns if name not in ("code", "name"))
_PAGE = 2_000


def authorities(session: Session, wave: Wave) -> pd.DataFrame:
    """The authorities that stayed, with the attributes that were frozen when the wave opened."""
    query = (
        select(Authority.code, Authority.name, Participation.attributes)
        .join(Participation, Participation.authority_id == Authority.id)
        .where(Participation.wave_id == wave.id, Participation.state.not_in(LEFT))
        .order_by(Authority.code)
    )
    rows = [
        {"code": code, "name": name, **{key: (attributes or {}).get(key) or None for key in ATTRIBUTES}}
        for code, name, attributes in session.execute(query)
    ]
    table = pd.DataFrame(rows, columns=list(frames.AUTHORITIES.columns))
    for name, kind in frames.AUTHORITIES.columns.items():
        if kind == "Float64":  # the register keeps every attribute as it was written; what is no number is not known
            table[name] = pd.to_numeric(table[name], errors="coerce")
    return frames.AUTHORITIES.check(table)


def headcounts(session: Session, wave: Wave, kept: set[str]) -> pd.DataFrame:
    """The staff numbers of these authorities."""
    rows = [row for row in participation.headcounts(session, wave) if row[0] in kept]
    return frames.HEADCOUNTS.check(pd.DataFrame(rows, columns=list(frames.HEADCOUNTS.columns)))


def responses(session: Session, wave: Wave, asked: Questionnaire, codes: tuple[str, ...]) -> Responses:
    """The sealed answers as columns. Their order is that of random ids, and no figure depends on it."""
    place = {code: position for position, code in enumerate(codes)}
    query = (
        select(Authority.code, Submission.answers, Submission.too_fast)
        .join(Authority, Authority.id == Submission.authority_id)
        .where(Submission.wave_id == wave.id)
        .order_by(Submission.id)
        .execution_options(yield_per=_PAGE)
    )
    places = [(item.code, {option.code: at for at, option in enumerate(item.options)}) for item in asked.scored_items]
    conditional = [(at, item) for at, item in enumerate(asked.scored_items) if item.asked_if is not None]
    area, areas = _group_reader(asked, Role.SERVICE_AREA)
    tier, tiers = _group_reader(asked, Role.TIER)
    took_part = _programmes_reader(asked)
    answers, members, took = array("b"), [], array("b")
    for code, text, too_fast in session.execute(query):
        if code not in place:
            continue
        given = json.loads(text)
        row = [options.get(given.get(item), frames.NOT_ANSWERED) for item, options in places]
        for at, item in conditional:
            if row[at] == frames.NOT_ANSWERED and not item.is_asked(given):
                row[at] = frames.NOT_ASKED
        answers.extend(row)
        members.append((place[code], area(given), tier(given), too_fast))
        took.append(took_part(given))
    columns = np.array(members, dtype=np.int32).reshape(-1, 4)
    return Responses(
        authorities=codes,
        authority=columns[:, 0],
        items=tuple(item for item, _ in places),
        answers=np.frombuffer(answers, dtype=np.int8).reshape(len(columns), len(places)),
        service_areas=areas,
        service_area=columns[:, 1],
        tiers=tiers,
        tier=columns[:, 2],
        too_fast=columns[:, 3].astype(np.bool_),
        took_part=np.frombuffer(took, dtype=np.int8) if asked.role_item(Role.PROGRAMMES) else None,
    )


def _group_reader(
    questionnaire: Questionnaire, role: Role
) -> tuple[Callable[[Mapping[str, object]], int], tuple[str, ...]]:
    item = questionnaire.role_item(role)
    if item is None or item.kind is not Kind.CHOICE:
        return (lambda _: frames.NOT_SAID), ()
    code = item.code
    codes = tuple(option.code for option in item.options if option.missing is None)
    places = {option: position for position, option in enumerate(codes)}
    return (lambda given: places.get(str(given.get(code)), frames.NOT_SAID)), codes


def _programmes_reader(questionnaire: Questionnaire) -> Callable[[Mapping[str, object]], int]:
    """Whether a person took part in any development programme: 1, 0, or not said."""
    item = questionnaire.role_item(Role.PROGRAMMES)
    if item is None:
        return lambda _: frames.NOT_SAID
    code, reader = item.code, programmes.Reader(item)
    return lambda given: reader.read(given.get(code) or ())
