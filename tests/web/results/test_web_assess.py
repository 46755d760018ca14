"""A lead fills in the self-assessment, and members read it beside what officers see."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select, update

from survey.demonstration.sector import HOME
from survey.models import RESULT_TABLES, Assessment, AssessmentAnswer, Authority, Participation, Release, Wave

START = f"/assess/{HOME}/2026/"
PAGE = f"{START}page/means"
SEEN = f"/compare/{HOME}/2025.1/self-assessment"
REFUSAL = "Not shown: there are too few answers, or showing it could reveal what somebody said."


@pytest.fixture
def lead(browser, person):
    browser.sign_in(person("lead"))
    return browser


@pytest.fixture
def member(browser, person):
    browser.sign_in(person("member"))
    return browser


def stored(database, item, wave="2026", code=HOME):
    query = (
        select(AssessmentAnswer)
        .join(Assessment, Assessment.id == AssessmentAnswer.assessment_id)
        .join(Participation, Participation.id == Assessment.participation_id)
        .join(Wave, Wave.id == Participation.wave_id)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(Wave.code == wave, Authority.code == code, AssessmentAnswer.item_code == item)
    )
    with database.session() as session:
        return session.scalars(query).one_or_none()


def change(database, *statements):
    with database.session() as session, database.write(session):
        for statement in statements:
            session.execute(statement)
        session.commit()


# The lead


def test_the_page_of_a_wave_leads_to_the_self_assessment(lead) -> None:
    page = lead.get(f"/lead/{HOME}/2026/").text
    assert f'href="{START}"' in page
    assert "It is begun, and not sent yet." in page


def test_the_overview_lists_every_indicator_with_how_far_it_is(lead) -> None:
    page = lead.get(START).text
    assert page.count(f'href="{START}page/') == 19
    assert (
        len(re.findall(r"Level \d: \w", page)) + page.count("Cannot say yet") == 6
    )  # as many as the demonstration filled in
    assert page.count("Not answered") == 13


def test_a_page_shows_each_level_in_words_with_note_and_target(lead) -> None:
    page = lead.get(PAGE).text
    assert page.count('type="radio"') == 6
    assert "What shows it?" in page
    assert "Where do you want to be next year?" in page
    assert re.search(r"<strong>3 Growing\.</strong>\s+Most staff have tools that work", page)


def test_what_is_posted_is_kept_and_the_next_page_follows(lead, sqlite_database) -> None:
    shown = lead.get(PAGE).hidden()["shown"]
    typed = {"level_means": "2", "level_means.target": "3", "level_means.evidence": "New laptops.", "shown": shown}
    answer = lead.post(PAGE, typed)
    assert (answer.status, answer.location) == (303, f"{START}page/everybody")
    kept = stored(sqlite_database, "level_means")
    assert (kept.level, kept.target, kept.evidence) == ("2", "3", "New laptops.")
    page = lead.get(PAGE).text
    assert "New laptops." in page
    assert re.search(r'value="2"\s+checked', page)


def test_a_hostile_note_is_text(lead) -> None:
    shown = lead.get(PAGE).hidden()["shown"]
    note = "</textarea><script>alert(1)</script>{{ 7 * 7 }}"
    lead.post(PAGE, {"level_means": "2", "level_means.evidence": note, "shown": shown})
    for url in (PAGE, f"{START}check"):
        page = lead.get(url).text
        assert "<script>alert" not in page
        assert html.escape(note, quote=False) in page.replace("&#34;", '"').replace("&#39;", "'")


def test_a_note_that_is_too_long_comes_back_with_what_was_typed(lead, sqlite_database) -> None:
    shown = lead.get(PAGE).hidden()["shown"]
    answer = lead.post(PAGE, {"level_means": "5", "level_means.evidence": "y" * 2001, "shown": shown})
    assert answer.status == 422
    assert "The note is too long" in answer.text
    assert "y" * 2001 in answer.text
    before = stored(sqlite_database, "level_means")
    assert before is None or before.evidence == ""


def test_a_page_that_a_colleague_changed_shows_both_and_saves_nothing(lead, sqlite_database) -> None:
    shown = lead.get(PAGE).hidden()["shown"]
    first = {"level_means": "2", "level_means.evidence": "The note of a colleague.", "shown": shown}
    assert lead.post(PAGE, first).status == 303
    answer = lead.post(PAGE, {"level_means": "4", "level_means.evidence": "My own note.", "shown": shown})
    assert answer.status == 409
    assert "The note of a colleague." in answer.text
    assert "My own note." in answer.text
    assert stored(sqlite_database, "level_means").level == "2"
    again = lead.post(PAGE, {"level_means": "4", "shown": answer.hidden()["shown"]})
    assert again.status == 303
    assert stored(sqlite_database, "level_means").level == "4"


def test_a_level_that_was_not_offered_is_refused(lead) -> None:
    shown = lead.get(PAGE).hidden()["shown"]
    assert lead.post(PAGE, {"level_means": "9", "shown": shown}).status == 422


def test_it_is_checked_sent_and_taken_back(lead) -> None:
    check = lead.get(f"{START}check")
    assert "13 questions are not answered yet." in check.text
    assert lead.post(f"{START}check", check.hidden()).status == 303
    page = lead.get(START).text
    assert "You sent this self-assessment on" in page
    assert "Take it back and change it" in page
    assert lead.get(PAGE).status == 303  # nothing to fill in any more
    assert lead.post(f"{START}change").status == 303
    assert "Take it back" not in lead.get(START).text


def test_a_change_after_checking_is_refused_on_sending(lead) -> None:
    revision = lead.get(f"{START}check").hidden()["revision"]
    shown = lead.get(PAGE).hidden()["shown"]
    lead.post(PAGE, {"level_means": "2", "shown": shown})
    answer = lead.post(f"{START}check", {"revision": revision})
    assert answer.status == 409
    assert "Check it again before you send it" in answer.text


def test_from_check_one_goes_back_to_check(lead) -> None:
    page = lead.get(f"{PAGE}?back=check")
    answer = lead.post(PAGE, {**page.hidden(), "level_means": "2"})
    assert answer.location == f"{START}check"


def test_members_and_strangers_do_not_reach_the_lead_s_pages(member, other_browser) -> None:
    assert member.get(START).status == 404
    assert other_browser.get(START).status == 303


def test_a_closed_wave_is_read_only(lead) -> None:
    past = f"/assess/{HOME}/2025/"
    assert "Take it back" not in lead.get(past).text
    assert "Read all that you said" in lead.get(past).text
    assert lead.get(f"{past}check").status == 200
    assert lead.get(f"{past}page/ready").status == 404


# The member


def test_the_overview_leads_to_it_where_the_wave_asked_for_one(member, sqlite_database) -> None:
    overview = f"/compare/{HOME}/2025.1/"
    assert f'href="{SEEN}"' in member.get(overview).text
    change(sqlite_database, update(Release).values(self_assessment_digest=None))
    assert f'href="{SEEN}"' not in member.get(overview).text
    assert member.get(SEEN).status == 404


def test_sentence_and_alternative_text_are_the_same(member) -> None:
    page = member.get(SEEN).text
    finding = re.search(r'<p class="app-finding">([^<]+)</p>', page)[1]
    assert f'alt="{finding}"' in page
    picture = member.get(f"{SEEN}.svg")
    assert picture.status == 200
    assert finding in picture.text


def test_the_table_shows_both_sides_of_the_stored_release(member, sqlite_database) -> None:
    table = RESULT_TABLES["say_do"]
    query = (
        select(table).where(table.c.authority == HOME, table.c.measure == "silos").order_by(table.c.release_id.desc())
    )
    with sqlite_database.session() as session:
        row = session.execute(query).first()
    page = member.get(SEEN).text
    cells = re.search(r"Working across silos</th>(.*?)</tr>", page, re.S)[1]
    shown = re.findall(r'class="app-score">([^<]+)<', cells)
    assert shown[:2] == [str(int(row.assessed + 0.5)), str(int(row.staff + 0.5))]


def test_without_ten_authorities_both_sides_stay_and_no_difference_is_shown(member, sqlite_database) -> None:
    table = RESULT_TABLES["say_do"]
    hidden = dict.fromkeys(("gap", "lower", "upper", "p_adjusted", "verdict", "median_gap"))
    change(sqlite_database, update(table).values(reason="too_few_authorities", **hidden))
    page = member.get(SEEN).text
    assert "No difference between the two is shown on" in page
    assert "no difference shown" in page
    assert "says more of itself" not in page
    assert REFUSAL in page
    assert "too_few" not in page
    assert member.get(f"{SEEN}.svg").status == 200


def test_an_authority_that_sent_none_reads_so(member, sqlite_database) -> None:
    gone = dict.fromkeys(("gap", "lower", "upper", "p_adjusted", "verdict", "median_gap", "assessed", "staff", "n"))
    gone |= dict.fromkeys(("staff_lower", "staff_upper"))
    change(
        sqlite_database,
        update(RESULT_TABLES["say_do"]).values(reason="not_assessed", **gone),
        update(Assessment).values(state="in_progress", submitted_at=None, submitted_by_id=None),
    )
    page = member.get(SEEN).text
    assert "Your authority sent no self-assessment in this survey." in page
    assert member.get(f"{SEEN}.svg").status == 404


def test_levels_notes_and_targets_are_those_of_the_own_authority(member) -> None:
    page = member.get(SEEN).text
    assert "A shared plan of all departments, adopted by the cabinet in March." in page
    assert "These answers are shown as they are. They are not part of any score." in page
    assert page.count("Next year:") >= 10


def test_nobody_reads_the_self_assessment_of_another_authority(member) -> None:
    assert member.get(SEEN.replace(HOME, "D020")).status == 404
    assert member.get(f"{SEEN}.svg".replace(HOME, "D020")).status == 404


def test_the_research_team_plans_a_wave_with_a_self_assessment(browser, person, sqlite_database) -> None:
    browser.sign_in(person("researcher"))
    page = browser.get("/research/waves/plan")
    choices = re.search(r'<select[^>]*name="self_assessment".*?</select>', page.text, re.S)[0]
    own = re.search(r'value="(\d+)"[^>]*>digital-maturity-authority', choices)[1]
    staff = re.search(r'name="edition".*?value="(\d+)"', page.text, re.S)[1]
    assert "digital-maturity-staff" not in choices
    form = {
        **page.hidden(),
        "code": "2030",
        "title": "Survey 2030",
        "edition": staff,
        "self_assessment": own,
        "opens": "2030-03-01 09:00",
        "deadline": "2030-03-31 17:00",
    }
    assert browser.post("/research/waves/plan", form).status == 303
