"""Restated benchmarks and change over the sector, for both audiences, are computed a second time in waves of many authorities."""

from __future__ import annotations

import csv
import dataclasses
import os
import random
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import second_change
import second_restated
import small_waves
from second_opinion import Row
from small_waves import Plan
from test_assurance_change import _register, analyse
from test_assurance_recheck import alike

from reports import change, restated, sector_change
from reports.disclosure import guard
from reports.disclosure.reasons import Reason

SIZES = (9, 22, 24, 26, 28, 30, 32, 34, 36, 40)
PAIRS = range(120) if os.environ.get("ASSURANCE") == "long" else (9, 8)
KEYS = {"change": ("authority", "measure"), "sector_change": ("measure",)}
KEYS["benchmarks"] = ("peer_group", "restated_for", "measure")

pytestmark = pytest.mark.assurance


def write(folder: Path, seed: int) -> None:
    """Two waves of ten to sixteen authorities, most of them with enough people; types change, some merge, some stay away."""
    draw = random.Random(seed)  # noqa: S311 - waves that anybody can draw again, no secrets
    whole = small_waves.planned(draw)
    more = [
        (f"{one}x{at}", "agree5", one, (themes or [""])[0], False)
        for one, themes in whole.themes.items()
        for at in range(3)
    ]
    plan = dataclasses.replace(whole, items=[*whole.items, *more], agreeable=False)
    changed = draw.choice([0.0, 0.1, 0.3])
    codes = [f"A{place:02d}" for place in range(draw.choice([12, 13, 14, 16]))]
    stay, after = _register(draw, codes) if draw.random() < 0.6 else (codes, {})
    for name, own in (("old", codes), ("new", stay)):
        asked = _some(draw, plan, changed)
        (folder / name).mkdir()
        (folder / name / "Q.toml").write_text(small_waves.questionnaire(asked), encoding="utf-8")
        small_waves.save(folder / name / "R.csv", small_waves.answers(draw, asked, own, SIZES))
        listed = own if name == "old" else [*own, *(one for one in after if one not in own)]
        small_waves.save(folder / name / "A.csv", [_registered(draw, one, after) for one in listed])


def _some(draw: random.Random, plan: Plan, gone: float) -> Plan:
    """The plan without some questions; every dimension and theme keeps its first."""
    first = {(one[2], one[3]): one for one in reversed(plan.items)}
    kept = [one for one in plan.items if one == first[one[2], one[3]] or draw.random() >= gone]
    return dataclasses.replace(plan, items=kept)


def _registered(draw: random.Random, code: str, after: dict[str, list[str]]) -> dict[str, str]:
    kind = "county" if draw.random() < 0.1 else "district"
    return {"code": code, "name": code, "type": kind, "nation": "Wales", "successor": " ".join(after.get(code, []))}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Two waves in a folder with the bundle of the earlier one: made once, because no defect is planted there."""

    @cache
    def made(seed: int) -> Path:
        folder = tmp_path_factory.mktemp("waves")
        write(folder, seed)
        analyse(folder / "old")
        return folder

    return made


def differences(folder: Path) -> Iterator[str]:
    """Every figure of both audiences that is not the one of the second opinion."""
    bundle = folder / "old" / "out" / "bundle.zip"
    for audience in ("research", "published"):
        coarse = audience == "published"
        shutil.rmtree(folder / "new" / "out", ignore_errors=True)
        out = analyse(folder / "new", "--previous", str(bundle), "--audience", audience)
        for name, expected in _expected(folder, coarse=coarse).items():
            with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                rows = [row for row in csv.DictReader(file) if name != "benchmarks" or row["restated_for"]]
            yield from (f"{audience}, {name}: {one}" for one in _of_table(rows, expected, KEYS[name], coarse=coarse))


@cache
def _expected(folder: Path, *, coarse: bool) -> dict[str, list[Row]]:
    found = second_change.pair(folder / "old", folder / "new")
    changes = second_change.rows(found)
    tables = {
        "benchmarks": second_restated.benchmarks(found, changes),
        "sector_change": second_restated.sector(found, changes),
        "change": second_change.late(found, changes),
    }
    return {name: second_restated.published(rows) for name, rows in tables.items()} if coarse else tables


def _of_table(rows: list[dict[str, str]], expected: list[Row], keys: tuple[str, ...], *, coarse: bool) -> Iterator[str]:
    if [tuple(row[key] for key in keys) for row in rows] != [tuple(one[key] for key in keys) for one in expected]:
        yield "other rows"
        return
    for row, wanted in zip(rows, expected, strict=True):
        if coarse and row["reason"] and wanted.get("peer_group", "all") != "all":
            continue  # a group that would give an authority away is dropped by the audit, which has tests of its own
        for column, value in wanted.items():
            places = second_restated.decimals(column) if coarse else None
            if not alike(row[column], value, places):
                yield f"{[row[key] for key in keys]}: {column} is {row[column]!r}, not {value!r}"


@pytest.mark.parametrize("seed", PAIRS)
def test_both_waves_restated_and_the_sector_are_found_a_second_time(written: Callable[[int], Path], seed: int) -> None:
    assert list(differences(written(seed)))[:5] == []


def test_the_waves_hold_what_they_are_to_check(written: Callable[[int], Path]) -> None:
    """Told medians for all and for a group of some, one left out because of few, and verdicts over the sector."""
    found = [_expected(written(seed), coarse=False) for seed in PAIRS]
    rows = [row for one in found for row in one["benchmarks"]]
    assert {one["reason"] for one in rows} >= {None, "few_changed", "too_few_authorities"}
    assert {str(one["peer_group"]) for one in rows if one["reason"] is None} >= {"all", "nation:Wales"}
    assert any(row["reason"] is None and row["above"] for one in found for row in one["sector_change"])


def _few_changed_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restated, "FEWEST_CHANGED", 0)


def _whoever_is_in_the_group_now(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = restated._groups

    def all_of_them(register, codes):
        found = groups(register, codes)
        return dict.fromkeys(found, found["all"])

    monkeypatch.setattr(restated, "_groups", all_of_them)


def _all_changes_count(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sector_change.sector_change

    def lenient(change, measures, rules):
        few = (change["reason"] == Reason.TOO_FEW_PEOPLE).fillna(value=False)
        return real(change.assign(reason=change["reason"].mask(few)), measures, rules)

    monkeypatch.setattr(sector_change, "sector_change", lenient)


def _sector_told_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_DECIMALS", {**guard._DECIMALS, "sector_change": {"median": 1}})


def _before_left_on_withheld_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_KEYS", (*guard._KEYS, "before"))


def _quartiles_of_another_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def weibull(values):
        return tuple(np.quantile(values, [0.25, 0.5, 0.75], method="weibull")) if len(values) else (np.nan,) * 3

    monkeypatch.setattr(sector_change.quantiles, "quartiles", weibull)


def _single_people_of_the_earlier_wave_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change, "_late", lambda new, *_: new)


PLANTED = [
    _few_changed_told, _whoever_is_in_the_group_now, _all_changes_count, _sector_told_exactly,
    _before_left_on_withheld_rows, _quartiles_of_another_type,
    _single_people_of_the_earlier_wave_told,
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_defect_in_two_waves_is_found(
    written: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    folders = [written(seed) for seed in PAIRS]
    plant(monkeypatch)
    assert any(next(differences(folder), None) is not None for folder in folders), "The second opinion saw nothing."
