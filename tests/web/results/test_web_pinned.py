"""The page of a release tells the research team whose score follows from earlier releases."""

from __future__ import annotations

from datetime import UTC, datetime

from survey import ledger, results, transitions

WARNING = "follow from earlier releases of this survey"


def test_a_release_page_lists_who_is_pinned_by_earlier_releases(browser, person, sqlite_database) -> None:
    browser.sign_in(person("researcher"))
    assert WARNING not in browser.get("/research/releases/2025.1/").text
    with sqlite_database.session() as session, sqlite_database.write(session):
        release = results.get_any(session, "2025.1")
        transitions.note(
            session, transitions.RELEASE, release, ledger.AUDITED, now=datetime.now(UTC), actor="system",
            details={"pinned": [["leadership", "E06000001"]]},
        )  # fmt: skip
        session.commit()
    page = browser.get("/research/releases/2025.1/").text
    assert WARNING in page
    assert "E06000001 on leadership" in page
