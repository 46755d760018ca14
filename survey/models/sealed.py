"""Sealed answers: nothing here leads to an invitation, a person or a time.

Rows lie in the order of their random ids (SQLite: tables without row numbers), so their place tells nothing either.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey.models.base import Base, Digest, RandomId


class Submission(Base):
    """One filled-in staff questionnaire: wave, authority, edition, answers, and whether it was too fast."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_wave_id_authority_id", "wave_id", "authority_id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[RandomId] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    answers: Mapped[str] = mapped_column(Text)
    too_fast: Mapped[bool] = mapped_column(default=False)


class SealedEquality(Base):
    """Equality answers of one person, cut off from everything but the wave."""

    __tablename__ = "sealed_equality"
    __table_args__ = (Index("ix_sealed_equality_wave_id", "wave_id"), {"sqlite_with_rowid": False})

    id: Mapped[RandomId] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    answers: Mapped[str] = mapped_column(Text)


class SealedText(Base):
    """One free text, with its authority and item, without the rest of what the person answered."""

    __tablename__ = "sealed_text"
    __table_args__ = (
        Index("ix_sealed_text_wave_id_authority_id", "wave_id", "authority_id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[RandomId] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    item: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)


class SpentKey(Base):
    """The mark of a browser whose draft was submitted, so that a double click or a lost reply reads thank you again.

    It is computed with the link key from the browser's own key, which nothing stored holds: it leads to no draft, no
    invitation and no answers. The nightly rewrite empties the table.
    """

    __tablename__ = "spent_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key_hash: Mapped[Digest] = mapped_column(String(64), primary_key=True)


class Rewriting(Base):
    """When sealed rows were last rewritten, and how many submissions there were then; one row, or none before the first.

    On PostgreSQL it is written by the transaction that rewrites, so that it carries the number that all rows have then.
    """

    __tablename__ = "rewriting"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), CheckConstraint("sealed >= 0", name="sealed"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    sealed: Mapped[int]
