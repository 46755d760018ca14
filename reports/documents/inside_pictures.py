"""Pictures of what is found inside authorities, each with its words and, where no other table has them, its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import area_reading, area_shrinkage, difference_reading, inside_reading, sector_inside
from reports.area_reading import Areas
from reports.charts import areas as areas_chart
from reports.charts import differences
from reports.charts.style import Size
from reports.documents.cells import Table
from reports.documents.inside_tables import AREAS, ELECTED, TIERS
from reports.narrative import Caption, Foot
from reports.wording import text, whole

KINDS = (AREAS, TIERS, ELECTED)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture: `draw` makes it as wide as it is wanted, `table` has its figures where no other table has them."""

    kind: str
    caption: Caption
    draw: Callable[[Size], bytes]
    table: Table | None = None


def drawn(
    frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, *, code: str, name: str, foot: Foot
) -> dict[str, Drawn]:
    """The pictures of one authority by their kind, from the published frames; a kind without anything to show is left out."""
    seen = inside_reading.inside(frames, questionnaire, authority=code)
    found = [_areas(frames, questionnaire, code, name, foot)] if seen.spreads else []
    for kind, gaps in ((TIERS, seen.tiers), (ELECTED, seen.elected)):
        if gaps:
            made = difference_reading.of_gaps(gaps, foot)
            found.append(Drawn(kind, made.caption, partial(_differences, made)))
    return {one.kind: one for one in found if one is not None}


def of_the_sector(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, *, foot: Foot) -> tuple[Drawn, ...]:
    """How divergences and gaps are spread over the authorities: a picture for each kind that may be shown."""
    if "sector_inside" not in frames or "sector_tier_gaps" not in frames:
        return ()
    made = (
        (kind, difference_reading.of_the_sector(frames["sector_inside"], pooled, questionnaire, kind=kind, foot=foot))
        for kind, pooled in (
            (sector_inside.DIVERGENCE, None),
            (sector_inside.TIER_GAP, frames["sector_tier_gaps"]),
            (sector_inside.TOGETHER, None),
            (sector_inside.ELECTED, None),
        )
    )
    return tuple(
        Drawn(kind.replace("_", "-"), one.caption, partial(_differences, one)) for kind, one in made if one is not None
    )


def _areas(
    frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, code: str, name: str, foot: Foot
) -> Drawn | None:
    if "group_scores" not in frames:
        return None
    mine = (frames[one][frames[one]["authority"] == code] for one in ("group_scores", "divergence", "scores"))
    shown = area_reading.areas(area_shrinkage.areas(*mine), questionnaire, authority=code)
    if not shown.titles:
        return None
    caption = area_reading.caption(shown, name, foot)
    return Drawn(AREAS, caption, partial(_drawn_areas, shown, caption), _table(shown, name))


def _table(shown: Areas, name: str) -> Table:
    body = tuple(
        (title, *(area_reading.cell(panel.areas[place]) for panel in shown.panels))
        for place, title in enumerate(shown.titles)
    )
    own = (text("note.not_shown") if one.authority is None else whole(one.authority) for one in shown.panels)
    headings = ("", *(one.title for one in shown.panels))
    return Table("Service areas drawn towards the authority’s score", headings, (*body, (name, *own)))


def _drawn_areas(shown: Areas, caption: Caption, size: Size) -> bytes:
    return areas_chart.areas(shown, caption, size=size)


def _differences(shown: difference_reading.Differences, size: Size) -> bytes:
    return differences.differences(shown, size=size)
