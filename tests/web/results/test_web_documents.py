"""Reports on the pages: a member's own and the sector's, made when they are missing; all of them for the research team."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from survey import document_making, documents, jobs, results
from survey.demonstration.sector import HOME
from survey.models import Job, ProducedFile, Release, Wave

PAGE = f"/compare/{HOME}/2025.1/documents"
ALL = "/research/releases/2025.1/documents"


@pytest.fixture(autouse=True)
def quickly_set(monkeypatch, web_database) -> None:
    """Documents that take no time to set, and nothing waiting but what these tests ask for."""
    monkeypatch.setattr(document_making.authority_report, "authority", lambda *_, code, **__: b"%PDF " + code.encode())
    monkeypatch.setattr(document_making.sector_report, "sector", lambda *_, **__: b"%PDF sector")
    with web_database.session() as session, web_database.write(session):
        session.execute(Job.__table__.delete())
        session.commit()


@pytest.fixture
def member(browser, person):
    browser.sign_in(person("member"))
    return browser


@pytest.fixture
def researcher(browser, person):
    browser.sign_in(person("researcher"))
    return browser


def jobs_of(database) -> list[Job]:
    with database.session() as session:
        return jobs.recent(session)


def change_release(database, label: str, **values: object) -> None:
    code, number = label.split(".")
    with database.session() as session, database.write(session):
        of_wave = select(Wave.id).where(Wave.code == code).scalar_subquery()
        session.execute(
            update(Release).where(Release.wave_id == of_wave, Release.number == int(number)).values(**values)
        )
        session.commit()


def test_a_member_asks_for_missing_reports_waits_and_reads_them(member, web_database, web_settings, work) -> None:
    page = member.get(PAGE)
    assert "still to be made" in page.text
    assert member.follow(member.post(PAGE)).text.count("It is being made.") == 2
    assert [(job.kind, job.by_id) for job in jobs_of(web_database)] == [(documents.MAKE, None)]
    member.post(PAGE)
    assert len(jobs_of(web_database)) == 1  # asking twice is asking once
    work(web_database, web_settings)
    page = member.get(PAGE)
    assert "being made" not in page.text
    assert '<form method="post" novalidate>' not in page.text  # nothing is left to ask for
    report = member.get(f"/compare/{HOME}/2025.1/report.pdf")
    assert report.response.data == b"%PDF " + HOME.encode()
    assert report.response.mimetype == "application/pdf"
    assert f"{HOME}-2025.1.pdf" in report.headers["Content-Disposition"]
    assert "no-store" in report.headers["Cache-Control"]


def test_asking_for_what_is_there_asks_for_nothing(member, web_database, web_settings, work) -> None:
    member.post(PAGE)
    work(web_database, web_settings)
    member.post(PAGE)
    assert len(jobs_of(web_database)) == 1


def test_a_report_that_is_not_there_yet_leads_to_the_page_that_says_so(member) -> None:
    assert member.get(f"/compare/{HOME}/2025.1/report.pdf").location == PAGE
    assert member.get("/results/2025.1/report.pdf").location == "/results/2025.1/"


def test_the_page_says_how_far_the_work_is_without_a_script_too(member, web_database) -> None:
    member.post(PAGE)
    with web_database.session() as session, web_database.write(session):
        session.execute(update(Job).values(step="Making reports", done=4, total=121))
        session.commit()
    page = member.get(PAGE).text
    assert "4 of 121 are done" in page
    assert "Check again" in page
    assert 'data-refresh-every="2"' in page


def test_the_overview_leads_to_the_reports(member) -> None:
    assert PAGE in member.get(f"/compare/{HOME}/2025.1/").text


def test_the_sectors_report_is_for_everybody_once_it_is_there(
    member, browser, web_database, web_settings, work
) -> None:
    link = "/results/2025.1/report.pdf"
    assert link not in browser.get("/results/2025.1/").text
    member.post(PAGE)
    work(web_database, web_settings)
    browser.client.delete_cookie("soundings")
    assert link in browser.get("/results/2025.1/").text
    assert browser.get(link).response.data == b"%PDF sector"


@pytest.mark.parametrize("embargo", [True, False])
def test_reports_of_a_release_that_may_not_be_read_are_nowhere(
    member, web_database, web_settings, work, embargo
) -> None:
    """They may lie ready on disk: under an embargo, or from before the release was replaced."""
    member.post(PAGE)
    work(web_database, web_settings)
    if embargo:
        change_release(web_database, "2025.1", embargo_until=datetime.now(UTC) + timedelta(days=1))
    else:
        change_release(web_database, "2025.1", state="checked", published_at=None)
    for url in (PAGE, f"/compare/{HOME}/2025.1/report.pdf", "/results/2025.1/report.pdf"):
        assert member.get(url).status == 404, url
    assert member.post(PAGE).status == 404


def test_the_research_team_gets_all_reports_as_one_file(researcher, web_database, web_settings, work) -> None:
    assert ALL in researcher.get("/research/releases/2025.1/").text
    assert "15 PDFs" in researcher.get(ALL).text  # fourteen authorities and the sector
    waiting = researcher.follow(researcher.post(ALL)).text
    assert "It waits for its turn." in waiting
    work(web_database, web_settings)
    page = researcher.get(ALL).text
    assert "2025.1-reports.zip" in page
    (action,) = re.findall(r'action="(/research/files/\w+)"', page)
    fetched = researcher.post(action)
    assert fetched.response.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(fetched.response.data)) as packed:
        assert len(packed.namelist()) == 15
        assert packed.read("sector.pdf") == b"%PDF sector"


def test_a_file_that_could_not_be_made_says_why_and_can_be_tried_again(researcher, web_database) -> None:
    researcher.post(ALL)
    with web_database.session() as session, web_database.write(session):
        ended = {"state": "dead", "ended_at": datetime.now(UTC), "sentence": "It needed more memory than it may use."}
        session.execute(update(Job).values(**ended))
        session.commit()
    page = researcher.get(ALL).text
    assert "It needed more memory than it may use." in page
    assert "data-refresh-every" not in page
    (job,) = jobs_of(web_database)
    researcher.post(f"/research/jobs/{job.code}/again")
    assert "It waits for its turn." in researcher.get(ALL).text


def test_a_file_of_somebody_else_is_not_there(researcher, person, web_database, web_settings, work) -> None:
    researcher.post(ALL)
    work(web_database, web_settings)
    with web_database.session() as session:
        file_id = session.scalars(select(ProducedFile.id)).one()
    for other in ("publisher-1", "member"):
        researcher.sign_in(person(other))
        assert researcher.post(f"/research/files/{file_id}").status == 404
    researcher.sign_in(person("publisher-1"))
    assert "2025.1-reports.zip" not in researcher.get(ALL).text


def test_a_file_of_a_release_that_was_closed_again_cannot_be_fetched(
    researcher, web_database, web_settings, work
) -> None:
    researcher.post(ALL)
    work(web_database, web_settings)
    with web_database.session() as session:
        file_id = session.scalars(select(ProducedFile.id)).one()
    change_release(web_database, "2025.1", embargo_until=datetime.now(UTC) + timedelta(days=1))
    assert researcher.post(f"/research/files/{file_id}").status == 404
    assert researcher.get(ALL).status == 404


def test_the_pages_of_jobs_name_the_making_of_reports(researcher, web_database, web_settings, work) -> None:
    researcher.post(ALL)
    assert "All reports in one file" in researcher.get("/research/jobs/").text
    work(web_database, web_settings)
    (job,) = jobs_of(web_database)
    page = researcher.get(f"/research/jobs/{job.code}/").text
    assert ALL in page


def test_what_is_shown_of_documents_costs_the_same_for_any_number_of_them(member, web_database, web_settings) -> None:
    first = len(member.get(PAGE).statements)
    with web_database.session() as session:
        release = results.get(session, "2025.1", now=datetime.now(UTC))
        for code, _ in results.authorities(session, release):
            path = documents.path(web_settings, documents.key(web_settings, release, code))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"%PDF")
    assert len(member.get(PAGE).statements) == first
