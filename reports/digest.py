"""The digest of everything that numbers are computed from, whatever the order of its rows."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from reports.frames import Responses


def of_inputs(
    responses: Responses,
    authorities: pd.DataFrame | None,
    headcounts: pd.DataFrame | None,
    assessments: pd.DataFrame | None = None,
    successions: pd.DataFrame | None = None,
) -> str:
    """SHA-256 of answers, authorities, headcounts, self-assessments and successions; the order of rows does not count.

    A respondent is a line of authority, places of service area and tier, whether too fast, the design weight if there
    is one, whether the person took part in a programme if that was asked, and one byte an item. Authorities and headcounts that are not there count as empty ones, the others as none.
    """
    further = [_lines(one) for one in (assessments, successions) if one is not None]
    tables = [_lines(authorities), _lines(headcounts), *further]
    whole = hashlib.sha256()
    for part in (_people(responses), *tables):
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


def _lines(frame: pd.DataFrame | None) -> list[bytes]:
    if frame is None:
        return []
    rows = zip(*(_values(frame[name]) for name in frame.columns), strict=True)
    return sorted(json.dumps(list(row), ensure_ascii=False).encode() for row in rows)


def _values(column: pd.Series) -> NDArray[np.object_]:
    kept = [None if value is pd.NA or value is None else value for value in column.tolist()]
    return np.array([str(value) if isinstance(value, str) else value for value in kept] + [None], dtype=object)[:-1]
