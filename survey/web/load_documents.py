"""What the pages of documents show, loaded by who asks: a member's own authority, the public's sector, one's own files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey import documents, produced_files, results
from survey.documents import SECTOR
from survey.errors import NotFound
from survey.vocabulary import JobState
from survey.web import load_compare, load_jobs
from survey.web.access import Asked
from survey.web.load_jobs import JobPage

if TYPE_CHECKING:
    from survey.models import Job, ProducedFile, Release


@dataclass(frozen=True, slots=True)
class Documents:
    """Whose documents of which release; `job` is what makes them now, where something does."""

    release: Release
    authority: str
    name: str
    job: Job | None


@dataclass(frozen=True, slots=True)
class Bundles:
    """All documents of a release at once: the files of this person, how many documents there are, and the job that
    makes a file or has given up."""

    release: Release
    files: Sequence[ProducedFile]
    count: int
    job: JobPage | None


def own(asked: Asked) -> Documents:
    """The documents of one's own authority; of any other there are none."""
    release, name = load_compare.own_release(asked)
    code = asked.args["code"]
    if code not in {one for one, _ in results.authorities(asked.session, release)}:
        raise NotFound(load_compare.NOT_THERE)
    return Documents(release, code, name, documents.being_made(asked.session, release, code))


def sector(asked: Asked) -> Documents:
    """The document of the sector: for everybody who may read the release."""
    return Documents(results.get(asked.session, asked.args["label"], now=asked.now), SECTOR, "", None)


def bundles(asked: Asked) -> Bundles:
    """For the research team; before the end of an embargo, and once it is replaced, the release has no documents."""
    release = results.get(asked.session, asked.args["label"], now=asked.now)
    last = documents.last_bundle(asked.session, release, asked.person)
    return Bundles(
        release,
        produced_files.of(asked.session, asked.person, now=asked.now, object_code=release.label),
        len(results.authorities(asked.session, release)) + 1,
        load_jobs.page_of(last, asked) if last and last.state != JobState.DONE else None,
    )


def produced_file(asked: Asked) -> ProducedFile:
    """A file of the person who asks, as long as they may still read what is in it."""
    found = produced_files.get_for(asked.session, asked.person, asked.args["file"], now=asked.now)
    if found.kind == documents.BUNDLE:
        results.get(asked.session, found.object_code, now=asked.now)
    return found
