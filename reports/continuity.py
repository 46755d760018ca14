"""How measures go on from an earlier wave: which items both waves asked, and which count in the scores of this one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from questionnaires import comparison as editions
from questionnaires.comparison import Continuity
from questionnaires.definition import Questionnaire
from reports import measures
from reports.measures import Measure, MeasureKind


@dataclass(frozen=True)
class Continued:
    """The measures of this wave, in their order, beside an earlier one.

    `common` has those with the items that both waves asked in the same words, none where the series is broken; `counts`
    how many there are; `words` how each goes on, the overall left aside. `index` has those with the items that count
    in the scores of this wave; `new` are the items that do not count yet.
    """

    common: tuple[Measure, ...]
    counts: tuple[int, ...]
    words: tuple[Continuity, ...]
    index: tuple[Measure, ...]
    new: tuple[str, ...]


def continued(
    before: Questionnaire, now: Questionnaire, asked_before: Collection[str], asked: Collection[str]
) -> Continued:
    """What of each measure goes on. `asked_before` and `asked` are the items that had a column in each wave.

    An item is the same only if nothing that measures was changed in it (`questionnaires.comparison`). An item that
    is added or reworded is new, and enters the index from its second wave: it is shown and left out of its
    dimension and theme, so that no score moves by the questionnaire alone. Where the series of its dimension is
    broken there is nothing to keep: the dimension begins anew, with all its items. A theme of new items only begins
    anew, too, and does not count in its dimension. Methodology 8.

    >>> from reports import example
    >>> asked = example.questionnaire()
    >>> items = [item.code for item in asked.scored_items]
    >>> found = continued(asked, asked, items[1:], items)  # the first question is new
    >>> found.words[1].value, found.counts[1], found.index[1].items, found.new
    ('common', 3, ('mindset_2', 'mindset_3', 'mindset_4'), ('mindset_1',))
    """
    old, new = _asked(before, asked_before), _asked(now, asked)
    found = editions.compare(old, new)
    series = {one.measure: one for one in found.series}
    whole = measures.of(now)
    home = {theme.code: theme.dimension for theme in now.themes}
    unknown = {item.code for item in new.scored_items} - set(found.same) - set(found.moved)
    starting = {one.code for one in now.dimensions if one.code not in series or series[one.code].is_broken}
    common, counts, words, index = [], [], [], []
    for measure in whole:
        one = series.get(measure.code)
        words.append(Continuity.BROKEN if one is None else one.continuity)
        counts.append(0 if one is None else len(one.common))
        common.append(replace(measure, items=() if one is None or one.is_broken else one.common))
        index.append(_index(measure, unknown, begins_anew=home.get(measure.code, measure.code) in starting))
    counted = {code for measure in index if measure.kind is MeasureKind.DIMENSION for code in measure.items}
    left = tuple(item.code for item in new.scored_items if item.code in unknown and item.code not in counted)
    return Continued(tuple(common), tuple(counts), tuple(words), tuple(index), left)


def overall(words: Collection[Continuity]) -> Continuity:
    """The overall goes on as the weakest of the dimensions that are shown for this wave. Methodology 8 and 9.

    >>> overall([Continuity.SAME, Continuity.COMMON]).value, overall([]).value
    ('common', 'broken')
    """
    if not words or Continuity.BROKEN in words:
        return Continuity.BROKEN
    return Continuity.COMMON if Continuity.COMMON in words else Continuity.SAME


def _index(measure: Measure, new: Collection[str], *, begins_anew: bool) -> Measure:
    kept = tuple(code for code in measure.items if code not in new)
    return measure if begins_anew or not kept else replace(measure, items=kept)


def _asked(questionnaire: Questionnaire, items: Collection[str]) -> Questionnaire:
    """The questionnaire without scored items that have no column: those were not asked in this wave."""
    known = set(items)
    sections = tuple(
        replace(
            section,
            pages=tuple(
                replace(page, items=tuple(item for item in page.items if not item.is_scored or item.code in known))
                for page in section.pages
            ),
        )
        for section in questionnaire.sections
    )
    return replace(questionnaire, sections=sections)
