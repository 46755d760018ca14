"""The sector's PDF: tagged, the numbers of the benchmarks, no authority named, every gate and setting in its annex."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from functools import lru_cache

import pandas as pd
import pytest
import tagged_pdf
from pypdf import PdfReader
from small_survey import HOSTILE, questionnaire, register, results
from tagged_pdf import Tag

from reports import narrative
from reports.documents import annex, reliance_tables, sector_parts, sector_report, technical_notes
from reports.documents.annex import GATES
from reports.documents.imprint import Imprint
from reports.documents.sector_report import Given
from reports.gates import state_of
from reports.profile import rows, sector_profile
from reports.rules import Rules

IMPRINT = Imprint("2026.1", "1", "2026 survey")


def given(**more: object) -> Given:
    return replace(Given(register(), results().quality, results().rules), **more)  # type: ignore[arg-type]


def pdf(about: Given | None = None, **frames: pd.DataFrame) -> bytes:
    return sector_report.sector({**results().frames, **frames}, questionnaire(), about or given(), imprint=IMPRINT)


@pytest.fixture(scope="module")
def report() -> Tag:
    return tagged_pdf.read(pdf())


def table(report: Tag, caption: str) -> list[list[str]]:
    (found,) = [one for one in report.every("Table") if caption in [said.text for said in one.every("Caption")]]
    return [[cell.text for cell in line.inside] for line in found.every("TR")]


@lru_cache
def profiles() -> dict[str, pd.DataFrame]:
    return sector_parts.profiles(results().frames["benchmarks"], questionnaire())


def test_the_report_is_marked_titled_and_in_a_language() -> None:
    reader = PdfReader(io.BytesIO(pdf()))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert root["/Lang"] == "en"  # type: ignore[index]
    assert reader.metadata.title == "The sector: Small survey, 2026 survey"  # type: ignore[union-attr]
    assert not reader.attachments


def test_the_chapters_stand_in_their_order(report: Tag) -> None:
    assert [one.text for one in report.every("H1")] == [
        "What we found", "Who took part", "By type of authority", "The dimensions and their themes",
        "Two averages, and places", "Inside the authorities", "More of what officers said",
        "How to read this", "How this was worked out", "Technical annex",
    ]  # fmt: skip


def test_every_picture_says_its_sentence(report: Tag) -> None:
    """Dots and radar of all, the radars by type, the themes of each dimension; one nation alone has no picture."""
    everybody = profiles()["all"]
    finding = narrative.sector_finding(everybody, "all authorities")
    by_type = narrative.multiples_finding(sector_parts.of_kind(profiles(), "type"))
    themes = [
        narrative.sector_finding(
            sector_parts.themes(results().frames["benchmarks"], questionnaire(), one), "all authorities"
        )
        for one in questionnaire().dimensions
    ]
    _logo, *pictures = [one.alt for one in report.every("Figure")]
    assert pictures == [finding, finding, by_type, *themes]
    assert finding in [one.text for one in report.every("P")]


def test_the_table_shows_the_medians_with_their_intervals(report: Tag) -> None:
    heading, *lines = table(report, "The middle authority on each dimension, 0 to 100")
    assert heading[1:] == ["Middle authority", "95\u00a0% interval", "Middle half", "Authorities"]
    middle = rows(sector_profile(results().frames["benchmarks"], questionnaire(), peer_group="all"))
    for row, line in zip(middle, lines, strict=True):
        assert row.score is not None
        assert line[0] == row.title
        assert float(line[1]) == pytest.approx(row.score, abs=0.5000001)
        assert line[4] == "29"  # the thirtieth has eight answers


def test_types_stand_beside_each_other_without_a_middle_half_where_they_have_less_than_seventeen(report: Tag) -> None:
    heading, *lines = table(report, "The middle authority by type of authority")
    assert heading == ["", "Mindset & co", "Agile & co", "Silos & co", "Authorities"]
    stored = results().frames["benchmarks"].set_index(["peer_group", "measure"])
    for line, group, count in zip(lines, ("type:county", "type:district"), ("15", "14"), strict=True):
        row = stored.loc[group, "mindset"]
        assert line[0] == narrative.first_upper(narrative.group_label(group))
        assert line[1] == str(round(row["median"]))
        assert line[-1] == count


def test_who_took_part_is_told_beside_the_register_where_that_is_known() -> None:
    known = {"type:county": 21, "type:district": 164, "nation:Wales": 22}
    found = tagged_pdf.read(pdf(given(register=known)))
    assert table(found, "Who took part, by type of authority")[1:] == [
        ["County councils", "15", "15", "21"],
        ["District councils", "15", "14", "164"],
        ["All authorities", "30", "29", "185"],
    ]
    assert table(found, "Who took part, by nation")[0] == ["", "Authorities", "With results to show", "In the register"]


def test_without_a_register_of_authorities_there_is_one_row_for_all() -> None:
    (found,) = sector_report._participation(results().frames["scores"], questionnaire(), Given())
    assert found.body == (("All authorities", "30", "29"),)


def test_no_authority_is_named(report: Tag) -> None:
    said = [one.text for kind in ("P", "TH", "TD", "H1", "H2", "LI") for one in report.every(kind)]
    assert not [words for words in said if "Authority 1" in words or HOSTILE in words]


def test_a_group_that_one_authority_alone_is_shown_stands_in_no_report_of_the_sector() -> None:
    told = results().frames["benchmarks"]
    nearest = told[told["peer_group"] == "all"].assign(peer_group="nearest:A01")
    assert list(sector_parts.profiles(pd.concat([told, nearest]), questionnaire())) == list(profiles())


def test_every_gate_and_every_setting_is_in_the_annex(report: Tag) -> None:
    gates = table(report, "Each gate and its result")
    assert [line[0] for line in gates[1:]][: len(GATES)] == [annex.GATES[gate][0] for gate in GATES]
    found = {name: state_of(state) for name, state in results().quality["gates"].items()}  # type: ignore[union-attr]
    assert [line[-1] for line in gates[1:]] == [found[name] for name in GATES]
    assert found["four_dimensions"] == found["invariance"] == "not tested"
    assert found["icc"] == "passed"  # the authorities of the small survey differ by half a step of five
    assert found["reliability"] == "not tested"  # three questions a dimension are too few
    settings = table(report, "Each setting and its value")
    assert ["Fewest people behind a figure", "11 people"] in settings
    assert ["Probability of an interval", "95\u00a0%"] in settings
    assert not [line for line in settings if line[0].startswith("Why fewer authorities")]  # nothing was lowered


def test_every_setting_of_the_rules_has_its_words() -> None:
    assert set(annex.SETTINGS) == {field.name for field in fields(Rules)}


def test_a_gate_that_was_tested_shows_its_result() -> None:
    quality = dict(results().quality) | {"gates": {"icc": {"mindset": 0.081}, "reliability": "passed", "new_one": 1.5}}
    lines = annex.gates(quality).body
    results_of = {name: line[-1] for name, line in zip(GATES, lines, strict=False)}
    assert (results_of["reliability"], results_of["icc"], results_of["agreement"]) == (
        "passed",
        "mindset: 0.08",
        "not tested",
    )
    assert ("new one", "", "1.50") in lines


def test_a_lowered_minimum_is_told_with_its_reason() -> None:
    rules = Rules(minimum_authorities_median=6, lowered_because="A pilot with eight authorities.")
    body = annex.settings(rules).body
    assert ("Fewest authorities behind a middle authority", "6 authorities") in body
    assert ("Why fewer authorities are enough in this release", "A pilot with eight authorities.") in body


def test_intervals_of_weighted_scores_are_said_to_be_a_little_short() -> None:
    """As the simulation found it; a release without weights has no such sentence."""
    scores = results().frames["scores"]
    raked = scores["authority"] < "A15"
    half = scores.assign(weighted=raked, weighting=scores["weighting"].mask(raked, "tier"))
    reader = PdfReader(io.BytesIO(pdf(scores=half)))
    said = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert "Scores of 15 of 30 authorities are weighted" in said
    assert "92 to 94 times in 100" in said
    assert technical_notes.weights(scores) == ()
    (given,) = technical_notes.weights(scores.assign(weighted=True))  # weights of a survey's design, nothing raked
    assert given == "Scores of 30 of 30 authorities are weighted by the weights that came with the answers alone."
    body = reliance_tables.weights(scores.assign(weighted=True)).body  # type: ignore[union-attr]
    assert [line[0].split(":")[0] for line in body] == ["By the weights that came with the answers alone"]


def test_the_annex_counts_how_reliably_authorities_are_compared_and_how_they_are_weighted(report: Tag) -> None:
    scores = results().frames["scores"]
    own = scores[(scores["measure"] == "agile") & scores["reason"].isna()]["reliability"].astype(float)
    counts = [(own >= 0.7).sum(), ((own >= 0.5) & (own < 0.7)).sum(), (own < 0.5).sum()]
    lines = table(report, "How reliably authorities can be compared, ICC(2)")
    assert lines[0][1:] == ["0.70 or more", "0.50 to 0.70: indicative", "Below 0.50: not compared"]
    assert lines[2] == ["Agile & co", *map(str, counts)]
    assert sum(counts) == 29
    weights = table(report, "How scores of authorities are weighted")  # the staff is known as a total only
    assert weights[1:] == [["Not weighted: staff numbers by service area and tier are not known", "29"]]


def test_scales_stand_in_the_order_of_the_questionnaire_whatever_order_they_come_in() -> None:
    frames = {name: results().frames[name].iloc[::-1] for name in ("reliability", "agreement")}
    for found in annex.scales(frames, questionnaire()):
        assert [line[0] for line in found.body] == ["Mindset & co", "Agile & co", "Silos & co"]


def test_notes_beside_scores_are_counted_by_dimension() -> None:
    quality = {
        "sensitivity": {"skipped_questions": {"A": ["agile"], "B": ["agile", "overall"]}, "careless": {}},
        "disagreement": {"B": {"silos": {"n": 40, "lower": 20.0, "upper": 80.0}}},
    }
    found = reliance_tables.moved(quality, questionnaire())
    assert found is not None
    assert [line[1:] for line in found.body] == [("0", "0", "0"), ("2", "0", "0"), ("0", "0", "1")]
    assert reliance_tables.moved({}, questionnaire()) is None


def test_scores_whose_reliability_is_not_known_make_no_table() -> None:
    unknown = results().frames["scores"].assign(reliability=pd.NA)
    assert reliance_tables.comparable(unknown, questionnaire(), Rules()) is None


def test_every_question_is_listed_with_how_many_did_not_answer_it(report: Tag) -> None:
    tables = annex.questions(results().quality, questionnaire())
    assert [one.caption for one in tables] == ["Mindset & co", "Agile & co", "Silos & co"]
    assert tables[0].body[0] == ("Question 1 on mindset?", "1,168", "0\u00a0%", "0\u00a0%")
    said = [[cell.text for cell in line.inside] for line in report.every("TR")]
    assert all(list(line) in said for one in tables for line in one.body)


def test_digests_and_other_facts_stand_in_the_annex() -> None:
    found = tagged_pdf.read(pdf(given(record={"Digest of the answers": "ab" * 32})))
    assert ["Digest of the answers", "ab" * 32] in table(found, "What this report was made from")


def test_a_sector_with_nothing_to_show_draws_nothing_and_has_no_empty_chapter() -> None:
    benchmarks = results().frames["benchmarks"].copy()
    numbers = ["median", "median_lower", "median_upper", "lower_quartile", "upper_quartile", "n"]
    benchmarks[numbers] = pd.NA
    found = tagged_pdf.read(pdf(benchmarks=benchmarks.assign(reason="too_few_authorities")))
    assert len(list(found.every("Figure"))) == 1  # the logo
    assert "By type of authority" not in [one.text for one in found.every("H1")]
    assert any("Too few authorities have a score to show." in one.text for one in found.every("P"))
    assert table(found, "Who took part, by type of authority")


def test_a_type_with_too_few_authorities_has_no_number() -> None:
    benchmarks = results().frames["benchmarks"].copy()
    hidden = benchmarks["peer_group"] == "type:county"
    benchmarks.loc[hidden, ["median", "lower_quartile", "upper_quartile", "n"]] = pd.NA
    benchmarks.loc[hidden, "reason"] = "too_few_authorities"
    found = tagged_pdf.read(pdf(benchmarks=benchmarks))
    lines = table(found, "The middle authority by type of authority")
    assert lines[1][1:] == ["not shown"] * 4
    assert narrative.refusal() in [one.text for one in found.every("P")]
    by_type = [str(one.alt) for one in found.every("Figure") if "County" in str(one.alt)]
    assert by_type == []  # one type alone is no comparison


def test_many_groups_are_drawn_in_pictures_that_are_filled_evenly() -> None:
    """Seven groups stand as four and three: six and one would leave a picture of one."""
    one = profiles()["all"]
    drawn = sector_parts.drawn_together({f"group {number}": one for number in range(7)})
    assert [len(picture) for picture in drawn] == [4, 3]
    empty = one.assign(score=pd.array([pd.NA] * len(one), dtype="Float64"))
    assert sector_parts.drawn_together({"a": one, "b": empty}) == []


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert pdf() == pdf()
