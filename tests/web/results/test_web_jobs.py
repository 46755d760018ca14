"""Pages of jobs: how far the work is, what it made, and a second chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from survey import jobs
from survey.jobs import Progress
from survey.models import Job


@pytest.fixture
def researcher_browser(browser, person):
    browser.sign_in(person("researcher"))
    return browser


def asked(browser) -> str:
    """The page of the job that pressing Compute asks for."""
    return browser.post("/research/waves/2025/compute").location


def claimed(database):
    with database.session() as session, database.write(session):
        taken = jobs.claim(session, worker="here", wanted=jobs.Wanted(["release.compute"]))
        session.commit()
    assert taken is not None
    return taken


def test_computing_asks_for_a_job_and_asking_twice_is_asking_once(researcher_browser) -> None:
    first = asked(researcher_browser)
    assert first.startswith("/research/jobs/")
    assert asked(researcher_browser) == first
    assert researcher_browser.get("/research/jobs/").text.count("Compute survey 2025") == 1


def test_a_waiting_job_says_so_and_can_be_looked_at_again_without_a_script(researcher_browser) -> None:
    url = asked(researcher_browser)
    page = researcher_browser.get(url).text
    assert "It waits for its turn." in page
    assert f'href="{url}">Check again<' in page
    assert 'data-refresh-every="2"' in page
    assert 'http-equiv="refresh"' not in page


def test_a_job_that_nobody_begins_says_whom_to_ask(researcher_browser, sqlite_database) -> None:
    url = asked(researcher_browser)
    assert "whether a worker is running" not in researcher_browser.get(url).text
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(update(Job).values(queued_at=datetime.now(UTC) - timedelta(minutes=2)))
        session.commit()
    assert "whether a worker is running" in researcher_browser.get(url).text


def test_a_job_under_way_shows_its_step_as_words_and_as_a_bar(researcher_browser, sqlite_database) -> None:
    url = asked(researcher_browser)
    taken = claimed(sqlite_database)
    with sqlite_database.session() as session, sqlite_database.write(session):
        jobs.beat(session, taken, Progress("Benchmarks", 5, 7))
        session.commit()
    page = researcher_browser.get(url).text
    assert 'Benchmarks <span class="app-job__count">5 of 7</span>' in page
    assert 'aria-labelledby="job-step" max="7" value="5"' in page


def test_a_failed_try_is_said_and_comes_again_by_itself(researcher_browser, sqlite_database) -> None:
    url = asked(researcher_browser)
    taken = claimed(sqlite_database)
    with sqlite_database.session() as session, sqlite_database.write(session):
        jobs.fail(session, taken, "Its process was stopped before it was done.")
        session.commit()
    page = researcher_browser.get(url).text
    assert "It will be tried again by itself. Its process was stopped" in page
    assert "Try again<" not in page


def test_a_job_that_was_given_up_says_why_and_is_tried_again(
    researcher_browser, sqlite_database, web_settings, work
) -> None:
    url = asked(researcher_browser)
    taken = claimed(sqlite_database)
    with sqlite_database.session() as session, sqlite_database.write(session):
        jobs.fail(session, taken, "It needed more <memory>.", finally_=True)
        session.commit()
    page = researcher_browser.get(url).text
    assert "It needed more &lt;memory&gt;." in page
    assert "data-refresh-every" not in page
    assert "given up" in researcher_browser.get("/research/jobs/").text

    assert "It waits for its turn" in researcher_browser.follow(researcher_browser.post(f"{url}again")).text
    assert researcher_browser.post(f"{url}again").status == 409
    work(sqlite_database, web_settings)
    assert "It is done." in researcher_browser.get(url).text


def test_a_job_that_is_not_there_is_not_found(researcher_browser) -> None:
    assert researcher_browser.get("/research/jobs/0123/").status == 404


def test_the_list_costs_the_same_with_twice_the_jobs(researcher_browser, sqlite_database) -> None:
    """One statement for the session's person, one for the jobs, whatever their number."""

    def cost() -> int:
        return len(researcher_browser.get("/research/jobs/").statements)

    asked(researcher_browser)
    before = cost()
    with sqlite_database.session() as session, sqlite_database.write(session):
        for number in range(20):
            jobs.enqueue(session, "release.compute", {"wave": "2024"}, key=str(number), by=None, now=datetime.now(UTC))
        session.commit()
    assert cost() == before
