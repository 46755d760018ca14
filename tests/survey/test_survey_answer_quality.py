"""What the research team sees of how well a wave was answered."""

from __future__ import annotations

from types import SimpleNamespace

from survey import answer_quality, editions
from survey.models import Release

QUALITY = {
    "respondents": {"officers": 40, "elected": None, "total": 44},
    "response": {"A": {"scored": 20, "invited": 40, "rate": 0.5}, "B": {"scored": 20, "invited": None, "rate": None}},
    "careless": {"excluded": 12},
    "item_nonresponse": {"agile_goal": {"share": 0.04}, "mindset_open": {"share": 0.02}},
    "dont_know": {"mindset_open": {"share": 0.31, "review": True}, "agile_goal": {"share": None, "review": False}},
    "gates": {
        "icc": {"state": "not tested"},
        "reliability": {"state": "passed", "dimensions": {"mindset": {"state": "passed", "value": 0.814}}},
    },
}


def released(session, now, quality: dict[str, object]) -> Release:
    edition = editions.store_shipped(session, "digital-maturity-staff", "1", now=now, actor="system")
    return SimpleNamespace(id=1, quality=quality, wave=SimpleNamespace(edition=edition))  # type: ignore[return-value]


def test_the_questions_most_often_without_an_answer_stand_first(sqlite_database, now) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        found = answer_quality.of(session, released(session, now, QUALITY))
    assert [(item.dont_know, item.blank, item.to_review) for item in found.items[:2]] == [
        (0.31, 0.02, True),  # mindset_open: the larger share, 0.31, comes first
        (0.0, 0.04, False),  # agile_goal
    ]
    assert (found.to_review, len(found.items)) == (1, answer_quality.MOST_ITEMS)


def test_a_count_that_may_not_be_shown_stays_empty_and_rates_are_counted_where_known(sqlite_database, now) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        found = answer_quality.of(session, released(session, now, QUALITY))
    assert (found.officers, found.elected, found.left_out) == (40, None, 12)
    assert (found.rate_known, found.authorities) == (1, 2)
    by_name = {line[0]: line[-1] for line in found.tests[0].body}
    assert by_name["How much of the differences lies between authorities"] == "not tested"
    assert by_name["How well the questions of a dimension belong together"] == "passed"


def test_a_release_without_quality_is_no_error(sqlite_database, now) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        found = answer_quality.of(session, released(session, now, {}))
    assert (found.officers, found.authorities, found.to_review) == (None, 0, 0)
    assert found.tests == ()


def test_each_dimension_stands_with_its_figure_at_each_gate(sqlite_database, now) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        found = answer_quality.of(session, released(session, now, QUALITY))
    first = found.tests[1].body[0]
    assert first[1:3] == ("0.81, passed", "not tested")  # omega; item-total correlations are not in this release


def test_notes_beside_scores_are_counted_where_they_are_known(sqlite_database, now) -> None:
    noted = {
        "sensitivity": {"skipped_questions": {}, "careless": {"A": ["agile"]}},
        "disagreement": {"B": {"agile": {}}},
    }
    with sqlite_database.session() as session, sqlite_database.write(session):
        known = answer_quality.of(session, released(session, now, QUALITY | noted))
    with sqlite_database.session() as session, sqlite_database.write(session):
        before = answer_quality.of(session, released(session, now, QUALITY))  # from before notes were kept
    assert [one.caption for one in known.tests[len(before.tests) :]] == ["Authorities whose score has a note"]
    assert {line[1:] for line in known.tests[-1].body} == {("0", "0", "0"), ("0", "1", "1")}
