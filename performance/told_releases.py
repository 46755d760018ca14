"""The audit of authorities: what it costs as the number of releases of a wave doubles, and with everybody's nearest groups."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from reports.disclosure import peer_audit, told_figures
from reports.disclosure.peer_audit import Audit
from reports.disclosure.relations import Whole
from reports.disclosure.told_figures import Shown
from reports.statistics.sums import Floats

SEED = 20261123
RELEASES = (1, 2, 4, 8)
AUTHORITIES, MEASURES, NEIGHBOURS = 120, 4, 16
ALL_AUTHORITIES, ALL_MEASURES = 317, 19
MOST_TIMES = 8.0
"""So many times what one release costs may eight cost, each of which has other scores of two authorities."""
MOST_SECONDS = 120.0
"""Of computing time, for everybody's nearest groups on all measures."""
_SHARES = (0.25, 0.5, 0.75)


def main() -> int:
    """Prints the costs as multiples of one release, and the largest sector as a share of its bound; true if one is broken."""
    seconds = {count: cost(releases(count)) for count in RELEASES}
    for count, (audit, spent) in seconds.items():
        print(f"  {count} releases: {audit.figures} figures, {spent / seconds[1][1]:.1f} times one release")
    whole, spent = cost(releases(1, authorities=ALL_AUTHORITIES, measures=ALL_MEASURES))
    print(f"  {ALL_AUTHORITIES} authorities, {ALL_MEASURES} measures: {whole.figures} figures, {spent / MOST_SECONDS:.2f} of {MOST_SECONDS:.0f} s")  # fmt: skip
    return seconds[RELEASES[-1]][1] > MOST_TIMES * seconds[1][1] or spent > MOST_SECONDS


def cost(told: list[Shown]) -> tuple[Audit, float]:
    """The audit of the newest release against those before it, and its seconds of computing time."""
    begun = time.process_time()
    found = peer_audit.audit(told[0], told[1:])
    return found, time.process_time() - begun


def releases(count: int, *, authorities: int = AUTHORITIES, measures: int = MEASURES) -> list[Shown]:
    """A made-up sector told so many times, newest first: each time two authorities have other scores."""
    rng = np.random.default_rng(SEED)
    groups = _groups(rng.normal(size=(authorities, 6)), rng.integers(0, 9, authorities).astype(np.float64))
    scores = np.clip(55.0 + rng.normal(0.0, 5.0, (authorities, measures)), 0.0, 100.0)
    told = [_shown(groups, scores)]
    for _ in range(count - 1):
        scores = scores.copy()
        scores[rng.choice(authorities, 2, replace=False)] += rng.normal(0.0, 1.5, (2, measures))
        told.insert(0, _shown(groups, scores.clip(0.0, 100.0)))
    return told


def _groups(place: Floats, region: Floats) -> dict[str, list[int]]:
    """All, nine regions, and everybody with the fifteen that are most like them."""
    near = ((place[:, np.newaxis] - place) ** 2).sum(axis=2).argsort(axis=1, kind="stable")[:, :NEIGHBOURS]
    regions = {f"region:{one}": np.flatnonzero(region == one).tolist() for one in np.unique(region).tolist()}
    return {"all": list(range(len(place))), **regions, **{f"nearest:{at}": row.tolist() for at, row in enumerate(near)}}


def _shown(groups: dict[str, list[int]], scores: Floats) -> Shown:
    codes = [f"A{at:03d}" for at in range(len(scores))]
    own, figures = [], []
    for measure, values in enumerate(scores.T):
        own.append(pd.DataFrame({"authority": codes, "measure": f"m{measure}", "n": 60, "score": values}))
        for name, members in groups.items():
            if len(members) >= told_figures.DEFAULTS.minimum_authorities_quartiles:
                figures.append((name, f"m{measure}", len(members), *np.quantile(values[members], _SHARES)))
    columns = ["peer_group", "measure", "n", "lower_quartile", "median", "upper_quartile"]
    menu = [(name, codes[at]) for name, members in groups.items() for at in members]
    mean = pd.DataFrame({"measure": pd.Series([], dtype=str), "score": pd.Series([], dtype=float)})
    return Shown(
        "made up", pd.DataFrame(menu, columns=["peer_group", "authority"]), pd.concat(own, ignore_index=True),
        pd.DataFrame(figures, columns=columns), mean, wholes=_wholes(scores.shape[1]),
    )  # fmt: skip


def _wholes(measures: int) -> tuple[Whole, ...]:
    """The first measure as the mean of the next four, so that measures are put together as those of a questionnaire are."""
    parts = tuple(f"m{at}" for at in range(1, min(measures, 5)))
    return (Whole("m0", parts, (1.0 / len(parts),) * len(parts)),)
