"""Small questionnaires and small tables of answers, written as they read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports.frames import NOT_ANSWERED, NOT_SAID, Responses

FOLDER = Path(__file__).parents[1] / "questionnaires"
Person = tuple[str, ...]
Respond = Callable[..., Responses]


@pytest.fixture(scope="session")
def asked() -> Callable[[str], Questionnaire]:
    """`asked("four-items")` is the questionnaire in that file of tests/questionnaires."""
    return lambda name: loader.read(FOLDER / f"{name}.toml")


@pytest.fixture(scope="session")
def respond() -> Respond:
    """`respond(questionnaire, [("Avon", "4 4 . dk"), …])`: authority, answers to the scored items, area, tier.

    "." is a blank; area and tier may be left out or "" (not said).
    """
    return answers_of


def answers_of(
    questionnaire: Questionnaire, people: Iterable[Person], *, weights: list[float] | None = None
) -> Responses:
    listed = [(*person, "", "")[:4] if len(person) < 4 else person for person in people]
    items = questionnaire.scored_items
    chosen = np.full((len(listed), len(items)), NOT_ANSWERED, dtype=np.int8)
    for row, (_, given, _, _) in enumerate(listed):
        for column, (item, code) in enumerate(zip(items, given.split(), strict=True)):
            if code != ".":
                chosen[row, column] = [option.code for option in item.options].index(code)
    authorities = tuple(dict.fromkeys(person[0] for person in listed))
    areas = tuple(sorted({person[2] for person in listed} - {""}))
    tiers = tuple(sorted({person[3] for person in listed} - {""}))
    return Responses(
        authorities,
        np.array([authorities.index(person[0]) for person in listed], dtype=np.int32),
        tuple(item.code for item in items),
        chosen,
        areas,
        np.array([areas.index(p[2]) if p[2] else NOT_SAID for p in listed], dtype=np.int32),
        tiers,
        np.array([tiers.index(p[3]) if p[3] else NOT_SAID for p in listed], dtype=np.int32),
        None if weights is None else np.array(weights),
    )
