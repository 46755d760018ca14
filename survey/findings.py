"""What may be read of a release beside its scores: tiers question by question, leaders, don't know, programmes."""

from __future__ import annotations

import pandas as pd
from sqlalchemy.orm import Session

from reports.documents import finding_tables
from reports.documents.finding_tables import Finding
from reports.frames import (
    DONT_KNOW_SHARES,
    LEADERSHIP,
    SECTOR_DONT_KNOW,
    SECTOR_ITEM_GAPS,
    SECTOR_LEADERSHIP,
    SECTOR_PROGRAMMES,
    TIER_ITEM_GAPS,
    Shape,
)
from survey import results, stored_results
from survey.models import Release


def of_authority(session: Session, release: Release, authority: str) -> tuple[Finding, ...]:
    """How leaders are seen and what officers could not say in one authority; nothing in releases from before that."""
    found = frames_of_authority(session, release, authority)
    return finding_tables.of_authority(found, results.questionnaire(release))


def frames_of_authority(session: Session, release: Release, authority: str) -> dict[str, pd.DataFrame]:
    """The stored rows that the findings of one authority are made of, by the names of their tables."""
    shapes = _asked(release, TIER_ITEM_GAPS, LEADERSHIP, DONT_KNOW_SHARES)
    return {shape.name: stored_results.rows(session, shape, release, authority=authority) for shape in shapes}


def of_sector(session: Session, release: Release) -> tuple[Finding, ...]:
    """The same of all authorities together, and people of programmes beside others."""
    return finding_tables.of_sector(frames_of_sector(session, release), results.questionnaire(release))


def frames_of_sector(session: Session, release: Release) -> dict[str, pd.DataFrame]:
    """The stored rows that the findings of all authorities together are made of, by the names of their tables."""
    shapes = _asked(release, SECTOR_ITEM_GAPS, SECTOR_PROGRAMMES, SECTOR_LEADERSHIP, SECTOR_DONT_KNOW)
    return {shape.name: stored_results.rows(session, shape, release) for shape in shapes}


def _asked(release: Release, by_question: Shape, *others: Shape) -> tuple[Shape, ...]:
    """Tiers are compared question by question only where invariance failed: elsewhere that table is empty."""
    return (by_question, *others) if release.rules.get("invariance") == "failed" else others
