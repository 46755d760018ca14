"""The one table of who may do what: endpoint, method, action, who, object, states."""

from __future__ import annotations

from survey.web import load_account, load_respond, policy_results
from survey.web.access import Row, Who

PUBLIC = (
    Row("public.start", "GET", "page.read", Who.ANYONE),
    Row("public.methods", "GET", "page.read", Who.ANYONE),
    Row("public.privacy", "GET", "page.read", Who.ANYONE),
    Row("public.accessibility", "GET", "page.read", Who.ANYONE),
    Row("public.cookies", "GET", "page.read", Who.ANYONE),
    Row("health.alive", "GET", "health.read", Who.ANYONE),
    Row("health.ready", "GET", "health.read", Who.ANYONE),
    Row("public.language", "POST", "language.choose", Who.ANYONE),
)

ACCOUNT = (
    Row("account.sign_in", "GET", "person.sign_in", Who.ANYONE),
    Row("account.ask_code", "POST", "person.ask_code", Who.ANYONE),
    Row("account.code", "GET", "person.sign_in", Who.ANYONE),
    Row("account.enter_code", "POST", "person.sign_in", Who.ANYONE),
    Row("account.show", "GET", "person.read", Who.PERSON),
    Row("account.sign_out", "POST", "person.sign_out", Who.ANYONE),
    Row("account.sign_out_everywhere", "POST", "person.sign_out", Who.PERSON),
    Row("account.demonstration", "GET", "demonstration.read", Who.ANYONE, load_account.entrance, "entrance"),
    Row("account.demonstration_sign_in", "POST", "person.sign_in", Who.ANYONE, load_account.entrance, "entrance"),
)

LINK = (
    Row("link.landing", "GET", "link.read", Who.LINK, load_respond.landing, "landing"),
    Row("link.start", "POST", "draft.start", Who.LINK, load_respond.landing, "landing"),
    Row("link.resume", "POST", "draft.resume", Who.LINK, load_respond.landing, "landing"),
)

RESPOND = (
    Row("respond.welcome_back", "GET", "draft.ask", Who.LINK, load_respond.answering, "answering"),
    Row("respond.decide", "POST", "draft.continue", Who.LINK, load_respond.answering, "answering"),
    Row("respond.code", "GET", "draft.read", Who.LINK, load_respond.answering, "answering"),
    Row("respond.tasks", "GET", "draft.read", Who.LINK, load_respond.answering, "answering"),
    Row("respond.page", "GET", "draft.read", Who.LINK, load_respond.page, "place"),
    Row("respond.save", "POST", "draft.save", Who.LINK, load_respond.page, "place"),
    Row("respond.check", "GET", "draft.read", Who.LINK, load_respond.checking, "checking"),
    Row("respond.submit", "POST", "draft.submit", Who.LINK, load_respond.checking, "checking"),
    Row("respond.later", "GET", "draft.read", Who.LINK, load_respond.answering, "answering"),
    Row("respond.leave", "POST", "draft.leave", Who.LINK, load_respond.answering, "answering"),
)

TABLE: tuple[Row, ...] = (*PUBLIC, *ACCOUNT, *LINK, *RESPOND, *policy_results.COMPARE, *policy_results.RESEARCH)
