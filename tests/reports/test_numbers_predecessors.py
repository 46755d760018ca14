"""Mergers as composites of predecessors, items that wait for their second wave, and change over the sector."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import small_survey
from scipy import stats

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import change_reading, continuity, predecessors, publication
from reports.change import Before
from reports.documents import change_parts, html_report
from reports.documents.imprint import Imprint
from reports.frames import AUTHORITIES, HEADCOUNTS, SUCCESSIONS, Responses
from reports.publication import Results
from reports.rules import Rules


def answers(positions: dict[str, list[int]], asked: Questionnaire | None = None) -> Responses:
    """Every person chooses one option, by its position, for all items; reverse-keyed items the opposite one."""
    whole = asked or small_survey.questionnaire()
    codes = tuple(positions)
    people = [(at, chosen) for at, code in enumerate(codes) for chosen in positions[code]]
    rows = [[4 - chosen if item.reverse else chosen for item in whole.scored_items] for _, chosen in people]
    authority = np.array([at for at, _ in people], dtype=np.int32)
    items = tuple(item.code for item in whole.scored_items)
    return Responses(codes, authority, items, np.array(rows, dtype=np.int8).reshape(len(people), len(items)))


def successions(*rows: tuple[str, str]) -> pd.DataFrame:
    return SUCCESSIONS.check(pd.DataFrame([(*row, "") for row in rows], columns=list(SUCCESSIONS.columns)))


def longer() -> Questionnaire:
    """The small survey with a fourth and a fifth question on each dimension."""
    return loader.parse(text_of(5))


def text_of(count: int, *, wording: str = "Question") -> str:
    lines = [small_survey.QUESTIONNAIRE.partition('[[option_sets]]\ncode = "tiers"')[0]]
    for code in small_survey.DIMENSIONS:
        lines.append(f'[[dimensions]]\ncode = "{code}"\ntitle = "{code.title()}"')
        lines.append(f'themes = [ {{ code = "{code}_theme", title = "Theme of {code}" }} ]')
    lines.append('[[sections]]\ncode = "all"\ntitle = "All"\n[[sections.pages]]\ncode = "one"')
    for code in small_survey.DIMENSIONS:
        for number in range(1, count + 1):
            words = wording if number > 4 else "Question"
            lines.append(f'[[sections.pages.items]]\ncode = "{code}_{number}"\ntext = "{words} {number} on {code}?"')
            lines.append(f'kind = "choice"\noption_set = "agree5"\ndimension = "{code}"\ntheme = "{code}_theme"')
    return "\n".join(lines)


def compute(now: Responses, before: Before, asked: Questionnaire | None = None, **given: pd.DataFrame) -> Results:
    return publication.compute(now, asked or small_survey.questionnaire(), Rules(), previous=before, **given)


def row(frame: pd.DataFrame, authority: str, measure: str) -> pd.Series:
    return frame[(frame["authority"] == authority) & (frame["measure"] == measure)].iloc[0]


MERGED = successions(("a", "x"), ("b", "x"))


def test_a_merged_authority_is_compared_with_all_officers_of_its_predecessors() -> None:
    earlier = answers({"a": [1] * 15 + [2] * 15, "b": [3] * 10 + [4] * 10})
    before = Before(earlier, small_survey.questionnaire(), successions=MERGED)
    one = row(compute(answers({"x": [3] * 20 + [4] * 5}), before).frames["change"], "x", "mindset")
    # the mean of a is 37.5 over 30 people, that of b 87.5 over 20: together 1125 + 1750 over 50
    assert one["before"] == pytest.approx(57.5)
    # twenty people at 75 and five at 100 are 80 on average
    assert (one["after"], one["change"]) == (pytest.approx(80.0), pytest.approx(22.5))
    assert (one["n_before"], one["predecessors"], one["verdict"]) == (50, "a b", "ABOVE")


def test_where_staff_numbers_are_known_each_predecessor_has_its_share_of_them() -> None:
    earlier = answers({"a": [1] * 15 + [2] * 15, "b": [3] * 10 + [4] * 10})
    staff = pd.DataFrame({"authority": ["a", "b"], "service_area": "", "tier": "", "headcount": [100, 300]})
    before = Before(earlier, small_survey.questionnaire(), headcounts=HEADCOUNTS.check(staff), successions=MERGED)
    one = row(compute(answers({"x": [3] * 20}), before).frames["change"], "x", "mindset")
    assert one["before"] == pytest.approx(0.25 * 37.5 + 0.75 * 87.5)
    # V of a: s^2 / n = 12.5^2 * 30 / 29 / 30; of b 12.5^2 * 20 / 19 / 20; x does not vary
    variance = 0.25**2 * 12.5**2 / 29 + 0.75**2 * 12.5**2 / 19
    freedom = variance**2 / ((0.25**2 * 12.5**2 / 29) ** 2 / 29 + (0.75**2 * 12.5**2 / 19) ** 2 / 19)
    from_bounds = (one["upper"] - one["lower"]) / 2
    assert from_bounds == pytest.approx(float(stats.t.ppf(0.975, freedom)) * variance**0.5)


@pytest.mark.parametrize("few", [0, 1, 10])
def test_a_small_predecessor_is_not_told_by_the_difference(few: int) -> None:
    """With the composite and the score of a, that of b could be had; so b needs eleven people of its own."""
    before = Before(answers({"a": [2] * 30, "b": [4] * few}), small_survey.questionnaire(), successions=MERGED)
    now = answers({"x": [1] * 20 + [3] * 20})
    one = row(compute(now, before).frames["change"], "x", "mindset")
    assert one["reason"] == ("too_few_people" if few else "not_before")
    told = row(publication.published(compute(now, before)).frames["change"], "x", "mindset")
    assert told[["before", "after", "change", "n_before"]].isna().all()


@pytest.mark.parametrize(
    ("rows", "there", "expected"),
    [
        ((), {"x"}, ("x",)),
        ((("a", "x"),), {"a"}, ("a",)),  # another code
        ((("a", "x"), ("b", "x")), {"a", "b"}, ("a", "b")),
        ((("a", "x"), ("b", "x")), {"a"}, ()),  # a part does not stand for the whole
        ((("a", "x"),), {"a", "x"}, ("a", "x")),  # it took a in
        ((("a", "x"), ("b", "x")), {"x"}, ("x",)),  # long before
        ((("a", "x"), ("a", "y")), {"a"}, ()),  # divided: nobody knows who went where
        ((("a", "b"), ("b", "x")), {"a"}, ("a",)),  # one after the other
        ((("a", "x"), ("x", "a")), {"b"}, ()),  # a circle ends
    ],
)
def test_who_stands_behind_an_authority(
    rows: tuple[tuple[str, str], ...], there: set[str], expected: tuple[str, ...]
) -> None:
    assert predecessors.lineage(["x"], there, successions(*rows)) == (expected,)


def test_a_new_question_is_shown_and_does_not_count_until_its_second_wave() -> None:
    asked_before, asked = loader.parse(text_of(4)), longer()
    now = answers({"a": [2] * 40}, asked)
    fifth = [now.items.index(f"{code}_5") for code in small_survey.DIMENSIONS]
    now.answers[:, fifth] = 4  # everybody agrees most strongly to what is new
    before = Before(answers({"a": [2] * 40}, asked_before), asked_before)
    with_before, without = compute(now, before, asked), publication.compute(now, asked, Rules())
    assert row(with_before.frames["scores"], "a", "agile")["score"] == 50.0
    assert row(without.frames["scores"], "a", "agile")["score"] == 60.0  # (4 * 50 + 100) / 5
    items = with_before.frames["items"]
    assert items[(items["item"] == "agile_5") & (items["option"] == "5")]["share"].tolist() == [1.0]
    assert set(with_before.frames["item_analysis"]["item"]).isdisjoint({"agile_5"})
    assert with_before.quality["earlier_wave"]["new_items"] == ["mindset_5", "agile_5", "silos_5"]
    one = row(with_before.frames["change"], "a", "agile")
    assert (one["series"], one["common_items"], one["after"]) == ("common", 4, 50.0)
    second = compute(now, Before(now, asked), asked)  # asked twice, it counts
    assert row(second.frames["scores"], "a", "agile")["score"] == 60.0


def test_a_broken_series_begins_anew_with_all_its_questions() -> None:
    asked = longer()
    before = loader.parse(text_of(5).replace("on silos", "about silos"))
    items = tuple(item.code for item in asked.scored_items)
    found = continuity.continued(before, asked, items, items)
    index = {one.code: one.items for one in found.index}
    assert index["silos"] == index["silos_theme"] == tuple(f"silos_{number}" for number in range(1, 6))
    assert found.new == ()


def many(count: int, chosen: list[int]) -> dict[str, list[int]]:
    return {f"c{place:02d}": [chosen[0]] * 15 + [chosen[1]] * 15 for place in range(count)}


def sector() -> Results:
    earlier = many(12, [1, 3]) | {"a": [1] * 20 + [2] * 20, "b": [1] * 10 + [3] * 10}
    now = many(11, [2, 4]) | {"c11": [1] * 15 + [3] * 15, "x": [3] * 30 + [4] * 10}
    names = [*sorted(now), "a", "b"]
    register = pd.DataFrame({"code": names, "name": [f"Name {one}" for one in names]})
    for column in ("type", "nation", "region"):
        register[column] = pd.NA
    before = Before(answers(earlier), small_survey.questionnaire(), successions=MERGED)
    return publication.published(compute(answers(now), before, authorities=AUTHORITIES.filled(register)))


def test_the_sector_is_told_by_counts_of_those_that_can_be_compared() -> None:
    one = sector().frames["sector_change"].set_index("measure").loc["mindset"]
    assert (one["n"], one["above"], one["similar"], one["below"]) == (
        13,
        12,
        1,
        0,
    )  # eleven and x improved, c11 is as it was
    assert one["median"] == 25.0


def test_sentences_and_reports_name_the_predecessors_and_claim_no_more_than_the_verdict() -> None:
    found = sector()
    asked = small_survey.questionnaire()
    frames = found.frames
    changed = change_reading.rows(frames["change"], frames["benchmarks_restated"], asked.dimensions, authority="c11")
    assert "improved" not in change_reading.finding(changed, "C")
    imprint = Imprint("2026.1", previous="2025.1", replaced={"a": "Alpha", "b": "Beta", "x": "X"})
    page = html_report.authority(frames, asked, code="x", name="X", imprint=imprint)
    assert "X is compared with Alpha and Beta together, which it replaced." in page
    assert "improved on" in page
    told = change_parts.of_the_sector(frames, asked)
    assert told is not None
    assert "Of 13 authorities that can be compared on mindset &amp; co" in told[0].replace("&", "&amp;")


def test_a_broken_series_is_a_gap_in_the_table_and_no_figure() -> None:
    asked = longer()
    before = Before(answers({"a": [2] * 40}, asked), loader.parse(text_of(5).replace("on silos", "about silos")))
    frames = publication.published(compute(answers({"a": [3] * 40}, asked), before, asked)).frames
    changed = change_reading.rows(frames["change"], frames["benchmarks_restated"], asked.dimensions, authority="a")
    broken = change_parts.dimensions(changed, "")
    assert broken.body[2][1:5] == ("–",) * 4
    assert "series is broken" in change_reading.finding(changed, "A")
    assert dataclasses.asdict(changed[2])["before"] is None
