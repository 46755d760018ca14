"""The sector's two averages and the bands, as the reports of the sector show them."""

from __future__ import annotations

import pandas as pd
import small_survey

from reports import publication
from reports.documents import html_report, place_tables, reading
from reports.documents.imprint import Imprint


def published():
    return publication.published(small_survey.results())


def cell(table, row, column):
    return next(line for line in table.body if line[0] == row)[table.headings.index(column)]


def test_the_average_officer_stands_beside_the_middle_authority():
    frames = published().frames
    table = place_tables.averages(frames["average_officer"], frames["benchmarks"], small_survey.questionnaire())
    own = frames["average_officer"].set_index("measure").loc["mindset"]
    scores = frames["scores"]
    shown = scores[(scores["measure"] == "mindset") & scores["reason"].isna()]
    by_hand = (shown["n"] * shown["score"]).sum() / shown["n"].sum()
    assert abs(own["score"] - by_hand) < 1e-9
    assert cell(table, "Mindset & co", "Average officer") == str(round(by_hand))
    assert cell(table, "Mindset & co", "Officers") == f"{shown['n'].sum():,}"


def standing(authority, measure, band, reason=None):
    return {"authority": authority, "peer_group": "all", "measure": measure, "band": band, "reason": reason}


def test_authorities_are_counted_in_the_part_where_they_probably_are():
    rows = [
        standing("a", "mindset", "very_probably_upper_quarter"),
        standing("b", "mindset", "probably_upper_quarter"),
        standing("c", "mindset", "probably_middle_half"),
        standing("d", "mindset", None),
        standing("e", "mindset", None, "too_few_people"),
    ]
    frame = pd.DataFrame(rows).astype("string")
    table = place_tables.bands(frame, small_survey.questionnaire())
    assert table.body == (("Mindset & co", "2", "1", "0", "1"),)  # e is withheld and counted nowhere


def test_without_a_band_there_is_no_table_of_bands():
    frame = pd.DataFrame([standing("a", "mindset", None)]).astype("string")
    assert place_tables.bands(frame, small_survey.questionnaire()) is None


def test_the_sectors_report_says_what_the_two_averages_are():
    found = published()
    text = html_report.sector(
        found.frames, small_survey.questionnaire(), quality=found.quality, imprint=Imprint(release="2026.1")
    )
    assert "Two averages, and places" in text
    assert reading.AVERAGES in text
    assert "stay in the same quarter" in text
