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
from reports.files import mapping, tables, tool_exports
from reports.files import responses as files
from reports.files.mapping import ToolMapping
from reports.files.proposal import Proposal
from reports.files.tables import FileFaults
from reports.files.tool_exports import Export
from reports.rules import Rules
from survey import answers as answer
from survey import audit, editions, mappings, participation, sealing, waves
from survey.db import take_time
from survey.errors import BadInput, NotNow
from survey.models import AuditEntry, Wave
from survey.sealing import Answered
from survey.vocabulary import Outcome

ACTION = "responses.imported"
NO_WEIGHTS = (
    "Column “weight” is ignored: the service weights by staff numbers. `soundings analyse` takes design weights."
)

LISTED = "among the authorities of the wave"
REMEDY = (
    "Run `soundings responses map` with this file: it writes the proposal as a mapping, to be read and corrected. "
    "Then import with --mapping."
)


@dataclass(frozen=True)
class Reading:
    """A file that was read and found whole, not yet stored. `digest` is that of its answers, whatever their order.

    `mapping` is how an export of another tool was read; it is kept with the questionnaire when the answers are.
    """

    wave: Wave
    questionnaire: Questionnaire
    rows: tuple[Answered, ...]
    digest: str
    notes: tuple[str, ...]
    mapping: ToolMapping | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was brought in: when, and how many answers of how many authorities."""

    at: datetime
    rows: int
    authorities: int


def read(
    session: Session,
    wave_code: str,
    questionnaire_code: str,
    path: Path,
    *,
    known: ToolMapping | None = None,
    authority: str = "",
    name: str = "",
) -> Reading:
    """Read a file and check every cell. Writes nothing. Refuses with one line a fault: row, column, remedy.

    A file whose columns are item codes is read as it stands. Any other is an export of another tool, read through
    what was decided before, then through `known`; whatever nobody knows for certain refuses the file.
    """
    take_time(session.connection())  # a large file is read for longer than a transaction may idle
    wave = waves.by_code(session, wave_code)
    export = _export(session, wave, questionnaire_code, path, authority=authority, name=name)
    ids = {one.authority.code: one.authority_id for one in participation.of_wave(session, wave)}
    accepted = None
    try:
        if known is not None or not tool_exports.is_plain(export):
            accepted = tool_exports.certain(export, _decided(session, export, known), remedy=REMEDY)
            found = tool_exports.read(export, accepted, listed=LISTED)
            table = tool_exports.opened(export, accepted).table
        else:
            found = files.read(path, export.questionnaire, authority=authority or None, authorities=ids, listed=LISTED)
            table = tables.open_table(path)
        rows = tuple(_rows(table, export.questionnaire, ids, authority))
    except FileFaults as refusal:
        raise _refused(export, refusal) from refusal
    fast = quality.careless(found.responses, export.questionnaire, Rules()).too_fast.tolist()
    rows = tuple(Answered(row.authority_id, row.answers, bool(flag)) for row, flag in zip(rows, fast, strict=True))
    notes = (*found.notes, NO_WEIGHTS) if found.responses.weight is not None else found.notes
    return Reading(wave, export.questionnaire, rows, _digest(rows), notes, accepted)


def propose(
    session: Session,
    wave_code: str,
    questionnaire_code: str,
    path: Path,
    *,
    known: ToolMapping | None = None,
    authority: str = "",
    name: str = "",
) -> Proposal:
    """What an export of another tool seems to say, with what was decided before."""
    take_time(session.connection())
    wave = waves.by_code(session, wave_code)
    export = _export(session, wave, questionnaire_code, path, authority=authority, name=name)
    try:
        return tool_exports.propose(export, _decided(session, export, known))
    except FileFaults as refusal:
        raise _refused(export, refusal) from refusal


def mapping_of(session: Session, wave_code: str, questionnaire_code: str, path: Path) -> ToolMapping:
    """The mapping in a file, checked against what the wave asks."""
    wave = waves.by_code(session, wave_code)
    asked = _languages(session, wave, questionnaire_code)[0]
    try:
        return mapping.read(path, asked)
    except FileFaults as refusal:
        raise BadInput(f"{path.name} is no mapping for this questionnaire.", refusal.faults) from refusal


def _export(session: Session, wave: Wave, questionnaire_code: str, path: Path, *, authority: str, name: str) -> Export:
    names = {one.authority.code: one.authority.name for one in participation.of_wave(session, wave)}
    if authority and authority not in names:
        raise BadInput(f"{authority} is not {LISTED}. Nothing was changed.")
    return Export(path, _languages(session, wave, questionnaire_code), names, authority, name)


def _languages(session: Session, wave: Wave, questionnaire_code: str) -> tuple[Questionnaire, ...]:
    """What the wave asks, if it is this questionnaire."""
    edition = editions.get(session, wave.edition_id)
    if questionnaire_code != edition.code:
        raise BadInput(
            f"The wave {wave.code} asks the questionnaire {edition.code}, not {questionnaire_code}. "
            f"Give --questionnaire {edition.code}, or the wave that asks the other one."
        )
    return languages_of(session, wave)


def languages_of(session: Session, wave: Wave) -> tuple[Questionnaire, ...]:
    """What the wave asks, in every language of its edition, the base language first."""
    edition = editions.get(session, wave.edition_id)
    sections = wave.optional_sections.split()
    return tuple(
        editions.questionnaire_of(session, edition, language, optional_sections=sections)
        for language in editions.languages(session, edition.id)
    )


def _decided(session: Session, export: Export, known: ToolMapping | None) -> ToolMapping:
    saved = mappings.of(session, export.questionnaire.code)
    return saved if known is None else saved.with_more(known)


def _refused(export: Export, refusal: FileFaults) -> BadInput:
    return BadInput(f"{export.name or export.path.name} was not imported. Nothing was changed.", refusal.faults)


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
    if reading.mapping is not None:
        mappings.save(session, reading.mapping, actor=actor, now=now)
    return count


def earlier(session: Session, wave: Wave) -> list[Imported]:
    """The files that were brought into a wave, the newest first."""
    query = select(AuditEntry.at, AuditEntry.details).where(
        AuditEntry.action == ACTION, AuditEntry.object_code == wave.code, AuditEntry.outcome == Outcome.DONE
    )
    entries = session.execute(query.order_by(AuditEntry.id.desc()).limit(50)).all()
    return [Imported(at, int(details["rows"]), int(details["authorities"])) for at, details in entries]


def _earlier(session: Session, reading: Reading) -> datetime | None:
    query = select(AuditEntry.at, AuditEntry.details).where(
        AuditEntry.action == ACTION,
        AuditEntry.object_code == reading.wave.code,
        AuditEntry.outcome == Outcome.DONE,
    )
    entries = session.execute(query.order_by(AuditEntry.id)).all()
    return next((at for at, details in entries if details.get("digest") == reading.digest), None)


def _rows(
    table: tables.Table, asked: Questionnaire, authorities: Mapping[str, int], authority: str
) -> Iterator[Answered]:
    """The rows of a file whose every cell the reader has accepted."""
    place = table.columns.index(files.AUTHORITY) if files.AUTHORITY in table.columns else None
    columns = _columns(table.columns, asked)
    for chunk in table.chunks:
        for cells in chunk.cells:
            answers = {item.code: _value(item, cells[at].strip()) for at, item in columns if cells[at].strip()}
            yield Answered(authorities[authority if place is None else cells[place].strip()], answers)


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
    return round(float(text)) if item.kind is Kind.NUMBER else answer.cleaned(text)


def _digest(rows: Sequence[Answered]) -> str:
    lines = sorted(
        json.dumps([row.authority_id, row.too_fast, dict(row.answers)], sort_keys=True, ensure_ascii=False)
        for row in rows
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
