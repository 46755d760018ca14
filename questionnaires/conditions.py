"""Whether each condition can be answered before it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from questionnaires.definition import Kind
from questionnaires.faults import Fault, listed, nearest, quoted
from questionnaires.source import ConditionSource, Located, QuestionnaireSource


def faults(source: QuestionnaireSource) -> Iterator[Fault]:
    places: dict[str, Located] = {}
    for located in source.located():
        places.setdefault(located.item.code, located)
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
        yield from _order(source, located, asked, places)
        yield from _options(source, located, asked, condition)


def _order(
    source: QuestionnaireSource, located: Located, asked: Located, places: Mapping[str, Located]
) -> Iterator[Fault]:
    item = located.item
    circle = _circle(item.code, places)
    if circle:
        message = f"asked_if goes round in a circle: {' → '.join(circle)}."
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
    source: QuestionnaireSource, located: Located, asked: Located, condition: ConditionSource
) -> Iterator[Fault]:
    place = located.item.place
    if asked.item.kind not in (Kind.CHOICE, Kind.CHOICES):
        message = f"asked_if names {quoted(asked.item.code)}, which has no options."
        yield Fault(source.file, place, message, "Name an item of kind choice or choices.", rule="condition-kind")
        return
    options = next((one.options for one in source.option_sets if one.code == asked.item.option_set), ())
    codes = [option.code for option in options]
    for code in condition.any_of:
        if codes and code not in codes:
            message = f"asked_if names the unknown option {quoted(code)} of {quoted(asked.item.code)}."
            remedy = f"{nearest(code, codes)}Its options are: {listed(codes)}."
            yield Fault(source.file, place, message, remedy, rule="condition-unknown-option")


def _circle(start: str, places: Mapping[str, Located]) -> list[str]:
    chain = [start]
    while (located := places.get(chain[-1])) and located.item.asked_if:
        following = located.item.asked_if.item
        if following == start:
            return [*chain, start]
        if following in chain:
            return []
        chain.append(following)
    return []
