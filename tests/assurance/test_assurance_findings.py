"""Don't know, the leadership profile and people of programmes of small random waves are computed a second time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import second_findings
import second_opinion
import second_say_do
import second_tables
import small_waves
from test_assurance_recheck import alike, analyse

from reports import dont_know, leadership, programmes
from reports.disclosure.reasons import withheld
from reports.statistics import ratios

WAVES = 200 if os.environ.get("ASSURANCE") == "long" else 8

pytestmark = pytest.mark.assurance


def differences(folder: Path, seed: int) -> Iterator[str]:
    """Every figure of both audiences that is not the one of the second opinion."""
    small_waves.write(folder, seed)
    second_findings.enrich(folder, seed)
    second_say_do.widen(folder)
    for audience in ("research", "published"):
        case = second_opinion.wave(folder, coarse=audience == "published")
        expected = second_findings.tables(case, folder)
        second_tables.unreliable_too({"sector_programmes": expected["sector_programmes"]}, case)
        out = analyse(folder, audience)
        for name, rows in expected.items():
            for row in rows:
                row.pop("_people", None)
                if case.coarse:
                    second_findings.guard(row)
            written = second_tables.named(rows) if case.coarse and name == "dont_know" else rows
            yield from (f"{audience}: {one}" for one in of_table(out / f"{name}.csv", written, coarse=case.coarse))


def of_table(path: Path, expected: list[second_opinion.Row], *, coarse: bool) -> Iterator[str]:
    rows = second_opinion.table(path)
    if len(rows) != len(expected):
        yield f"{path.name} has {len(rows)} rows, not {len(expected)}"
        return
    shares = "share" in expected[0] if expected else False
    for found, wanted in zip(rows, expected, strict=True):
        for column, value in wanted.items():
            places = second_tables.decimals("items" if shares else path.stem, column) if coarse else None
            if not alike(found[column], value, places):
                yield f"{path.name}, {list(wanted.items())[:4]}: {column} is {found[column]!r}, not {value!r}"


@pytest.mark.parametrize("first", range(0, WAVES, 8))
def test_every_finding_beside_the_scores_is_found_a_second_time(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 8):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert list(differences(folder, seed))[:5] == [], f"seed {seed}"


def _hidden_cells_pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    def everybody(table, *_):
        return table.people > 0

    monkeypatch.setattr(dont_know, "_pool", everybody)


def _answers_taken_for_independent(monkeypatch: pytest.MonkeyPatch) -> None:
    def all_of_them(_, most, **rest):
        return most

    monkeypatch.setattr(ratios, "effective_answers", all_of_them)


def _tiers_thrown_together(monkeypatch: pytest.MonkeyPatch) -> None:
    pooled = programmes.pooled

    def over_tiers(n, mean):
        some, people = np.where(n > 0, mean, 0.0), np.maximum(n.sum(axis=2, keepdims=True), 1)
        return pooled(n.sum(axis=2, keepdims=True), (n * some).sum(axis=2, keepdims=True) / people)

    monkeypatch.setattr(programmes, "pooled", over_tiers)


def _turned_statements_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = leadership.scoring.option_scores
    monkeypatch.setattr(
        leadership.scoring, "option_scores", lambda item: 100.0 - plain(item) if item.reverse else plain(item)
    )


def _complement_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = dont_know._own_reasons

    def without(*given):
        found = reasons(*given)
        found[withheld(found) & np.equal(found, "complement")] = None
        return found

    monkeypatch.setattr(dont_know, "_own_reasons", without)


@pytest.mark.parametrize(
    "plant",
    [
        _hidden_cells_pooled,
        _answers_taken_for_independent,
        _tiers_thrown_together,
        _turned_statements_forgotten,
        _complement_forgotten,
    ],
    ids=lambda plant: plant.__name__.strip("_"),
)
def test_a_planted_defect_in_a_finding_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    for seed in range(30):
        folder = tmp_path / str(seed)
        folder.mkdir()
        if any(differences(folder, seed)):
            return
    pytest.fail("The second opinion saw nothing.")
