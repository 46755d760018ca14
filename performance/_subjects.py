"""What officers' journeys are measured on: the service with an open wave, and the floor in each of its variants."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import event

from performance._floor.application import VARIANTS, Variant, create_floor
from questionnaires import files, loader
from questionnaires.definition import Questionnaire
from survey import config, editions, invitations
from survey.db import Database
from survey.models import Authority, Base, Participation, Wave
from survey.vocabulary import EditionState, ParticipationState, WaveState
from survey.web import logs
from survey.web.application import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SERVICE = "service"
NAMES = (*VARIANTS, SERVICE)
ITEMS, PAGES = 40, 4
Trace = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """One application: how its links and the addresses of its pages look."""

    name: str
    app: WSGIApplication
    links: Iterator[str]
    pages: tuple[str, ...]
    check: str


def ten_items_a_page() -> str:
    """Forty statements with five answers each on four pages: the instrument of the table in the decision record."""
    scale = ", ".join(f'{{ code = "{n}", label = "Answer {n}", score = {25 * (n - 1)} }}' for n in range(1, 6))
    lines = [
        'code = "ten-items-a-page"', 'version = "1"', 'language = "en"', 'audience = "officers"', 'title = "Forty"',
        "[[option_sets]]", 'code = "five"', f"options = [{scale}]",
        "[[dimensions]]", 'code = "mindset"', 'title = "Mindset"', "[[sections]]", 'code = "all"', 'title = "All"',
    ]  # fmt: skip
    for page in range(PAGES):
        lines += ["[[sections.pages]]", f'code = "page-{page}"']
        for item in range(page * ITEMS // PAGES, (page + 1) * ITEMS // PAGES):
            lines += ["[[sections.pages.items]]", f'code = "item_{item}"', 'kind = "choice"', 'option_set = "five"']
            lines += [f'text = "In this authority, statement number {item} is so."', 'dimension = "mindset"']
    return "\n".join(lines)


def shipped() -> str:
    """The staff survey that ships with the product: shorter pages, more of them."""
    return files.path("digital-maturity-staff", "1").read_text()


def subject(name: str, text: str, folder: Path, *, officers: int, trace: Trace | None = None) -> Subject:
    """An application that officers can walk through; `trace` is told each statement."""
    folder.mkdir(parents=True, exist_ok=True)
    questionnaire = loader.parse(text)
    if name == SERVICE:
        return _service(text, questionnaire, folder, officers, trace)
    pages = tuple(f"/page/{number}" for number in range(len(questionnaire.pages)))
    app = create_floor(_variant(name), questionnaire, folder / "floor.sqlite", trace=trace)
    return Subject(name, app, (f"/r/{number}" for number in range(officers)), pages, "/check")


def _variant(name: str) -> Variant:
    return next(variant for variant in VARIANTS if variant == name)


def _service(text: str, questionnaire: Questionnaire, folder: Path, officers: int, trace: Trace | None) -> Subject:
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
    return Subject(SERVICE, app, iter(links), pages, "/respond/check")


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
