"""Produced files: a file that a person asked for is theirs alone, under a random name, and is deleted after a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey import audit, kept_files, keys
from survey.config import Settings
from survey.errors import NotFound
from survey.models import ProducedFile
from survey.people import Principal

KEPT = timedelta(hours=24)
NOT_THERE = "There is no such file, or it has been deleted: files are kept for one day."
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Produced:
    """A file that lies ready, before a row says whose it is."""

    id: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class About:
    """What a file is: the kind of job that made it, of which object, what it is called where it is saved."""

    kind: str
    object_code: str
    name: str
    media_type: str


def produce(settings: Settings, write: Callable[[BinaryIO], None]) -> Produced:
    """Write a file under a new random name. Without a row it is nobody's, and the next tidying takes it away."""
    made = keys.new_id()
    path = _folder(settings) / made
    with kept_files.whole(path) as file:
        write(file)
    return Produced(made, path.stat().st_size, _digest(path))


def give(
    session: Session,
    produced: Produced,
    about: About,
    *,
    person_id: int,
    job_id: int | None,
    now: datetime,
) -> ProducedFile:
    """The file belongs to a person for a day; from now on they, and nobody else, can fetch it."""
    file = ProducedFile(
        id=produced.id,
        job_id=job_id,
        person_id=person_id,
        kind=about.kind,
        object_code=about.object_code,
        name=about.name,
        media_type=about.media_type,
        size=produced.size,
        digest=produced.digest,
        made_at=now,
        expires_at=now + KEPT,
    )
    session.add(file)
    session.flush()
    return file


def of(session: Session, person: Principal, *, now: datetime, object_code: str | None = None) -> Sequence[ProducedFile]:
    """The files of a person that can still be fetched, newest first; of one object, where it is named."""
    query = select(ProducedFile).where(ProducedFile.person_id == person.person_id, ProducedFile.expires_at > now)
    if object_code is not None:
        query = query.where(ProducedFile.object_code == object_code)
    return session.scalars(query.order_by(ProducedFile.made_at.desc(), ProducedFile.id)).all()


def get_for(session: Session, person: Principal, file_id: str, *, now: datetime) -> ProducedFile:
    """A file of this person; anybody else's is not there."""
    mine = (ProducedFile.id == file_id, ProducedFile.person_id == person.person_id, ProducedFile.expires_at > now)
    found = session.scalars(select(ProducedFile).where(*mine)).first()
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def read(session: Session, settings: Settings, file: ProducedFile, *, actor: str, now: datetime) -> bytes:
    """What is in the file; each fetching is kept in the audit trail."""
    try:
        content = (_folder(settings) / file.id).read_bytes()
    except FileNotFoundError:
        raise NotFound(NOT_THERE) from None
    audit.record(
        session,
        now=now,
        actor=actor,
        action="export.downloaded",
        object_type="release",
        object_code=file.object_code,
        details={"file": file.kind, "digest": file.digest},
    )
    return content


def forget_expired(session: Session, settings: Settings, *, now: datetime) -> int:
    """Delete what is older than a day, rows first, and what no row knows; how many files are gone.

    A file that is being written, or whose row is about to be, is younger than a day and stays.
    """
    session.execute(delete(ProducedFile).where(ProducedFile.expires_at <= now))
    known = set(session.scalars(select(ProducedFile.id)))
    gone = 0
    folder = _folder(settings)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in known and path.stat().st_mtime < (now - KEPT).timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def withdraw(session: Session, settings: Settings, kind: str, object_codes: Collection[str]) -> None:
    """Delete the files of a kind about these objects, whoever asked for them."""
    mine = ProducedFile.kind == kind, ProducedFile.object_code.in_(object_codes)
    for file_id in session.scalars(select(ProducedFile.id).where(*mine)).all():
        (_folder(settings) / file_id).unlink(missing_ok=True)
    session.execute(delete(ProducedFile).where(*mine))


def _folder(settings: Settings) -> Path:
    return settings.data / "files"


def _digest(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            whole.update(piece)
    return whole.hexdigest()
