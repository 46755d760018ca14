"""At the door: forged forms, foreign hosts and origins, redirects, large bodies, wrong links, hostile names."""

from __future__ import annotations

import io
import itertools
import json
import logging
import re

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError

from survey.config import Settings
from survey.errors import NotNow
from survey.models import AuditEntry, Authority, Edition
from survey.web import context, logs, paths, policy
from survey.web.application import create_app
from survey.web.misses import MISSES_ALLOWED, WINDOW_SECONDS, Misses

POSTS = sorted({row.endpoint for row in policy.TABLE if row.method == "POST"})


def posted_rules(app):
    return [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods]


def url_of(rule):
    return rule.build(dict.fromkeys(rule.arguments, "x"))[1]


def test_every_form_without_its_token_is_refused(application, browser):
    rules = posted_rules(application)
    assert sorted({rule.endpoint for rule in rules}) == POSTS
    for rule in rules:
        assert browser.post_without_token(url_of(rule)).status == 403, rule.endpoint


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1.evil.example", "http://127.0.0.1:81", "https://127.0.0.1"]
)
def test_every_form_from_another_origin_is_refused(application, browser, origin):
    for rule in posted_rules(application):
        assert browser.post(url_of(rule), headers={"Origin": origin}).status == 403, rule.endpoint


@pytest.mark.parametrize("origin", ["http://[", "[", "http://127.0.0.1:port", "http://[::1"])
def test_an_origin_that_is_no_address_is_foreign(browser, origin):
    assert browser.post("/language", {"language": "cy"}, headers={"Origin": origin}).status == 403


def test_behind_a_proxy_that_ends_https_the_own_forms_are_taken(sqlite_database, tmp_path):
    """The proxy speaks plain http to the service; what browsers say is the base address."""
    host = "survey.example.org"
    settings = Settings(
        data=tmp_path, database_url="", secret_key="s" * 20 + "0123456789abcdef", link_key="k" * 40,
        base_url=f"https://{host}",
    )  # fmt: skip
    client = create_app(settings, database=sqlite_database).test_client()
    page = client.get("/cookies", base_url=f"http://{host}")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    cookie = page.headers["Set-Cookie"].partition(";")[0]

    def send(origin):
        headers = {"Origin": origin, "Cookie": cookie}
        data = {"csrf_token": token, "language": "cy"}
        return client.post("/language", base_url=f"http://{host}", headers=headers, data=data).status_code

    assert send(f"https://{host}") == 303
    assert send(f"http://{host}") == 403
    assert client.get("/results", base_url=f"http://{host}").location == f"https://{host}/results/"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_says_where_a_form_comes_from_is_believed(browser, site):
    assert browser.post("/language", {"language": "cy"}, headers={"Sec-Fetch-Site": site}).status == 403
    assert browser.post("/language", {"language": "cy"}, headers={"Sec-Fetch-Site": "same-origin"}).status == 303


def test_a_page_that_sends_no_referrer_may_still_send_its_form(browser, open_wave):
    assert browser.post(f"/r/{open_wave.personal()}", headers={"Origin": "null"}).status == 303


def test_a_foreign_host_gets_no_page(browser):
    answer = browser.get("/", headers={"Host": "evil.example"})
    assert answer.status == 400
    assert "evil" not in answer.text


REDIRECTS = [
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/%2f/evil.example",
    "http:evil.example", "https:/evil.example", "/account/sign-in//evil.example", "javascript:alert(1)", "data:text/html,x",
    "/\t/evil.example", "\n//evil.example", " //evil.example", "/@evil.example", "http://127.0.0.1@evil.example", "evil.example",
    "/r/x/../../..//evil.example", "?next=//evil.example", "#//evil.example", "", "/nope", "/respond/page/<script>",
    "http://[", "//[", "//[evil", "https://[::1", "\u2028//evil.example", "／／evil.example", "/／evil.example", "ftp://evil.example/", "//evil%00.example", "/.//evil.example",
]  # fmt: skip


@pytest.mark.parametrize(
    "asked", [spelled for text in REDIRECTS for spelled in (text, text.upper(), text + "/", text + "?a=b")]
)
def test_no_spelling_leads_to_another_site(application, asked):
    with application.test_request_context(base_url="http://127.0.0.1"):
        found = paths.local(asked)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert "evil" not in found.lower().split("/")[1]


def test_a_page_of_ours_is_found_again(application):
    with application.test_request_context(base_url="http://127.0.0.1"):
        assert paths.local("/methods") == "/methods"
        assert paths.local("/compare/E1/2025.1/") == "/compare/E1/2025.1/"


def test_large_and_strange_bodies_are_refused(browser):
    token = browser.token()
    large = {"csrf_token": token, "back": "x" * 300_000}
    assert browser.post_without_token("/language", large).status == 413
    many = {"csrf_token": token} | {f"f{n}": "1" for n in range(600)}
    assert browser.post_without_token("/language", many).status == 413
    same = {"csrf_token": token, "f": ["1"] * 600}
    assert browser.post_without_token("/language", same).status == 413
    assert browser.send("POST", "/language", json={"language": "cy"}).status == 415


def test_guessing_links_is_slowed_down_and_good_links_still_work(browser, open_wave):
    token = open_wave.personal()
    tries = [browser.get(f"/r/{n:027}").status for n in range(MISSES_ALLOWED + 5)]
    assert tries == [404] * MISSES_ALLOWED + [429] * 5
    assert browser.get(f"/r/{token}").status == 200


def test_somebody_who_guesses_keeps_no_colleague_from_coming_back(browser, other_browser, open_wave):
    """One address for a whole council: wrong codes are slowed down, a right one opens the answers all the same."""
    token = open_wave.personal()
    browser.post(f"/r/{token}")
    code = re.search(r'translate="no">([^<]+)<', browser.get("/respond/resume-code").text)[1]
    tries = [other_browser.post(f"/r/{token}/resume", {"code": f"{n:012}"}).status for n in range(MISSES_ALLOWED + 2)]
    assert tries == [422] * MISSES_ALLOWED + [429] * 2
    assert other_browser.post(f"/r/{token}/resume", {"code": code}).status == 303


def test_wrong_links_keep_nobody_from_signing_in(browser):
    for n in range(MISSES_ALLOWED + 1):
        browser.get(f"/r/{n:027}")
    browser.post("/account/sign-in", {"email": "rhian@research.example"})
    assert browser.post("/account/code", {"code": "00000000"}).status == 422


def test_misses_are_forgotten_after_a_while_and_hold_no_address():
    misses = Misses()
    assert all(misses.count("192.0.2.1", at=0) for _ in range(MISSES_ALLOWED))
    assert not misses.count("192.0.2.1", at=1)
    assert misses.is_stopped("192.0.2.1", at=2)
    assert not misses.is_stopped("192.0.2.2", at=2)
    assert misses.count("192.0.2.1", at=WINDOW_SECONDS + 3)
    assert b"192.0.2.1" not in repr(misses.__dict__).encode()


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "'; DROP TABLE draft; --",
    "\u202eevil",
    "<svg onload=alert(1)>",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text(browser, open_wave, sqlite_database, name):
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.scalars(select(Authority)).one().name = name
        session.commit()
    token = open_wave.personal()
    browser.post(f"/r/{token}")
    for url in (f"/r/{token}", "/respond/"):
        page = browser.get(url).text
        assert name not in page or not set(name) & set("<>\"'")
        assert "49" not in page.split("<h1")[1][:400]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_answer_is_text(browser, open_wave, text):
    browser.post(f"/r/{open_wave.personal()}")
    shown = browser.get("/respond/page/mindset-2")
    browser.post("/respond/page/mindset-2", {**shown.hidden(), "one_change": text})
    for url in ("/respond/page/mindset-2", "/respond/check"):
        page = browser.get(url).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg onload" not in page


def test_the_log_knows_routes_and_nothing_of_people(browser, open_wave, researcher):
    stream = io.StringIO()
    handler = logs.to_stream(stream)
    try:
        token = open_wave.personal("canary@council.example")
        browser.post(f"/r/{token}")
        shown = browser.get("/respond/page/mindset-2")
        browser.post("/respond/page/mindset-2", {**shown.hidden(), "one_change": "CANARYTEXT", "years": "CANARYNUMBER"})
        browser.get("/r/CANARYTOKEN?query=CANARYQUERY")
        browser.sign_in(researcher)
        browser.get("/account/")
        browser.post("/account/sign-in", {"email": "canary@person.example"})
    finally:
        logging.getLogger(logs.ROOT).removeHandler(handler)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {"/r/<token>", "/respond/page/<page_code>"} <= {line.get("route") for line in lines}
    text = stream.getvalue()
    key = str(browser.cookie()["account"])
    for canary in ("CANARY", "canary", token, "127.0.0.1", "Rhian", key):
        assert canary not in text, canary


def test_an_unforeseen_fault_is_logged_by_place_and_shown_without_detail(application, browser, monkeypatch):
    application.config["PROPAGATE_EXCEPTIONS"] = False
    stream = io.StringIO()
    handler = logs.to_stream(stream)

    def broken():
        raise RuntimeError("CANARYSECRET")

    monkeypatch.setitem(application.view_functions, "public.methods", broken)
    try:
        answer = browser.get("/methods")
    finally:
        logging.getLogger(logs.ROOT).removeHandler(handler)
    assert answer.status == 500
    assert "CANARY" not in answer.text + stream.getvalue()
    assert "broken" in stream.getvalue()


@pytest.mark.parametrize(
    ("fault", "status"),
    [((InternalError, "25P03"), 503), ((OperationalError, "57014"), 503), ((IntegrityError, "23505"), 500)],
)
def test_a_limit_of_the_database_passes_and_a_wrong_statement_does_not(
    application, browser, monkeypatch, fault, status
):
    """Who waits and tries again is helped in the one case and not in the other; neither page tells what was typed."""
    application.config["PROPAGATE_EXCEPTIONS"] = False
    (kind, code), original = fault, RuntimeError("CANARYSECRET")
    original.sqlstate = code

    def limited():
        raise kind("SELECT 'CANARYSECRET'", {}, original)

    monkeypatch.setitem(application.view_functions, "public.methods", limited)
    answer = browser.get("/methods")
    assert answer.status == status
    assert ("Nothing was saved just now." in answer.text) == (status == 503)
    assert "CANARY" not in answer.text


def test_a_refused_act_of_a_person_is_audited(application, browser, researcher, sqlite_database, monkeypatch):
    def refuse():
        raise NotNow("Not before Monday.")

    monkeypatch.setitem(application.view_functions, "account.sign_out_everywhere", refuse)
    browser.sign_in(researcher)
    refused = browser.post("/account/sign-out-everywhere")
    assert (refused.status, "Not before Monday." in refused.text) == (409, True)
    with sqlite_database.session() as session:
        entries = [(entry.actor, entry.action, entry.outcome) for entry in session.scalars(select(AuditEntry))]
    assert entries[-1] == (f"person:{researcher}", "person.sign_out", "refused")


def test_a_request_that_forgets_to_commit_is_noticed(application, browser, open_wave, researcher, monkeypatch):
    """The positive control of this browser: a view that changes a row and does not commit."""

    def forgetful():
        session = context.session()
        with context.database().write(session):
            session.scalars(select(Authority)).one().name = "Renamed"
            session.flush()
        return "done"

    monkeypatch.setitem(application.view_functions, "public.methods", forgetful)
    with pytest.raises(AssertionError, match="left"):
        browser.get("/methods")


def test_a_hostile_questionnaire_is_text(browser, open_wave, sqlite_database):
    """Tags are refused when it is loaded; quotation marks, which could leave an attribute, are escaped on the page."""
    with sqlite_database.session() as session, sqlite_database.write(session):
        edition = session.scalars(select(Edition)).one()
        words = re.compile(r'\b(title|text|hint|label|intro)( *= *)"(?:[^"\\]|\\.)*"')
        number = itertools.count()
        edition.body, changed = words.subn(
            lambda found: f'{found[1]}{found[2]}"Q{next(number)}\\" onfocus=alert(1) x"', edition.body
        )
        edition.digest = "0" * 64
        session.commit()
    assert changed > 20
    browser.post(f"/r/{open_wave.personal()}")
    pages = set(
        re.findall(r'href="(/respond/page/[^"?#]+)', browser.get("/respond/").text + browser.get("/respond/check").text)
    )
    for url in ("/respond/", "/respond/check", *sorted(pages), *(f"{page}?noted=1" for page in sorted(pages))):
        text = browser.get(url).text
        assert '" onfocus' not in text, url
        assert "&#34; onfocus" in text, url
