"""A picture tells no number more exactly than the words beside it."""

from __future__ import annotations

import pandas as pd
import pytest

from reports import difference_reading, narrative
from reports.area_reading import Area, Areas, Panel
from reports.charts import areas, differences, dots, radar, small_multiples
from reports.frames import PROFILE
from reports.inside_reading import Gap
from reports.narrative import Foot

COLUMNS = ("score", "lower", "upper", "median", "lower_quartile", "upper_quartile")
CODES = ("mindset", "agile", "silos", "leadership")


def profile(shift: float) -> pd.DataFrame:
    """Four measures at whole numbers, all of them moved by less than half a point."""
    rows = [
        dict.fromkeys(PROFILE.columns)
        | {"measure": code, "title": code.title(), "n": 40, "benchmark_n": 20, "verdict": narrative.SIMILAR}
        | {name: 30.0 + 10 * place + at + shift for at, name in enumerate(COLUMNS)}
        for place, code in enumerate(CODES)
    ]
    return PROFILE.check(pd.DataFrame.from_records(rows, columns=list(PROFILE.columns)))


@pytest.mark.parametrize("draw", [dots.dots, radar.radar])
def test_profiles_that_print_the_same_are_drawn_the_same(draw) -> None:
    caption = narrative.caption(profile(0.0), name="Exeborough", peer_group="all", release="2026.1", method="1")
    pictures = {draw(profile(shift), caption) for shift in (0.0, 0.25, -0.5, 0.4999)}
    assert len(pictures) == 1
    assert draw(profile(0.5), caption) not in pictures  # one more in every figure that is printed


def test_groups_that_print_the_same_are_drawn_the_same() -> None:
    caption = narrative.multiples_caption({"districts": profile(0.0)}, release="2026.1", method="1")
    pictures = {small_multiples.small_multiples({"districts": profile(one)}, caption) for one in (0.0, 0.25, -0.5)}
    assert len(pictures) == 1


def test_gaps_that_print_the_same_are_drawn_the_same() -> None:
    foot = Foot("2026.1", "1", demonstration=True)
    pictures = set()
    for shift in (0.0, 0.25, -0.49):
        gap = Gap("agile", "Agile adoption", "senior", "frontline", 8 + shift, 2 + shift, 15 + shift, 20, 80, "ABOVE")
        pictures.add(differences.differences(difference_reading.of_gaps([gap], foot)))
    assert len(pictures) == 1


def test_service_areas_that_print_the_same_are_drawn_the_same() -> None:
    caption = narrative.caption(profile(0.0), name="Exeborough", peer_group="all", release="2026.1", method="1")
    pictures = set()
    for shift in (0.0, 0.25, -0.49):
        area = Area(48 + shift, 50 + shift, 40 + shift, 60 + shift)
        panel = Panel("agile", "Agile adoption", 55 + shift, (area,))
        pictures.add(areas.areas(Areas(("Housing",), (panel,)), caption))
    assert len(pictures) == 1
