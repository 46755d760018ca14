"""What is read of tiers compared question by question: plain rows, and the sentence about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Item, Questionnaire
from reports.profile import number
from reports.wording import BASE_LANGUAGE, text


@dataclass(frozen=True, slots=True)
class ItemGap:
    """One question that may be shown: how many of the upper and of the lower tier answered, and which share agrees.

    Shares and the `gap` between them with its bounds are 0 to 1. Over all authorities only the gap is known, and
    `authorities` says how many they are. `upper_name` is a word for the key of a group. `turned` marks a statement that
    is turned round: who disagrees with it counts as agreeing.
    """

    title: str
    turned: bool
    upper_name: str
    n_upper: int
    n_lower: int
    share_upper: float | None
    share_lower: float | None
    gap: float
    lower: float | None
    upper: float | None
    authorities: int | None


def rows(frame: pd.DataFrame, questionnaire: Questionnaire) -> tuple[ItemGap, ...]:
    """The questions of TIER_ITEM_GAPS (one authority's rows) or SECTOR_ITEM_GAPS that may be shown, in their order."""
    shown = {str(row["item"]): row for row in frame[frame["reason"].isna()].to_dict("records")}
    found = [(item, shown[item.code]) for item in questionnaire.scored_items if item.code in shown]
    return tuple(one for item, row in found if (one := _item_gap(item, row)) is not None)


def sentence(found: Sequence[ItemGap], language: str = BASE_LANGUAGE) -> str:
    """On how many questions more of the upper tier agree, and on how many fewer; what chance can do stands beside the table."""
    said = []
    for upper in dict.fromkeys(one.upper_name for one in found):
        gaps = [one.gap for one in found if one.upper_name == upper]
        counts = {"all": len(gaps), "more": sum(gap > 0 for gap in gaps), "fewer": sum(gap < 0 for gap in gaps)}
        words = {key: str(count) for key, count in counts.items()}
        said.append(text("item_gap.sentence", language, upper=text(f"gap_group.{upper}", language), **words))
    return " ".join(said)


def _item_gap(item: Item, row: Mapping[object, object]) -> ItemGap | None:
    gap, n_upper, n_lower = (number(row.get(name)) for name in ("gap", "n_upper", "n_lower"))
    if gap is None or n_upper is None or n_lower is None:
        return None
    share_upper, share_lower, lower, upper, authorities = (
        number(row.get(name)) for name in ("share_upper", "share_lower", "lower", "upper", "authorities")
    )
    return ItemGap(
        title=str(item.text),
        turned=item.reverse,
        upper_name="together" if row.get("with_managers") is True else "senior",
        n_upper=int(n_upper),
        n_lower=int(n_lower),
        share_upper=share_upper,
        share_lower=share_lower,
        gap=gap,
        lower=lower,
        upper=upper,
        authorities=None if authorities is None else int(authorities),
    )
