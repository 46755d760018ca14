"""Answers from other tools: a file with one row a respondent is sealed as a whole, or nothing of it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.definition import AnswerValue, Item, Kind, Questionnaire, Role
from reports import quality
from reports.files import responses as files
from reports.files import tables
from reports.files.tables import FileFaults
from reports.rules import Rules
from survey import audit, editions, participation, sealing, waves
from survey.errors import BadInput, NotNow
from survey.models import AuditEntry, Wave
from survey.sealing import Answered
from survey.vocabulary import Outcome

ACTION = "responses.imported"
NO_WEIGHTS = (
    "Column “weight” is ignored: the service weights by staff numbers. `soundings analyse` takes design weights."
)


@dataclass(frozen=True)
class Reading:
    """A file that was read and found whole, not yet stored. `digest` is that of its answers, whatever their order."""

    wave: Wave
    questionnaire: Questionnaire
    rows: tuple[Answered, ...]
    digest: str
    notes: tuple[str, ...]


def read(session: Session, wave_code: str, questionnaire_code: str, path: Path) -> Reading:
    """Read a file in the form of the responses file and check every cell. Writes nothing.

    Refuses with one line a fault: row, column, remedy.
    """
    wave = waves.by_code(session, wave_code)
    edition = editions.get(session, wave.edition_id)
    if questionnaire_code != edition.code:
        raise BadInput(
            f"The wave {wave.code} asks the questionnaire {edition.code}, not {questionnaire_code}. "
            f"Give --questionnaire {edition.code}, or the wave that asks the other one."
        )
    asked = editions.questionnaire_of(session, edition, optional_sections=wave.optional_sections.split())
    authorities = {one.authority.code: one.authority_id for one in participation.of_wave(session, wave)}
    try:
        found = files.read(path, asked, authorities=authorities, listed="among the authorities of the wave")
        table = tables.open_table(path)
        rows = tuple(_rows(table, asked, authorities))
    except FileFaults as refusal:
        raise BadInput(f"{path.name} was not imported. Nothing was changed.", refusal.faults) from refusal
    fast = quality.careless(found.responses, asked, Rules()).too_fast.tolist()
    rows = tuple(Answered(row.authority_id, row.answers, bool(flag)) for row, flag in zip(rows, fast, strict=True))
    notes = (*found.notes, NO_WEIGHTS) if found.responses.weight is not None else found.notes
    return Reading(wave, asked, rows, _digest(rows), notes)


def store(
    session: Session, reading: Reading, *, link_key: str, new_id: Callable[[], str], actor: str, now: datetime
) -> int:
    """Seal what was read; how many rows. The same answers a second time are refused."""
    wave = reading.wave
    earlier = _earlier(session, reading)
    if earlier is not None:
        raise NotNow(
            f"The answers of this file were imported into the wave {wave.code} before, on "
            f"{earlier:%-d %B %Y}. Nothing was changed, so nobody counts twice."
        )
    count = sealing.seal_many(session, wave, reading.questionnaire, reading.rows, link_key=link_key, new_id=new_id)
    audit.record(
        session,
        now=now,
        actor=actor,
        action=ACTION,
        object_type="wave",
        object_code=wave.code,
        details={
            "rows": count,
            "authorities": len({row.authority_id for row in reading.rows}),
            "digest": reading.digest,
        },
    )
    return count


def _earlier(session: Session, reading: Reading) -> datetime | None:
    query = select(AuditEntry.at, AuditEntry.details).where(
        AuditEntry.action == ACTION,
        AuditEntry.object_code == reading.wave.code,
        AuditEntry.outcome == Outcome.DONE,
    )
    entries = session.execute(query.order_by(AuditEntry.id)).all()
    return next((at for at, details in entries if details.get("digest") == reading.digest), None)


def _rows(table: tables.Table, asked: Questionnaire, authorities: Mapping[str, int]) -> Iterator[Answered]:
    """The rows of a file whose every cell the reader has accepted."""
    place = table.columns.index(files.AUTHORITY)
    columns = _columns(table.columns, asked)
    for chunk in table.chunks:
        for cells in chunk.cells:
            answers = {item.code: _value(item, cells[at].strip()) for at, item in columns if cells[at].strip()}
            yield Answered(authorities[cells[place].strip()], answers)


def _columns(names: Sequence[str], asked: Questionnaire) -> list[tuple[int, Item]]:
    """Which column answers which item; service area and tier go by their role or by their item's code."""
    roles = {files.SERVICE_AREA: Role.SERVICE_AREA, files.TIER: Role.TIER}
    found = []
    for at, name in enumerate(names):
        item = asked.role_item(roles[name]) if name in roles else asked.items.get(name)
        if item is not None:
            found.append((at, item))
    return found


def _value(item: Item, text: str) -> AnswerValue:
    if item.kind is Kind.CHOICES:
        return text.split()
    return int(text) if item.kind is Kind.NUMBER else text


def _digest(rows: Sequence[Answered]) -> str:
    lines = sorted(
        json.dumps([row.authority_id, row.too_fast, dict(row.answers)], sort_keys=True, ensure_ascii=False)
        for row in rows
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
