"""A lead invites and watches in steps: links of the own authority, never an answer, never an exact count."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, update

from survey import audit, keys
from survey.demonstration.sector import HOME
from survey.models import AuditEntry, Invitation, OutboxMessage, Participation, Wave

WAVE = f"/lead/{HOME}/2026/"


@pytest.fixture
def lead(browser, person):
    browser.sign_in(person("lead"))
    return browser


def links(database) -> list[Invitation]:
    query = select(Invitation).join(Participation).join(Wave).where(Wave.code == "2026")
    with database.session() as session:
        return list(session.scalars(query.order_by(Invitation.id)))


def test_a_lead_sees_what_needs_attention_now(lead) -> None:
    page = lead.get("/lead/").text
    assert f'href="{WAVE}"' in page
    assert "2025" not in re.sub(r"<header.*?</header>", "", page, flags=re.S)  # what is over needs nothing


def test_progress_comes_in_steps_only(lead) -> None:
    page = lead.get(WAVE).text
    total = int(re.search(r"At least (\d+) officers have answered", page)[1])
    assert total % 5 == 0
    words = re.findall(r'data-label="Answers"><span class="app-stack__value">([^<]*)<', page)
    assert words
    assert all(
        word == "fewer than 11" or int(word.removeprefix("at least ")) in (11, *range(20, 500, 10)) for word in words
    )


def test_links_are_made_after_a_dry_run_and_only_for_new_addresses(lead, sqlite_database) -> None:
    before = len(links(sqlite_database))
    typed = "first.new@council.example\nsecond.new@council.example\nfirst.new@council.example"
    dry = lead.post(f"{WAVE}invite", {"addresses": typed})
    assert (dry.status, "2 colleagues will get a personal link" in dry.text) == (200, True)
    assert len(links(sqlite_database)) == before
    done = lead.post(f"{WAVE}invite", dry.hidden())
    assert done.status == 303
    assert len(links(sqlite_database)) == before + 2
    with sqlite_database.session() as session:  # the survey is open, so the mails wait in the outbox
        written = select(Invitation.address).join(OutboxMessage, OutboxMessage.invitation_id == Invitation.id)
        addresses = set(session.scalars(written))
    assert addresses >= {"first.new@council.example", "second.new@council.example"}
    assert {one.partition("@")[2] for one in addresses} == {"council.example", f"{HOME.lower()}.demonstration.example"}
    again = lead.post(f"{WAVE}invite", {"addresses": typed})
    assert "2 addresses have a link already" in again.text
    with sqlite_database.session() as session:
        assert "invitations.made" in session.scalars(select(AuditEntry.action)).all()
        assert audit.verify(session) == ()


def test_a_wrong_number_makes_no_links(lead, sqlite_database) -> None:
    before = len(links(sqlite_database))
    answer = lead.post(f"{WAVE}invite", {"addresses": "a@council.example", "confirmed": "2"})
    assert (answer.status, "Is this right?" in answer.text) == (200, True)
    assert len(links(sqlite_database)) == before


def test_faulty_addresses_are_all_named_and_kept(lead, sqlite_database) -> None:
    before = len(links(sqlite_database))
    answer = lead.post(f"{WAVE}invite", {"addresses": "good@council.example\n<b>bad\nworse@"})
    assert answer.status == 422
    assert answer.text.count("Line 2") >= 1
    assert answer.text.count("Line 3") >= 1
    assert "<b>bad" not in answer.text
    assert "&lt;b&gt;bad" in answer.text
    assert len(links(sqlite_database)) == before


def test_the_shared_link_is_shown_derived_and_capped(lead, sqlite_database, web_settings) -> None:
    assert lead.post(f"{WAVE}share", {"expected": "1003"}).status == 303
    cap = 1105  # 1003 and a tenth is 1103.3, up to the next five
    shared = [one for one in links(sqlite_database) if one.kind == "shared" and one.cap == cap]
    assert len(shared) == 1
    token = keys.token(web_settings.link_key, shared[0].id, shared[0].epoch)
    assert f"/r/{token}" in lead.get(WAVE).text
    assert token not in str(vars(shared[0]))
    for wrong in ("", "0", "-3", "many", "1e9", "9999999"):
        answer = lead.post(f"{WAVE}share", {"expected": wrong})
        assert answer.status == 422, wrong


@pytest.mark.parametrize("path", ["", "invite", "share"])
def test_another_authority_is_not_there(lead, path: str) -> None:
    assert lead.get(f"/lead/D020/2026/{path}").status == 404
    assert lead.get(f"/lead/X999/2026/{path}").status == 404
    if path:
        assert lead.post(f"/lead/D020/2026/{path}", {"addresses": "a@b.example", "expected": "9"}).status == 404


def test_links_of_a_closed_wave_cannot_be_made(lead, sqlite_database) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(update(Wave).where(Wave.code == "2026").values(state="closed"))
        session.commit()
    assert lead.post(f"{WAVE}invite", {"addresses": "a@council.example", "confirmed": "1"}).status == 404
    assert lead.post(f"{WAVE}share", {"expected": "10"}).status == 404


@pytest.mark.parametrize("entrance", ["member", "researcher", "publisher-1"])
def test_only_leads_have_these_pages(browser, person, entrance: str) -> None:
    browser.sign_in(person(entrance))
    assert [browser.get(url).status for url in ("/lead/", WAVE, f"{WAVE}invite", f"{WAVE}share")] == [404] * 4


def test_a_lead_sees_the_own_results_too(lead) -> None:
    assert lead.get(f"/compare/{HOME}/2025.1/").status == 200


def test_a_page_costs_a_fixed_number_of_statements(lead) -> None:
    assert len(lead.get(WAVE).statements) <= 13  # the last is about staff numbers of service areas: whom to remind
    assert len(lead.get("/lead/").statements) <= 4


def test_a_lead_reads_whom_to_remind_next_without_a_number(lead) -> None:
    page = lead.get(WAVE).text
    listed = page.partition("Whom to remind next")[2].partition("</ul>")[0]
    assert 1 <= listed.count("<li>") <= 3
    assert not any(letter.isdigit() for letter in listed.partition("<ul")[2].replace("govuk-list--", ""))


def test_no_count_of_receipts_is_ever_exact(lead, sqlite_database) -> None:
    """The number of answers that the links took stands nowhere on the page."""
    mine = select(func.sum(Invitation.received)).join(Participation).join(Wave).where(Wave.code == "2026")
    with sqlite_database.session() as session:
        session.execute(update(Invitation).where(Invitation.kind == "shared").values(cap=9999, received=1237))
        assert session.scalar(mine)
        session.commit()
    assert "1237" not in lead.get(WAVE).text
