"""Change since an earlier wave: common items, independent waves, Holm, restated benchmarks, and what is not said."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import publication
from reports.change import Before
from reports.frames import NOT_ANSWERED, Responses
from reports.rules import Rules

FEW = dataclasses.replace(Rules(), minimum_authorities_median=5, lowered_because="a test")


def asked() -> Questionnaire:
    return small_survey.questionnaire()


def items(questionnaire: Questionnaire | None = None) -> tuple[str, ...]:
    return tuple(item.code for item in (questionnaire or asked()).scored_items)


def answers(positions: dict[str, list[int]], questionnaire: Questionnaire | None = None) -> Responses:
    """Every person chooses one option, by its position, for all items; reverse-keyed items the opposite one."""
    whole = questionnaire or asked()
    codes = tuple(positions)
    people = [(at, chosen) for at, code in enumerate(codes) for chosen in positions[code]]
    reverse = [item.reverse for item in whole.scored_items]
    rows = [[4 - chosen if turned and chosen >= 0 else chosen for turned in reverse] for _, chosen in people]
    authority = np.array([at for at, _ in people], dtype=np.int32)
    return Responses(codes, authority, items(whole), np.array(rows, dtype=np.int8).reshape(len(people), len(reverse)))


def change(
    now: Responses, before: Before, questionnaire: Questionnaire | None = None, rules: Rules = FEW
) -> pd.DataFrame:
    return publication.compute(now, questionnaire or asked(), rules, previous=before).frames["change"]


def row(frame: pd.DataFrame, authority: str, measure: str) -> pd.Series:
    return frame[(frame["authority"] == authority) & (frame["measure"] == measure)].iloc[0]


def reworded(*codes: str) -> Questionnaire:
    """The small survey with other words in some questions."""
    whole = asked()
    sections = tuple(
        dataclasses.replace(
            section,
            pages=tuple(
                dataclasses.replace(
                    page,
                    items=tuple(
                        dataclasses.replace(item, text=loader.parse(ANOTHER).title) if item.code in codes else item
                        for item in page.items
                    ),
                )
                for page in section.pages
            ),
        )
        for section in whole.sections
    )
    return dataclasses.replace(whole, sections=sections)


ANOTHER = """
code = "another"
version = "1"
language = "en"
audience = "officers"
title = "Asked in other words?"

[[option_sets]]
code = "yes"
options = [ { code = "1", label = "No", score = 0 }, { code = "2", label = "Yes", score = 100 } ]

[[dimensions]]
code = "one"
title = "One"

[[sections]]
code = "all"
title = "All"
[[sections.pages]]
code = "one-page"
[[sections.pages.items]]
code = "one_1"
text = "Yes?"
kind = "choice"
option_set = "yes"
dimension = "one"
"""


def test_a_change_is_the_difference_of_two_independent_means_without_correction() -> None:
    before, now = answers({"a": [1, 3] * 8}), answers({"a": [2, 4] * 10})
    one = row(change(now, Before(before, asked())), "a", "mindset")
    # options 1 and 3 score 25 and 75, mean 50; 2 and 4 score 50 and 100, mean 75
    assert (one["before"], one["after"], one["change"]) == (50.0, 75.0, 25.0)
    # V = s^2 / n with s^2 = 25^2 n / (n - 1): 625 / 15 and 625 / 19
    v1, v2 = 625 / 15, 625 / 19
    se, df = math.sqrt(v1 + v2), (v1 + v2) ** 2 / (v1**2 / 15 + v2**2 / 19)
    half = stats.t.ppf(0.975, df) * se
    assert one["lower"] == pytest.approx(25 - half)
    assert one["upper"] == pytest.approx(25 + half)
    p = 2 * stats.t.sf(25 / se, df)
    assert one["p_value"] == pytest.approx(p)
    assert one["p_adjusted"] == pytest.approx(3 * p)  # Holm over three dimensions with the same p-value
    assert (one["series"], one["common_items"], one["n_before"], one["n_after"]) == ("same", 3, 16, 20)
    assert one["verdict"] == "ABOVE"


def test_the_tests_are_those_of_scipy_and_statsmodels() -> None:
    """Answers as they come, one dimension drawn apart from the others: Welch by scipy, Holm by statsmodels."""
    chance = np.random.default_rng(8)
    waves = []
    for people in (40, 30):
        drawn = answers({"a": [2] * people})
        mixed = np.clip(drawn.answers + chance.integers(-2, 3, drawn.answers.shape), 0, 4).astype(np.int8)
        waves.append(dataclasses.replace(drawn, answers=mixed))
    now, before = waves
    frame = change(now, Before(before, asked()))
    turned = np.array([item.reverse for item in asked().scored_items])
    means = [
        np.where(turned, 100 - one.answers * 25.0, one.answers * 25.0).reshape(-1, 3, 3).mean(axis=2) for one in waves
    ]
    expected = stats.ttest_ind(means[0], means[1], equal_var=False)
    bounds = expected.confidence_interval()
    adjusted = multipletests(expected.pvalue, method="holm")[1]
    for at, measure in enumerate(small_survey.DIMENSIONS):
        one = row(frame, "a", measure)
        assert one["p_value"] == pytest.approx(expected.pvalue[at], rel=1e-9)
        assert one["p_adjusted"] == pytest.approx(adjusted[at], rel=1e-9)
        assert (one["lower"], one["upper"]) == pytest.approx((bounds.low[at], bounds.high[at]), abs=1e-9)


def test_a_headcount_makes_no_change_more_certain() -> None:
    staff = pd.DataFrame({"authority": ["a"], "service_area": [""], "tier": [""], "headcount": [16]})
    earlier = answers({"a": [1, 3] * 8})
    plain = change(answers({"a": [2, 4] * 10}), Before(earlier, asked()))
    counted = change(answers({"a": [2, 4] * 10}), Before(earlier, asked(), None, staff))
    pd.testing.assert_frame_equal(plain, counted)


def test_below_five_points_nothing_is_called_a_change() -> None:
    before, now = answers({"a": [2] * 400 + [3] * 400}), answers({"a": [2] * 280 + [3] * 520})
    one = row(change(now, Before(before, asked())), "a", "agile")
    # 50 + 25 / 2 = 62.5 and 50 + 25 * 0.65 = 66.25: 3.75 points, however certain
    assert one["change"] == pytest.approx(3.75)
    assert one["p_adjusted"] < 0.01
    assert one["verdict"] == "SIMILAR"


def test_a_reworded_item_is_a_new_item_and_the_dimension_is_scored_without_it() -> None:
    """Two of three items are too few for a series: it is broken, and the overall with it."""
    new = reworded("agile_1")
    frame = change(answers({"a": [2, 3] * 8}, new), Before(answers({"a": [1, 3] * 8}), asked()), new)
    one = row(frame, "a", "agile")
    assert (one["series"], one["common_items"], one["reason"]) == ("broken", 2, "series_broken")
    assert frame[frame["measure"] == "agile"][["before", "after", "change", "p_value"]].isna().all(axis=None)
    assert row(frame, "a", "overall")["reason"] == "series_broken"
    assert row(frame, "a", "mindset")["series"] == "same"


def test_an_item_that_neither_wave_asked_breaks_nothing() -> None:
    def without_one(found: Responses) -> Responses:
        return dataclasses.replace(found, items=found.items[1:], answers=found.answers[:, 1:])

    now, before = without_one(answers({"a": [2, 4] * 8})), without_one(answers({"a": [1, 3] * 8}))
    one = row(change(now, Before(before, asked())), "a", "mindset")
    assert (one["series"], one["common_items"], one["change"]) == ("same", 2, 25.0)


def test_who_was_not_there_before_and_who_are_too_few_have_a_reason() -> None:
    now = answers({"new": [1, 2] * 8, "old": [1, 2] * 8, "small": [1, 2] * 8})
    before = answers({"gone": [3] * 12, "old": [2, 3] * 8, "small": [2] * 10})
    frame = change(now, Before(before, asked()))
    assert set(frame["authority"]) == {"new", "old", "small"}
    assert row(frame, "new", "mindset")["reason"] == "not_before"
    assert row(frame, "small", "mindset")["reason"] == "too_few_people"
    assert pd.isna(row(frame, "old", "mindset")["reason"])


def test_published_change_is_empty_where_it_is_withheld() -> None:
    now, before = answers({"a": [1, 2] * 8, "b": [1, 2] * 8}), answers({"a": [2, 3] * 8, "b": [3] * 10})
    whole = publication.compute(now, asked(), FEW, previous=Before(before, asked()))
    safe = publication.for_file(whole, "published").frames["change"]
    hidden = safe[(safe["authority"] == "b")]
    assert set(hidden["reason"]) == {"withheld"}
    assert (
        hidden[["before", "after", "change", "lower", "upper", "p_value", "n_before", "n_after"]].isna().all(axis=None)
    )
    assert row(safe, "a", "mindset")["change"] == -25.0


def sector(codes: list[str], level: int) -> Responses:
    return answers({code: [level, level + 1] * 6 + [level + 2] * place for place, code in enumerate(codes)})


def restated(now: Responses, before: Responses) -> pd.DataFrame:
    whole = publication.compute(now, asked(), FEW, previous=Before(before, asked()))
    found = publication.for_file(whole, "research").frames["benchmarks"]
    return found[(found["measure"] == "mindset") & found["restated_for"].notna()].set_index("restated_for")


def test_benchmarks_are_restated_for_the_authorities_of_both_waves() -> None:
    codes = [f"a{place}" for place in range(9)]
    found = restated(sector(codes, 2), sector(codes[:6], 1))
    # the six of both waves: place k has 12 people at 37.5 on average and k at 75 before
    means = [(12 * 37.5 + place * 75) / (12 + place) for place in range(6)]
    assert found.loc["before", "median"] == pytest.approx(np.median(means))
    assert found.loc["before", "n"] == found.loc["after", "n"] == 6
    assert found.loc["after", "reason"] == "too_few_for_quartiles"  # six are enough for a median; three joined


@pytest.mark.parametrize(("joined", "reason"), [(0, None), (1, "few_changed"), (2, "few_changed"), (3, None)])
def test_two_medians_that_differ_by_one_or_two_authorities_are_not_both_told(joined: int, reason: str | None) -> None:
    codes = [f"a{place}" for place in range(12 + joined)]
    found = restated(sector(codes, 2), sector(codes[:12], 1))
    assert (None if pd.isna(found.loc["after", "reason"]) else found.loc["after", "reason"]) == reason
    left = restated(sector(codes[:12], 2), sector(codes, 1))
    assert (None if pd.isna(left.loc["before", "reason"]) else left.loc["before", "reason"]) == reason


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-3, 4), max_size=14), st.lists(st.integers(-3, 4), max_size=14))
def test_there_is_a_reason_and_never_an_exception(first: list[int], second: list[int]) -> None:
    """Nobody, everybody alike, only blanks, few or enough people in either wave."""
    frame = change(answers({"a": first, "b": [NOT_ANSWERED] * 12}), Before(answers({"a": second}), asked()))
    known = frame[frame["reason"].isna()]
    assert len(frame) == 2 * len(frame["measure"].unique())
    assert known["change"].notna().all()
    assert not (frame["verdict"].notna() & frame["p_value"].isna() & (frame["verdict"] != "CANNOT_TELL")).any()
