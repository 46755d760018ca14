"""Files between upload and acceptance: kept for hours, each its uploader's alone, never with who answered."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.files import tables
from reports.files.tables import FileFaults
from reports.files.tool_columns import Cleaned
from survey.errors import BadInput
from survey.models import PendingImport, Wave

KEPT_FOR = timedelta(hours=4)
MOST_ROWS = 20_000
LARGEST_CONTENT = 50 * 1024 * 1024  # after unpacking; the command takes more
_MOST_BLANK = 1_000


@dataclass(frozen=True)
class Stripped:
    """A file without what its tool added: what may be kept for some hours."""

    name: str
    content: bytes
    rows: int
    dropped: tuple[str, ...]
    repeated: int


def stripped(found: Cleaned, name: str) -> Stripped:
    """The rows of a table as a compressed CSV, each in its place, so that messages name the rows of the file."""
    buffer = io.BytesIO()
    rows = 0
    with gzip.open(buffer, "wt", encoding="utf-8", newline="", compresslevel=5) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(found.table.columns)
        at = 1
        for chunk in found.table.chunks:
            rows += len(chunk.cells)
            if rows > MOST_ROWS:
                raise FileFaults(
                    [
                        f"{name}: more than {MOST_ROWS} rows. Use the command `soundings responses import`, or send it in parts."
                    ]
                )
            for number, row in zip(chunk.numbers, chunk.cells, strict=True):
                file.write("\n" * min(number - at - 1, _MOST_BLANK))
                writer.writerow(row)
                at = number
    if not rows:
        raise FileFaults([f"{name}: no respondents. Below the header the file needs one row a respondent."])
    plain = "".join(
        sign for sign in name if sign.isprintable()
    )  # a browser may say anything, also what no column takes
    return Stripped(plain[:300], buffer.getvalue(), rows, found.dropped, found.repeated)


def keep(session: Session, wave: Wave, file: Stripped, *, person_id: int, authority: str, now: datetime) -> None:
    """Keep a file for its uploader; an earlier one of this wave gives way."""
    discard(session, wave, person_id=person_id)
    session.add(
        PendingImport(
            wave_id=wave.id,
            person_id=person_id,
            name=file.name,
            content=file.content,
            rows=file.rows,
            notes={"dropped": list(file.dropped), "repeated": file.repeated},
            authority=authority,
            expires_at=now + KEPT_FOR,
        )
    )
    session.flush()


def of_person(session: Session, wave: Wave, person_id: int, *, now: datetime) -> PendingImport | None:
    """The file that this person has uploaded for this wave and not yet accepted."""
    return session.scalars(
        select(PendingImport).where(
            PendingImport.wave_id == wave.id, PendingImport.person_id == person_id, PendingImport.expires_at > now
        )
    ).first()


def discard(session: Session, wave: Wave, *, person_id: int) -> None:
    session.execute(delete(PendingImport).where(PendingImport.wave_id == wave.id, PendingImport.person_id == person_id))


def forget_ended(session: Session, *, now: datetime) -> None:
    """Files whose hours are over; SQLite overwrites what is deleted."""
    session.execute(delete(PendingImport).where(PendingImport.expires_at <= now))


@contextmanager
def laid_out(content: bytes, name: str) -> Iterator[Path]:
    """Uploaded bytes as a file, for as long as they are read."""
    ending = next((one for one in (".xlsx", ".csv.gz", ".csv") if name.lower().endswith(one)), "")
    if not ending:
        raise BadInput("This file cannot be read. Choose an Excel workbook (.xlsx) or a CSV file.")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file{ending}"
        path.write_bytes(content)
        yield path


@contextmanager
def opened(pending: PendingImport) -> Iterator[Path]:
    """A kept file, laid out to be read."""
    with laid_out(pending.content, "kept.csv.gz") as path:
        yield path


def table(path: Path, name: str) -> tables.Table:
    """An uploaded file as a table, within the limits of a page."""
    found = tables.open_table(path, as_it_is=True, largest=LARGEST_CONTENT)
    return tables.Table(name, found.columns, found.chunks)
