"""Documents of a release: made by a job, kept, made again; all of them as one file that belongs to one person for a day."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from sqlalchemy import func, select, update

from survey import child, document_making, documents, housekeeping, jobs, kept_files, people, produced_files, results
from survey.config import Settings
from survey.db import Database
from survey.documents import SECTOR
from survey.errors import NotAllowed, NotFound
from survey.models import AuditEntry, Job, ProducedFile, Release
from survey.people import Principal
from survey.vocabulary import ReleaseState, RoleName

Closed = Any  # the fixture's own class stands in conftest.py, which cannot be imported
Work = Callable[[Database, Settings], list[str]]


@pytest.fixture
def one_page(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Documents that say whose they are and take no time to set; the codes of those that were made."""
    made: list[str] = []

    def authority(frames: object, asked: object, *, code: str, **more: object) -> bytes:
        made.append(code)
        return f"%PDF report of {code}".encode()

    def sector(*_: object, **more: object) -> bytes:
        made.append(SECTOR)
        return b"%PDF report of the sector"

    monkeypatch.setattr(document_making.authority_report, "authority", authority)
    monkeypatch.setattr(document_making.sector_report, "sector", sector)
    return made


def words(content: bytes, pages: int) -> str:
    """What the first pages say."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages[:pages])


def ask_for_bundle(closed: Closed, release: Release, name: str = "researcher") -> Job:
    with closed.database.write(closed.session):
        job = documents.ask_for_bundle(closed.session, release, by=closed.people[name], now=datetime.now(UTC))
        closed.session.commit()
    return job


def files_of(closed: Closed, name: str = "researcher", *, later: timedelta = timedelta(0)) -> list[ProducedFile]:
    with closed.database.session() as session:
        return list(produced_files.of(session, closed.people[name], now=datetime.now(UTC) + later))


def unpacked(settings: Settings, file: ProducedFile) -> dict[str, bytes]:
    with zipfile.ZipFile(settings.data / "files" / file.id) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def test_publishing_asks_for_the_documents_in_the_same_transaction(closed: Closed) -> None:
    release = closed.compute()
    closed.approve(release)
    with closed.database.write(closed.session):
        closed.session.refresh(release)
        document = documents.make_all(closed.session, release, now=closed.now)
        assert document.payload == {"release": release.id}
    assert jobs.recent(closed.session) == []  # what was rolled back was not asked for
    closed.publish(release)
    assert [(job.kind, job.by_id) for job in jobs.recent(closed.session)] == [(documents.MAKE, None)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_worker_makes_reports_that_say_whose_they_are_and_nothing_of_others(
    closed: Closed, settings: Settings, work: Work
) -> None:
    """As they really are, and with what is withheld staying so: A14 has five answers."""
    release = closed.published()
    with closed.database.write(closed.session):
        closed.session.execute(Job.__table__.delete())
        for code in ("A01", "A14"):
            documents.make_all(closed.session, release, authority=code, now=closed.now)
        closed.session.commit()
    assert documents.kept(settings, release) is None
    work(closed.database, settings)
    own, small, sector = (documents.kept(settings, release, code) for code in ("A01", "A14", SECTOR))
    assert own
    assert small
    assert sector
    assert "Town A01" in words(own.content, 2)
    assert not [code for code in range(2, 15) if f"Town A{code:02}" in words(own.content, 3)]
    assert "The results of Town A14 are not shown." in " ".join(words(small.content, 2).split())
    assert "The sector" in words(sector.content, 1)
    results_of = closed.session.scalars(select(Job.result).order_by(Job.id)).all()
    assert results_of == [{"release": "2026.1", "documents": 2}, {"release": "2026.1", "documents": 1}]


def test_only_what_is_missing_is_made(closed: Closed, settings: Settings, work: Work, one_page: list[str]) -> None:
    release = closed.published()
    work(closed.database, settings)
    assert sorted(one_page) == [SECTOR, *(f"A{number:02}" for number in range(1, 15))]
    one_page.clear()
    documents.path(settings, documents.key(settings, release, "A03")).unlink()
    with closed.database.write(closed.session):
        documents.make_all(closed.session, release, now=closed.now)
        closed.session.commit()
    work(closed.database, settings)
    assert one_page == ["A03"]


def test_many_documents_are_made_in_parts_so_that_nobody_waits_for_all_of_them(
    closed: Closed, settings: Settings, one_page: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifteen documents, six at a time; what a person asks for meanwhile comes before the rest."""
    monkeypatch.setattr(document_making, "MOST_AT_ONCE", 6)
    release = closed.published()

    def perform_next() -> str:
        with closed.database.session() as session, closed.database.write(session):
            wanted = jobs.Wanted({documents.MAKE, documents.BUNDLE})
            taken = jobs.claim(session, worker="test", wanted=wanted)
            session.commit()
        assert taken is not None
        function = {documents.MAKE: document_making.make, documents.BUNDLE: document_making.bundle}[taken.kind]
        child.perform(closed.database, settings, taken, function, lambda _: None)
        return taken.kind

    assert perform_next() == documents.MAKE
    assert len(one_page) == 6
    ask_for_bundle(closed, release)
    assert [perform_next() for _ in range(2)] == [documents.BUNDLE, documents.MAKE]
    assert len(one_page) == 15  # the bundle made the rest on its way
    assert jobs.waiting(closed.session, f"{documents.MAKE} {release.id}") is None


def test_what_was_given_up_is_not_asked_for_again_by_itself(
    closed: Closed, settings: Settings, one_page: list[str]
) -> None:
    closed.published()
    with closed.database.write(closed.session):
        closed.session.execute(update(Job).values(state="dead", ended_at=closed.now, sentence="A fault."))
        closed.session.commit()
    housekeeping.look_over_files(closed.database, settings, now=datetime.now(UTC))
    assert len(jobs.recent(closed.session)) == 1


def test_one_authority_asks_for_its_own_and_the_sectors_report_only(
    closed: Closed, settings: Settings, work: Work, one_page: list[str]
) -> None:
    release = closed.published()
    with closed.database.write(closed.session):
        closed.session.execute(Job.__table__.delete())
        documents.make_all(closed.session, release, authority="A05", now=closed.now)
        closed.session.commit()
    assert documents.being_made(closed.session, release, "A05") is not None
    assert documents.being_made(closed.session, release, "A06") is None
    work(closed.database, settings)
    assert one_page == [SECTOR, "A05"]


def test_a_document_changes_its_name_with_the_figures_the_brand_and_the_program(
    closed: Closed, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = closed.published()
    first = documents.key(settings, release, "A01").file
    assert documents.key(settings, release, "A01").file == first
    assert documents.key(settings, release, "A02").file != first
    monkeypatch.setattr(documents, "making_digest", lambda: "the next version")
    assert documents.key(settings, release, "A01").file != first
    monkeypatch.undo()
    branded = replace(settings, brand=replace(settings.brand, name="Another publisher"))
    assert documents.key(branded, release, "A01").file != first
    release.input_digest = "0" * 64
    assert documents.key(settings, release, "A01").file != first
    closed.session.rollback()


def test_documents_are_made_under_an_embargo_too(
    closed: Closed, settings: Settings, work: Work, one_page: list[str]
) -> None:
    """They lie ready when it ends; until then nobody finds the release that they belong to."""
    release, until = closed.compute(), datetime.now(UTC) + timedelta(days=1)
    closed.approve(release)
    closed.publish(release, embargo_until=until)
    work(closed.database, settings)
    assert documents.is_kept(settings, release, "A01")
    with pytest.raises(NotFound):
        results.get(closed.session, "2026.1", now=datetime.now(UTC))


# All at once


def test_a_bundle_holds_every_document_under_a_name_that_says_whose_it_is(
    closed: Closed, settings: Settings, work: Work, one_page: list[str]
) -> None:
    release = closed.published()
    ask_for_bundle(closed, release)
    work(closed.database, settings)
    (file,) = files_of(closed)
    found = unpacked(settings, file)
    assert list(found) == [*(f"A{number:02}-town-a{number:02}.pdf" for number in range(1, 15)), "sector.pdf"]
    assert found["A07-town-a07.pdf"] == b"%PDF report of A07"
    assert (file.name, file.media_type, file.object_code) == ("2026.1-reports.zip", "application/zip", "2026.1")
    assert file.size == (settings.data / "files" / file.id).stat().st_size
    assert len(one_page) == 15  # those that lay ready were not made again


def test_the_same_documents_give_the_same_bundle(
    closed: Closed, settings: Settings, work: Work, one_page: list[str]
) -> None:
    release = closed.published()
    for _ in range(2):
        ask_for_bundle(closed, release)
        work(closed.database, settings)
    first, second = files_of(closed)
    assert first.digest == second.digest
    assert first.id != second.id


def test_progress_says_how_many_of_how_many(closed: Closed, settings: Settings, one_page: list[str]) -> None:
    release, told = closed.published(), []
    document_making.pack(
        closed.database, settings, release, io.BytesIO(), progress=lambda _, done, total: told.append((done, total))
    )
    assert told == [(done, 15) for done in range(16)]


def test_a_bundle_is_for_researchers_and_publishers_at_the_moment_when_it_is_made(
    closed: Closed, settings: Settings, work: Work, one_page: list[str]
) -> None:
    release = closed.published()
    work(closed.database, settings)
    ask_for_bundle(closed, release)
    with closed.database.write(closed.session):
        researcher = closed.people["researcher"].person_id
        people.revoke(closed.session, researcher, RoleName.RESEARCHER, now=closed.now, actor="system")
        closed.session.commit()
    with pytest.raises(NotAllowed):
        work(closed.database, settings)
    assert files_of(closed) == []


@pytest.mark.parametrize("change", ["superseded", "embargoed"])
def test_a_release_that_may_not_be_read_gives_no_bundle(
    closed: Closed, settings: Settings, work: Work, one_page: list[str], change: str
) -> None:
    release = closed.published()
    work(closed.database, settings)
    if change == "superseded":
        newer = closed.compute()
        closed.approve(newer)
        closed.publish(newer)
        work(closed.database, settings)
        assert release.state == ReleaseState.SUPERSEDED
    else:
        with closed.database.write(closed.session):
            until = datetime.now(UTC) + timedelta(days=1)
            closed.session.execute(update(Release).values(embargo_until=until))
            closed.session.commit()
    ask_for_bundle(closed, release)
    with pytest.raises(NotFound):
        work(closed.database, settings)
    assert files_of(closed) == []


# A file of one's own


def test_a_file_belongs_to_the_person_who_asked(
    closed: Closed, settings: Settings, work: Work, one_page: list[str]
) -> None:
    ask_for_bundle(closed, closed.published())
    work(closed.database, settings)
    (file,) = files_of(closed)
    assert len(file.id) == 32
    assert files_of(closed, "publisher") == []
    now = datetime.now(UTC)
    assert produced_files.get_for(closed.session, closed.people["researcher"], file.id, now=now).id == file.id
    for person in (closed.people["publisher"], Principal(0, "Nobody", "nobody@example.org", ())):
        with pytest.raises(NotFound):
            produced_files.get_for(closed.session, person, file.id, now=now)


def test_fetching_a_file_leaves_its_trace(closed: Closed, settings: Settings, work: Work, one_page: list[str]) -> None:
    ask_for_bundle(closed, closed.published())
    work(closed.database, settings)
    (file,) = files_of(closed)
    with closed.database.write(closed.session):
        content = produced_files.read(closed.session, settings, file, actor="researcher", now=closed.now)
        closed.session.commit()
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    entry = closed.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.object_code) == ("export.downloaded", "2026.1")
    assert entry.details == {"file": documents.BUNDLE, "digest": file.digest}


def test_after_a_day_a_file_is_gone_from_the_list_and_from_the_disk(
    closed: Closed, settings: Settings, work: Work, one_page: list[str]
) -> None:
    ask_for_bundle(closed, closed.published())
    work(closed.database, settings)
    (file,) = files_of(closed)
    path = settings.data / "files" / file.id
    assert [one.id for one in files_of(closed, later=timedelta(hours=23))] == [file.id]
    assert files_of(closed, later=timedelta(hours=24, seconds=1)) == []
    housekeeping.look_over_files(closed.database, settings, now=file.expires_at - timedelta(minutes=1))
    assert path.exists()
    housekeeping.look_over_files(closed.database, settings, now=file.expires_at + timedelta(minutes=1))
    assert not path.exists()
    assert closed.session.scalar(select(func.count()).select_from(ProducedFile)) == 0


def test_with_its_replacement_everything_of_a_release_leaves_the_disk(
    closed: Closed, settings: Settings, work: Work, one_page: list[str]
) -> None:
    """Reports, pictures and the bundle that somebody asked for; those of the release in its place stay."""
    first = closed.published()
    ask_for_bundle(closed, first)
    work(closed.database, settings)
    (file,) = files_of(closed)
    second = closed.published()
    work(closed.database, settings)
    kept_files.write(settings.data / "pictures" / f"release-{first.id}" / "a.svg", b"<svg/>")
    kept_files.write(settings.data / "pictures" / f"release-{second.id}" / "a.svg", b"<svg/>")
    housekeeping.look_over_files(closed.database, settings, now=datetime.now(UTC))
    left = {path.name for folder in ("documents", "pictures") for path in (settings.data / folder).iterdir()}
    assert left == {f"release-{second.id}"}
    assert files_of(closed) == []
    assert not (settings.data / "files" / file.id).exists()
    assert documents.is_kept(settings, second, "A01")


def test_a_file_that_no_row_knows_goes_after_a_day(closed: Closed, settings: Settings) -> None:
    """A worker that was killed between writing the file and the row leaves one behind."""
    now = datetime.now(UTC)
    ids = [produced_files.produce(settings, lambda file: file.write(b"left behind") and None).id for _ in range(2)]
    old, young = (settings.data / "files" / one for one in ids)
    os.utime(old, ((now - timedelta(hours=25)).timestamp(),) * 2)
    housekeeping.look_over_files(closed.database, settings, now=now)
    assert (old.exists(), young.exists()) == (False, True)


def test_what_a_new_version_must_make_anew_is_asked_for_by_itself(
    closed: Closed, settings: Settings, work: Work, one_page: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed.published()
    work(closed.database, settings)
    now = datetime.now(UTC)
    housekeeping.look_over_files(closed.database, settings, now=now)
    assert work(closed.database, settings) == []  # everything is there
    monkeypatch.setattr(documents, "making_digest", lambda: "the next version")
    one_page.clear()
    housekeeping.look_over_files(closed.database, settings, now=now)
    housekeeping.look_over_files(closed.database, settings, now=now)
    assert len(work(closed.database, settings)) == 1
    assert len(one_page) == 15


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "report.pdf"

    def half() -> None:
        with kept_files.whole(path) as file:
            file.write(b"half of i")
            raise ValueError("power cut")

    with pytest.raises(ValueError, match="power cut"):
        half()
    assert list(path.parent.iterdir()) == []
    kept_files.write(path, b"all of it")
    assert path.read_bytes() == b"all of it"
    assert list(path.parent.iterdir()) == [path]
