"""Two authorities by name: Welch by hand, Holm over the dimensions of the pair, gates, hexagons and their shades."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from scipy import stats

from reports import hexagons, map_reading, named_reading
from reports.charts import hexagons as picture
from reports.disclosure import peer_audit, told_figures
from reports.frames import MENU, SCORES, STANDINGS
from reports.named_reading import Beside
from reports.narrative import Foot
from reports.rules import Rules

DIMENSIONS = tuple(SimpleNamespace(code=code, title=code.capitalize()) for code in ("mindset", "agile", "silos"))
NAMES = {"A": "Aldersett", "B": "Brackmere"}


def row(authority: str, measure: str, score: float, *, se: float = 2.0, n: int = 41, **more: object) -> dict:
    return {
        "authority": authority, "measure": measure, "n": n, "score": score, "lower": score - 4, "upper": score + 4,
        "se_comparison": se, "reliability": 0.8, **more,
    }  # fmt: skip


def beside(rows: list[dict], **more: object) -> tuple[Beside, ...]:
    scores = SCORES.filled(pd.DataFrame(rows))
    return named_reading.beside(scores, DIMENSIONS, NAMES, "A", rules=Rules(), **more)  # type: ignore[arg-type]


def both(*pairs: tuple[float, float], **more: object) -> list[dict]:
    found = []
    for dimension, (own, other) in zip(DIMENSIONS, pairs, strict=True):
        found += [row("A", dimension.code, own), row("B", dimension.code, other, **more)]
    return found


def test_words_follow_welch_and_holm_over_the_dimensions_of_the_pair() -> None:
    # SE = sqrt(4 + 4) = 2.828 with df = 64 / (16/40 + 16/40) = 80; gaps 9, 7 and 4
    p = [2 * stats.t.sf(gap / 8**0.5, 80) for gap in (9, 7, 4)]
    assert [round(one, 4) for one in p] == [0.0021, 0.0154, 0.1612]
    assert 2 * p[1] < 0.05  # Holm: the second of three is doubled
    found = beside(both((50, 59), (57, 50), (50, 54)))
    assert [one.words["B"] for one in found] == ["higher than yours", "lower than yours", "similar to yours"]
    # a gap of 6: p = 0.037, as the largest of three it is not raised, as the second of them it is doubled
    assert beside(both((50, 59), (50, 56), (50, 54)))[1].words["B"] == "cannot tell"


def test_a_score_that_cannot_be_relied_on_is_not_told_by_name() -> None:
    found = beside(both((50, 70), (50, 70), (50, 70), reliability=0.49))
    assert [one.rows[1].score for one in found] == [None] * 3
    assert all(one.words["B"] == "not shown" and "70" not in one.sentence for one in found)
    assert all("70" not in cell for one in found for line in one.body for cell in line)
    kept = beside(both((50, 70), (50, 70), (50, 70), reliability=0.50))
    assert [one.rows[1].score for one in kept] == [70.0] * 3


def test_where_authorities_do_not_differ_detectably_no_pair_does() -> None:
    found = beside(both((50, 70), (50, 70), (50, 54)), alike={"mindset"})
    assert [one.words["B"] for one in found] == ["cannot tell", "higher than yours", "similar to yours"]


def test_withheld_rows_and_missing_authorities_are_empty_and_nothing_breaks() -> None:
    found = beside([row("A", "mindset", 50.0), row("B", "mindset", 70.0, reason="withheld")])
    assert [one.score for one in found[0].rows] == [50.0, None]
    assert found[1].sentence == "Agile: no score is shown."
    still = beside([row("A", "mindset", 50.0, se=0.0), row("B", "mindset", 70.0, se=0.0)])
    assert still[0].words["B"] == "cannot tell"  # nobody differs from anybody: there is no test


def test_the_published_layout_is_turned_over_and_odd_rows_stay_odd() -> None:
    found = hexagons.placed({"a": "X", "b": "X", "c": "X", "d": "Y"}, {"a": (4, 9), "b": (4, 8), "c": (6, 0)})
    assert found == {"a": (0, 1), "b": (0, 2), "c": (2, 10)}  # row 9 becomes 10 - 9, so 9 and 1 are both odd


def test_blocks_of_regions_never_overlap_and_begin_on_even_rows() -> None:
    regions = {
        f"{name}{number:02}": name
        for name, size in zip("NSEWM", (7, 1, 12, 3, 5), strict=True)
        for number in range(size)
    }
    found = hexagons.placed(regions, {})
    assert len(set(found.values())) == len(regions) == len(found)
    tops = {name: min(found[code][1] for code in regions if regions[code] == name) for name in "NSEWM"}
    assert all(top % 2 == 0 for top in tops.values())


def test_a_hexagon_has_a_band_only_where_the_release_told_one() -> None:
    rows = [{"authority": code, "peer_group": "all", "measure": "agile", "band": band}
            for code, band in (("A", "probably_upper_quarter"), ("B", None), ("C", "very_probably_lower_quarter"))]  # fmt: skip
    told = map_reading.banded(STANDINGS.filled(pd.DataFrame(rows)), NAMES, own="A", title="Agile")
    assert told.shades == {"A": "upper", "B": "unknown"}
    assert told.sentence == "Agile: Aldersett is probably in the upper quarter. Of 1 more we cannot tell."
    assert "C" not in told.shades
    shown = [
        picture.Hexagon((at, 0), shade, marked=not at) for at, shade in enumerate([*told.shades.values(), "other"])
    ]
    drawn = picture.hexagons(shown, told.caption(Foot("2026.1"))).decode()
    assert drawn.count(picture.SHADES["other"][0]) == 2  # once in the key, once on the map
    assert told.sentence in drawn
    assert " style=" not in drawn


def test_scores_told_by_name_are_known_to_whoever_looks_for_the_others() -> None:
    """The mean over all officers of two authorities gives one of them away as soon as the other is named."""
    scores = SCORES.filled(pd.DataFrame([row("A", "agile", 50.0, n=20), row("B", "agile", 60.0, n=30)]))
    menu = MENU.check(pd.DataFrame({"peer_group": ["all", "all"], "authority": ["A", "B"]}))
    benchmarks = pd.DataFrame(
        {
            "peer_group": ["all"],
            "measure": ["agile"],
            "n": [2],
            "lower_quartile": [None],
            "median": [None],
            "upper_quartile": [None],
        }
    )
    average = pd.DataFrame({"measure": ["agile"], "score": [56.0]})

    def dropped(named: set[str]) -> frozenset[tuple[str, str]]:
        return peer_audit.audit(told_figures.Shown("1", menu, scores, benchmarks, average, frozenset(named))).dropped

    assert dropped(set()) == frozenset()
    assert dropped({"A"}) == {("average_officer", "agile")}


@pytest.mark.parametrize(("took", "shade"), [(0, "none"), (1, "few"), (4, "half"), (9, "most")])
def test_a_region_has_one_shade_for_all_its_hexagons(took: int, shade: str) -> None:
    told = map_reading.participation([map_reading.Region("North", took, 9)], {"A": "North", "B": "North"})
    assert told.shades == {"A": shade, "B": shade}
    assert f"North {took} of 9" in told.sentence
