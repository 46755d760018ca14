"""Nobody's score is told by the mean of people who are nearly alike, nor by what such people leave of the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from reports import publication
from reports.disclosure import likeness
from reports.disclosure.reasons import Reason
from reports.rules import Rules

scores = st.lists(st.integers(0, 16).map(lambda step: 6.25 * step), min_size=11, max_size=40)


@given(scores)
def test_everybody_lies_where_mean_and_spread_let_them(values):
    """The rule's interval holds for everybody: at most (n - 1) / sqrt(n) standard deviations, and the ends of the scale."""
    y = np.array(values)
    n, mean = len(y), y.mean()
    reach = y.std(ddof=1) * (n - 1) / np.sqrt(n)
    assert (np.abs(y - mean) <= reach + 1e-9).all()
    low, high = max(mean - reach, 100 - n * (100 - mean), 0), min(mean + reach, n * mean, 100)
    found = likeness.of_squares(np.array([float(n)]), np.array([y.sum()]), np.array([((y - mean) ** 2).sum()]))
    assert bool(found[0]) == (high - low <= 10 + 1e-9)


def test_one_who_differs_a_little_does_not_hide_the_others():
    """Ten at 50 and one at 56.25: s = 1.88 and the reach 10 / sqrt(11) x 1.88 = 5.7 to either side, 11.4 in all."""
    y = np.array([50.0] * 10 + [56.25])
    n, total, squares = (np.array([one]) for one in (11.0, y.sum(), ((y - y.mean()) ** 2).sum()))
    assert not likeness.of_squares(n, total, squares)[0]
    assert likeness.of_squares(n, total, squares / 2)[0]  # 8.0


def test_a_heavy_person_is_told_by_a_wider_interval():
    """With a design effect of 2 one of 20 people may carry (1 + sqrt(19)) / 20 = 27 % of the weight."""
    one = [np.array([value]) for value in (20, 50.0, 1.3)]
    assert not likeness.told(*one, np.array([1.0]))[0]
    assert likeness.told(*one, np.array([2.0]))[0]


def people(area, level, count):
    return [("A", given, area, "") for given in ([level] if isinstance(level, str) else level) for _ in range(count)]


def reasons(frames, asked_about):
    chosen = frames["group_scores"].query("kind == 'service_area' and measure == 'mindset'").set_index("group")
    return {one: None if pd.isna(chosen.loc[one, "reason"]) else chosen.loc[one, "reason"] for one in asked_about}


def test_a_service_area_of_one_mind_is_withheld_with_its_neighbours(asked, respond):
    instrument = asked("tiers-and-areas")
    areas = [option.code for option in instrument.items["service_area"].options][:3]
    apart = ["1 1 1 5", "3 3 3 3", "5 5 5 1"]
    alike = people(areas[0], "4 4 4 2", 14) + people(areas[1], apart, 6) + people(areas[2], apart, 7)
    frames = publication.compute(respond(instrument, alike), instrument, Rules()).frames
    assert reasons(frames, areas) == dict.fromkeys(areas, Reason.TOO_ALIKE)
    assert frames["scores"].query("measure == 'mindset'")["reason"].isna().all()
    mixed = people(areas[0], ["4 4 4 2", "2 2 2 4"], 7) + alike[14:]
    frames = publication.compute(respond(instrument, mixed), instrument, Rules()).frames
    assert reasons(frames, areas) == dict.fromkeys(areas)


def test_people_who_did_not_say_where_they_work_are_looked_at_like_a_service_area(asked, respond):
    instrument = asked("tiers-and-areas")
    areas = [option.code for option in instrument.items["service_area"].options][:2]
    apart = ["1 1 1 5", "3 3 3 3", "5 5 5 1"]
    answers = people(areas[0], apart, 6) + people(areas[1], apart, 7) + people("", "4 4 4 2", 12)
    frames = publication.compute(respond(instrument, answers), instrument, Rules()).frames
    assert reasons(frames, areas) == dict.fromkeys(areas, Reason.TOO_ALIKE)


def test_an_authority_of_one_mind_is_withheld_and_stays_in_the_benchmarks(asked, respond):
    instrument = asked("four-items")
    listed = [(f"A{place:02d}", one) for place in range(10) for one in ("4 4 3 5", "2 2 1 3") * 6]
    listed = [("A00", "4 4 3 5") if code == "A00" else (code, given) for code, given in listed]
    found = publication.compute(respond(instrument, listed), instrument, Rules()).frames
    told = found["scores"].query("measure == 'mindset'").set_index("authority")["reason"]
    assert told["A00"] == Reason.TOO_ALIKE
    assert told.drop("A00").isna().all()
    assert found["benchmarks"].query("peer_group == 'all' and measure == 'mindset'")["n"].tolist() == [10]
