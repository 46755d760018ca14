"""Files of other tools: mappings that were accepted, and files that wait to be brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base, Code, Identifier, Name


class SavedMapping(Base):
    """What people decided about columns and labels of a questionnaire's exports, so that nobody is asked again."""

    __tablename__ = "saved_mapping"
    __table_args__ = (UniqueConstraint("questionnaire"),)

    id: Mapped[Identifier]
    questionnaire: Mapped[Code]  # its code: a later version takes what still fits
    body: Mapped[str] = mapped_column(Text)  # as a mapping file says it
    saved_at: Mapped[datetime]

    @property
    def audit_code(self) -> str:
        return self.questionnaire


class PendingImport(Base):
    """A file between its upload and its acceptance: one a person and wave, hers alone, gone after hours.

    `content` is a compressed CSV without the tool's columns of who answered and when. `notes` {name: value} is what
    was taken away: `dropped` columns and how many rows were `repeated`.
    """

    __tablename__ = "pending_import"
    __table_args__ = (
        UniqueConstraint("wave_id", "person_id"),
        Index("ix_pending_import_expires_at", "expires_at"),
        CheckConstraint("rows >= 1", name="has_rows"),
    )

    id: Mapped[Identifier]
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Name]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    rows: Mapped[int]
    notes: Mapped[dict[str, Any]]
    authority: Mapped[str] = mapped_column(String(80), default="")
    expires_at: Mapped[datetime]
