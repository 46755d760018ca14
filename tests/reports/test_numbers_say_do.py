"""Say and do: levels against officers, beyond the usual gap, with arithmetic by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from questionnaires import files, loader
from reports import publication, say_do, say_do_reading
from reports.frames import ASSESSMENTS, NOT_ANSWERED
from reports.rules import Rules

RULES = Rules()
THREES, FOURS = "3 3 3 3 3 3", "4 4 2 4 4 4"  # the third item is reverse-keyed
MIXED = [THREES] * 6 + [FOURS] * 6  # ready 62.5, trusted 62.5, dimension 62.5


def levels(rows):
    return ASSESSMENTS.check(pd.DataFrame(rows, columns=["authority", "theme", "score"]))


def of_all(count, ready, trusted):
    """The same two levels in authorities a00, a01, …"""
    return [
        (f"a{n:02}", theme, score) for n in range(count) for theme, score in (("ready", ready), ("trusted", trusted))
    ]


def people_of(count, given=MIXED):
    return [(f"a{n:02}", answers) for n in range(count) for answers in given]


def said(asked, respond, people, rows, *, rules=RULES, safe=False, **options):
    instrument = asked("two-themes")
    found = publication.compute(respond(instrument, people), instrument, rules, assessments=levels(rows), **options)
    return (publication.published(found) if safe else found).frames["say_do"]


def row(frame, authority, measure="mindset"):
    return frame[(frame["authority"] == authority) & (frame["measure"] == measure)].iloc[0]


def test_without_self_assessments_there_is_no_such_frame(asked, respond):
    instrument = asked("two-themes")
    found = publication.compute(respond(instrument, people_of(2)), instrument, RULES)
    assert "say_do" not in publication.published(found).frames
    assert "say_do" not in publication.for_file(found, "research").frames


def test_the_gap_is_what_lies_beyond_the_middle_gap_of_all_authorities(asked, respond):
    # staff 62.5 everywhere; ten say (75 + 50) / 2 = 62.5, so their gap is 0; a00 says (100 + 75) / 2 = 87.5, gap 25
    rows = [("a00", "ready", 100.0), ("a00", "trusted", 75.0), *of_all(11, 75.0, 50.0)[2:]]
    frame = said(asked, respond, people_of(11), rows)
    first = row(frame, "a00")
    assert first["assessed"] == 87.5
    assert first["staff"] == 62.5
    assert first["median_gap"] == 0.0
    assert first["gap"] == 25.0
    assert first["themes"] == 2
    # twelve people of 50 or 75: s^2 = 12 / 11 * 12.5^2, se = sqrt(s^2 / 12) = 12.5 / sqrt(11) without correction
    se = 12.5 / np.sqrt(11)
    half = stats.t.ppf(0.975, 11) * se
    assert first["lower"] == pytest.approx(25 - half)
    assert first["upper"] == pytest.approx(25 + half)
    assert first["p_adjusted"] == pytest.approx(2 * stats.t.sf(25 / se, 11))  # one dimension: Holm leaves it
    assert first["verdict"] == "ABOVE"
    assert row(frame, "a01")["verdict"] == "SIMILAR"


def test_staff_are_scored_on_the_items_of_those_themes_only_that_have_a_level(asked, respond):
    # a00 has a level for "ready" only; its officers answer 3 on "ready" and 5 on "trusted"
    given = ["3 3 3 5 5 5"] * 6 + ["4 4 2 5 5 5"] * 6
    people = [*[("a00", answers) for answers in given], *people_of(11)[12:]]
    rows = [("a00", "ready", 75.0), ("a00", "trusted", None), *of_all(11, 50.0, 50.0)[2:]]
    first = row(said(asked, respond, people, rows), "a00")
    assert first["staff"] == pytest.approx(62.5)  # not (62.5 + 100) / 2
    assert first["assessed"] == 75.0
    assert first["themes"] == 1
    assert first["gap"] == pytest.approx((75 - 62.5) - (50 - 62.5))


def test_themes_that_only_one_instrument_has_count_in_neither(asked, respond):
    rows = [(code, theme, score) for code, _, score in of_all(10, 50.0, 50.0)[::2] for theme in ("ready", "elsewhere")]
    first = row(said(asked, respond, people_of(10), rows), "a00")
    assert first["themes"] == 1
    assert first["staff"] == 62.5


def test_fewer_than_half_of_the_shared_themes_is_no_self_assessment_of_a_dimension(asked, respond):
    instrument = asked("two-themes")
    wide = replace(RULES, answered_share=1.0)
    rows = [("a00", "ready", 75.0), ("a00", "trusted", None), *of_all(11, 50.0, 50.0)[2:]]
    found = publication.compute(respond(instrument, people_of(11)), instrument, wide, assessments=levels(rows))
    first = row(found.frames["say_do"], "a00")
    assert first["reason"] == "not_assessed"
    assert pd.isna(first["gap"])


def test_an_authority_without_self_assessment_has_its_row_and_reason(asked, respond):
    frame = said(asked, respond, people_of(12), of_all(11, 50.0, 50.0))
    last = row(frame, "a11")
    assert last["reason"] == "not_assessed"
    assert pd.isna(last["gap"])
    assert len(frame) == 12 * 4  # overall, one dimension, two themes


@pytest.mark.parametrize(("count", "reason"), [(9, "too_few_authorities"), (10, None)])
def test_nine_authorities_have_no_usual_gap_and_ten_have(asked, respond, count, reason):
    found = row(said(asked, respond, people_of(count), of_all(count, 75.0, 50.0), safe=True), "a00")
    assert (found["reason"] if reason else pd.isna(found["reason"])) == (reason or True)
    assert pd.isna(found["gap"]) == (reason is not None)
    assert found["assessed"] == 62.5  # both sides stay, without a difference
    assert found["staff"] == 62.5
    assert pd.isna(found["verdict"]) == (reason is not None)


def test_ten_officers_are_too_few_and_take_only_the_staff_side_with_them(asked, respond):
    people = [*people_of(11), *[("small", THREES)] * 10]
    rows = [*of_all(11, 75.0, 50.0), ("small", "ready", 100.0), ("small", "trusted", 100.0)]
    found = row(said(asked, respond, people, rows, safe=True), "small")
    assert found["reason"] == "too_few_people"
    assert found["assessed"] == 100.0
    for column in ("gap", "lower", "upper", "p_adjusted", "verdict", "staff", "staff_lower", "staff_upper", "n"):
        assert pd.isna(found[column]), column


def test_an_authority_that_is_withheld_does_not_move_the_usual_gap(asked, respond):
    rows = [*of_all(10, 75.0, 50.0), ("small", "ready", 100.0), ("small", "trusted", 100.0)]
    people = [*people_of(10), *[("small", THREES)] * 10]
    assert row(said(asked, respond, people, rows), "a00")["median_gap"] == 0.0


def test_all_officers_with_the_same_answer_leave_no_interval_and_no_verdict(asked, respond):
    people = [*[("a00", THREES)] * 12, *people_of(11)[12:]]
    rows = [("a00", "ready", 100.0), ("a00", "trusted", 100.0), *of_all(11, 50.0, 50.0)[2:]]
    found = row(said(asked, respond, people, rows), "a00")
    assert found["verdict"] == "CANNOT_TELL"
    assert pd.isna(found["lower"])


def four_dimensions(rng, count):
    """The shipped staff survey with `count` authorities of 15 officers, and levels of every theme."""
    staff = loader.read(files.path(*files.STAFF))
    rows = []
    for number in range(count):
        rows += [(f"a{number:02}", theme.code, 25.0 * rng.integers(0, 5)) for theme in staff.themes]
    return staff, levels(rows)


def test_holm_runs_over_the_four_dimensions_of_one_authority(respond):
    rng = np.random.default_rng(5)
    staff, assessed = four_dimensions(rng, 12)
    people = [
        (f"a{n:02}", " ".join(rng.choice(list("12345"), len(staff.scored_items)))) for n in range(12) for _ in range(15)
    ]
    frame = publication.compute(respond(staff, people), staff, RULES, assessments=assessed).frames["say_do"]
    scores = (
        publication.compute(respond(staff, people), staff, RULES).frames["scores"].set_index(["authority", "measure"])
    )
    for authority in ("a00", "a07"):
        mine = frame[frame["authority"] == authority].set_index("measure")
        dimensions = [dimension.code for dimension in staff.dimensions]
        t = [mine.loc[code, "gap"] / scores.loc[(authority, code), "se_comparison"] for code in dimensions]
        p = [2 * stats.t.sf(abs(one), 14) for one in t]
        expected = multipletests(p, method="holm")[1]
        assert mine.loc[dimensions, "p_adjusted"].to_numpy() == pytest.approx(expected)
        assert mine.loc[["overall", "ready"], "p_adjusted"].isna().all()
        assert mine.loc[["overall", "ready"], "verdict"].isna().all()
        # every theme is in both: the staff side is the authority's own score
        assert mine.loc["agile", "staff"] == pytest.approx(scores.loc[(authority, "agile"), "score"])
        assert mine.loc["overall", "assessed"] == pytest.approx(mine.loc[dimensions, "assessed"].mean())


def test_the_levels_of_the_shipped_instrument_become_0_to_100_and_unscored_indicators_say_nothing():
    instrument = loader.read(files.path(*files.SELF_ASSESSMENT))
    chosen = [
        ("A", "level_ready", "4"),
        ("A", "level_steps", "dk"),
        ("A", "place_data", "5"),
        ("B", "level_ready", "1"),
    ]
    frame = say_do.theme_levels(instrument, chosen).set_index(["authority", "theme"])["score"]
    assert len(frame) == 2 * 14
    assert frame["A", "ready"] == 75.0
    assert frame["B", "ready"] == 0.0
    assert pd.isna(frame["A", "steps"])


def test_no_figure_depends_on_the_order_of_people_or_of_levels(asked, respond):
    rng = np.random.default_rng(3)
    people = [(f"a{n:02}", " ".join(rng.choice(list("12345"), 6))) for n in range(11) for _ in range(12)]
    rows = [(f"a{n:02}", theme, 25.0 * rng.integers(0, 5)) for n in range(11) for theme in ("ready", "trusted")]
    first = said(asked, respond, people, rows)
    shuffled = said(asked, respond, [people[at] for at in rng.permutation(len(people))], rows[::-1])
    pd.testing.assert_frame_equal(first, shuffled)


def test_careless_and_elected_people_are_on_neither_side(asked, respond):
    instrument = asked("four-items")
    answers = respond(instrument, [("a", "4 4 4 4")] * 12)
    answers.answers[:3] = NOT_ANSWERED
    frame = publication.compute(answers, instrument, RULES, assessments=levels([])).frames["say_do"]
    assert set(frame["reason"]) == {"not_assessed", "too_few_dimensions"}


def test_published_files_round_and_name_no_rule(asked, respond):
    instrument = asked("two-themes")
    found = publication.compute(
        respond(instrument, people_of(12)), instrument, RULES, assessments=levels(of_all(11, 75.0, 25.0))
    )
    frame = publication.for_file(found, "published").frames["say_do"]
    assert row(frame, "a11")["reason"] == "withheld"
    assert row(frame, "a00")["staff_lower"] == round(row(frame, "a00")["staff_lower"], 1)


# What is read of it


def reading(frame, asked, authority="a00"):
    return say_do_reading.rows(frame, asked("two-themes").dimensions, authority=authority)


def test_the_sentence_names_a_difference_only_beside_other_authorities(asked, respond):
    rows = [("a00", "ready", 100.0), ("a00", "trusted", 100.0), *of_all(11, 75.0, 50.0)[2:]]
    apart = reading(said(asked, respond, people_of(11), rows, safe=True), asked)
    sentence = say_do_reading.finding(apart, "Aldersett")
    assert "says more of itself than its officers see, beyond what is usual" in sentence
    few = reading(said(asked, respond, people_of(9), of_all(9, 100.0, 100.0), safe=True), asked)
    sentence = say_do_reading.finding(few, "Aldersett")
    assert "says more" not in sentence
    assert "No difference between the two is shown" in sentence
    assert "100 and 63 on" in sentence  # 62.5, and halves go up


def test_the_sentence_of_an_authority_without_self_assessment_says_so(asked, respond):
    apart = reading(said(asked, respond, people_of(11), of_all(10, 50.0, 50.0), safe=True), asked, "a10")
    assert say_do_reading.finding(apart, "Aldersett") == "There is no self-assessment on digital mindset."
