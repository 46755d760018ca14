"""Pictures of every authority at once, without names, and their figures: for the research team and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import comparison_intervals, places_reading
from reports import funnel as funnels
from reports.charts import caterpillar, funnel
from reports.charts.style import Size
from reports.documents.cells import Table
from reports.documents.imprint import Imprint
from reports.narrative import Caption, Foot
from reports.places_reading import Bars, Points
from reports.rules import Rules
from reports.wording import percent, text, whole

CATERPILLAR, TYPES, FUNNEL = "caterpillar", "types", "funnel"
KINDS = (CATERPILLAR, TYPES, FUNNEL)


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture: its words, its figures, and `draw`, which makes it as wide as it is wanted."""

    kind: str
    caption: Caption
    draw: Callable[[Size], bytes]
    table: Table | None = None


def shown(
    scores: pd.DataFrame,
    agreement: pd.DataFrame,
    authorities: pd.DataFrame | None,
    questionnaire: Questionnaire,
    *,
    rules: Rules,
    imprint: Imprint,
) -> tuple[Shown, ...]:
    """The pictures that can be drawn, from SCORES and AGREEMENT; `authorities` (AUTHORITIES) says of which type each is.

    Dimensions on which authorities do not differ detectably (the interval of ICC(1) does not leave out 0) are left out:
    there, no two are compared (methodology 4). Only scores that may be shown are drawn, for whichever audience.
    """
    differ = agreement.loc[(agreement["icc1_lower"] > 0.0).fillna(value=False), "measure"]
    compared = scores[scores["measure"].isin(differ)]
    intervals = comparison_intervals.intervals(compared)
    pairs = comparison_intervals.pairs(intervals)
    bars = places_reading.bars(intervals, pairs, questionnaire)
    groups = places_reading.by_type(intervals, authorities, questionnaire)
    points = places_reading.points(funnels.funnel(compared, agreement, rules), questionnaire)
    foot = Foot(imprint.release, imprint.method, imprint.demonstration)
    found = []
    if bars:
        words = places_reading.caterpillar_caption(bars, foot)
        found.append(Shown(CATERPILLAR, words, partial(_drawn, caterpillar.caterpillar, bars, words), _pairs(bars)))
    if groups:
        words = places_reading.types_caption(groups, foot)
        found.append(Shown(TYPES, words, partial(_drawn, caterpillar.by_type, groups, words), _types(groups)))
    if points:
        words = places_reading.funnel_caption(points, foot)
        found.append(Shown(FUNNEL, words, partial(_drawn, funnel.funnel, points, words), _limits(points)))
    return tuple(found)


def _drawn(draw: Callable[..., bytes], panels: object, caption: Caption, size: Size) -> bytes:
    return draw(panels, caption, size=size)


def _pairs(found: Sequence[Bars]) -> Table:
    hidden = text("note.not_shown")
    body = tuple(
        (
            one.title,
            str(len(one.bars)),
            whole(one.bars[0][0]),
            hidden if one.middle is None else whole(one.middle),
            whole(one.bars[-1][0]),
            hidden if one.apart is None else percent(one.apart),
            hidden if one.mistaken is None else percent(one.mistaken),
        )
        for one in found
    )
    headings = ("", "Authorities", "Lowest", "Middle", "Highest", "Pairs that differ", "Alike, and yet apart by chance")
    return Table("Pairs of authorities", headings, body)


def _types(groups: Mapping[str, Sequence[Bars]]) -> Table:
    """From where to where the scores of each type go, and in brackets how many authorities have one."""
    measures = list(dict.fromkeys((one.measure, one.title) for found in groups.values() for one in found))
    spans = {(name, one.measure): _span(one) for name, found in groups.items() for one in found}
    hidden = text("note.not_shown")
    body = tuple((name, *(spans.get((name, measure), hidden) for measure, _ in measures)) for name in groups)
    return Table(
        "Lowest and highest of each type, and how many authorities in brackets",
        ("", *(title for _, title in measures)),
        body,
    )


def _span(one: Bars) -> str:
    ends = text("answered.range", low=whole(one.bars[0][0]), high=whole(one.bars[-1][0]))
    return f"{ends} ({len(one.bars)})"


def _limits(found: Sequence[Points]) -> Table:
    body = tuple(
        (
            one.title,
            str(len(one.points)),
            whole(one.limits[0][3]),
            str(one.outside(funnels.INNER)),
            f"{(1.0 - funnels.INNER) * len(one.points):.1f}",
            str(one.outside(funnels.OUTER)),
            f"{(1.0 - funnels.OUTER) * len(one.points):.1f}",
        )
        for one in found
    )
    inner, outer = "Beyond 95\u00a0%", "Beyond 99.8\u00a0%"
    headings = ("", "Authorities", "Mean", inner, "Expected", outer, "Expected")
    return Table("Beyond the limits", headings, body)
