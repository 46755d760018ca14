"""Authorities that chose to be named, beside each other: their scores and, for each pair, whether a difference is one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from questionnaires.definition import Dimension
from reports import profile as profiles
from reports.frames import PROFILE
from reports.narrative import Caption, Foot, interval_words
from reports.profile import Row
from reports.rules import Rules
from reports.standings import Verdict, verdict
from reports.statistics import holm, welch
from reports.wording import text, whole

MOST = 3
"""So many others at most stand beside the own authority: more would be a league table."""

HEADINGS = ("", "Score", "95\u00a0% interval", "Answers", "Beside yours")
_WORDS = {
    Verdict.ABOVE: "higher than yours",
    Verdict.SIMILAR: "similar to yours",
    Verdict.BELOW: "lower than yours",
    Verdict.CANNOT_TELL: "cannot tell",
}
_KEPT = ["score", "lower", "upper", "n", "reliability"]


@dataclass(frozen=True)
class Beside:
    """One dimension: the authorities in the order of their names (PROFILE, a row each), and words for the others."""

    code: str
    title: str
    profile: pd.DataFrame
    words: Mapping[str, str]

    @property
    def rows(self) -> tuple[Row, ...]:
        return profiles.rows(self.profile)

    @property
    def sentence(self) -> str:
        """What the picture shows, also its alternative text; the order is that of the names."""
        told = [f"{row.title} {whole(row.score)} ({interval_words(row)})" for row in self.rows if row.score is not None]
        hidden = [row.title for row in self.rows if row.score is None]
        said = [f"{self.title}: {', '.join(told)}." if told else f"{self.title}: no score is shown."]
        said += [f"Not shown: {', '.join(hidden)}."] if told and hidden else []
        said += [f"{row.title} is {self.words[row.measure]}." for row in self.rows if self._is_difference(row)]
        return " ".join(said)

    def _is_difference(self, row: Row) -> bool:
        return self.words.get(row.measure) in (_WORDS[Verdict.ABOVE], _WORDS[Verdict.BELOW])

    def caption(self, foot: Foot) -> Caption:
        """The words of the picture of this dimension."""
        return Caption(
            self.title, self.sentence, own="score with 95\u00a0% interval", peers="", line=foot.line,
            demonstration=foot.demonstration,
        )  # fmt: skip

    @property
    def body(self) -> tuple[tuple[str, ...], ...]:
        """The cells of the table, under HEADINGS; what is not shown says so in the one way."""
        hidden = text("note.not_shown")
        return tuple(
            (
                row.title,
                hidden if row.score is None else whole(row.score),
                interval_words(row) or hidden,
                hidden if row.n is None else str(row.n),
                self.words.get(row.measure, "your authority"),
            )
            for row in self.rows
        )


def beside(
    scores: pd.DataFrame,
    dimensions: Sequence[Dimension],
    names: Mapping[str, str],
    own: str,
    *,
    alike: Collection[str] = (),
    rules: Rules,
) -> tuple[Beside, ...]:
    """Each dimension with the authorities of `names` (code to name), in the order of `names`.

    `scores` are SCORES as published. A score is shown from a reliability of `rules.reliability_least` on. An authority
    is compared with the own one by Welch's test of their scores without finite population correction; Holm runs over
    the dimensions of that pair, so that a pair has the same words whoever else is chosen. The words follow the rule of
    verdicts: a difference is at least `rules.smallest_difference` points and significant; without a test, or on a
    dimension in `alike` (where authorities do not differ detectably), nothing can be told. Methodology 6, 10 rule 13.
    """
    found = {code: _rows(scores, dimensions, code, rules) for code in names}
    words = {code: _pair(found[code], found[own], alike, rules) for code in names if code != own}
    return tuple(
        Beside(
            dimension.code,
            str(dimension.title),
            PROFILE.filled(
                pd.DataFrame([
                    {"measure": code, "title": name, **found[code].loc[dimension.code, _KEPT].to_dict()}
                    for code, name in names.items()
                ])
            ),
            {code: told[dimension.code] for code, told in words.items()},
        )
        for dimension in dimensions
    )  # fmt: skip


def _rows(scores: pd.DataFrame, dimensions: Sequence[Dimension], code: str, rules: Rules) -> pd.DataFrame:
    """One authority's published rows by dimension; empty where nothing of it may be told by name."""
    mine = scores[(scores["authority"] == code) & scores["reason"].isna()].set_index("measure")
    mine = mine.loc[(mine["reliability"] >= rules.reliability_least).fillna(value=False)]
    return mine.reindex([dimension.code for dimension in dimensions])[[*_KEPT, "se_comparison"]]


def _pair(other: pd.DataFrame, own: pd.DataFrame, alike: Collection[str], rules: Rules) -> dict[str, str]:
    """Of each dimension the words for another authority beside the own one."""
    means, errors, counts = (
        tuple(frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for frame in (other, own))
        for name in ("score", "se_comparison", "n")
    )
    tested = welch.difference((means[0], means[1]), (errors[0], errors[1]), (counts[0], counts[1]))
    p_value = np.where([code in alike for code in other.index], np.nan, tested.p_value)
    verdicts = verdict(tested.gap, holm.adjusted(p_value), rules)
    hidden = text("note.not_shown")
    return {
        str(code): hidden if np.isnan(gap) else _WORDS[Verdict(word)]
        for code, gap, word in zip(other.index, tested.gap, verdicts, strict=True)
    }
