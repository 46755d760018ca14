"""Which service areas and tiers a reader sees listed: never those alone where somebody answered."""

from __future__ import annotations

import pandas as pd

from questionnaires.definition import Questionnaire, Role, Standing

SERVICE_AREA, TIER, ELECTED = "service_area", "tier", "elected"
_ROLES = {SERVICE_AREA: Role.SERVICE_AREA, TIER: Role.TIER, ELECTED: Role.TIER}


def listed(group_scores: pd.DataFrame, questionnaire: Questionnaire, kind: str) -> dict[str, str]:
    """The groups of one kind inside one authority that are listed, in order: their codes, and what each is called.

    `group_scores` are the authority's rows of GROUP_SCORES as published. Where a dimension of any group of the kind
    is shown, every group that the questionnaire offers is listed; else none is. A group that is listed without a
    figure has up to ten answers, or nobody answered, or nobody works there: a reader cannot tell which.

    >>> from reports import example
    >>> row = {"kind": "tier", "group": "manager", "measure": "mindset", "score": 50.0, "reason": None}
    >>> listed(pd.DataFrame([row]), example.questionnaire(), "tier")
    {'frontline': 'Officer', 'manager': 'Manager', 'senior': 'Senior leader'}
    >>> listed(pd.DataFrame([row | {"score": None, "reason": "too_few_people"}]), example.questionnaire(), "tier")
    {}
    """
    dimensions = [one.code for one in questionnaire.dimensions]
    mine = group_scores[(group_scores["kind"] == kind) & group_scores["measure"].isin(dimensions)]
    shown = [str(code) for code in mine.loc[mine["reason"].isna() & mine["score"].notna(), "group"].unique()]
    if not shown:
        return {}
    known = offered(questionnaire, kind)
    return known | {code: code for code in sorted(set(shown) - set(known))}


def missing(group_scores: pd.DataFrame, questionnaire: Questionnaire) -> tuple[str, ...]:
    """The kinds that were asked about and of which nothing is listed.

    >>> from reports import example
    >>> missing(pd.DataFrame(columns=["kind", "group", "measure", "score", "reason"]), example.questionnaire())
    ('tier',)
    """
    return tuple(
        kind
        for kind in (SERVICE_AREA, TIER)
        if questionnaire.role_item(_ROLES[kind]) and not listed(group_scores, questionnaire, kind)
    )


def offered(questionnaire: Questionnaire, kind: str) -> dict[str, str]:
    """What can be answered, by its code; elected members are no tier of the staff, and one group under one code.

    >>> from reports import example
    >>> offered(example.questionnaire(), "elected"), offered(example.questionnaire(), "service_area")
    ({'elected': 'Elected member'}, {})
    """
    item = questionnaire.role_item(_ROLES[kind])
    options = item.options if item else ()
    if kind == ELECTED:
        return {ELECTED: next((str(one.label) for one in options if one.standing is Standing.ELECTED), ELECTED)}
    return {one.code: str(one.label) for one in options if one.standing is not Standing.ELECTED}
