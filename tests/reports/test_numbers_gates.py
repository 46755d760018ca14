"""Gates, how evenly a staff answered, and what another choice of method would move."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports import gates, publication
from reports.frames import HEADCOUNTS, NOT_ANSWERED, Responses
from reports.rules import Rules

DIMENSIONS = ("mindset", "agile", "silos", "leadership")
RULES = Rules()


def sector(questionnaire, *, scattered: str = "", wrong_key: str = "", people: int = 40) -> Responses:
    """12 authorities of whom each officer has one opinion on a dimension, give or take a step.

    The questions of the dimension `scattered` have nothing to do with each other; the item `wrong_key` runs against
    the others of its dimension.
    """
    random = np.random.default_rng(5)
    rows = 12 * people
    authority = np.repeat(np.arange(12, dtype=np.int32), people)
    columns = []
    opinion = {}
    for item in questionnaire.scored_items:
        if item.dimension not in opinion:
            opinion[item.dimension] = random.normal(2, 1, rows) + random.normal(0, 0.5, 12)[authority]
        own = random.normal(0, 0.6, rows)
        felt = random.normal(2, 1.2, rows) if item.dimension == scattered else opinion[item.dimension] + own
        place = np.clip(np.round(felt), 0, 4)
        columns.append(4 - place if item.reverse != (item.code == wrong_key) else place)
    return Responses(
        tuple(f"A{number:02d}" for number in range(12)),
        authority,
        tuple(item.code for item in questionnaire.scored_items),
        np.column_stack(columns).astype(np.int8),
    )


def test_a_scale_that_holds_together_passes_and_nothing_is_withheld(asked):
    instrument = asked("four-dimensions")
    result = publication.compute(sector(instrument), instrument, RULES)
    found = result.quality["gates"]
    assert {code: found["reliability"]["dimensions"][code]["state"] for code in DIMENSIONS} == dict.fromkeys(
        DIMENSIONS, "passed"
    )
    assert gates.state_of(found["icc"]) == gates.state_of(found["item_total"]) == "passed"
    assert gates.state_of(found["four_dimensions"]) == gates.state_of(found["invariance"]) == "not tested"
    assert result.frames["scores"]["reason"].isna().all()


def test_a_dimension_whose_questions_do_not_belong_together_is_withheld_and_its_questions_are_shown(asked):
    instrument = asked("four-dimensions")
    result = publication.compute(sector(instrument, scattered="agile"), instrument, RULES)
    assert result.quality["gates"]["reliability"]["dimensions"]["agile"]["state"] == "failed"
    for frames in (result.frames, publication.published(result).frames):
        for name in ("scores", "benchmarks", "standings"):
            rows = frames[name][frames[name]["measure"] == "agile"]
            assert set(rows["reason"]) == {"unreliable_scale"}
    safe = publication.published(result).frames
    scores = safe["scores"].set_index("measure")
    assert scores.loc["agile", "score"].isna().all()
    assert scores.loc["mindset", "score"].notna().all()
    items = safe["items"][safe["items"]["item"].str.startswith("agile")]
    assert items["share"].notna().any()


def test_the_overall_is_that_of_the_dimensions_that_are_shown(asked):
    instrument = asked("four-dimensions")
    frames = publication.compute(sector(instrument, scattered="agile"), instrument, RULES).frames
    people = frames["respondents"].astype(dict.fromkeys((*DIMENSIONS, "overall"), float))
    three = (people["mindset"] + people["silos"] + people["leadership"]) / 3
    assert people["overall"].to_numpy() == pytest.approx(three.to_numpy(), abs=1e-12)
    overall = frames["scores"][frames["scores"]["measure"] == "overall"]
    assert overall["reason"].isna().all()
    assert overall["score"].astype(float).to_numpy() == pytest.approx(
        three.groupby(people["authority"]).mean().to_numpy(), abs=1e-9
    )


def test_a_wrong_key_is_found_by_its_item_total_correlation(asked):
    instrument = asked("four-dimensions")
    wrong = instrument.items_of("silos")[0].code
    result = publication.compute(sector(instrument, wrong_key=wrong), instrument, RULES)
    found = result.quality["gates"]["item_total"]["dimensions"]
    assert found["silos"]["state"] == "failed"
    assert found["silos"]["value"] < 0
    assert found["mindset"]["state"] == "passed"
    silos = result.frames["scores"].query("measure == 'silos'")
    assert set(silos["reason"]) == {"unreliable_scale"}


def test_below_two_hundred_people_a_scale_is_not_tested_and_nothing_is_withheld(asked):
    instrument = asked("four-dimensions")
    result = publication.compute(sector(instrument, scattered="agile", people=16), instrument, RULES)  # 12 x 16 = 192
    assert gates.state_of(result.quality["gates"]["reliability"]) == "not tested"
    assert result.frames["scores"]["reason"].isna().all()


def test_a_result_from_outside_is_entered_with_its_source(asked):
    instrument = asked("four-dimensions")
    rules = Rules(four_dimensions="failed", four_dimensions_source="lavaan, 2026-11-20")
    found = publication.compute(sector(instrument, people=12), instrument, rules).quality["gates"]["four_dimensions"]
    assert found == {"state": "failed", "source": "lavaan, 2026-11-20"}


def staffed(areas: dict[str, int], *, answered: dict[str, int], instrument) -> tuple[Responses, pd.DataFrame]:
    """One authority with so many staff in each service area, of whom so many answered, all alike."""
    codes = tuple(areas)
    area = np.repeat(np.arange(len(codes), dtype=np.int32), [answered[code] for code in codes])
    answers = np.full((len(area), len(instrument.scored_items)), 3, dtype=np.int8)
    answers[::2] = 2  # half of the people one step lower, so that there is a spread
    known = pd.DataFrame({"authority": "A", "service_area": list(codes), "tier": "", "headcount": list(areas.values())})
    rows = Responses(
        ("A",),
        np.zeros(len(area), dtype=np.int32),
        tuple(item.code for item in instrument.scored_items),
        answers,
        codes,
        area,
    )
    total = pd.DataFrame({"authority": ["A"], "service_area": "", "tier": "", "headcount": sum(areas.values())})
    return rows, HEADCOUNTS.check(pd.concat([known, total], ignore_index=True))


def test_the_indicator_of_two_service_areas_is_that_of_the_formula(asked):
    instrument = asked("tiers-and-areas")
    rows, known = staffed({"housing": 100, "ict": 100}, answered={"housing": 60, "ict": 20}, instrument=instrument)
    result = publication.compute(rows, instrument, RULES, headcounts=known)
    found = result.quality["representativeness"]["A"]
    # rho 0.6 and 0.2, mean 0.4; sum N (rho_h - rho)^2 = 200 x 0.04 = 8; R = 1 - 2 sqrt(8 / 199)
    assert found["r_indicator"] == pytest.approx(1 - 2 * np.sqrt(8 / 199))
    assert (found["word"], found["by"]) == ("uneven", "service_area")  # nobody knows the staff by tier
    safe = publication.published(result).quality["representativeness"]["A"]
    assert safe["r_indicator"] == round(1 - 2 * np.sqrt(8 / 199), 2)


def test_where_a_cell_has_few_answers_only_the_word_is_published(asked):
    instrument = asked("tiers-and-areas")
    rows, known = staffed({"housing": 100, "ict": 20}, answered={"housing": 50, "ict": 9}, instrument=instrument)
    result = publication.compute(rows, instrument, RULES, headcounts=known)
    assert result.quality["representativeness"]["A"]["r_indicator"] > 0.9
    safe = publication.published(result).quality["representativeness"]["A"]
    assert (safe["word"], safe["r_indicator"], safe["worst_bias"]) == ("representative", None, None)


def test_without_staff_numbers_nothing_is_said_of_how_evenly_they_answered(asked, respond):
    instrument = asked("four-items")
    result = publication.compute(respond(instrument, [("A", "4 4 3 3")] * 20), instrument, RULES)
    assert result.quality["representativeness"] == {"A": None}


def test_skipping_the_questions_that_are_hard_to_agree_with_is_noted(asked):
    instrument = asked("four-items")
    # Item 4 has few friends. In B everybody skips it, so B's half rule score is too high.
    answers = np.array([[3, 3, 3, 1]] * 60 + [[3, 3, 3, NOT_ANSWERED]] * 20, dtype=np.int8)
    rows = Responses(
        ("A", "B"),
        np.repeat(np.array([0, 1], dtype=np.int32), [60, 20]),
        tuple(item.code for item in instrument.scored_items),
        answers,
    )
    result = publication.compute(rows, instrument, RULES)
    found = result.quality["sensitivity"]["skipped_questions"]
    # m = 75, 75, 75, 25 and M = 62.5; of the answered the mean is 75: the score moves by 62.5 - 75 = -12.5
    assert found == {"B": {"mindset": pytest.approx(-12.5)}}
    assert publication.published(result).quality["sensitivity"]["skipped_questions"] == {"B": ["mindset"]}


def test_careless_answers_that_move_a_score_by_more_than_two_points_are_noted(asked):
    instrument = asked("four-items")
    # A: 20 people at 56.25 and 4 who always chose the last option, 100: the mean is (20 x 56.25 + 400) / 24 = 63.54
    answers = np.array([[3, 2, 2, 2]] * 20 + [[4, 4, 4, 4]] * 4, dtype=np.int8)
    rows = Responses(
        ("A",), np.zeros(24, dtype=np.int32), tuple(item.code for item in instrument.scored_items), answers
    )
    found = publication.compute(rows, instrument, RULES).quality["sensitivity"]["careless"]
    assert found == {"A": {"mindset": pytest.approx(56.25 - (20 * 56.25 + 400) / 24)}}


@pytest.mark.parametrize(("people", "told"), [(32, (20.0, 80.0)), (28, (None, None)), (8, None)])
def test_where_officers_disagree_the_middle_half_of_them_is_told(asked, respond, people, told):
    instrument = asked("four-items")
    # A: a quarter each at 1, 2, 4 and 5, so that the variance of an item is 2.5 n / (n - 1), more than the 2 of chance: rwg
    # is 0. B: half at 2, half at 4, n / (n - 1), so q = 16 / 31 and rwg = 4 (1 - q) / (4 (1 - q) + q) = 0.79: no word of it
    split = [("A", "1 1 1 1"), ("A", "5 5 5 5")] * (people // 4) + [("A", "2 2 2 2"), ("A", "4 4 4 4")] * (people // 4)
    agreed = [("B", "2 2 2 2"), ("B", "4 4 4 4")] * 16
    result = publication.compute(respond(instrument, split + agreed), instrument, RULES)
    found = result.quality["disagreement"]
    if told is None:
        assert found == {}  # too few people for any figure
        return
    lower, upper = np.quantile([0, 25, 75, 100] * (people // 4), [0.25, 0.75])  # 18.75 and 81.25 of 32
    assert found == {"A": {"mindset": {"n": people, "lower": lower, "upper": upper}}}
    one = publication.published(result).quality["disagreement"]["A"]["mindset"]
    assert (one["lower"], one["upper"]) == told


def test_officers_of_a_score_that_is_withheld_are_not_said_to_disagree(asked):
    instrument = asked("four-dimensions")
    result = publication.compute(sector(instrument, scattered="agile"), instrument, RULES)
    within = result.frames["within_agreement"].set_index(["authority", "measure"])["rwg"]
    assert any(within[code, "agile"] < gates.LEAST_RWG for code in result.frames["scores"]["authority"])
    assert not any("agile" in one for one in result.quality["disagreement"].values())


def test_the_order_of_rows_changes_no_digit_of_the_evidence(asked):
    instrument = asked("four-dimensions")
    rows = sector(instrument, scattered="agile", people=20)
    order = np.random.default_rng(1).permutation(len(rows))
    turned = Responses(rows.authorities, rows.authority[order], rows.items, rows.answers[order])
    assert (
        publication.compute(rows, instrument, RULES).quality == publication.compute(turned, instrument, RULES).quality
    )
