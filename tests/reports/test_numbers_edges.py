"""Tables at the edge: every one gives rows with a reason, never an exception, never a NaN in a file."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports import publication
from reports.change import Before
from reports.files import writing
from reports.frames import ASSESSMENTS, Responses
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


CELLS = pd.DataFrame(
    {
        "authority": "A",
        "service_area": ["nowhere", "", "housing"],
        "tier": ["senior", "consul", ""],
        "headcount": [7, 0, 5],
    }
)
"""Staff of a service area and a tier that nobody named, and fewer than answered of one that some did."""
FAILED = Rules(invariance="failed", invariance_source="made up")


@pytest.mark.parametrize(("then", "now"), list(zip(TABLES, [*list(TABLES)[1:], "ten people"], strict=True)))
def test_a_change_at_the_edge_has_reasons_and_no_exception(asked, respond, then, now):
    questionnaire = asked("four-dimensions")
    old, new = (respond(questionnaire, TABLES[one](len(questionnaire.scored_items))) for one in (then, now))
    before = Before(old, questionnaire, REGISTER, STAFF)
    found = publication.compute(new, questionnaire, Rules(), headcounts=STAFF, authorities=REGISTER, previous=before)
    check_files(found)
    assert found.frames["change"]["reason"].notna().all()
    assert found.frames["sector_change"]["reason"].notna().all()


@pytest.mark.parametrize("table", TABLES)
def test_word_and_deed_at_the_edge_have_reasons_and_no_exception(asked, respond, table):
    questionnaire = asked("two-themes")
    answers = respond(questionnaire, TABLES[table](len(questionnaire.scored_items)))
    themes = [theme.code for theme in questionnaire.themes]
    said = pd.DataFrame({"authority": ["A", "Q"], "theme": [themes[0], "unknown"], "score": [100.0, float("nan")]})
    found = publication.compute(
        answers, questionnaire, Rules(), assessments=ASSESSMENTS.check(said), authorities=REGISTER
    )
    check_files(found)
    assert found.frames["say_do"]["reason"].notna().all()


@pytest.mark.parametrize(
    ("table", "tier"), list(zip(TABLES, ["senior", "manager", "frontline", "", "senior", ""], strict=True))
)
def test_questions_by_tier_at_the_edge_have_reasons_and_no_exception(asked, respond, table, tier):
    questionnaire = asked("tiers-and-areas")
    people = [
        (code, given, area, own or tier) for code, given, area, own in TABLES[table](len(questionnaire.scored_items))
    ]
    people += [("A", given, "housing", "frontline") for _, given, _, _ in people[:3]]
    found = publication.compute(respond(questionnaire, people), questionnaire, FAILED, headcounts=CELLS)
    check_files(found)
    assert found.frames["tier_item_gaps"]["reason"].notna().all()
    assert found.frames["sector_item_gaps"]["reason"].notna().all()


@pytest.mark.parametrize("table", TABLES)
def test_a_dimension_with_one_item_has_scores_or_reasons_and_no_exception(asked, respond, table):
    """One item has no alpha, no omega and no item total: nothing is tested, and nothing is withheld for it."""
    whole = asked("four-dimensions")
    first = {one.code: whole.items_of(one.code)[0].code for one in whole.dimensions}
    sections = tuple(
        replace(
            section,
            pages=tuple(
                replace(
                    page,
                    items=tuple(one for one in page.items if not one.is_scored or one.code in first.values()),
                )
                for page in section.pages
            ),
        )
        for section in whole.sections
    )
    questionnaire = replace(whole, sections=sections)
    answers = respond(questionnaire, TABLES[table](4) + [("B", "1 2 3 4")] * 20 + [("B", "4 3 2 1")] * 20)
    found = publication.compute(answers, questionnaire, Rules(), headcounts=STAFF, authorities=REGISTER)
    check_files(found)
    assert found.frames["reliability"]["omega"].isna().all()
    shown = found.frames["scores"].query("authority == 'B' and measure != 'overall'")
    assert shown["reason"].isna().all()
    assert shown["score"].tolist() == [37.5] * 4 if not whole.items_of("mindset")[0].reverse else True


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
