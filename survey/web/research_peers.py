"""The menu of peer groups of a wave: what is in it, lists that join it until it is frozen, and how many are enough."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from survey import peer_lists, wave_rules
from survey.errors import BadInput, NotNow
from survey.web import context
from survey.web.load_peers import PeerGroups
from survey.web.research_forms import PeerListForm, PeerSizes, Upload

blueprint = Blueprint("research_peers", __name__, url_prefix="/research/waves/<wave>/peer-groups")


@blueprint.get("/")
def show(page: PeerGroups) -> str:
    return _page(page)


@blueprint.post("/")
def upload(page: PeerGroups) -> Redirect | tuple[str, int]:
    """A file with all lists, in place of those that the wave had."""
    form, session = Upload(request.files), context.session()
    if not form.validate():
        return _page(page, file=form), 422
    try:
        with context.database().write(session):
            content = form.file.data.read()
            peer_lists.replace(session, page.wave, content, actor=context.principal().actor, now=context.now())
            session.commit()
    except BadInput as refusal:
        form.file.errors = list(refusal.faults or (refusal.sentence,))
        return _page(page, file=form), 422
    except NotNow as refusal:
        form.file.errors = [refusal.sentence]
        return _page(page, file=form), 409
    return _back(page)


@blueprint.post("/list")
def add(page: PeerGroups) -> Redirect | tuple[str, int]:
    """One list, typed or pasted; a refusal keeps every word of it."""
    form, session = PeerListForm(request.form), context.session()
    if not form.validate():
        return _page(page, form=form), 422
    try:
        with context.database().write(session):
            who, now = context.principal().actor, context.now()
            peer_lists.put(session, page.wave, str(form.name.data), form.lines(), actor=who, now=now)
            session.commit()
    except BadInput as refusal:
        form.codes.errors = list(refusal.faults or (refusal.sentence,))
        return _page(page, form=form), 422
    except NotNow as refusal:
        form.name.errors = [refusal.sentence]
        return _page(page, form=form), 409
    return _back(page)


@blueprint.post("/sizes")
def set_sizes(page: PeerGroups) -> Redirect | tuple[str, int]:
    """How many authorities a group needs to be told, from the next release on."""
    form, session, wave = PeerSizes(request.form), context.session(), page.wave
    if not form.validate():
        return _page(page, sizes=form), 422
    try:
        with context.database().write(session):
            session.refresh(wave, ["rules"])
            wave_rules.set_sizes(session, wave, form.sizes(), actor=context.principal().actor, now=context.now())
            session.commit()
    except BadInput as refusal:
        for fault in refusal.faults:
            name, _, words = fault.partition(": ")
            field = form[name]
            field.errors = [*field.errors, words[:1].upper() + words[1:]]
        return _page(page, sizes=form), 422
    return _back(page)


def _back(page: PeerGroups) -> Redirect:
    return redirect(url_for("research_peers.show", wave=page.wave.code), 303)


def _page(
    page: PeerGroups, *, form: PeerListForm | None = None, file: Upload | None = None, sizes: PeerSizes | None = None
) -> str:
    return render_template(
        "research/peers.html",
        page=page,
        wave=page.wave,
        form=form or PeerListForm(),
        file=file or Upload(),
        sizes=sizes or PeerSizes.of(page.needed),
    )
