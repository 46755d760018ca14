"""An officer's journey: nothing is lost, nothing is shown to the wrong person, a page costs what it may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from survey.models import Draft, Submission

SAVE = "/respond/page/mindset-1"


@pytest.fixture
def web_database(database):
    """The officer's journey is walked on both kinds of database."""
    return database


def start(browser, token):
    browser.get(f"/r/{token}")
    return browser.post(f"/r/{token}")


def answer(browser, page_code, values, **more):
    shown = browser.get(f"/respond/page/{page_code}")
    return browser.post(f"/respond/page/{page_code}", {**shown.hidden(), **values}, **more)


def drafts(database):
    with database.session() as session:
        return [(draft.answers, draft.revision) for draft in session.scalars(select(Draft).order_by(Draft.started_at))]


def submissions(database):
    with database.session() as session:
        return session.scalars(select(func.count()).select_from(Submission)).one()


def test_looking_at_a_link_changes_nothing(browser, open_wave, web_database):
    token = open_wave.personal()
    for _ in range(3):
        assert browser.get(f"/r/{token}").status == 200
        assert browser.send("HEAD", f"/r/{token}").status == 200
    assert drafts(web_database) == []


def test_the_landing_page_says_who_asks_and_who_sees_what(browser, open_wave):
    page = browser.get(f"/r/{open_wave.personal()}")
    assert "Exeborough" in page.text
    assert "Nobody at your council sees your answers" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_an_officer_answers_checks_and_sends(browser, open_wave, web_database):
    token = open_wave.personal()
    code = browser.follow(start(browser, token))
    assert "Your resume code" in code.text
    assert answer(browser, "mindset-1", {"mindset_1": "4"}).location == "/respond/page/mindset-2"
    typed = {"programmes": ["mentoring", "course"], "years": "12", "one_change": "More <b>time</b>"}
    assert answer(browser, "mindset-2", typed).location == "/respond/page/equality-1"
    assert answer(browser, "equality-1", {}).location == "/respond/check"
    check = browser.get("/respond/check")
    assert "More &lt;b&gt;time&lt;/b&gt;" in check.text
    done = browser.post("/respond/check", check.hidden())
    assert done.status == 200
    assert "Your answers are sent" in done.text
    assert ">75<" in done.text.replace(" ", "")  # 4 of 1 to 5 is 75 on 0 to 100
    assert submissions(web_database) == 1
    assert "Thank you" in browser.get(f"/r/{token}").text
    assert "Thank you" in browser.get("/respond/").text
    assert "More &lt;b&gt;" not in browser.get("/respond/check").text


def test_sending_twice_is_sending_once(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    answer(browser, "mindset-1", {"mindset_1": "4"})
    fields = browser.get("/respond/check").hidden()
    browser.post("/respond/check", fields)
    again = browser.post("/respond/check", fields)
    assert (again.status, "Thank you" in again.text) == (200, True)
    assert submissions(web_database) == 1


def test_nothing_answered_cannot_be_sent(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    assert "Send my answers" not in browser.get("/respond/check").text
    refused = browser.post("/respond/check", {"revision": "0"})
    assert refused.status == 422
    assert submissions(web_database) == 0


def test_a_page_shown_costs_two_statements_and_a_page_saved_three(browser, open_wave):
    start(browser, open_wave.personal())
    for option in ("1", "2"):  # the first page that is saved in a wave fixes the privacy notice
        answer(browser, "mindset-1", {"mindset_1": option})
    shown = browser.get(SAVE)
    assert len(shown.statements) <= 2, shown.statements
    saved = browser.post(SAVE, {**shown.hidden(), "mindset_1": "4"})
    assert saved.status == 303
    assert len(saved.statements) <= 3, saved.statements


def test_a_blank_is_pointed_out_once_and_never_blocks(browser, open_wave):
    start(browser, open_wave.personal())
    first = answer(browser, "mindset-1", {})
    assert first.location == "/respond/page/mindset-1?noted=1"
    noted = browser.get(first.location)
    assert "You left one question blank." in noted.text
    second = browser.post(SAVE, noted.hidden())
    assert second.location == "/respond/page/mindset-2"


def test_free_texts_and_optional_sections_are_offers_not_blanks(browser, open_wave):
    start(browser, open_wave.personal())
    left_text_empty = answer(browser, "mindset-2", {"programmes": "none", "years": "3"})
    assert left_text_empty.location == "/respond/page/equality-1"
    assert answer(browser, "equality-1", {}).location == "/respond/check"


def test_what_cannot_be_read_is_said_and_what_was_typed_stays(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    refused = answer(browser, "mindset-2", {"years": "a few", "one_change": "Keep <i>this</i>", "programmes": "course"})
    assert refused.status == 422
    assert "There is a problem" in refused.text
    assert 'href="#years"' in refused.text
    assert 'value="a few"' in refused.text
    assert "Keep &lt;i&gt;this&lt;/i&gt;</textarea>" in refused.text
    assert drafts(web_database) == [("{}", 0)]


def test_none_of_these_stands_alone(browser, open_wave):
    start(browser, open_wave.personal())
    refused = answer(browser, "mindset-2", {"programmes": ["none", "course"]})
    assert refused.status == 422
    assert "None of these" in refused.text


def test_an_option_that_the_question_does_not_have_is_refused(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    assert answer(browser, "mindset-1", {"mindset_1": "9"}).status == 422
    assert drafts(web_database) == [("{}", 0)]


def test_two_tabs_with_different_answers_see_both_values(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    first_tab, second_tab = browser.get(SAVE), browser.get(SAVE)
    browser.post(SAVE, {**first_tab.hidden(), "mindset_1": "2"})
    conflict = browser.post(SAVE, {**second_tab.hidden(), "mindset_1": "5"})
    assert conflict.status == 409
    assert "Which answers count?" in conflict.text
    assert "Disagree" in conflict.text
    assert "Strongly agree" in conflict.text
    assert drafts(web_database) == [('{"mindset_1":"2"}', 1)]
    kept = browser.post(SAVE, {**conflict.hidden(), "keep.mindset_1": "stored"})
    assert kept.status == 303
    assert drafts(web_database) == [('{"mindset_1":"2"}', 1)]
    taken = browser.post(SAVE, {**conflict.hidden(), "keep.mindset_1": "posted"})
    assert taken.status == 303
    assert drafts(web_database) == [('{"mindset_1":"5"}', 2)]


def test_another_browser_with_the_same_link_sees_nothing(browser, other_browser, open_wave, web_database):
    token = open_wave.personal()
    start(browser, token)
    answer(browser, "mindset-1", {"mindset_1": "5"})
    assert "Continue my answers" not in other_browser.get(f"/r/{token}").text
    start(other_browser, token)
    assert "checked" not in other_browser.get(SAVE).text
    assert len(drafts(web_database)) == 2


def test_the_resume_code_brings_the_answers_to_another_device(browser, other_browser, open_wave):
    token = open_wave.shared()
    code = browser.follow(start(browser, token)).text.split('translate="no">')[1].split("<")[0]
    answer(browser, "mindset-1", {"mindset_1": "5"})
    wrong = other_browser.post(f"/r/{token}/resume", {"code": "0000-0000-0000"})
    assert (wrong.status, "does not belong to this link" in wrong.text) == (422, True)
    assert other_browser.post(f"/r/{token}/resume", {"code": code.lower()}).location == "/respond/"
    assert 'value="5" checked' in other_browser.get(SAVE).text
    assert browser.get(SAVE).status == 404  # it lives in one browser at a time


def test_guessing_resume_codes_stops(browser, open_wave):
    token = open_wave.shared()
    tries = [browser.post(f"/r/{token}/resume", {"code": f"AAAA-AAAA-{n:04}"}).status for n in range(25)]
    assert tries.count(422) == 20
    assert set(tries[20:]) == {429}
    assert browser.get(f"/r/{token}").status == 200  # the link itself stays good


def test_a_returning_browser_is_asked_before_anything_is_shown(browser, open_wave):
    token = open_wave.shared()
    start(browser, token)
    answer(browser, "mindset-1", {"mindset_1": "5"})
    browser.change_cookie(seen=0)
    for url in ("/respond/", SAVE, "/respond/check", "/respond/resume-code"):
        assert browser.get(url).location == "/respond/welcome-back", url
    asked = browser.get("/respond/welcome-back")
    assert "Continue, or start a new one?" in asked.text
    assert browser.post("/respond/welcome-back", {"choice": "continue"}).location == "/respond/"
    assert 'value="5" checked' in browser.get(SAVE).text


def test_a_page_posted_late_is_saved_but_shows_nothing(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    shown = browser.get(SAVE)
    browser.change_cookie(seen=0)
    late = browser.post(SAVE, {**shown.hidden(), "mindset_1": "5"})
    assert late.status == 303
    assert drafts(web_database) == [('{"mindset_1":"5"}', 1)]
    assert browser.get(late.location).location == "/respond/welcome-back"


def test_a_new_one_on_a_shared_computer_shows_nothing_of_the_other(browser, open_wave, web_database):
    token = open_wave.shared()
    start(browser, token)
    answer(browser, "mindset-1", {"mindset_1": "5"})
    assert browser.post("/respond/welcome-back", {"choice": "new"}).location == "/respond/resume-code"
    assert "checked" not in browser.get(SAVE).text
    assert sorted(answers for answers, _ in drafts(web_database)) == ['{"mindset_1":"5"}', "{}"]


def test_starting_again_never_overwrites_answers(browser, open_wave, web_database):
    token = open_wave.personal()
    start(browser, token)
    answer(browser, "mindset-1", {"mindset_1": "5"})
    assert browser.post(f"/r/{token}").location == "/respond/welcome-back"
    assert drafts(web_database) == [('{"mindset_1":"5"}', 1)]


def test_pressing_start_twice_begins_one_draft(browser, open_wave, web_database):
    token = open_wave.personal()
    start(browser, token)
    browser.post(f"/r/{token}")
    assert drafts(web_database) == [("{}", 0)]


def test_finishing_on_this_device_takes_the_answers_off_it(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    answer(browser, "mindset-1", {"mindset_1": "5"})
    old = browser.cookie()["draft"]
    left = browser.post("/respond/finish-later")
    assert "Finished on this device" in left.text
    assert browser.get(SAVE).status == 404
    browser.change_cookie(draft=old, seen=2**40)
    assert browser.get(SAVE).status == 404  # the old key is worthless
    assert drafts(web_database) == [('{"mindset_1":"5"}', 1)]


def test_the_language_switch_on_a_page_saves_what_was_chosen(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    shown = browser.get(SAVE)
    switched = browser.post(SAVE, {**shown.hidden(), "mindset_1": "5", "language": "cy"})
    assert switched.location == SAVE
    welsh = browser.get(SAVE)
    assert '<html lang="cy"' in welsh.text
    assert 'value="5" checked' in welsh.text
    assert '<span lang="en">Change is welcome here.</span>' in welsh.text  # not translated: says its language
    assert drafts(web_database) == [('{"mindset_1":"5"}', 1)]


def test_an_invitation_in_welsh_opens_in_welsh(browser, open_wave):
    assert '<html lang="cy"' in browser.get(f"/r/{open_wave.personal(language='cy')}").text


def test_the_return_key_saves_and_does_not_change_the_language(browser, open_wave):
    """A browser presses the first button of the form in the page, wherever it stands."""
    start(browser, open_wave.personal())
    page = browser.get(SAVE).text
    buttons = [part for part in page.split("<button")[1:] if 'type="submit"' in part.split(">")[0]]
    first = buttons[0].split(">")[0]
    assert 'form="answers"' in first
    assert "name=" not in first


@pytest.mark.parametrize(
    ("action", "place"), [("later", "/respond/finish-later"), ("tasks", "/respond/"), ("", "/respond/page/mindset-2")]
)
def test_every_button_of_a_page_saves(browser, open_wave, web_database, action, place):
    start(browser, open_wave.personal())
    assert answer(browser, "mindset-1", {"mindset_1": "3", "action": action}).location == place
    assert drafts(web_database) == [('{"mindset_1":"3"}', 1)]


def test_changing_an_answer_comes_back_to_the_check(browser, open_wave):
    start(browser, open_wave.personal())
    page = browser.get(f"{SAVE}?back=check")
    assert browser.post(SAVE, {**page.hidden(), "mindset_1": "2"}).location == "/respond/check"


def test_pages_that_are_not_asked_are_skipped_and_progress_says_so(browser, conditional_wave):
    start(browser, conditional_wave.personal())
    first = browser.get("/respond/")
    assert first.status == 200


def test_after_the_wave_has_closed_a_page_is_refused_with_the_reason(browser, open_wave, web_database):
    start(browser, open_wave.personal())
    shown = browser.get(SAVE)
    week = timedelta(days=-7)
    open_wave.move(opens_at=week, deadline_at=week, last_start_at=week, closes_at=week)
    refused = browser.post(SAVE, {**shown.hidden(), "mindset_1": "5"})
    assert refused.status == 409
    assert "closed" in refused.text
    assert drafts(web_database) == [("{}", 0)]


def test_an_unknown_link_reads_the_same_as_a_mistyped_one(browser, open_wave):
    unknown = browser.get("/r/" + "A" * 27)
    assert unknown.status == 404
    assert "We do not know this link" in unknown.text


def test_the_pages_say_that_this_is_a_demonstration(browser, open_wave):
    for url in ("/", f"/r/{open_wave.personal()}", "/privacy", "/nope"):
        assert "made-up authorities and made-up answers" in browser.get(url).text
