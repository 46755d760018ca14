"""The inputs of a computation as tables of a bundle: written in full, read back bit for bit, checked cell by cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Questionnaire
from reports.files.tables import FileFaults
from reports.files.writing import DANGEROUS
from reports.frames import AUTHORITIES, DONT_KNOW, NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED, NOT_SAID, Responses, Shape

Fields: TypeAlias = Sequence[Mapping[str, object]]
"""The columns of a table as a Data Package describes them."""

AUTHORITY, AREA, TIER, FAST, WEIGHT = "authority", "service_area", "tier", "too_fast", "weight"
TOOK_PART = "took_part"
_FIXED = (AUTHORITY, AREA, TIER, FAST, WEIGHT, TOOK_PART)
_MISSING = {
    NOT_ASKED: "NOT_ASKED",
    NOT_ANSWERED: "NOT_ANSWERED",
    DONT_KNOW: "DONT_KNOW",
    NOT_APPLICABLE: "NOT_APPLICABLE",
}

NOBODY = Responses((), np.empty(0, dtype=np.int32), (), np.empty((0, 0), dtype=np.int8))
"""No answers."""


def written(responses: Responses, questionnaire: Questionnaire) -> tuple[bytes, Fields]:
    """Answers as a table of small integers, one row a respondent, and its columns.

    An item's column holds the position of the chosen option, from 0, or a negative code of a missing answer; the
    descriptor names both. Codes of authorities, service areas and tiers stand in full.
    """
    columns: dict[str, Sequence[str]] = {AUTHORITY: _named(responses.authority, responses.authorities)}
    fields: list[Mapping[str, object]] = [_coded(AUTHORITY, responses.authorities)]
    for name, member, codes in (
        (AREA, responses.service_area, responses.service_areas),
        (TIER, responses.tier, responses.tiers),
    ):
        if member is not None:
            columns[name] = _named(member, codes)
            fields.append(_coded(name, codes))
    if responses.too_fast is not None:
        columns[FAST] = ["1" if fast else "0" for fast in responses.too_fast.tolist()]
        fields.append({"name": FAST, "type": "integer", "categories": [0, 1]})
    if responses.weight is not None:
        columns[WEIGHT] = [repr(weight) for weight in responses.weight.tolist()]
        fields.append({"name": WEIGHT, "type": "number"})
    if responses.took_part is not None:
        columns[TOOK_PART] = [str(part) for part in responses.took_part.tolist()]
        fields.append({"name": TOOK_PART, "type": "integer", "categories": [NOT_SAID, 0, 1]})
    for place, code in enumerate(responses.items):
        columns[code] = [str(value) for value in responses.answers[:, place].tolist()]
        options = [{"value": at, "label": option.code} for at, option in enumerate(questionnaire.items[code].options)]
        missing = [{"value": str(value), "label": label} for value, label in _MISSING.items()]
        fields.append({"name": code, "type": "integer", "categories": options, "missingValues": missing})
    return _csv(columns, (AUTHORITY, AREA, TIER)), fields


def read(content: bytes, fields: Fields, questionnaire: Questionnaire, *, name: str) -> Responses:
    """The answers that `written` wrote. Raises FileFaults at anything that it would not have written."""
    table = _table(content, name)
    faults = _column_faults(table, questionnaire, name)
    if faults:
        raise FileFaults(faults)
    codes = {str(field.get("name")): _categories(field) for field in fields}
    authorities, areas, tiers = (codes.get(one, ()) for one in (AUTHORITY, AREA, TIER))
    items = tuple(column for column in table.columns if column not in _FIXED)
    answers = np.empty((len(table), len(items)), dtype=np.int8, order="F")
    for place, code in enumerate(items):
        answers[:, place] = _numbers(table, code, -4, len(questionnaire.items[code].options) - 1, name)
    return Responses(
        authorities,
        _places(table, AUTHORITY, authorities, name),
        items,
        answers,
        areas,
        _places(table, AREA, areas, name) if AREA in table else None,
        tiers,
        _places(table, TIER, tiers, name) if TIER in table else None,
        _weights(table, name) if WEIGHT in table else None,
        None,
        _numbers(table, FAST, 0, 1, name).astype(np.bool_) if FAST in table else None,
        _numbers(table, TOOK_PART, NOT_SAID, 1, name) if TOOK_PART in table else None,
    )


def input_bytes(frame: pd.DataFrame) -> bytes:
    """A table of inputs with numbers in full; missing is empty."""
    columns = {}
    for name in frame.columns:
        cells = frame[name].tolist()
        columns[name] = [
            "" if pd.isna(cell) else repr(cell) if isinstance(cell, float) else str(cell) for cell in cells
        ]
    return _csv(columns, [name for name in frame.columns if frame[name].dtype == "string"])


def read_input(content: bytes, shape: Shape, *, name: str) -> pd.DataFrame:
    """The table that `input_bytes` wrote. Raises FileFaults if it is not of this shape.

    An empty text is missing among the attributes of authorities, and means "all" in headcounts. Attributes that a bundle
    from before they were known does not have are empty.
    """
    table = _table(content, name)
    there = [column for column in shape.columns if column in table.columns]
    needed = ["code"] if shape is AUTHORITIES else list(shape.columns)
    if list(table.columns) != there or not set(needed) <= set(there):
        raise FileFaults([f"{name}: its columns are not {', '.join(shape.columns)}."])
    text = {column for column, dtype in shape.columns.items() if dtype == "string"}
    try:
        columns = {
            c: _texts(table[c], empty=None if shape is AUTHORITIES else "") if c in text else _values(table[c])
            for c in table.columns
        }
        return shape.filled(pd.DataFrame(columns, dtype=object))
    except (ValueError, TypeError) as error:
        raise FileFaults([f"{name}: a cell is not of the kind that its column holds."]) from error


def _csv(columns: Mapping[str, Sequence[str]], texts: Collection[str]) -> bytes:
    target = io.StringIO(newline="")
    out = csv.writer(target, lineterminator="\n")
    out.writerow(columns)
    cells = [[_guarded(cell) for cell in one] if name in texts else one for name, one in columns.items()]
    out.writerows(zip(*cells, strict=True))
    return target.getvalue().encode()


def _guarded(text: str) -> str:
    """A text that a spreadsheet does not compute; one quote more than it has, so that it can be taken off again.

    >>> _guarded("=1+1"), _guarded("'=1+1"), _guarded("plain"), _plain("''=1+1"), _plain("'s")
    ("'=1+1", "''=1+1", 'plain', "'=1+1", "'s")
    """
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(DANGEROUS) else text


def _table(content: bytes, name: str) -> pd.DataFrame:
    """Every cell as text, as it is written."""
    try:
        return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8")
    except (ValueError, OSError) as error:
        raise FileFaults([f"{name}: not readable as a table."]) from error


def _column_faults(table: pd.DataFrame, questionnaire: Questionnaire, name: str) -> list[str]:
    scored = {item.code for item in questionnaire.scored_items}
    unknown = [column for column in table.columns if column not in (*_FIXED, *scored)]
    faults = [f"{name}: {column!r} is no scored item of the questionnaire." for column in unknown]
    return faults if AUTHORITY in table else [*faults, f"{name}: no column “{AUTHORITY}”."]


def _categories(field: Mapping[str, object]) -> tuple[str, ...]:
    found = field.get("categories")
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def _coded(name: str, codes: Sequence[str]) -> Mapping[str, object]:
    return {"name": name, "type": "string", "categories": list(codes)}


def _named(member: NDArray[np.int32], codes: Sequence[str]) -> list[str]:
    names = [*codes, ""]  # NOT_SAID is the last place
    return [names[place] for place in member.tolist()]


def _places(table: pd.DataFrame, column: str, codes: Sequence[str], name: str) -> NDArray[np.int32]:
    places = {code: at for at, code in enumerate(codes)}
    if column != AUTHORITY:
        places[""] = NOT_SAID
    try:
        return np.array([places[_plain(cell)] for cell in table[column]], dtype=np.int32)
    except KeyError as error:
        raise FileFaults([f"{name}: column “{column}” holds a code that the descriptor does not name."]) from error


def _numbers(table: pd.DataFrame, column: str, lowest: int, highest: int, name: str) -> NDArray[np.int8]:
    known = {str(value): value for value in range(lowest, highest + 1)}
    try:
        return np.array([known[cell] for cell in table[column]], dtype=np.int8)
    except KeyError as error:
        raise FileFaults([f"{name}: column “{column}” holds more than numbers from {lowest} to {highest}."]) from error


def _weights(table: pd.DataFrame, name: str) -> NDArray[np.float64]:
    try:
        found = np.array([float(cell) for cell in table[WEIGHT]], dtype=np.float64)
    except ValueError as error:
        raise FileFaults([f"{name}: column “{WEIGHT}” holds more than numbers."]) from error
    if not (np.isfinite(found) & (found > 0.0)).all():
        raise FileFaults([f"{name}: column “{WEIGHT}” holds a number that is no weight."])
    return found


def _texts(column: pd.Series, *, empty: str | None) -> list[str | None]:
    return [_plain(cell) or empty for cell in column]


def _values(column: pd.Series) -> list[float | None]:
    return [float(cell) if cell else None for cell in column]
