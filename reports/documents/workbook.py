"""The workbook of a release in the manner of official statistics: cover, contents, notes, and a sheet for each table."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from questionnaires.definition import Questionnaire, Role
from reports import narrative
from reports.disclosure.reasons import WITHHELD, Reason
from reports.documents import brand
from reports.documents.brand import Brand
from reports.documents.imprint import Imprint
from reports.documents.sheets import Book, Cell, Link, Sheet
from reports.documents.technical_notes import sentences
from reports.measures import OVERALL
from reports.publication import Results
from reports.wording import text

CONFIDENTIAL, NOT_AVAILABLE = "[c]", "[x]"
MOST_ROWS = 50_000
"""A longer table stays in its CSV file: no spreadsheet is pleasant beyond."""

_PEOPLE = "respondents"  # rows of people have a permission of their own
_KEYS = ("authority", "kind", "group", "peer_group")
_QUARTILES = ("lower_quartile", "upper_quartile")  # the median of a small group is shown without them
_NOTHING_TO_COMPUTE = (Reason.NO_ANSWERS, Reason.NO_AUTHORITIES)
_TEXT_WIDTH = 100
_NUMBER_WIDTH = 15
_WIDEST = 60
_Entry: TypeAlias = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class _Column:
    """One column as it is written: its heading, how its numbers look, its width, its cells."""

    heading: str
    form: str
    width: float
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class _Table:
    """One table as it is written."""

    sheet: str
    title: str
    columns: tuple[_Column, ...]
    rows: int


def results(
    found: Results,
    questionnaire: Questionnaire,
    *,
    names: Mapping[str, str],
    about: Mapping[str, str],
    imprint: Imprint,
    publisher: Brand | None = None,
) -> bytes:
    """Every table of `found` as a sheet with title, source line, one header row, typed numbers and marks.

    `found` is as a file of its audience shows it (`publication.for_file`); `names` gives the name of an authority's
    code, `about` what stands on the cover as label and value. A figure that is withheld is "[c]", one that is not
    available "[x]"; no cell of a table is empty and none is merged. The cover names `publisher`, by default that of the brand
    that ships. Rows of people are left out, and tables of more
    than `MOST_ROWS` rows: the contents name those.
    """
    meanings = _Meanings(questionnaire, names)
    frames = {name: frame for name, frame in found.frames.items() if name != _PEOPLE and len(frame)}
    fitting = {name: frame for name, frame in frames.items() if len(frame) <= MOST_ROWS}
    tables = [_table(name, fitting[name], meanings) for name in _in_order(fitting)]
    target, title = io.BytesIO(), f"{imprint.wave or questionnaire.title}: results"
    who = publisher or brand.default()
    with Book(target, title=title, author=who.name) as book:
        cover, contents = book.sheet("Cover", [_TEXT_WIDTH]), book.sheet("Contents", [26, 80])
        notes = book.sheet("Notes", [10, _TEXT_WIDTH])
        _cover(cover, title, about, imprint, who)
        _notes(notes, sentences(found.quality, questionnaire))
        written = [(_write(book, table, _source(imprint, questionnaire)).name, table.title) for table in tables]
        _contents(contents, written, [name for name in frames if name not in fitting])
    return target.getvalue()


def _cover(sheet: Sheet, title: str, about: Mapping[str, str], imprint: Imprint, publisher: Brand) -> None:
    sheet.row([title], "title")
    if imprint.demonstration:
        sheet.row(["Demonstration: all authorities, people and answers are made up."], "heading")
    sheet.row([publisher.name], "heading")
    for line in (publisher.strapline, publisher.contact):
        if line:
            sheet.row([line], "wrapped")
    for label, value in about.items():
        sheet.row([f"{label}: {value}"], "wrapped")
    sheet.row(["Marks in the tables"], "heading")
    for mark, meaning in _catalogue()["marks"].items():
        sheet.row([f"{mark} means {meaning}."], "wrapped")
    sheet.row(["Where to look"], "heading")
    for name in ("Contents", "Notes"):
        sheet.row([Link(name)])


def _contents(sheet: Sheet, written: Sequence[tuple[str, str]], left_out: Sequence[str]) -> None:
    sheet.row(["Contents"], "title")
    sheet.row(["This sheet lists the tables of the workbook, one on each sheet."])
    sheet.row(["Sheet", "What it holds"], "head")
    sheet.freeze()
    sheet.row([Link("Cover"), "What the workbook is, and what its marks mean"])
    sheet.row([Link("Notes"), "Numbered notes to headings, and how good the answers are"])
    for name, title in written:
        sheet.row([Link(name), title], "wrapped")
    for name in left_out:
        sheet.row([f"{name}.csv", f"More than {MOST_ROWS} rows: in the file {name}.csv only"], "wrapped")


def _notes(sheet: Sheet, technical: Sequence[str]) -> None:
    sheet.row(["Notes"], "title")
    sheet.row(["Headings of the tables name the note that explains them."])
    sheet.row(["Note", "Text"], "head")
    sheet.freeze()
    for number, note in enumerate((*_catalogue()["notes"], *technical), start=1):
        sheet.row([f"Note {number}", note], "wrapped")


def _write(book: Book, table: _Table, source: str) -> Sheet:
    sheet = book.sheet(table.sheet, [column.width for column in table.columns])
    sheet.row([table.title], "title")
    sheet.row([source])
    heads = [column.heading for column in table.columns]
    sheet.row(heads, ["head_cell" if column.form == "cell" else "head_number" for column in table.columns])
    sheet.freeze(columns=1)
    book.table(sheet, sheet.height - 1, heads, table.rows)
    for row in zip(*(column.cells for column in table.columns), strict=True):
        sheet.row(row, [_style(cell, column.form) for cell, column in zip(row, table.columns, strict=True)])
    return sheet


def _style(cell: Cell, form: str) -> str:
    return "mark" if isinstance(cell, str) and form != "cell" else form


def _source(imprint: Imprint, questionnaire: Questionnaire) -> str:
    release = f"release {imprint.release}, " if imprint.release else ""
    return (
        f"Source: {imprint.wave or questionnaire.title}, {release}method {imprint.method}. "
        f"{CONFIDENTIAL} withheld, {NOT_AVAILABLE} not available; the sheet Notes explains the headings."
    )


# From a frame to columns


class _Meanings:
    """What codes mean: authorities, measures, items, options, groups."""

    def __init__(self, questionnaire: Questionnaire, names: Mapping[str, str]) -> None:
        self._questionnaire = questionnaire
        titles = {one.code: str(one.title) for one in questionnaire.dimensions}
        titles |= {one.code: str(one.title) for one in questionnaire.themes}
        self._by_column: dict[str, tuple[str, Mapping[str, str]]] = {
            "authority": ("authority_name", names),
            "measure": ("measure_title", {OVERALL: "Overall"} | titles),
            "item": ("item_text", {code: str(item.text) for code, item in questionnaire.items.items()}),
            "group": ("group_label", self._groups()),
        }

    def beside(self, frame: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
        """The columns of a frame, each code's words before it, the code itself after."""
        for name in frame.columns:
            if name in self._by_column:
                derived, words = self._by_column[name]
                yield derived, frame[name].map(lambda code, words=words: words.get(code, code))
            elif name == "peer_group":
                yield (
                    "peer_group_label",
                    frame[name].map(lambda code: narrative.first_upper(narrative.group_label(code))),
                )
            elif name == "option":
                yield (
                    "option_label",
                    pd.Series([self._option(*pair) for pair in zip(frame["item"], frame[name], strict=True)]),
                )
            yield str(name), frame[name]

    def in_order(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of each authority or group together, its measures as they are always shown: overall first."""
        if "measure" not in frame:
            return frame
        places = {code: place for place, code in enumerate(self._by_column["measure"][1])}
        measures = frame["measure"].map(lambda code: places.get(code, len(places))).to_numpy()
        keys = [pd.factorize(frame[name])[0] for name in frame.columns if name in _KEYS]
        return frame.iloc[np.lexsort([measures, *reversed(keys)])]

    def _groups(self) -> dict[str, str]:
        items = (self._questionnaire.role_item(role) for role in (Role.SERVICE_AREA, Role.TIER))
        return {option.code: str(option.label) for item in items if item for option in item.options}

    def _option(self, item: str, code: str) -> str:
        """The label of an option; of options drawn together, the first and the last."""
        asked = self._questionnaire.items.get(item)
        labels = {option.code: str(option.label) for option in asked.options} if asked else {}
        special = {"dk": "Don't know", "blank": "Not answered"}
        if code in labels or code in special:
            return labels.get(code) or special[code]
        first, dash, last = code.partition("-")
        return f"{labels.get(first, first)} to {narrative.in_sentence(labels.get(last, last))}" if dash else code


def _table(name: str, frame: pd.DataFrame, meanings: _Meanings) -> _Table:
    frame = meanings.in_order(frame).reset_index(drop=True)
    entry: Mapping[str, str] = next((one for one in _catalogue()["tables"] if one["frame"] == name), {})
    plain = name.replace("_", " ").capitalize()
    withheld = _withheld(frame)
    columns = []
    for code, column in meanings.beside(frame):
        known = _column_entry(name, code)
        if _is_left_out(code, column, known):
            continue
        columns.append(_column(code, column, known, withheld))
    return _Table(entry.get("sheet", plain), entry.get("title", plain), tuple(columns), len(frame))


def _is_left_out(code: str, column: pd.Series, entry: _Entry) -> bool:
    """Columns that can hold nothing here; in a published file the marks say what the reason would."""
    if code == "reason":
        return bool(column.dropna().isin([WITHHELD]).all())
    return bool(entry.get("optional")) and bool(column.isna().all())


def _column(code: str, column: pd.Series, entry: _Entry, withheld: Sequence[bool]) -> _Column:
    heading = str(entry.get("heading") or code.replace("_", " ").capitalize())
    note = f" [note\u00a0{entry['note']}]" if entry.get("note") else ""
    is_flag = pd.api.types.is_bool_dtype(column.dtype)
    is_number = pd.api.types.is_numeric_dtype(column.dtype) and not is_flag
    form = str(entry.get("form", "hundredth")) if is_number else "cell"
    cells = [*_cells(code, column, withheld, verdicts=str(entry.get("words", "verdict.")))]
    longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
    width = max(float(entry.get("width", _NUMBER_WIDTH)), min(longest + 2, _WIDEST))
    return _Column(f"{heading}{note}", form, width, cells)


def _cells(code: str, column: pd.Series, withheld: Sequence[bool], *, verdicts: str) -> Iterator[Cell]:
    for value, missing, hidden in zip(column.tolist(), column.isna().tolist(), withheld, strict=True):
        if missing or (hidden and code == "indicative"):
            yield _empty(code, hidden=hidden or code in _QUARTILES)
        elif isinstance(value, bool):
            yield "yes" if value else "no"
        elif code == "verdict":
            yield text(f"{verdicts}{value}")
        elif isinstance(value, str):
            yield str(value).replace("_", " ") if code in ("reason", "kind") else str(value)
        else:
            yield value


def _empty(code: str, *, hidden: bool) -> str:
    if code == "reason":
        return "nothing: it is shown"
    return CONFIDENTIAL if hidden else NOT_AVAILABLE


def _withheld(frame: pd.DataFrame) -> list[bool]:
    if "reason" not in frame:
        return [False] * len(frame)
    return (frame["reason"].notna() & ~frame["reason"].isin(_NOTHING_TO_COMPUTE)).fillna(value=False).tolist()


def _in_order(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Tables that the words name in their order, then the others."""
    named = [str(one["frame"]) for one in _catalogue()["tables"]]
    return [name for name in named if name in frames] + [name for name in frames if name not in named]


def _column_entry(table: str, column: str) -> _Entry:
    own = _catalogue()["tables_columns"].get(table, {})
    found: _Entry = own.get(column) or _catalogue()["columns"].get(column) or {}
    return found


@lru_cache
def _catalogue() -> dict[str, dict]:  # type: ignore[type-arg]  # the content of workbook.toml, as its parser gives it
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
