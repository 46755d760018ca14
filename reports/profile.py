"""Profiles: the one small frame that a table, a sentence and a picture are all made from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Dimension, Questionnaire, Theme
from reports.disclosure.reasons import Reason
from reports.frames import PROFILE

_OWN = ("score", "lower", "upper", "n", "invited", "reliability")
_PEERS = ("median", "lower_quartile", "upper_quartile")
_WITHHELD_WITH_THE_SCORE = ("score", "lower", "upper", "n", "verdict", "indicative", "reliability")


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
    frame = _titled(measures if measures is not None else questionnaire.dimensions)
    found = _shown_peers(benchmarks, peer_group, frame)
    frame["score"], frame["lower"], frame["upper"] = found["median"], found["median_lower"], found["median_upper"]
    frame["n"] = frame["benchmark_n"] = found["n"]
    frame["lower_quartile"], frame["upper_quartile"] = found["lower_quartile"], found["upper_quartile"]
    frame["reason"] = found["reason"]
    frame.loc[frame["score"].isna(), ["lower", "upper", "n", "lower_quartile", "upper_quartile"]] = pd.NA
    return PROFILE.check(frame)


def rows(frame: pd.DataFrame) -> tuple[Row, ...]:
    """The profile as plain values; an optional column `before` is last wave's score on common items."""
    columns = {column: frame[column].tolist() for column in (*PROFILE.columns, "before") if column in frame.columns}
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
    frame = _titled(measures)
    own = _of(scores, authority=authority).reindex(frame["measure"]).reset_index(drop=True)
    peers = _shown_peers(benchmarks, peer_group, frame)
    standing = _of(standings, authority=authority, peer_group=peer_group).reindex(frame["measure"])
    for column in _OWN:
        frame[column] = own[column]
    for column in _PEERS:
        frame[column] = peers[column]
    frame["benchmark_n"] = peers["n"]
    frame["reason"] = own["reason"]
    for column in ("verdict", "indicative"):
        frame[column] = standing[column].reset_index(drop=True)
    frame = PROFILE.check(frame)
    withheld = frame["score"].isna() | frame["reason"].fillna("").ne("")
    frame.loc[withheld, list(_WITHHELD_WITH_THE_SCORE)] = pd.NA
    frame.loc[frame["median"].isna(), ["verdict", "indicative"]] = pd.NA
    return frame


def _shown_peers(benchmarks: pd.DataFrame, peer_group: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The group's benchmarks in the order of the profile, without what has a reason against it."""
    peers = _of(benchmarks, peer_group=peer_group).reindex(frame["measure"]).reset_index(drop=True)
    reasons = peers["reason"].fillna("")
    withheld = reasons.ne("") & reasons.ne(Reason.TOO_FEW_FOR_QUARTILES)
    peers.loc[withheld, ["median", "median_lower", "median_upper", "n"]] = pd.NA
    peers.loc[reasons.ne(""), ["lower_quartile", "upper_quartile"]] = pd.NA
    return peers


def _of(frame: pd.DataFrame, **keys: str) -> pd.DataFrame:
    chosen = frame
    for column, value in keys.items():
        chosen = chosen[chosen[column] == value]
    return chosen.set_index("measure")


def _titled(measures: Sequence[Dimension] | Sequence[Theme]) -> pd.DataFrame:
    frame = PROFILE.empty().reindex(range(len(measures)))
    frame["measure"] = [measure.code for measure in measures]
    frame["title"] = [str(measure.title) for measure in measures]
    return PROFILE.check(frame)


def _row(record: dict[str, object]) -> Row:
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
    )


def number(value: object) -> float | None:
    """A cell of a frame as a number, or None where it is empty."""
    return float(value) if isinstance(value, (int, float)) and not math.isnan(value) else None


def _count(value: object) -> int | None:
    found = number(value)
    return None if found is None else int(found)
