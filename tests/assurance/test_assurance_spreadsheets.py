"""T10: what people typed, in cells, headers and names of sheets, is never computed by a spreadsheet that opens our files."""

from __future__ import annotations

import csv
import io
import os
import random
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import spreadsheets
import xlsxwriter

from questionnaires import loader
from reports.documents import workbook
from reports.documents.imprint import Imprint
from reports.documents.sheets import Book, cleaned
from reports.files import writing
from reports.publication import Results
from reports.rules import Rules

pytestmark = [pytest.mark.assurance, pytest.mark.xdist_group("office")]

LONG = os.environ.get("ASSURANCE") == "long"
STRINGS = 5_000 if LONG else 500
SIGNS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    "\x00=",
    "＝",
    "＋",
    "－",
    "＠",
    " =",
    "'=",
    "\x01=",
    "\u200b=",
    "\ufeff=",
    "{=",
    "%=",
)
PAYLOADS = (
    "1+1", "A1", "SUM(A1:A9)", "cmd|' /C calc'!A0", 'HYPERLINK("http://127.0.0.1/","x")', 'WEBSERVICE("http://127.0.0.1/")',
    "IMPORTXML(1,2)", "1+1\n=2+2", '1";=2', "1,=2", "DDE(1;2;3)", "INDIRECT(1)", "<b>&amp;", "_x0041_", "\u202e1+1",
)  # fmt: skip
QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "two-themes.toml"


def hostile(count: int) -> list[str]:
    """Different texts that begin like a formula, or hide one, from a seed."""
    dice = random.Random(10)  # noqa: S311 - the same texts each time
    found = dict.fromkeys(sign + payload for sign in SIGNS for payload in PAYLOADS)
    while len(found) < count:
        found[dice.choice(SIGNS) + "".join(dice.choices("=+-@'\"(),;|!A1 \t\n", k=dice.randint(1, 12))) + "1"] = None
    return list(found)[:count]


def as_opened(text: str) -> str:
    """A text up to what the program itself loses: kinds of line break, characters unknown to XML, tabs beside breaks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "\n" if "\n" in lines else "\n\t"
    return "".join(sign for sign in lines if sign >= " " or sign in kept)


def texts_of(row: list[str], count: int) -> list[str]:
    return [as_opened(text) for text in row[:count]]


def written(folder: Path, texts: list[str]) -> None:
    """Each text as a header and as a cell, through each of our writers; and through two that know no better."""
    frame = pd.DataFrame([texts], columns=texts)
    (folder / "frame.csv").write_bytes(writing.csv_bytes(frame))
    (folder / "lines.csv").write_bytes(writing.csv_line(texts) * 2)
    for name, streamed in (("whole", False), ("streamed", True)):
        with (folder / f"{name}.xlsx").open("wb") as target, Book(target, title="T10", streamed=streamed) as book:
            sheet = book.sheet("T10", [20] * len(texts))
            sheet.row(texts, "head")
            sheet.row(texts)
            book.table(sheet, 0, texts, 1)
            for text in texts[:40]:
                book.sheet(text, [20]).row([text])
    scores = pd.DataFrame({"authority": texts, "measure": texts, "score": 1.5, "reason": texts})
    made = workbook.results(
        Results({"scores": scores, texts[0]: scores}, {}, Rules()),
        loader.read(QUESTIONNAIRE),
        names=dict(zip(texts, reversed(texts), strict=True)),
        about={text: text for text in texts[:20]},
        imprint=Imprint(texts[0], texts[1], texts[2]),
    )
    (folder / "results.xlsx").write_bytes(made)
    with (folder / "raw.csv").open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([texts, texts])
    with xlsxwriter.Workbook(folder / "raw.xlsx") as book:
        book.add_worksheet().write_row(0, 0, texts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("exports")
    written(place, hostile(STRINGS))
    return place


def test_no_workbook_holds_a_formula_and_every_text_is_what_was_typed(folder: Path) -> None:
    texts, books = hostile(STRINGS), ("whole", "streamed", "results", "raw")
    program = spreadsheets.required()
    found = spreadsheets.opened(program, [folder / f"{name}.xlsx" for name in books], folder / "books")
    expected = [as_opened(cleaned(text)) for text in texts]
    for name in ("whole", "streamed"):
        first, *others = found[name]
        assert [texts_of(row, len(texts)) for row in first.rows[:2]] == [expected, expected]
        assert [as_opened(sheet.rows[0][0]) for sheet in others] == expected[: len(others)]
        assert all(re.fullmatch(r"[\w \-]{1,31}", sheet.name) for sheet in others)
    scores = next(sheet for sheet in found["results"] if sheet.name == "Scores")
    pairs = [texts_of(row, 2) for row in scores.rows[3 : 3 + len(texts)]]
    assert pairs == [[name, code] for name, code in zip(expected[::-1], expected, strict=True)]
    live = {name: sum(len(sheet.formulas) for sheet in found[name]) for name in books}
    assert live == {"whole": 0, "streamed": 0, "results": 0, "raw": live["raw"]}
    assert live["raw"] > 0  # the planted defect: a writer that takes a text for a formula is caught


def test_no_line_of_text_holds_a_formula_and_only_the_quote_is_added(folder: Path) -> None:
    texts = hostile(STRINGS)
    program = spreadsheets.required()
    found = spreadsheets.opened(
        program, [folder / f"{name}.csv" for name in ("frame", "lines", "raw")], folder / "texts"
    )
    expected = [as_opened(writing.harmless(text)) for text in texts]
    for name in ("frame", "lines"):
        (sheet,) = found[name]
        assert [texts_of(row, len(texts)) for row in sheet.rows[:2]] == [expected, expected]
        assert not sheet.formulas
        content = (folder / f"{name}.csv").read_bytes().decode()
        for row in csv.reader(io.StringIO(content, newline="")):
            assert all(cell in (text, f"'{text}") for cell, text in zip(row, texts, strict=True))
    assert found["raw"][0].formulas  # the planted defect


def test_a_second_reader_finds_no_formula_either(folder: Path) -> None:
    for name in ("whole", "streamed", "results"):
        book = openpyxl.load_workbook(folder / f"{name}.xlsx")
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert kinds <= {"s", "n", "inlineStr"}, name
    raw = openpyxl.load_workbook(folder / "raw.xlsx")
    assert "f" in {cell.data_type for row in raw.active.iter_rows() for cell in row}
