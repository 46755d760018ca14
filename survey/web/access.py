"""What a row of the policy is made of: who may do what with which object in which state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import ClassVar

from sqlalchemy.orm import Session

from survey.people import Principal
from survey.vocabulary import RoleName


class Entrance(Enum):
    """Which kind of visitor a row is for."""

    ANYONE = "anyone"
    LINK = "link"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Who:
    """Who may come in. With roles: a signed-in person who has at least one of them."""

    entrance: Entrance
    allowed: frozenset[RoleName] = frozenset()

    ANYONE: ClassVar[Who]
    LINK: ClassVar[Who]
    PERSON: ClassVar[Who]

    @classmethod
    def roles(cls, *names: RoleName) -> Who:
        return cls(Entrance.PERSON, frozenset(names))

    def admits(self, principal: Principal | None) -> bool:
        if self.entrance is not Entrance.PERSON:
            return True
        return principal is not None and (not self.allowed or bool(self.allowed & principal.roles))


Who.ANYONE = Who(Entrance.ANYONE)
Who.LINK = Who(Entrance.LINK)
Who.PERSON = Who(Entrance.PERSON)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a loader may know of a request: never more than it needs to find the object for this visitor."""

    session: Session
    principal: Principal | None
    args: Mapping[str, str]
    query: Mapping[str, str]
    now: datetime
    language: str = "en"
    browser_key: str | None = field(default=None, repr=False)

    @property
    def person(self) -> Principal:
        """The signed-in person; rows for persons are never loaded without one."""
        if self.principal is None:
            raise LookupError("This row is not for persons, so its loader cannot ask for one.")
        return self.principal


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint and method: who, which action, how the object is found, in which states."""

    endpoint: str
    method: str
    action: str
    who: Who
    load: Callable[[Asked], object] | None = None
    name: str = ""
    states: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.method not in {"GET", "POST"}:
            raise ValueError(f"{self.endpoint}: pages know GET and POST only, not {self.method}.")
        if (self.load is None) != (not self.name):
            raise ValueError(f"{self.endpoint}: a loader and the name of what it loads belong together.")
        if self.states and self.load is None:
            raise ValueError(f"{self.endpoint}: states need an object that has one.")
