"""Self-assessments: which one a wave asks, an authority's answers, and the evidence and targets beside them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, Identifier, one_of
from survey.models.collection import Edition, Participation
from survey.vocabulary import AssessmentState


class WaveAssessment(Base):
    """Which self-assessment a wave asks of its authorities. A wave without this row asks none."""

    __tablename__ = "wave_assessment"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))

    edition: Mapped[Edition] = relationship(lazy="raise_on_sql")


class Assessment(Base):
    """The self-assessment of an authority in a wave. `revision` counts the saves."""

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("participation_id"),
        CheckConstraint(one_of("state", AssessmentState), name="state"),
        CheckConstraint("revision >= 0", name="revision"),
        CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL AND submitted_by_id IS NOT NULL)",
            name="submitted_by_somebody",
        ),
    )

    id: Mapped[Identifier]
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    state: Mapped[str] = mapped_column(String(20), default=AssessmentState.IN_PROGRESS)
    revision: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    participation: Mapped[Participation] = relationship(lazy="raise_on_sql")

    @property
    def audit_code(self) -> str:
        return f"participation:{self.participation_id}"


class AssessmentAnswer(Base):
    """One indicator: the level now and the level aimed at, as codes of options, and what shows it."""

    __tablename__ = "assessment_answer"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    item_code: Mapped[str] = mapped_column(String(80), primary_key=True)
    level: Mapped[str | None] = mapped_column(String(40))
    target: Mapped[str | None] = mapped_column(String(40))
    evidence: Mapped[str] = mapped_column(Text, default="")
