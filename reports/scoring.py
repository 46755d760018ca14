"""From answers to person scores: items, dimensions, themes and the overall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from questionnaires.definition import Item, Questionnaire
from reports import measures
from reports.frames import Responses
from reports.measures import Measure, MeasureKind
from reports.rules import Rules
from reports.statistics.sums import Floats


@dataclass(frozen=True)
class PersonScores:
    """Scores of people: `values` has shape (respondents, measures), 0 to 100, NaN where there is none."""

    measures: tuple[Measure, ...]
    values: Floats

    def of(self, measure: str) -> Floats:
        """The column of one measure."""
        return self.values[:, [m.code for m in self.measures].index(measure)]


def option_scores(item: Item) -> Floats:
    """The score of each option of an item, 0 to 100, higher always better; NaN for missing answers.

    An option's score is its place on the response scale's fixed ends, 100 (x - min) / (max - min); a reverse-keyed
    item takes 100 minus that (methodology 2.1). Shape (options,).

    >>> from questionnaires.definition import Kind, Option, OptionSet, Text
    >>> text = Text("?", "en")
    >>> scale = OptionSet("scale", (Option("1", text, score=0.0), Option("2", text, score=25.0), Option("dk", text)))
    >>> option_scores(Item("a", text, Kind.CHOICE, scale, dimension="d", reverse=True)).tolist()
    [100.0, 75.0, nan]
    """
    raw = np.array([math.nan if option.score is None else option.score for option in item.options], dtype=np.float64)
    return 100.0 - raw if item.reverse else raw


def person_scores(responses: Responses, questionnaire: Questionnaire, rules: Rules) -> PersonScores:
    """Each person's score on each measure.

    A dimension or theme of J items is the mean of the answered ones where at least ceil(J / 2) are answered, else
    missing; "don't know", "not applicable", not asked and blank are all missing (half rule, methodology 2.2). The
    overall is the mean of the dimensions with equal weights, for people who are scored on all of them; it needs at
    least `rules.overall_dimensions` dimensions (methodology 9). Units: points, 0 to 100. One pass over the columns:
    nothing of the shape (respondents, items) is made.

    >>> from reports import example
    >>> person_scores(example.responses(), example.questionnaire(), Rules()).of("mindset")[:4].tolist()
    [58.333333333333336, 37.5, 37.5, 12.5]
    """
    return on_items(measures.of(questionnaire), responses, questionnaire, rules)


def on_items(
    lists: tuple[Measure, ...], responses: Responses, questionnaire: Questionnaire, rules: Rules
) -> PersonScores:
    """The same on measures with item lists of their own, such as those that two waves have in common.

    The half rule counts the items of the list. A measure without items scores nobody, and the overall needs all
    dimensions of the list. Methodology 2.2 and 8.

    >>> from reports import example
    >>> from dataclasses import replace
    >>> asked, given = example.questionnaire(), example.responses()
    >>> two = tuple(replace(one, items=one.items[:2]) for one in measures.of(asked))
    >>> on_items(two, given, asked, Rules()).of("mindset")[:4].tolist()
    [50.0, 25.0, 37.5, 25.0]
    """
    columns = {code: position for position, code in enumerate(responses.items)}
    values = np.full((len(responses), len(lists)), np.nan, order="F")
    for position, measure in enumerate(lists):
        if measure.kind is not MeasureKind.OVERALL and measure.items:
            values[:, position] = _mean_of_items(measure, responses, questionnaire, columns, rules)
    dimensions = [position for position, measure in enumerate(lists) if measure.kind is MeasureKind.DIMENSION]
    values[:, 0] = _overall(values, dimensions, rules)
    return PersonScores(lists, values)


def with_overall(people: PersonScores, dimensions: Sequence[int], rules: Rules) -> PersonScores:
    """The same scores with an overall over some of the dimensions, by their places; methodology 9.

    >>> one = PersonScores((), np.array([[30.0, 10.0, 20.0, 30.0, 60.0]]))
    >>> with_overall(one, [1, 2, 4], Rules()).values.tolist()
    [[30.0, 10.0, 20.0, 30.0, 60.0]]
    """
    values = people.values.copy(order="F")
    values[:, 0] = _overall(values, dimensions, rules)
    return PersonScores(people.measures, values)


def has_any(people: PersonScores) -> NDArray[np.bool_]:
    """Who is scored on any measure; shape (respondents,). Methodology 3.1: these are the n of a response rate.

    >>> has_any(PersonScores((), np.array([[np.nan, 50.0], [np.nan, np.nan]]))).tolist()
    [True, False]
    """
    found = np.zeros(len(people.values), dtype=np.bool_)
    for column in people.values.T:
        found |= ~np.isnan(column)
        if found.all():
            break
    return found


def of_answers(by_option: Floats, chosen: NDArray[np.int8]) -> Floats:
    """What each answer is worth by its option, NaN for the negative codes of missing answers; shape (respondents,).
    Methodology 2.1 and 2.2.

    >>> of_answers(np.array([0.0, 50.0, 100.0]), np.array([2, -2, 0], dtype=np.int8)).tolist()
    [100.0, nan, 0.0]
    """
    worth = np.full(256, np.nan)  # read as an unsigned byte, a negative code is above every option
    worth[: len(by_option)] = by_option
    return worth[chosen.view(np.uint8)]


def needed(measure: Measure, rules: Rules) -> int:
    """How many items of a dimension or theme must be answered for a score, at least one (half rule, methodology 2.2).

    >>> needed(Measure("mindset", MeasureKind.DIMENSION, ("a", "b", "c")), Rules())
    2
    """
    return max(math.ceil(rules.answered_share * len(measure.items)), 1)


def answered(items: Sequence[str], responses: Responses, questionnaire: Questionnaire) -> NDArray[np.int16]:
    """How many of some items that have a column each person answered with what has a score; shape (respondents,).

    Methodology 2.2.

    >>> from reports import example
    >>> mindset = [item.code for item in example.questionnaire().items_of("mindset")]
    >>> answered(mindset, example.responses(), example.questionnaire())[:5].tolist()
    [3, 4, 4, 4, 4]
    """
    short = np.uint8 if len(items) <= np.iinfo(np.uint8).max else np.uint16
    result: NDArray[np.integer] = np.zeros(len(responses), dtype=short)
    for code in items:
        chosen = responses.answers[:, responses.items.index(code)].view(np.uint8)
        scores = option_scores(questionnaire.items[code])
        scored = chosen < len(scores)  # read as an unsigned byte, a negative code is above every option
        for option in np.flatnonzero(np.isnan(scores)):
            scored &= chosen != option
        result += scored.view(np.uint8)
    return result.astype(np.int16)


def _overall(values: Floats, dimensions: Sequence[int], rules: Rules) -> Floats:
    if len(dimensions) < rules.overall_dimensions:
        return np.full(len(values), np.nan)
    return np.asarray(sum(values[:, position] for position in dimensions) / len(dimensions), dtype=np.float64)


def excluded(values: PersonScores, careless: NDArray[np.bool_]) -> PersonScores:
    """The scores without those of careless answers, which count nowhere (methodology 2.4).

    `careless` has shape (respondents,); their scores become NaN.

    >>> excluded(PersonScores((), np.array([[50.0], [75.0]])), np.array([False, True])).values.tolist()
    [[50.0], [nan]]
    """
    if not careless.any():
        return values
    return PersonScores(values.measures, np.where(careless[:, np.newaxis], np.nan, values.values))


def _mean_of_items(
    measure: Measure, responses: Responses, questionnaire: Questionnaire, columns: dict[str, int], rules: Rules
) -> Floats:
    total = np.zeros(len(responses))
    number = np.zeros(len(responses), dtype=np.int16)
    for code in measure.items:
        if code not in columns:
            continue  # an item that the file does not have was not asked
        scores = option_scores(questionnaire.items[code])
        missing = np.isnan(scores)
        has_score = np.append(~missing, False)  # the last place stands for every missing code
        chosen = responses.answers[:, columns[code]]
        place = np.where(chosen < 0, len(scores), chosen)
        total += np.append(np.where(missing, 0.0, scores), 0.0)[place]
        number += has_score[place]
    return np.where(number >= needed(measure, rules), total / np.maximum(number, 1), np.nan)
