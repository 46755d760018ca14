"""Hostile files of answers: each is refused with a sentence, in little time and memory, and nothing is written (T9, short form)."""

from __future__ import annotations

import gzip
import random
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from forms_exports import STAFF, forms_export

from questionnaires import loader
from questionnaires.definition import Kind
from reports.files import tables, tool_exports
from reports.files.tables import FileFaults
from reports.files.tool_exports import Export

pytestmark = pytest.mark.assurance

LANGUAGES = loader.with_translations(STAFF)
AUTHORITIES = {"X1": "Exeborough"}
MOST_CPU, MOST_MEMORY = 2.0, 256 * 1024 * 1024
FLIPPED = 25
SHEET = "xl/worksheets/sheet1.xml"
WORKSHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>'
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def read(path: Path) -> None:
    """What an import does with a file before it writes anything."""
    export = Export(path, LANGUAGES, AUTHORITIES)
    if not tool_exports.is_plain(export):
        accepted = tool_exports.propose(export).mapping
        tool_exports.read(export, accepted)


def verdict(path: Path) -> str:
    """Refused with sentences, read, or what went wrong; and what it cost."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        read(path)
        result = "read"
    except FileFaults as refusal:
        whole = all(line.isprintable() and len(line) < 900 for line in refusal.faults)
        result = "refused" if refusal.faults and whole and len(refusal.faults) < 300 else "refused badly"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        result = f"{type(error).__name__}: {error}"
    cost, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    if cost > 4 * MOST_CPU or peak > MOST_MEMORY:  # tracing memory makes everything several times slower
        result += f", too dear: {cost:.1f} s, {peak / 1e6:.0f} MB"
    return result


def workbook(folder: Path, name: str, sheet: str, **others: str) -> Path:
    """A good workbook whose sheet, or another part, is replaced."""
    good = forms_export("X1").xlsx(folder / "good.xlsx")
    path = folder / name
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        parts = {SHEET: sheet} | others
        for member in source.infolist():
            target.writestr(member.filename, parts.pop(member.filename, None) or source.read(member))
        for extra, content in parts.items():
            target.writestr(extra, content)
    return path


def labels(columns: int, rows: int) -> bytes:
    """Columns that all seem to be an item of several answers, each cell a list of answers that nobody knows."""
    asked = LANGUAGES[0]
    several = next(str(item.text) for item in asked.items.values() if item.kind is Kind.CHOICES)
    heads = [f'"{several} ({at})"' for at in range(columns)]
    cells = [",".join(f"a{row}b{at}c{part}" for part in range(60)) for row in range(rows) for at in range(columns)]
    lines = [",".join(["X1", "1", *(f'"{one}"' for one in cells[at::rows])]) for at in range(rows)]
    return "\n".join([",".join(["authority", f'"{asked.scored_items[0].text}"', *heads]), *lines]).encode()


def cell(text: str, at: str = "A1") -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def hostile(folder: Path) -> Iterator[Path]:
    """Files that somebody made to do harm, or that a bad day has made."""
    row = f'<row r="1">{cell("Pizza")}</row>'
    sheets = {
        "laughs": LAUGHS + WORKSHEET.format(f'<row r="1">{cell("&e;")}</row>'),
        "outside": OUTSIDE + WORKSHEET.format(f'<row r="1">{cell("&a;")}</row>'),
        "far-row": WORKSHEET.format(f'{row}<row r="2000000000">{cell("x", "A2000000000")}</row>'),
        "far-column": WORKSHEET.format(f'<row r="1">{cell("x", "XFD1")}</row>'),
        "far-columns": WORKSHEET.format(
            row + "".join(f'<row r="{at}"><c r="XFD{at}"><v>{at}</v></c></row>' for at in range(2, 20_000))
        ),
        "stretched": WORKSHEET.format(
            row + "".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c><c r="XFD{at}"/></row>' for at in range(2, 20_000))
        ),
        "far-rows": WORKSHEET.format(
            row + "".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c></row>' for at in range(2, 50_000_000, 9_999))
        ),
        "impossible-cell": WORKSHEET.format(f'<row r="1">{cell("x", "ZZZZZZ1")}</row>'),
        "row-of-words": WORKSHEET.format(f'<row r="soon">{cell("x", "A1")}</row>'),
        "string-that-is-not-there": WORKSHEET.format('<row r="1"><c r="A1" t="s"><v>999999</v></c></row>'),
        "huge-number": WORKSHEET.format(f'<row r="1"><c r="A1"><v>{"9" * 5000}</v></c></row>'),
        "no-date": WORKSHEET.format('<row r="1"><c r="A1" t="d"><v>9999-99-99</v></c></row>'),
        "cut-off": WORKSHEET.format(row)[:-30],
        "no-xml": "this is no XML",
        "bomb": WORKSHEET.format(f'<row r="1">{cell("a" * 30_000_000)}</row>'),
        "deep": "<a>" * 100_000,
    }
    for name, sheet in sheets.items():
        yield workbook(folder, f"{name}.xlsx", sheet)
    yield workbook(folder, "no-book.xlsx", WORKSHEET.format(row), **{"xl/workbook.xml": "<workbook/>"})
    yield workbook(folder, "slip.xlsx", WORKSHEET.format(row), **{"../../../../tmp/slipped.xml": "x"})
    texts = {
        "long-cell": b"a" * 200_000,
        "one-quote": b'authority,"' + b"x" * 300_000,
        "many-columns": b",".join(b"c%d" % at for at in range(5_000)) + b"\n1\n",
        "many-commas": b"authority,Pizza\n" + (b"," * 1_000 + b"1\n") * 10_000,
        "one-line": b"authority,Pizza\n" + b"," * 9_000_000 + b"1\n",
        "many-labels": labels(columns=12, rows=150),
        "one-item": labels(columns=40, rows=1),
        "many-lines": b"Pizza\n" + b"\n" * 2_000_000,
        "half-a-letter": "authority,Trafforth – Cymru\nX1,ŵ".encode()[:-1],
        "other-alphabet": "authority,ж".encode("utf-16"),
        "nothing": b"",
        "spaces": b" , , \n , , \n",
        "alike": b",".join(b"In this authority people decide %d" % at for at in range(1_900)) + b"\nX1\n",
        "hidden": "authority,\u202egnihtemos\nX1,\x00\x07\n".encode(),
        "formula": b'=cmd|"/C calc"!A0,@SUM(1)\n=1+1,+1\n',
    }
    for name, content in texts.items():
        path = folder / f"{name}.csv"
        path.write_bytes(content)
        yield path
    for name, content in (("bomb", gzip.compress(b"a" * 60_000_000)), ("torn", gzip.compress(b"authority,x\n")[:-6])):
        path = folder / f"{name}.csv.gz"
        path.write_bytes(content)
        yield path


@pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl says what it passes over in a strange workbook
def test_every_hostile_file_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_CONTENT", 50 * 1024 * 1024)  # what a page allows
    verdicts = {path.name: verdict(path) for path in hostile(tmp_path)}
    assert {name: said for name, said in verdicts.items() if said != "refused"} == {}
    assert len(verdicts) == 35


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_good_file_with_a_few_broken_bytes_is_read_or_refused(tmp_path: Path, kind: str) -> None:
    good = getattr(forms_export("X1", officers=6), kind)(tmp_path / f"good.{kind}").read_bytes()
    dice = random.Random(20261123)  # noqa: S311 - the same files each time
    found = set()
    for number in range(FLIPPED):
        broken = bytearray(good)
        for _ in range(dice.choice([1, 3, 40])):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        path = tmp_path / f"{number}.{kind}"
        path.write_bytes(bytes(broken[: dice.choice([len(broken), len(broken), dice.randrange(len(broken))])]))
        found.add(verdict(path))
    assert found <= {"read", "refused"}
    assert "refused" in found


def test_the_good_file_itself_is_read(tmp_path: Path) -> None:
    """Else the harness would praise a reader that refuses everything."""
    assert verdict(forms_export("X1").xlsx(tmp_path / "good.xlsx")) == "read"


def test_the_harness_notices_a_reader_without_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "UNREADABLE", (zipfile.BadZipFile,))
    path = workbook(tmp_path, "no-xml.xlsx", "this is no XML")
    assert verdict(path).startswith("ParseError")
