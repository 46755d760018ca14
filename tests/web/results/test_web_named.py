"""Pages by name, on the map and by region; a lead's choice; the menu of peer groups: kind words, nothing typed is lost."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import delete, select

from survey.demonstration.sector import HOME
from survey.models import AuditEntry, Authority, NamedAuthority, PeerList, ReleaseNamed, Wave

PAGE = f"/compare/{HOME}/2025.1/named"
LIST = "/research/waves/2026/peer-groups/"


@pytest.fixture
def member(browser, person):
    browser.sign_in(person("member"))
    return browser


@pytest.fixture
def names(sqlite_database) -> dict[str, str]:
    with sqlite_database.session() as session:
        return {one.code: one.name for one in session.scalars(select(Authority))}


def named(database) -> set[str]:
    with database.session() as session:
        return set(session.scalars(select(ReleaseNamed.authority)))


def test_members_see_those_who_chose_it_in_the_order_of_names(member, sqlite_database, names) -> None:
    others = sorted(named(sqlite_database) - {HOME})
    page = html.unescape(member.get(f"{PAGE}?with1={others[1]}&with2={others[0]}").text)
    rows = re.findall(r'<th scope="row" role="rowheader" class="govuk-table__header">([^<]+)</th>', page)
    assert rows == sorted(names[code] for code in (HOME, *others[:2])) * 4
    assert len(re.findall(r"<img ", page)) == 4
    assert "not a ranking" in page
    assert not [name for code, name in names.items() if code not in named(sqlite_database) and name in page]


def test_picture_table_and_alternative_text_say_the_same(member, sqlite_database) -> None:
    other = min(named(sqlite_database) - {HOME})
    page = member.get(f"{PAGE}?with1={other}").text
    sources = [html.unescape(one) for one in re.findall(r'<img src="([^"]+)"', page)]
    alternatives = [html.unescape(one) for one in re.findall(r'<img [^>]*alt="([^"]+)"', page)]
    for source, alternative in zip(sources, alternatives, strict=True):
        drawn = html.unescape(member.get(source).text)
        assert f'<desc id="description">{alternative}</desc>' in drawn


def test_who_is_not_named_sees_nobody_and_reads_why(member, sqlite_database, names) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(delete(ReleaseNamed).where(ReleaseNamed.authority == HOME))
        session.commit()
    for url in (PAGE, f"/compare/{HOME}/2025.1/map"):
        page = html.unescape(member.get(url).text)
        assert "did not choose to be named" in page
        assert not [name for code, name in names.items() if code != HOME and name in page]
    other = min(named(sqlite_database))
    assert member.get(f"{PAGE}?with1={other}").status == 404


def test_four_others_or_a_wrong_dimension_are_not_there(member) -> None:
    assert member.get(f"/compare/{HOME}/2025.1/named/nothing.svg?with1=D022").status == 404
    assert member.get(f"/compare/{HOME}/2025.1/map?measure=nothing").status == 404


def test_the_map_and_the_regions_have_their_sentence_and_their_table(member, browser) -> None:
    for url, picture in ((f"/compare/{HOME}/2025.1/map", "map.svg"), ("/results/2025.1/", "regions.svg")):
        page = html.unescape(member.get(url).text)
        assert "{}" not in page
        alternative = re.search(rf'<img src="[^"]*{picture}[^"]*" alt="([^"]+)"', page)[1]
        assert alternative in html.unescape(member.get(f"{url.rpartition('/')[0]}/{picture}").text)
    counts = re.findall(r"(\w+) (\d+) of (\d+)", alternative)
    assert counts
    for name, some, of in counts:
        assert re.search(rf">{name}</th><td[^>]*>{some} of {of}</td>", page)


def test_a_lead_chooses_and_takes_it_back_until_the_wave_is_computed(browser, person, sqlite_database) -> None:
    browser.sign_in(person("lead"))
    page = browser.get(f"/lead/{HOME}/2026/named")
    assert "chose to be named" in page.text
    assert browser.post(f"/lead/{HOME}/2026/named", {"named": "no"}).status == 303
    with sqlite_database.session() as session:
        assert HOME not in set(session.scalars(select(NamedAuthority.authority).where(NamedAuthority.wave_id == 3)))
    assert "is not named in this survey" in browser.get(f"/lead/{HOME}/2026/named").text
    closed = browser.get(f"/lead/{HOME}/2025/named").text
    assert "stays as it is" in closed
    assert 'name="named"' not in closed
    assert browser.post(f"/lead/{HOME}/2025/named", {"named": "no"}).status == 409


def test_a_list_joins_the_menu_and_a_refusal_keeps_what_was_typed(browser, person, sqlite_database) -> None:
    browser.sign_in(person("researcher"))
    with sqlite_database.session() as session:
        codes = sorted(session.scalars(select(Authority.code).where(Authority.code.startswith("D"))))[:11]
    refused = browser.post(f"{LIST}list", {"name": "Coastal towns", "codes": "D018\nX99"})
    assert refused.status == 422
    text = html.unescape(refused.text)
    assert "“X99” does not take part" in text
    assert 'value="Coastal towns"' in text
    assert "D018\nX99" in text.replace("\r", "")
    assert browser.post(f"{LIST}list", {"name": "Coastal towns", "codes": "\n".join(codes)}).status == 303
    assert browser.post(f"{LIST}list", {"name": "Hills", "codes": "\n".join(codes[:10])}).status == 303
    with sqlite_database.session() as session:
        assert set(session.scalars(select(PeerList.name))) == {"Coastal towns", "Hills"}
    assert "Coastal towns" in browser.get(LIST).text


def test_a_frozen_menu_offers_no_list_and_takes_none(browser, person) -> None:
    browser.sign_in(person("researcher"))
    frozen = LIST.replace("2026", "2025")
    assert "were frozen" in browser.get(frozen).text
    assert 'name="codes"' not in browser.get(frozen).text
    late = browser.post(f"{frozen}list", {"name": "Too late", "codes": "D018"})
    assert late.status == 409
    assert "frozen" in late.text
    assert "Too late" in late.text


def test_fewer_authorities_are_enough_with_a_reason_that_is_kept_with_the_wave(
    browser, person, sqlite_database
) -> None:
    browser.sign_in(person("researcher"))
    page = browser.get(f"{LIST}").text
    assert "A group needs 10 authorities" in page
    assert re.search(r'name="median"[^>]* value="10"', page)
    few = html.unescape(browser.post(f"{LIST}sizes", {"median": "4", "quartiles": "8", "because": ""}).text)
    assert "4 is too few. Give 5 or more." in few
    assert "Say in one line" in few
    assert re.search(r'name="median"[^>]* value="4"', few)  # what was typed stays
    assert "whole number" in browser.post(f"{LIST}sizes", {"median": "many", "quartiles": "8"}).text
    pilot = {"median": "6", "quartiles": "8", "because": "A pilot of nine."}
    assert browser.post(f"{LIST}sizes", pilot).status == 303
    assert "A group needs 6 authorities" in browser.get(LIST).text
    assert browser.post(f"{LIST.replace('2026', '2025')}sizes", pilot).status == 303  # of a frozen menu, too
    with sqlite_database.session() as session:
        assert (
            session.scalars(select(Wave.rules).where(Wave.code == "2026")).one()["lowered_because"]
            == "A pilot of nine."
        )
        entries = session.scalars(select(AuditEntry.object_code).where(AuditEntry.action == "minimum_sizes.set"))
        assert list(entries) == ["2026", "2025"]


def test_a_publisher_reads_why_fewer_are_enough_and_cannot_set_it(browser, person) -> None:
    browser.sign_in(person("researcher"))
    browser.post(f"{LIST}sizes", {"median": "6", "quartiles": "8", "because": "A pilot of nine."})
    browser.sign_in(person("publisher-1"))
    page = browser.get(LIST).text
    assert "A pilot of nine." in page
    assert 'name="median"' not in page
    assert browser.post(f"{LIST}sizes", {"median": "10", "quartiles": "12"}).status == 404
