"""What the printed report draws together: themes with all that is known of them, groups, and findings on one page."""

from __future__ import annotations

import pandas as pd
from small_survey import DIMENSIONS, questionnaire, results

from reports import narrative
from reports.documents import authority_parts, change_parts, printed_parts
from reports.documents.authority_parts import Subject
from reports.documents.cells import Table
from reports.documents.imprint import Imprint
from reports.frames import BENCHMARKS_RESTATED, CHANGE, GROUP_SCORES

IMPRINT = Imprint("2026.1", "1", "2026 survey")


def changed(measure: str, **values: object) -> dict[str, object]:
    """From 50 with 30 answers to 56 with 40: 6 points more, give or take 5."""
    return {
        "authority": "A01", "measure": measure, "common_items": 3, "series": "same", "before": 50.0, "after": 56.0,
        "change": 6.0, "lower": 1.0, "upper": 11.0, "verdict": "ABOVE", "n_before": 30, "n_after": 40,
    } | values  # fmt: skip


def restated(group: str, before: float | None, after: float | None) -> list[dict[str, object]]:
    why = None if before is not None and after is not None else "few_changed"
    return [
        {"peer_group": group, "measure": "mindset", "median": middle, "restated_for": word, "n": 12, "reason": why}
        for word, middle in (("before", before), ("after", after))
    ]


def subject(group: str = "all", **theme: object) -> Subject:
    """A01 with a change on its first dimension and on two themes, and its service area Housing."""
    change = [changed("mindset"), changed("mindset_theme", **theme), changed("agile_theme")]
    middles = [
        *restated("all", 52.0, 54.0),
        *restated("type:district", 61.0, 63.0),
        *restated("nation:Wales", None, 55.0),
    ]
    housing = {"authority": "A01", "kind": "service_area", "group": "Housing", "n": 20}
    scores = [housing | {"measure": one, "score": 62.0, "lower": 58.0, "upper": 66.0} for one in DIMENSIONS]
    frames = {
        **results().frames,
        CHANGE.name: CHANGE.filled(pd.DataFrame(change)),
        BENCHMARKS_RESTATED.name: BENCHMARKS_RESTATED.filled(pd.DataFrame(middles)),
        GROUP_SCORES.name: GROUP_SCORES.filled(pd.DataFrame(scores)),
    }
    return authority_parts.subject(frames, questionnaire(), code="A01", name="Avon", peer_group=group, imprint=IMPRINT)


def line(of: Subject) -> tuple[str, ...]:
    """The row of the first theme."""
    (table,) = printed_parts.themes(of, None)
    return next(row for row in table.body if row[0] == "Theme of mindset")


def test_a_theme_says_what_changed_and_from_where() -> None:
    assert line(subject())[-1] == "+6 (+1 to +11), from 50 (30 answers)"


def test_on_some_questions_only_both_scores_and_their_number_are_told() -> None:
    found = line(subject(series="common", common_items=3))[-1]
    assert found == "+6 (+1 to +11), from 50 (30 answers) to 56 (40 answers), 3 questions are the same"


def test_a_broken_series_says_so_and_has_no_number() -> None:
    gone = dict.fromkeys(("before", "after", "change", "lower", "upper", "n_before", "n_after", "verdict"))
    found = line(subject(series="broken", reason="series_broken", **gone))[-1]
    assert found == "series broken: the questions are new"


def test_a_change_that_is_withheld_is_not_shown() -> None:
    assert line(subject(reason="too_few_people"))[-1] == "not shown"


def test_the_middle_authority_is_that_of_the_reports_group_where_both_surveys_have_one() -> None:
    """Districts have 61 and 63; of Wales only one may be shown, so all authorities stand there, and are named."""
    for group, caption, middles in (
        ("type:district", "Last time and this time, beside district councils", "61, then 63"),
        ("nation:Wales", "Last time and this time, beside all authorities", "52, then 54"),
    ):
        since = change_parts.since(subject(group), IMPRINT)
        assert since is not None
        assert (since.tables[0].caption, since.tables[0].body[0][5]) == (caption, middles)


def test_a_service_area_has_its_own_score_and_the_one_drawn_towards_the_authority() -> None:
    drawn = Table(
        "",
        ("", "Mindset & co", "Agile & co", "Silos & co"),
        (("Housing", "60 (57 to 63)", "not shown", "61 (58 to 64)"),),
    )
    (table,) = printed_parts.groups(subject(), drawn).tables
    own = "62 (58 to 66), 20 answers"
    assert table.body == (
        ("Service areas", "", "", ""),
        ("Housing", f"{own}, drawn 60 (57 to 63)", own, f"{own}, drawn 61 (58 to 64)"),
    )


def tiers(*, senior: str | None) -> Subject:
    """Of A01 everybody else is shown; senior leaders have a row that is withheld, or none because nobody answered."""
    row = {"authority": "A01", "kind": "tier", "n": 32, "score": 62.0, "lower": 58.0, "upper": 66.0}
    rows = [row | {"group": "frontline", "measure": one} for one in DIMENSIONS]
    if senior:
        rows += [
            {"authority": "A01", "kind": "tier", "group": "senior", "measure": one, "reason": senior}
            for one in DIMENSIONS
        ]
    frames = {**results().frames, GROUP_SCORES.name: GROUP_SCORES.filled(pd.DataFrame(rows))}
    return authority_parts.subject(frames, questionnaire(), code="A01", name="Avon", peer_group="all", imprint=IMPRINT)


def test_few_senior_leaders_read_like_none() -> None:
    few, none = tiers(senior="too_few_people"), tiers(senior=None)
    assert authority_parts.inside(few) == authority_parts.inside(none)
    assert printed_parts.groups(few, None) == printed_parts.groups(none, None)
    (table,) = authority_parts.inside(none)
    assert [(one[0], one[1]) for one in table.body] == [
        ("Senior leader", "not shown"),
        ("Everybody else", "62 (58 to 66), 32 answers"),
    ]
    assert printed_parts.groups(none, None).hidden == f"{narrative.refusal()} This holds for: Senior leader."


def test_the_first_page_has_what_other_pages_find() -> None:
    of = subject()
    found = dict(printed_parts.also(of, change_parts.since(of, IMPRINT), None))
    assert found["Since last time"] == "Since last time, Avon has improved on mindset & co (6 points)."
    assert "What officers could not say" in found
