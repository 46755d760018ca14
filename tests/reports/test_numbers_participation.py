"""No published figure tells how many staff a small authority has; research figures do."""

from __future__ import annotations

import pandas as pd
import pytest

from reports import publication
from reports.rules import Rules

RULES = Rules()
ROW = {"service_area": "", "tier": ""}


def answers(times, area=""):
    given = ["4 4 4 2", "2 3 4 5", "1 1 2 3", "5 4 4 3"]
    return [("A", given[place % 4], area, "") for place in range(times)]


def both(instrument, given, rows):
    """Research and published frames with these headcount rows."""
    staff = pd.DataFrame([{"authority": "A", **ROW, **row} for row in rows])
    results = publication.compute(given, instrument, RULES, headcounts=staff)
    return publication.for_file(results, "research").frames, publication.for_file(results, "published").frames


def width(frame, **chosen):
    for column, value in chosen.items():
        frame = frame[frame[column] == value]
    return [round(upper - lower, 6) for lower, upper in zip(frame["lower"], frame["upper"], strict=True)]


def test_all_of_forty_staff_reads_like_95_per_cent_of_them(asked, respond):
    instrument = asked("tiers-and-areas")
    research, published = both(instrument, respond(instrument, answers(40)), [{"headcount": 40}])
    assert width(research["scores"], measure="mindset") == [0]
    assert published["scores"].query("measure == 'mindset'")["invited"].isna().all()
    # 40 of 40 is told as 95 %: se = se_comparison x sqrt(1 - 0.95)
    exact = research["scores"].query("measure == 'mindset'").iloc[0]
    told = published["scores"].query("measure == 'mindset'").iloc[0]
    assert told["se"] == pytest.approx(exact["se_comparison"] * 0.05**0.5, abs=0.05)
    assert width(published["scores"], measure="mindset")[0] > 0


def test_two_headcounts_with_the_same_rounded_response_give_the_same_file(asked, respond):
    instrument = asked("tiers-and-areas")
    given = respond(instrument, answers(40))
    first = both(instrument, given, [{"headcount": 40}])[1]
    second = both(instrument, given, [{"headcount": 42}])[1]  # 40 of 42 is 95.2 %
    for name, frame in first.items():
        pd.testing.assert_frame_equal(frame, second[name], obj=name)


def test_shares_of_all_of_fifty_staff_have_bounds_equal_to_the_share(asked, respond):
    instrument = asked("tiers-and-areas")
    given = respond(instrument, answers(50))
    for frames in both(instrument, given, [{"headcount": 50}]):
        assert set(width(frames["items"], item="mindset_1")) == {0}


def test_shares_of_all_of_forty_staff_have_them_in_research_files_only(asked, respond):
    instrument = asked("tiers-and-areas")
    research, published = both(instrument, respond(instrument, answers(40)), [{"headcount": 40}])
    assert set(width(research["items"], item="mindset_1")) == {0}
    assert min(width(published["items"], item="mindset_1")) > 0


def test_a_service_area_whose_staff_all_answered_is_not_told_apart(asked, respond):
    instrument = asked("tiers-and-areas")
    given = respond(instrument, answers(20, "housing") + answers(20, "planning"))
    cells = [{"service_area": "housing", "headcount": 20}, {"service_area": "planning", "headcount": 21}]
    research, published = both(instrument, given, cells)
    assert width(research["group_scores"], group="housing", measure="mindset") == [0]
    areas = [width(published["group_scores"], group=area, measure="mindset") for area in ("housing", "planning")]
    assert areas[0] == areas[1] != [0]  # 20 of 20 and 20 of 21 are both "95 % or more"


def test_more_answers_than_small_staff_correct_nothing(asked, respond):
    instrument = asked("tiers-and-areas")
    research, published = both(instrument, respond(instrument, answers(40)), [{"headcount": 30}])
    for frames in (research, published):
        row = frames["scores"].query("measure == 'mindset'").iloc[0]
        assert row["se"] == row["se_comparison"]
        assert pd.isna(row["invited"])


def test_what_nearly_nobody_answered_tells_nothing_about_who_did(asked, respond):
    """20 were asked, 9 answered: the rows of blanks and don't knows would tell the 9."""
    instrument = asked("tiers-and-areas")
    people = [("A", "4 4 4 4")] * 9 + [("A", ". 4 4 4")] * 8 + [("A", "dk 4 4 4")] * 3
    research, published = both(instrument, respond(instrument, people), [{"headcount": 60}])
    rows = published["items"].query("item == 'mindset_1'")
    assert (rows["reason"] == "withheld").all()
    assert rows[["n", "share", "lower", "upper"]].isna().all(axis=None)
    known = research["items"].query("item == 'mindset_1'").set_index("option")["share"]
    assert known["blank"] == pytest.approx(8 / 20)
    assert known["dk"] == pytest.approx(3 / 20)


def test_a_percentile_rank_needs_no_full_peer_group_in_a_research_file(asked, respond):
    """Three authorities at 25, 50, 50: 100 (0 + 0.5) / 3 and 100 (1 + 1) / 3."""
    instrument = asked("tiers-and-areas")
    people = [("A", "2 2 2 2")] * 11 + [("B", "3 3 3 3")] * 11 + [("C", "3 3 3 3")] * 11
    results = publication.compute(respond(instrument, people), instrument, RULES)
    rows = results.frames["standings"].query("measure == 'mindset'")
    assert rows["percentile_rank"].round(6).tolist() == [16.666667, 66.666667, 66.666667]
    assert set(rows["reason"]) == {"too_few_authorities"}
