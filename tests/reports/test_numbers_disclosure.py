"""What is withheld, and that nothing withheld can be had by subtraction."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from reports import gates, publication
from reports.disclosure import complement
from reports.disclosure.reasons import Reason
from reports.rules import Rules

RULES = Rules()
sizes = st.lists(st.integers(0, 60), min_size=1, max_size=8)


def people(authority, times, given="4 4 4 2", area="", tier=""):
    """So many people, every second one of whom says the opposite: who all say the same are told by their mean."""
    opposite = given.translate(str.maketrans("12345", "54321"))
    return [(authority, (given, opposite)[place % 2], area, tier) for place in range(times)]


def reasons(frame, key, measure="mindset"):
    chosen = frame[frame["measure"] == measure]
    return {k: None if pd.isna(v) else v for k, v in zip(chosen[key], chosen["reason"], strict=True)}


def test_ten_people_are_too_few_and_eleven_are_enough(asked, respond):
    instrument = asked("tiers-and-areas")
    answers = respond(instrument, people("A", 10) + people("B", 11))
    result = publication.compute(answers, instrument, RULES)
    assert reasons(result.frames["scores"], "authority") == {"A": "too_few_people", "B": None}
    assert result.frames["scores"]["score"].notna().any()
    safe = publication.published(result).frames["scores"]
    hidden = safe[safe["authority"] == "A"]
    assert hidden[["n", "invited", "score", "se", "lower", "upper", "se_comparison", "deff"]].isna().all(axis=None)


def test_a_rest_of_five_hides_the_smallest_shown_area_too(asked, respond):
    instrument = asked("tiers-and-areas")
    areas = [option.code for option in instrument.items["service_area"].options][:3]
    answers = respond(
        instrument, people("A", 30, area=areas[0]) + people("A", 12, area=areas[1]) + people("A", 5, area=areas[2])
    )
    groups = publication.compute(answers, instrument, RULES).frames["group_scores"]
    assert reasons(groups, "group") == {areas[0]: None, areas[1]: "complement", areas[2]: "too_few_people"}


def test_five_people_who_did_not_say_are_a_rest_as_well(asked, respond):
    instrument = asked("tiers-and-areas")
    areas = [option.code for option in instrument.items["service_area"].options][:2]
    answers = respond(instrument, people("A", 30, area=areas[0]) + people("A", 12, area=areas[1]) + people("A", 5))
    groups = publication.compute(answers, instrument, RULES).frames["group_scores"]
    assert reasons(groups, "group") == {areas[0]: None, areas[1]: "complement"}


@given(sizes, st.integers(0, 30))
def test_no_union_of_shown_groups_leaves_one_to_ten_people(group_sizes, not_said):
    whole = sum(group_sizes) + not_said
    hidden = complement.hidden(group_sizes, whole, 11)
    shown = [size for size, is_hidden in zip(group_sizes, hidden, strict=True) if not is_hidden]
    assert all(size >= 11 for size in shown)
    for chosen in range(2 ** len(shown)):
        left = whole - sum(size for place, size in enumerate(shown) if chosen >> place & 1)
        assert left == 0 or left >= 11 or not chosen  # nothing is subtracted when nothing is chosen


def test_among_equal_groups_the_first_code_is_hidden():
    assert complement.hidden([12, 12, 12], 39, 11) == [True, False, False]


def test_a_withheld_dimension_withholds_the_overall(asked, respond):
    instrument = asked("four-dimensions")
    full = "4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4"
    without_last = "4 4 4 4 4 4 4 4 4 4 4 4 . . . ."
    answers = respond(instrument, people("A", 10, full) + people("A", 5, without_last))
    found = publication.compute(answers, instrument, RULES).frames["scores"]
    assert reasons(found, "measure", "leadership") == {"leadership": "too_few_people"}
    assert reasons(found, "measure", "mindset") == {"mindset": None}
    assert reasons(found, "measure", "overall") == {"overall": "too_few_people"}


def distribution(asked, respond, given):
    instrument = asked("four-items")
    answers = respond(instrument, [("A", f"{one} 3 3 3") for one in given])
    result = publication.compute(answers, instrument, RULES)
    items = publication.published(result).frames["items"]
    return items[items["item"] == "mindset_1"]


def test_thirty_answers_show_five_options_and_twenty_nine_show_three(asked, respond):
    thirty = distribution(asked, respond, ["1", "2", "3", "4", "5"] * 6)
    assert thirty["option"].tolist() == ["1", "2", "3", "4", "5", "dk", "blank"]
    fewer = distribution(asked, respond, (["1", "2", "3", "4", "5"] * 6)[:29])
    assert fewer["option"].tolist() == ["1-2", "3", "4-5", "dk", "blank"]
    # 29 answers: 6 + 6, 6, 6 + 5
    assert (fewer["share"] * 29).round(6).tolist()[:3] == [12, 6, 11]


def test_what_nearly_everybody_said_is_not_printed(asked, respond):
    same = distribution(asked, respond, ["4"] * 38 + ["2"] * 2)  # 38 of 40 is 95 %
    options = same[~same["option"].isin(["dk", "blank"])]
    assert options["share"].isna().all()
    assert set(options["reason"]) == {Reason.NEARLY_EVERYONE}


def test_all_but_two_people_is_nearly_everybody(asked, respond):
    same = distribution(asked, respond, ["4"] * 11 + ["1"] * 2)  # 11 of 13 is 85 %, but all but two
    assert same[~same["option"].isin(["dk", "blank"])]["share"].isna().all()


def test_a_published_file_says_withheld_whatever_the_rule(asked, respond):
    instrument = asked("tiers-and-areas")
    answers = respond(instrument, people("A", 10) + people("B", 40))
    frames = publication.for_file(publication.compute(answers, instrument, RULES), "published").frames
    for frame in frames.values():
        assert set(frame["reason"].dropna()) <= {"withheld"}
    assert "respondents" not in frames
    assert frames["standings"]["percentile_rank"].isna().all()


def test_a_published_file_rounds_scores_to_one_decimal_and_hides_small_headcounts(asked, respond):
    instrument = asked("four-items")
    listed = [("A", "4 4 4 5")] * 11 + [("A", "1 2 1 1")] * 2 + [("B", "4 4 3 5"), ("B", "2 2 1 3")] * 6
    answers = respond(instrument, listed)
    known = pd.DataFrame({"authority": ["A", "B"], "service_area": "", "tier": "", "headcount": [49, 50]})
    result = publication.compute(answers, instrument, RULES, headcounts=known)
    scores = publication.for_file(result, "published").frames["scores"].set_index(["authority", "measure"])
    # A: (11 x 81.25 + 2 x 6.25) / 13 = 69.7115
    assert scores.loc[("A", "mindset"), "score"] == 69.7
    assert pd.isna(scores.loc[("A", "mindset"), "invited"])
    assert scores.loc[("B", "mindset"), "invited"] == 50


def test_quality_can_be_written_as_json_and_hides_small_counts(asked, respond):
    instrument = asked("four-items")
    answers = respond(instrument, people("A", 40) + people("B", 3) + [("A", ". 4 4 2")] * 2)
    result = publication.compute(answers, instrument, RULES)
    assert result.quality["item_nonresponse"]["mindset_1"]["blank"] == 2
    safe = publication.published(result).quality
    json.dumps(safe, allow_nan=False)
    assert safe["item_nonresponse"]["mindset_1"] == {"asked": 45, "blank": None, "share": None}
    assert safe["response"]["B"]["scored"] is None
    assert {gates.state_of(one) for one in safe["gates"].values()} == {"not tested"}  # 47 people of two authorities


def test_a_few_elected_members_cannot_be_had_by_subtraction(asked, respond):
    instrument = asked("tiers-and-areas")
    answers = respond(instrument, people("A", 40) + people("A", 3, tier="elected"))
    result = publication.compute(answers, instrument, RULES)
    assert result.quality["respondents"] == {"total": 43, "officers": 40, "elected": 3, "authorities": 1}
    safe = publication.published(result).quality["respondents"]
    assert safe == {"total": 43, "officers": None, "elected": None, "authorities": 1}


def test_every_empty_number_of_a_research_file_has_a_reason(asked, respond):
    instrument = asked("tiers-and-areas")
    nobody = people("A", 3, ". . . .") + people("B", 12)
    frames = publication.compute(respond(instrument, nobody), instrument, RULES).frames
    for name in ("scores", "group_scores", "benchmarks"):
        column = "median" if name == "benchmarks" else "score"
        frame = frames[name]
        assert frame.loc[frame[column].isna(), "reason"].notna().all()
    assert np.array_equal(frames["scores"].query("authority == 'A' and measure == 'mindset'")["reason"], ["no_answers"])


def test_guarding_twice_changes_nothing(asked, respond):
    instrument = asked("tiers-and-areas")
    answers = respond(instrument, people("A", 10) + people("B", 20) + people("C", 40))
    result = publication.compute(answers, instrument, RULES)
    once = publication.published(result)
    twice = publication.published(once)
    assert once.quality == twice.quality
    for name, frame in once.frames.items():
        pd.testing.assert_frame_equal(frame, twice.frames[name])


def test_a_file_is_guarded_even_if_the_drawn_together_items_are_missing(asked, respond):
    instrument = asked("four-items")
    result = publication.compute(respond(instrument, people("A", 5) + people("B", 20)), instrument, RULES)
    lacking = publication.for_file(publication.for_file(result, "research"), "published").frames
    assert "respondents" not in lacking
    assert lacking["scores"].query("authority == 'A'")["score"].isna().all()
    options = lacking["items"].query("option not in ['dk', 'blank']")
    assert options["share"].isna().all()
