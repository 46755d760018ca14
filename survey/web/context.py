"""What a view may reach of its request: session, person, settings, database, language, clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from flask import current_app, g
from flask_babel import get_locale
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import Database
from survey.errors import NotFound
from survey.people import Principal
from survey.web.misses import Misses
from survey.web.prepared import PreparedPages
from survey.web.readiness import Readiness

EXTENSION = "soundings"


@dataclass(frozen=True, slots=True)
class Service:
    """What one application holds for its whole life."""

    settings: Settings
    database: Database
    misses: Misses
    pages: PreparedPages
    readiness: Readiness = field(default_factory=Readiness)
    frozen_notices: set[int] = field(default_factory=set)  # waves whose privacy notice is known to be fixed


def service() -> Service:
    return cast(Service, current_app.extensions[EXTENSION])


def settings() -> Settings:
    return service().settings


def database() -> Database:
    return service().database


def session() -> Session:
    """The session of this request; it is closed when the request ends."""
    return cast(Session, g.session)


def principal_or_none() -> Principal | None:
    return cast("Principal | None", g.get("principal"))


def principal() -> Principal:
    found = principal_or_none()
    if found is None:
        raise NotFound("There is no such page.")
    return found


def language() -> str:
    locale = get_locale()
    return locale.language if locale else "en"


def now() -> datetime:
    """The web server's clock. Whether a wave is open is decided by the database's clock instead."""
    return datetime.now(UTC)
