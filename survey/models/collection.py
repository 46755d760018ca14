"""Collection: questionnaire editions, waves, participations, headcounts, invitations and drafts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, Code, Digest, Identifier, Name, RandomId, one_of
from survey.models.register import Authority
from survey.vocabulary import EditionState, Frame, InvitationKind, ParticipationState, WaveState


class Edition(Base):
    """A questionnaire as stored text. `measurement_digest` is frozen at the first answer."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("code", "version"), CheckConstraint(one_of("state", EditionState), name="state"))

    id: Mapped[Identifier]
    code: Mapped[Code]
    version: Mapped[str] = mapped_column(String(20))
    audience: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[Digest]
    measurement_digest: Mapped[Digest]
    state: Mapped[str] = mapped_column(String(20), default=EditionState.DRAFT)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    translations: Mapped[list[EditionTranslation]] = relationship(
        lazy="raise_on_sql", order_by="EditionTranslation.language"
    )

    @property
    def audit_code(self) -> str:
        return f"{self.code} {self.version}"


class EditionTranslation(Base):
    """An edition's texts in one more language; open for mending while the edition is in the field."""

    __tablename__ = "edition_translation"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[Digest]


class Wave(Base):
    """One run of the survey. Three dates: shown deadline, no new starts, no more changes."""

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("state", WaveState), name="state"),
        CheckConstraint("opens_at < deadline_at AND deadline_at <= last_start_at AND last_start_at <= closes_at",
                        name="dates_in_order"),
    )  # fmt: skip

    id: Mapped[Identifier]
    code: Mapped[Code]
    title: Mapped[Name]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    state: Mapped[str] = mapped_column(String(20), default=WaveState.PLANNED)
    opens_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    last_start_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/London")
    rehearsal: Mapped[bool] = mapped_column(default=False)
    demonstration: Mapped[bool] = mapped_column(default=False)
    optional_sections: Mapped[str] = mapped_column(String(300), default="")  # codes, joined by a space
    rules: Mapped[dict[str, Any] | None]  # settings of the method that were entered for it (wave_rules)

    edition: Mapped[Edition] = relationship(lazy="raise_on_sql")

    @property
    def audit_code(self) -> str:
        return self.code


class Participation(Base):
    """An authority in a wave. `attributes` {name: value} is the copy frozen at opening.

    `invited` counts its personal links that could be answered with, written down when the wave closes.
    """

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("wave_id", "authority_id"),
        CheckConstraint(one_of("state", ParticipationState), name="state"),
        CheckConstraint(one_of("frame", Frame), name="frame"),
        CheckConstraint("invited IS NULL OR invited >= 0", name="invited"),
    )

    id: Mapped[Identifier]
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    state: Mapped[str] = mapped_column(String(20), default=ParticipationState.INVITED)
    attributes: Mapped[dict[str, Any] | None]
    frame: Mapped[str] = mapped_column(String(20), default=Frame.UNKNOWN)
    link_reviewed: Mapped[bool] = mapped_column(default=False)
    invited: Mapped[int | None]

    wave: Mapped[Wave] = relationship(lazy="raise_on_sql")
    authority: Mapped[Authority] = relationship(lazy="raise_on_sql")

    @property
    def audit_code(self) -> str:
        return f"participation:{self.id}"


class ParticipationServiceArea(Base):
    """A service area as an authority calls it; answers store the standard code."""

    __tablename__ = "participation_service_area"

    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), primary_key=True)
    standard_code: Mapped[str] = mapped_column(String(80), primary_key=True)
    label: Mapped[Name]
    merged_into: Mapped[str | None] = mapped_column(String(80))


class Headcount(Base):
    """Known staff numbers. Empty service area and tier: the total row."""

    __tablename__ = "headcount"
    __table_args__ = (
        UniqueConstraint("participation_id", "service_area", "tier"),
        CheckConstraint("headcount >= 0", name="not_negative"),
    )

    id: Mapped[Identifier]
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"))
    service_area: Mapped[str] = mapped_column(String(80), default="")
    tier: Mapped[str] = mapped_column(String(80), default="")
    headcount: Mapped[int]


class Invitation(Base):
    """A personal link, or the shared link of an authority. Only the token's hash is stored.

    `used` is the receipt of a personal link, `received` the receipts of a shared one, `cap` its limit. Neither has a
    time, because a time would tie an invitation to a sealed row.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_invitation_participation_id", "participation_id"),
        Index("uq_invitation_participation_id_address", "participation_id", "address", unique=True),
        Index(
            "uq_invitation_shared",
            "participation_id",
            unique=True,
            sqlite_where=text("kind = 'shared'"),
            postgresql_where=text("kind = 'shared'"),
        ),
        CheckConstraint(one_of("kind", InvitationKind), name="kind"),
        CheckConstraint("(kind = 'shared') = (cap IS NOT NULL)", name="shared_links_are_capped"),
        CheckConstraint("kind = 'personal' OR address IS NULL", name="shared_links_have_no_address"),
        CheckConstraint("received >= 0 AND (cap IS NULL OR received <= cap)", name="cap_holds"),
        CheckConstraint("kind = 'shared' OR received = 0", name="personal_links_count_by_used"),
        CheckConstraint("kind = 'personal' OR NOT used", name="shared_links_count_by_received"),
    )

    id: Mapped[Identifier]
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12), default="en")
    epoch: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[Digest]
    revoked: Mapped[bool] = mapped_column(default=False)
    used: Mapped[bool] = mapped_column(default=False)
    received: Mapped[int] = mapped_column(default=0)
    cap: Mapped[int | None]

    participation: Mapped[Participation] = relationship(lazy="raise_on_sql")


class Draft(Base):
    """Answers before they are sealed: one JSON object {item code: value}, one draft a browser.

    `resume_hash` finds it on another device. It is deleted, and overwritten on disk, when it is submitted.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("browser_key_hash"),
        UniqueConstraint("invitation_id", "resume_hash"),
        CheckConstraint("revision >= 0", name="revision"),
    )

    id: Mapped[RandomId] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    browser_key_hash: Mapped[Digest]
    resume_hash: Mapped[Digest]
    answers: Mapped[str] = mapped_column(Text, default="{}")
    revision: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]

    invitation: Mapped[Invitation] = relationship(lazy="raise_on_sql")


class PrivacyNotice(Base):
    """What officers of a wave were told before the first of them answered: frozen, in every language, with its digest.

    `facts` are the settings that it was made from, `texts` {language: [{heading, lines}]}. It has a day and no time,
    which would be that of the first answer.
    """

    __tablename__ = "privacy_notice"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    facts: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]]
    digest: Mapped[Digest]
    frozen_on: Mapped[date]
