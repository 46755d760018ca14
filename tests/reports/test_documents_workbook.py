"""The workbook: a sheet a table with title, source and one header row, typed numbers, marks, nothing live."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from reports import publication
from reports.documents import brand, workbook
from reports.documents.imprint import Imprint
from reports.documents.sheets import Book, Link, cleaned
from reports.publication import Results
from reports.rules import Rules

HEADS = 3  # title, source, header


@pytest.fixture(scope="module")
def computed(asked, respond):
    """Twelve authorities of fourteen officers, and one of five."""
    questionnaire = asked("two-themes")
    items = len(questionnaire.scored_items)
    people = [
        (f"A{number:02}", " ".join("12345"[(number + person + place) % 5] for place in range(items)))
        for number in range(13)
        for person in range(5 if number == 12 else 14)
    ]
    register = pd.DataFrame(
        {"code": [f"A{n:02}" for n in range(13)], "name": [f"Town {n}" for n in range(13)], "type": "unitary"}
    ).assign(nation="Wales", region=None)
    return publication.compute(respond(questionnaire, people), questionnaire, Rules(), authorities=register)


def book_of(results: Results, questionnaire, **imprint: object) -> openpyxl.Workbook:
    made = workbook.results(
        results,
        questionnaire,
        names={"A00": "=Town"},
        about={"Release": "2026.1"},
        imprint=Imprint(**imprint),
    )
    return openpyxl.load_workbook(io.BytesIO(made))


def table(book: openpyxl.Workbook, sheet: str) -> pd.DataFrame:
    heads, *rows = book[sheet].iter_rows(min_row=HEADS, values_only=True)
    return pd.DataFrame(rows, columns=[str(head).split(" [note")[0] for head in heads])


def test_each_table_has_a_title_a_source_and_one_header_row_that_stays_in_sight(computed, asked):
    book = book_of(publication.for_file(computed, "published"), asked("two-themes"), release="2026.1")
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    for sheet in book.worksheets[3:]:
        assert "release 2026.1, method 1" in sheet["A2"].value
        assert sheet.freeze_panes == "B4"
        assert not sheet.merged_cells.ranges
        assert [len(one.tableColumns) for one in sheet.tables.values()] == [sheet.max_column]
        assert all(cell.value is not None for row in sheet.iter_rows(min_row=HEADS) for cell in row)


def test_what_is_withheld_has_a_mark_and_what_is_shown_is_a_number(computed, asked):
    results = publication.for_file(computed, "published")
    written = table(book_of(results, asked("two-themes")), "Scores").set_index(["Authority code", "Measure code"])
    assert set(written.loc["A12", "Score"]) == {"[c]"}  # five officers
    frame = results.frames["scores"].set_index(["authority", "measure"])
    shown = frame[frame["score"].notna()]["score"]
    assert len(shown) > 12
    assert all(written.loc[key, "Score"] == pytest.approx(value, abs=0) for key, value in shown.items())
    assert "Withheld in publication because" not in written  # the marks say it


def test_a_research_workbook_names_the_rule_that_would_withhold(computed, asked):
    written = table(book_of(publication.for_file(computed, "research"), asked("two-themes")), "Scores")
    reasons = written.set_index("Authority code")["Withheld in publication because"]
    assert "too few people" in set(reasons.loc["A12"])
    assert set(reasons.loc["A00"]) <= {"nothing: it is shown", "too few dimensions"}


def test_measures_stand_in_the_order_of_the_questionnaire_whatever_order_they_come_in(computed, asked):
    questionnaire = asked("two-themes")
    results = publication.for_file(computed, "published")
    mixed = results.frames["scores"].sort_values(["authority", "measure"])
    written = table(book_of(Results({"scores": mixed}, {}, Rules()), questionnaire), "Scores")
    themes = [theme.code for theme in questionnaire.themes]
    expected = ["overall", *(dimension.code for dimension in questionnaire.dimensions), *themes]
    assert written["Measure code"].tolist() == expected * 13
    assert written["Authority code"].is_monotonic_increasing


def test_rows_of_people_never_come_into_the_workbook(computed, asked):
    assert "respondents" in computed.frames
    book = book_of(publication.for_file(computed, "research"), asked("two-themes"))
    assert not [name for name in book.sheetnames if "espondent" in name]


def test_codes_have_their_words_beside_them_and_a_hostile_name_stays_text(computed, asked):
    book = book_of(publication.for_file(computed, "published"), asked("two-themes"))
    assert book["Scores"]["A4"].value == "=Town"
    assert book["Scores"]["A4"].data_type == "s"
    assert set(table(book, "Standings")["Peer group"]) == {
        "All authorities", "Unitary authorities", "Authorities in Wales",
    }  # fmt: skip


def test_the_quartiles_of_a_group_that_is_too_small_for_them_are_withheld(asked):
    frame = pd.DataFrame({
        "peer_group": ["all"], "measure": ["overall"], "n": [10], "lower_quartile": [None], "median": [50.0],
        "upper_quartile": [None], "reason": [None],
    })  # fmt: skip
    written = table(book_of(Results({"benchmarks": frame}, {}, Rules()), asked("two-themes")), "Benchmarks")
    assert written.loc[0, ["Lower quartile", "Middle authority", "Upper quartile"]].tolist() == ["[c]", 50, "[c]"]


def test_a_table_without_words_of_its_own_still_gets_a_sheet(asked):
    frame = pd.DataFrame({"authority": ["A00"], "new_figure": [1.5]})
    book = book_of(Results({"something_new": frame}, {}, Rules()), asked("two-themes"))
    assert table(book, "Something new").to_dict("records") == [
        {"Authority": "=Town", "Authority code": "A00", "New figure": 1.5}
    ]


def test_a_very_long_table_stays_in_its_file_and_the_contents_say_so(asked, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    book = book_of(Results({"items": pd.DataFrame({"n": [1, 2, 3]})}, {}, Rules()), asked("two-themes"))
    assert book.sheetnames == ["Cover", "Contents", "Notes"]
    assert "items.csv" in [row[0] for row in book["Contents"].iter_rows(values_only=True)]


def test_made_up_figures_say_so_on_the_cover(computed, asked):
    results = publication.for_file(computed, "published")
    cover = book_of(results, asked("two-themes"), wave="Survey 2026", demonstration=True)["Cover"]
    assert cover["A1"].value == "Survey 2026: results"
    assert "made up" in cover["A2"].value


def test_the_cover_and_the_properties_name_the_publisher(computed, asked):
    publisher = replace(brand.default(), name="=Ynys Network", contact="Questions: ask@example.org")
    made = workbook.results(computed, asked("two-themes"), names={}, about={}, imprint=Imprint(), publisher=publisher)
    book = openpyxl.load_workbook(io.BytesIO(made))
    cover = [cell.value for cell in book["Cover"]["A"]]
    assert cover[1:4] == ["=Ynys Network", publisher.strapline, "Questions: ask@example.org"]
    assert book["Cover"]["A2"].data_type == "s"
    assert book.properties.creator == "=Ynys Network"


def test_the_same_results_give_the_same_bytes(computed, asked):
    def made() -> bytes:
        return workbook.results(computed, asked("two-themes"), names={}, about={}, imprint=Imprint())

    assert made() == made()


HOSTILE = st.text(alphabet=st.sampled_from("=+-@\t\r\n\x00＝＋－＠a1 \"',;"), min_size=1, max_size=8)


@pytest.mark.parametrize("streamed", [False, True])
@trials(deadline=None)  # the first workbook of a run takes longer than the others
@given(names=st.lists(HOSTILE, min_size=1, max_size=3), texts=st.lists(HOSTILE, min_size=1, max_size=5))
def test_no_cell_is_a_formula_and_numbers_stay_numbers(streamed, names, texts):
    target = io.BytesIO()
    with Book(target, title=names[0], streamed=streamed) as book:
        for name in names:
            sheet = book.sheet(name, [20])
            sheet.row([*texts, 1.5])
    read = openpyxl.load_workbook(target)
    assert len(read.sheetnames) == len(names)
    for sheet in read.worksheets:
        cells = next(iter(sheet.iter_rows()))
        assert [cell.data_type for cell in cells] == [*("s" for _ in texts), "n"]
        assert cells[-1].value == 1.5


def test_a_link_leads_inside_the_book_and_nowhere_else():
    target = io.BytesIO()
    with Book(target, title="Links") as book:
        first, second = book.sheet("One", [20]), book.sheet("Two", [20])
        first.row([Link(second.name), "http://example.org", "internal:'Two'!A1"])
    cells = openpyxl.load_workbook(target)["One"][1]
    assert cells[0].hyperlink.location == "'Two'!A1"
    assert [cell.hyperlink for cell in cells[1:]] == [None, None]


def test_what_no_spreadsheet_can_hold_is_replaced_not_dropped():
    assert cleaned("a\x00b\ud800c\td") == "a\ufffdb\ufffdc\td"
