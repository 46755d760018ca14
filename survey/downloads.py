"""Files of a release: benchmarks, standings and scores as they may leave, each with what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from reports import publication
from reports.documents import workbook
from reports.documents.brand import Brand
from reports.documents.imprint import Imprint
from reports.files import writing
from reports.frames import BENCHMARKS, CHANGE, SAY_DO, SCORES, SECTOR_CHANGE, STANDINGS, Shape
from reports.publication import Results
from reports.rules import Rules
from survey import audit, results, stored_results
from survey.db import take_time
from survey.errors import NotFound
from survey.models import Release

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHAPES: dict[str, Shape] = {
    shape.name: shape for shape in (BENCHMARKS, STANDINGS, SCORES, SAY_DO, CHANGE, SECTOR_CHANGE)
}
TABLES = tuple(SHAPES)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be sent: its name, what is in it, its media type; `table` and `form` are what the audit trail says."""

    name: str
    content: bytes
    media_type: str
    table: str
    form: str


def csv(session: Session, release: Release, table: str) -> Download:
    """One table of a release. Only reads, as does `xlsx`: nobody waits for a file to be made. `record` follows."""
    if table not in SHAPES:
        raise NotFound(f"There is no such table. The tables are {', '.join(TABLES)}.")
    frame = _guarded(session, release, (table,)).frames[table]
    content = writing.csv_bytes(frame.assign(release=release.label, method=release.method_version))
    return Download(writing.file_name(f"{release.label}-{table}") + ".csv", content, CSV, table, "csv")


def xlsx(session: Session, release: Release, *, publisher: Brand) -> Download:
    """A workbook with a cover, contents, notes and a sheet for each table."""
    take_time(session.connection())
    content = workbook.results(
        _guarded(session, release, TABLES),
        results.questionnaire(release),
        names=dict(results.authorities(session, release)),
        about=about(release),
        imprint=Imprint(release.label, release.method_version, release.wave.title, release.wave.demonstration),
        publisher=publisher,
    )
    return Download(writing.file_name(f"{release.label}-results") + ".xlsx", content, XLSX, "all", "xlsx")


def record(session: Session, release: Release, made: Download, *, actor: str, now: datetime) -> None:
    """Keep who took which file."""
    audit.record(
        session,
        now=now,
        actor=actor,
        action="export.downloaded",
        object_type="release",
        object_code=release.label,
        details={"table": made.table, "form": made.form},
    )


def about(release: Release) -> dict[str, str]:
    """What the figures are, for the cover."""
    published = release.published_at
    return {
        "Release": release.label,
        "State": release.state,
        "Published": published.date().isoformat() if published else "not published",
        "Method version": release.method_version,
        "Questionnaire": f"{release.wave.edition.code} {release.wave.edition.version}",
        "Digest of the questionnaire": release.questionnaire_digest,
        "Digest of the answers": release.input_digest,
    }


def _guarded(session: Session, release: Release, names: tuple[str, ...]) -> Results:
    """Stored rows through the guard of files: rounded, one message for whatever is withheld."""
    frames = {name: stored_results.rows(session, SHAPES[name], release) for name in names}
    return publication.for_file(Results(frames, release.quality, Rules(**release.rules)), "published")
