"""Operations: the audit chain and the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, String, Table, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base, Digest, Identifier, one_of
from survey.vocabulary import MessageState, Outcome


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
