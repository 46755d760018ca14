"""The authority's PDF: tagged, with the numbers and sentences of the pages, nothing withheld, names as names."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
import tagged_pdf
from pypdf import PdfReader
from small_survey import HOSTILE, questionnaire, results
from tagged_pdf import Tag

from reports import narrative
from reports.documents import authority_report
from reports.documents.imprint import Imprint
from reports.profile import profile, rows, theme_profile

IMPRINT = Imprint("2026.1", "1", "2026 survey")


def pdf(code: str = "A01", name: str = "Authority 1", imprint: Imprint = IMPRINT, **frames: pd.DataFrame) -> bytes:
    return authority_report.authority(
        {**results().frames, **frames}, questionnaire(), code=code, name=name, imprint=imprint
    )


@pytest.fixture(scope="module")
def report() -> Tag:
    return tagged_pdf.read(pdf())


def numbers() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    frames = results().frames
    return frames["scores"], frames["benchmarks"], frames["standings"]


def table(report: Tag, caption: str) -> list[list[str]]:
    (found,) = [one for one in report.every("Table") if caption in [said.text for said in one.every("Caption")]]
    return [[cell.text for cell in line.inside] for line in found.every("TR")]


def test_the_report_is_marked_titled_and_in_a_language() -> None:
    reader = PdfReader(io.BytesIO(pdf()))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert root["/Lang"] == "en"  # type: ignore[index]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    assert reader.metadata.title == "Authority 1: Small survey, 2026 survey"  # type: ignore[union-attr]
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", root["/Metadata"].get_data())  # type: ignore[index]
    assert not reader.attachments
    assert "/AA" not in root  # type: ignore[operator]
    assert "/OpenAction" not in root  # type: ignore[operator]


def test_the_parts_stand_in_the_order_in_which_they_are_read(report: Tag) -> None:
    headings = [one.text for one in report.every("H1")]
    assert headings == ["What we found", "The same as a radar", "The dimensions and their themes", "All themes in figures",
                        "Inside the authority", "More of what officers said", "Question by question", "How to read this",
                        "How this was worked out"]  # fmt: skip
    assert [one.text for one in report.every("TOCI")] != []
    assert [re.sub(r" \d+$", "", one.text) for one in report.every("TOCI")] == headings


def test_every_picture_says_its_sentence(report: Tag) -> None:
    own = profile(*numbers(), questionnaire(), authority="A01", peer_group="all")
    finding = narrative.finding(own, "Authority 1", "all authorities")
    themes = [
        narrative.themes_finding(rows(theme_profile(*numbers(), one, authority="A01", peer_group="all")), "Authority 1")
        for one in questionnaire().dimensions
    ]
    logo, *pictures = [one.alt for one in report.every("Figure")]
    assert logo == "Council Digital Network"
    assert pictures == [finding, finding, *themes]
    assert finding in [one.text for one in report.every("P")]


def test_the_table_shows_the_numbers_of_the_profile(report: Tag) -> None:
    heading, *lines = table(report, "Scores of Authority 1, 0 to 100")
    assert heading[1:3] == ["Score", "95\u00a0% interval"]
    own = rows(profile(*numbers(), questionnaire(), authority="A01", peer_group="all"))
    for row, line in zip(own, lines, strict=True):
        assert line[0] == row.title
        assert (float(line[1]), float(line[4])) == pytest.approx((row.score, row.median), abs=0.5000001)
        assert line[3] == "40"
        assert line[6] == narrative.verdict_word(row)


def test_every_table_has_a_caption_and_headings_of_its_columns(report: Tag) -> None:
    tables = list(report.every("Table"))
    # scores, peer groups, themes, questions, don't know; of tiers nothing is shown
    assert len(tables) == 1 + 1 + 1 + 1 + 1
    for one in tables:
        (caption,) = one.every("Caption")
        assert caption.text
        first, *others = one.every("TR")
        assert {cell.kind for cell in first.inside} == {"TH"}
        assert {cell.kind for line in others for cell in line.inside} == {"TD"}


def test_questions_show_their_shares_in_words(report: Tag) -> None:
    stored = results().frames["items"].query("authority == 'A01' and item == 'mindset_1'")
    lines = table(report, "Answers to each question")
    (line,) = [line for line in lines if line[0].startswith("Question 1 on mindset?")]
    shares = dict(zip(stored["option"], stored["share"], strict=True))
    assert line[1] == "40"
    assert int(line[3].split("\u00a0")[0]) == pytest.approx(100 * shares["3"], abs=0.5000001)


def test_what_is_withheld_is_said_once_and_carries_no_number() -> None:
    found = tagged_pdf.read(pdf("A29", "Too small"))
    assert "The results of Too small are not shown." in [one.text for one in found.every("P")]
    assert [one.text for one in found.every("H1")] == ["What we found", "How to read this", "How this was worked out"]
    assert not list(found.every("Table"))
    assert len(list(found.every("Figure"))) == 1  # the logo


def test_a_dimension_that_is_withheld_has_no_number_anywhere() -> None:
    scores = results().frames["scores"].copy()
    withheld = (scores["authority"] == "A01") & scores["measure"].isin(["agile", "agile_theme"])
    scores.loc[withheld, ["score", "lower", "upper", "se", "n"]] = pd.NA
    scores.loc[withheld, "reason"] = "too_few_people"
    found = tagged_pdf.read(pdf(scores=scores))
    (line,) = [line for line in table(found, "Scores of Authority 1, 0 to 100") if line[0] == "Agile & co"]
    assert line[1:4] == ["not shown"] * 3
    (theme,) = [line for line in table(found, "Themes of Authority 1, 0 to 100") if line[0] == "Theme of agile"]
    assert theme[1:4] == ["not shown"] * 3
    said = [one.text for one in found.every("P")] + [str(one.alt) for one in found.every("Figure")]
    assert any("Not shown: agile & co." in words for words in said)
    assert "Not shown: agile & co." in said  # the finding of its own part
    assert narrative.refusal() in said


def test_a_tier_with_too_few_answers_takes_the_other_with_it(report: Tag) -> None:
    """8 of 40 are senior: hidden; the other 32 would give them away by subtraction, so no tier is named."""
    assert "Scores of service areas, tiers and elected members" not in [one.text for one in report.every("Caption")]
    assert f"{narrative.refusal()} This holds for: Tiers." in report.text


def test_a_group_with_numbers_stands_in_the_table_and_the_others_below_it() -> None:
    groups = results().frames["group_scores"].copy()
    chosen = (groups["authority"] == "A01") & (groups["group"] == "frontline")
    groups.loc[chosen, ["n", "score", "lower", "upper", "reason"]] = [32, 61.6, 55.2, 67.9, pd.NA]
    found = tagged_pdf.read(pdf(group_scores=groups))
    lines = table(found, "Scores of service areas, tiers and elected members")
    assert lines[1:] == [["Tiers"], ["Everybody else", *["62 (55 to 68) 32 answers"] * 3]]
    assert f"{narrative.refusal()} This holds for: Senior leader." in found.text


def test_a_name_full_of_markup_stays_a_name() -> None:
    for name in (HOSTILE, '#read("/etc/passwd") *a* $x$ <b> \\', "北 \u202e \x00 Ŵ"):
        found = tagged_pdf.read(pdf("A00", name))
        (title,) = found.every("Title")
        assert title.text == "¤ Ŵ" if name.startswith("北") else title.text == name


def test_made_up_data_are_called_so_on_the_cover_and_on_every_page() -> None:
    marked = PdfReader(io.BytesIO(pdf(imprint=Imprint("2026.1", "1", "2026 survey", demonstration=True))))
    assert ["Made-up data." in page.extract_text() for page in marked.pages] == [True] * len(marked.pages)
    plain = PdfReader(io.BytesIO(pdf()))
    assert not any("Made-up data." in page.extract_text() for page in plain.pages)


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert pdf() == pdf()


def test_without_items_and_groups_their_parts_are_left_out() -> None:
    frames = {name: results().frames[name] for name in ("scores", "benchmarks", "standings")}
    found = tagged_pdf.read(
        authority_report.authority(frames, questionnaire(), code="A01", name="Authority 1", imprint=IMPRINT)
    )
    headings = [one.text for one in found.every("H1")]
    assert "Inside the authority" not in headings
    assert "Question by question" not in headings
