"""What may be read of a release: a fixed number of statements, withheld figures named and never zero."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from reports import narrative
from reports.documents import brand
from reports.frames import BENCHMARKS, SCORES
from survey import downloads, results, stored_results
from survey.errors import NotFound
from survey.models import RESULT_TABLES, AuditEntry, Release

Closed = Any  # the fixture's own class stands in conftest.py, which cannot be imported


def test_a_comparison_shows_what_is_stored(closed: Closed) -> None:
    release = closed.published()
    seen = results.comparison(closed.session, release, "A01")
    stored = stored_results.rows(closed.session, SCORES, release, authority="A01").set_index("measure")
    peers = stored_results.rows(closed.session, BENCHMARKS, release, peer_group="type:unitary").set_index("measure")
    assert [row.measure for row in seen.rows] == ["mindset", "agile", "silos", "leadership"]
    for row in seen.rows:
        assert row.score == stored.loc[row.measure, "score"]
        assert row.median == peers.loc[row.measure, "median"]
        assert row.n == 14
    assert seen.overall.score == stored.loc["overall", "score"]


def test_without_a_choice_the_peers_are_those_of_the_same_type_where_they_are_enough(closed: Closed) -> None:
    release = closed.published()
    assert results.comparison(closed.session, release, "A01").peer_group.code == "type:unitary"  # 12 of them
    assert results.comparison(closed.session, release, "A13").peer_group.code == "all"  # 2 counties are too few


def test_the_menu_names_each_group_with_its_size_and_whether_it_has_a_benchmark(closed: Closed) -> None:
    menu = results.comparison(closed.session, closed.published(), "A13").menu
    assert [(one.code, one.label, one.size, one.shown) for one in menu] == [
        ("all", "All authorities", 14, True),
        ("nation:Wales", "Authorities in Wales", 14, True),
        ("type:county", "County councils", 2, False),
    ]


def test_a_group_that_is_too_small_gives_no_median_and_no_verdict(closed: Closed) -> None:
    seen = results.comparison(closed.session, closed.published(), "A13", "type:county")
    assert all(row.median is None and row.verdict is None for row in seen.rows)
    assert all(row.score is not None for row in seen.rows)


def test_a_withheld_authority_is_named_and_has_no_figure(closed: Closed) -> None:
    seen = results.comparison(closed.session, closed.published(), "A14")
    assert seen.name == "Town A14"
    assert all(row.score is None and row.n is None and row.lower is None for row in seen.rows)
    assert seen.overall.score is None
    assert "0" not in seen.finding.replace("2026", "")


def test_a_foreign_group_and_a_foreign_authority_are_not_there(closed: Closed) -> None:
    release = closed.published()
    with pytest.raises(NotFound):
        results.comparison(closed.session, release, "A01", "type:county")
    with pytest.raises(NotFound):
        results.comparison(closed.session, release, "Z99")
    with pytest.raises(NotFound):
        results.inside(closed.session, release, "Z99")


@pytest.mark.parametrize("label", ["", "2026", "2026.", ".1", "2026.x", "2026.99999999999999999999", "2026.²"])
def test_a_label_that_is_none_is_not_found(closed: Closed, label: str) -> None:
    with pytest.raises(NotFound):
        results.get(closed.session, label, now=closed.now)


def test_sentence_and_picture_come_from_the_same_frame(closed: Closed) -> None:
    seen = results.comparison(closed.session, closed.published(), "A01")
    assert seen.finding == narrative.finding(seen.profile, "Town A01", "unitary authorities")
    assert "2026.1" in seen.caption.line


def test_where_one_service_area_is_shown_all_that_the_questionnaire_offers_are_listed(closed: Closed) -> None:
    """All fourteen are in housing. Eleven are frontline: with them the three senior leaders would be told."""
    seen = results.inside(closed.session, closed.published(), "A01")
    assert [(one.code, one.label) for one in seen.service_areas] == [
        ("housing", "Housing"),
        ("planning", "Planning"),
        ("ict", "ICT"),
    ]
    housing, *others = seen.service_areas
    assert all(cell.score is not None for cell in housing.cells)
    assert all(cell.score is None and cell.n is None for one in others for cell in one.cells)
    assert seen.tiers == ()  # nothing of them is shown, so none is named


def test_whether_few_or_nobody_of_a_group_answered_reads_the_same(closed: Closed) -> None:
    release = closed.published()
    before = results.inside(closed.session, release, "A01")
    row = {
        "release_id": release.id,
        "authority": "A01",
        "kind": "service_area",
        "group": "ict",
        "reason": "too_few_people",
    }
    rows = [row | {"measure": one} for one in ("mindset", "agile", "silos", "leadership")]
    members = [one | {"kind": "elected", "group": "elected"} for one in rows]
    with closed.database.write(closed.session):
        closed.session.execute(insert(RESULT_TABLES["group_scores"]), [*rows, *members])
        closed.session.commit()
    after = results.inside(closed.session, release, "A01")
    assert (after.service_areas, after.tiers) == (before.service_areas, before.tiers)
    assert (after.elected, after.beside_members) == (before.elected, before.beside_members)


def test_the_sector_counts_who_took_part_and_leaves_out_small_types(closed: Closed) -> None:
    seen = results.sector(closed.session, closed.published())
    assert seen.authorities == 14
    assert list(seen.profiles_by_type) == ["Unitary authorities"]
    counts = {(one.kind, one.label): (one.authorities, one.of) for one in seen.participation}
    assert counts["type", "County councils"] == (2, 2)
    assert counts["type", "Unitary authorities"] == (12, 12)
    assert seen.respondents == 13 * 14 + 5
    middle = stored_results.rows(closed.session, BENCHMARKS, seen.release, peer_group="all").set_index("measure")
    assert [row.score for row in seen.rows] == [middle.loc[row.measure, "median"] for row in seen.rows]
    assert results.sector_rows(closed.session, seen.release) == seen.rows


@pytest.mark.parametrize("authorities", [14, 28])
def test_a_page_costs_the_same_statements_while_the_authorities_double(
    make_closed: Callable[..., Closed], statements: Callable[..., Any], authorities: int
) -> None:
    closed = make_closed(authorities=authorities)
    closed.published()
    counts = {}
    for name, read in READINGS.items():
        with closed.database.session() as session, statements(closed.database) as seen:
            read(session, results.get(session, "2026.1", now=closed.now))
        counts[name] = len(seen)
    # Change and elected members are a table each beside the six of a comparison, service areas by tier one inside.
    assert counts == {"comparison": 8, "inside": 5, "sector": 4, "sector_rows": 2}


READINGS: dict[str, Callable[[Session, Release], object]] = {
    "comparison": lambda session, release: results.comparison(session, release, "A01"),
    "inside": lambda session, release: results.inside(session, release, "A01"),
    "sector": results.sector,
    "sector_rows": results.sector_rows,
}


def test_a_download_equals_what_is_stored_rounded_once(closed: Closed) -> None:
    release = closed.published()
    stored = stored_results.rows(closed.session, SCORES, release)
    made = downloads.csv(closed.session, release, "scores")
    lines = list(csv.DictReader(io.StringIO(made.content.decode())))
    assert made.name == "2026.1-scores.csv"
    assert len(lines) == len(stored)
    by_key = stored.set_index(["authority", "measure"])
    for line in lines:
        score = by_key.loc[(line["authority"], line["measure"]), "score"]
        if line["authority"] == "A14":
            assert (line["score"], line["n"], line["reason"]) == ("", "", "withheld")
        else:
            assert float(line["score"]) == round(float(score), 1)
            assert line["invited"] == ""  # no headcount was returned


def test_benchmarks_leave_as_whole_numbers(closed: Closed) -> None:
    release = closed.published()
    made = downloads.csv(closed.session, release, "benchmarks")
    lines = list(csv.DictReader(io.StringIO(made.content.decode())))
    medians = [line["median"] for line in lines if line["median"]]
    assert medians
    assert all(float(one) == int(float(one)) for one in medians)
    assert {line["reason"] for line in lines if line["peer_group"] == "type:county"} == {"withheld"}


def test_a_workbook_has_a_sheet_for_each_table_and_no_ranks(closed: Closed) -> None:
    release = closed.published()
    made = downloads.xlsx(closed.session, release, publisher=brand.default())
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Scores", "Standings", "Benchmarks"]
    cover = [row[0] for row in book["Cover"].iter_rows(values_only=True)]
    assert cover[:2] == ["Survey 2026: results", brand.default().name]
    assert {"Release: 2026.1", "Method version: 1"} <= set(cover)
    heads = [cell.value for cell in book["Standings"][3]]
    assert not [head for head in heads if "rank" in head.lower()]
    own = [row for row in book["Scores"].iter_rows(min_row=4, values_only=True) if row[1] == "A14"]
    assert {row[0] for row in own} == {"Town A14"}
    assert {row[heads_of(book["Scores"], "Score [note\u00a01]")] for row in own} == {"[c]"}  # five officers


def heads_of(sheet: Worksheet, head: str) -> int:
    return [cell.value for cell in sheet[3]].index(head)


def test_each_download_is_in_the_audit_trail(closed: Closed) -> None:
    release = closed.published()
    made = downloads.csv(closed.session, release, "standings")
    with closed.database.write(closed.session):
        downloads.record(closed.session, release, made, actor="person:1", now=closed.now)
        closed.session.commit()
    entry = closed.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.downloaded")).one()
    assert (entry.object_code, entry.actor) == ("2026.1", "person:1")
    assert entry.details == {"table": "standings", "form": "csv"}


def test_a_table_of_people_cannot_be_downloaded(closed: Closed) -> None:
    release = closed.published()
    with pytest.raises(NotFound):
        downloads.csv(closed.session, release, "respondents")


def test_researchers_see_which_rule_withheld_how_much(closed: Closed) -> None:
    found = results.withheld(closed.session, closed.published())
    rows = {(table, reason): (count, share) for table, reason, count, share in found}
    assert rows["scores", "too_few_people"][0] == 5
    assert rows["benchmarks", "too_few_authorities"][0] == 5
    assert all(0.0 < share <= 1.0 for _, share in rows.values())
    assert ("own_profile", "not_a_theme") not in rows  # nothing there that safety could cost
