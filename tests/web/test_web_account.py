"""Accounts: a code works once, in the browser that asked, and tells nobody who has an account."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from survey import people
from survey.models import SignInCode, WebSession


def code_of(browser, settings, database):
    with database.session() as session:
        asked = session.scalars(select(SignInCode).order_by(SignInCode.id.desc())).first()
        return people.code_for(settings.secret_key, asked.browser_key_hash)


def without_what_changes(html):
    return re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"|: [0-9a-f]{16}', "", html)


def test_a_person_signs_in_with_the_code_and_out_again(browser, researcher, web_settings, sqlite_database):
    asked = browser.post("/account/sign-in", {"email": "rhian@research.example"})
    assert asked.location == "/account/code"
    assert "8 digits" in browser.get("/account/sign-in").text
    code = code_of(browser, web_settings, sqlite_database)
    signed_in = browser.post("/account/code", {"code": f"{code[:4]} {code[4:]}"})
    assert signed_in.location == "/research/"
    assert "Rhian Rees" in browser.get("/account/").text
    assert browser.post("/account/sign-out").status == 303
    assert browser.get("/account/").location.startswith("/account/sign-in")


def test_an_unknown_address_reads_the_same(browser, other_browser, researcher):
    known = browser.post("/account/sign-in", {"email": "rhian@research.example"})
    unknown = other_browser.post("/account/sign-in", {"email": "nobody@research.example"})
    assert (known.status, known.location) == (unknown.status, unknown.location)
    pages = [without_what_changes(one.get("/account/code").text) for one in (browser, other_browser)]
    assert pages[0] == pages[1]
    wrong = [without_what_changes(one.post("/account/code", {"code": "1"}).text) for one in (browser, other_browser)]
    assert wrong[0] == wrong[1]


def test_a_code_works_only_in_the_browser_that_asked(browser, other_browser, researcher, web_settings, sqlite_database):
    browser.post("/account/sign-in", {"email": "rhian@research.example"})
    code = code_of(browser, web_settings, sqlite_database)
    other_browser.post("/account/sign-in", {"email": "rhian@research.example"})
    assert other_browser.post("/account/code", {"code": code}).status == 422
    assert browser.post("/account/code", {"code": code}).status == 303


def test_a_code_works_once(browser, researcher, web_settings, sqlite_database):
    browser.post("/account/sign-in", {"email": "rhian@research.example"})
    code, before = code_of(browser, web_settings, sqlite_database), browser.cookie()["code"]
    assert browser.post("/account/code", {"code": code}).status == 303
    browser.post("/account/sign-out")
    browser.change_cookie(code=before)
    assert browser.post("/account/code", {"code": code}).status == 422


def test_five_wrong_tries_spend_a_code(browser, researcher, web_settings, sqlite_database):
    browser.post("/account/sign-in", {"email": "rhian@research.example"})
    code = code_of(browser, web_settings, sqlite_database)
    for _ in range(5):
        assert browser.post("/account/code", {"code": "00000000"}).status == 422
    assert browser.post("/account/code", {"code": code}).status == 422


def test_what_is_no_address_is_said_beside_the_field(browser):
    refused = browser.post("/account/sign-in", {"email": "not an address <b>"})
    assert refused.status == 422
    assert "That is not an e-mail address." in refused.text
    assert 'value="not an address &lt;b&gt;"' in refused.text


def test_signing_in_gives_a_new_key_and_keeps_nothing_that_was_planted(
    browser, researcher, web_settings, sqlite_database
):
    browser.change_cookie(account="planted-by-somebody-else", planted="x")
    browser.post("/account/sign-in", {"email": "rhian@research.example"})
    browser.post("/account/code", {"code": code_of(browser, web_settings, sqlite_database)})
    cookie = browser.cookie()
    assert cookie["account"] != "planted-by-somebody-else"
    assert "planted" not in cookie
    assert "code" not in cookie


@pytest.mark.parametrize(
    ("column", "age"), [("seen_at", timedelta(minutes=31)), ("created_at", timedelta(hours=12, minutes=1))]
)
def test_a_session_ends_by_itself(browser, researcher, sqlite_database, column, age):
    browser.sign_in(researcher)
    assert browser.get("/account/").status == 200
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(update(WebSession).values({column: datetime.now(UTC) - age}))
        session.commit()
    assert browser.get("/account/").status == 303


def test_signing_out_everywhere_ends_the_other_browser_at_its_next_request(browser, other_browser, researcher):
    browser.sign_in(researcher)
    other_browser.sign_in(researcher)
    browser.post("/account/sign-out-everywhere")
    assert other_browser.get("/account/").status == 303


def test_after_signing_in_the_page_that_was_asked_for_comes(browser, researcher, web_settings, sqlite_database):
    led = browser.get("/account/")
    assert led.location == "/account/sign-in?next=/account/"
    form = browser.get(led.location)
    browser.post("/account/sign-in", {**form.hidden(), "email": "rhian@research.example"})
    done = browser.post("/account/code", {"code": code_of(browser, web_settings, sqlite_database)})
    assert done.location == "/account/"


def test_the_next_page_is_never_elsewhere(browser, researcher, web_settings, sqlite_database):
    browser.post("/account/sign-in", {"next": "https://evil.example/", "email": "rhian@research.example"})
    done = browser.post("/account/code", {"code": code_of(browser, web_settings, sqlite_database)})
    assert done.location == "/research/"


def test_an_officers_draft_outlives_signing_in(browser, open_wave, researcher, web_settings, sqlite_database):
    browser.post(f"/r/{open_wave.personal()}")
    browser.post("/account/sign-in", {"email": "rhian@research.example"})
    browser.post("/account/code", {"code": code_of(browser, web_settings, sqlite_database)})
    assert browser.get("/respond/").status == 200


def test_without_the_demonstration_its_links_do_not_exist(sqlite_database, tmp_path, researcher):
    from survey import config
    from survey.demonstration import entrances
    from survey.web.application import create_app

    settings = config.read({
        "SOUNDINGS_DATA": str(tmp_path / "d"), "DATABASE_URL": sqlite_database.url.render_as_string(hide_password=False),
    })  # fmt: skip
    client = create_app(settings, database=sqlite_database).test_client()
    key = entrances.sign_in_key(settings.secret_key, researcher)
    assert client.get(f"/account/demonstration/{key}", base_url="http://127.0.0.1").status_code == 404
