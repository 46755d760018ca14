"""The one door to XLSX: typed cells, every text as text, so that nothing a person typed is ever computed."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = str | float | int | bool | None

SIGNIFICANT_DIGITS = 12
LONGEST_TEXT = 32_767  # characters that a cell can hold
LONGEST_NAME = 31
MOST_ROWS = 1_048_576
_FIXED_DATE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the same content gives the same bytes
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FACE = {"font_name": "Arial", "font_size": 11}
_RIGHT: dict[str, object] = {"align": "right", "valign": "top"}
_LEFT: dict[str, object] = {"align": "left", "indent": 1, "valign": "top"}
_LINE = 15.0  # points
_WRAPPED = {"head", "head_cell", "head_number", "wrapped"}

STYLES: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2},
    "head_number": {"bold": True, "text_wrap": True, "bottom": 2, **_RIGHT},
    "head_cell": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2, **_LEFT},
    "cell": _LEFT,  # keeps its distance from a number in the column before
    "text": {"valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "link": {"font_color": "#0b5394", "underline": 1, "valign": "top"},
    "mark": _RIGHT,
    "count": {"num_format": "#,##0", **_RIGHT},
    "whole": {"num_format": "0", **_RIGHT},
    "tenth": {"num_format": "0.0", **_RIGHT},
    "hundredth": {"num_format": "0.00", **_RIGHT},
    "thousandth": {"num_format": "0.000", **_RIGHT},
    "percent": {"num_format": "0%", **_RIGHT},
}
"""How a cell looks, by name. Numbers keep their value and show as many digits as they carry."""


def cleaned(text: str) -> str:
    """A text as a cell can hold it: characters that XML has no place for become a replacement character.

    >>> cleaned("a" + chr(0) + "b"), len(cleaned("x" * 40_000))
    ('a\ufffdb', 32767)
    """
    return _UNWRITABLE.sub("\ufffd", text)[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to the first cell of another sheet of the same book."""

    sheet: str


class Book:
    """A workbook that is written into an open binary file.

    `streamed` writes each row to disk as it comes: memory does not grow with the rows, which then must come in order.
    """

    def __init__(self, target: BinaryIO, *, title: str, author: str = "", streamed: bool = False) -> None:
        how = {"constant_memory": True} if streamed else {"in_memory": True}
        self._book = xlsxwriter.Workbook(target, {**_SAFE, **how})
        self._book.set_properties({"title": cleaned(title), "author": cleaned(author), "created": _FIXED_DATE})
        self._formats = {name: self._book.add_format({**_FACE, **style}) for name, style in STYLES.items()}
        self._streamed = streamed
        self._names: set[str] = set()
        self._tables = 0

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._book.close()

    def sheet(self, name: str, widths: Sequence[float]) -> Sheet:
        """A new sheet after the others, with the width of each column in characters."""
        sheet = self._book.add_worksheet(self._free(name))
        sheet.hide_gridlines(2)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        return Sheet(sheet, self._formats, widths)

    def table(self, sheet: Sheet, top: int, heads: Sequence[str], rows: int) -> None:
        """Mark rows below a header row as a table, so that screen readers name the column of each cell.

        Left out where a header repeats or the book is streamed: the format does not allow it there.
        """
        folded = {head.casefold() for head in heads}
        if self._streamed or not rows or len(folded) < len(heads) or not all(_is_plain(head) for head in heads):
            return
        self._tables += 1
        columns = [{"header": head, "header_format": self._formats["head"]} for head in heads]
        sheet.raw.add_table(
            top, 0, top + rows, len(heads) - 1,
            {"name": f"table_{self._tables}", "columns": columns, "autofilter": False, "style": None},
        )  # fmt: skip

    def _free(self, name: str) -> str:
        """A name of letters, digits, spaces, "-" and "_", at most 31 characters long, that no other sheet has."""
        plain = re.sub(r"[^\w \-]", "_", name).strip()[:LONGEST_NAME] or "_"
        plain = f"{plain[:-1]}_" if plain.casefold() == "history" else plain  # a name that spreadsheets keep
        found, number = plain, 2
        while found.casefold() in self._names:
            ending = f" {number}"
            found, number = plain[: LONGEST_NAME - len(ending)] + ending, number + 1
        self._names.add(found.casefold())
        return found


class Sheet:
    """A sheet that is filled from the top, row by row."""

    def __init__(self, sheet: Worksheet, formats: dict[str, Format], widths: Sequence[float]) -> None:
        self.raw = sheet
        self._widths = widths
        self.name: str = sheet.get_name()
        self._formats = formats
        self._next = 0

    @property
    def height(self) -> int:
        """How many rows have been written."""
        return self._next

    def freeze(self, columns: int = 0) -> None:
        """What has been written stays in sight, on screen and on each printed page, and the first columns."""
        self.raw.freeze_panes(self._next, columns)
        self.raw.repeat_rows(0, self._next - 1)

    def row(self, cells: Sequence[Cell | Link], styles: Sequence[str] | str = "text") -> None:
        """Write one row; `styles` is one name for all cells, or one for each. A wrapped row is as high as it needs."""
        named = [styles] * len(cells) if isinstance(styles, str) else styles
        if not _WRAPPED.isdisjoint(named):
            self.raw.set_row(self._next, _LINE * max(map(_lines, cells, self._widths, named), default=1))
        for at, (cell, style) in enumerate(zip(cells, named, strict=True)):
            self._write(at, cell, self._formats[style])
        self._next += 1

    def _write(self, at: int, cell: Cell | Link, style: Format) -> None:
        match cell:
            case None:
                return
            case Link(sheet=name):
                self.raw.write_url(self._next, at, f"internal:'{name}'!A1", self._formats["link"], name)
            case bool():
                self.raw.write_boolean(self._next, at, cell, style)
            case int() | float():
                self.raw.write_number(self._next, at, float(f"{cell:.{SIGNIFICANT_DIGITS}g}"), style)
            case str():
                self.raw.write_string(self._next, at, cleaned(cell), style)


def _is_plain(head: str) -> bool:
    return bool(head.strip()) and head.replace("\u00a0", " ").isprintable()


def _lines(cell: Cell | Link, width: float, style: str) -> int:
    """How many lines a wrapped text takes; bold letters are wider."""
    room = int(width * (1.05 if style.startswith("head") else 1.2)) - 1
    return max(1, len(textwrap.wrap(cell, max(room, 5)))) if style in _WRAPPED and isinstance(cell, str) else 1
