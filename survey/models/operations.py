"""Operations: the audit chain, the outbox, jobs and the files that they made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base, Digest, Identifier, RandomId, one_of
from survey.vocabulary import JobState, MessageState, Outcome

RUNNING = text(f"state = '{JobState.RUNNING}'")
UNFINISHED = text(f"state IN ('{JobState.QUEUED}', '{JobState.RUNNING}')")


class AuditEntry(Base):
    """Who did what to which object, chained by hashes. Never answer text, never both sides of an anonymous pair."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        CheckConstraint(one_of("outcome", Outcome), name="outcome"),
        CheckConstraint("sequence >= 1", name="sequence"),
    )

    id: Mapped[Identifier]
    chain: Mapped[str] = mapped_column(String(40))
    sequence: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80))
    object_type: Mapped[str] = mapped_column(String(40))
    object_code: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(20))
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[Digest]
    hash: Mapped[Digest]


class OutboxMessage(Base):
    """A mail to be sent: template and addressee, never a link or a code; these are derived when the mail is written."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("invitation_id", "template", "round"),
        CheckConstraint(one_of("state", MessageState), name="state"),
        CheckConstraint(
            "(invitation_id IS NOT NULL AND person_id IS NULL AND sign_in_code_id IS NULL)"
            " OR (invitation_id IS NULL AND person_id IS NOT NULL AND sign_in_code_id IS NULL)"
            " OR (invitation_id IS NULL AND person_id IS NULL AND sign_in_code_id IS NOT NULL)",
            name="one_addressee",
        ),
        Index("ix_outbox_message_state", "state"),
    )

    id: Mapped[Identifier]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sign_in_code_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in_code.id", ondelete="CASCADE"))
    template: Mapped[str] = mapped_column(String(40))
    round: Mapped[int] = mapped_column(default=1)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), default=MessageState.QUEUED)
    tries: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]


class Job(Base):
    """Work that a worker does apart from any request: written in the transaction of its cause, ended in that of its effect.

    `payload` holds codes and numbers only: no secret, nothing personal. `worker` names who holds a running job, and
    `heartbeat_at` when that worker was last alive; both are empty otherwise.
    """

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("state", JobState), name="state"),
        CheckConstraint("attempt >= 0", name="attempt"),
        CheckConstraint(
            f"(state = '{JobState.RUNNING}') = (worker IS NOT NULL AND heartbeat_at IS NOT NULL)",
            name="running_is_held",
        ),
        CheckConstraint(
            f"(state IN ('{JobState.DONE}', '{JobState.DEAD}')) = (ended_at IS NOT NULL)", name="ended_has_a_time"
        ),
        CheckConstraint(f"state <> '{JobState.DEAD}' OR sentence <> ''", name="dead_says_why"),
        Index("uq_job_unfinished_key", "key", unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("uq_job_running_person", "by_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_job_state", "state", "due_at"),
    )

    id: Mapped[Identifier]
    code: Mapped[RandomId]
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(20), default=JobState.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(String(200), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]]
    sentence: Mapped[str] = mapped_column(String(500), default="")
    worker: Mapped[str | None] = mapped_column(String(80))
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def audit_code(self) -> str:
        return self.code


class ProducedFile(Base):
    """A file that a person asked for: theirs alone, under a random name in the data folder, deleted after a day."""

    __tablename__ = "produced_file"
    __table_args__ = (Index("ix_produced_file_expires_at", "expires_at"),)

    id: Mapped[RandomId] = mapped_column(primary_key=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    object_code: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[Digest]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]


APPEND_ONLY = {
    "sqlite": (
        """CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
           BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END""",
        """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
           BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'The audit trail is append-only.'; END $$""",
        """CREATE TRIGGER audit_entry_no_update_or_delete BEFORE UPDATE OR DELETE ON audit_entry
           FOR EACH ROW EXECUTE FUNCTION audit_entry_is_append_only()""",
        """CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
           FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only()""",
    ),
}


@event.listens_for(AuditEntry.__table__, "after_create")
def _make_append_only(table: Table, connection: Connection, **options: object) -> None:
    """What the migration does by itself, tables made straight from the models need as well."""
    del table, options
    for statement in APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)
