"""Profiles: the one small frame that a table, a sentence and a picture are all made from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from questionnaires.definition import Dimension, Questionnaire, Theme
from reports.disclosure.reasons import Reason
from reports.frames import PROFILE

_OWN = ("score", "lower", "upper", "n", "reliability")
_PEERS = ("median", "lower_quartile", "upper_quartile")

Record: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of a profile as plain values; None is "not shown" or "not known", never 0."""

    measure: str
    title: str
    score: float | None
    lower: float | None
    upper: float | None
    n: int | None
    invited: int | None
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    benchmark_n: int | None
    verdict: str | None
    indicative: bool
    reliability: float | None
    before: float | None = None
    elected: float | None = None  # the score of elected members, a group of their own

    @property
    def everybody_answered(self) -> bool:
        return self.n is not None and self.n == self.invited


def profile(
    scores: pd.DataFrame,
    benchmarks: pd.DataFrame,
    standings: pd.DataFrame,
    questionnaire: Questionnaire,
    *,
    authority: str,
    peer_group: str,
) -> pd.DataFrame:
    """The dimensions of one authority beside one peer group: one row a dimension, in file order (PROFILE shape).

    Made from the published frames (SCORES, BENCHMARKS, STANDINGS). A score with a reason is left empty here too,
    with its count, interval and verdict, whatever frames are handed in: a picture never shows what a table withholds.
    Raises nothing for an unknown authority or peer group: its rows are empty.
    """
    return _joined(scores, benchmarks, standings, questionnaire.dimensions, authority=authority, peer_group=peer_group)


def theme_profile(
    scores: pd.DataFrame,
    benchmarks: pd.DataFrame,
    standings: pd.DataFrame,
    dimension: Dimension,
    *,
    authority: str,
    peer_group: str,
) -> pd.DataFrame:
    """The themes of one dimension, as `profile`; themes carry no verdict (methodology section 6)."""
    frame = _joined(scores, benchmarks, standings, dimension.themes, authority=authority, peer_group=peer_group)
    frame["verdict"] = pd.array([pd.NA] * len(frame), dtype="string")
    return frame


def sector_profile(
    benchmarks: pd.DataFrame, questionnaire: Questionnaire, *, peer_group: str, measures: Sequence[Theme] | None = None
) -> pd.DataFrame:
    """The dimensions (or these themes) of one peer group: `score` is the median of its authorities, with the interval of the median.

    `n` counts authorities. There is nobody to compare with, so median and verdict are empty.
    """
    peers = _peers(benchmarks, peer_group)
    records = []
    for measure in measures if measures is not None else questionnaire.dimensions:
        found = peers.get(measure.code, {})
        shown = found if number(found.get("median")) is not None else {}
        records.append(
            _titled(measure)
            | {column: shown.get(column) for column in ("lower_quartile", "upper_quartile", "n")}
            | {"score": shown.get("median"), "lower": shown.get("median_lower"), "upper": shown.get("median_upper")}
            | {"benchmark_n": found.get("n"), "reason": found.get("reason")}
        )
    return _frame(records)


def with_before(frame: pd.DataFrame, change: pd.DataFrame | None, *, authority: str) -> pd.DataFrame:
    """The profile with last wave's scores on common items in a column `before`; as it is where there is no such frame.

    `change` is the published frame CHANGE; what has a reason, or whose own score is not shown, stays empty.
    """
    if change is None or change.empty:
        return frame
    found = _by_measure(change, authority=authority)
    before = [
        None if _has_reason(one) or number(score) is None else number(one.get("before"))
        for one, score in zip((found.get(code, {}) for code in frame["measure"].tolist()), frame["score"], strict=True)
    ]
    return frame.assign(before=pd.array(before, dtype="Float64"))


def with_elected(frame: pd.DataFrame, group_scores: pd.DataFrame | None, *, authority: str) -> pd.DataFrame:
    """The profile with the scores of elected members in a column `elected`; as it is where there is no such frame.

    `group_scores` is the published frame GROUP_SCORES; what has a reason, or whose own score is not shown, stays empty.
    """
    if group_scores is None or group_scores.empty:
        return frame
    found = _by_measure(group_scores, authority=authority, kind="elected")
    elected = [
        None if _has_reason(one) or number(score) is None else number(one.get("score"))
        for one, score in zip((found.get(code, {}) for code in frame["measure"].tolist()), frame["score"], strict=True)
    ]
    return frame.assign(elected=pd.array(elected, dtype="Float64"))


def rows(frame: pd.DataFrame) -> tuple[Row, ...]:
    """The profile as plain values; optional columns are `before`, last wave's score on common items, and `elected`."""
    wanted = (*PROFILE.columns, "before", "elected")
    columns = {column: frame[column].tolist() for column in wanted if column in frame.columns}
    return tuple(_row({column: values[place] for column, values in columns.items()}) for place in range(len(frame)))


def _joined(
    scores: pd.DataFrame,
    benchmarks: pd.DataFrame,
    standings: pd.DataFrame,
    measures: Sequence[Dimension] | Sequence[Theme],
    *,
    authority: str,
    peer_group: str,
) -> pd.DataFrame:
    own, peers = _by_measure(scores, authority=authority), _peers(benchmarks, peer_group)
    standing = _by_measure(standings, authority=authority, peer_group=peer_group)
    return _frame(
        _beside(measure, own.get(measure.code, {}), peers.get(measure.code, {}), standing.get(measure.code, {}))
        for measure in measures
    )


def _beside(measure: Dimension | Theme, own: Record, peers: Record, standing: Record) -> Record:
    """One row: what is withheld takes its count, interval and verdict with it; no verdict without a median."""
    shown = {} if _has_reason(own) or number(own.get("score")) is None else own
    compared = standing if shown and number(peers.get("median")) is not None else {}
    return (
        _titled(measure)
        | {column: shown.get(column) for column in _OWN}
        | {column: peers.get(column) for column in _PEERS}
        | {column: compared.get(column) for column in ("verdict", "indicative")}
        | {"invited": own.get("invited"), "benchmark_n": peers.get("n"), "reason": own.get("reason")}
    )


def _peers(benchmarks: pd.DataFrame, peer_group: str) -> dict[str, Record]:
    """The group's benchmarks by measure, without what has a reason against it."""
    result = {}
    for measure, found in _by_measure(benchmarks, peer_group=peer_group).items():
        if not _has_reason(found):
            result[measure] = found
        elif found["reason"] == Reason.TOO_FEW_FOR_QUARTILES:
            result[measure] = found | {"lower_quartile": None, "upper_quartile": None}
        else:
            result[measure] = {"reason": found["reason"]}
    return result


def _by_measure(frame: pd.DataFrame, **keys: str) -> dict[str, Record]:
    chosen = frame
    for column, value in keys.items():
        chosen = chosen[chosen[column] == value]
    columns = {str(column): chosen[column].tolist() for column in chosen.columns}
    return {
        str(measure): {column: values[place] for column, values in columns.items()}
        for place, measure in enumerate(columns["measure"])
    }


def _has_reason(record: Record) -> bool:
    reason = record.get("reason")
    return isinstance(reason, str) and reason != ""


def _titled(measure: Dimension | Theme) -> Record:
    return dict.fromkeys(PROFILE.columns) | {"measure": measure.code, "title": str(measure.title)}


def _frame(records: Iterable[Record]) -> pd.DataFrame:
    return PROFILE.check(pd.DataFrame.from_records(list(records), columns=list(PROFILE.columns)))


def _row(record: Record) -> Row:
    verdict = record["verdict"]
    return Row(
        measure=str(record["measure"]),
        title=str(record["title"]),
        score=number(record["score"]),
        lower=number(record["lower"]),
        upper=number(record["upper"]),
        n=_count(record["n"]),
        invited=_count(record["invited"]),
        median=number(record["median"]),
        lower_quartile=number(record["lower_quartile"]),
        upper_quartile=number(record["upper_quartile"]),
        benchmark_n=_count(record["benchmark_n"]),
        verdict=verdict if isinstance(verdict, str) and verdict else None,
        indicative=record["indicative"] is True,
        reliability=number(record["reliability"]),
        before=number(record.get("before")),
        elected=number(record.get("elected")),
    )


def number(value: object) -> float | None:
    """A cell of a frame as a number, or None where it is empty."""
    return float(value) if isinstance(value, (int, float)) and not math.isnan(value) else None


def _count(value: object) -> int | None:
    found = number(value)
    return None if found is None else int(found)
