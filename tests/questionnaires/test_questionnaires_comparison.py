"""Two editions side by side: which items are the same, and which series break."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import loader
from questionnaires.comparison import Comparison, Continuity, compare

HERE = Path(__file__).parent
AGREE = """
[[option_sets]]
code = "agree3"
options = [ { code = "1", label = "No", score = 0 }, { code = "2", label = "Half", score = 50 }, { code = "3", label = "Yes", score = 100 } ]
"""


def edition(version: str, mindset: dict[str, str], agile: dict[str, str] | None = None) -> str:
    """An edition whose items are {code: wording}."""
    agile = agile or {"agile_1": "Steps are small."}
    lines = [f'code = "q"\nversion = "{version}"\nlanguage = "en"\naudience = "officers"\ntitle = "Q"', AGREE]
    lines += [f'[[dimensions]]\ncode = "{code}"\ntitle = "{code}"' for code in ("mindset", "agile")]
    lines += ['[[sections]]\ncode = "all"\ntitle = "All"\n[[sections.pages]]\ncode = "all-1"']
    for dimension, items in (("mindset", mindset), ("agile", agile)):
        for code, words in items.items():
            lines.append(
                f'[[sections.pages.items]]\ncode = "{code}"\ntext = "{words}"\nkind = "choice"\n'
                f'option_set = "agree3"\ndimension = "{dimension}"'
            )
    return "\n".join(lines)


def compared(old: str, new: str) -> Comparison:
    return compare(loader.parse(old), loader.parse(new))


FIVE = {f"m{number}": f"Statement {number}." for number in range(1, 6)}


def continuity(comparison: Comparison, measure: str = "mindset") -> Continuity:
    return next(series.continuity for series in comparison.series if series.measure == measure)


def test_an_edition_is_the_same_as_itself() -> None:
    found = compared(edition("1", FIVE), edition("2", FIVE))
    assert not found.changes_measurement
    assert found.same == (*FIVE, "agile_1")
    assert {series.continuity for series in found.series} == {Continuity.SAME}


def test_a_reworded_item_is_a_new_item() -> None:
    found = compared(edition("1", FIVE), edition("2", FIVE | {"m2": "Another statement."}))
    assert found.reworded == ("m2",)
    assert found.series[0].common == ("m1", "m3", "m4", "m5")  # 4 of 5 is 80 %
    assert continuity(found) is Continuity.COMMON


def test_spacing_is_not_wording() -> None:
    assert compared(edition("1", FIVE), edition("2", FIVE | {"m2": "Statement  2."})).reworded == ()


def test_three_of_five_is_just_enough() -> None:
    new = FIVE | {"m4": "New four.", "m5": "New five."}
    assert continuity(compared(edition("1", FIVE), edition("2", new))) is Continuity.COMMON  # 3 items, 60 %


def test_three_of_six_is_not_enough() -> None:
    six = FIVE | {"m6": "Statement 6."}
    new = six | {"m4": "New four.", "m5": "New five.", "m6": "New six."}
    found = compared(edition("1", six), edition("2", new))  # 3 items, but 50 %
    assert found.broken == ("mindset",)


def test_two_of_two_with_a_third_added_is_not_enough() -> None:
    two = {"m1": "Statement 1.", "m2": "Statement 2."}
    found = compared(edition("1", two), edition("2", two | {"m3": "Statement 3."}))
    assert continuity(found) is Continuity.BROKEN  # 67 %, but only 2 items
    assert found.added == ("m3",)


def test_a_short_dimension_that_stayed_the_same_goes_on() -> None:
    assert continuity(compared(edition("1", FIVE), edition("2", FIVE)), "agile") is Continuity.SAME


def test_an_item_that_moved_counts_for_neither_series() -> None:
    moved = {code: words for code, words in FIVE.items() if code != "m5"}
    found = compared(edition("1", FIVE), edition("2", moved, {"agile_1": "Steps are small.", "m5": "Statement 5."}))
    assert found.moved == ("m5",)
    assert "m5" in found.same
    assert found.series[0].common == ("m1", "m2", "m3", "m4")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("score = 50", "score = 40"),
        ('label = "Half"', 'label = "In part"'),
        (
            'option_set = "agree3"\ndimension = "agile"',
            'option_set = "agree3"\nreverse = true\ndimension = "agile"',
        ),
    ],
)
def test_scores_labels_and_keys_make_another_scale(old: str, new: str) -> None:
    text = edition("1", FIVE)
    assert old in text
    assert "agile_1" in compared(text, text.replace(old, new)).rescored


def test_the_same_words_under_a_new_code_are_pointed_out() -> None:
    new = {code: words for code, words in FIVE.items() if code != "m5"} | {"m9": "Statement 5."}
    found = compared(edition("1", FIVE), edition("2", new))
    assert (found.removed, found.added, found.recoded) == (("m5",), ("m9",), (("m5", "m9"),))


def test_a_dimension_that_only_one_edition_has_is_broken() -> None:
    old = loader.read(HERE / "four-dimensions.toml")
    new = loader.read(HERE / "four-items.toml")
    assert compare(old, new).broken == ("agile", "silos", "leadership")
    assert compare(new, old).broken == ("agile", "silos", "leadership")


CODES = st.lists(st.sampled_from(list(FIVE)), min_size=1, unique=True)


@given(old=CODES, new=CODES)
def test_each_item_is_added_removed_or_in_both(old: list[str], new: list[str]) -> None:
    found = compared(edition("1", {c: FIVE[c] for c in old}), edition("2", {c: FIVE[c] for c in new}))
    back = compared(edition("1", {c: FIVE[c] for c in new}), edition("2", {c: FIVE[c] for c in old}))
    assert {*found.removed, *found.same} == {*old, "agile_1"}
    assert {*found.added, *found.same} == {*new, "agile_1"}
    assert (set(found.added), set(found.removed)) == (set(back.removed), set(back.added))
    assert set(found.broken) == set(back.broken)
