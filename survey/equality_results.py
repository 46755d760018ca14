"""Answers to equality questions: counted over all authorities of a wave, kept and read as the mix of the sector only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

import pandas as pd
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from reports.documents import equality_tables
from reports.documents.cells import Table
from reports.frames import EQUALITY_MIX
from survey import editions
from survey.models import EQUALITY_TABLE, Release, SealedEquality, Wave


def counts(session: Session, wave: Wave) -> dict[str, Counter[str]]:
    """How many people chose each option of each equality item: all that is ever read of these rows.

    They belong to no authority, so those of an authority that left stay in it, and every release of a wave has the
    same mix: between two of them there is nothing to take apart.
    """
    found: dict[str, Counter[str]] = {}
    for text in session.scalars(select(SealedEquality.answers).where(SealedEquality.wave_id == wave.id)):
        for item, value in json.loads(text).items():
            if isinstance(value, str):
                found.setdefault(item, Counter())[value] += 1
    return found


def store(session: Session, release: Release, mix: pd.DataFrame) -> None:
    """Keep the mix with the release, apart from the tables that leave as files."""
    if not mix.empty:
        plain = mix.astype(object).where(mix.notna(), None)
        rows = zip(*(plain[name] for name in EQUALITY_MIX.columns), strict=True)
        kept = [{"release_id": release.id, **dict(zip(EQUALITY_MIX.columns, row, strict=True))} for row in rows]
        session.execute(insert(EQUALITY_TABLE), kept)


def read(session: Session, release: Release) -> pd.DataFrame:
    """The mix of a release, EQUALITY_MIX; without rows where no equality question was asked."""
    columns = [EQUALITY_TABLE.c[name] for name in EQUALITY_MIX.columns]
    query = select(*columns).where(EQUALITY_TABLE.c.release_id == release.id)
    rows = session.execute(query.order_by(EQUALITY_TABLE.c.item, EQUALITY_TABLE.c.option)).all()
    return EQUALITY_MIX.check(pd.DataFrame(rows, columns=list(EQUALITY_MIX.columns)))


def tables(session: Session, release: Release) -> list[Table]:
    """The mix as tables for a page."""
    frames: Mapping[str, pd.DataFrame] = {EQUALITY_MIX.name: read(session, release)}
    asked = editions.questionnaire_of(session, release.wave.edition)
    return equality_tables.tables(frames, asked)
