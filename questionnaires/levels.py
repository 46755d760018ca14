"""Levels: what an indicator of a self-assessment is answered with, from 1 to 5, each in words."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.definition import Item, Text

LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an indicator: its number, the code of its option, and what it looks like when it is reached."""

    number: int
    code: str
    words: Text


def levels(item: Item) -> tuple[Level, ...]:
    """The levels of an indicator from 1 to 5: its scored options, from the lowest score to the highest.

    Options without a score, such as "We cannot say yet", are no level. An item whose scored options do not stand at
    0, 25, 50, 75 and 100 is no indicator and has none.

    >>> from questionnaires.definition import Kind, Option, OptionSet
    >>> options = [Option(f"l{n}", Text(f"words {n}", "en"), score=25.0 * n) for n in range(5)]
    >>> unsure = Option("dk", Text("We cannot say yet", "en"))
    >>> item = Item("a", Text("?", "en"), Kind.CHOICE, OptionSet("a", (*options, unsure)))
    >>> [(one.number, one.code, str(one.words)) for one in levels(item)][:2]
    [(1, 'l0', 'words 0'), (2, 'l1', 'words 1')]
    """
    scored = sorted(
        ((option.score, option) for option in item.options if option.score is not None), key=lambda pair: pair[0]
    )
    step = 100 / (HIGHEST - LOWEST)
    if [score for score, _ in scored] != [step * place for place in range(HIGHEST)]:
        return ()
    return tuple(Level(number, option.code, option.label) for number, (_, option) in enumerate(scored, start=LOWEST))


def level_of(item: Item, option_code: str | None) -> Level | None:
    """The level that an answer names, or None where it names none."""
    return next((level for level in levels(item) if level.code == option_code), None)
