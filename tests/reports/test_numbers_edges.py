"""Tables at the edge: every one gives rows with a reason, never an exception, never a NaN in a file."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from reports import publication
from reports.files import writing
from reports.frames import Responses
from reports.rules import Rules

KEY_COLUMNS = {"scores": "score", "group_scores": "score", "benchmarks": "median"}


def same(code, times, tier=""):
    return lambda items: [("A", " ".join([code] * items), "", tier)] * times


TABLES = {
    "nobody scored": same(".", 20),
    "nobody knows": same("dk", 20),
    "one person": same("3", 1),
    "ten people": same("4", 10),
    "everyone the same": same("3", 40),
    "only elected members": same("3", 12, "elected"),
}
STAFF = pd.DataFrame({"authority": ["A", "Z"], "service_area": "", "tier": "", "headcount": [0, 12]})
REGISTER = pd.DataFrame({"code": ["A", "Q"], "name": ["A", "Q"], "type": ["t", None], "nation": None, "region": ""})


def check_files(result):
    for audience in ("research", "published"):
        shown = publication.for_file(result, audience)
        for name, frame in shown.frames.items():
            text = writing.csv_bytes(frame).decode()
            cells = {cell.lower() for line in text.splitlines() for cell in line.split(",")}
            assert not cells & {"nan", "<na>", "inf", "-inf", "none"}
            if name in KEY_COLUMNS:
                assert frame.loc[frame[KEY_COLUMNS[name]].isna(), "reason"].notna().all()
        json.loads(writing.json_bytes(shown.quality))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("instrument", ["four-dimensions", "four-items", "two-themes", "tiers-and-areas"])
def test_a_table_at_the_edge_has_reasons_and_no_exception(asked, respond, instrument, table):
    questionnaire = asked(instrument)
    answers = respond(questionnaire, TABLES[table](len(questionnaire.scored_items)))
    check_files(publication.compute(answers, questionnaire, Rules()))
    check_files(publication.compute(answers, questionnaire, Rules(), headcounts=STAFF, authorities=REGISTER))


@pytest.mark.parametrize("register", [None, REGISTER])
def test_no_respondents_at_all(asked, register):
    questionnaire = asked("four-items")
    items = tuple(item.code for item in questionnaire.scored_items)
    nobody = Responses((), np.empty(0, dtype=np.int32), items, np.empty((0, 4), dtype=np.int8))
    result = publication.compute(nobody, questionnaire, Rules(), authorities=register)
    check_files(result)
    assert result.frames["scores"]["score"].isna().all()


def test_an_authority_without_answers_has_its_rows(asked, respond):
    questionnaire = asked("four-items")
    answers = respond(questionnaire, [("A", "4 4 4 4")] * 12)
    scores = publication.compute(answers, questionnaire, Rules(), authorities=REGISTER).frames["scores"]
    quiet = scores[scores["authority"] == "Q"]
    assert quiet["measure"].tolist() == ["overall", "mindset"]
    assert quiet.loc[quiet["measure"] == "mindset", "reason"].tolist() == ["no_answers"]
    assert quiet["n"].tolist() == [0, 0]


def test_a_headcount_of_zero_is_no_headcount(asked, respond):
    questionnaire = asked("four-items")
    answers = respond(questionnaire, [("A", "4 4 4 3")] * 6 + [("A", "4 4 3 3")] * 6)
    scores = publication.compute(answers, questionnaire, Rules(), headcounts=STAFF).frames["scores"]
    own = scores[scores["measure"] == "mindset"].iloc[0]
    assert pd.isna(own["invited"])
    assert own["se"] == own["se_comparison"] > 0


def test_an_item_without_a_column_was_not_asked(asked, respond):
    questionnaire = asked("four-items")
    full = respond(questionnaire, [("A", "4 4 5 5")] * 12)
    three = Responses(full.authorities, full.authority, full.items[:3], full.answers[:, :3])
    frames = publication.compute(three, questionnaire, Rules()).frames
    # three of four items are answered: (75 + 75 + 100) / 3
    assert frames["scores"].query("measure == 'mindset'")["score"].tolist() == [pytest.approx(250 / 3)]
    assert set(frames["items"]["item"]) == set(full.items[:3])


def test_the_computation_changes_no_input(asked, respond):
    questionnaire = asked("four-items")
    answers = respond(questionnaire, [("A", "4 4 5 5")] * 12)
    before, staff, register = answers.answers.copy(), STAFF.copy(), REGISTER.copy()
    publication.for_file(
        publication.compute(answers, questionnaire, Rules(), headcounts=STAFF, authorities=REGISTER), "published"
    )
    assert (answers.answers == before).all()
    pd.testing.assert_frame_equal(STAFF, staff)
    pd.testing.assert_frame_equal(REGISTER, register)
