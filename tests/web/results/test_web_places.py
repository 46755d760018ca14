"""Pictures of service areas and gaps on the member's page, of every authority for the research team."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from survey.demonstration.sector import HOME
from survey.models import Release, Wave

INSIDE = f"/compare/{HOME}/2025.1/inside"
EVERYBODY = "/research/releases/2025.1/authorities/"
DESCRIBED = "{http://www.w3.org/2000/svg}desc"


@pytest.fixture
def member(browser, person):
    browser.sign_in(person("member"))
    return browser


@pytest.fixture
def researcher(browser, person):
    browser.sign_in(person("researcher"))
    return browser


def pictures(page: str) -> list[tuple[str, str]]:
    """Address and alternative text of each picture of a page."""
    found = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', page)
    return [(html.unescape(address), html.unescape(words)) for address, words in found]


def described(browser, address: str) -> str | None:
    answer = browser.get(address)
    assert answer.status == 200
    assert "nan" not in answer.text
    return ET.fromstring(answer.text).findtext(DESCRIBED)  # noqa: S314 - the picture is our own


def test_each_finding_inside_has_its_picture_whose_sentence_is_its_alternative_text(member) -> None:
    found = pictures(member.get(INSIDE).text)
    assert {address.rsplit("/", 1)[1] for address, _ in found} >= {"areas.svg", "tiers.svg"}
    for address, words in found:
        assert described(member, address) == words
        assert described(member, f"{address}?size=narrow") == words


def test_the_table_says_which_score_is_drawn_towards_the_authority(member) -> None:
    page = html.unescape(member.get(INSIDE).text)
    assert "Service areas drawn towards the authority’s score" in page
    assert "Empty rings are the scores from the area’s own answers alone" in page


def test_the_research_team_sees_every_authority_without_a_name(researcher, sqlite_database) -> None:
    page = researcher.get(EVERYBODY).text
    assert "For the research team only." in page
    found = pictures(page)
    assert "caterpillar.svg" in found[0][0]
    for address, words in found:
        assert described(researcher, address) == words
        assert HOME not in researcher.get(address).text
    assert HOME not in page.replace(f"/compare/{HOME}", "")


def test_pictures_of_every_authority_are_kept_from_shared_caches(researcher) -> None:
    answer = researcher.get(f"{EVERYBODY}caterpillar.svg")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert researcher.get(f"{EVERYBODY}caterpillar.svg?size=huge").status == 404


def test_a_funnel_of_too_few_authorities_is_not_there(researcher) -> None:
    assert "funnel.svg" not in researcher.get(EVERYBODY).text  # 14 authorities, tau needs 20
    assert researcher.get(f"{EVERYBODY}funnel.svg").status == 404


@pytest.mark.parametrize("kind", ["areas", "tiers"])
def test_members_find_no_picture_of_every_authority(member, kind: str) -> None:
    assert member.get(f"{INSIDE}/{kind}.svg").status == 200
    for address in (EVERYBODY, f"{EVERYBODY}caterpillar.svg"):
        assert member.get(address).status in (403, 404)


def test_of_a_release_that_was_replaced_the_team_sees_no_authority_either(researcher, sqlite_database) -> None:
    assert researcher.get(f"{EVERYBODY}caterpillar.svg").status == 200  # drawn, and kept as a file
    with sqlite_database.session() as session, sqlite_database.write(session):
        old = session.scalars(select(Release).join(Wave).where(Wave.code == "2025")).one()
        columns = {column.key: getattr(old, column.key) for column in Release.__table__.columns}
        session.add(Release(**columns | {"id": None, "number": 2}))
        session.commit()
    for url in (EVERYBODY, f"{EVERYBODY}caterpillar.svg"):
        gone = researcher.get(url)
        assert (gone.status, "replaced by release 2025.2" in gone.text) == (404, True)
