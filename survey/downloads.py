"""Files of a release: benchmarks, standings and scores as they may leave, each with what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy.orm import Session

from reports import publication
from reports.disclosure.reasons import WITHHELD
from reports.files import writing
from reports.frames import BENCHMARKS, SCORES, STANDINGS, Shape
from reports.publication import Results
from reports.rules import Rules
from survey import audit, stored_results
from survey.errors import NotFound
from survey.models import Release

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHAPES: dict[str, Shape] = {shape.name: shape for shape in (BENCHMARKS, STANDINGS, SCORES)}
TABLES = tuple(SHAPES)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be sent: its name, what is in it, its media type."""

    name: str
    content: bytes
    media_type: str


def csv(session: Session, release: Release, table: str, *, actor: str, now: datetime) -> Download:
    """One table of a release, audited."""
    if table not in SHAPES:
        raise NotFound(f"There is no such table. The tables are {', '.join(TABLES)}.")
    content = writing.csv_bytes(_tables(session, release, (table,))[table])
    _record(session, release, table, "csv", actor=actor, now=now)
    return Download(writing.file_name(f"{release.label}-{table}") + ".csv", content, CSV)


def xlsx(session: Session, release: Release, *, actor: str, now: datetime) -> Download:
    """A workbook with a sheet for each table and one of notes, audited."""
    sheets = {"notes": notes(release), **_tables(session, release, TABLES)}
    content = writing.xlsx_bytes(sheets)
    _record(session, release, "all", "xlsx", actor=actor, now=now)
    return Download(writing.file_name(f"{release.label}-results") + ".xlsx", content, XLSX)


def notes(release: Release) -> pd.DataFrame:
    """What the figures are, beside the figures."""
    published = release.published_at
    lines = {
        "Survey": release.wave.title,
        "Release": release.label,
        "State": release.state,
        "Published": published.date().isoformat() if published else "not published",
        "Method version": release.method_version,
        "Questionnaire": f"{release.wave.edition.code} {release.wave.edition.version}",
        "Digest of the questionnaire": release.questionnaire_digest,
        "Digest of the answers": release.input_digest,
        "Scores": "0 to 100, higher is better; one decimal. Benchmarks are whole numbers.",
        "Withheld": f"An empty figure with the reason “{WITHHELD}” rests on too few people or authorities.",
        "Intervals": "95 %. They say how far a score could be from the one if everybody invited had answered.",
    }
    if release.wave.demonstration:
        lines["Demonstration"] = "All authorities, people and answers are made up."
    return pd.DataFrame({"what": list(lines), "value": list(lines.values())}, dtype="string")


def _tables(session: Session, release: Release, names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Stored rows through the guard of files: rounded, one message for whatever is withheld."""
    frames = {name: stored_results.rows(session, SHAPES[name], release) for name in names}
    safe = publication.for_file(Results(frames, {}, Rules(**release.rules)), "published").frames
    return {name: safe[name].assign(release=release.label, method=release.method_version) for name in names}


def _record(session: Session, release: Release, table: str, form: str, *, actor: str, now: datetime) -> None:
    audit.record(
        session,
        now=now,
        actor=actor,
        action="export.downloaded",
        object_type="release",
        object_code=release.label,
        details={"table": table, "form": form},
    )
