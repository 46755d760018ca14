"""Pictures: how many radars and dots are drawn while a plain pyplot polar chart of the same numbers is drawn once."""

from __future__ import annotations

import gzip
import io
import math
import time
from collections.abc import Callable

import matplotlib as mpl
import pandas as pd
from matplotlib import pyplot as plt

from reports import narrative
from reports.charts.dots import dots
from reports.charts.radar import radar
from reports.frames import PROFILE

FEWEST_TIMES_AS_MANY = 8
ROUNDS = 12
ROWS = [
    ("mindset", "Digital mindset", 62.0, 57.0, 67.0, 84, 131, 56.0, 51.0, 61.0, 23, "ABOVE"),
    ("agile", "Agile adoption", 48.0, 43.0, 53.0, 84, 131, 50.0, 46.0, 55.0, 23, "SIMILAR"),
    ("silos", "Working across silos", 55.0, 49.0, 61.0, 84, 131, 52.0, 47.0, 57.0, 23, "SIMILAR"),
    ("leadership", "Distributed leadership", 41.0, 36.0, 46.0, 84, 131, 50.0, 45.0, 55.0, 23, "BELOW"),
]


def main() -> int:
    mpl.use("svg")
    profile = PROFILE.check(pd.DataFrame([(*row, True, "", 0.6) for row in ROWS], columns=list(PROFILE.columns)))
    caption = narrative.caption(profile, name="Northmoor", peer_group="type:unitary", release="2026.1")
    ours: dict[str, Callable[[], bytes]] = {
        "radar": lambda: radar(profile, caption),
        "dots": lambda: dots(profile, caption),
        "radar, narrow": lambda: radar(profile, caption, size="narrow"),
    }
    yardstick = pyplot_polar(profile)
    broken = 0
    for name, draw in ours.items():
        ratio = side_by_side(lambda: pyplot_polar(profile), draw)
        size = len(gzip.compress(draw())) / len(gzip.compress(yardstick))
        print(
            f"  {name}: {ratio:.0f} pictures for one; {size:.2f} of its size compressed (bound: {FEWEST_TIMES_AS_MANY})"
        )
        broken += ratio < FEWEST_TIMES_AS_MANY
    return broken


def side_by_side(slow: Callable[[], bytes], fast: Callable[[], bytes]) -> float:
    """The middle of the ratios of rounds in which both are timed one after the other, after one round unmeasured."""
    ratios = [seconds(slow, 1) / seconds(fast, 10) for _ in range(ROUNDS + 1)]
    return sorted(ratios[1:])[ROUNDS // 2]


def seconds(draw: Callable[[], bytes], times: int) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        draw()
    return (time.perf_counter() - begin) / times


def pyplot_polar(profile: pd.DataFrame) -> bytes:
    """The radar as most tutorials draw it: a new pyplot figure with polar axes, saved as SVG with text as paths."""
    angles = [2 * math.pi * place / len(profile) for place in range(len(profile))]
    figure, axes = plt.subplots(subplot_kw={"projection": "polar"})
    for column, dashes in (("score", "-"), ("median", "--")):
        scores = profile[column].astype(float).tolist()
        axes.plot([*angles, angles[0]], [*scores, scores[0]], dashes)
    axes.set_xticks(angles, profile["title"].tolist())
    axes.set_ylim(0, 100)
    axes.set_title("Northmoor and its peers")
    out = io.BytesIO()
    figure.savefig(out, format="svg")
    plt.close(figure)
    return out.getvalue()
