"""Nobody's score follows from what is published: the attacker of attack_people finds nothing, and planted defects."""

from __future__ import annotations

import csv
import gzip
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import attack_people
import numpy as np
import pytest
import second_opinion
import small_waves
from attack_people import Frames
from second_opinion import Wave

from questionnaires import loader
from reports import crossed, nested, publication, splits
from reports.disclosure import complement, likeness, overlap
from reports.files import responses
from reports.files.register import read_authorities
from reports.rules import Rules

LONG = os.environ.get("ASSURANCE") == "long"
WAVES = 150 if LONG else 5

HERE = Path(__file__).parent
ANSWERS = HERE / ".." / ".." / ".." / "shared" / "data" / "public_staff_survey_responses.csv.gz"
FEW = ("AG", "DL", "KS", "SN")
Plant = Callable[[pytest.MonkeyPatch], Rules]

pytestmark = pytest.mark.assurance


def released(folder: Path, rules: Rules | None = None) -> tuple[Wave, Frames]:
    """The wave of a folder, and what is published of it."""
    instrument = loader.read(folder / "Q.toml")
    known = read_authorities(folder / "A.csv") if (folder / "A.csv").is_file() else None
    codes = None if known is None else list(known["code"])
    given = responses.read(folder / "R.csv", instrument, authorities=codes).responses
    made = publication.compute(given, instrument, rules or Rules(), authorities=known)
    (folder / "H.csv").unlink(missing_ok=True)
    return second_opinion.wave(folder), publication.for_file(made, "published").frames


def drawn(folder: Path, seed: int) -> Path:
    folder = folder / str(seed)
    folder.mkdir(exist_ok=True)
    small_waves.write(folder, seed)
    return folder


def test_nothing_published_of_a_small_wave_gives_a_person_away(tmp_path: Path) -> None:
    for seed in range(WAVES):
        assert attack_people.everything(*released(drawn(tmp_path, seed)))[:3] == [], f"seed {seed}"


def _threshold_of(number: int) -> Callable[[pytest.MonkeyPatch], Rules]:
    return lambda _: replace(Rules(), minimum_respondents=number)


def _complement_off(monkeypatch: pytest.MonkeyPatch) -> Rules:
    monkeypatch.setattr(complement, "hidden", lambda sizes, *_: [size < 11 for size in sizes])
    monkeypatch.setattr(overlap, "hide", lambda _people, rows, columns, _minimum: (rows, columns))
    return Rules()


def _both_ways_off(monkeypatch: pytest.MonkeyPatch) -> Rules:
    monkeypatch.setattr(overlap, "hide", lambda _people, rows, columns, _minimum: (rows, columns))
    return Rules()


def _skippers_told(monkeypatch: pytest.MonkeyPatch) -> Rules:
    def nobody(case, groups, weights):
        shape = (groups.count, len(case.measures))
        return nested.Told(np.zeros(shape[0], dtype=bool), np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool))

    for place in (splits.nested, publication.nested):
        monkeypatch.setattr(place, "told", nobody)
    return Rules()


def _only_small_cells_hidden(monkeypatch: pytest.MonkeyPatch) -> Rules:
    monkeypatch.setattr(crossed.suppression, "pattern", lambda tables, minimum: tables.low < minimum)
    return Rules()


def _nobody_is_alike(monkeypatch: pytest.MonkeyPatch) -> Rules:
    monkeypatch.setattr(likeness, "told", lambda n, *_: np.zeros(n.shape, dtype=bool))
    return Rules()


def made_up(folder: Path, people: dict[tuple[str, str], int], *, lacking: int = 0, alike: str | None = None) -> Path:
    """One authority with so many people in each service area and tier; `lacking` of them skip a dimension, those of the
    service area `alike` all say the same but for one answer.
    """
    dice = random.Random(1)  # noqa: S311 - the same wave each time, no secrets
    dimensions = ["d0", "d1", "d2"]
    items = [(f"{one}i{place}", "agree5", one, "", False) for one in dimensions for place in range(4)]
    plan = small_waves.Plan(items, {one: [] for one in dimensions}, has_tier=True, has_area=True, agreeable=False)
    (folder / "Q.toml").write_text(small_waves.questionnaire(plan), encoding="utf-8")
    rows = []
    for (area, tier), count in people.items():
        for _ in range(count):
            level = dice.randint(2, 4)  # who agrees to one statement agrees to others
            given = {code: str(level + dice.choice((-1, 0, 0, 1))) for code, *_ in items}
            given = dict.fromkeys(given, "4") if area == alike else given
            rows.append({"authority": "A00", "service_area": area, "tier": tier} | given)
    rows[0] |= {"d0i0": "3"} if alike else {}
    for row in rows[:lacking]:
        row |= {code: "" for code, _, dimension, *_ in items if dimension == "d2"}
    small_waves.save(folder / "R.csv", rows)
    return folder


RESTS = {("housing", "frontline"): 20, ("housing", ""): 1, ("planning", "frontline"): 20, ("", ""): 11}
TABLE = {(area, tier): 30 for area in small_waves.AREAS for tier in small_waves.TIERS[:3]} | {("housing", "senior"): 5}
SKIPPED = {("housing", "frontline"): 20, ("planning", "frontline"): 20}


@pytest.mark.parametrize(
    ("people", "more", "plant"),
    [
        (RESTS, {}, _both_ways_off),
        (TABLE, {}, _only_small_cells_hidden),
        (SKIPPED, {"lacking": 1}, _skippers_told),
        (SKIPPED, {"alike": "housing"}, _nobody_is_alike),
    ],
    ids=[
        "the rests differ by one",
        "one small cell",
        "one skips a dimension",
        "an area of one mind",
    ],
)
def test_who_stands_alone_is_found_only_without_the_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: dict, more: dict, plant: Plant
) -> None:
    folder = made_up(tmp_path, people, **more)
    assert attack_people.everything(*released(folder)) == []
    assert attack_people.everything(*released(folder, plant(monkeypatch)))


@pytest.mark.parametrize("plant", [_threshold_of(3), _threshold_of(5), _complement_off], ids=["3", "5", "complement"])
def test_a_planted_defect_gives_somebody_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    rules = plant(monkeypatch)
    for seed in range(WAVES):
        if attack_people.everything(*released(drawn(tmp_path, seed), rules)):
            return
    pytest.fail("The attacker saw nothing.")


def late(folder: Path, count: int) -> tuple[list[Wave], list[Frames]]:
    """A release before and one after the answers of some people came in, everybody with the same row in both."""
    after = released(folder)
    with (folder / "R.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    small_waves.save(folder / "R.csv", rows[:-count])
    before = released(folder)
    return [before[0], after[0]], [before[1], after[1]]


def test_one_late_answer_between_two_releases_tells_its_score(tmp_path: Path) -> None:
    """Why nothing is live. At one decimal the 31st answer is told to within 31 x 0.05 + 30 x 0.05 points."""
    assert attack_people.between(*late(made_up(tmp_path, {("housing", "frontline"): 31}), 1))


def test_a_batch_of_eleven_late_answers_tells_nobodys_score(tmp_path: Path) -> None:
    assert attack_people.between(*late(made_up(tmp_path, {("housing", "frontline"): 41}), 11)) == []


def test_the_real_answers_give_nobody_away(tmp_path: Path) -> None:
    if not ANSWERS.is_file():
        pytest.skip("the real answers are not here")
    shutil.copy(HERE / ".." / "questionnaires" / "public-staff-survey.toml", tmp_path / "Q.toml")
    with gzip.open(ANSWERS, "rt", encoding="utf-8", newline="") as file:
        rows = [
            row
            for place, row in enumerate(csv.DictReader(file))
            if LONG or (row["authority"] in FEW and place % 20 == 0)
        ]
    small_waves.save(tmp_path / "R.csv", [{k: v for k, v in row.items() if k != "weight"} for row in rows])
    case, frames = released(tmp_path)
    assert frames["scores"]["score"].notna().sum() >= 10
    assert attack_people.everything(case, frames)[:3] == []
