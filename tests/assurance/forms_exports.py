"""Made-up exports as Microsoft Forms writes them: wording as headers, labels as cells, two languages side by side."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

from questionnaires import files, loader
from questionnaires.definition import Item, Kind, Questionnaire

STAFF = files.path(*files.STAFF)
TOOL = ("ID", "Start time", "Completion time", "Email", "Name")
COUNCIL, BUILDING, HEARD = "Which council do you work for?", "Your building", "How did you hear of this survey?"
SECRETS = ("officer.3@council.example", "Officer Number 3", "Annexe B")
BEGUN = datetime(2026, 5, 4, 9, 3, 12)  # noqa: DTZ001 - as the tool writes it


@dataclass(frozen=True)
class Export:
    """The rows of a file, the header first, and what is to be found in it."""

    rows: list[list[object]]
    officers: int

    def csv(self, path: Path) -> Path:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([[_text(cell) for cell in row] for row in self.rows])
        return path

    def xlsx(self, path: Path) -> Path:
        book = xlsxwriter.Workbook(str(path), {"default_date_format": "m/d/yy hh:mm:ss"})
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate(self.rows):
            for place, cell in enumerate(row):
                sheet.write(number, place, cell)
        book.close()
        return path


def forms_export(authority: str, *, officers: int = 24, of: Path = STAFF, seed: int = 0) -> Export:
    """Half of the officers answer in English, half in Welsh; the last three stand in the file twice."""
    english, *others = loader.with_translations(of)
    welsh = others[0] if others else english
    asked = [item.code for item in english.without_optional_sections().items.values() if item.kind is not Kind.TEXT]
    header = [*TOOL, COUNCIL, BUILDING, *(f"{english.items[one].text} " for one in asked)]
    header += [f"{welsh.items[one].text.upper()}\n" if others else f"{welsh.items[one].text}2" for one in asked]
    rows: list[list[object]] = [[*header, HEARD]]
    for number in range(1, officers + 1):
        begun = BEGUN + timedelta(minutes=number)
        row: list[object] = [
            number,
            begun,
            begun + timedelta(seconds=300 + number),
            f"officer.{number}@council.example",
        ]
        row += [f"Officer Number {number}", f" {authority} ", "Annexe B"]
        blank = [""] * len(asked)
        said = _answers(english if number % 2 else welsh, asked, number + seed)
        rows.append([*row, *(said + blank if number % 2 else blank + said), "A colleague"])
    return Export([*rows, *(list(row) for row in rows[-3:])], officers)


def _answers(questionnaire: Questionnaire, asked: Sequence[str], number: int) -> list[str]:
    return [_answer(questionnaire.items[code], number + place) for place, code in enumerate(asked)]


def _answer(item: Item, number: int) -> str:
    if item.kind is Kind.NUMBER:
        return str((item.minimum or 0) + number % 9)
    options = [option for option in item.options if not option.exclusive]
    chosen = options[number % len(options)].label
    if item.kind is Kind.CHOICES:
        return f"{options[0].label};{chosen};" if chosen != options[0].label else f"{chosen};"
    return f" {chosen}  " if number % 3 else chosen.lower()


def _text(cell: object) -> str:
    return f"{cell:%m/%d/%y %H:%M:%S}" if isinstance(cell, datetime) else str(cell)
