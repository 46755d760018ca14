"""The privacy notice: made from the settings as they are, fixed with the first page that is saved in a wave."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from survey import notices
from survey.models import PrivacyNotice, Wave
from survey.web import notice_text


@pytest.fixture(params=["sqlite", "postgresql"])
def web_database(request):
    return request.getfixturevalue(f"{request.param}_database")


def save_a_page(browser, token):
    browser.get(f"/r/{token}")
    browser.post(f"/r/{token}")
    shown = browser.get("/respond/page/mindset-1")
    return browser.post("/respond/page/mindset-1", {**shown.hidden(), "mindset_1": "4"})


def words(browser):
    page = browser.get("/privacy").text
    return page[page.index("<main") : page.index("</main>")]


def frozen(database):
    with database.session() as session:
        return session.scalars(select(PrivacyNotice)).all()


def test_the_notice_tells_the_settings_as_they_are(browser, open_wave, web_settings):
    page = browser.get("/privacy").text
    for words in ("at least 11 people", "at least 10 councils", "at least 30 people", "30 days after", "90 days after",
                  "the last 7 days, 4 weeks and 12 months", "optional section on equality", "We send no mails ourselves",
                  web_settings.contact):  # fmt: skip
        assert words in page, words
    assert "when we tried it, all of them" in page
    assert "Its mark" not in page
    assert "gave one link to everybody" not in page


def test_without_a_wave_in_the_field_it_tells_what_would_be_told(browser):
    page = browser.get("/privacy").text
    assert "No survey is taking answers" in page
    assert "optional section on equality" not in page


def test_looking_and_starting_fix_nothing_and_the_first_saved_page_does(browser, open_wave, web_database):
    token = open_wave.personal()
    browser.get(f"/r/{token}")
    browser.post(f"/r/{token}")
    assert frozen(web_database) == []
    assert save_a_page(browser, token).status == 303
    (notice,) = frozen(web_database)
    assert set(notice.texts) == {"en", "cy"}
    assert notice.digest == notices.digest(notice.texts)
    assert notice.frozen_on == datetime.now(UTC).date()  # a day: a time would be that of the first answer
    save_a_page(browser, open_wave.personal("b@council.example"))
    assert [one.digest for one in frozen(web_database)] == [notice.digest]
    assert notice.digest[:16] in browser.get("/privacy").text


def test_settings_that_change_afterwards_are_noticed_and_change_no_word(
    browser, open_wave, web_database, web_settings, monkeypatch
):
    save_a_page(browser, open_wave.personal())
    before = words(browser)
    other = dataclasses.replace(
        web_settings, backups_kept="30/8/24", mail="smtp://post:secret@mail.example.org", mail_from="a@example.org"
    )
    with web_database.session() as session:
        assert notices.changed(session, web_settings) == []
        assert notices.changed(session, other) == [
            'Wave 2026: officers were told that backups is "7/4/12"; it is "30/8/24" now.',
            'Wave 2026: officers were told that mail is ""; it is "mail.example.org" now.',
        ]
    monkeypatch.setattr(notices, "facts", lambda _: pytest.fail("a fixed notice is made from no settings"))
    monkeypatch.setattr(notices, "facts_of", lambda *_: {})
    assert words(browser) == before


def test_a_text_that_was_changed_after_it_was_fixed_is_noticed(browser, open_wave, web_database, web_settings):
    save_a_page(browser, open_wave.personal())
    with web_database.session() as session, web_database.write(session):
        notice = session.scalars(select(PrivacyNotice)).one()
        notice.texts = {**notice.texts, "en": [{"heading": "Who sees what", "lines": ["Everybody."]}]}
        session.commit()
    with web_database.session() as session:
        assert notices.changed(session, web_settings) == ["Wave 2026: the frozen text is not the one that was frozen."]


def test_a_shared_link_and_a_mail_server_are_told_where_there_are_any(application, web_settings):
    told = notices.facts(dataclasses.replace(web_settings, mail="smtps://u:p@post.example.org"))
    with application.test_request_context():
        lines = [line for one in notice_text.sections(told | {"shared_link": True}) for line in one["lines"]]
    assert "Mails with links go through post.example.org, which sees the address and the mail." in lines
    assert "Where a council gave one link to everybody, we count how many answers came with it." in lines
    assert not [line for line in lines if "u:p" in line]


def test_in_welsh_the_notice_is_welsh(browser, open_wave):
    browser.post("/language", {"language": "cy", "back": "/privacy"})
    page = browser.get("/privacy").text
    assert "Am ba hyd rydym yn ei gadw" in page
    assert "Yn Saesneg yn unig" not in page
    save_a_page(browser, open_wave.personal())
    assert "Am ba hyd rydym yn ei gadw" in browser.get("/privacy").text


def test_the_notice_says_that_receipts_go_and_which_file_withholds_nothing(browser, open_wave):
    page = browser.get("/privacy").text
    assert "When the survey closes, we delete that note" in page
    assert "leave out what fewer than 11 people share" in page
    assert "two people must agree to it, and nobody gets both" in page


def set_wave(database, **values):
    with database.session() as session, database.write(session):
        session.execute(update(Wave).values(**values))
        session.commit()


def test_how_few_councils_are_enough_is_told_as_it_is_set_for_the_survey(
    browser, open_wave, web_database, web_settings
):
    few = {"minimum_authorities_median": 5, "minimum_authorities_quartiles": 8, "lowered_because": "A pilot."}
    set_wave(web_database, rules=few)
    assert "at least 5 councils" in browser.get("/privacy").text
    save_a_page(browser, open_wave.personal())
    set_wave(web_database, rules=None)
    line = "Wave 2026: officers were told that authorities is 5; it is 10 now."
    with web_database.session() as session:
        assert notices.changed(session, web_settings) == [line]


def test_smaller_groups_than_were_told_are_noticed_after_the_close_too(browser, open_wave, web_database, web_settings):
    save_a_page(browser, open_wave.personal())
    few = {"minimum_authorities_median": 5, "minimum_authorities_quartiles": 8, "lowered_because": "A pilot."}
    set_wave(web_database, state="closed", rules=few)
    with web_database.session() as session:
        line = "Wave 2026: officers were told that authorities is 10; it is 5 now."
        assert notices.changed(session, web_settings) == [line]
    set_wave(web_database, rules={"minimum_authorities_median": 15, "minimum_authorities_quartiles": 15})
    with web_database.session() as session:
        assert notices.changed(session, web_settings) == []
