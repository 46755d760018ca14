"""Medians that are restated to show change are held against the attacker like those of the wave itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports import peer_safety

CODES = [f"A{number:02d}" for number in range(12)]
BEFORE = np.array([20.0, 25.0, 30.0, 35.0, 40.0, 50.0, 52.0, 54.0, 60.0, 70.0, 80.0, 90.0])
AFTER = BEFORE + 3.0
FEW = CODES[5:8]


def computed(*, told: str | None) -> dict[str, pd.DataFrame]:
    """Frames of a second wave: twelve authorities, and a group of three of which only the restated figures are told."""
    groups = {"all": CODES, "few": FEW}
    change = pd.DataFrame({
        "authority": CODES, "measure": "agile", "before": BEFORE, "after": AFTER, "n_before": 40, "n_after": 40,
        "predecessors": None, "reason": None,
    })  # fmt: skip
    rows = []
    for name, members in groups.items():
        inside = np.isin(CODES, members)
        for word, values in (("before", BEFORE), ("after", AFTER)):
            lower, middle, upper = np.quantile(values[inside], [0.25, 0.5, 0.75])
            rows.append((name, "agile", inside.sum(), lower, middle, upper, word, told if name == "few" else None))
    columns = ["peer_group", "measure", "n", "lower_quartile", "median", "upper_quartile", "restated_for", "reason"]
    both = pd.DataFrame(rows, columns=columns).assign(median_lower=None, median_upper=None)
    own = both[both["restated_for"] == "after"].assign(restated_for=None)
    own.loc[own["peer_group"] == "few", "reason"] = "too_few_authorities"
    scores = change.rename(columns={"after": "score", "n_after": "n"})[["authority", "measure", "n", "score"]]
    return {
        "menu": pd.DataFrame(
            [(name, code) for name, codes in groups.items() for code in codes], columns=["peer_group", "authority"]
        ),
        "compared": scores,
        "benchmarks": own,
        "benchmarks_restated": both,
        "change": change,
        "standings": own[["peer_group", "measure", "reason"]],
        "average_officer": pd.DataFrame({"measure": ["agile"], "score": [55.0], "reason": [None]}),
    }


def test_a_restated_median_that_pins_somebody_is_dropped() -> None:
    """Of three, 53, 55 and 57: quartiles 54, 55 and 56 leave each of them less than ten points."""
    frames = computed(told=None)
    found = peer_safety.audit(frames)
    assert found.dropped == {("few", "agile")}
    assert found.pinned == ()
    safe = peer_safety.without(frames, found.dropped)["benchmarks_restated"]
    assert safe.loc[safe["peer_group"] == "few", "reason"].tolist() == ["pinned", "pinned"]
    assert safe.loc[safe["peer_group"] == "all", "reason"].isna().all()


def test_a_restated_median_that_is_withheld_pins_nobody() -> None:
    assert peer_safety.audit(computed(told="few_changed")).dropped == frozenset()


def test_a_restated_median_of_unknown_members_is_left_out() -> None:
    frames = computed(told=None)
    restated = frames["benchmarks_restated"]
    frames["benchmarks_restated"] = restated.assign(n=restated["n"] - 1)
    figures = frames["benchmarks"], frames["average_officer"]
    assert all(part.benchmarks.empty for part in peer_safety.shown(frames, "2026.1", frames["compared"], figures).parts)
