"""Tiers question by question are computed a second time, in small random waves where invariance failed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import second_item_gaps
import second_opinion
import second_say_do
import second_tables
import small_waves
from tables_alone import analysed
from test_assurance_recheck import alike

from reports import item_gaps
from reports.statistics import intervals

WAVES = 200 if os.environ.get("ASSURANCE") == "long" else 8
FILES = {
    "questionnaire": "Q.toml",
    "responses": "R.csv",
    "authorities": "A.csv",
    "headcounts": "H.csv",
    "rules": "F.toml",
}
KEYS = ("authority", "item", "reason")

pytestmark = pytest.mark.assurance


def analyse(folder: Path, audience: str) -> Path:
    (folder / "F.toml").write_text('invariance = "failed"\ninvariance_source = "made up"\n', encoding="utf-8")
    there = {name: folder / file for name, file in FILES.items() if (folder / file).is_file()}
    words = [part for name, path in there.items() for part in (f"--{name}", str(path))]
    out = folder / audience
    analysed(*words, "--audience", audience, "--out", str(out))
    return out


def differences(folder: Path, seed: int) -> Iterator[str]:
    """Every figure of both audiences that is not the one of the second opinion."""
    small_waves.write(folder, seed)
    second_say_do.widen(folder)
    for audience in ("research", "published"):
        case = second_opinion.wave(folder, coarse=audience == "published")
        found = second_opinion.estimates(case)
        expected = second_item_gaps.tables(case, found, second_tables.group_scores(case, found))
        out = analyse(folder, audience)
        for name, rows in expected.items():
            yield from (f"{audience}: {one}" for one in of_table(out / f"{name}.csv", rows, coarse=case.coarse))


def of_table(path: Path, expected: list[second_opinion.Row], *, coarse: bool) -> Iterator[str]:
    rows = second_opinion.table(path)
    if len(rows) != len(expected):
        yield f"{path.name} has {len(rows)} rows, not {len(expected)}"
        return
    for found, wanted in zip(rows, expected, strict=True):
        hidden = coarse and wanted["reason"] is not None
        for column, value in wanted.items():
            right = None if hidden and column not in KEYS else "withheld" if hidden and column == "reason" else value
            if not alike(found[column], right, 3 if coarse and isinstance(right, float) else None):
                yield f"{path.name}, {found}: {column} is {found[column]!r}, not {right!r}"


@pytest.mark.parametrize("first", range(0, WAVES, 8))
def test_every_difference_between_tiers_is_found_a_second_time(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 8):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert list(differences(folder, seed))[:3] == [], f"seed {seed}"


def _one_mind_told(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = property(lambda group: np.zeros(group.n.shape, dtype=np.bool_))
    monkeypatch.setattr(item_gaps._Group, "nearly_alike", nobody)


def _plain_difference_of_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    def added(shares, n_star, **more):
        one, other = (intervals.wilson_interval(p, n, **more) for p, n in zip(shares, n_star, strict=True))
        return one[0] - other[1], one[1] - other[0]

    monkeypatch.setattr(intervals, "newcombe_interval", added)


def _turned_statements_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = item_gaps.scoring.option_scores
    monkeypatch.setattr(
        item_gaps.scoring, "option_scores", lambda item: 100.0 - plain(item) if item.reverse else plain(item)
    )


@pytest.mark.parametrize(
    "plant",
    [_one_mind_told, _plain_difference_of_bounds, _turned_statements_forgotten],
    ids=lambda plant: plant.__name__.strip("_"),
)
def test_a_planted_defect_in_a_difference_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    for seed in range(30):
        folder = tmp_path / str(seed)
        folder.mkdir()
        if any(differences(folder, seed)):
            return
    pytest.fail("The second opinion saw nothing.")
