"""A picture tells no number more exactly than the words beside it."""

from __future__ import annotations

import pandas as pd
import pytest

from reports import narrative
from reports.charts import dots, radar, small_multiples
from reports.frames import PROFILE

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
