"""What is read of all authorities at once, for the research team: panels of bars and of points, none of them named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import narrative
from reports.funnel import INNER, OUTER, Funnel
from reports.narrative import Caption, Foot, in_sentence
from reports.profile import number
from reports.wording import enumeration, percent, text, whole


@dataclass(frozen=True, slots=True)
class Bars:
    """One panel of a caterpillar, from the lowest score to the highest: score, lower and upper end of each bar."""

    measure: str
    title: str
    bars: tuple[tuple[float, float, float], ...]
    middle: float | None
    pairs: int
    apart: float | None
    mistaken: float | None


@dataclass(frozen=True, slots=True)
class Points:
    """One panel of a funnel: (effective answers, score, widest limit that it lies beyond) of each authority.

    `limits` are (effective answers, lower outer, lower inner, centre, upper inner, upper outer) from few answers to many.
    """

    measure: str
    title: str
    points: tuple[tuple[float, ...], ...]
    limits: tuple[tuple[float, ...], ...]

    def outside(self, limit: float) -> int:
        """How many authorities lie beyond a limit."""
        return sum(beyond >= limit for _, _, beyond in self.points)


def bars(intervals: pd.DataFrame, pairs: pd.DataFrame, questionnaire: Questionnaire) -> tuple[Bars, ...]:
    """The dimensions from COMPARISON_INTERVALS and COMPARISON_PAIRS, in file order; those without a bar are left out."""
    known = {str(row["measure"]): row for row in pairs.to_dict("records")}
    found = []
    for one in questionnaire.dimensions:
        mine = intervals[intervals["measure"] == one.code]
        if len(mine):
            row = known[one.code]
            ends = tuple(zip(*(mine[name].astype(float).tolist() for name in ("score", "lower", "upper")), strict=True))
            told = [number(row[name]) for name in ("middle", "apart", "mistaken")]
            found.append(Bars(one.code, str(one.title), ends, told[0], int(row["pairs"]), told[1], told[2]))
    return tuple(found)


def by_type(
    intervals: pd.DataFrame, authorities: pd.DataFrame | None, questionnaire: Questionnaire
) -> dict[str, tuple[Bars, ...]]:
    """The same for each type of authority that has bars, by the type's words; nothing where there is only one."""
    if authorities is None or "type" not in authorities:
        return {}
    kind = authorities.dropna(subset=["type"]).set_index("code")["type"]
    types = intervals["authority"].map(kind)
    blank = pd.DataFrame({"measure": pd.unique(intervals["measure"]), "middle": None, "apart": None, "mistaken": None})
    found = {
        narrative.first_upper(narrative.group_label(f"type:{one}")): bars(
            intervals[(types == one).fillna(value=False)], blank.assign(pairs=0), questionnaire
        )
        for one in sorted(types.dropna().unique())
    }
    return found if len(found) > 1 else {}


def points(found: Funnel, questionnaire: Questionnaire) -> tuple[Points, ...]:
    """The dimensions from a funnel, in file order; those without limits are left out."""
    panels = []
    for one in questionnaire.dimensions:
        mine, limits = (frame[frame["measure"] == one.code] for frame in (found.points, found.limits))
        if len(mine):
            lines = ("n_effective", "lower_outer", "lower_inner", "centre", "upper_inner", "upper_outer")
            panels.append(
                Points(
                    one.code,
                    str(one.title),
                    _tuples(mine, ("n_effective", "score", "outside")),
                    _tuples(limits, lines),
                )
            )
    return tuple(panels)


def caterpillar_caption(panels: Sequence[Bars], foot: Foot) -> Caption:
    """The words of a caterpillar; its sentence is also the alternative text."""
    return _caption("caterpillar", caterpillar_sentence(panels), foot)


def types_caption(groups: Mapping[str, Sequence[Bars]], foot: Foot) -> Caption:
    """The words of the caterpillars of each type."""
    parts = [f"{name}: {caterpillar_sentence(panels)}" for name, panels in groups.items()]
    return _caption("caterpillar_types", " ".join(parts), foot)


def funnel_caption(panels: Sequence[Points], foot: Foot) -> Caption:
    """The words of a funnel; its sentence is also the alternative text."""
    return _caption("funnel", funnel_sentence(panels), foot)


def caterpillar_sentence(panels: Sequence[Bars]) -> str:
    """From where to where the scores go on each dimension, and how many pairs can be told apart."""
    parts = []
    for one in panels:
        low, high = whole(one.bars[0][0]), whole(one.bars[-1][0])
        key = "places.bars" if one.apart is None else "places.bars_apart"
        apart = "" if one.apart is None else percent(one.apart)
        parts.append(text(key, measure=in_sentence(one.title), n=len(one.bars), low=low, high=high, apart=apart))
    return text("places.caterpillar_sentence", measures=enumeration(parts)) if parts else text("places.none")


def funnel_sentence(panels: Sequence[Points]) -> str:
    """How many authorities lie beyond the limits on each dimension, and how many chance would put there."""
    parts = [
        text(
            "places.points",
            measure=in_sentence(one.title),
            n=len(one.points),
            inner=one.outside(INNER),
            outer=one.outside(OUTER),
            expected=whole((1.0 - INNER) * len(one.points)),
        )
        for one in panels
    ]
    return " ".join(narrative.first_upper(one) for one in parts) if parts else text("places.none")


def _caption(key: str, sentence: str, foot: Foot) -> Caption:
    line = (text(f"places.{key}_line"), text("places.research_only"), foot.line)
    return Caption(
        heading=text(f"places.{key}"),
        sentence=sentence,
        own=text("places.own"),
        peers=text("picture.own_sector_plain"),
        line=" ".join(line).strip(),
        demonstration=foot.demonstration,
    )


def _tuples(frame: pd.DataFrame, names: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    return tuple(zip(*(frame[name].astype(float).tolist() for name in names), strict=True))
