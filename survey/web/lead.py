"""A lead's pages: what needs me now, who is invited, and how far we are in rounded steps."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from survey import invitations, keys, mailing
from survey.errors import BadInput
from survey.vocabulary import WaveState
from survey.web import context
from survey.web.lead_forms import Expected, Invite
from survey.web.load_lead import LedAuthority, LedWave

blueprint = Blueprint("lead", __name__, url_prefix="/lead")


@blueprint.get("/")
def index(authorities: tuple[LedAuthority, ...]) -> str:
    return render_template("lead/index.html", authorities=authorities)


@blueprint.get("/<code>/<wave>/")
def wave(led: LedWave) -> str:
    return render_template("lead/wave.html", led=led, wave=led.wave, link=_shared_url(led))


@blueprint.get("/<code>/<wave>/invite")
def invite(led: LedWave) -> str:
    return render_template("lead/invite.html", led=led, form=Invite(), preview=None)


@blueprint.post("/<code>/<wave>/invite")
def make_links(led: LedWave) -> str | Redirect | tuple[str, int]:
    """First a dry run; the links are made only when the same list comes back with its number."""
    form, session = Invite(request.form), context.session()
    if not form.validate():
        return render_template("lead/invite.html", led=led, form=form, preview=None), 422
    preview = invitations.preview(session, led.participation, form.lines())
    if preview.faults:
        form.addresses.errors = list(preview.faults)
        return render_template("lead/invite.html", led=led, form=form, preview=None), 422
    if form.confirmed.data != str(len(preview.new)):
        return render_template("lead/invite.html", led=led, form=form, preview=preview)
    with context.database().write(session):
        invitations.invite(
            session,
            led.participation,
            form.lines(),
            link_key=context.settings().link_key,
            actor=context.principal().actor,
            now=context.now(),
        )
        if led.state == WaveState.OPEN:
            _queue_mails(led)
        session.commit()
    return redirect(_own(led), 303)


@blueprint.get("/<code>/<wave>/share")
def share(led: LedWave) -> str:
    return render_template("lead/share.html", led=led, form=Expected())


@blueprint.post("/<code>/<wave>/share")
def make_shared_link(led: LedWave) -> Redirect | tuple[str, int]:
    form, session = Expected(request.form), context.session()
    if not form.validate():
        return render_template("lead/share.html", led=led, form=form), 422
    try:
        with context.database().write(session):
            invitations.share(
                session,
                led.participation,
                expected=int(form.expected.data or 0),
                link_key=context.settings().link_key,
                actor=context.principal().actor,
                now=context.now(),
            )
            session.commit()
    except BadInput as refusal:
        form.expected.errors = [refusal.sentence]
        return render_template("lead/share.html", led=led, form=form), 422
    return redirect(_own(led), 303)


def _queue_mails(led: LedWave) -> None:
    """Mails to those of this authority who got none yet; before the opening the research team sends them."""
    invitations.queue_mails(
        context.session(),
        led.wave,
        template=mailing.TEMPLATE,
        round_=mailing.ROUND,
        now=context.now(),
        authority=led.participation.authority.code,
    )


def _own(led: LedWave) -> str:
    return url_for("lead.wave", code=led.participation.authority.code, wave=led.wave.code)


def _shared_url(led: LedWave) -> str:
    """The shared link, derived as it is shown; nothing stored holds it."""
    if led.shared is None or led.shared.revoked:
        return ""
    settings = context.settings()
    return f"{settings.base_url}/r/{keys.token(settings.link_key, led.shared.id, led.shared.epoch)}"
