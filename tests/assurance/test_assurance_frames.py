"""Every frame that is published of random small waves, whatever it is called: no figure about fewer than 11 people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import small_waves
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires import loader
from reports import publication
from reports.disclosure import threshold
from reports.disclosure.reasons import WITHHELD
from reports.files import responses
from reports.publication import Results
from reports.rules import Rules

PEOPLE = 11
OF_AUTHORITIES = {"benchmarks", "sector_inside", "average_officer", "sector_tier_gaps", "agreement", "reliability"}
"""Frames of the whole sector, where `n` counts authorities or the people of ten of them."""
COUNTS = ("n", "n_upper", "n_lower", "n_before", "n_after")
KEYS = {
    "authority", "measure", "item", "option", "kind", "group", "service_area", "tier", "peer_group", "reason",
    "weighted", "weighting", "restated_for", "series", "common_items", "indicative", "upper_tier", "lower_tier",
    "with_managers",
}  # fmt: skip

pytestmark = pytest.mark.assurance


def computed(folder: Path, seed: int) -> Results:
    small_waves.write(folder, seed)
    instrument = loader.read(folder / "Q.toml")
    answers = responses.read(folder / "R.csv", instrument).responses
    return publication.compute(answers, instrument, Rules())


def faults(results: Results) -> Iterator[str]:
    """What is wrong with any frame of either audience."""
    for name, frame in publication.for_file(results, "published").frames.items():
        hidden = frame["reason"].notna()
        if set(frame["reason"].dropna()) - {WITHHELD}:
            yield f"{name} says a rule"
        numbers = [column for column in frame.columns if column not in KEYS]
        told = frame.loc[hidden, numbers].notna().any(axis=1)
        if name != "say_do" and told.any():
            yield f"{name} tells {frame.loc[hidden, numbers][told].iloc[0].dropna().to_dict()} of a withheld row"
        yield from few(name, frame[~hidden])
    for name, frame in publication.for_file(results, "research").frames.items():
        if "reason" in frame and name != "item_analysis":
            yield from few(name, frame[frame["reason"].isna()])


def few(name: str, shown: pd.DataFrame) -> Iterator[str]:
    for column in COUNTS:
        if column in shown and name not in OF_AUTHORITIES and (shown[column] < PEOPLE).fillna(value=False).any():
            yield f"{name}: {column} is {shown[column].min()} where a figure is shown"


@given(seed=st.integers(0, 10_000))
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_frame_of_either_audience_shows_a_figure_about_fewer_than_eleven(tmp_path: Path, seed: int) -> None:
    assert list(faults(computed(tmp_path, seed))) == []


def test_a_lower_threshold_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = threshold.people
    monkeypatch.setattr(threshold, "people", lambda n, rules: people(n + 1, rules))
    assert any(list(faults(computed(tmp_path, seed))) for seed in range(12))
