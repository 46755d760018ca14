"""What stands under an authority's numbers, and what is not said where nothing is known."""

from __future__ import annotations

import pandas as pd
import pytest

from reports import evidence_reading
from reports.frames import SCORES
from reports.wording import text


def scores(**changes: object) -> pd.DataFrame:
    """Two dimensions of one authority: mindset 61, agile 55."""
    rows = pd.DataFrame({column: [None, None] for column in SCORES.columns})
    rows = rows.assign(authority="A", measure=["mindset", "agile"], score=[61.0, 55.0], n=40)
    rows = rows.assign(weighting="no_headcounts", weighted=False)
    return SCORES.check(rows.assign(**changes))


def said(asked, frame: pd.DataFrame, quality: dict[str, object] | None = None) -> tuple[str, ...]:
    return evidence_reading.sentences(frame, quality or {}, asked("four-dimensions"), authority="A")


def test_without_weights_their_reason_is_said(asked):
    assert said(asked, scores()) == ("Scores are not weighted: staff numbers by service area and tier are not known.",)


def test_weighted_scores_name_their_margins_and_what_weights_cannot_do(asked):
    found = said(asked, scores(weighting="service_area_and_tier", weighted=True))
    assert found == (
        "Scores are weighted to the authority’s staff numbers by service area and tier.",
        text("evidence.silent"),
    )


def test_weights_that_came_with_the_answers_are_not_called_none(asked):
    (found,) = said(asked, scores(weighted=True))
    assert found.startswith(
        "Scores are weighted by the weights that came with the answers, not to staff numbers: staff"
    )


def test_both_figures_stand_where_weights_move_a_score_by_more_than_two_points(asked):
    frame = scores(weighting="tier", weighted=True, unweighted_score=[57.6, 53.1])  # moved by 3.4 and by 1.9
    found = said(asked, frame)
    assert found[1].startswith("Without weights: 58 on ")
    assert "53" not in found[1]


@pytest.mark.parametrize("quality", [{"representativeness": {"A": None}}, {"representativeness": "not tested"}, {}])
def test_nothing_is_said_of_evenness_where_nothing_is_known(asked, quality):
    assert len(said(asked, scores(), quality)) == 1


def test_the_word_stands_with_the_largest_bias_that_may_be_told(asked):
    one = {"word": "somewhat_uneven", "r_indicator": 0.8, "worst_bias": {"mindset": 3.0, "agile": 4.0}}
    found = said(asked, scores(), {"representativeness": {"A": one}})
    assert "somewhat uneven by service area and tier" in found[1]
    assert "up to 4 points" in found[2]


def test_the_word_names_no_more_than_was_known_of_the_staff(asked):
    one = {"word": "representative", "by": "service_area", "r_indicator": None, "worst_bias": None}
    found = said(asked, scores(), {"representativeness": {"A": one}})
    assert found[1] == "Those who answered are representative by service area."


def test_officers_who_disagree_are_told_with_the_middle_half_where_it_may_be(asked):
    titles = [str(one.title)[:1].lower() + str(one.title)[1:] for one in asked("four-dimensions").dimensions]
    ends, none = {"n": 40, "lower": 40.0, "upper": 70.0}, {"n": 12, "lower": None, "upper": None}
    of_a = {
        "mindset": ends,
        "agile": none,
        "leadership": ends,
    }  # a score on leadership is not there, so nor is its spread
    found = said(asked, scores(), {"disagreement": {"A": of_a, "B": {"silos": ends}}})
    assert found[1:] == (
        f"Officers disagree on {titles[0]} (the middle half of them score from 40 to 70) and {titles[1]}.",
    )


def test_figures_that_another_method_would_move_are_named(asked):
    found = said(
        asked, scores(), {"sensitivity": {"skipped_questions": {"A": ["agile"]}, "careless": {"B": ["agile"]}}}
    )
    title = str(asked("four-dimensions").dimensions[1].title)
    assert found[1:] == (f"Affected by skipped questions: {title[:1].lower() + title[1:]}.",)


def test_a_dimension_that_is_not_shown_for_its_questions_is_named(asked):
    gate = {"state": "failed", "dimensions": {"agile": {"state": "failed", "value": 0.4}}}
    found = said(asked, scores(), {"gates": {"reliability": gate}})
    assert found[-1].startswith("Not shown as a score, because its questions do not belong together well enough")


def test_of_an_authority_without_scores_only_the_gates_of_the_wave_are_said(asked):
    frame = scores(score=[None, None], reason="too_few_people")
    assert said(asked, frame, {"representativeness": {"A": {"word": "uneven"}}}) == ()
    assert said(asked, frame, {"gates": {"four_dimensions": {"state": "failed"}}}) == (text("evidence.together"),)
    assert said(asked, frame, {"gates": {"invariance": {"state": "failed"}}}) == (text("evidence.means_differently"),)
