"""Benchmarks and standings: the middle authority, the gap, the four verdicts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from reports import peers, publication, standings
from reports.rules import Rules

RULES = Rules()
LEVELS = {"1": "1 1 1 1", "2": "2 2 2 2", "3": "3 3 3 3", "4": "4 4 4 4", "5": "5 5 5 5"}


def sector(*, count, low=0):
    """Authorities a00 … of 12 people each, whose mean rises by one person's step of 25 points at a time."""
    people = []
    for number in range(count):
        up = number % 13
        people += [(f"a{number:02}", LEVELS["4"])] * up + [(f"a{number:02}", LEVELS["3"])] * (12 - up)
    return people + [("tiny", LEVELS["5"])] * low


def frames_of(asked, respond, people, **options):
    instrument = asked("four-items")
    return publication.compute(respond(instrument, people), instrument, RULES, **options).frames


def benchmark(frames, group="all"):
    found = frames["benchmarks"]
    return found[(found["peer_group"] == group) & (found["measure"] == "mindset")].iloc[0]


def test_the_middle_authority_is_the_median_of_authorities_not_of_officers(asked, respond):
    # means of a00 … a11 are 50 + 25 k / 12 for k = 0 … 11; their median lies between k = 5 and k = 6
    found = benchmark(frames_of(asked, respond, sector(count=12)))
    assert found["n"] == 12
    assert found["median"] == pytest.approx(50 + 25 * 5.5 / 12)
    # type 7: position 1 + 11 / 4, that is k = 2.75
    assert found["lower_quartile"] == pytest.approx(50 + 25 * 2.75 / 12)


def test_an_authority_of_ten_people_is_not_in_the_benchmark(asked, respond):
    with_tiny = benchmark(frames_of(asked, respond, sector(count=12, low=10)))
    assert with_tiny["n"] == 12


@pytest.mark.parametrize(
    ("count", "reason", "shown"),
    [
        (9, "too_few_authorities", [False, False]),
        (10, "too_few_for_quartiles", [True, False]),
        (12, None, [True, True]),
    ],
)
def test_a_median_needs_ten_authorities_and_quartiles_twelve(asked, respond, count, reason, shown):
    instrument = asked("four-items")
    result = publication.compute(respond(instrument, sector(count=count)), instrument, RULES)
    research = benchmark(result.frames)
    assert (research["reason"] if reason else None) == reason
    assert pd.notna(research["median"])
    safe = benchmark(publication.published(result).frames)
    assert pd.notna(safe[["median", "lower_quartile"]]).tolist() == shown


def test_only_the_whole_sector_has_an_interval_of_the_median(asked, respond):
    register = pd.DataFrame({"code": [f"a{k:02}" for k in range(12)], "name": "x", "nation": "Wales"})
    frames = frames_of(asked, respond, sector(count=12), authorities=register)
    assert benchmark(frames)["median_lower"] < benchmark(frames)["median"] < benchmark(frames)["median_upper"]
    assert pd.isna(benchmark(frames, "nation:Wales")["median_lower"])


def test_the_menu_is_all_then_nations_regions_and_types():
    register = pd.DataFrame(
        {"code": ["b", "a"], "type": ["unitary", "district"], "nation": ["Wales", "England"], "region": [None, "East"]}
    )
    menu = peers.groups(register)["peer_group"].drop_duplicates().tolist()
    assert menu == ["all", "nation:England", "nation:Wales", "region:East", "type:district", "type:unitary"]


def verdict_of(gap, p):
    return str(standings.verdict(np.array([gap]), np.array([p]), RULES)[0])


@pytest.mark.parametrize(
    ("gap", "p", "expected"),
    [
        (5.0, 0.049, "ABOVE"),
        (-5.0, 0.049, "BELOW"),
        (5.0, 0.05, "CANNOT_TELL"),
        (4.99, 0.0001, "SIMILAR"),
        (4.99, 0.9, "SIMILAR"),
        (0.0, math.nan, "CANNOT_TELL"),
        (4.999999999999, 0.01, "ABOVE"),  # 5 after the rounding of sums
    ],
)
def test_the_four_verdicts_in_their_order(gap, p, expected):
    assert verdict_of(gap, p) == expected


def four_dimensional(asked, respond):
    instrument = asked("four-dimensions")
    rng = np.random.default_rng(11)
    people = [
        (f"a{number:02}", " ".join(str(one) for one in rng.integers(1 + number % 3, 6, 16)))
        for number in range(12)
        for _ in range(15)
    ]
    return publication.compute(respond(instrument, people), instrument, RULES).frames


def test_gap_t_test_and_holm_agree_with_scipy_and_statsmodels(asked, respond):
    frames = four_dimensional(asked, respond)
    people, one = frames["respondents"], "a01"
    middle = frames["benchmarks"].set_index("measure")["median"]
    found = frames["standings"].query("authority == @one").set_index("measure")
    dimensions = ["mindset", "agile", "silos", "leadership"]
    own = people[people["authority"] == one]
    tests = [stats.ttest_1samp(own[d].to_numpy(dtype=float), middle[d]).pvalue for d in dimensions]
    assert found.loc[dimensions, "p_value"].to_numpy(dtype=float) == pytest.approx(tests, abs=1e-12)
    expected = multipletests(tests, method="holm")[1]
    assert found.loc[dimensions, "p_adjusted"].to_numpy(dtype=float) == pytest.approx(expected, abs=1e-12)
    assert found.loc["overall", ["p_value", "verdict"]].isna().all()
    reliability = frames["scores"].query("authority == @one").set_index("measure").loc[dimensions, "reliability"]
    assert found.loc[dimensions, "indicative"].tolist() == (reliability < 0.70).tolist()


def test_without_spread_there_is_no_verdict_but_cannot_tell(asked, respond):
    people = sector(count=12) + [("same", LEVELS["5"])] * 12
    found = frames_of(asked, respond, people)["standings"]
    same = found[(found["authority"] == "same") & (found["measure"] == "mindset")].iloc[0]
    assert pd.isna(same["p_value"])
    assert same["verdict"] == "CANNOT_TELL"


answers = st.lists(
    st.tuples(st.sampled_from(["A", "B", "C"]), st.lists(st.sampled_from("12345."), min_size=4, max_size=4)),
    min_size=1,
    max_size=40,
)


def scores_of(asked, respond, people):
    frame = frames_of(asked, respond, people)["scores"]
    return frame.set_index(["authority", "measure"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_bit(asked, respond, given, random):
    people = [(authority, " ".join(codes)) for authority, codes in given]
    shuffled = list(people)
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(
        scores_of(asked, respond, people), scores_of(asked, respond, shuffled), check_exact=True
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers)
def test_adding_an_authority_moves_no_other_score(asked, respond, given):
    people = [(authority, " ".join(codes)) for authority, codes in given]
    alone = scores_of(asked, respond, people)
    more = scores_of(asked, respond, [*people, *[("D", "5 5 1 5")] * 12])
    own = alone.columns.difference(["reliability"])  # how far a score sets authorities apart does rest on the others
    pd.testing.assert_frame_equal(alone[own], more.loc[alone.index, own], check_exact=True)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers)
def test_everybody_twice_gives_the_same_scores(asked, respond, given):
    people = [(authority, " ".join(codes)) for authority, codes in given]
    once, twice = scores_of(asked, respond, people), scores_of(asked, respond, people * 2)
    pd.testing.assert_series_equal(once["score"], twice["score"], atol=1e-9, rtol=0)
    assert (2 * once["n"] == twice["n"]).all()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers)
def test_other_names_give_the_same_scores(asked, respond, given):
    people = [(authority, " ".join(codes)) for authority, codes in given]
    renamed = [({"A": "x", "B": "y", "C": "z"}[authority], codes) for authority, codes in people]
    before, after = scores_of(asked, respond, people), scores_of(asked, respond, renamed)
    assert before["score"].fillna(-1).tolist() == after["score"].fillna(-1).tolist()


def test_one_authority_alone_has_a_score_and_no_published_comparison(asked, respond):
    instrument = asked("four-items")
    result = publication.published(
        publication.compute(respond(instrument, [("A", "5 5 5 5"), ("A", "3 3 3 3")] * 10), instrument, RULES)
    )
    assert result.frames["scores"].query("measure == 'mindset'")["score"].tolist() == [75.0]
    assert result.frames["standings"]["gap"].isna().all()
