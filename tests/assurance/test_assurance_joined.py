"""Measures put together tell nobody's score: an overall is the mean of its dimensions; planted defects are caught (T14)."""

from __future__ import annotations

import dataclasses
import os

import numpy as np
import pandas as pd
import pytest
from attack_joined import Figure, JoinedAttack, Mean

from reports.disclosure import peer_audit
from reports.disclosure.relations import Whole
from reports.disclosure.told_figures import Shown

LONG = os.environ.get("ASSURANCE") == "long"
SEEDS = range(30) if LONG else range(1)
MEASURES = ("overall", "a", "b")
SHARES = (0.25, 0.5, 0.75)

Scores = dict[str, np.ndarray]
Menu = dict[str, list[int]]


def shown(truth: Scores, menu: Menu, named: frozenset[str] = frozenset()) -> Shown:
    codes = [f"A{place}" for place in range(len(truth["a"]))]
    rows = [
        (name, measure, len(members), *np.quantile(truth[measure][members], SHARES))
        for name, members in menu.items()
        for measure in MEASURES
    ]
    scores = [pd.DataFrame({"authority": codes, "measure": m, "n": 60, "score": truth[m]}) for m in MEASURES]
    return Shown(
        "2026.1",
        pd.DataFrame([(name, codes[at]) for name, some in menu.items() for at in some], columns=["peer_group", "authority"]),
        pd.concat(scores, ignore_index=True),
        pd.DataFrame(rows, columns=["peer_group", "measure", "n", "lower_quartile", "median", "upper_quartile"]),
        pd.DataFrame({"measure": pd.Series([], dtype=str), "score": pd.Series([], dtype=float)}),
        named,
        wholes=(Whole("overall", ("a", "b"), (0.5, 0.5)),),
    )  # fmt: skip


def attack(truth: Scores, menu: Menu, known: set[int], gone: frozenset[tuple[str, str]] = frozenset()) -> JoinedAttack:
    codes = [f"A{place}" for place in range(len(truth["a"]))]
    apart = truth["overall"] - (truth["a"] + truth["b"]) / 2
    figures = [
        Figure(measure, tuple(codes[at] for at in some), share, float(round(np.quantile(truth[measure][some], share))))
        for name, some in menu.items()
        for measure in MEASURES
        if (name, measure) not in gone
        for share in SHARES
    ]
    return JoinedAttack(
        codes,
        MEASURES,
        [Mean("overall", {"a": 0.5, "b": 0.5}, dict(zip(codes, apart.tolist(), strict=True)))],
        {(codes[at], measure): float(truth[measure][at]) for at in known for measure in MEASURES},
        figures,
    )


def six() -> tuple[Scores, Menu]:
    """A0 between five that are named, and known. Each measure leaves it more than ten points; 45 = (47 + 43) / 2.

    Of the overall the median is 37.5, told as 38, and the upper quartile 48: A0 lies between 37.5 and 48.5. Of a it
    lies between 41.5 and 54.5, of b between 37.5 and 49.5, so that their mean is at least 39.5.
    """
    truth = {
        "overall": np.array([45.0, 10.0, 22.0, 30.0, 49.0, 49.0]),
        "a": np.array([47.0, 20.0, 30.0, 38.0, 56.0, 56.0]),
        "b": np.array([43.0, 15.0, 25.0, 33.0, 51.0, 51.0]),
    }
    return truth, {"six": [0, 1, 2, 3, 4, 5]}


def sector(seed: int) -> tuple[Scores, Menu]:
    """Eight authorities in six groups of three to five, with one in ten points of the overall moved by skipped questions."""
    draw = np.random.default_rng(seed)
    a, b = (np.clip(draw.normal(55.0, 12.0, 8), 0.0, 100.0) for _ in range(2))
    truth = {"overall": (a + b) / 2 + draw.normal(0.0, 0.5, 8), "a": a, "b": b}
    return truth, {f"g{at}": sorted(draw.choice(8, draw.integers(3, 6), replace=False).tolist()) for at in range(6)}


def test_planted_measures_looked_at_one_by_one_miss_what_they_tell_together() -> None:
    truth, menu = six()
    named = frozenset(f"A{place}" for place in range(1, 6))
    one_by_one = dataclasses.replace(shown(truth, menu, named), wholes=())
    assert peer_audit.audit(one_by_one).dropped == frozenset()
    attacker = attack(truth, menu, known={1, 2, 3, 4, 5})
    assert attacker.pinned(together=False) == []
    assert attacker.pinned(together=True) == [("A0", "overall")]
    low, high = attacker.interval("A0", "overall", together=True)
    assert (low, high) == (pytest.approx(39.5), pytest.approx(48.5))


def test_the_guard_drops_the_group_that_measures_together_need() -> None:
    truth, menu = six()
    found = peer_audit.audit(shown(truth, menu, frozenset(f"A{place}" for place in range(1, 6))))
    assert found.dropped == {("six", "overall")}
    assert found.pinned == ()
    assert attack(truth, menu, {1, 2, 3, 4, 5}, found.dropped).pinned(together=True) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_after_the_guard_nobody_is_pinned_by_all_measures_of_a_small_sector(seed: int) -> None:
    truth, menu = sector(seed)
    found = peer_audit.audit(shown(truth, menu))
    assert found.pinned == ()
    (own, _) = peer_audit.coalitions([f"A{place}" for place in range(8)])
    known = {int(code[1:]) for code in own}
    assert attack(truth, menu, known, found.dropped).pinned(together=True) == []


def test_without_the_guard_the_equations_tell_more_than_each_measure() -> None:
    """Else the comparison above would compare nothing."""
    alone, together = 0, 0
    for seed in range(8) if LONG else (5,):
        attacker = attack(*sector(seed), known=set())
        alone += len(attacker.pinned(together=False))
        together += len(attacker.pinned(together=True))
    assert together > alone > 0
