"""Whose ready link of the demonstration this is; a service without the demonstration knows none."""

from __future__ import annotations

from dataclasses import dataclass

from survey.demonstration import entrances
from survey.errors import NotFound
from survey.web import context
from survey.web.access import Asked


@dataclass(frozen=True, slots=True)
class Entrance:
    """A person of the demonstration whose link was opened."""

    person_id: int
    name: str
    key: str


def entrance(asked: Asked) -> Entrance:
    settings = context.settings()
    key = asked.args["key"]
    person = entrances.person_of(asked.session, settings.secret_key, key) if settings.demonstration else None
    if person is None:
        raise NotFound("There is no such page.")
    return Entrance(person.id, person.name, key)
