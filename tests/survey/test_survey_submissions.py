"""A draft: begun, saved page by page, merged, in conflict, resumed, submitted and sealed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from survey import answers as answer
from survey import keys, submissions
from survey.errors import BadInput, NotFound, NotNow
from survey.models import Draft, Invitation, SealedEquality, SealedText, SpentKey, Submission
from survey.submissions import Conflict, Current, Submitted


def save(field, browser_key, page_code, values, *, shown=None):
    """What the view of a page does: read the draft, then one write transaction."""
    with field.database.session() as session:
        draft = submissions.current(session, browser_key)
        page = field.questionnaire.page(page_code)
        digest = shown or answer.shown_digest(field.questionnaire.asked_items(page, draft.answers), draft.answers)
        with field.database.write(session):
            outcome = submissions.save_page(session, draft, field.questionnaire, page, values, shown=digest)
            session.commit()
    return outcome


def submit(field, browser_key, *, revision=None):
    with field.database.session() as session:
        draft = submissions.current(session, browser_key)
        with field.database.write(session):
            outcome = submissions.submit(
                session,
                draft,
                field.questionnaire,
                revision=draft.revision if revision is None else revision,
                browser_key=browser_key,
                link_key=field.link_key,
            )
            session.commit()
    return outcome


def count(field, table):
    with field.database.session() as session:
        return session.scalar(select(func.count()).select_from(table))


def shown_of(field, browser_key, page_code):
    answers = field.draft(browser_key).answers
    return answer.shown_digest(field.questionnaire.asked_items(field.questionnaire.page(page_code), answers), answers)


def test_a_saved_page_is_there_when_it_is_read_again(field):
    browser = field.start(field.personal("a@x.example"))
    saved = save(field, browser, "mindset-1", {"mindset_1": "4"})
    assert isinstance(saved, Current)
    assert (saved.revision, field.draft(browser).answers) == (1, {"mindset_1": "4"})


def test_a_page_shown_costs_one_statement_and_a_page_saved_two(field, statements):
    browser = field.start(field.personal("a@x.example"))
    with statements(field.database) as seen:
        field.draft(browser)
    assert len(seen) == 1
    shown = shown_of(field, browser, "mindset-1")
    with statements(field.database) as seen:
        save(field, browser, "mindset-1", {"mindset_1": "4"}, shown=shown)
    assert len(seen) == 2  # the draft with everything around it, and one conditional update


def test_a_page_posted_twice_is_saved_once(field):
    browser = field.start(field.personal("a@x.example"))
    shown = shown_of(field, browser, "mindset-1")
    save(field, browser, "mindset-1", {"mindset_1": "4"}, shown=shown)
    again = save(field, browser, "mindset-1", {"mindset_1": "4"}, shown=shown)  # the digest is stale, the value is not
    assert isinstance(again, Current)
    assert again.revision == 1


def test_a_blank_removes_the_answer(field):
    browser = field.start(field.personal("a@x.example"))
    save(field, browser, "mindset-2", {"programmes": ["course"], "years": 7, "one_change": "More tea"})
    save(field, browser, "mindset-2", {"programmes": None, "years": 7})  # the text was not posted at all: blank as well
    assert field.draft(browser).answers == {"years": 7}


def test_changes_on_other_pages_are_kept(field):
    browser = field.start(field.personal("a@x.example"))
    first = shown_of(field, browser, "mindset-1")
    save(field, browser, "mindset-2", {"years": 7})
    save(field, browser, "mindset-1", {"mindset_1": "4"}, shown=first)  # shown before the other page was saved
    assert field.draft(browser).answers == {"years": 7, "mindset_1": "4"}


def test_two_pages_saved_from_the_same_reading_of_the_draft_both_stay(field):
    browser = field.start(field.personal("a@x.example"))
    stale = field.draft(browser)
    save(field, browser, "mindset-2", {"years": 7})
    page = field.questionnaire.page("mindset-1")
    with field.database.session() as session, field.database.write(session):
        saved = submissions.save_page(
            session, stale, field.questionnaire, page, {"mindset_1": "4"}, shown=answer.shown_digest(page.items, {})
        )
        session.commit()
    assert saved.revision == 2
    assert field.draft(browser).answers == {"years": 7, "mindset_1": "4"}


def test_the_same_page_changed_elsewhere_shows_both_values_and_saves_nothing(field):
    browser = field.start(field.personal("a@x.example"))
    shown = shown_of(field, browser, "mindset-1")
    save(field, browser, "mindset-1", {"mindset_1": "4"}, shown=shown)
    conflict = save(field, browser, "mindset-1", {"mindset_1": "2"}, shown=shown)
    assert isinstance(conflict, Conflict)
    assert [(one.item.code, one.stored, one.posted) for one in conflict.differences] == [("mindset_1", "4", "2")]
    assert field.draft(browser).answers == {"mindset_1": "4"}
    save(field, browser, "mindset-1", {"mindset_1": "2"}, shown=conflict.shown)  # the officer has chosen
    assert field.draft(browser).answers == {"mindset_1": "2"}


def test_an_answer_to_another_page_or_an_unknown_option_is_refused(field):
    browser = field.start(field.personal("a@x.example"))
    with pytest.raises(BadInput):
        save(field, browser, "mindset-1", {"years": 7})
    with pytest.raises(BadInput):
        save(field, browser, "mindset-1", {"mindset_1": "6"})
    assert field.draft(browser).revision == 0


def test_an_answer_that_is_no_longer_asked_is_kept_in_the_draft_and_left_out_when_sealed(conditional_field):
    field = conditional_field
    browser = field.start(field.personal("a@x.example"))
    save(field, browser, "about-you-1", {"tier": "manager"})
    save(field, browser, "mindset-2", {"mindset_2": "5", "mindset_3": "5"})
    save(field, browser, "about-you-1", {"tier": "frontline"})
    save(field, browser, "mindset-1", {"mindset_1": "1"})
    assert field.draft(browser).answers["mindset_2"] == "5"
    submit(field, browser)
    with field.database.session() as session:
        sealed = json.loads(session.scalars(select(Submission.answers)).one())
    assert sealed == {"tier": "frontline", "mindset_1": "1"}


def test_submitting_seals_the_three_parts_apart_and_leaves_no_draft(field):
    token = field.personal("a@x.example")
    other = field.start(token)  # a second browser of the same person
    browser = field.start(token)
    save(field, browser, "equality-1", {"condition": "no"})
    save(field, browser, "mindset-2", {"programmes": ["mentoring", "course"], "years": 7, "one_change": "More tea"})
    save(field, browser, "mindset-1", {"mindset_1": "4"})
    reply = submit(field, browser)
    with field.database.session() as session:
        sealed = session.scalars(select(Submission)).one()
        equality = session.scalars(select(SealedEquality)).one()
        text = session.scalars(select(SealedText)).one()
        link = session.scalars(select(Invitation)).one()
        drafts = session.scalars(select(Draft)).all()
        assert submissions.current(session, other) is None
    # In the order of the questionnaire, not of answering.
    assert sealed.answers == '{"mindset_1":"4","programmes":["mentoring","course"],"years":7}'
    assert (equality.answers, text.text, text.item) == ('{"condition":"no"}', "More tea", "one_change")
    assert len({sealed.id, equality.id, text.id}) == 3
    assert (link.used, drafts) == (True, [])
    assert isinstance(reply, Submitted)
    assert reply.scores == {"overall": None, "mindset": 75.0}  # (4 - 1) / (5 - 1); one dimension makes no overall


def test_nothing_scored_nothing_sent(field):
    browser = field.start(field.personal("a@x.example"))
    save(field, browser, "mindset-2", {"years": 7})
    with pytest.raises(BadInput):
        submit(field, browser)
    assert count(field, Submission) == 0
    assert count(field, Draft) == 1


def test_answers_changed_since_they_were_checked_are_not_sent(field):
    browser = field.start(field.personal("a@x.example"))
    save(field, browser, "mindset-1", {"mindset_1": "4"})
    save(field, browser, "mindset-1", {"mindset_1": "2"})
    with pytest.raises(NotNow, match="another tab"):
        submit(field, browser, revision=1)
    assert count(field, Submission) == 0


@pytest.mark.parametrize("kind", ["personal", "shared"])
def test_a_double_click_reads_thank_you_again_and_seals_once(field, kind):
    token = field.personal("a@x.example") if kind == "personal" else field.shared(cap=5)
    browser = field.start(token)
    save(field, browser, "mindset-1", {"mindset_1": "4"})
    draft = field.draft(browser)  # both clicks have read the draft before either has written
    replies = []
    for _ in range(2):
        with field.database.session() as session, field.database.write(session):
            replies.append(
                submissions.submit(
                    session,
                    draft,
                    field.questionnaire,
                    revision=1,
                    browser_key=browser,
                    link_key=field.link_key,
                )
            )
            session.commit()
    assert [reply.again for reply in replies] == [False, True]
    assert count(field, Submission) == 1
    with field.database.session() as session:
        link = session.scalars(select(Invitation)).one()
        assert (link.used, link.received) == ((True, 0) if kind == "personal" else (False, 1))
        assert submissions.was_submitted(session, browser, link_key=field.link_key)
        assert not submissions.was_submitted(session, keys.new_key(), link_key=field.link_key)


def test_a_full_shared_link_refuses_the_next_and_keeps_their_draft(field):
    token = field.shared(cap=1)
    first, second = field.start(token), field.start(token)
    for browser in (first, second):
        save(field, browser, "mindset-1", {"mindset_1": "4"})
    submit(field, first)
    with pytest.raises(NotNow, match="As many answers"):
        submit(field, second)
    assert count(field, Submission) == 1
    assert field.draft(second).answers == {"mindset_1": "4"}
    with pytest.raises(NotNow, match="As many answers"):
        field.start(token)


def test_a_used_or_revoked_link_starts_nothing(field):
    token = field.personal("a@x.example")
    browser = field.start(token)
    save(field, browser, "mindset-1", {"mindset_1": "4"})
    submit(field, browser)
    with pytest.raises(NotNow, match="Thank you"):
        field.start(token)
    with field.database.session() as session, field.database.write(session):
        link = session.scalars(select(Invitation)).one()
        link.used, link.revoked = False, True
        session.commit()
    with pytest.raises(NotNow, match="withdrawn"):
        field.start(token)


def test_a_link_revoked_meanwhile_saves_and_sends_nothing(field):
    browser = field.start(field.personal("a@x.example"))
    save(field, browser, "mindset-1", {"mindset_1": "4"})
    before = field.draft(browser)
    with field.database.session() as session, field.database.write(session):
        session.scalars(select(Invitation)).one().revoked = True
        session.commit()
    page = field.questionnaire.page("mindset-1")
    with field.database.session() as session, field.database.write(session), pytest.raises(NotNow, match="withdrawn"):
        submissions.save_page(
            session,
            before,
            field.questionnaire,
            page,
            {"mindset_1": "5"},
            shown=answer.shown_digest(page.items, before.answers),
        )
    with pytest.raises(NotNow, match="withdrawn"):
        submit(field, browser)


def test_the_resume_code_brings_the_draft_to_another_browser_and_takes_it_off_the_first(field):
    token = field.shared(cap=5)
    first = field.start(token)
    save(field, first, "mindset-1", {"mindset_1": "4"})
    code = keys.resume_code(field.link_key, field.draft(first).draft_id)
    second = keys.new_key()
    with field.database.session() as session, field.database.write(session):
        submissions.resume(
            session, field.found(token), code.lower().replace("-", " "), browser_key=second, link_key=field.link_key
        )
        session.commit()
    assert field.draft(second).answers == {"mindset_1": "4"}
    with field.database.session() as session:
        assert submissions.current(session, first) is None


def test_a_code_of_another_link_or_a_wrong_one_resumes_nothing(field):
    token, other = field.personal("a@x.example"), field.personal("b@x.example")
    code = keys.resume_code(field.link_key, field.draft(field.start(token)).draft_id)
    for link, tried in ((other, code), (token, "0000-0000-0000"), (token, ""), (token, "\ud800")):
        with field.database.session() as session, field.database.write(session), pytest.raises(NotFound):
            submissions.resume(session, field.found(link), tried, browser_key=keys.new_key(), link_key=field.link_key)


def test_finishing_on_a_device_leaves_its_key_worthless_and_the_code_good(field):
    token = field.personal("a@x.example")
    browser = field.start(token)
    code = keys.resume_code(field.link_key, field.draft(browser).draft_id)
    with field.database.session() as session, field.database.write(session):
        submissions.finish_on_device(session, browser, new_key=keys.new_key())
        session.commit()
    later = keys.new_key()
    with field.database.session() as session, field.database.write(session):
        assert submissions.current(session, browser) is None
        submissions.resume(session, field.found(token), code, browser_key=later, link_key=field.link_key)
        session.commit()
    assert field.draft(later).answers == {}


def test_answers_faster_than_two_seconds_an_item_are_marked(field):
    quick, calm = field.start(field.personal("a@x.example")), field.start(field.personal("b@x.example"))
    for browser in (quick, calm):
        save(field, browser, "mindset-1", {"mindset_1": "4"})
    with field.database.session() as session, field.database.write(session):
        slow = session.scalars(select(Draft).where(Draft.browser_key_hash == keys.hashed(calm))).one()
        slow.started_at -= timedelta(seconds=3)  # one answered item: the limit is 2 seconds
        session.commit()
    for browser in (quick, calm):
        submit(field, browser)
    with field.database.session() as session:
        assert sorted(session.scalars(select(Submission.too_fast))) == [False, True]


def test_the_mark_of_a_spent_browser_is_nothing_that_the_draft_held(field):
    browser = field.start(field.personal("a@x.example"))
    with field.database.session() as session:
        draft = session.scalars(select(Draft)).one()
        held = {draft.id, draft.browser_key_hash, draft.resume_hash}
    save(field, browser, "mindset-1", {"mindset_1": "4"})
    submit(field, browser)
    with field.database.session() as session:
        spent = session.scalars(select(SpentKey.key_hash)).one()
    assert spent not in held
    assert spent not in {keys.hashed(one) for one in (*held, browser)}
