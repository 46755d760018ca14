"""What is told besides benchmarks is held against the attacker, too: gaps inside authorities, changes, restated groups of others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports import measures, peer_safety, told_parts
from reports.disclosure.told_figures import Shown
from reports.measures import Measure, MeasureKind

CODES = [f"A{number:02d}" for number in range(12)]
SCORES = np.array([20.0, 25.0, 30.0, 35.0, 40.0, 50.0, 52.0, 54.0, 60.0, 70.0, 80.0, 90.0])
GAPS = np.array([-40.0, -32.0, -26.0, -10.0, -6.0, -5.0, 0.0, 4.0, 5.0, 15.0, 25.0, 40.0])


def benchmarks(groups: dict[str, list[str]], values: np.ndarray, codes: list[str] = CODES) -> pd.DataFrame:
    rows = []
    for name, members in groups.items():
        inside = np.isin(codes, members)
        rows.append((name, "agile", int(inside.sum()), *np.quantile(values[inside], [0.25, 0.5, 0.75])))
    columns = ["peer_group", "measure", "n", "lower_quartile", "median", "upper_quartile"]
    return pd.DataFrame(rows, columns=columns).assign(median_lower=None, median_upper=None, reason=None)


def base(**more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Frames of a wave of twelve authorities in one group."""
    menu = pd.DataFrame({"peer_group": "all", "authority": CODES})
    scores = pd.DataFrame({"authority": CODES, "measure": "agile", "n": 40, "score": SCORES})
    average = pd.DataFrame({"measure": ["agile"], "score": [55.0], "reason": [None]})
    own = benchmarks({"all": CODES}, SCORES)
    standings = own[["peer_group", "measure", "reason"]]
    return {
        "menu": menu, "compared": scores, "benchmarks": own, "average_officer": average, "standings": standings, **more,
    }  # fmt: skip


def inside(count: int) -> dict[str, pd.DataFrame]:
    """The same with a gap between tiers in the first `count` authorities and what the sector is told of it."""
    gaps = pd.DataFrame({"authority": CODES[:count], "measure": "agile", "gap": GAPS[:count], "reason": None})
    lower, middle, upper = np.quantile(GAPS[:count], [0.25, 0.5, 0.75])
    sector = pd.DataFrame({
        "kind": ["tier_gap"], "measure": ["agile"], "n": [count], "above": [int((GAPS[:count] >= 5).sum())],
        "below": [int((GAPS[:count] <= -5).sum())], "lower_quartile": [lower], "median": [middle],
        "upper_quartile": [upper], "reason": [None],
    })  # fmt: skip
    return base(tier_gaps=gaps.assign(with_managers=False), sector_inside=sector)


def shown(found: dict[str, pd.DataFrame]) -> Shown:
    return peer_safety.shown(found, "2026.1", found["compared"], (found["benchmarks"], found["average_officer"]))


def test_gaps_inside_authorities_are_told_on_half_the_scale() -> None:
    """A gap of -40 stands at (100 - 40) / 2 = 30; a whole point of a gap is half a point."""
    (part,) = shown(inside(12)).parts
    assert part.scores["score"].tolist()[:2] == [30.0, 34.0]
    assert part.unit == 0.5
    row = part.benchmarks.iloc[0]
    assert row["median"] == (np.median(GAPS) + 100) / 2
    assert (row["above_least"], row["below_most"]) == (52.5, 47.5)


def test_quartiles_of_twelve_gaps_pin_nobody() -> None:
    assert peer_safety.audit(inside(12)).dropped == frozenset()


def test_planted_quartiles_of_three_gaps_are_dropped() -> None:
    """-40, -32 and -26 stand at 30, 34 and 37: quartiles leave each of them less than ten."""
    found = inside(3)
    audit = peer_safety.audit(found)
    assert audit.dropped == {("inside:tier_gap", "agile")}
    assert audit.pinned == ()
    safe = peer_safety.without(found, audit.dropped)
    assert safe["sector_inside"]["reason"].tolist() == ["pinned"]
    assert safe["benchmarks"]["reason"].isna().all()
    assert peer_safety.pairs(peer_safety.dropped(safe)) == audit.dropped


@pytest.mark.parametrize(("kind", "frame", "column"), [("say_do", "say_do", "median_gap"), ("own_profile", "own_profile", "sector_contrast")])  # fmt: skip
def test_a_median_that_stands_in_every_row_is_one_figure(kind: str, frame: str, column: str) -> None:
    rows = pd.DataFrame({
        "authority": CODES, "measure": "agile", "assessed": GAPS + 50, "staff": 50.0, "own_contrast": GAPS,
        column: np.median(GAPS), "reason": None,
    })  # fmt: skip
    (part,) = shown(base(**{frame: rows})).parts
    assert part.label.endswith(kind)
    assert part.benchmarks["median"].tolist() == [(np.median(GAPS) + 100) / 2]
    assert part.benchmarks["n"].tolist() == [12]
    other = rows.assign(**{column: np.median(GAPS) + 1})  # a median of others, of whom nothing is known here
    assert shown(base(**{frame: other})).parts == ()


def restated(before: dict[str, list[str]], replaced: dict[str, str]) -> dict[str, pd.DataFrame]:
    """Six are in a group now, of which three were before: its figures restated for both waves are about these three."""
    now = ["A05", "A06", "A07", "A08", "A09", "A10"]
    change = pd.DataFrame({
        "authority": CODES, "measure": "agile", "before": SCORES, "after": SCORES + 3, "n_before": 40, "n_after": 40,
        "change": 3.0, "reason": None, "predecessors": [replaced.get(code) for code in CODES],
    })  # fmt: skip
    parts = []
    for word, values in (("before", SCORES), ("after", SCORES + 3)):
        parts.append(benchmarks({"all": CODES, "few": CODES[5:8]}, values).assign(restated_for=word))
    menu = [("all", code) for code in CODES] + [("few", code) for code in now]
    were = [(name, code) for name, codes in before.items() for code in codes]
    found = base(
        menu=pd.DataFrame(menu, columns=["peer_group", "authority"]),
        change=change,
        benchmarks_restated=pd.concat(parts, ignore_index=True),
    )
    found["compared"] = found["compared"].assign(score=SCORES + 3)
    found["benchmarks"] = benchmarks({"all": CODES}, SCORES + 3)
    return found | {told_parts.MENU_BEFORE: pd.DataFrame(were, columns=["peer_group", "authority"])}


def test_a_restated_group_with_other_members_is_looked_at() -> None:
    """50, 52 and 54 of three: quartiles 51, 52 and 53 leave each of them less than ten points."""
    found = restated({"all": CODES, "few": ["A05", "A06", "A07", "A01", "A02"]}, {})
    parts = shown(found).parts
    assert parts[0].menu.query("peer_group == 'few'")["authority"].tolist() == ["A05", "A06", "A07"]
    assert peer_safety.audit(found).dropped == {("few", "agile")}


def test_planted_without_the_earlier_groups_who_counts_is_not_known_and_nobody_is_found() -> None:
    found = restated({"all": CODES, "few": ["A05", "A06", "A07"]}, {})
    del found[told_parts.MENU_BEFORE]
    assert peer_safety.audit(found).dropped == frozenset()


def test_a_merged_authority_was_in_a_group_where_all_of_its_parts_were() -> None:
    found = restated({"all": CODES, "few": ["A05", "A06", "X1", "X2", "Y1"]}, {"A07": "X1 X2", "A08": "Y1 Y2"})
    (before, *_) = shown(found).parts
    assert before.menu.query("peer_group == 'few'")["authority"].tolist() == ["A05", "A06", "A07"]


def test_a_whole_is_the_mean_of_parts_that_have_all_of_its_items() -> None:
    class Asked:
        themes = (
            type("Theme", (), {"code": "t1", "dimension": "a"}),
            type("Theme", (), {"code": "t2", "dimension": "a"}),
            type("Theme", (), {"code": "t3", "dimension": "b"}),
        )

    counting = (
        Measure("overall", MeasureKind.OVERALL, ()),
        Measure("a", MeasureKind.DIMENSION, ("1", "2", "3")),
        Measure("b", MeasureKind.DIMENSION, ("4", "5")),
        Measure("t1", MeasureKind.THEME, ("1",)),
        Measure("t2", MeasureKind.THEME, ("2", "3")),
        Measure("t3", MeasureKind.THEME, ("4",)),
    )
    found = measures.wholes(counting, Asked, ["a", "b"])  # type: ignore[arg-type]  # only themes are asked for
    assert found == [("overall", "a", 0.5), ("overall", "b", 0.5), ("a", "t1", 1 / 3), ("a", "t2", 2 / 3)]
