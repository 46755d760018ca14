"""Signing in by a code that is typed in the browser that asked for it; signing out, here or everywhere."""

from __future__ import annotations

import secrets
import time

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import people
from survey.errors import BadInput, TooMany
from survey.vocabulary import RoleName
from survey.web import context, paths
from survey.web.guard import ACCOUNT_KEY
from survey.web.load_account import Entrance

blueprint = Blueprint("account", __name__, url_prefix="/account")
CODE_KEY = "code"
NEXT_KEY = "next"
WRONG = "That code is not right, or it is too old. Check it, or ask for a new one."
HOMES = (
    (frozenset({RoleName.RESEARCHER, RoleName.PUBLISHER}), "research.index"),
    (frozenset({RoleName.LEAD, RoleName.DEPUTY}), "lead.index"),
    (frozenset({RoleName.MEMBER, RoleName.SIGNATORY}), "compare.index"),
)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    return render_template("account/show.html")


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    return render_template("account/sign_in.html", next=request.args.get("next", ""), email="", fault="")


@blueprint.post("/sign-in")
def ask_code() -> ResponseReturnValue:
    """Send a code, if the address has an account. The page that follows is the same in any case."""
    key, session = secrets.token_urlsafe(32), context.session()
    email = request.form.get("email", "")[:300]
    try:
        with context.database().write(session):
            people.request_code(
                session, email, browser_key=key, secret_key=context.settings().secret_key, now=context.now()
            )
            session.commit()
    except (BadInput, TooMany) as refusal:
        text = render_template(
            "account/sign_in.html", next=request.form.get("next", ""), email=email, fault=_(refusal.sentence)
        )
        return text, refusal.status
    cookie[CODE_KEY] = key
    cookie[NEXT_KEY] = paths.local(request.form.get("next", ""))
    return redirect(url_for("account.code"), 303)


@blueprint.get("/code")
def code() -> ResponseReturnValue:
    if CODE_KEY not in cookie:
        return redirect(url_for("account.sign_in"), 303)
    return render_template("account/code.html", fault="")


@blueprint.post("/code")
def enter_code() -> ResponseReturnValue:
    """Right: signed in, under a new key. Wrong: one try less; both are written down."""
    browser_key = cookie.get(CODE_KEY)
    if not isinstance(browser_key, str):
        return redirect(url_for("account.sign_in"), 303)
    _stop_guessing()
    session, session_key = context.session(), secrets.token_urlsafe(32)
    with context.database().write(session):
        person_id = people.enter_code(
            session,
            request.form.get("code", "")[:40],
            browser_key=browser_key,
            session_key=session_key,
            secret_key=context.settings().secret_key,
            now=context.now(),
            old_key=_old_key(),
        )
        session.commit()
    if person_id is None:
        context.service().misses.count(_client(), at=time.monotonic())
        return render_template("account/code.html", fault=_(WRONG)), 422
    return _signed_in(session_key)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    key, session = cookie.pop(ACCOUNT_KEY, None), context.session()
    if isinstance(key, str):
        with context.database().write(session):
            people.sign_out(session, key)
            session.commit()
    return redirect(url_for("public.start"), 303)


@blueprint.post("/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of this person, also on devices that were lost."""
    person, session = context.principal(), context.session()
    with context.database().write(session):
        people.sign_out_everywhere(session, person.person_id, now=context.now(), actor=person.actor)
        session.commit()
    cookie.pop(ACCOUNT_KEY, None)
    return redirect(url_for("public.start"), 303)


@blueprint.get("/demonstration/<key>")
def demonstration(entrance: Entrance) -> ResponseReturnValue:
    return render_template("account/demonstration.html", entrance=entrance)


@blueprint.post("/demonstration/<key>")
def demonstration_sign_in(entrance: Entrance) -> ResponseReturnValue:
    """Sign a made-up person in; a code would have to go to a made-up address."""
    session, session_key = context.session(), secrets.token_urlsafe(32)
    with context.database().write(session):
        people.start_session(
            session, entrance.person_id, session_key=session_key, now=context.now(), old_key=_old_key()
        )
        session.commit()
    cookie.pop(NEXT_KEY, None)
    return _signed_in(session_key)


def _signed_in(session_key: str) -> ResponseReturnValue:
    """A fresh cookie: nothing that was in this browser before can be used to follow the person."""
    kept = {name: cookie[name] for name in ("language", "draft", "seen") if name in cookie}
    asked = cookie.get(NEXT_KEY)
    cookie.clear()
    cookie.update(kept)
    cookie[ACCOUNT_KEY] = session_key
    principal = people.principal(context.session(), session_key, now=context.now())
    home = url_for(_home(principal.roles if principal else frozenset()))
    return redirect(home if asked in {None, url_for(paths.START)} else paths.local(str(asked)), 303)


def _old_key() -> str | None:
    """The session that this browser still has: it ends with the new one, so that no fixed key lives on."""
    key = cookie.get(ACCOUNT_KEY)
    return key if isinstance(key, str) else None


def _home(roles: frozenset[RoleName]) -> str:
    return next((endpoint for wanted, endpoint in HOMES if wanted & roles), "account.show")


def _stop_guessing() -> None:
    if context.service().misses.is_stopped(_client(), at=time.monotonic()):
        raise TooMany("Too many wrong codes were tried from here. Wait ten minutes, then try again.")


def _client() -> str:
    """Counted apart from wrong links: officers whose mail cut an address in two keep nobody from signing in."""
    return f"{request.remote_addr} codes"
