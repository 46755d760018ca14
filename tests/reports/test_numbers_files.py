"""Files in: every fault named with row, column and remedy. Files out: no formula, no half directory."""

from __future__ import annotations

import csv
import gzip
import io
import time

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from reports import publication
from reports.files import output, register, responses, settings, tables, writing
from reports.files.tables import FileFaults
from reports.frames import NOT_ANSWERED, NOT_SAID
from reports.rules import Rules

HEADER = "authority,service_area,tier,mindset_1,mindset_2,mindset_3,mindset_4"
SIGNS = "=+-@\t\r\n\x00＝＋－＠"


@pytest.fixture
def file(tmp_path):
    def written(text, name="answers.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return written


def faults_of(path, questionnaire, **options):
    with pytest.raises(FileFaults) as refused:
        responses.read(path, questionnaire, **options)
    return list(refused.value.faults)


def test_answers_become_small_integers(asked, file):
    instrument = asked("tiers-and-areas")
    area = instrument.items["service_area"].options[1].code
    path = file(f"{HEADER},comment\nB,{area},frontline,1,5,,dk,hello\nA,,,4.0, 3 ,2,1,\n\n,,,,,,,\n")
    found = responses.read(path, instrument)
    answers = found.responses
    assert [answers.authorities[place] for place in answers.authority] == ["B", "A"]
    assert answers.answers.tolist() == [[0, 4, NOT_ANSWERED, 5], [3, 2, 1, 0]]
    assert answers.tiers[answers.tier[0]] == "frontline"
    assert answers.service_areas[answers.service_area[0]] == area
    assert answers.tier[1] == answers.service_area[1] == NOT_SAID
    assert any("comment" in note for note in found.notes)


def test_every_unknown_code_is_named_with_row_column_and_remedy(asked, file):
    path = file(f"{HEADER}\nA,nowhere,boss,9,4,4,4\n,,,4,4,=1+1,4\n")
    faults = faults_of(path, asked("tiers-and-areas"))
    assert len(faults) == 5
    assert any("row 2, column 'mindset_1': '9' is not an option. Use one of 1, 2, 3, 4, 5, dk" in one for one in faults)
    assert any("row 2, column 'service_area': 'nowhere'" in one for one in faults)
    assert any("row 2, column 'tier': 'boss'" in one for one in faults)
    assert any("row 3, column 'authority': no authority" in one for one in faults)
    assert any("row 3, column 'mindset_3': '=1+1'" in one for one in faults)


def test_an_option_that_stands_alone_and_a_number_out_of_range_are_refused(asked, file):
    path = file("authority,mindset_1,programmes,years\nA,4,course mentoring,60\nA,4,none course,200\n")
    assert faults_of(path, asked("every-kind")) == [
        "answers.csv: row 3, column 'programmes': 'none' stands alone. Take it out, or the others.",
        "answers.csv: row 3, column 'years': '200' is not a number from 0 up to 60. Give one, or leave the cell empty.",
    ]


def test_an_authority_that_is_not_registered_is_refused(asked, file):
    path = file(f"{HEADER}\nA,,,4,4,4,4\nX,,,4,4,4,4\n")
    assert (
        "row 3, column 'authority': 'X' is not in the file of authorities"
        in faults_of(path, asked("four-items"), authorities=["A"])[0]
    )


def test_a_thousand_faults_are_named_fifty_times_and_counted(asked, file):
    path = file(HEADER + "\n" + "A,,,9,4,4,4\n" * 1000)
    faults = faults_of(path, asked("four-items"))
    assert len(faults) == 51
    assert faults[-1] == "And 950 more faults like these."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b"\n", "the file is empty"),
        (HEADER.encode(), "no respondents"),
        (b"authority,mindset_1,mindset_1\nA,1,1\n", "the name stands 2 times (columns 2, 3)"),
        (b"authority,mindset_1\nA,1\nA,1,2\n", "row 3: 3 cells, but row 1 names 2 columns"),
        (b"authority;mindset_1\nA;1\n", "not separated by commas"),
        (b"mindset_1\n1\n", "no column “authority”"),
        (b"authority,other\nA,1\n", "no column is a scored item"),
        ("authority,mindset_1\nA,1\nÉire,1\n".encode("latin-1"), "row 3, column 1: not UTF-8"),
        ("authority,mindset_1\nA,1\n".encode("utf-16"), "row 1 is not UTF-8"),
        (b"authority,mindset_1,weight\nA,1,-2\n", "row 2, column 'weight': '-2' is not a weight"),
        (b"authority,mindset_1,seconds\nA,1,soon\n", "row 2, column 'seconds': 'soon' is not a time"),
    ],
)
def test_a_file_that_is_no_table_of_answers_is_refused(asked, file, content, expected):
    assert expected in "\n".join(faults_of(file(content), asked("four-items")))


def test_a_file_of_100_mb_is_refused_before_it_is_read(asked, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as handle:
        handle.truncate(100_000_000)
    assert "100 MB" in faults_of(path, asked("four-items"))[0]


def test_a_compressed_file_that_unpacks_without_end_is_refused(asked, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "LARGEST_CONTENT", 1_000_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a" * 2_000_000))
    assert "after unpacking" in faults_of(path, asked("four-items"))[0]


@pytest.mark.parametrize("name", ["broken.csv.gz", "broken.xlsx", "answers.pdf"])
def test_a_file_that_is_not_what_its_name_says_is_refused(asked, file, name):
    assert len(faults_of(file("authority,mindset_1\nA,1\n", name), asked("four-items"))) == 1


def test_a_spreadsheet_reads_like_the_csv_and_a_formula_is_refused(asked, tmp_path):
    path = tmp_path / "answers.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for row, cells in enumerate([["authority", "mindset_1", "mindset_2"], ["A", 4, "5"], ["B", 1.0, None]]):
            sheet.write_row(row, 0, cells)
    found = responses.read(path, asked("four-items")).responses
    assert found.answers.tolist() == [[3, 4], [0, NOT_ANSWERED]]
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["authority", "mindset_1"])
        sheet.write_row(1, 0, ["A", "=2+2"])
    assert "row 2, column 'mindset_1': '=2+2'" in faults_of(path, asked("four-items"))[0]


def test_one_authority_is_named_on_the_command_line_or_in_the_file_not_both(asked, file):
    instrument = asked("four-items")
    found = responses.read(file("mindset_1\n4\n"), instrument, authority="A").responses
    assert found.authorities == ("A",)
    assert "Leave --authority out" in faults_of(file("authority,mindset_1\nA,4\n"), instrument, authority="A")[0]


def test_headcounts_name_every_fault(asked, file):
    path = file("authority,service_area,tier,headcount\nA,,,ten\nX,,,5\nA,,,7\nA,,boss,-1\n", "H.csv")
    with pytest.raises(FileFaults) as refused:
        register.read_headcounts(path, asked("tiers-and-areas"), ["A"])
    text = str(refused.value)
    assert "row 2, column 'headcount': 'ten'" in text
    assert "row 3, column 'authority': 'X'" in text
    assert "row 4: 'A' stands in row 2 already" in text
    assert "row 5, column 'tier': 'boss'" in text
    assert "row 5, column 'headcount': '-1'" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("minimum_respondents = 10", "below its floor. Give 11 or more"),
        ("minimum_respondents = 11.5", "not a int"),
        ("minimum_authorities_median = 8", "lowered without a reason"),
        ("threshold = 3", "threshold is not a rule"),
        ("significance = 0.1", "above its ceiling"),
        ("= 3", "not readable as TOML"),
    ],
)
def test_rules_below_their_floor_are_refused(file, text, expected):
    with pytest.raises(FileFaults, match=expected.replace("(", r"\(")):
        settings.read_rules(file(text, "rules.toml"))


def test_rules_may_be_raised_and_lowered_with_a_reason(file):
    text = 'minimum_respondents = 15\nminimum_authorities_median = 8\nlowered_because = "pilot"\nsignificance = 0.01\n'
    assert settings.read_rules(file(text, "rules.toml")) == Rules(
        minimum_respondents=15, minimum_authorities_median=8, lowered_because="pilot", significance=0.01
    )


hostile = st.text(alphabet=st.sampled_from(SIGNS + "a1 \"',;"), min_size=1, max_size=8)


@given(hostile)
def test_no_text_of_a_csv_file_begins_like_a_formula(text):
    written = writing.csv_bytes(pd.DataFrame({text: [text], "n": [-1.5]})).decode()
    rows = list(csv.reader(io.StringIO(written, newline="")))
    for cell in (rows[0][0], rows[1][0]):
        assert not cell.startswith(tuple(SIGNS))
        assert cell in {text, f"'{text}"}
    assert rows[1][1] == "-1.5"  # a number is a number


def test_numbers_have_twelve_digits_and_missing_is_empty():
    frame = pd.DataFrame({
        "score": pd.array([1 / 3, None], dtype="Float64"),
        "n": pd.array([None, 1_000_000], dtype="Int64"),
        "weighted": pd.array([True, None], dtype="boolean"),
        "reason": pd.array([None, "x"], dtype="string"),
    })  # fmt: skip
    assert writing.csv_bytes(frame).decode().splitlines() == [
        "score,n,weighted,reason",
        "0.333333333333,,true,",
        ",1000000,,x",
    ]


def test_a_directory_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out"

    def interrupted():
        with output.all_or_nothing(target) as work:
            (work / "scores.csv").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert list(tmp_path.iterdir()) == []
    with output.all_or_nothing(target) as work:
        (work / "quality.json").write_text("{}")
    assert [path.name for path in target.iterdir()] == ["quality.json"]


def test_a_directory_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.doc").write_text("dear")
    with pytest.raises(FileFaults, match="holds other files"), output.all_or_nothing(tmp_path):
        pass
    assert (tmp_path / "thesis.doc").read_text() == "dear"


def test_results_are_written_without_a_nan(asked, respond, tmp_path):
    instrument = asked("tiers-and-areas")
    answers = respond(instrument, [("A", ". . . .")] * 2 + [("B", "4 4 4 4")])
    for audience in ("research", "published"):
        results = publication.for_file(publication.compute(answers, instrument, Rules()), audience)
        writing.write_results(results, tmp_path)
        for path in tmp_path.iterdir():
            text = path.read_text().lower()
            assert "nan" not in text.replace("finance", "")
            assert "<na>" not in text
            assert "inf" not in text.split(",")
    assert np.isfinite(pd.read_csv(tmp_path / "scores.csv")["weighted"].astype(float)).all()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("authority,headcount" + ",x" * 100_000, "100002 columns; at most 2000"),
        ("authority,headcount\n" + "A,1\n" * 60_000, "more than 50000 rows"),
        ("authority,headcount\n" + "\n" * 500_000, "nothing below the names"),
        ("authority,headcount\n" + "\n" * 3_000_000, "empty rows"),
        ("authority,headcount\n", "nothing below the names"),
    ],
    ids=["a hundred thousand columns", "too many rows", "blank lines only", "millions of blank lines", "no rows"],
)
def test_a_file_of_staff_numbers_that_cannot_be_one_is_refused_before_it_fills_the_memory(asked, file, text, fault):
    before = time.process_time()
    with pytest.raises(FileFaults, match=fault):
        register.read_headcounts(file(text, "headcounts.csv"), asked("tiers-and-areas"), {"A"})
    assert time.process_time() - before < 4


def test_a_cell_far_beyond_the_columns_refuses_its_row_even_where_the_rest_is_empty(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_bytes(b"authority,mindset_1\nA,1\n" + b"," * 500 + b"x\n")
    with pytest.raises(FileFaults, match=r"row 3: 22 cells or more, but row 1 names 2 columns"):
        list(tables.open_table(path).chunks)
