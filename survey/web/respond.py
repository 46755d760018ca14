"""An officer answers: one page at a time, saved when it is left; then checks, and sends."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from survey import keys, submissions
from survey.submissions import Conflict
from survey.web import answer_page, context, languages, notice_text, overview, presence
from survey.web.error_pages import page as error_page
from survey.web.guard import BROWSER_KEY
from survey.web.load_respond import Answering, AnsweringPage, Checking, DraftGone

blueprint = Blueprint("respond", __name__, url_prefix="/respond")
SENT_KEY = "sent"
OPEN_TO_STRANGERS = frozenset({"respond.welcome_back", "respond.decide", "respond.save"})


@blueprint.before_request
def ask_who_is_there() -> ResponseReturnValue | None:
    """A browser that was away is asked first. A page that is posted late is saved all the same, but shows nothing."""
    if presence.is_idle() and request.endpoint not in OPEN_TO_STRANGERS:
        return redirect(url_for("respond.welcome_back"), 303)
    return None


@blueprint.after_request
def note_presence(response: Response) -> Response:
    if not presence.is_idle():
        presence.here()
    return response


@blueprint.get("/welcome-back")
def welcome_back(answering: Answering) -> ResponseReturnValue:
    return render_template("respond/welcome_back.html", can_start=answering.draft.refusal is None)


@blueprint.post("/welcome-back")
def decide(answering: Answering) -> ResponseReturnValue:
    """Continue with the draft of this browser, or leave it to its resume code and begin a new one."""
    if request.form.get("choice") == "continue":
        presence.here()
        return redirect(url_for("respond.tasks"), 303)
    key, session = keys.new_key(), context.session()
    with context.database().write(session):
        submissions.finish_on_device(session, answering.browser_key, new_key=keys.new_key())
        submissions.start(
            session, answering.draft, browser_key=key, draft_id=keys.new_id(), link_key=context.settings().link_key
        )
        session.commit()
    cookie[BROWSER_KEY] = key
    presence.here()
    return redirect(url_for("respond.code"), 303)


@blueprint.get("/resume-code")
def code(answering: Answering) -> ResponseReturnValue:
    return render_template("respond/code.html", code=_code(answering), first=overview.next_place(answering))


@blueprint.get("/")
def tasks(answering: Answering) -> ResponseReturnValue:
    return render_template(
        "respond/tasks.html",
        sections=overview.sections(answering),
        progress=overview.progress_words(answering),
        draft=answering.draft,
        next_url=overview.next_place(answering),
    )


@blueprint.get("/page/<page_code>")
def page(place: AnsweringPage) -> ResponseReturnValue:
    return answer_page.shown(place, is_noted="noted" in request.args, is_check=request.args.get("back") == "check")


@blueprint.post("/page/<page_code>")
def save(place: AnsweringPage) -> ResponseReturnValue:
    """Save what the page posted, then go where the pressed button says."""
    posted = answer_page.read(place)
    if posted.faults:
        return answer_page.with_faults(place, posted), 422
    session = context.session()
    with context.database().write(session):
        saved = submissions.save_page(
            session, place.draft, place.questionnaire, place.page, posted.values, shown=posted.shown
        )
        notice_text.fix(place.draft.wave_id)
        session.commit()
    if isinstance(saved, Conflict):
        return answer_page.with_conflict(place, saved, posted), 409
    languages.choose(request.form.get("language", ""))
    return redirect(answer_page.next_url(place, saved, posted), 303)


@blueprint.get("/check")
def check(checking: Checking) -> ResponseReturnValue:
    return render_template(
        "respond/check.html",
        summary=overview.answers(checking),
        draft=checking.answering.draft,
        has_scored=overview.has_scored_answer(checking.answering),
    )


@blueprint.post("/check")
def submit(checking: Checking) -> ResponseReturnValue:
    """Seal the answers and show the own scores: computed in this reply, kept nowhere."""
    answering, session = checking.answering, context.session()
    with context.database().write(session):
        submitted = submissions.submit(
            session,
            answering.draft,
            answering.questionnaire,
            revision=request.form.get("revision", -1, type=int),
            browser_key=answering.browser_key,
            link_key=context.settings().link_key,
        )
        session.commit()
    cookie.pop(BROWSER_KEY, None)
    cookie[SENT_KEY] = answering.browser_key
    presence.leave()
    if submitted.again:
        return render_template("respond/thanks.html")
    return render_template(
        "respond/done.html",
        summary=overview.answers(checking),
        scores=overview.own_scores(answering.questionnaire, submitted.scores),
        draft=answering.draft,
    )


@blueprint.get("/finish-later")
def later(answering: Answering) -> ResponseReturnValue:
    return render_template("respond/later.html", code=_code(answering), draft=answering.draft)


@blueprint.post("/finish-later")
def leave(answering: Answering) -> ResponseReturnValue:
    """Take the answers off this device; the resume code brings them back."""
    session = context.session()
    with context.database().write(session):
        submissions.finish_on_device(session, answering.browser_key, new_key=keys.new_key())
        session.commit()
    cookie.pop(BROWSER_KEY, None)
    presence.leave()
    return render_template("respond/left.html")


@blueprint.app_errorhandler(DraftGone)
def gone(refusal: DraftGone) -> ResponseReturnValue:
    """No draft in this browser: thank you where it was sent from here, else how to get it back."""
    session = context.session()
    session.rollback()
    for key in (cookie.get(BROWSER_KEY), cookie.get(SENT_KEY)):
        if isinstance(key, str) and submissions.was_submitted(session, key, link_key=context.settings().link_key):
            return render_template("respond/thanks.html")
    return error_page(404, sentence=refusal.sentence)


def _code(answering: Answering) -> str:
    return keys.resume_code(context.settings().link_key, answering.draft.draft_id)
