"""Documents of a release: which there are, where they are kept, who makes them. They can always be made again."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import astuple, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

import reports
from survey import jobs, produced_files, results
from survey.config import Settings
from survey.models import Job, Release
from survey.people import Principal
from survey.vocabulary import JobState

MAKE, BUNDLE = "documents.make", "documents.bundle"
SECTOR = ""  # the document of no authority
PDF = "application/pdf"
_MAKING = (
    "charts/*.py",
    "documents/**/*.py",
    "documents/**/*.typ",
    "*_reading.py",
    "area_shrinkage.py",
    "narrative.py",
    "profile.py",
    "wording/*.toml",
)
_UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Key:
    """What a document depends on: the figures, whose it is, the brand it wears, the program that sets it."""

    release_id: int
    figures: str
    authority: str
    brand: str

    @property
    def etag(self) -> str:
        """Changes when the figures, the brand or the making of documents change."""
        parts = (*(str(part) for part in astuple(self)), making_digest())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]

    @property
    def file(self) -> Path:
        """The release's own folder, and a name that is safe on every file system."""
        words = _UNSAFE.sub("-", (self.authority or "sector").lower()).strip("-")
        return Path(f"release-{self.release_id}") / f"{words[:80]}-{self.etag}.pdf"


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that lies ready: the bytes, and what changes when they do."""

    content: bytes
    etag: str


def key(settings: Settings, release: Release, authority: str = SECTOR) -> Key:
    """The key of the report of an authority, or without one of the sector's."""
    figures = f"{release.label} {release.input_digest} {release.questionnaire_digest} {release.computed_at.isoformat()}"
    return Key(release.id, figures, authority, _brand_digest(settings))


def name(release: Release, authority: str = SECTOR) -> str:
    """What a document is called where it is saved."""
    return f"{authority or 'sector'}-{release.label}.pdf"


def path(settings: Settings, of: Key) -> Path:
    return settings.data / "documents" / of.file


def is_kept(settings: Settings, release: Release, authority: str = SECTOR) -> bool:
    """Whether a document lies ready."""
    return path(settings, key(settings, release, authority)).is_file()


def kept(settings: Settings, release: Release, authority: str = SECTOR) -> Kept | None:
    """A document that lies ready, or None where it is still to be made."""
    wanted = key(settings, release, authority)
    try:
        return Kept(path(settings, wanted).read_bytes(), wanted.etag)
    except FileNotFoundError:
        return None


def size(settings: Settings, release: Release, authority: str = SECTOR) -> int | None:
    """How many bytes a document has, or None where it is still to be made."""
    try:
        return path(settings, key(settings, release, authority)).stat().st_size
    except FileNotFoundError:
        return None


# Who makes them


def make_all(session: Session, release: Release, *, now: datetime, authority: str | None = None) -> Job:
    """Have all documents of a release made, or one authority's and the sector's; in the transaction of the cause.

    Asked by the service itself, because a document is the same for whoever reads it. Asking twice is asking once.
    """
    wanted = {"release": release.id} | ({} if authority is None else {"authority": authority})
    return jobs.enqueue(session, MAKE, wanted, key=_making(release, authority), by=None, now=now)


def missing(session: Session, settings: Settings, *, now: datetime) -> list[Release]:
    """The releases that may be read and lack a document, but for those whose making was given up.

    Of a demonstration, only what somebody asks for is made.
    """
    found = []
    for release in results.released(session, now=now):
        if release.wave.demonstration:
            continue
        last = jobs.newest(session, _making(release, None))
        codes = (SECTOR, *(code for code, _ in results.authorities(session, release)))
        given_up = last is not None and last.state == JobState.DEAD
        if not given_up and not all(is_kept(settings, release, code) for code in codes):
            found.append(release)
    return found


def forget_replaced(session: Session, settings: Settings, *, now: datetime) -> None:
    """Delete the reports, bundles of reports and pictures of releases that were replaced: nobody can read them any more.

    Done again each time, for a job or a page that was under way just then.
    """
    gone = results.replaced(session, now=now)
    for release in gone:
        for folder in ("documents", "pictures"):
            shutil.rmtree(settings.data / folder / f"release-{release.id}", ignore_errors=True)
    produced_files.withdraw(session, settings, BUNDLE, [release.label for release in gone])


def being_made(session: Session, release: Release, authority: str | None = None) -> Job | None:
    """The unfinished job that makes a document: of the whole release, or of this authority."""
    found = jobs.waiting(session, _making(release, None))
    return found or (None if authority is None else jobs.waiting(session, _making(release, authority)))


def ask_for_bundle(session: Session, release: Release, *, by: Principal, now: datetime) -> Job:
    """All documents of a release as one file for the person who asks."""
    wanted = {"release": release.id}
    return jobs.enqueue(session, BUNDLE, wanted, key=_bundling(release, by), by=by.person_id, now=now)


def last_bundle(session: Session, release: Release, by: Principal) -> Job | None:
    """The newest job that makes, or was to make, this person's file."""
    return jobs.newest(session, _bundling(release, by))


def _making(release: Release, authority: str | None) -> str:
    return f"{MAKE} {release.id}" + ("" if authority is None else f" {authority}")


def _bundling(release: Release, by: Principal) -> str:
    return f"{BUNDLE} {release.id} for {by.person_id}"


@cache
def making_digest() -> str:
    """A digest of the program that makes documents: the next version makes them anew."""
    folder = Path(reports.__file__).parent
    whole = hashlib.sha256()
    for pattern in _MAKING:
        for file in sorted(folder.glob(pattern)):
            whole.update(file.read_bytes())
    return whole.hexdigest()


def _brand_digest(settings: Settings) -> str:
    return hashlib.sha256(repr(astuple(settings.brand)).encode()).hexdigest()
