"""Who may reach what: every route, method and kind of visitor, judged by a table that was written apart from the policy.

Reading must leave the database as it is, and nobody may read of other authorities, of sealed texts or of drafts. The
planted defects prove that the harness notices what it is there for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import canaries
import pytest
from expected_access import ACTINGS, PERSONS, READINGS, STRANGERS, Reading
from sqlalchemy import select, true, update
from visitors import DRAFT_WORDS, HOME, SEALED_WORDS, World
from werkzeug.test import TestResponse

from survey import results
from survey.models import Release
from survey.vocabulary import ReleaseState
from survey.web import context, load_compare, load_lead
from survey.web.access import Who

pytestmark = [pytest.mark.assurance, pytest.mark.xdist_group("sector")]

EVERYBODY = sorted(STRANGERS | PERSONS)
NOWHERE = "X999"
ANYBODYS_LINK = frozenset({"link.landing"})  # whoever holds a link reads whose it is
BY_NAME = frozenset({f"compare_named.{one}" for one in ("show", "picture", "shown_map", "map_picture")})
AUDIT = frozenset({"audit_entry"})  # a refused act of somebody with an account leaves its entry, and nothing else


@pytest.fixture
def world(visited_sector: World) -> Iterator[World]:
    yield visited_sector
    visited_sector.restore()


# Reading


def deviations_of_reading(world: World, endpoints: Iterable[str], *, enough: int = sys.maxsize) -> dict[str, list[str]]:
    """Of each page: whose answer is not the expected one, changed the database, or says what is not theirs to read.

    When a page has `enough` deviations nobody else asks for it: of a planted defect one is all that must be seen.
    """
    found: dict[str, list[str]] = {}
    with world.watched() as watch:
        for endpoint in endpoints:
            reading = READINGS[endpoint]
            for visitor in EVERYBODY:
                for code in _places(world, reading.url):
                    if len(found.get(endpoint, ())) >= enough:
                        break
                    url = reading.url.replace("{code}", code)
                    answer = world.visit(visitor, "GET", url)
                    expected = _expected(world, reading, visitor, code)
                    faults = [f"reads {word!r}" for word in _strange_words(world, visitor, endpoint, answer)]
                    if answer.status_code != expected:
                        faults.append(f"{answer.status_code}, not {expected}")
                    if watch.changed():
                        faults.append("changed the database")
                    if faults:
                        found.setdefault(endpoint, []).append(f"{visitor} GET {url}: {'; '.join(faults)}")
    return found


def _strange_words(world: World, visitor: str, endpoint: str, answer: TestResponse) -> list[str]:
    """Sealed texts and drafts, and, outside the research team, names of other authorities than one's own."""
    text = canaries.said(answer)
    own = world.away if visitor in "OT" and endpoint not in ANYBODYS_LINK else HOME
    theirs = {own} | (world.named["2025.1"] if endpoint in BY_NAME else frozenset())
    foreign = [] if visitor in "RP" else [name for code, name in world.names.items() if code not in theirs]
    return [word for word in (SEALED_WORDS, DRAFT_WORDS, *foreign) if word in text]


def _places(world: World, url: str) -> tuple[str, ...]:
    return (HOME, world.away, NOWHERE) if "{code}" in url else (HOME,)


def _expected(world: World, reading: Reading, visitor: str, code: str) -> int:
    if code == NOWHERE:
        return 303 if visitor in STRANGERS else 404
    return reading.status(visitor, away=code == world.away)


def test_every_route_is_in_the_table_that_was_written_by_hand(world):
    routes = {(rule.endpoint, method) for rule in world.app.url_map.iter_rules() for method in rule.methods - {"HEAD"}}
    assert routes == {(one, "GET") for one in READINGS} | {(one, "POST") for one in ACTINGS}


def test_every_page_opens_for_whom_it_is_says_nothing_of_others_and_changes_nothing(world):
    before = world.as_made()
    assert deviations_of_reading(world, READINGS) == {}
    for page in ("", "report.pdf"):  # the marks are there to find
        answer = world.visit("M", "GET", f"/compare/{HOME}/2025.1/{page}")
        assert world.names[HOME] in canaries.said(answer)
    assert world.content() == before


def test_asking_for_the_head_of_a_page_is_reading_it(world):
    before, asked = world.as_made(), 0
    for reading in READINGS.values():
        for visitor in "DMR":
            url = reading.url.replace("{code}", HOME)
            assert world.visit(visitor, "HEAD", url).status_code == reading.status(visitor, away=False), url
            asked += 1
    assert asked == 3 * len(READINGS)
    assert world.content() == before


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
def test_other_verbs_are_no_way_in(world, method):
    before = world.as_made()
    for url in sorted({one.url for one in (*READINGS.values(), *ACTINGS.values())}):
        for visitor in "AR":
            assert world.visit(visitor, method, url.replace("{code}", HOME)).status_code == 405, url
    assert world.content() == before


def test_a_verb_in_a_header_or_a_field_is_not_believed(world):
    before = world.as_made()
    for acting in ACTINGS.values():
        url = acting.url.replace("{code}", HOME)
        world.visit("R", "GET", f"{url}?_method=POST", headers={"X-HTTP-Method-Override": "POST"})
    assert world.content() == before


# Acting


def deviations_of_acting(
    world: World, endpoints: Iterable[str], *, by: Iterable[str] = EVERYBODY
) -> dict[str, list[str]]:
    """Of each button: who is refused or let in wrongly, and what a refusal changed."""
    found: dict[str, list[str]] = {}
    before = world.as_made(without=AUDIT)
    for endpoint in endpoints:
        acting = ACTINGS[endpoint]
        for visitor in by:
            for code in _places(world, acting.url):
                url = acting.url.replace("{code}", code)
                allowed = code != NOWHERE and acting.may(visitor, away=code == world.away)
                with world.watched() as watch:
                    status = world.press(visitor, url, acting.data).status_code
                    changed = watch.changed()
                expected = {200} if visitor in acting.thanked else acting.statuses if allowed else {acting.refused}
                if status not in expected:
                    found.setdefault(endpoint, []).append(f"{visitor} POST {url}: {status}")
                if changed:
                    if not allowed and world.content(without=AUDIT) != before:
                        found.setdefault(endpoint, []).append(f"{visitor} POST {url}: refused, and changed rows")
                    world.restore()
    return found


@pytest.mark.parametrize("endpoint", ACTINGS)
def test_every_button_works_for_whom_it_is_and_a_refusal_changes_nothing(world, endpoint):
    assert deviations_of_acting(world, [endpoint]) == {}


def test_without_the_token_of_the_form_nobody_changes_anything(world):
    before = world.as_made()
    for acting in ACTINGS.values():
        for visitor in sorted(acting.home):
            answer = world.press(visitor, acting.url.replace("{code}", HOME), acting.data, with_token=False)
            assert answer.status_code == 403, acting.url
    assert world.content() == before


# Releases that are not to be seen


def leaks_of_unpublished(world: World, label: str) -> list[str]:
    """Addresses under which somebody outside the research team finds a release that is not to be seen."""
    open_to_the_team = ("/research/releases/2025.1/authorities",)
    found = (one.url for one in READINGS.values() if "2025.1" in one.url)
    urls = [url.replace("2025.1", label) for url in found if not url.startswith(open_to_the_team)]
    assert len(urls) >= 9
    return [
        f"{visitor} {url}"
        for url in urls
        for visitor in ("AMLO" if url.startswith("/research/") else "AMLORP")
        if world.visit(visitor, "GET", url.replace("{code}", HOME)).status_code not in {303, 404}
    ]


def show_as(world: World, state: str, embargo_days: int | None) -> None:
    """Put the second release of 2025 into a state."""
    published = datetime.now(UTC)
    embargo = None if embargo_days is None else published + timedelta(days=embargo_days)
    with world.database.session() as session, world.database.write(session):
        approver = session.scalars(select(Release.approved_by_id).where(Release.number == 1)).first()
        session.execute(
            update(Release)
            .where(Release.number == 2, Release.approved_by_id.is_(None))
            .values(state=state, embargo_until=embargo, approved_by_id=approver, published_at=published)
        )
        session.commit()


@pytest.mark.parametrize(
    ("state", "embargo_days"),
    [
        (ReleaseState.COMPUTED, None),
        (ReleaseState.CHECKED, None),
        (ReleaseState.APPROVED, None),
        (ReleaseState.PUBLISHED, 1),
    ],
)
def test_a_release_that_is_not_out_is_nowhere(world, state, embargo_days):
    show_as(world, state, embargo_days)
    assert leaks_of_unpublished(world, "2025.2") == []
    for url in ("/results/", "/compare/", "/"):
        assert "2025.2" not in world.visit("M", "GET", url).text


def test_a_release_that_is_out_is_found(world):
    """The positive control of the test above: an embargo that is over."""
    show_as(world, ReleaseState.PUBLISHED, -1)
    assert len(leaks_of_unpublished(world, "2025.2")) >= 9


def leaks_of_superseded(world: World) -> list[str]:
    """Addresses of 2025.1 at which a member or the public still gets an answer: pages, pictures, files, documents."""
    urls = [one.url for one in READINGS.values() if "2025.1" in one.url and not one.url.startswith("/research")]
    assert {"svg", "pdf", "csv"} <= {url.rpartition(".")[2] for url in urls}
    return [
        f"{visitor} {url}"
        for url in urls
        for visitor in "AMLO"
        if world.visit(visitor, "GET", url.replace("{code}", _own_code(world, visitor))).status_code not in {303, 404}
    ]


def _own_code(world: World, visitor: str) -> str:
    return world.away if visitor == "O" else HOME


def test_a_superseded_release_is_gone_from_every_address_that_it_had(world):
    assert len(leaks_of_superseded(world)) > 30  # the positive control, and every picture and file is made and kept
    show_as(world, ReleaseState.PUBLISHED, -1)
    assert leaks_of_superseded(world) == []
    for url in ("/results/", "/compare/", "/"):
        assert "2025.1" not in world.visit("M", "GET", url).text
    answer = world.press("M", f"/compare/{HOME}/2025.1/documents", {})
    assert answer.status_code == 404


# Planted defects


PERSONAL = [one for one, reading in READINGS.items() if reading.others is None and reading.home < PERSONS]
PERSONAL_ACTS = [one for one, acting in ACTINGS.items() if acting.home < PERSONS]


def test_a_page_without_its_check_of_roles_is_noticed(world, monkeypatch):
    """One defect a row: each page is asked for by itself, so one run shows for each whether its loss is seen."""
    monkeypatch.setattr(Who, "admits", lambda *_: True)
    found = deviations_of_reading(world, PERSONAL, enough=1)
    assert len(PERSONAL) > 25
    assert set(PERSONAL) - set(found) == set()


def test_a_button_without_its_check_of_roles_is_noticed(world, monkeypatch):
    """Where the object is found by who asks, the loader refuses a second time, so these rows are left out."""
    monkeypatch.setattr(Who, "admits", lambda *_: True)
    own = {one for one in PERSONAL_ACTS if "{code}" not in ACTINGS[one].url}
    assert own - set(deviations_of_acting(world, own, by="AMPR")) == set()


def test_a_page_that_gives_away_other_authorities_is_noticed(world, monkeypatch):
    everywhere = {HOME: "home", world.away: "away"}
    monkeypatch.setattr(load_compare, "_own", lambda _: everywhere)
    monkeypatch.setattr(load_lead, "_led", lambda _: everywhere)
    objects = [one for one, reading in READINGS.items() if "{code}" in reading.url]
    found = deviations_of_reading(world, objects, enough=1)
    assert set(found) == set(objects)
    seen = deviations_of_reading(world, ["compare.overview"])
    assert any("reads" in one for one in seen["compare.overview"])


def test_a_release_shown_too_early_is_noticed(world, monkeypatch):
    monkeypatch.setattr(results, "_readable", lambda _: true())
    assert len(leaks_of_unpublished(world, "2025.2")) >= 9


def test_a_page_that_writes_when_it_is_read_is_noticed(world, monkeypatch):
    def counting() -> str:
        session = context.session()
        with context.database().write(session):
            session.execute(update(Release).values(method_version="9"))
            session.commit()
        return "read"

    monkeypatch.setitem(world.app.view_functions, "public.methods", counting)
    found = deviations_of_reading(world, ["public.methods"])
    assert any("changed the database" in one for one in found["public.methods"])
