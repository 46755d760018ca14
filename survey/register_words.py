"""The words that the register uses for types, nations and regions: a misspelt one would be a group of its own."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import AuthorityAttribute

KINDS = {"type": "types", "nation": "nations", "region": "regions"}
MOST_TOLD = 12

Word = tuple[str, str]  # the attribute and its value, such as type and district


def known(session: Session) -> frozenset[Word]:
    """Every word that has ever stood in the register."""
    query = select(AuthorityAttribute.name, AuthorityAttribute.value).where(AuthorityAttribute.name.in_(KINDS))
    return frozenset((name, value) for name, value in session.execute(query.distinct()))


def by_kind(words: Collection[Word]) -> dict[str, tuple[str, ...]]:
    """The words of each kind that has any, in the order type, nation, region.

    >>> by_kind({("region", "North"), ("type", "unitary"), ("type", "distrct")})
    {'type': ('distrct', 'unitary'), 'region': ('North',)}
    """
    found = {kind: tuple(sorted(value for name, value in words if name == kind)) for kind in KINDS}
    return {kind: values for kind, values in found.items() if values}


def sentences(words: Collection[Word]) -> tuple[str, ...]:
    """What is told about new words; nothing where there are none.

    >>> sentences({("type", "distrct")})[0]
    'New types in the register: “distrct”.'
    """
    told = tuple(f"New {KINDS[kind]} in the register: {_listed(values)}." for kind, values in by_kind(words).items())
    return (*told, "Is each spelt as you meant it? Each makes a group of its own.") if told else ()


def _listed(values: tuple[str, ...]) -> str:
    shown = ", ".join(f"“{value}”" for value in values[:MOST_TOLD])
    return shown if len(values) <= MOST_TOLD else f"{shown} and {len(values) - MOST_TOLD} more"
