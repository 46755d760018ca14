"""Whether what is measured can be computed: dimensions, themes, scales and reverse keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from questionnaires.definition import Kind
from questionnaires.faults import Fault, listed, nearest, quoted
from questionnaires.source import ItemSource, Located, OptionSetSource, QuestionnaireSource

FEWEST_ITEMS_OF_A_THEME = 3


def faults(source: QuestionnaireSource) -> Iterator[Fault]:
    for option_set in source.option_sets:
        yield from _scale(source, option_set)
    scales = {one.code: one for one in source.option_sets}
    homes = {one.code: one.dimension for one in source.themes()}
    known = {one.code: one for one in source.dimensions}
    for located in source.located():
        yield from _belonging(source, located.item, known, homes)
        yield from _scoring(source, located, scales)
    dimensions = {item.dimension for item in source.items()}
    themes = {item.theme for item in source.items()}
    remedy = "Give it items, or remove it."
    for dimension in source.dimensions:
        if dimension.code and dimension.code not in dimensions:
            yield Fault(source.file, dimension.place, "no item measures it.", remedy, rule="empty-dimension")
    for theme in source.themes():
        if theme.code and theme.code not in themes:
            yield Fault(source.file, theme.place, "no item measures it.", remedy, rule="empty-theme")


def advice(source: QuestionnaireSource) -> Iterator[Fault]:
    if source.audience != "officers":
        return  # one indicator per theme is what a self-assessment is
    themes = Counter(item.theme for item in source.items())
    for theme in source.themes():
        if 0 < themes[theme.code] < FEWEST_ITEMS_OF_A_THEME:
            message = f"the theme has {themes[theme.code]} of at least {FEWEST_ITEMS_OF_A_THEME} items."
            remedy = "Its mean says little: write more items."
            yield Fault(source.file, theme.place, message, remedy, rule="small-theme", is_advice=True)
    for dimension in source.dimensions:
        items = [item for item in source.items() if item.dimension == dimension.code]
        if items and not any(item.reverse for item in items):
            message, remedy = "no item is reverse-keyed.", "One at least makes inattentive answers visible."
            yield Fault(source.file, dimension.place, message, remedy, rule="no-reverse-item", is_advice=True)
        loose = [item for item in items if item.theme is None]
        if dimension.themes and loose:
            message = f"{listed(item.code for item in loose)} belong to no theme."
            remedy = "They count for the dimension only: name a theme, or leave it so."
            yield Fault(source.file, dimension.place, message, remedy, rule="no-theme", is_advice=True)


def _scale(source: QuestionnaireSource, option_set: OptionSetSource) -> Iterator[Fault]:
    if not option_set.is_scale:
        return
    for option in option_set.options:
        if option.score is not None and option.missing is not None:
            message, remedy = "an option is either scored or missing.", "Remove score or missing."
            yield Fault(source.file, option.place, message, remedy, rule="scored-and-missing")
        if not option.is_rated:
            message, remedy = "the option has no score.", 'Add score = 0 to 100, or missing = "DONT_KNOW".'
            yield Fault(source.file, option.place, message, remedy, rule="no-score")
    scores = [option.score for option in option_set.options if option.score is not None]
    if len(scores) < 2:
        message, remedy = "a scale needs two scored options or more.", "Add scores."
        yield Fault(source.file, option_set.place, message, remedy, rule="few-scores")
        return
    rising = all(one < two for one, two in pairwise(scores))
    falling = all(one > two for one, two in pairwise(scores))
    shown = listed(f"{score:g}" for score in scores)
    if not (rising or falling):
        message = f"the scores {shown} neither rise nor fall all the way."
        yield Fault(source.file, option_set.place, message, "Put the options in order.", rule="scores-not-in-order")
    if {min(scores), max(scores)} != {0, 100}:
        message = f"the scores run from {min(scores):g} to {max(scores):g}."
        remedy = "Fixed ends make authorities comparable: let them run from 0 to 100."
        yield Fault(source.file, option_set.place, message, remedy, rule="scores-ends")


def _belonging(
    source: QuestionnaireSource, item: ItemSource, dimensions: Mapping[str, object], themes: Mapping[str, str]
) -> Iterator[Fault]:
    if item.dimension is not None and item.dimension not in dimensions:
        message = f"the dimension {quoted(item.dimension)} is not defined."
        remedy = f"{nearest(item.dimension, dimensions)}Defined are: {listed(dimensions)}."
        yield Fault(source.file, item.place, message, remedy, rule="unknown-dimension")
    if item.theme is None:
        return
    if item.theme not in themes:
        message = f"the theme {quoted(item.theme)} is not defined."
        remedy = nearest(item.theme, themes) or f"Defined are: {listed(themes)}."
        yield Fault(source.file, item.place, message, remedy.strip(), rule="unknown-theme")
    elif item.dimension is None:
        message, remedy = "the item has a theme and no dimension.", f'Add dimension = "{themes[item.theme]}".'
        yield Fault(source.file, item.place, message, remedy, rule="theme-without-dimension")
    elif item.dimension in dimensions and themes[item.theme] != item.dimension:
        message = f"the theme {quoted(item.theme)} belongs to {quoted(themes[item.theme])}."
        remedy = f"Use a theme of {quoted(item.dimension)}, or change the dimension."
        yield Fault(source.file, item.place, message, remedy, rule="theme-of-other-dimension")


def _scoring(source: QuestionnaireSource, located: Located, scales: dict[str, OptionSetSource]) -> Iterator[Fault]:
    item = located.item
    if item.dimension is None:
        if item.reverse:
            message, remedy = "an item without a dimension is not scored.", "Remove reverse, or name its dimension."
            yield Fault(source.file, item.place, message, remedy, rule="reverse-unscored")
        return
    scale = scales.get(item.option_set or "")
    if item.kind and item.kind != Kind.CHOICE:
        message = f"an item of kind {item.kind} cannot be scored."
        yield Fault(source.file, item.place, message, "Use kind choice, or remove dimension.", rule="unscorable-kind")
    elif scale and not scale.is_scale:
        message = f"the option set {quoted(scale.code)} has no scores."
        yield Fault(source.file, item.place, message, "Use a scale, or remove dimension.", rule="unscorable-options")
    if item.role is not None:
        message, remedy = "a profile item is never scored.", "Remove role, or remove dimension."
        yield Fault(source.file, item.place, message, remedy, rule="scored-role")
    if located.section.optional:
        message, remedy = "a scored item stands in an optional section.", "Every wave must ask it: move it."
        yield Fault(source.file, item.place, message, remedy, rule="scored-optional")
