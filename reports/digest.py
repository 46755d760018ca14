"""The digest of everything that numbers are computed from, whatever the order of its rows and the names of things."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from reports.frames import Responses


NOT_COUNTED = frozenset({"name"})
"""Columns of inputs that no number depends on: an authority that is renamed has the numbers that it had."""

_Table: TypeAlias = pd.DataFrame | None
Inputs: TypeAlias = tuple["Responses", _Table, _Table, _Table, _Table]
"""Answers, authorities, headcounts, self-assessments, successions."""


def of_inputs(
    responses: Responses,
    authorities: pd.DataFrame | None,
    headcounts: pd.DataFrame | None,
    assessments: pd.DataFrame | None = None,
    successions: pd.DataFrame | None = None,
) -> str:
    """SHA-256 of answers, authorities, headcounts, self-assessments and successions.

    Neither the order of rows nor names count: an authority is its code. A respondent is a line of authority, places of
    service area and tier, whether too fast, the design weight if there is one, whether the person took part in a
    programme if that was asked, and one byte an item. A row of a table is its cells, each under the name of its column;
    an empty cell is as one that is not there, so that a column more in a later version changes nothing.
    """
    return _hashed(_people(responses), (authorities, headcounts, assessments, successions), _cells)


def is_of(known: str | None, responses: Responses, *given: pd.DataFrame | None) -> bool:
    """Whether a digest is that of these inputs, as it is taken now or as it was while names still counted.

    `given` are the tables in the order in which `of_inputs` takes them.
    """
    people = _people(responses)
    tables = (*given, *[None] * (4 - len(given)))
    if known == _hashed(people, tables, _cells):
        return True
    there = (*tables[:2], *(one for one in tables[2:] if one is not None))
    return known == _hashed(people, there, _lines)


def _hashed(
    people: list[bytes], tables: tuple[_Table, ...], lines: Callable[[pd.DataFrame | None], list[bytes]]
) -> str:
    whole = hashlib.sha256()
    for part in (people, *map(lines, tables)):
        whole.update(f"{len(part)}\n".encode())
        for line in part:
            whole.update(len(line).to_bytes(4) + line)
    return whole.hexdigest()


def _people(responses: Responses) -> list[bytes]:
    count = len(responses)
    nowhere, calm = np.full(count, -1, dtype=np.int32), np.zeros(count, dtype=np.bool_)
    area = nowhere if responses.service_area is None else responses.service_area
    tier = nowhere if responses.tier is None else responses.tier
    fast = calm if responses.too_fast is None else responses.too_fast
    more = [weight + part for weight, part in zip(_weights(responses), _taken_part(responses), strict=True)]
    members = zip(responses.authority, area, tier, fast, more, responses.answers, strict=True)
    return sorted(
        f"{responses.authorities[authority]},{area},{tier},{int(fast)},{rest}".encode() + answers.tobytes()
        for authority, area, tier, fast, rest, answers in members
    )


def _weights(responses: Responses) -> list[str]:
    if responses.weight is None:
        return [""] * len(responses)
    return [f"{weight!r}," for weight in responses.weight.tolist()]


def _taken_part(responses: Responses) -> list[str]:
    if responses.took_part is None:
        return [""] * len(responses)
    return [f"p{part}," for part in responses.took_part.tolist()]


def _cells(frame: pd.DataFrame | None) -> list[bytes]:
    """A line a row: its cells by their columns, without names and without what is empty."""
    if frame is None:
        return []
    counted = [name for name in frame.columns if name not in NOT_COUNTED]
    rows = zip(*(_values(frame[name]) for name in counted), strict=True)
    known = ({name: cell for name, cell in zip(counted, row, strict=True) if cell not in {None, ""}} for row in rows)
    return sorted(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() for row in known)


def _lines(frame: pd.DataFrame | None) -> list[bytes]:
    """A line a row as they were taken while names still counted: every cell, in the order of the columns."""
    if frame is None:
        return []
    rows = zip(*(_values(frame[name]) for name in frame.columns), strict=True)
    return sorted(json.dumps(list(row), ensure_ascii=False).encode() for row in rows)


def _values(column: pd.Series) -> NDArray[np.object_]:
    kept = [None if value is pd.NA or value is None else value for value in column.tolist()]
    return np.array([str(value) if isinstance(value, str) else value for value in kept] + [None], dtype=object)[:-1]
