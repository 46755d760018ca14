"""A link was opened: who asks, why, how long, who sees what. Only a press of a button begins anything."""

from __future__ import annotations

import time

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import editions, keys, submissions
from survey.errors import NotFound, TooMany
from survey.web import context, languages, presence
from survey.web.error_pages import page as error_page
from survey.web.guard import BROWSER_KEY
from survey.web.load_respond import Landing, UnknownLink

blueprint = Blueprint("link", __name__, url_prefix="/r")
STOPPED = "Too many wrong links or codes were tried from here. Wait ten minutes, then try again."


@blueprint.get("/<token>")
def landing(landing: Landing) -> ResponseReturnValue:
    return _page(landing)


@blueprint.post("/<token>")
def start(landing: Landing) -> ResponseReturnValue:
    """Begin a draft in this browser; one that is there already is never overwritten without asking."""
    languages.choose(context.language())
    if landing.draft is not None and request.form.get("new") != "yes":
        if landing.draft.answers:
            return redirect(url_for("respond.welcome_back"), 303)
        presence.here()
        return redirect(url_for("respond.code"), 303)
    key = keys.new_key()
    session = context.session()
    with context.database().write(session):
        submissions.start(
            session, landing.found, browser_key=key, draft_id=keys.new_id(), link_key=context.settings().link_key
        )
        session.commit()
    cookie[BROWSER_KEY] = key
    presence.here()
    return redirect(url_for("respond.code"), 303)


@blueprint.post("/<token>/resume")
def resume(landing: Landing) -> ResponseReturnValue:
    """Bring answers to this browser by the resume code. A right one is never refused: a council is one address."""
    languages.choose(context.language())
    key = keys.new_key()
    session = context.session()
    code = request.form.get("code", "")[:60]
    try:
        with context.database().write(session):
            submissions.resume(session, landing.found, code, browser_key=key, link_key=context.settings().link_key)
            session.commit()
    except NotFound as missing:
        client = f"{request.remote_addr} {landing.found.invitation_id}"  # not all of one building
        if not context.service().misses.count(client, at=time.monotonic()):
            raise TooMany(STOPPED) from missing
        return _page(landing, code=code, fault=_(missing.sentence)), 422
    cookie[BROWSER_KEY] = key
    presence.here()
    return redirect(url_for("respond.tasks"), 303)


@blueprint.app_errorhandler(UnknownLink)
def unknown(refusal: UnknownLink) -> ResponseReturnValue:
    """One more wrong link from this client; after twenty, the answer is to wait."""
    context.session().rollback()
    if context.service().misses.count(request.remote_addr or "", at=time.monotonic()):
        return error_page(404, sentence=_(refusal.sentence))
    return error_page(429, sentence=_(STOPPED))


def _page(landing: Landing, code: str = "", fault: str = "") -> str:
    found = landing.found
    questionnaire = editions.questionnaire(
        context.session(), found.edition_id, found.edition_digest, context.language(), found.optional_sections
    )
    return render_template(
        "respond/landing.html",
        found=found,
        token=landing.token,
        has_draft=landing.draft is not None,
        has_answers=landing.draft is not None and bool(landing.draft.answers),
        refusal=found.refusal,
        is_used=found.used,
        can_resume=found.accepting and not found.used,
        questions=len(questionnaire.items),
        minutes=max(5, 5 * round(len(questionnaire.items) * 12 / 60 / 5)),
        code=code,
        fault=fault,
    )
