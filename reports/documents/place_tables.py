"""Tables of the sector's two averages and of how many authorities can be placed, for the reports of the sector."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from questionnaires.definition import Questionnaire
from reports.documents.cells import Table
from reports.measures import OVERALL
from reports.peers import ALL
from reports.profile import number
from reports.quality import Json
from reports.wording import text, whole

INTERVAL = "95\u00a0% interval"
_BANDS = ("upper_quarter", "middle_half", "lower_quarter")


def tables(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> list[Table]:
    """The two averages, and the bands; each where its frame is given and has something to show."""
    found = []
    if "average_officer" in frames:
        found.append(averages(frames["average_officer"], frames["benchmarks"], questionnaire))
    if "standings" in frames and "band" in frames["standings"]:
        found.append(bands(frames["standings"], questionnaire))
    return [one for one in found if one is not None]


def averages(average: pd.DataFrame, benchmarks: pd.DataFrame, questionnaire: Questionnaire) -> Table | None:
    """A row a dimension: the middle authority, the average officer with interval, how far authorities differ."""
    middle = _by_measure(benchmarks[benchmarks["peer_group"] == ALL])
    own = _by_measure(average[average["reason"].isna()])
    if not own:
        return None
    body = tuple(
        (
            str(one.title),
            _points(middle.get(one.code), "median"),
            _points(own.get(one.code), "score"),
            _between(own.get(one.code)),
            _points(own.get(one.code), "tau"),
            _count(own.get(one.code)),
        )
        for one in questionnaire.dimensions
    )
    headings = ("", "Middle authority", "Average officer", INTERVAL, "Real spread", "Officers")
    return Table("The middle authority and the average officer", headings, body)


def bands(standings: pd.DataFrame, questionnaire: Questionnaire) -> Table | None:
    """A row a dimension, the overall last: how many authorities are probably in each part of all, or cannot be placed."""
    everybody = standings[(standings["peer_group"] == ALL) & standings["reason"].isna()]
    if not everybody["band"].notna().any():
        return None
    titles = [*((one.code, str(one.title)) for one in questionnaire.dimensions), (OVERALL, "Overall")]
    body = []
    for code, title in titles:
        told = everybody.loc[everybody["measure"] == code, "band"]
        counts = [int(told.str.endswith(band).fillna(value=False).sum()) for band in _BANDS]
        if len(told):
            body.append((title, *map(str, counts), str(len(told) - sum(counts))))
    headings = ("", "Upper quarter", "Middle half", "Lower quarter", "Cannot tell")
    return Table("How many authorities can be placed", headings, tuple(body))


def firmness(quality: Mapping[str, Json]) -> str:
    """How many overalls keep their quarter when they are put together otherwise; nothing where it is not known."""
    found = quality.get("robustness")
    if not isinstance(found, Mapping):
        return ""
    return (
        f"The overall was put together in 1,000 other ways: other weights, a dimension left out, the geometric mean. "
        f"{found['stable']} of {found['authorities']} authorities stay in the same quarter in at least 80\u00a0% of them; "
        f"with the geometric mean alone {found['same_under_geometric_mean']}."
    )


def _by_measure(frame: pd.DataFrame) -> dict[str, Mapping[str, object]]:
    return {str(row["measure"]): {str(k): v for k, v in row.items()} for row in frame.to_dict("records")}


def _points(row: Mapping[str, object] | None, column: str) -> str:
    value = number(row[column]) if row is not None else None
    return text("note.not_shown") if value is None else whole(value)


def _count(row: Mapping[str, object] | None) -> str:
    value = number(row["n"]) if row is not None else None
    return text("note.not_shown") if value is None else f"{value:,.0f}"


def _between(row: Mapping[str, object] | None) -> str:
    bounds = [number(row[column]) for column in ("lower", "upper")] if row is not None else [None]
    known = [one for one in bounds if one is not None]
    if len(known) < 2:
        return text("note.not_shown")
    return text("answered.range", low=whole(known[0]), high=whole(known[1]))
