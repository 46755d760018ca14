"""Every number of small random waves, and of a real one, is computed a second time and must be the same."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import second_opinion
import second_tables
import small_waves
from second_opinion import Value
from tables_alone import analysed

from reports import estimation, own_profile, publication, scoring, standings
from reports.disclosure import complement, overlap, participation, threshold
from reports.disclosure import items as item_rules
from reports.disclosure.reasons import Reason
from reports.statistics import holm, intervals, quantiles, sums
from reports.statistics.sums import Floats, Groups, Ints

LONG = os.environ.get("ASSURANCE") == "long"
WAVES = 400 if LONG else 40
HERE = Path(__file__).parent
DATA = HERE / ".." / ".." / ".." / "shared" / "data"
ANSWERS = DATA / "public_staff_survey_responses.csv.gz"
ELSEWHERE = {"reliability", "item_analysis", "cell_scores"}
"""Checked against statsmodels and by hand; which cells are hidden, by the attack in test_assurance_people."""
FINDINGS = {"sector_programmes", "dont_know", "sector_dont_know", "leadership", "sector_leadership"}
ELSEWHERE |= FINDINGS  # checked in test_assurance_findings
AUDIENCES = ("research", "published")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")

pytestmark = pytest.mark.assurance


def analyse(folder: Path, audience: str) -> Path:
    """The files that a researcher gets from the command, for the files in a folder."""
    out = folder / audience
    given = ["--questionnaire", "Q.toml", "--responses", "R.csv", "--authorities", "A.csv", "--headcounts", "H.csv"]
    named = [
        word for pair in zip(given[::2], given[1::2], strict=True) if (folder / pair[1]).is_file() for word in pair
    ]
    words = [str(folder / word) if "." in word else word for word in named]
    analysed(*words, "--audience", audience, "--out", str(out))
    return out


def differences(folder: Path) -> Iterator[str]:
    """Every figure of both audiences that is not the one of the second opinion."""
    for audience in AUDIENCES:
        case = second_opinion.wave(folder, coarse=audience == "published")
        expected = second_tables.published(case) if case.coarse else second_tables.research(case)
        out = analyse(folder, audience)
        stems = {path.stem for path in out.glob("*.csv")} - ELSEWHERE
        if stems != set(expected):
            yield f"{audience}: the files are {sorted(stems)}"
        for name in sorted(stems & set(expected)):
            yield from (
                f"{audience}: {one}" for one in of_table(out / f"{name}.csv", expected[name], coarse=case.coarse)
            )
        found = json.loads((out / "quality.json").read_text("utf-8"))["response"]
        for code, wanted in second_tables.response(case).items():
            if found.pop(code, None) != wanted:
                yield f"{audience}: response of {code} is not {wanted}"


def of_table(path: Path, expected: list[second_opinion.Row], *, coarse: bool) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if len(rows) != len(expected):
        yield f"{path.name} has {len(rows)} rows, not {len(expected)}"
        return
    for found, wanted in zip(rows, expected, strict=True):
        for column, value in wanted.items():
            places = second_tables.decimals(path.stem, column) if coarse else None
            if not alike(found[column], value, places):
                yield f"{path.name}, {list(wanted.items())[:4]}: {column} is {found[column]!r}, not {value!r}"


def alike(text: str, value: Value, places: int | None) -> bool:
    """The text of a file against a value: empty is missing, 12 significant digits, or rounded to `places`."""
    if value is None or isinstance(value, (str, bool)):
        return text == ("" if value is None else str(value).lower() if isinstance(value, bool) else value)
    if NUMBER.fullmatch(text) is None or len(re.sub(r"e.*|[-.]", "", text).lstrip("0")) > 12:
        return False
    if places is None:
        return abs(float(text) - value) <= 1e-9 + 5e-12 * abs(value)  # the second part is the printing itself
    return len(text.partition(".")[2]) <= places and abs(float(text) - value) <= 0.5 * 10**-places + 1e-9


@pytest.mark.parametrize("first", range(0, WAVES, 10))
def test_every_number_of_a_small_wave_is_found_a_second_time(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + 10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        small_waves.write(folder, seed)
        assert list(differences(folder))[:5] == [], f"seed {seed}"
        shutil.rmtree(folder)


def test_every_number_of_the_real_file_is_found_a_second_time(tmp_path: Path) -> None:
    if not ANSWERS.is_file():
        pytest.skip("the real answers are not here")
    shutil.copy(HERE / ".." / "questionnaires" / "public-staff-survey.toml", tmp_path / "Q.toml")
    with gzip.open(ANSWERS, "rt", encoding="utf-8", newline="") as file:
        answers = [row for place, row in enumerate(csv.DictReader(file)) if LONG or place % 8 == 0]
    small_waves.save(tmp_path / "R.csv", answers)
    shutil.copy(DATA / "public_staff_survey_authorities.csv", tmp_path / "A.csv")
    staff = [{"authority": "AG", "service_area": "", "tier": "", "headcount": "14000"}]
    staff += [{"authority": "KS", "service_area": "", "tier": "", "headcount": "29"}]
    staff += [{"authority": "SN", "service_area": "", "tier": "", "headcount": "3"}]
    small_waves.save(tmp_path / "H.csv", staff)
    assert list(differences(tmp_path))[:5] == []


def _one_person_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    def people(n, rules):
        found = np.full(n.shape, None, dtype=object)
        found[n < rules.minimum_respondents - 1] = Reason.TOO_FEW_PEOPLE
        found[n == 0] = Reason.NO_ANSWERS
        return found

    monkeypatch.setattr(threshold, "people", people)


def _without_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    corrected = estimation.corrected

    def unknown(found, invited, **rest):
        return corrected(found, np.full_like(invited, np.nan), **rest)

    monkeypatch.setattr(estimation, "corrected", unknown)


def _small_staff_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participation, "said", lambda staff, *_: staff)


def _quartiles_of_another_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def weibull(values):
        return tuple(np.quantile(values, [0.25, 0.5, 0.75], method="weibull")) if len(values) else (np.nan,) * 3

    monkeypatch.setattr(quantiles, "quartiles", weibull)


def _bonferroni(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holm, "adjusted", lambda p: np.minimum(1.0, p * (~np.isnan(p)).sum(-1, keepdims=True)))


def _normal_for_student(monkeypatch: pytest.MonkeyPatch) -> None:
    def interval(score, se, n, **_):
        return np.clip(score - 1.96 * se, 0, 100), np.clip(score + 1.96 * se, 0, 100)

    monkeypatch.setattr(intervals, "student_interval", interval)


def _no_complement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complement, "hidden", lambda sizes, *_: [size < 11 for size in sizes])
    monkeypatch.setattr(overlap, "hide", lambda _, areas, tiers, __: (areas, tiers))  # it would catch the same


def _shares_without_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "effective_n", lambda n_eff, *_: n_eff)


def _keys_not_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_written(item):
        return np.array([np.nan if option.score is None else option.score for option in item.options])

    monkeypatch.setattr(scoring, "option_scores", as_written)


def _everybody_alike_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_rules, "_nearly_everyone", lambda found, *_: np.zeros(len(found.n), dtype=np.bool_))


def _verdict_without_points(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = standings.verdict
    monkeypatch.setattr(standings, "verdict", lambda gap, p, rules: judge(gap * 1.2, p, rules))


def _overall_beside_a_withheld_dimension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "_score_reasons", lambda case, found: threshold.people(found.n, case.rules))


def _own_profile_without_pairing(monkeypatch: pytest.MonkeyPatch) -> None:
    contrasts = own_profile.contrasts

    def unpaired(score: Floats, n: Ints, influence: Floats, groups: Groups) -> own_profile.Contrasts:
        alone = np.column_stack([sums.exact_sums(column**2, groups) for column in influence.T] or [score])
        return replace(contrasts(score, n, influence, groups), se=np.sqrt(alone))

    monkeypatch.setattr(own_profile, "contrasts", unpaired)


PLANTED = [
    _one_person_fewer, _without_correction, _small_staff_told, _quartiles_of_another_type, _bonferroni,
    _normal_for_student, _no_complement, _shares_without_staff, _keys_not_reversed, _everybody_alike_is_shown,
    _verdict_without_points, _overall_beside_a_withheld_dimension, _own_profile_without_pairing,
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_defect_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    for seed in range(WAVES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        small_waves.write(folder, seed)
        if any(differences(folder)):
            return
    pytest.fail("The second opinion saw nothing.")
