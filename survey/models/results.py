"""Releases and their numbers: one table for each published file, keyed by release."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Float, ForeignKey, Integer, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeEngine

from reports.disclosure.reasons import Reason
from reports.frames import (
    AGREEMENT,
    AVERAGE_OFFICER,
    BENCHMARKS,
    BENCHMARKS_RESTATED,
    CELL_SCORES,
    CHANGE,
    DIVERGENCE,
    DONT_KNOW_SHARES,
    ELECTED_GAPS,
    EQUALITY_MIX,
    GROUP_SCORES,
    ITEM_ANALYSIS,
    ITEMS,
    LEADERSHIP,
    OWN_PROFILE,
    RELIABILITY,
    SAY_DO,
    SCORES,
    SECTOR_CHANGE,
    SECTOR_DONT_KNOW,
    SECTOR_INSIDE,
    SECTOR_ITEM_GAPS,
    SECTOR_LEADERSHIP,
    SECTOR_PROGRAMMES,
    SECTOR_TIER_GAPS,
    STANDINGS,
    TIER_GAPS,
    TIER_ITEM_GAPS,
    Shape,
)
from survey.models.base import Base, Digest, Identifier, one_of
from survey.models.collection import Wave
from survey.vocabulary import ReleaseState


class Release(Base):
    """The numbers of a wave as published: computed once, approved by a second person, then only read."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("wave_id", "number"),
        CheckConstraint(one_of("state", ReleaseState), name="state"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> computed_by_id", name="second_person_approves"),
        CheckConstraint(
            "state NOT IN ('published', 'superseded') OR (approved_by_id IS NOT NULL AND published_at IS NOT NULL)",
            name="published_was_approved",
        ),
    )

    id: Mapped[Identifier]
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=ReleaseState.COMPUTED)
    method_version: Mapped[str] = mapped_column(String(20))
    rules: Mapped[dict[str, Any]]
    quality: Mapped[dict[str, Any]]
    questionnaire_digest: Mapped[Digest]
    input_digest: Mapped[Digest]
    computed_at: Mapped[datetime]
    computed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    embargo_until: Mapped[datetime | None]
    self_assessment_digest: Mapped[str | None] = mapped_column(String(64))
    previous_label: Mapped[str | None] = mapped_column(
        String(100)
    )  # the release of an earlier wave it is compared with
    previous_digest: Mapped[str | None] = mapped_column(String(64))

    wave: Mapped[Wave] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the release is named under every number, e.g. `2026.1`. Needs its wave loaded."""
        return f"{self.wave.code}.{self.number}"

    @property
    def audit_code(self) -> str:
        return self.label


class ReleasePeerGroup(Base):
    """Who was in a peer group of a release: the frozen menu."""

    __tablename__ = "release_peer_group"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    peer_group: Mapped[str] = mapped_column(String(200), primary_key=True)
    authority: Mapped[str] = mapped_column(String(80), primary_key=True)


class ReleaseNamed(Base):
    """Who is named to whom in a release: the authorities that had chosen it when it was computed."""

    __tablename__ = "release_named"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    authority: Mapped[str] = mapped_column(String(80), primary_key=True)


_COLUMN_TYPES: dict[str, TypeEngine[Any]] = {
    "string": String(200),
    "Float64": Float(53),
    "Int64": Integer(),
    "boolean": Boolean(),
}


def _table_of(shape: Shape, key: tuple[str, ...], value: str) -> Table:
    """The table of a published file: a withheld value is NULL with a reason, never a number.

    A group too small for quartiles has that reason and its median; its quartiles are NULL.
    """
    columns: list[Column[Any]] = [
        Column(name, _COLUMN_TYPES[dtype], primary_key=name in key, nullable=name not in key)
        for name, dtype in shape.columns.items()
    ]
    return Table(
        f"release_{shape.name}",
        Base.metadata,
        Column("release_id", ForeignKey("release.id"), primary_key=True),
        *columns,
        CheckConstraint(
            f"reason IS NULL OR {value} IS NULL OR reason = '{Reason.TOO_FEW_FOR_QUARTILES}'",
            name="withheld_has_no_number",
        ),
    )


RESULT_TABLES: dict[str, Table] = {
    "scores": _table_of(SCORES, ("authority", "measure"), "score"),
    "items": _table_of(ITEMS, ("authority", "item", "option"), "share"),
    "group_scores": _table_of(GROUP_SCORES, ("authority", "kind", "group", "measure"), "score"),
    "cell_scores": _table_of(CELL_SCORES, ("authority", "service_area", "tier", "measure"), "score"),
    "benchmarks": _table_of(BENCHMARKS, ("peer_group", "measure"), "median"),
    "standings": _table_of(STANDINGS, ("authority", "peer_group", "measure"), "gap"),
    "average_officer": _table_of(AVERAGE_OFFICER, ("measure",), "score"),
    "say_do": _table_of(SAY_DO, ("authority", "measure"), "gap"),
    "own_profile": _table_of(OWN_PROFILE, ("authority", "measure"), "gap"),
    "divergence": _table_of(DIVERGENCE, ("authority", "measure"), "sd_between"),
    "tier_gaps": _table_of(TIER_GAPS, ("authority", "measure"), "gap"),
    "elected_gaps": _table_of(ELECTED_GAPS, ("authority", "measure"), "gap"),
    "sector_inside": _table_of(SECTOR_INSIDE, ("kind", "measure"), "median"),
    "sector_tier_gaps": _table_of(SECTOR_TIER_GAPS, ("measure",), "gap"),
    "tier_item_gaps": _table_of(TIER_ITEM_GAPS, ("authority", "item"), "gap"),
    "sector_item_gaps": _table_of(SECTOR_ITEM_GAPS, ("item",), "gap"),
    "sector_programmes": _table_of(SECTOR_PROGRAMMES, ("measure",), "gap"),
    "dont_know": _table_of(DONT_KNOW_SHARES, ("authority", "kind", "group", "measure"), "share"),
    "sector_dont_know": _table_of(SECTOR_DONT_KNOW, ("kind", "group", "measure"), "share"),
    "leadership": _table_of(LEADERSHIP, ("authority", "profile", "item"), "share"),
    "sector_leadership": _table_of(SECTOR_LEADERSHIP, ("profile", "item"), "share"),
    "change": _table_of(CHANGE, ("authority", "measure"), "change"),
    "benchmarks_restated": _table_of(BENCHMARKS_RESTATED, ("peer_group", "measure", "restated_for"), "median"),
    "sector_change": _table_of(SECTOR_CHANGE, ("measure",), "median"),
    "reliability": _table_of(RELIABILITY, ("measure",), "alpha"),
    "agreement": _table_of(AGREEMENT, ("measure",), "icc1_anova"),
}

# Apart from the tables above, so that nothing that goes through them (exports, bundles, workbooks) ever holds it.
EQUALITY_TABLE = _table_of(EQUALITY_MIX, ("item", "option"), "share")

RESEARCH_TABLES: dict[str, Table] = {"item_analysis": _table_of(ITEM_ANALYSIS, ("item", "measure"), "item_total")}
"""About no authority and no few people, for the research team alone: in no file that is handed out."""
