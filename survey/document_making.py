"""Making the documents of a release: each from the stored rows, by a job apart from any request."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO

import pandas as pd
from sqlalchemy.orm import Session

from reports.documents import authority_report, sector_report
from reports.documents.imprint import Imprint
from reports.files import writing
from reports.frames import (
    AGREEMENT,
    AUTHORITIES,
    AVERAGE_OFFICER,
    BENCHMARKS,
    BENCHMARKS_RESTATED,
    CELL_SCORES,
    CHANGE,
    DIVERGENCE,
    ELECTED_GAPS,
    EQUALITY_MIX,
    GROUP_SCORES,
    ITEMS,
    OWN_PROFILE,
    RELIABILITY,
    SAY_DO,
    SCORES,
    SECTOR_CHANGE,
    SECTOR_INSIDE,
    SECTOR_TIER_GAPS,
    STANDINGS,
    TIER_GAPS,
)
from reports.peers import ALL, KINDS
from reports.rules import Rules
from survey import (
    change_results,
    documents,
    equality_results,
    findings,
    kept_files,
    peer_menu,
    people,
    produced_files,
    results,
    stored_results,
)
from survey.config import Settings
from survey.db import Database, take_time
from survey.documents import SECTOR
from survey.errors import NotAllowed, NotFound
from survey.jobs import Ending, JobContext
from survey.models import Release
from survey.vocabulary import RoleName

TEAM = frozenset({RoleName.RESEARCHER, RoleName.PUBLISHER})
ZIP = "application/zip"
_INSIDE = (GROUP_SCORES, CELL_SCORES, DIVERGENCE, TIER_GAPS, ELECTED_GAPS)
_OWN = (SCORES, STANDINGS, OWN_PROFILE, ITEMS, SAY_DO, CHANGE, *_INSIDE)
_SPELLED = re.compile(r"[^a-z0-9]+")
_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the same documents give the same file
_ORDINARY_FILE = 0o644 << 16

STEP = "Making reports"
MOST_AT_ONCE = 20

Progress = Callable[[str, int, int], object]


def _silent(step: str, done: int, total: int) -> None:
    """Nobody wants to know how far it is."""
    del step, done, total


def make(context: JobContext) -> Ending:
    """The job that makes what is missing of a release's documents: all of them, or one authority's and the sector's.

    Where much is missing it makes a part and asks for the rest, so that whoever asks for work meanwhile need not wait
    for all of it.
    """
    with context.database.session() as session:
        release = results.get_by_id(session, int(context.payload["release"]))
        one = context.payload.get("authority")
        wanted = [SECTOR, *([str(one)] if one is not None else _codes(session, release))]
    missing = [code for code in wanted if not documents.is_kept(context.settings, release, code)]
    there, now_made = len(wanted) - len(missing), missing[:MOST_AT_ONCE]
    for place, code in enumerate(now_made, start=there):
        context.progress(STEP, place, len(wanted))
        _keep(context.database, context.settings, release, code)

    def ending(session: Session) -> dict[str, object]:
        if len(missing) > len(now_made):
            documents.make_all(session, release, now=datetime.now(UTC))
        return {"release": release.label, "documents": len(now_made)}

    return ending


def bundle(context: JobContext) -> Ending:
    """The job that puts all documents of a release into one file for the person who asked, rights being read anew."""
    with context.database.session() as session:
        person = people.principal_by_id(session, int(context.person_id or 0))
        if not person.roles & TEAM:
            raise NotAllowed("All reports at once are for researchers and publishers.")
        label = results.get_by_id(session, int(context.payload["release"])).label
        release = results.get(session, label, now=datetime.now(UTC))  # what may be read at this moment

    count = 0

    def write(file: BinaryIO) -> None:
        nonlocal count
        count = pack(context.database, context.settings, release, file, progress=context.progress)

    produced = produced_files.produce(context.settings, write)

    def ending(session: Session) -> dict[str, object]:
        now, about = datetime.now(UTC), produced_files.About(documents.BUNDLE, label, bundle_name(label), ZIP)
        file = produced_files.give(session, produced, about, job_id=context.job.id, person_id=person.person_id, now=now)
        return {"release": label, "file": file.id, "documents": count}

    return ending


def pack(
    database: Database, settings: Settings, release: Release, file: BinaryIO, *, progress: Progress = _silent
) -> int:
    """All documents of a release as a zip, sorted by name, those that are missing made on the way; how many.

    The same documents give the same bytes: no times, no compression that could differ. Each document is read in a
    session of its own, so that no reading stays open while a page is set.
    """
    with database.session() as session:
        named = [(SECTOR, "The sector"), *results.authorities(session, release)]
    with zipfile.ZipFile(file, "w") as packed:
        for place, (name, code) in enumerate(sorted(_file_names(named).items())):
            progress(STEP, place, len(named))
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.external_attr = _ORDINARY_FILE
            found = documents.kept(settings, release, code)
            packed.writestr(entry, found.content if found else _keep(database, settings, release, code))
    progress(STEP, len(named), len(named))
    return len(named)


def bundle_name(label: str) -> str:
    """What the file of all documents is called."""
    return f"{writing.file_name(label)}-reports.zip"


# One document


def _keep(database: Database, settings: Settings, release: Release, code: str) -> bytes:
    """Make a document and keep it."""
    with database.session() as session:
        take_time(session.connection())
        content = _authority(session, settings, release, code) if code else _sector(session, settings, release)
    kept_files.write(documents.path(settings, documents.key(settings, release, code)), content)
    return content


def _authority(session: Session, settings: Settings, release: Release, code: str) -> bytes:
    """The report of one authority beside the group that its page opens with."""
    groups = stored_results.groups_of(session, release, code)
    if not groups:
        raise NotFound(results.NO_SUCH_AUTHORITY)
    benchmarks = stored_results.benchmarks_of(session, release, code)
    menu = tuple(peer_menu.group(group, size, benchmarks) for _, group, size in groups)
    frames = {shape.name: stored_results.rows(session, shape, release, authority=code) for shape in _OWN}
    frames |= findings.frames_of_authority(session, release, code)
    restated = change_results.restated_of(session, release, code)
    replaced = change_results.predecessors(session, frames[CHANGE.name], code)
    return authority_report.authority(
        {**frames, BENCHMARKS.name: benchmarks, BENCHMARKS_RESTATED.name: restated},
        results.questionnaire(release),
        code=code,
        name=groups[0][0],
        peer_group=peer_menu.chosen(menu, None).code,
        imprint=replace(_imprint(release), replaced=replaced),
        publisher=settings.brand,
        made=release.published_at,
    )


def _sector(session: Session, settings: Settings, release: Release) -> bytes:
    frames = {
        shape.name: stored_results.rows(session, shape, release)
        for shape in (
            SCORES,
            BENCHMARKS,
            RELIABILITY,
            AGREEMENT,
            SECTOR_INSIDE,
            SECTOR_TIER_GAPS,
            AVERAGE_OFFICER,
            SAY_DO,
            SECTOR_CHANGE,
        )
    }
    frames |= findings.frames_of_sector(session, release)
    frames[BENCHMARKS_RESTATED.name] = change_results.restated(session, release)
    frames[STANDINGS.name] = stored_results.rows(session, STANDINGS, release, peer_group=ALL)
    frames[EQUALITY_MIX.name] = equality_results.read(session, release)
    given = sector_report.Given(
        authorities=_register(session, release),
        quality=release.quality,
        rules=Rules(**release.rules),
        register=stored_results.registered(session, release.wave.opens_at.date()),
        record={
            "Digest of the questionnaire": release.questionnaire_digest,
            "Digest of the answers": release.input_digest,
        },
    )
    return sector_report.sector(
        frames,
        results.questionnaire(release),
        given,
        imprint=_imprint(release),
        publisher=settings.brand,
        made=release.published_at,
    )


def _register(session: Session, release: Release) -> pd.DataFrame:
    """Who takes part and of which kinds, from the menu of groups that was frozen with the release."""
    found: dict[str, dict[str, str]] = {}
    for group, authority in stored_results.members(session, release):
        kind, _, value = group.partition(":")
        found.setdefault(authority, {})
        if group != ALL and kind in KINDS:
            found[authority][kind] = value
    names = dict(results.authorities(session, release))
    rows = [{"code": code, "name": names.get(code, code), **kinds} for code, kinds in sorted(found.items())]
    return AUTHORITIES.check(pd.DataFrame(rows, columns=list(AUTHORITIES.columns)))


def _imprint(release: Release) -> Imprint:
    """The wave's title without the name of the survey, which stands before it."""
    wave = release.wave.title.removeprefix(str(results.questionnaire(release).title)).strip(" ,:")
    about = release.label, release.method_version, wave or None, release.wave.demonstration, release.quality
    return Imprint(*about, release.previous_label)


def _codes(session: Session, release: Release) -> Iterator[str]:
    return (code for code, _ in results.authorities(session, release))


def _file_names(named: list[tuple[str, str]]) -> Mapping[str, str]:
    """A name for each document that says whose it is: the code, which is unique, then the name as far as it spells."""
    found: dict[str, str] = {}
    for code, name in named:
        spelled = _SPELLED.sub("-", name.lower()).strip("-")[:60]
        stem = writing.file_name(f"{code}-{spelled}".strip("-")) if code else "sector"
        while f"{stem}.pdf" in found:
            stem += "_"
        found[f"{stem}.pdf"] = code
    return found
