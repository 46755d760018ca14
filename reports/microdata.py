"""De-identified answers: which details of a row may stay, and the row in words. Nothing here reads a database or a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TypeAlias

from questionnaires.definition import Answers, AnswerValue, Item, Kind, Questionnaire, Role

WITHHELD = "[c]"
NOT_ASKED = "[z]"

TRAITS = ("authority", "service_area", "tier", "years")
"""By what a person could be recognised; a cell is one combination of them."""

ORDER = ("years", "service_area", "tier")
"""Which detail of a small cell is withheld first."""

_ROLES = {"service_area": Role.SERVICE_AREA, "tier": Role.TIER, "years": Role.YEARS}

Cell: TypeAlias = tuple[str, ...]
"""The codes of the four traits, in the order of `TRAITS`; "" is not said, "[c]" withheld."""


@dataclass(frozen=True)
class Coarsening:
    """What each cell becomes. `left_out` counts rows of cells that cannot be told at all."""

    told: Mapping[Cell, Cell]
    rows: int
    withheld: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0

    def of(self, cell: Cell) -> Cell | None:
        """The cell as it is told; None where its rows are left out."""
        return self.told.get(cell)


def coarsen(counts: Mapping[Cell, int], *, k: int) -> Coarsening:
    """Withhold details until every told combination of authority, service area, tier and years has at least k rows.

    The rule, authority by authority: rows of a cell with fewer than k lose their years; rows that still are in a cell
    of fewer than k lose their service area too, then their tier. Where fewer than k are left with nothing but their
    authority, its smallest other cell (of equal ones, the first by code) joins them. An authority with fewer than k
    rows in all loses its name; if all such rows together are fewer than k, they are left out. The same counts give the
    same answer, whatever their order.

    Source: k-anonymity, Samarati and Sweeney 1998, with k the threshold of disclosure control.

    >>> found = coarsen({("A", "x", "t", "1"): 6, ("A", "x", "t", "2"): 7, ("A", "y", "t", "1"): 11}, k=11)
    >>> found.of(("A", "x", "t", "1")), found.of(("A", "y", "t", "1"))
    (('A', 'x', 't', '[c]'), ('A', 'y', 't', '1'))
    """
    told: dict[Cell, Cell] = {}
    small: list[Cell] = []
    for _, group in groupby(sorted(counts.items()), key=lambda pair: pair[0][0]):
        own = {cell: count for cell, count in group if count}
        if sum(own.values()) < k:
            small += own
        else:
            told |= _within(own, k)
    nameless = sum(counts[cell] for cell in small)
    if nameless >= k:
        told |= dict.fromkeys(small, (WITHHELD,) * len(TRAITS))
    withheld = {
        trait: sum(counts[cell] for cell, as_told in told.items() if as_told[place] == WITHHELD)
        for place, trait in enumerate(TRAITS)
    }
    return Coarsening(told, sum(counts.values()), withheld, nameless if nameless < k else 0)


def _within(own: Mapping[Cell, int], k: int) -> dict[Cell, Cell]:
    """The cells of one authority that has k rows or more."""
    told = {cell: cell for cell in own}
    for trait in ORDER:
        place, sizes = TRAITS.index(trait), _sizes(told, own)
        told = {
            cell: (*now[:place], WITHHELD, *now[place + 1 :]) if sizes[now] < k else now for cell, now in told.items()
        }
    sizes = _sizes(told, own)
    bare = (next(iter(own))[0], *(WITHHELD,) * len(ORDER))
    if 0 < sizes[bare] < k:
        smallest = min((size, cell) for cell, size in sizes.items() if cell != bare)[1]
        told = {cell: bare if now == smallest else now for cell, now in told.items()}
    return told


def _sizes(told: Mapping[Cell, Cell], own: Mapping[Cell, int]) -> Counter[Cell]:
    sizes: Counter[Cell] = Counter()
    for cell, now in told.items():
        sizes[now] += own[cell]
    return sizes


# Rows


def columns(questionnaire: Questionnaire) -> tuple[Item, ...]:
    """The items that microdata hold: choices, without free texts, numbers, programmes and equality answers."""
    return tuple(
        item for item in questionnaire.items.values() if item.kind in (Kind.CHOICE, Kind.CHOICES) and item.role is None
    )


@dataclass(frozen=True)
class RowReader:
    """Reads one submission: its cell, and its row as a file shows it."""

    questionnaire: Questionnaire
    labels: bool = True

    @property
    def heads(self) -> tuple[str, ...]:
        """The columns: the authority and its name, the traits that the questionnaire asks, the items."""
        return ("authority", "name", *self.traits, *(item.code for item in columns(self.questionnaire)))

    def cell(self, authority: str, given: Answers) -> Cell:
        """By what the person could be recognised."""
        codes = {trait: str(given.get(item.code) or "") for trait, item in self.traits.items()}
        return (authority, *(codes.get(trait, "") for trait in TRAITS[1:]))

    def writer(self, names: Mapping[str, str]) -> Callable[[Cell, Answers], list[str]]:
        """A function that gives the row of a submission, from the cell as it is told and its answers."""
        traits = [(TRAITS.index(trait), self._words(item)) for trait, item in self.traits.items()]
        items = [(item, self._words(item), self._told_by(item)) for item in columns(self.questionnaire)]

        def row(told: Cell, given: Answers) -> list[str]:
            cells = [told[0], names.get(told[0], told[0])]
            cells += [words.get(told[place], told[place]) for place, words in traits]
            for item, words, tells in items:
                value = given.get(item.code)
                if any(told[place] == WITHHELD for place in tells):
                    cells.append(WITHHELD)
                elif value is None and item.asked_if is not None and not self.questionnaire.is_asked(item, given):
                    cells.append(NOT_ASKED)
                else:
                    cells.append(_shown(value, words))
            return cells

        return row

    @cached_property
    def traits(self) -> dict[str, Item]:
        """The items that ask for traits, by the trait."""
        found = {trait: self.questionnaire.role_item(role) for trait, role in _ROLES.items()}
        return {trait: item for trait, item in found.items() if item is not None}

    def _told_by(self, item: Item) -> tuple[int, ...]:
        """The places of the traits that decide whether an item is asked: that it was would tell one that is withheld."""
        places = {trait.code: TRAITS.index(name) for name, trait in self.traits.items()}
        found = []
        while item.asked_if is not None:
            item = self.questionnaire.items[item.asked_if.item]
            found += [places[item.code]] if item.code in places else []
        return tuple(found)

    def _words(self, item: Item) -> Mapping[str, str]:
        return {option.code: str(option.label) for option in item.options} if self.labels else {}


def _shown(value: AnswerValue | None, words: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return words.get(value, value)
    chosen: Sequence[str] = (str(value),) if isinstance(value, int) else value
    return "; ".join(words.get(code, code) for code in chosen)
