"""Tiers compared question by question, where the questions do not mean the same to all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports import publication
from reports.rules import Rules
from reports.statistics import intervals

FAILED = Rules(invariance="failed", invariance_source="report 7")


def of(results, name, audience="research", **keys):
    frame = publication.for_file(results, audience).frames[name]
    for column, value in keys.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def people(answers, tier, authority="A"):
    """One person an answer, who gives it to each of the four items: the last one is turned round."""
    return [(authority, f"{code} {code} {code} {6 - int(code)}", "", tier) for code in answers]


def computed(asked, respond, listed, rules=FAILED, weights=None):
    questionnaire = asked("tiers-and-areas")
    return publication.compute(respond(questionnaire, listed, weights=weights), questionnaire, rules)


SENIOR = people("444555455223", "senior")  # 9 of 12 agree
FRONT = people("2233344422233344", "frontline")  # 5 of 16 agree


def test_the_difference_is_that_of_the_shares_who_agree_with_newcombes_interval(asked, respond):
    results = computed(asked, respond, SENIOR + FRONT)
    row = of(results, "tier_item_gaps", item="mindset_1")
    assert (row["n_upper"], row["n_lower"]) == (12, 16)
    assert (row["share_upper"], row["share_lower"]) == (9 / 12, 5 / 16)
    assert row["gap"] == pytest.approx(9 / 12 - 5 / 16)
    upper = [float(one[0]) for one in intervals.wilson_interval(np.array([9 / 12]), np.array([12.0]))]
    lower = [float(one[0]) for one in intervals.wilson_interval(np.array([5 / 16]), np.array([16.0]))]
    assert row["lower"] == pytest.approx(row["gap"] - np.hypot(9 / 12 - upper[0], lower[1] - 5 / 16))
    assert row["upper"] == pytest.approx(row["gap"] + np.hypot(upper[1] - 9 / 12, 5 / 16 - lower[0]))
    assert (row["upper_tier"], row["lower_tier"], bool(row["with_managers"])) == ("senior", "frontline", False)
    assert pd.isna(row["reason"])
    turned = of(results, "tier_item_gaps", item="mindset_4")
    assert turned["gap"] == row["gap"]  # who disagrees with a statement that is turned round agrees


@pytest.mark.parametrize("state", ["passed", "not tested"])
def test_nothing_is_computed_question_by_question_unless_the_test_failed(asked, respond, state):
    source = "report 7" if state == "passed" else ""
    results = computed(asked, respond, SENIOR + FRONT, Rules(invariance=state, invariance_source=source))
    assert not {"tier_item_gaps", "sector_item_gaps"} & set(results.frames)


def test_eleven_on_both_sides_or_it_is_withheld_with_every_figure(asked, respond):
    row = of(computed(asked, respond, SENIOR[2:] + FRONT), "tier_item_gaps", "published", item="mindset_1")
    assert row["reason"] == "withheld"
    assert row[["n_upper", "n_lower", "share_upper", "gap", "lower", "upper_tier"]].isna().all()


def test_a_few_managers_are_not_left_over(asked, respond):
    four, none = SENIOR + FRONT + people("1245", "manager"), SENIOR + FRONT
    assert of(computed(asked, respond, four), "tier_item_gaps", item="mindset_1")["reason"] == "complement"
    assert pd.isna(of(computed(asked, respond, none), "tier_item_gaps", item="mindset_1")["reason"])
    blank = [
        (*one[:1], ". 3 3 3", *one[2:]) for one in people("33333", "manager")
    ]  # eleven managers, six answer the first
    some = SENIOR + FRONT + people("124455", "manager") + blank
    found = computed(asked, respond, some)
    assert of(found, "tier_item_gaps", item="mindset_1")["reason"] == "complement"
    assert pd.isna(of(found, "tier_item_gaps", item="mindset_2")["reason"])


def test_a_tier_of_one_mind_is_not_told(asked, respond):
    listed = people("444445555522", "senior") + FRONT  # all but two of twelve agree
    assert of(computed(asked, respond, listed), "tier_item_gaps", item="mindset_1")["reason"] == "nearly_everyone"
    rest = SENIOR + FRONT + people("44444555555", "manager")  # what is left could be had as a difference
    assert of(computed(asked, respond, rest), "tier_item_gaps", item="mindset_1")["reason"] == "complement"


def test_design_weights_count_and_make_the_interval_wider(asked, respond):
    weights = [3.0] * 9 + [1.0] * 3 + [1.0] * 16
    row = of(computed(asked, respond, SENIOR + FRONT, weights=weights), "tier_item_gaps", item="mindset_1")
    assert row["share_upper"] == pytest.approx(27 / 30)
    n_eff = np.array([30.0**2 / (9 * 9 + 3)])  # Kish: (27 + 3)^2 / 84
    wilson = intervals.wilson_interval(np.array([0.9]), n_eff)
    other = intervals.wilson_interval(np.array([5 / 16]), np.array([16.0]))
    assert row["lower"] == pytest.approx(0.9 - 5 / 16 - np.hypot(0.9 - wilson[0][0], other[1][0] - 5 / 16))


def sector(asked, respond, count):
    """Three of four senior leaders agree and half of the frontline, in every authority."""
    listed = []
    for place in range(count):
        listed += people("444555555223", "senior", f"A{place:02d}") + people(
            "22334455" * 2, "frontline", f"A{place:02d}"
        )
    return computed(asked, respond, listed)


def test_over_the_sector_the_difference_is_within_authorities(asked, respond):
    row = of(sector(asked, respond, 12), "sector_item_gaps", item="mindset_1")
    assert (row["authorities"], row["n_upper"], row["n_lower"]) == (12, 144, 192)
    assert (row["gap"], row["lower"], row["upper"]) == pytest.approx((0.25, 0.25, 0.25))  # alike everywhere
    few = of(sector(asked, respond, 9), "sector_item_gaps", "published", item="mindset_1")
    assert few["reason"] == "withheld"
    assert few[["gap", "authorities", "n_upper"]].isna().all()


def test_the_order_of_the_rows_changes_no_digit(asked, respond):
    draw = np.random.default_rng(3)
    listed, weights = SENIOR + FRONT + people("12345" * 4, "manager"), draw.uniform(0.5, 2.0, 48).round(3)
    order = draw.permutation(48)
    first = computed(asked, respond, listed, weights=weights.tolist())
    second = computed(asked, respond, [listed[at] for at in order], weights=weights[order].tolist())
    for name in ("tier_item_gaps", "sector_item_gaps"):
        pd.testing.assert_frame_equal(first.frames[name], second.frames[name], check_exact=True)


def test_an_authority_without_answers_and_a_wave_without_tiers_have_reasons_and_no_figure(asked, respond):
    alone = computed(asked, respond, [("A", "3 3 3 3", "", "")] * 12).frames["tier_item_gaps"]
    assert set(alone["reason"]) == {"no_answers"}
    assert alone[["gap", "lower", "share_upper"]].isna().all(axis=None)
