"""The menu of peer groups of a wave: what is in it, and lists that join it until it is frozen."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from survey import peer_lists
from survey.errors import BadInput, NotNow
from survey.web import context
from survey.web.load_peers import PeerGroups
from survey.web.research_forms import PeerListForm, Upload

blueprint = Blueprint("research_peers", __name__, url_prefix="/research/waves/<wave>/peer-groups")


@blueprint.get("/")
def show(page: PeerGroups) -> str:
    return _page(page, PeerListForm(), Upload())


@blueprint.post("/")
def upload(page: PeerGroups) -> Redirect | tuple[str, int]:
    """A file with all lists, in place of those that the wave had."""
    form, session = Upload(request.files), context.session()
    if not form.validate():
        return _page(page, PeerListForm(), form), 422
    try:
        with context.database().write(session):
            content = form.file.data.read()
            peer_lists.replace(session, page.wave, content, actor=context.principal().actor, now=context.now())
            session.commit()
    except BadInput as refusal:
        form.file.errors = list(refusal.faults or (refusal.sentence,))
        return _page(page, PeerListForm(), form), 422
    except NotNow as refusal:
        form.file.errors = [refusal.sentence]
        return _page(page, PeerListForm(), form), 409
    return redirect(url_for("research_peers.show", wave=page.wave.code), 303)


@blueprint.post("/list")
def add(page: PeerGroups) -> Redirect | tuple[str, int]:
    """One list, typed or pasted; a refusal keeps every word of it."""
    form, session = PeerListForm(request.form), context.session()
    if not form.validate():
        return _page(page, form, Upload()), 422
    try:
        with context.database().write(session):
            who, now = context.principal().actor, context.now()
            peer_lists.put(session, page.wave, str(form.name.data), form.lines(), actor=who, now=now)
            session.commit()
    except BadInput as refusal:
        form.codes.errors = list(refusal.faults or (refusal.sentence,))
        return _page(page, form, Upload()), 422
    except NotNow as refusal:
        form.name.errors = [refusal.sentence]
        return _page(page, form, Upload()), 409
    return redirect(url_for("research_peers.show", wave=page.wave.code), 303)


def _page(page: PeerGroups, form: PeerListForm, file: Upload) -> str:
    return render_template("research/peers.html", page=page, wave=page.wave, form=form, file=file)
