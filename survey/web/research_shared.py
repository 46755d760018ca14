"""Shared links whose answers the research team has looked at, so that the staff numbers of their authorities count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from survey import participation
from survey.web import context

if TYPE_CHECKING:
    from survey.web.load_research import SharedLinks

blueprint = Blueprint("research_shared", __name__, url_prefix="/research")


_EVERY = "*"  # no code of an authority


@blueprint.get("/waves/<wave>/shared-links")
def show(page: SharedLinks) -> str:
    return _page(page)


@blueprint.post("/waves/<wave>/shared-links")
def note(page: SharedLinks) -> Redirect | tuple[str, int]:
    codes = request.form.getlist("authority")
    if not codes:
        fault = _("Choose the authorities whose answers were looked at")
        return _page(page, fault), 422
    if _EVERY in codes:
        codes = [one.authority.code for one in page.waiting]
    session, actor = context.session(), context.principal().actor
    with context.database().write(session):
        participation.review_links(session, page.wave, codes, actor=actor, now=context.now())
        session.commit()
    return redirect(url_for("research_shared.show", wave=page.wave.code), 303)


def _page(page: SharedLinks, fault: str = "") -> str:
    return render_template("research/shared_links.html", page=page, fault=fault, every=_EVERY)
