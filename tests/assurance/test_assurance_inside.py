"""Divergence and gaps of small random waves are computed a second time, in waves large enough to show them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import second_inside
import second_opinion
import second_say_do
import second_tables
import small_waves
from test_assurance_recheck import analyse, of_table

from reports import divergence, gaps
from reports.disclosure.reasons import withheld
from reports.statistics import welch

WAVES = 200 if os.environ.get("ASSURANCE") == "long" else 8

pytestmark = pytest.mark.assurance


def differences(folder: Path, seed: int) -> Iterator[str]:
    """Every figure of both audiences that is not the one of the second opinion."""
    small_waves.write(folder, seed)
    second_say_do.widen(folder)
    for audience in ("research", "published"):
        case = second_opinion.wave(folder, coarse=audience == "published")
        found = second_opinion.estimates(case)
        groups = second_tables.group_scores(case, found)
        expected = second_inside.tables(case, found, groups, second_opinion.reasons(case, found))
        expected = second_tables.unreliable_too(expected, case)
        out = analyse(folder, audience)
        for name, rows in expected.items():
            for row in rows if case.coarse else []:
                second_tables.guard(row)
            yield from (f"{audience}: {one}" for one in of_table(out / f"{name}.csv", rows, coarse=case.coarse))


@pytest.mark.parametrize("first", range(0, WAVES, 8))
def test_every_divergence_and_gap_is_found_a_second_time(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 8):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert list(differences(folder, seed))[:5] == [], f"seed {seed}"


def _hidden_areas_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divergence, "withheld", lambda reasons: np.zeros(reasons.shape, dtype=np.bool_))


def _people_taken_for_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    difference = welch.difference

    def pooled(means, errors, n, **rest):
        return difference(means, (errors[0], errors[0]), (n[0], n[0]), **rest)

    monkeypatch.setattr(welch, "difference", pooled)


def _few_senior_leaders_told(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = gaps.people_reasons

    def without(*given):
        found = reasons(*given)
        found[withheld(found) & np.equal(found, "complement")] = None
        return found

    monkeypatch.setattr(gaps, "people_reasons", without)


def _managers_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps.Tiers, "upper", property(lambda tiers: tiers.senior))


@pytest.mark.parametrize(
    "plant",
    [_hidden_areas_told, _people_taken_for_alike, _few_senior_leaders_told, _managers_left_out],
    ids=lambda plant: plant.__name__.strip("_"),
)
def test_a_planted_defect_inside_an_authority_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    for seed in range(30):
        folder = tmp_path / str(seed)
        folder.mkdir()
        if any(differences(folder, seed)):
            return
    pytest.fail("The second opinion saw nothing.")
