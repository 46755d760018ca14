"""Whether each condition can be answered before it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from questionnaires.definition import Kind
from questionnaires.faults import Fault, listed, nearest, quoted
from questionnaires.source import ConditionSource, Located, QuestionnaireSource

MOST_NAMED = 20


def faults(source: QuestionnaireSource) -> Iterator[Fault]:
    places: dict[str, Located] = {}
    for located in source.located():
        places.setdefault(located.item.code, located)
    circles = _circles(places)
    options = {one.code: [option.code for option in one.options] for one in source.option_sets}
    for located in source.located():
        condition = located.item.asked_if
        if condition is None or not condition.item:
            continue
        asked = places.get(condition.item)
        if asked is None:
            message = f"asked_if names the unknown item {quoted(condition.item)}."
            remedy = nearest(condition.item, places) or "Name an item of an earlier page."
            yield Fault(source.file, located.item.place, message, remedy.strip(), rule="condition-unknown-item")
            continue
        yield from _order(source, located, asked, circles.get(located.item.code, []))
        yield from _options(source, located, asked, condition, options.get(asked.item.option_set or "", []))


def _order(source: QuestionnaireSource, located: Located, asked: Located, circle: Sequence[str]) -> Iterator[Fault]:
    item = located.item
    if circle:
        message = f"asked_if goes round in a circle: {' → '.join(circle[:MOST_NAMED])}."
        yield Fault(source.file, item.place, message, "Remove one of these conditions.", rule="condition-circle")
    elif asked.page == located.page:
        message = f"asked_if names {quoted(asked.item.code)}, which stands on the same page."
        remedy = "A page is shown before its items are answered: move this item to a later page."
        yield Fault(source.file, item.place, message, remedy, rule="condition-same-page")
    elif asked.page > located.page:
        message = f"asked_if names {quoted(asked.item.code)}, which comes later."
        remedy = "Move this item behind it."
        yield Fault(source.file, item.place, message, remedy, rule="condition-later-item")
    if asked.section.optional and asked.section is not located.section:
        message = f"asked_if names {quoted(asked.item.code)}, which stands in an optional section."
        remedy = "A wave may leave that section out: move both into it, or drop the condition."
        yield Fault(source.file, item.place, message, remedy, rule="condition-optional-item")


def _options(
    source: QuestionnaireSource, located: Located, asked: Located, condition: ConditionSource, codes: Sequence[str]
) -> Iterator[Fault]:
    place = located.item.place
    if asked.item.kind not in (Kind.CHOICE, Kind.CHOICES):
        message = f"asked_if names {quoted(asked.item.code)}, which has no options."
        yield Fault(source.file, place, message, "Name an item of kind choice or choices.", rule="condition-kind")
        return
    for code in condition.any_of:
        if codes and code not in codes:
            message = f"asked_if names the unknown option {quoted(code)} of {quoted(asked.item.code)}."
            remedy = f"{nearest(code, codes)}Its options are: {listed(codes)}."
            yield Fault(source.file, place, message, remedy, rule="condition-unknown-option")


def _circles(places: Mapping[str, Located]) -> dict[str, list[str]]:
    """Items whose conditions lead back to themselves, each with its way round; every item is visited once."""
    circles: dict[str, list[str]] = {}
    visited: set[str] = set()
    for start in places:
        path: dict[str, None] = {}  # a list with a quick "in"
        code: str | None = start
        while code is not None and code in places and code not in visited:
            visited.add(code)
            path[code] = None
            condition = places[code].item.asked_if
            code = condition.item if condition else None
        if code in path:
            way = list(path)[list(path).index(code) :]
            circles |= {one: [*way[place:], *way[: place + 1]] for place, one in enumerate(way[:MOST_NAMED])}
    return circles
