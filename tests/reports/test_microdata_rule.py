"""De-identification: every told combination has eleven rows, by a rule that always gives the same; rows in words."""

from __future__ import annotations

import csv
import io
import random
import tempfile
import tracemalloc
from collections import Counter

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import files as files_of
from questionnaires import loader
from reports import codebook, microdata
from reports.files import microdata as files
from reports.microdata import ORDER, TRAITS, WITHHELD, Cell, RowReader, coarsen

K = 11
VERSIONS = {"wave": "2026", "questionnaire": "staff 1 0123456789ab", "method": "1"}

cells = st.tuples(
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from(["", "x", "y"]),
    st.sampled_from(["s", "m"]),
    st.sampled_from("123"),
)
counted = st.dictionaries(cells, st.integers(0, 30), max_size=40)


def told(counts: dict[Cell, int]) -> Counter[Cell]:
    found, sizes = coarsen(counts, k=K), Counter[Cell]()
    for cell, count in counts.items():
        as_told = found.of(cell)
        if as_told is not None:
            sizes[as_told] += count
    return +sizes


@given(counted)
def test_no_told_combination_has_fewer_rows_than_the_threshold(counts):
    assert all(size >= K for size in told(counts).values())


@given(counted)
def test_rows_are_told_or_left_out_and_a_detail_is_told_as_it_is_or_withheld(counts):
    found = coarsen(counts, k=K)
    assert sum(told(counts).values()) + found.left_out == found.rows == sum(counts.values())
    for cell, as_told in found.told.items():
        assert all(now in (WITHHELD, was) for was, now in zip(cell, as_told, strict=True))


@given(counted, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(counts, dice):
    shuffled = list(counts.items())
    dice.shuffle(shuffled)
    assert coarsen(dict(shuffled), k=K) == coarsen(counts, k=K)


@given(counted)
def test_nothing_is_withheld_where_every_combination_is_large(counts):
    large = {cell: count + K for cell, count in counts.items()}
    assert told(large) == Counter(large)


def test_details_go_in_their_order_and_only_in_small_cells():
    counts = {
        ("A", "x", "s", "1"): 20,  # stays
        ("A", "x", "m", "1"): 6, ("A", "x", "m", "2"): 6,  # 12 without years
        ("A", "y", "m", "1"): 4, ("A", "z", "m", "1"): 8,  # 12 without years and service area
    }  # fmt: skip
    assert told(counts) == {
        ("A", "x", "s", "1"): 20,
        ("A", "x", "m", WITHHELD): 12,
        ("A", WITHHELD, "m", WITHHELD): 12,
    }
    found = coarsen(counts, k=K)
    assert found.withheld == {"authority": 0, "service_area": 12, "tier": 0, "years": 24}


def test_the_smallest_cell_joins_those_who_are_left():
    counts = {("A", "x", "s", "1"): 12, ("A", "y", "s", "1"): 15, ("A", "z", "m", "1"): 3}
    assert told(counts) == {("A", "y", "s", "1"): 15, ("A", WITHHELD, WITHHELD, WITHHELD): 15}  # 12 + 3


def test_authorities_too_small_lose_their_names_together_or_are_left_out():
    nameless = (WITHHELD,) * len(TRAITS)
    assert told({("A", "x", "s", "1"): 6, ("B", "x", "s", "1"): 5}) == {nameless: 11}
    alone = coarsen({("A", "x", "s", "1"): 6, ("B", "x", "s", "1"): 20}, k=K)
    assert (alone.left_out, alone.of(("A", "x", "s", "1"))) == (6, None)


def test_a_planted_rule_without_the_last_step_would_be_noticed(monkeypatch: pytest.MonkeyPatch):
    """The positive control: years alone are withheld."""
    monkeypatch.setattr(microdata, "ORDER", ORDER[:1])
    counts = {("A", "x", "s", "1"): 12, ("A", "y", "s", "1"): 15, ("A", "z", "m", "1"): 3}
    assert min(told(counts).values()) < K


@pytest.fixture(scope="module")
def staff(asked):
    return asked("every-kind")


def test_columns_hold_no_text_no_number_and_no_equality_answer(staff):
    kinds = {(item.kind, item.role) for item in microdata.columns(staff)}
    assert kinds <= {("choice", None), ("choices", None)}
    heads = RowReader(staff).heads
    left_out = {item.code for item in staff.items.values() if item.kind == "text" or item.role == "equality"}
    assert left_out
    assert not set(heads) & left_out


def test_a_row_is_in_words_and_says_what_was_not_asked(asked):
    questionnaire = asked("conditional-pages")
    reader = RowReader(questionnaire)
    conditional = [item for item in microdata.columns(questionnaire) if item.asked_if]
    cell = reader.cell("E1", {})
    row = dict(zip(reader.heads, reader.writer({"E1": "Avon"})(cell, {}), strict=True))
    assert (row["authority"], row["name"]) == ("E1", "Avon")
    assert {row[item.code] for item in conditional} == {"[z]"}
    plain = next(item for item in microdata.columns(questionnaire) if not item.asked_if)
    answered = dict(zip(reader.heads, reader.writer({})(cell, {plain.code: plain.options[0].code}), strict=True))
    assert answered[plain.code] == plain.options[0].label
    codes = dict(
        zip(reader.heads, RowReader(questionnaire, labels=False).writer({})(cell, {plain.code: "1"}), strict=True)
    )
    assert codes[plain.code] == "1"


def test_whether_a_question_was_asked_does_not_tell_a_tier_that_is_withheld(asked):
    """mindset_2 is for leaders and managers only, mindset_5 for those of them who agree with it, mindset_1 for all."""
    reader = RowReader(asked("conditional-pages"))
    row, withheld = reader.writer({}), ("E1", "[c]", "[c]", "[c]")
    manager = {"tier": "manager", "mindset_1": "3", "mindset_2": "5", "mindset_5": "4"}
    frontline = {"tier": "frontline", "mindset_1": "3"}
    rows = [dict(zip(reader.heads, row(withheld, given), strict=True)) for given in (manager, frontline)]
    assert rows[0] == rows[1]
    assert (rows[0]["mindset_1"], rows[0]["mindset_2"], rows[0]["mindset_5"]) == (
        "Neither agree nor disagree",
        "[c]",
        "[c]",
    )
    shown = dict(zip(reader.heads, row(reader.cell("E1", manager), manager), strict=True))
    assert (shown["mindset_2"], shown["mindset_5"]) == ("Strongly agree", "Agree")


def test_the_codebook_explains_every_column_and_value_that_a_row_can_hold(staff):
    reader, rows = RowReader(staff), list(codebook.rows(staff, VERSIONS))
    assert {row[0] for row in rows} == {*reader.heads, *VERSIONS, "any column"}
    assert {len(row) for row in rows} == {len(codebook.HEADS)}
    assert {row[0]: row[6] for row in rows if row[2] == "version"} == VERSIONS
    values = {(row[0], row[6]): row[7] for row in rows}
    for item in microdata.columns(staff):
        assert all(values[item.code, option.code] == option.label for option in item.options)


def test_both_files_hold_the_same_rows(staff, tmp_path):
    reader = RowReader(staff)
    dice = random.Random(3)  # noqa: S311 - the same rows each time
    items = [item for item in staff.items.values() if item.kind == "choice"]
    given = [{item.code: dice.choice(item.options).code for item in items} for _ in range(50)]
    row = reader.writer({"E1": "=Avon"})
    rows = [row(reader.cell("E1", one), one) for one in given]
    text, book = io.BytesIO(), io.BytesIO()
    files.write_csv(text, reader, rows, VERSIONS)
    files.write_xlsx(book, reader, rows, VERSIONS, {"Wave": "2026"})
    lines = list(csv.reader(io.StringIO(text.getvalue().decode(), newline="")))
    sheet = openpyxl.load_workbook(book)["Data"]
    cells = [["" if cell is None else cell for cell in one] for one in sheet.iter_rows(values_only=True)]
    assert lines[0] == cells[0] == [*reader.heads, *VERSIONS]
    assert all(line[-3:] == list(VERSIONS.values()) for line in lines[1:])
    assert [[cell.removeprefix("'") for cell in line] for line in lines[1:]] == cells[1:]
    assert len(cells) == 51


def test_the_shipped_questionnaire_has_all_four_traits():
    shipped = loader.read(files_of.path(*files_of.STAFF))
    assert tuple(RowReader(shipped).traits) == TRAITS[1:]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_four_times_the_rows_take_no_more_memory(staff, form):
    reader = RowReader(staff)
    row = ["some words of an answer"] * len(reader.heads)

    def peak(count: int) -> int:
        tracemalloc.start()
        with tempfile.TemporaryFile() as target:
            rows = (row for _ in range(count))
            if form == "csv":
                files.write_csv(target, reader, rows, VERSIONS)
            else:
                files.write_xlsx(target, reader, rows, VERSIONS, {})
            found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)  # what is loaded once
    assert peak(4_000) < peak(1_000) + 100_000  # 3,000 rows held would be a megabyte and more
