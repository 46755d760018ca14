"""The service with an open wave, as officers find it."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import event

from performance._subjects import Subject, Trace
from questionnaires import loader
from survey import config, editions, invitations
from survey.db import Database
from survey.models import Authority, Base, Participation, Wave
from survey.vocabulary import EditionState, ParticipationState, WaveState
from survey.web import logs
from survey.web.application import create_app


def made(name: str, text: str, folder: Path, officers: int, trace: Trace | None) -> Subject:
    questionnaire = loader.parse(text)
    folder.chmod(0o700)
    settings = config.read({"SOUNDINGS_DATA": str(folder)})
    database = Database(settings.database_url)
    if trace is not None:
        event.listen(database.engine, "connect", lambda connection, _: connection.set_trace_callback(trace))
    links = _in_the_field(database, text, settings.link_key, officers)
    app = create_app(settings, database=database)
    if not logging.getLogger(logs.ROOT).handlers:
        logs.to_stream(Path(os.devnull).open("w"))  # noqa: SIM115 - a served application writes its log: so does this one
    pages = tuple(f"/respond/page/{page.code}" for page in questionnaire.without_optional_sections(()).pages)
    return Subject(name, app, iter(links), pages, "/respond/check")


def _in_the_field(database: Database, text: str, link_key: str, officers: int) -> list[str]:
    """An open wave of one authority; a personal link for each officer."""
    Base.metadata.create_all(database.engine)
    now, day = datetime.now(UTC), timedelta(days=1)
    with database.session() as session, database.write(session):
        edition = editions.store(session, text, {}, file="measured.toml", now=now, actor="system")
        edition.state = EditionState.FIELDED
        authority = Authority(code="X1", name="Exeborough")
        session.add(authority)
        session.flush()
        wave = Wave(
            code="2026", title="A wave", edition_id=edition.id, state=WaveState.OPEN, opens_at=now - day,
            deadline_at=now + day, last_start_at=now + day, closes_at=now + day,
        )  # fmt: skip
        session.add(wave)
        session.flush()
        place = Participation(
            wave_id=wave.id, authority_id=authority.id, state=ParticipationState.COLLECTING, attributes={}
        )
        session.add(place)
        session.flush()
        addresses = [f"officer-{number}@x.example" for number in range(officers)]
        invitations.invite(session, place, addresses, link_key=link_key, actor="system", now=now)
        session.commit()
    with database.session() as session:
        made = invitations.links(session, wave, link_key=link_key, base_url="http://127.0.0.1")
        return [urlsplit(link.url).path for link in made]
