"""Change of small random pairs of waves, with mergers, reworded questions and broken series, is computed a second time."""

from __future__ import annotations

import csv
import dataclasses
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import second_change
import small_waves
from second_opinion import Row
from small_waves import Plan
from tables_alone import analysed

from reports import continuity, predecessors
from reports.change import Before

LONG = os.environ.get("ASSURANCE") == "long"
PAIRS = 300 if LONG else 8
COLUMNS = (
    "common_items", "series", "before", "after", "change", "lower", "upper", "p_value", "p_adjusted", "verdict",
    "reason", "n_before", "n_after", "predecessors",
)  # fmt: skip

pytestmark = pytest.mark.assurance


def write(folder: Path, seed: int) -> None:
    """Two waves: some questions in other words, some new, some gone; authorities that join, leave, merge and divide."""
    draw = random.Random(seed)  # noqa: S311 - waves that anybody can draw again, no secrets
    whole = small_waves.planned(draw)
    items = list(whole.items) + [
        (f"{one}x{place}", "agree5", one, (themes or [""])[0], False)
        for one, themes in whole.themes.items()
        for place in range(3)
    ]
    plan = dataclasses.replace(whole, items=items, agreeable=False)
    changed = draw.choice([0.0, 0.1, 0.5])
    plans = [_some(draw, plan, changed / 2), _some(draw, plan, changed / 2)]
    words = {code: f"Before, {code} was asked otherwise." for code, *_ in items if draw.random() < changed}
    count = draw.choice([2, 5, 9])
    old = [f"A{place:02d}" for place in range(count)]
    new, after = _register(draw, old)
    for name, own, codes in (("old", plans[0], old), ("new", plans[1], new)):
        (folder / name).mkdir()
        text = small_waves.questionnaire(own)
        for code, wording in words.items() if name == "old" else ():
            text = text.replace(f"Statement {code} is true here.", wording)
        (folder / name / "Q.toml").write_text(text, encoding="utf-8")
        rows = small_waves.answers(draw, own, codes)
        small_waves.save(folder / name / "R.csv", rows)
        if draw.random() < 0.7:
            small_waves.headcounts(draw, folder / name / "H.csv", sorted({row["authority"] for row in rows}), own)
    listed = [*new, *(one for one in after if one not in new)]
    small_waves.save(
        folder / "new" / "A.csv",
        [{"code": code, "name": code, "successor": " ".join(after.get(code, []))} for code in listed],
    )


def _some(draw: random.Random, plan: Plan, gone: float) -> Plan:
    """The plan without some questions; every dimension and theme keeps its first ones."""
    kept = [one for place, one in enumerate(plan.items) if place < 2 or draw.random() >= gone]
    homes = {one[2] for one in kept}
    kept += [next(one for one in plan.items if one[2] == code) for code in plan.themes if code not in homes]
    for one in plan.items:
        if one[3] and all(other[3] != one[3] for other in kept):
            kept.append(one)
    return dataclasses.replace(plan, items=sorted(set(kept), key=plan.items.index))


def _register(draw: random.Random, old: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Who takes part later, and who came after whom."""
    form = draw.choice(["none", "merged", "merged", "absorbed", "divided"])
    stay, after = list(old), dict[str, list[str]]()
    if form == "merged":
        gone = old[: draw.choice([1, 2, 2])]
        stay, after = [*[one for one in old if one not in gone], "M01"], {one: ["M01"] for one in gone}
    if form == "absorbed":
        stay, after = old[1:], {old[0]: [old[1]]}
    if form == "divided":
        stay, after = [*old[1:], "M01", "M02"], {old[0]: ["M01", "M02"]}
    if draw.random() < 0.3:
        stay, after = [*stay, "N01"], {**after, "Z98": ["M01"]} if form == "merged" else after
    return stay, after


def analyse(folder: Path, *given: str) -> Path:
    words = ["--questionnaire", str(folder / "Q.toml"), "--responses", str(folder / "R.csv")]
    for option, name in (("--authorities", "A.csv"), ("--headcounts", "H.csv")):
        words += [option, str(folder / name)] if (folder / name).is_file() else []
    analysed(*words, *given, "--out", str(folder / "out"), with_bundle=not given)  # of a wave that another follows
    return folder / "out"


def differences(folder: Path) -> Iterator[str]:
    """Every figure of change.csv, and of the scores that leave new questions out, that is not found a second time."""
    bundle = analyse(folder / "old") / "bundle.zip"
    out = analyse(folder / "new", "--previous", str(bundle))
    found = second_change.pair(folder / "old", folder / "new")
    yield from _compared(out / "change.csv", second_change.late(found, second_change.rows(found)), COLUMNS)
    yield from _compared(out / "scores.csv", second_change.scores(found), ("n", "score", "se"))


def _compared(path: Path, expected: list[Row], columns: tuple[str, ...]) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if [(row["authority"], row["measure"]) for row in rows] != [(one["authority"], one["measure"]) for one in expected]:
        yield f"{path.name}: other rows"
        return
    for row, wanted in zip(rows, expected, strict=True):
        for column in columns:
            if not _alike(row[column], wanted.get(column)):
                place = f"{path.name}, {row['authority']}, {row['measure']}"
                yield f"{place}: {column} is {row[column]!r}, not {wanted.get(column)!r}"


def _alike(text: str, value: object) -> bool:
    if value is None or isinstance(value, str):
        return text == (value or "")
    return bool(text) and abs(float(text) - float(str(value))) <= 1e-9 + 1e-10 * abs(float(str(value)))


@pytest.mark.parametrize("first", range(0, PAIRS, 8))
def test_every_change_between_two_small_waves_is_found_a_second_time(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 8):
        folder = tmp_path / str(seed)
        folder.mkdir()
        write(folder, seed)
        assert list(differences(folder))[:5] == [], f"seed {seed}"


def _new_items_count(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Before.continued

    def counted(self: Before, *given: object) -> continuity.Continued:
        found = real(self, *given)  # type: ignore[arg-type]  # as it was called
        whole = continuity.measures.of(given[1])  # type: ignore[arg-type]  # the questionnaire
        return dataclasses.replace(found, index=whole)

    monkeypatch.setattr(Before, "continued", counted)


def _a_merger_by_answers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = predecessors.together
    monkeypatch.setattr(
        predecessors, "together", lambda wave, codes, behind, staff: real(wave, codes, behind, staff * np.nan)
    )


def _a_part_stands_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    real = predecessors.lineage

    def lenient(codes, there, successions=None):
        kept = None if successions is None else successions[successions["predecessor"].isin(list(there))]
        return real(codes, there, kept)

    monkeypatch.setattr(predecessors, "lineage", lenient)


def _the_weakest_predecessor_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    real = predecessors.together

    def together(*given):
        found = real(*given)
        return dataclasses.replace(found, fewest=found.n)

    monkeypatch.setattr(predecessors, "together", together)


def _reworded_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuity.editions, "_wording", lambda _: None)


@pytest.mark.parametrize(
    "plant",
    [
        _new_items_count,
        _a_merger_by_answers_alone,
        _a_part_stands_for_the_whole,
        _the_weakest_predecessor_forgotten,
        _reworded_is_the_same,
    ],
)
def test_a_planted_defect_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    for seed in range(60):
        folder = tmp_path / str(seed)
        folder.mkdir()
        write(folder, seed)
        if next(differences(folder), None) is not None:
            return
    pytest.fail("nothing was noticed")
