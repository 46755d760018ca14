"""Whatever anybody can reach holds no mark of a foreign authority and none of an answer (T6 canaries, T31)."""

from __future__ import annotations

import io
import logging
import os
import re
import sys
from collections import Counter

import canaries
import pytest
import visitors
from canaries import Marks
from expected_access import READINGS
from sqlalchemy import update
from visitors import HOME, World

from survey import delivery, stored_results
from survey.models import RESULT_TABLES, Base
from survey.web import context, logs

pytestmark = [pytest.mark.assurance, pytest.mark.xdist_group("sector")]
LONG = os.environ.get("ASSURANCE") == "long"
MOST = 2_000 if LONG else 16
MEMBERS, TEAM, OFFICERS = ("LYZMOT", "RP", "AUDSVX") if LONG else ("LYZM", "R", "AD")
LEADING = "LY"  # lead and deputy wrote the addresses of their officers down
BY_NAME = re.compile(r"^/compare/[^/]+/([^/]+)/(?:named|map)")  # pages of those who chose to be named in a release
EXPORTS = ("benchmarks", "standings", "scores", "say_do", "workbook") if LONG else ("scores", "workbook")
ROWS = ("labels", "codes", "workbook", "codebook") if LONG else ("labels",)
NOISE = re.compile(  # what is new in each answer; sixteen figures are the reference of a page that says what went wrong
    r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|nonce-[\w-]+|\b[0-9a-f]{16}\b'
    r"|(Set-Cookie|Content-Security-Policy|X-Request-Id|Date|ETag)[^\n]*"
)


@pytest.fixture(scope="module")
def made(visited_sector: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Marks]:
    world = visited_sector.copied(tmp_path_factory.mktemp("canaries"))
    canaries.let_in_more(world)
    marks = canaries.lay(world)
    with world.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    world.database.dispose()
    (world.folder / "as-made.sqlite").write_bytes((world.folder / "world.sqlite").read_bytes())
    return world, marks


@pytest.fixture
def world(made):
    yield made[0]
    made[0].restore()


@pytest.fixture
def marks(made) -> Marks:
    return made[1]


def starts(world: World, visitor: str) -> list[str]:
    """Every page of the table that this visitor may read, of the own authority."""
    code, away = canaries.own(world, visitor), visitor in "OT"
    known = "L" if visitor in canaries.LIKE_THE_LEAD else visitor
    allowed = (one.url for one in READINGS.values() if one.status(known, away=away) == 200)
    found = [world.filled(visitor, url, code) for url in allowed]
    if LONG:
        return found
    documents = [url for url in found if url.endswith(".pdf") and visitor in "LM"]
    return [*documents, *(url for url in found if not url.endswith(".pdf"))]  # the walk is short: documents first


def forbidden(world: World, marks: Marks, visitor: str) -> dict[str, str]:
    """What a visitor must not read: what nobody may, addresses, and, outside the research team, all of other authorities."""
    mine = {world.tokens.get(visitor, ""), world.tokens["A"]}
    found = {mark: what for mark, what in marks.of_nobody().items() if mark not in mine}
    if visitor not in TEAM:
        found |= marks.of_others(canaries.own(world, visitor))
    if visitor not in LEADING:
        found |= {mark: "the address of an officer" for one in marks.addresses.values() for mark in one}
    return found


def leaks(world: World, marks: Marks, visitor: str, *only: str) -> list[str]:
    pages = canaries.walk(world, visitor, only or starts(world, visitor), most=len(only) or MOST)
    assert only or len(pages) > 10
    kinds = Counter(canaries.kind(text) for text in pages.values())
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    sys.stdout.write(
        f"{visitor}: {len(pages)} addresses{'' if len(pages) < MOST else ', as many as are asked for'} ({counted})\n"
    )
    told, found = forbidden(world, marks, visitor), []
    for url, text in pages.items():
        if visitor in TEAM and url.endswith("/invite"):
            continue  # a dry run shows mails as they are
        by_name = BY_NAME.search(url)
        allowed = named_to(world, canaries.own(world, visitor), by_name[1]) if by_name else frozenset()
        found += canaries.held({url: text}, {mark: what for mark, what in told.items() if mark not in allowed})
    return found


def named_to(world: World, code: str, label: str) -> frozenset[str]:
    """The names that members of an authority may read in a release: of those who chose it, if it chose it itself."""
    codes = world.named.get(label, frozenset())
    return frozenset(world.names[one] for one in codes) if code in codes else frozenset()


@pytest.mark.parametrize("visitor", [*MEMBERS, *TEAM, *OFFICERS])
def test_nothing_that_a_visitor_reaches_holds_a_foreign_mark(world, marks, visitor):
    assert leaks(world, marks, visitor) == []


def test_there_are_marks_of_every_kind_and_the_walk_can_see_them(world, marks):
    assert len(marks.names) > 10
    assert sum(map(len, marks.addresses.values())) > 5
    assert len(marks.ids) > 100
    assert len(marks.tokens) > 5
    place = f"/compare/{HOME}/2025.1"
    several = [f"{place}/{one}" for one in ("", "report.pdf", "profile.csv", "radar.svg")]
    pages = canaries.walk(world, "M", several, most=len(several))
    kinds = {re.search(r"Content-Type: ([\w/+.-]+)", text)[1] for text in pages.values()}
    assert {"text/html", "text/csv", "application/pdf", "image/svg+xml"} <= kinds
    assert any(marks.names[HOME] in text for text in pages.values())
    drawn = f"{place}/named/agile.svg?with1={world.away}"
    letters = canaries.walk(world, "M", [drawn], most=1)[drawn].partition("</desc>")[2]
    assert canaries.held({drawn: letters}, {marks.names[world.away]: "a name"}) == [f"{drawn} holds a name"]


def test_only_those_who_chose_it_are_named_and_only_to_each_other(world, marks):
    page = f"/compare/{HOME}/2025.1/named"
    shown = canaries.walk(world, "M", [page], most=1)[page]
    named = world.named["2025.1"]
    assert {code for code, name in marks.names.items() if name in shown} == named
    assert len(named) < len(marks.names)
    stranger = min(set(marks.names) - named)
    assert world.visit("M", "GET", f"{page}?with1={stranger}").status_code == 404
    missing = NOISE.sub("", world.visit("M", "GET", f"{page}?with1=X999").text).replace("X999", stranger)
    assert missing == NOISE.sub("", world.visit("M", "GET", f"{page}?with1={stranger}").text)


def test_a_page_that_names_whoever_took_part_is_noticed(world, marks, monkeypatch):
    monkeypatch.setattr(stored_results, "named", lambda *_: dict(marks.names))
    assert any("/named holds the name" in one for one in leaks(world, marks, "M", f"/compare/{HOME}/2025.1/named"))


# Numbers: what changes at other authorities changes nothing here


def changed_at_others(world: World) -> None:
    """Every number of every other authority is another one; what groups of authorities show stays."""
    with world.database.session() as session, world.database.write(session):
        for table in RESULT_TABLES.values():
            if "authority" in table.c:
                numbers = [
                    one for one in table.c if one.name in {"score", "gap", "share", "sd_between", "lower", "upper"}
                ]
                for column in numbers:
                    new = column / 2 + 0.125
                    session.execute(
                        update(table).where(table.c.authority != HOME, column.is_not(None)).values({column: new})
                    )
        session.commit()


def seen(world: World, visitor: str) -> dict[str, str]:
    pages = canaries.walk(world, visitor, starts(world, visitor), most=MOST, documents=False)
    return {url: NOISE.sub("", text) for url, text in pages.items() if not BY_NAME.search(url)}


@pytest.mark.parametrize("visitor", ["L", "M"] if LONG else ["M"])
def test_numbers_of_other_authorities_show_in_nothing_that_a_member_reads(world, visitor):
    before = seen(world, visitor)
    changed_at_others(world)
    after = seen(world, visitor)
    assert [url for url in before if before[url] != after.get(url)] == []


def test_a_page_that_reads_the_rows_of_others_is_noticed(world):
    """The positive control: the pages of another authority do change."""
    before = seen(world, "O")
    changed_at_others(world)
    after = seen(world, "O")
    assert [url for url in before if before[url] != after.get(url)]


# Files, mails, logs, the trail


def test_files_of_the_team_hold_no_officer_and_no_sealed_word(world, marks):
    """Tables of a release as CSV and XLSX, microdata as each of their files: opened and read."""
    wanted = {f"/research/exports/ {one}": {"release": "2025.1", "content": one} for one in EXPORTS}
    wanted |= {f"/research/waves/2025/microdata {one}": {"content": one, "agreed": "y"} for one in ROWS}
    answers = {name: world.press("R", name.partition(" ")[0], data) for name, data in wanted.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    files = {name: canaries.said(answer) for name, answer in answers.items()}
    assert canaries.held(files, forbidden(world, marks, "R")) == []
    assert HOME in files["/research/exports/ workbook"]
    assert HOME in files["/research/exports/ scores"]


def test_a_mail_holds_its_own_address_and_link_and_no_other(world, marks):
    out = io.StringIO()
    sent = delivery.deliver_due(world.database, world.settings, delivery.ConsoleTransport(out), limit=10_000)
    mails = [one for one in out.getvalue().split("-" * 72) if "To:" in one]
    assert sent == len(mails)
    addresses = {mark for one in marks.addresses.values() for mark in one}
    for mail in mails:
        assert sum(mark in mail for mark in addresses) <= 1
        assert sum(token in mail for token in marks.tokens) <= 1
        assert not [what for mark, what in (marks.answers | dict.fromkeys(marks.ids, "an id")).items() if mark in mail]


def everything_forbidden(world: World, marks: Marks) -> dict[str, str]:
    people = {mark: "a person" for one in marks.people.values() for mark in one}
    addresses = {mark: "the address of an officer" for one in marks.addresses.values() for mark in one}
    return marks.of_nobody() | people | addresses | dict.fromkeys(world.tokens.values(), "a link")


def fail(**_: object) -> str:
    raise RuntimeError(f"{visitors.SEALED_WORDS} {visitors.DRAFT_WORDS} canary-person")


def log_of(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """The log of walks and of forced faults on every kind of page, and what the pages of the faults say."""
    stream = io.StringIO()
    handler = logs.to_stream(stream)
    try:
        for visitor in "ADLMR":
            canaries.walk(world, visitor, starts(world, visitor), most=8, documents=False)
        for endpoint in ("public.start", "link.landing", "lead.index", "compare.overview", "research.index"):
            monkeypatch.setitem(world.app.view_functions, endpoint, fail)
        pages = [world.visit(*one).text for one in (
            ("A", "GET", "/"), ("A", "GET", "/r/{token}"), ("L", "GET", "/lead/"), ("R", "GET", "/research/"),
            ("A", "GET", "/r/not-a-link-canary-person"), ("M", "GET", "/compare/canary-person/2025.1/"),
        )]  # fmt: skip
    finally:
        logging.getLogger(logs.ROOT).removeHandler(handler)
    return stream.getvalue(), pages


def test_the_log_and_the_pages_of_faults_hold_no_mark(world, marks, monkeypatch):
    log, pages = log_of(world, monkeypatch)
    assert log.count("\n") > 30
    assert '"status": 500' in log
    told = everything_forbidden(world, marks) | {"canary-person": "what was typed or raised"}
    assert canaries.held({"the log": log}, told) == []
    own = {
        world.tokens["A"],
        *marks.people[HOME],
    }  # such a page leads back to where one was, and knows who is signed in
    foreign = {mark: what for mark, what in told.items() if mark not in own}
    assert canaries.held({str(place): page for place, page in enumerate(pages[:4])}, foreign) == []


def test_the_trail_jobs_and_files_hold_no_mark_of_an_officer(world, marks):
    told = {mark: what for mark, what in everything_forbidden(world, marks).items() if what != "a person"}
    with world.database.engine.connect() as connection:
        for name in ("audit_entry", "job", "produced_file", "release", "web_session"):
            table = Base.metadata.tables[name]
            text = "\n".join(str(tuple(row)) for row in connection.execute(table.select()))
            assert canaries.held({name: text}, told) == []
    kept = [
        path
        for path in world.settings.data.rglob("*")
        if path.is_file() and path.suffix in ({".pdf", ".svg", ".png", ""} if LONG else {".svg", ".png", ""})
    ]
    pages = {
        path.name: canaries.words_of(path.read_bytes()) for path in kept if path.name not in {"link-key", "secret-key"}
    }
    assert len(pages) > 1
    assert canaries.held(pages, told) == []


# Planted defects


@pytest.mark.parametrize("mark", ["name", "person", "address", "text", "equality", "token", "id"])
def test_a_page_that_says_too_much_is_noticed(world, marks, monkeypatch, mark):
    away = world.away
    other_token = sorted(marks.tokens - set(world.tokens.values()))[0]
    words = {
        "name": marks.names[away], "person": min(marks.people[away]), "text": visitors.SEALED_WORDS, "token": other_token,
        "address": min(mark for code, one in marks.addresses.items() if code != HOME for mark in one),
        "equality": canaries.EQUALITY_WORDS, "id": min(marks.ids),
    }[mark]  # fmt: skip
    monkeypatch.setitem(world.app.view_functions, "public.methods", lambda: f"<p>{words}</p>")
    assert any("/methods holds" in one for one in leaks(world, marks, "M", "/methods"))


def test_a_header_that_says_too_much_is_noticed(world, marks, monkeypatch):
    def whispering() -> tuple[str, dict[str, str]]:
        return "read", {"X-Debug": marks.names[world.away]}

    monkeypatch.setitem(world.app.view_functions, "public.methods", whispering)
    assert any("/methods holds" in one for one in leaks(world, marks, "M", "/methods"))


def test_a_log_of_what_was_typed_is_noticed(world, marks, monkeypatch):
    kept = (*logs._KEPT, "typed")
    monkeypatch.setattr(logs, "_KEPT", kept)

    def telling(landing) -> str:
        logging.getLogger(f"{logs.ROOT}.planted").info("landing", extra={"typed": landing.token})
        return str(context.now())

    monkeypatch.setitem(world.app.view_functions, "link.landing", telling)
    stream = io.StringIO()
    handler = logs.to_stream(stream)
    try:
        world.visit("A", "GET", "/r/{token}")
    finally:
        logging.getLogger(logs.ROOT).removeHandler(handler)
    assert canaries.held({"the log": stream.getvalue()}, everything_forbidden(world, marks))
