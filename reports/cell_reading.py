"""How a reader sees service areas by tier: the cells that may be shown, each named by both."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from questionnaires.definition import Questionnaire, Role

KIND = "cell"
CAPTION = "Service areas by tier"


def shown(cell_scores: pd.DataFrame, questionnaire: Questionnaire) -> tuple[pd.DataFrame, dict[str, str]]:
    """The cells of one authority with at least one figure, as rows of GROUP_SCORES, and what each is called.

    A cell without figures is not named: which cells are hidden depends on how many answered. They stand in the order
    in which the questionnaire offers service areas, then tiers.
    """
    areas, tiers = (_labels(questionnaire, role) for role in (Role.SERVICE_AREA, Role.TIER))
    found = cell_scores[cell_scores["reason"].isna() & cell_scores["score"].notna()]
    pairs = dict.fromkeys(zip(found["service_area"].astype(str), found["tier"].astype(str), strict=True))
    ordered = sorted(pairs, key=lambda pair: (_place(areas, pair[0]), _place(tiers, pair[1])))
    labels = {f"{area} {tier}": f"{areas.get(area, area)}: {tiers.get(tier, tier)}" for area, tier in ordered}
    named = found["service_area"].astype("string") + " " + found["tier"].astype("string")
    return found.drop(columns=["service_area", "tier"]).assign(kind=KIND, group=named), labels


def _labels(questionnaire: Questionnaire, role: Role) -> dict[str, str]:
    item = questionnaire.role_item(role)
    return {option.code: str(option.label) for option in item.options} if item else {}


def _place(labels: Mapping[str, str], code: str) -> tuple[int, str]:
    return (list(labels).index(code) if code in labels else len(labels), code)
