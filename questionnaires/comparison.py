"""What changed between two editions: which items are still the same item, and which series break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from questionnaires.definition import Item, Questionnaire

FEWEST_COMMON_ITEMS = 3
SMALLEST_COMMON_SHARE = 0.60


class Continuity(StrEnum):
    """Whether a measure can be followed from one edition to the next."""

    SAME = "same"  # every item is common
    COMMON = "common"  # recomputed on the common items in both editions
    BROKEN = "broken"  # too few items are common: a visible gap


@dataclass(frozen=True, slots=True)
class Series:
    """One measure over two editions."""

    measure: str
    before: int
    after: int
    common: tuple[str, ...]
    continuity: Continuity

    @property
    def is_broken(self) -> bool:
        return self.continuity is Continuity.BROKEN


@dataclass(frozen=True, slots=True)
class Comparison:
    """Item codes by what happened to them, in file order, and the series of every measure."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    reworded: tuple[str, ...]
    rescored: tuple[str, ...]
    moved: tuple[str, ...]
    recoded: tuple[tuple[str, str], ...]
    same: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        return tuple(series.measure for series in self.series if series.is_broken)

    @property
    def changes_measurement(self) -> bool:
        return bool(self.added or self.removed or self.reworded or self.rescored or self.moved)


def compare(old: Questionnaire, new: Questionnaire) -> Comparison:
    """What changed from one edition to the next.

    An item is the same item only if it keeps its code, its wording, its hint, its kind, its limits, its answers,
    their scores and its reverse key; one that moved to another dimension is still the same question, but counts
    for neither dimension's series. Spacing is not wording. Methodology section 8: a reworded item is a new item.
    """
    both = [(item, new.items[code]) for code, item in old.items.items() if code in new.items]
    reworded = _codes(both, _differ(_wording))
    rescored = _codes(both, _differ(_scoring))
    same = tuple(item.code for item, _ in both if item.code not in {*reworded, *rescored})
    added = tuple(code for code in new.items if code not in old.items)
    removed = tuple(code for code in old.items if code not in new.items)
    return Comparison(
        added=added,
        removed=removed,
        reworded=reworded,
        rescored=rescored,
        moved=_codes(both, _differ(_home)),
        recoded=_recoded([old.items[code] for code in removed], [new.items[code] for code in added]),
        same=same,
        series=tuple(series(old, new, measure, same) for measure in _measures(old, new)),
    )


def series(old: Questionnaire, new: Questionnaire, measure: str, same: tuple[str, ...]) -> Series:
    """How one dimension or theme continues.

    Allowed with at least 3 common items that are at least 60 % of the longer of the two item lists; `same` are the
    codes of the items that are the same item in both editions.
    """
    before = [item.code for item in old.items_of(measure)]
    after = [item.code for item in new.items_of(measure)]
    common = tuple(code for code in before if code in after and code in same)
    if before and len(common) == len(before) == len(after):
        continuity = Continuity.SAME
    elif len(common) >= FEWEST_COMMON_ITEMS and len(common) >= SMALLEST_COMMON_SHARE * max(len(before), len(after)):
        continuity = Continuity.COMMON
    else:
        continuity = Continuity.BROKEN
    return Series(measure, len(before), len(after), common, continuity)


def _measures(old: Questionnaire, new: Questionnaire) -> tuple[str, ...]:
    """Dimensions, then themes, of either edition, each once."""
    dimensions = [one.code for one in (*new.dimensions, *old.dimensions)]
    themes = [one.code for one in (*new.themes, *old.themes)]
    return tuple(dict.fromkeys([*dimensions, *themes]))


def _codes(pairs: list[tuple[Item, Item]], differs: Callable[[Item, Item], bool]) -> tuple[str, ...]:
    return tuple(old.code for old, new in pairs if differs(old, new))


def _differ(view: Callable[[Item], object]) -> Callable[[Item, Item], bool]:
    return lambda old, new: view(old) != view(new)


def _wording(item: Item) -> object:
    return _words(item.text.base), _words(item.hint.base if item.hint else "")


def _scoring(item: Item) -> object:
    answers = [(one.code, _words(one.label.base), one.score, one.missing, one.standing) for one in item.options]
    return item.kind, answers, item.reverse, item.minimum, item.maximum


def _home(item: Item) -> object:
    return item.dimension, item.theme


def _words(text: str) -> str:
    return " ".join(text.split())


def _recoded(removed: list[Item], added: list[Item]) -> tuple[tuple[str, str], ...]:
    """The same wording under a new code: almost always a mistake, since codes are for ever."""
    by_words = {_words(item.text.base).casefold(): item.code for item in added}
    pairs = ((item.code, by_words.get(_words(item.text.base).casefold())) for item in removed)
    return tuple((old, new) for old, new in pairs if new is not None)
