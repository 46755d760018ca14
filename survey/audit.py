"""The audit trail: who did what to which object, as a chain of hashes that shows every later change.

Each entry's hash covers its own content, the name of its chain and the hash before it, so that an edit, a deletion,
an insertion or a swap breaks the chain. A chain cannot see its own cut tail, nor that it was written anew from the
first entry: for both, its head is kept outside as an anchor.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from survey.errors import BadInput
from survey.models import AuditEntry
from survey.vocabulary import Outcome

CHAIN = "soundings"
FIRST_HASH = "0" * 64
_POSTGRESQL_LOCK = 0x50D1165  # one number for "the audit chain" among this database's advisory locks
_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a chain at some moment, kept where whoever changes the database cannot reach it."""

    chain: str
    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence} {self.hash}"

    @classmethod
    def read(cls, line: str) -> Anchor:
        """An anchor from the line that `str` made of it."""
        parts = line.split()
        if len(parts) != 3 or not parts[1].isdecimal() or len(parts[2]) != 64:
            raise BadInput("That line is not an anchor. An anchor is the chain's name, a number and a hash.")
        return cls(parts[0], int(parts[1]), parts[2])


def record(
    session: Session,
    *,
    now: datetime,
    actor: str,
    action: str,
    object_type: str,
    object_code: str,
    outcome: Outcome = Outcome.DONE,
    details: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Append one entry, in the transaction of the act itself.

    Writers queue here: SQLite has one writer anyway, PostgreSQL waits for a lock that ends with the transaction.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
    last = head(session)
    entry = AuditEntry(
        chain=CHAIN,
        sequence=last.sequence + 1,
        at=now,
        actor=actor,
        action=action,
        object_type=object_type,
        object_code=object_code,
        outcome=str(outcome),
        details=dict(details or {}),
        previous_hash=last.hash,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()
    return entry


def head(session: Session) -> Anchor:
    """The newest entry as an anchor; an empty chain has the number 0."""
    newest = (
        select(AuditEntry.sequence, AuditEntry.hash)
        .where(AuditEntry.chain == CHAIN)
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    return Anchor(CHAIN, row.sequence, row.hash) if row else Anchor(CHAIN, 0, FIRST_HASH)


def recent(session: Session, *, limit: int = 100) -> list[AuditEntry]:
    """The newest entries, newest first."""
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)))


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of everything in the entry but its own hash."""
    content = {
        "action": entry.action,
        "actor": entry.actor,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "chain": entry.chain,
        "details": entry.details,
        "object_code": entry.object_code,
        "object_type": entry.object_type,
        "outcome": entry.outcome,
        "previous_hash": entry.previous_hash,
        "sequence": entry.sequence,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify(session: Session, anchors: Sequence[Anchor] = ()) -> tuple[str, ...]:
    """What is wrong with the trail, one line a fault; nothing when it is whole.

    The first bad entry of the chain ends the walk, because everything after it hangs on it. Each anchor is then
    looked for: a missing one means that the tail was cut off, another hash that the chain was written anew.
    """
    return (*_broken_links(session), *_foreign_entries(session), *_lost_anchors(session, anchors))


def _broken_links(session: Session) -> tuple[str, ...]:
    expected, previous = 1, FIRST_HASH
    for entry in _in_order(session):
        if entry.sequence != expected:
            return (f"Entry {expected} is missing: entry {entry.sequence} comes in its place.",)
        if entry.previous_hash != previous:
            return (f"Entry {expected} does not follow the entry before it.",)
        if entry.hash != entry_hash(entry):
            return (f"Entry {expected} was changed after it was written.",)
        expected, previous = expected + 1, entry.hash
    return ()


def _in_order(session: Session) -> Iterator[AuditEntry]:
    """The chain in pages, so that memory stays flat; read anew, whatever this session has seen before."""
    last = -1
    while True:
        page = (
            select(AuditEntry)
            .where(AuditEntry.chain == CHAIN, AuditEntry.sequence > last)
            .order_by(AuditEntry.sequence)
            .limit(_PAGE)
            .execution_options(populate_existing=True)
        )
        entries = session.scalars(page).all()
        yield from entries
        if len(entries) < _PAGE:
            return
        last = entries[-1].sequence


def _foreign_entries(session: Session) -> tuple[str, ...]:
    foreign = session.scalars(select(func.count()).select_from(AuditEntry).where(AuditEntry.chain != CHAIN)).one()
    return (f"{foreign} entries belong to no known chain.",) if foreign else ()


def _lost_anchors(session: Session, anchors: Sequence[Anchor]) -> tuple[str, ...]:
    faults = []
    for anchor in anchors:
        if anchor.sequence == 0:
            continue
        kept = select(AuditEntry.hash).where(AuditEntry.chain == anchor.chain, AuditEntry.sequence == anchor.sequence)
        found = session.scalars(kept).first()
        if found is None:
            faults.append(
                f"Entry {anchor.sequence} was here when the anchor was taken and is gone: the tail was cut off."
            )
        elif found != anchor.hash:
            faults.append(f"Entry {anchor.sequence} differs from the anchor: the trail was written anew.")
    return tuple(faults)
