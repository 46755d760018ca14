"""Every number of say_do.csv of small random waves is computed a second time and must be the same."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import second_opinion
import second_say_do
import second_tables
import small_waves
from tables_alone import analysed
from test_assurance_recheck import alike

from reports import estimation, say_do
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason

WAVES = 200 if os.environ.get("ASSURANCE") == "long" else 10
DECIMALS = {"p_adjusted": 3, "median_gap": 0, "n": None, "themes": None}

pytestmark = pytest.mark.assurance


def analyse(folder: Path, audience: str) -> list[dict[str, str]]:
    words = ["--questionnaire", str(folder / "Q.toml"), "--questionnaire", str(folder / "SELF.toml")]
    words += ["--assessments", str(folder / "S.csv"), "--responses", str(folder / "R.csv")]
    for option, name in (("--authorities", "A.csv"), ("--headcounts", "H.csv")):
        words += [option, str(folder / name)] if (folder / name).is_file() else []
    out = folder / audience
    analysed(*words, "--audience", audience, "--out", str(out))
    with (out / "say_do.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differences(folder: Path, seed: int) -> Iterator[str]:
    """Every figure of both audiences that is not the one of the second opinion."""
    small_waves.write(folder, seed)
    if seed % 2:
        second_say_do.widen(folder)
    second_say_do.write(folder, second_opinion.wave(folder), seed)
    for audience in ("research", "published"):
        coarse = audience == "published"
        wave = second_opinion.wave(folder, coarse=coarse)
        expected = second_tables.late({"say_do": second_say_do.rows(wave, second_say_do.said(folder))}, wave)["say_do"]
        expected = second_say_do.published(expected) if coarse else expected
        for found, wanted in zip(analyse(folder, audience), expected, strict=True):
            for column, value in wanted.items():
                places = DECIMALS.get(column, 1) if coarse else None
                if not alike(found[column], value, places):
                    yield f"{audience} {wanted['authority']} {wanted['measure']} {column}: {found[column]!r}, not {value!r}"


@pytest.mark.parametrize("first", range(0, WAVES, 10))
def test_every_gap_of_a_small_wave_is_found_a_second_time(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert list(differences(folder, seed))[:5] == [], f"seed {seed}"


def _on_all_themes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(say_do, "_only", lambda case, _: case.measures)


def _one_person_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    def people(n: object, rules: object) -> object:
        found = np.full(np.shape(n), None, dtype=object)
        found[np.asarray(n) < rules.minimum_respondents - 1] = Reason.TOO_FEW_PEOPLE  # type: ignore[attr-defined]
        found[np.asarray(n) == 0] = Reason.NO_ANSWERS
        return found

    monkeypatch.setattr(threshold, "people", people)


def _with_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    estimate = estimation.of_kinds

    def corrected(*args: object, **options: object) -> object:
        found = estimate(*args, **options)  # type: ignore[arg-type]
        return replace(found, se_comparison=found.se)

    monkeypatch.setattr(estimation, "of_kinds", corrected)


@pytest.mark.parametrize("defect", [_on_all_themes, _one_person_fewer, _with_correction])
def test_a_planted_defect_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, defect: Callable[[pytest.MonkeyPatch], None]
) -> None:
    defect(monkeypatch)
    for seed in range(40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        if next(differences(folder, seed), None):
            return
    pytest.fail("forty waves agreed with a planted defect")
