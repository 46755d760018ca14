"""Hidden cells cannot be worked out: against the solver HiGHS, against the best pattern there is, and within its time."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from reports import publication
from reports.disclosure import attacker, dominance, late, overlap, suppression, trials
from reports.disclosure.reasons import Reason
from reports.disclosure.suppression import Tables
from reports.rules import Rules
from reports.statistics.sums import Groups

MINIMUM = 11


def by_solver(people: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """The width of every hidden cell's interval, by two linear programmes a cell."""
    cells = np.argwhere(hidden)
    totals = np.array([[float(cell[0] == row) for cell in cells] for row in range(people.shape[0])])
    downs = np.array([[float(cell[1] == column) for cell in cells] for column in range(people.shape[1])])
    known = np.where(hidden, people, 0)
    equal, sums = np.vstack([totals, downs]), np.concatenate([known.sum(axis=1), known.sum(axis=0)])
    result = np.zeros(people.shape)
    for place, cell in enumerate(cells):
        aim = np.zeros(len(cells))
        aim[place] = 1.0
        least, most = (linprog(sign * aim, A_eq=equal, b_eq=sums, method="highs").fun for sign in (1.0, -1.0))
        result[tuple(cell)] = -most - least
    return result


def test_the_interval_is_the_one_that_the_solver_finds():
    dice = np.random.default_rng(1)
    for _ in range(60):
        size = (int(dice.integers(1, 6)), int(dice.integers(1, 5)))
        people, hidden = dice.integers(0, 25, size), dice.random(size) < 0.6
        if hidden.any():
            found = attacker.widths(people[np.newaxis], hidden[np.newaxis])[0]
            np.testing.assert_allclose(found, by_solver(people, hidden), atol=1e-6)


def drawn(dice: np.random.Generator, size: tuple[int, int]) -> Tables:
    people = np.where(dice.random(size) < 0.3, dice.integers(0, 11, size), dice.integers(11, 60, size))
    return Tables(people[np.newaxis], people[np.newaxis], np.zeros((1, *size), dtype=bool))


def fewest(table: Tables) -> int:
    """How many cells the best pattern hides, by trying all of them in order of size."""
    primary = table.low[0] < MINIMUM
    free = [tuple(cell) for cell in np.argwhere(~primary)]
    for size in range(len(free) + 1):
        choices = list(itertools.combinations(free, size))
        tried = np.repeat(primary[np.newaxis], len(choices), axis=0)
        for place, cells in enumerate(choices):
            for cell in cells:
                tried[(place, *cell)] = True
        if (suppression.missing(table.of(np.zeros(len(choices), dtype=np.int64)), tried, MINIMUM) == 0).any():
            return int(primary.sum()) + size
    raise AssertionError("Hiding everything is always enough.")


def test_an_interval_that_is_not_looked_at_again_is_the_same_with_one_more_hidden_cell():
    """Of 300 tables with a third of the cells hidden, one more hidden in each: the others are skipped as a whole."""
    dice = np.random.default_rng(11)
    people, hidden = dice.integers(0, 30, (300, 6, 4)), dice.random((300, 6, 4)) < 0.35
    hidden[:, 0, 0], hidden[:, 2, 1] = True, False
    now = attacker.cuts(people, hidden)
    more = np.column_stack([np.arange(300), np.full(300, 2), np.full(300, 1)])
    tried = trials.of(now, more, people[:, 2, 1])
    cells = np.argwhere(hidden)
    other = tried.other(cells[:, 0], cells[:, 1], *attacker.bounds(now, cells))
    before = attacker.widths_of(people, hidden, now)[tuple(cells.T)]
    hidden[:, 2, 1] = True
    after = attacker.widths(people, hidden)[tuple(cells.T)]
    assert (after >= before).all()
    assert (after == before)[~other].all()
    assert (after > before)[other].any()
    assert 0.2 < other.mean() < 0.9  # some are skipped, some are not


def test_at_most_half_as_many_cells_again_are_hidden_as_the_best_pattern_needs():
    dice = np.random.default_rng(2)
    ratios = []
    for number in range(40):
        table = drawn(dice, [(3, 3), (4, 3), (3, 2), (4, 2)][number % 4])
        best = fewest(table)
        ratios.append(int(suppression.pattern(table, MINIMUM).sum()) / best if best else 1.0)
    assert max(ratios) <= 1.5
    assert np.mean(ratios) < 1.05


def test_every_hidden_cell_of_a_pattern_is_eleven_wide_by_the_solver():
    dice = np.random.default_rng(3)
    for _ in range(15):
        table = drawn(dice, (4, 3))
        hidden = suppression.pattern(table, MINIMUM)[0]
        most = by_solver(table.low[0], np.ones((4, 3), dtype=bool))
        assert (by_solver(table.low[0], hidden)[hidden] >= np.minimum(MINIMUM, most[hidden]) - 1e-6).all()


@pytest.mark.parametrize("mean", [4.0, 20.0])
def test_a_sector_takes_less_than_five_seconds(mean: float):
    """400 authorities, 10 service areas and 4 tiers, with "not said" of both."""
    dice = np.random.default_rng(4)
    people = dice.poisson(dice.gamma(1.5, mean / 1.5, (400, 11, 5)))
    people[:, -1], people[:, :, -1] = dice.poisson(1, (400, 5)), dice.poisson(1, (400, 11))
    never = np.zeros(people.shape, dtype=bool)
    never[:, -1] = never[:, :, -1] = True
    began = time.process_time()
    tables = Tables(people, people, never)
    hidden = suppression.pattern(tables, MINIMUM)
    assert time.process_time() - began < 5.0
    assert suppression.missing(tables, hidden, MINIMUM).max() == 0


def test_a_table_with_its_sides_exchanged_hides_the_same_cells():
    table = drawn(np.random.default_rng(5), (3, 5))
    turned = Tables(*(one.transpose(0, 2, 1) for one in (table.low, table.high, table.never)))
    found = suppression.pattern(turned, MINIMUM).transpose(0, 2, 1)
    np.testing.assert_array_equal(suppression.pattern(table, MINIMUM), found)


@given(st.lists(st.integers(0, 25), min_size=12, max_size=12))
@settings(max_examples=150, deadline=None)
def test_what_stays_shown_tells_no_sum_about_a_few_people(counts):
    people = np.array(counts).reshape(1, 4, 3)
    assume(people.sum() >= MINIMUM)  # below it the authority's own total is not shown
    rows = np.append(people[0, :3].sum(axis=1) >= MINIMUM, [False])[np.newaxis]
    columns = np.append(people[0, :, :2].sum(axis=0) >= MINIMUM, [False])[np.newaxis]
    kept = overlap.hide(people, rows, columns, MINIMUM)
    assert not overlap.few(people, *kept, MINIMUM).any()
    assert (kept[0] <= rows).all()
    assert (kept[1] <= columns).all()


def test_more_groups_than_can_be_tried_are_made_fewer():
    people = np.full((1, 15, 15), 20)
    rows = np.append(np.ones(14, dtype=bool), [False])[np.newaxis]
    kept = overlap.hide(people, rows, rows.copy(), MINIMUM)
    assert kept[0].sum() == 14
    assert kept[1].sum() == 11


def test_a_heavy_weight_withholds_the_figure_and_leaves_the_benchmark(asked, respond):
    instrument = asked("four-items")
    people = [(f"A{place:02d}", given) for place in range(10) for given in ("4 4 3 5", "2 2 1 3") * 6]
    weights = [5.0 if number == 0 else 1.0 for number in range(len(people))]  # 5 of 16 in the first authority
    answers = respond(instrument, people, weights=weights)
    known = publication.compute(answers, instrument, Rules())
    scores = known.frames["scores"].set_index(["authority", "measure"])
    assert scores.loc[("A00", "mindset"), "reason"] == Reason.DOMINANCE
    assert pd.isna(scores.loc[("A01", "mindset"), "reason"])
    benchmark = known.frames["benchmarks"].query("peer_group == 'all' and measure == 'mindset'")
    assert benchmark["n"].tolist() == [10]
    shown = publication.published(known).frames["scores"].set_index(["authority", "measure"])
    assert pd.isna(shown.loc[("A00", "mindset"), "score"])


def test_nobody_is_too_heavy_without_weights():
    assert not dominance.dominated(np.full((11, 1), 50.0), Groups(np.arange(11), np.array([0, 11])), None).any()


def test_an_own_profile_goes_with_one_of_its_themes():
    frame = pd.DataFrame(
        {"authority": ["A", "A", "B"], "measure": ["t1", "t2", "t1"], "reason": pd.array([None] * 3, "string")}
    )
    reasons = np.array([[Reason.COMPLEMENT, None], [None, None]], dtype=object)
    found = late.withhold({"own_profile": frame, "scores": frame}, reasons, ["A", "B"], ["t1", "t2"])
    assert found["own_profile"]["reason"].fillna("").tolist() == ["theme_withheld", "theme_withheld", ""]
    assert found["scores"]["reason"].fillna("").tolist() == ["complement", "", ""]
