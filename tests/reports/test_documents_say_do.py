"""Self-assessments in reports: the authority's word beside its officers, and of the sector how many differ."""

from __future__ import annotations

import io
from dataclasses import replace
from html import escape

import pandas as pd
import pypdf
import pytest
import tagged_pdf
from small_survey import DIMENSIONS, questionnaire, results
from tagged_pdf import Tag

from reports.documents import authority_report, html_report, reading, say_do_parts, sector_report
from reports.documents.authority_parts import subject
from reports.documents.imprint import Imprint
from reports.documents.sector_report import Given
from reports.frames import SAY_DO

IMPRINT = Imprint("2026.1", "1", "2026 survey")
NOTHING = dict.fromkeys(("gap", "lower", "upper", "verdict", "staff", "staff_lower", "staff_upper"))


def row(authority: str, measure: str, **changes: object) -> dict[str, object]:
    """The authority says 75, its officers 60 (55 to 65), 40 of them: 15 apart, 10 beyond the usual 5."""
    return {
        "authority": authority, "measure": measure, "gap": 10.0, "lower": 5.2, "upper": 14.8, "p_adjusted": 0.001,
        "verdict": "ABOVE", "reason": None, "assessed": 75.0, "staff": 60.0, "staff_lower": 55.0, "staff_upper": 65.0,
        "n": 40, "themes": 1, "median_gap": 5.0,
    } | changes  # fmt: skip


def frame(**first: object) -> pd.DataFrame:
    """Twelve authorities; the last has sent nothing; `first` changes the first dimension of A01."""
    themes = [theme.code for theme in questionnaire().themes]
    silent = NOTHING | {"assessed": None, "n": 40, "reason": "not_assessed", "themes": 0}
    rows = [
        row(f"A{place:02}", measure, **(silent if place == 11 else {}))
        for place in range(12)
        for measure in (*DIMENSIONS, *themes)
    ]
    rows = [one | first if (one["authority"], one["measure"]) == ("A01", DIMENSIONS[0]) else one for one in rows]
    return SAY_DO.check(pd.DataFrame(rows))


def said(code: str = "A01", **first: object) -> say_do_parts.Said | None:
    frames = {**results().frames, "say_do": frame(**first)}
    of = subject(frames, questionnaire(), code=code, name="Avon", peer_group="all", imprint=IMPRINT)
    return say_do_parts.said(of, IMPRINT)


def report(code: str = "A01", frames: dict[str, pd.DataFrame] | None = None) -> bytes:
    given = {**results().frames, "say_do": frame()} if frames is None else frames
    return authority_report.authority(given, questionnaire(), code=code, name="Avon", imprint=IMPRINT)


def captions(of: Tag) -> list[str]:
    return [one.text for one in of.every("Caption")]


def test_the_two_sides_stand_in_whole_points_with_their_intervals() -> None:
    word = said()
    assert word is not None
    assert word.dimensions.body[0][1:] == ("75", "60 (55 to 65), 40 answers", "+10 (+5 to +15)", "says more than usual")
    assert word.themes.body[0][1:] == ("75", "60", "55 to 65", "40")


def test_what_is_withheld_or_not_answered_says_so_and_shows_no_difference() -> None:
    word = said(**NOTHING, n=None, reason="too_few_people")
    assert word is not None
    assert word.dimensions.body[0][1:] == ("75", "not shown", "not shown", "no difference shown")
    assert word.dimensions.withholds
    silent = said(**NOTHING, assessed=None)
    assert silent is not None
    assert silent.dimensions.body[0][1] == "not answered"


def test_who_sent_none_and_a_survey_that_asked_none_have_no_such_part() -> None:
    assert said("A11") is None
    for content in (report("A11"), report(frames=dict(results().frames))):
        assert reading.SAID_TITLE not in [one.text for one in tagged_pdf.read(content).every("H1")]


def test_the_pdf_has_the_part_with_picture_sentence_and_tables() -> None:
    found = tagged_pdf.read(report())
    headings = [one.text for one in found.every("H1")]
    at = headings.index(reading.SAID_TITLE)
    assert headings[at - 1 : at + 2] == ["All themes in figures", reading.SAID_TITLE, "Inside the authority"]
    word = said()
    assert word is not None
    assert word.caption.sentence in [one.alt for one in found.every("Figure")]
    assert word.caption.sentence in found.text
    assert "The same in figures" in captions(found)
    (themes,) = [one for one in found.every("Table") if "Themes of Avon, 0 to 100" in one.text]
    heading, _, first, *_ = [[cell.text for cell in line.inside] for line in themes.every("TR")]
    assert heading[6].replace(" ", "") == "Self-assessment"  # where a line was broken stands a space
    assert first[6] == "75"


def test_the_html_report_says_the_same() -> None:
    html = html_report.authority(
        {**results().frames, "say_do": frame()}, questionnaire(), code="A01", name="Avon", imprint=IMPRINT
    )
    word = said()
    assert word is not None
    assert html.count(escape(word.caption.sentence)) == 2  # as a sentence and as the picture's alternative text
    assert "+10 (+5 to +15)" in html


def test_the_sector_counts_authorities_and_names_none() -> None:
    """Of eleven that are compared one is as usual: ten say more."""
    table = say_do_parts.of_the_sector(frame(gap=1.0, verdict="SIMILAR"), questionnaire())
    assert table is not None
    assert table.body[0][1:] == ("11", "+5", "10", "1", "0", "0")
    assert table.body[1][1:] == ("11", "+5", "11", "0", "0", "0")
    frames = {**results().frames, "say_do": frame()}
    content = sector_report.sector(frames, questionnaire(), replace(Given(), rules=results().rules), imprint=IMPRINT)
    assert table.caption in captions(tagged_pdf.read(content))
    assert "Avon" not in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("nobody", [None, frame().assign(gap=pd.NA, verdict=pd.NA, median_gap=pd.NA)])
def test_where_too_few_authorities_are_compared_the_sector_has_no_such_part(nobody: pd.DataFrame | None) -> None:
    assert say_do_parts.of_the_sector(nobody, questionnaire()) is None
