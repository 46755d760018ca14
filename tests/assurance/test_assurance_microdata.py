"""An attacker with the de-identified rows, the published counts and the rule finds nobody among fewer than eleven."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from scipy import stats

from questionnaires import loader
from questionnaires.definition import Answers, Questionnaire
from reports import microdata
from reports.microdata import NOT_ASKED, TRAITS, WITHHELD, RowReader

pytestmark = pytest.mark.assurance
QUESTIONNAIRES = Path(__file__).parents[1] / "questionnaires"
WAVES = 1_000 if os.environ.get("ASSURANCE") == "long" else 40
K = 11


@dataclass(frozen=True)
class Export:
    """What a researcher holds, and what is true: for each row who it was, by authority, service area, tier, years."""

    heads: tuple[str, ...]
    rows: list[list[str]]
    truth: list[microdata.Cell]

    def column(self, name: str) -> int:
        return self.heads.index(name)


@pytest.fixture(scope="module")
def asked() -> Questionnaire:
    return loader.read(QUESTIONNAIRES / "conditional-pages.toml")


def exported(asked: Questionnaire, seed: int, *, k: int = K) -> Export:
    """A small wave: some authorities, areas and tiers of very different size; items that only some tiers are asked."""
    dice = random.Random(seed)  # noqa: S311 - waves that anybody can draw again
    reader = RowReader(asked, labels=False)
    tiers = [option.code for option in asked.items["tier"].options] if "tier" in asked.items else [""]
    people: list[tuple[str, Answers]] = []
    for place in range(dice.choice([1, 2, 3, 6])):
        leaning = [dice.random() ** 3 + 0.01 for _ in tiers]
        for _ in range(dice.choice([1, 5, 10, 11, 12, 23, 40, 90])):
            given: dict[str, object] = {"tier": dice.choices(tiers, leaning)[0]}
            for trait, item in reader.traits.items():
                if trait != "tier" and item.options:
                    given[item.code] = dice.choice(item.options).code
            for item in asked.scored_items:
                if item.asked_if is None or item.is_asked(given):
                    given[item.code] = dice.choice("12345")
            people.append((f"A{place}", given))  # type: ignore[arg-type]
    cells = [reader.cell(code, given) for code, given in people]
    found = microdata.coarsen(Counter(cells), k=k)
    write = reader.writer({})
    kept = [
        (write(told, given), cell) for (_, given), cell in zip(people, cells, strict=True) if (told := found.of(cell))
    ]
    return Export(reader.heads, [row for row, _ in kept], [cell for _, cell in kept])


def fewest_alike(export: Export) -> int:
    """The smallest group of rows that look alike in any set of traits, and in which items were asked of them."""
    traits = [export.column(name) for name in export.heads if name in TRAITS]
    asked_of = [place for place in range(len(export.heads)) if place not in traits]
    sizes = [K * 1000]
    for many in range(1, len(traits) + 1):
        for chosen in combinations(traits, many):
            sizes += Counter(tuple(row[place] for place in chosen) for row in export.rows).values()
    shape = Counter(
        (*(row[place] for place in traits), *(row[place] in (NOT_ASKED, WITHHELD) for place in asked_of))
        for row in export.rows
    )
    withheld = [size for key, size in shape.items() if WITHHELD in key[: len(traits)]]
    return min([*sizes, *withheld])


def fewest_pinned(export: Export) -> int:
    """The smallest group about whom published counts say more: rows whose withheld trait must be one certain value.

    Whoever knows how many of each area and tier answered subtracts the rows that say so; what is left is withheld.
    """
    smallest = K * 1000
    for trait in ("service_area", "tier"):
        if trait not in export.heads:
            continue
        place, at = export.column(trait), TRAITS.index(trait)
        hidden: Mapping[str, list[microdata.Cell]] = defaultdict(list)
        for row, cell in zip(export.rows, export.truth, strict=True):
            if row[place] == WITHHELD:
                hidden[row[0]].append(cell)
        for cells in hidden.values():
            if len({cell[at] for cell in cells}) == 1:
                smallest = min(smallest, len(cells))
    return smallest


def test_nobody_looks_like_fewer_than_eleven_and_subtraction_pins_nobody(asked):
    alike = [fewest_alike(exported(asked, seed)) for seed in range(WAVES)]
    pinned = [fewest_pinned(exported(asked, seed)) for seed in range(WAVES)]
    sys.stdout.write(f"{WAVES} waves: fewest alike {min(alike)}, fewest pinned by subtraction {min(pinned)}\n")
    assert min(alike) >= K
    assert min(pinned) >= K


def test_the_same_wave_gives_the_same_rows_so_two_exports_show_nothing(asked):
    assert exported(asked, 3) == exported(asked, 3)


def test_a_threshold_of_three_is_noticed(asked):
    assert min(fewest_alike(exported(asked, seed, k=3)) for seed in range(WAVES)) < K


def test_questions_that_tell_a_withheld_tier_are_noticed(asked, monkeypatch):
    """The planted defect: whether an item was asked stays, although the tier is withheld."""
    monkeypatch.setattr(RowReader, "_told_by", lambda *_: [])
    assert min(fewest_alike(exported(asked, seed)) for seed in range(WAVES)) < K


def undone(export: Export) -> float:
    """Joined with a bundle of the wave by the answers alone: of the rows with a withheld detail, the share that is told."""
    traits = {export.column(name) for name in (*TRAITS, "name") if name in export.heads}
    answers = [tuple(cell for place, cell in enumerate(row) if place not in traits) for row in export.rows]
    alike = Counter(answers)
    hidden = [
        key for row, key in zip(export.rows, answers, strict=True) if any(row[place] == WITHHELD for place in traits)
    ]
    return sum(alike[key] == 1 for key in hidden) / max(len(hidden), 1)


def test_a_bundle_undoes_what_microdata_withhold_so_nobody_gets_both(asked):
    """The measured limit behind the refusal (survey/taken.py, decision 45): the answers of a person are their own."""
    shares = [undone(exported(asked, seed)) for seed in range(WAVES)]
    sys.stdout.write(f"{WAVES} waves: of withheld rows {max(shares):.0%} could be told with a bundle\n")
    assert max(shares) > 0.5


# The order of rows


def tells_the_order(places: Sequence[int]) -> bool:
    """Whether the order of coming can be read from the order of the rows: a rank correlation beyond chance."""
    return bool(stats.spearmanr(range(len(places)), places).pvalue < 1e-6)


def test_rows_lie_in_the_order_of_random_ids(asked):
    dice = random.Random(5)  # noqa: S311 - the same ids each time
    ids = [f"{dice.getrandbits(128):032x}" for _ in range(2_000)]
    assert not tells_the_order([ids.index(one) for one in sorted(ids)])


def test_an_order_of_coming_is_noticed():
    counted = [f"{number:032x}" for number in range(2_000)]
    assert tells_the_order([counted.index(one) for one in sorted(counted)])
