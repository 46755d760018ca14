"""Scores of people and authorities, worked by hand and beside independent libraries."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from reports import estimation, publication, scoring
from reports.rules import Rules
from reports.statistics import intervals, sums

RULES = Rules()


def person(asked, respond, given, questionnaire="four-items"):
    instrument = asked(questionnaire)
    return scoring.person_scores(respond(instrument, [("Avon", given)]), instrument, RULES).of("mindset")[0]


def row(frame, **keys):
    for column, value in keys.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def headcounts(*rows):
    columns = ["authority", "service_area", "tier", "headcount"]
    return pd.DataFrame(list(rows), columns=columns)


def one_group(values, **options):
    people = np.array(values, dtype=np.float64)[:, np.newaxis]
    groups = sums.grouped(np.zeros(len(values), dtype=np.int64), 1)
    return estimation.estimate(people, groups, **options)


def test_a_person_scores_the_mean_of_the_items(asked, respond):
    assert person(asked, respond, "5 4 4 1") == (100 + 75 + 75 + 0) / 4


def test_half_of_four_items_is_enough_and_one_is_not(asked, respond):
    assert person(asked, respond, "4 5 . .") == (75 + 100) / 2
    assert math.isnan(person(asked, respond, "4 . . ."))


def test_do_not_know_is_missing_and_not_zero(asked, respond):
    assert person(asked, respond, "4 dk 5 dk") == (75 + 100) / 2


def test_a_reverse_item_turns_round(asked, respond):
    assert person(asked, respond, "5 5 5 1", "reverse-item") == (100 + 100 + 100 + (100 - 0)) / 4


def test_half_of_five_items_is_three(asked, respond):
    instrument = asked("public-staff-survey")  # leadership: five items, after three dimensions of four
    two, three = "3 " * 12 + "5 5 . . .", "3 " * 12 + "5 5 5 . ."
    scores = scoring.person_scores(respond(instrument, [("A", two), ("A", three)]), instrument, RULES)
    assert np.isnan(scores.of("leadership")[0])
    assert scores.of("leadership")[1] == 100.0


def test_the_overall_is_the_mean_of_all_dimensions_for_people_scored_on_all(asked, respond):
    instrument = asked("four-dimensions")
    everything = "5 5 5 5  3 3 3 3  1 1 1 1  4 4 4 4"
    one_missing = "5 5 5 5  3 3 3 3  1 1 1 1  . . . ."
    answers = respond(instrument, [("A", everything), ("A", one_missing)])
    dimensions = scoring.person_scores(answers, instrument, RULES)
    reverse_is_keyed = [dimensions.of(d)[0] for d in ("mindset", "agile", "silos", "leadership")]
    assert dimensions.of("overall")[0] == pytest.approx(sum(reverse_is_keyed) / 4)
    assert np.isnan(dimensions.of("overall")[1])


def test_fewer_than_three_dimensions_have_no_overall(asked, respond):
    instrument = asked("four-items")
    result = publication.compute(respond(instrument, [("A", "4 4 4 4")] * 12), instrument, RULES)
    overall = row(result.frames["scores"], measure="overall")
    assert pd.isna(overall["score"])
    assert overall["reason"] == "too_few_dimensions"


def test_the_interval_of_four_people_of_five():
    # 40 60 50 70: mean 55, s^2 = (225 + 25 + 25 + 225) / 3 = 166.67, s / sqrt(4) = 6.455, times sqrt(1 - 4/5) = 2.887
    found = one_group([40, 60, 50, 70], invited=np.array([5.0]))
    assert found.score[0, 0] == 55.0
    assert found.se_comparison[0, 0] == pytest.approx(math.sqrt(500 / 3 / 4), abs=1e-12)
    assert found.se[0, 0] == pytest.approx(math.sqrt(500 / 3 / 4 * (1 - 4 / 5)), abs=1e-12)
    half = 3.182446305284263 * found.se[0, 0]  # t(0.975, 3)
    assert found.upper[0, 0] == pytest.approx(55 + half, abs=1e-9)


def margin(staff, answered, positive):
    """Half the width of the interval of a percentage, in points."""
    n_star = intervals.effective_n(np.array([float(answered)]), np.array([answered]), np.array([float(staff)]))
    lower, upper = intervals.wilson_interval(np.array([positive]), n_star)
    return 100 * (upper[0] - lower[0]) / 2


def test_fifty_staff_forty_answers_thirty_per_cent_have_the_published_margin_of_six():
    # Civil Service People Survey technical guide 2019, p. 24; n* = 40 (50 - 1) / (50 - 40) = 196
    assert round(margin(50, 40, 0.30)) == 6
    assert round(margin(math.nan, 40, 0.30)) == 14  # what it would be without the correction


def test_when_everybody_answered_nothing_is_uncertain_but_a_comparison_is():
    found = one_group([40, 60, 50, 70], invited=np.array([4.0]))
    assert (found.se[0, 0], found.lower[0, 0], found.upper[0, 0]) == (0.0, 55.0, 55.0)
    assert found.se_comparison[0, 0] > 6


def test_more_answers_than_staff_means_no_headcount_and_no_correction():
    found = one_group([40, 60, 50, 70], invited=np.array([3.0]))
    assert np.isnan(found.invited[0, 0])
    assert found.se[0, 0] == found.se_comparison[0, 0]


def test_the_interval_is_clipped_to_the_scale():
    found = one_group([100.0] * 11 + [60.0])
    assert found.upper[0, 0] == 100.0


def test_equal_answers_have_no_spread_at_all():
    found = one_group([200 / 3] * 7)
    assert found.se_comparison[0, 0] == 0.0


def test_weighted_mean_and_variance_agree_with_statsmodels():
    rng = np.random.default_rng(3)
    y, w = rng.uniform(0, 100, 60), rng.uniform(0.3, 3, 60)
    found = one_group(y, weights=w)
    assert found.score[0, 0] == pytest.approx(DescrStatsW(y, w).mean, abs=1e-10)
    # with weights (n / (n - 1)) sum (w e)^2 / (sum w)^2 is the heteroscedasticity-robust (HC1) error of a mean
    e = y - found.score[0, 0]
    assert found.se[0, 0] == pytest.approx(math.sqrt(60 / 59 * np.sum((w * e) ** 2)) / w.sum(), abs=1e-12)
    assert found.deff[0, 0] == pytest.approx(60 * np.sum(w**2) / w.sum() ** 2, abs=1e-12)


def test_unweighted_intervals_agree_with_scipy():
    y = np.random.default_rng(4).uniform(20, 80, 33)
    found = one_group(y)
    expected = stats.t.interval(0.95, 32, loc=y.mean(), scale=stats.sem(y))
    assert (found.lower[0, 0], found.upper[0, 0]) == pytest.approx(expected, abs=1e-10)


def test_n_is_the_total_row_or_the_sum_of_the_cells(asked, respond):
    instrument = asked("tiers-and-areas")
    answers = respond(instrument, [("A", "4 4 4 4")] * 12 + [("B", "4 4 4 4")] * 12 + [("C", "4 4 4 4")] * 12)
    known = headcounts(
        ("A", "", "", 60), ("A", "finance", "frontline", 10),
        ("B", "finance", "frontline", 10), ("B", "finance", "senior", 5), ("B", "finance", "elected", 9),
    )  # fmt: skip
    scores = publication.compute(answers, instrument, RULES, headcounts=known).frames["scores"]
    found = scores[scores["measure"] == "mindset"].set_index("authority")["invited"]
    assert found["A"] == 60
    assert found["B"] == 15  # elected members are outside the headcount
    assert pd.isna(found["C"])


def test_elected_members_are_outside_the_score_and_a_group_of_their_own(asked, respond):
    instrument = asked("tiers-and-areas")
    people = [("A", one, "", "frontline") for one in ("3 3 3 3", "5 5 5 1") * 6]  # 50 and 100
    people += [("A", "1 1 1 5", "", "elected")] * 6 + [("A", "3 3 3 3", "", "elected")] * 5  # 0 and 50
    frames = publication.compute(respond(instrument, people), instrument, RULES).frames
    own = row(frames["scores"], measure="mindset")
    assert (own["n"], own["score"]) == (12, 75.0)
    elected = row(frames["group_scores"], kind="elected", measure="mindset")
    assert (elected["n"], elected["score"]) == (11, pytest.approx(250 / 11))
    assert pd.isna(elected["reason"])
    assert frames["respondents"]["counted"].tolist() == [True] * 12 + [False] * 11


def test_answers_given_too_fast_and_all_the_same_count_nowhere(asked, respond):
    instrument = asked("four-items")
    answers = respond(instrument, [("A", "1 1 1 1"), ("A", "2 2 2 2"), ("A", "4 5 4 5"), ("A", "5 4 5 4")])
    # below 2 seconds for each of four answers, that is below 8 in all
    quick = type(answers)(**{**vars(answers), "seconds": np.array([7.0, 90.0, 7.0, 90.0])})
    result = publication.compute(quick, instrument, RULES)
    assert row(result.frames["scores"], measure="mindset")["n"] == 3  # only the first is both fast and uniform
    assert result.quality["careless"] == {
        "long_run": 2, "no_spread": 2, "too_fast": 2, "excluded": 1, "time_known": True,
    }  # fmt: skip
