"""Inside authorities: service areas that lie apart, tiers that see things differently, and both over the sector."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reports import publication, sector_inside
from reports.rules import Rules
from reports.statistics import welch


def of(results, name, audience="research", **keys):
    """The one row of a frame with these keys."""
    frame = publication.for_file(results, audience).frames[name]
    for column, value in keys.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def people(answers, area="", tier="", authority="A"):
    """One person an answer, who gives it to each of the four items: the last one is reverse-keyed."""
    return [(authority, f"{code} {code} {code} {6 - int(code)}", area, tier) for code in answers]


def computed(asked, respond, listed, rules=None):
    questionnaire = asked("tiers-and-areas")
    return publication.compute(respond(questionnaire, listed), questionnaire, rules or Rules())


AREAS = people("2223334445522", "housing") + people("3334445552233", "planning") + people("4445555544433", "ict")


def test_divergence_is_the_analysis_of_variance_by_service_area(asked, respond):
    row = of(computed(asked, respond, AREAS), "divergence", measure="mindset")
    scores = [
        [25.0 * (int(code) - 1) for code in codes] for codes in ("2223334445522", "3334445552233", "4445555544433")
    ]
    means = [np.mean(one) for one in scores]
    grand = np.mean(means)
    between = sum(13 * (mean - grand) ** 2 for mean in means) / 2  # MSB: three areas of 13 people, 2 degrees of freedom
    within = sum(((np.array(one) - mean) ** 2).sum() for one, mean in zip(scores, means, strict=True)) / 36
    assert row["sd_between"] == pytest.approx(np.sqrt((between - within) / 13))
    assert row["icc1"] == pytest.approx((between - within) / (between + 12 * within))
    f = between / within
    assert stats.f_oneway(*scores).statistic == pytest.approx(f)
    low = f / stats.f.ppf(0.975, 2, 36)
    assert row["icc1_lower"] == pytest.approx((low - 1) / (low + 12))
    assert (row["service_areas"], row["n"], pd.isna(row["reason"])) == (3, 39, True)


def test_divergence_needs_three_service_areas_of_eleven(asked, respond):
    two = computed(asked, respond, AREAS[:26] + people("4444444444", "ict"))
    row = of(two, "divergence", measure="mindset")
    assert (row["service_areas"], row["n"], row["reason"]) == (2, 26, "too_few_service_areas")
    told = of(two, "divergence", "published", measure="mindset")
    assert told["reason"] == "withheld"
    assert told[["service_areas", "n", "sd_between", "icc1", "icc1_lower"]].isna().all()


def test_what_is_told_of_divergence_rests_on_shown_service_areas_only(asked, respond):
    # three people did not say: the smallest area, of 12, is hidden with them, and with four areas three would be left
    silent = people("345")
    listed = AREAS + people("345345345345", "waste") + silent
    questionnaire = asked("tiers-and-areas")
    results = publication.compute(respond(questionnaire, listed), questionnaire, Rules())
    assert of(results, "group_scores", measure="mindset", group="waste")["reason"] == "complement"
    assert of(results, "divergence", measure="mindset")["service_areas"] == 4
    told = of(results, "divergence", "published", measure="mindset")
    without = of(computed(asked, respond, AREAS), "divergence", "published", measure="mindset")
    assert told["service_areas"] == 3
    assert told["sd_between"] == without["sd_between"]


def test_areas_without_any_spread_have_no_interval_and_no_nan(asked, respond):
    same = people("3" * 12, "housing") + people("3" * 12, "planning") + people("3" * 12, "ict")
    row = of(computed(asked, respond, same), "divergence", measure="mindset")
    assert row["sd_between"] == 0.0
    assert row[["icc1", "icc1_lower", "icc1_upper", "omega2"]].isna().all()
    apart = people("3" * 12, "housing") + people("4" * 12, "planning") + people("5" * 12, "ict")
    row = of(computed(asked, respond, apart), "divergence", measure="mindset")
    assert row["sd_between"] == pytest.approx(25.0)  # means 50, 75 and 100
    assert row["icc1"] == pytest.approx(1.0)
    assert pd.isna(row["icc1_lower"])


SENIOR, FRONT = people("444555544455", "", "senior"), people("2233224433223344332222", "", "frontline")


def test_a_tier_gap_is_the_difference_with_the_interval_of_welch(asked, respond):
    row = of(computed(asked, respond, SENIOR + FRONT), "tier_gaps", measure="mindset")
    upper, lower = ([25.0 * (int(one[1][0]) - 1) for one in side] for side in (SENIOR, FRONT))
    expected = stats.ttest_ind(upper, lower, equal_var=False)
    assert row["gap"] == pytest.approx(np.mean(upper) - np.mean(lower))
    assert row["p_value"] == pytest.approx(expected.pvalue)
    assert (row["lower"], row["upper"]) == pytest.approx(tuple(expected.confidence_interval()))
    assert (row["upper_tier"], row["lower_tier"], row["verdict"]) == ("senior", "frontline", "ABOVE")
    assert (row["n_upper"], row["n_lower"], row["with_managers"]) == (12, 22, False)


def test_with_few_senior_leaders_managers_stand_beside_them_and_the_row_says_so(asked, respond):
    managers = people("4433445533", "", "manager")
    results = computed(asked, respond, SENIOR[:4] + managers + FRONT)
    row = of(results, "tier_gaps", "published", measure="mindset")
    upper = [25.0 * (int(one[1][0]) - 1) for one in SENIOR[:4] + managers]
    assert (row["upper_tier"], row["with_managers"], row["n_upper"]) == ("senior+manager", True, 14)
    lower = np.mean([25.0 * (int(one[1][0]) - 1) for one in FRONT])
    assert row["gap"] == pytest.approx(round(np.mean(upper) - lower, 1))


def test_no_gap_from_which_a_few_senior_leaders_could_be_computed(asked, respond):
    # Seven did not say: with four senior leaders they are eleven, so that managers are shown. Senior leaders and
    # managers together would then give the four away.
    listed = SENIOR[:4] + people("443344553344", "", "manager") + FRONT + people("4433443")
    results = computed(asked, respond, listed)
    assert pd.isna(of(results, "group_scores", measure="mindset", group="manager")["reason"])
    row = of(results, "tier_gaps", measure="mindset")
    assert (row["n_upper"], row["reason"]) == (16, "complement")
    told = of(results, "tier_gaps", "published", measure="mindset")
    assert told["reason"] == "withheld"
    assert told[["upper_tier", "with_managers", "gap", "lower", "p_adjusted", "verdict", "n_upper"]].isna().all()


def test_a_gap_below_five_points_is_no_gap_however_sure(asked, respond):
    # 500 against 500: means 50 and 54, a difference of 4 that chance does not explain
    upper = people("3" * 420 + "4" * 80, "", "senior")
    lower = people("3" * 500, "", "frontline")
    row = of(computed(asked, respond, upper + lower), "tier_gaps", measure="mindset")
    assert row["gap"] == pytest.approx(4.0)
    assert row["p_adjusted"] < 1e-9
    assert row["verdict"] == "SIMILAR"


def test_elected_members_are_compared_with_officers_and_change_no_score(asked, respond):
    elected = people("55555544444", "", "elected")
    with_them = computed(asked, respond, FRONT + elected)
    row = of(with_them, "elected_gaps", measure="mindset")
    officers = of(with_them, "scores", measure="mindset")["score"]
    assert officers == of(computed(asked, respond, FRONT), "scores", measure="mindset")["score"]
    assert row["gap"] == pytest.approx((6 * 100 + 5 * 75) / 11 - officers)
    assert (row["upper_tier"], row["lower_tier"], row["n_upper"], row["verdict"]) == (
        "elected",
        "officers",
        11,
        "ABOVE",
    )
    ten = of(computed(asked, respond, FRONT + elected[1:]), "elected_gaps", "published", measure="mindset")
    assert (ten["reason"], pd.isna(ten["gap"]), pd.isna(ten["n_upper"])) == ("withheld", True, True)


def test_where_the_questions_do_not_mean_the_same_tiers_are_not_compared(asked, respond):
    rules = Rules(invariance="failed", invariance_source="report 7")
    results = computed(asked, respond, SENIOR + FRONT, rules)
    assert of(results, "tier_gaps", measure="mindset")["reason"] == "means_differently"
    assert of(results, "divergence", measure="mindset")["reason"] == "too_few_service_areas"


def sector(asked, respond, count=12, seniors=12):
    """Authorities at different levels, the senior leaders of each one answer above its frontline."""
    listed = []
    for place in range(count):
        low = 1 + place % 3
        listed += people(f"{low}{low + 1}" * 10, "", "frontline", f"A{place:02d}")
        listed += people(f"{low + 1}{low + 2}" * (seniors // 2), "", "senior", f"A{place:02d}")
    return computed(asked, respond, listed)


def test_the_gap_of_the_sector_is_within_authorities(asked, respond):
    row = of(sector(asked, respond), "sector_tier_gaps", measure="mindset")
    assert row["gap"] == pytest.approx(25.0)  # one answer higher everywhere, whatever the level of the authority
    assert (row["lower"], row["upper"]) == (pytest.approx(25.0), pytest.approx(25.0))
    assert (row["authorities"], row["n_upper"], row["n_lower"]) == (12, 144, 240)
    assert pd.isna(row["reason"])


def test_the_gap_of_the_sector_agrees_with_least_squares_and_a_cluster_robust_error(asked, respond):
    draw = np.random.default_rng(5)
    listed = []
    for place in range(11):
        for tier, count in (("senior", draw.integers(2, 15)), ("frontline", draw.integers(12, 30))):
            listed += people("".join(map(str, draw.integers(1, 6, count))), "", tier, f"A{place:02d}")
    row = of(computed(asked, respond, listed), "sector_tier_gaps", measure="mindset")
    y = np.array([25.0 * (int(one[1][0]) - 1) for one in listed])
    where = np.array([one[0] for one in listed])
    dummies = (where[:, None] == np.unique(where)).astype(float)
    x = np.column_stack([[one[3] == "senior" for one in listed], dummies]).astype(float)
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ y
    scores = np.array([x[where == one].T @ (y - x @ b)[where == one] for one in np.unique(where)])
    robust = inverse @ (scores.T @ scores) @ inverse * 11 / 10
    assert row["gap"] == pytest.approx(b[0])
    assert row["upper"] == pytest.approx(b[0] + stats.t.ppf(0.975, 10) * np.sqrt(robust[0, 0]))


def test_the_sector_gives_no_gap_of_nine_authorities(asked, respond):
    assert of(sector(asked, respond, 9), "sector_tier_gaps", measure="mindset")["reason"] == "too_few_authorities"
    told = of(sector(asked, respond, 9), "sector_tier_gaps", "published", measure="mindset")
    assert told[["gap", "authorities", "n_upper"]].isna().all()


def test_a_few_senior_leaders_of_one_authority_are_not_left_over_in_the_sector(asked, respond):
    questionnaire = asked("tiers-and-areas")
    listed = [
        (f"A{place:02d}", given, "", tier)
        for place in range(12)
        for tier in ("senior", "frontline")
        for given in ("3 3 3 4", "5 5 5 1") * 6
    ]
    listed += people("555", "", "senior", "B") + people("345" * 6, "", "frontline", "B")
    results = publication.compute(respond(questionnaire, listed), questionnaire, Rules())
    row = of(results, "sector_tier_gaps", measure="mindset")
    assert (row["authorities"], row["n_upper"]) == (12, 144)  # without the three of B, whose gap is not shown


def test_the_spread_over_authorities_counts_shown_ones_only(asked, respond):
    results = sector(asked, respond, 12)
    row = of(results, "sector_inside", measure="mindset", kind=sector_inside.TIER_GAP)
    assert (row["n"], row["above"], row["below"], row["median"]) == (12, 12, 0, 25.0)
    few = sector(asked, respond, 12, seniors=10)  # ten senior leaders and no manager: nothing is compared
    row = of(few, "sector_inside", measure="mindset", kind=sector_inside.TIER_GAP)
    assert (row["n"], row["reason"]) == (0, "no_authorities")


def test_two_means_without_any_spread_have_a_difference_and_no_test():
    two, none = np.array([12]), np.array([0.0])
    found = welch.difference((np.array([60.0]), np.array([50.0])), (none, none), (two, two))
    assert found.gap.tolist() == [10.0]
    assert np.isnan([found.lower[0], found.upper[0], found.p_value[0]]).all()


@pytest.mark.parametrize("name", ["divergence", "tier_gaps", "elected_gaps", "sector_inside", "sector_tier_gaps"])
def test_the_order_of_the_rows_changes_no_digit(asked, respond, name):
    listed = AREAS + SENIOR + FRONT + people("55555544444", "", "elected")
    questionnaire = asked("tiers-and-areas")
    found = [
        publication.compute(respond(questionnaire, rows), questionnaire, Rules()).frames[name]
        for rows in (listed, listed[::-1])
    ]
    pd.testing.assert_frame_equal(*found, check_exact=True)
