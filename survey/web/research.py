"""The research team's pages of waves: plan, see, open, invite, close."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from survey import anonymity, assessments, audit, editions, invitations, mailing, notices, participation, waves
from survey.errors import BadInput
from survey.waves import Dates, Listed, Plan
from survey.web import context, sending
from survey.web.load_research import Mailing, WavePage
from survey.web.research_forms import PlanWave, Reason, TypedNumber, WhoTakesPart

if TYPE_CHECKING:
    from survey.models import Edition, Wave

blueprint = Blueprint("research", __name__, url_prefix="/research")


@blueprint.get("/")
def index() -> str:
    return render_template("research/index.html")


@blueprint.get("/waves/")
def waves_list(waves: tuple[Listed, ...]) -> str:
    return render_template("research/waves.html", waves=waves)


@blueprint.get("/waves/plan")
def plan(editions: tuple[Edition, ...]) -> str:
    return render_template("research/plan.html", form=_plan_form(editions), faults=())


@blueprint.post("/waves/plan")
def plan_wave(editions: tuple[Edition, ...]) -> Redirect | tuple[str, int]:
    form = _plan_form(editions)
    if not form.validate():
        return render_template("research/plan.html", form=form, faults=()), 422
    try:
        wave = _planned(form)
    except BadInput as refusal:
        return render_template("research/plan.html", form=form, faults=refusal.faults or (refusal.sentence,)), 422
    return redirect(url_for("research.wave", wave=wave.code), 303)


@blueprint.get("/waves/<wave>/")
def wave(page: WavePage) -> str:
    not_as_told = notices.changed_of(context.session(), page.wave, context.settings()) if page.waiting else []
    return render_template("research/wave.html", page=page, wave=page.wave, not_as_told=not_as_told)


@blueprint.get("/waves/<wave>/authorities")
def who(wave: Wave) -> str:
    return render_template("research/who.html", wave=wave, form=WhoTakesPart())


@blueprint.post("/waves/<wave>/authorities")
def add(wave: Wave) -> Redirect | tuple[str, int]:
    form = WhoTakesPart(request.form)
    if form.validate():
        session = context.session()
        try:
            with context.database().write(session):
                participation.add(session, wave, form.lines(), actor=context.principal().actor, now=context.now())
                session.commit()
            return redirect(url_for("research.wave", wave=wave.code), 303)
        except BadInput as refusal:
            form.codes.errors = list(refusal.faults or (refusal.sentence,))
    return render_template("research/who.html", wave=wave, form=form), 422


@blueprint.get("/waves/<wave>/open")
def confirm_open(wave: Wave) -> str:
    return render_template("research/open.html", wave=wave)


@blueprint.post("/waves/<wave>/open")
def open_wave(wave: Wave) -> Redirect:
    session, person = context.session(), context.principal()
    with context.database().write(session):
        session.refresh(wave, ["state"])  # a second click finds it open already
        waves.open_wave(session, wave, actor=person.actor, now=context.now(), roles=person.roles)
        session.commit()
    return redirect(url_for("research.wave", wave=wave.code), 303)


@blueprint.get("/waves/<wave>/close")
def confirm_close(wave: Wave) -> str:
    return render_template("research/close.html", wave=wave, form=Reason(), early=context.now() < wave.closes_at)


@blueprint.post("/waves/<wave>/close")
def close(wave: Wave) -> Redirect | tuple[str, int]:
    session, person, now = context.session(), context.principal(), context.now()
    form = Reason(request.form)
    early = now < wave.closes_at
    if not form.validate_when(needed=early):
        return render_template("research/close.html", wave=wave, form=form, early=early), 422
    with context.database().write(session):
        session.refresh(wave, ["state"])
        waves.close(session, wave, actor=person.actor, now=now, roles=person.roles, reason=form.reason.data or "")
        session.commit()
    anonymity.rewrite(context.database())
    return redirect(url_for("research.wave", wave=wave.code), 303)


@blueprint.get("/waves/<wave>/invite")
def confirm_invite(page: Mailing) -> str:
    return render_template("research/invite.html", wave=page.wave, run=page.dry_run, form=TypedNumber())


@blueprint.post("/waves/<wave>/invite")
def invite(page: Mailing) -> Redirect | tuple[str, int]:
    form, session = TypedNumber(request.form), context.session()
    if not form.validate_against(page.dry_run.count):
        return render_template("research/invite.html", wave=page.wave, run=page.dry_run, form=form), 422
    with context.database().write(session):
        _queue(page)
        session.commit()
    return redirect(url_for("research.wave", wave=page.wave.code), 303)


@blueprint.get("/waves/<wave>/links")
def confirm_links(wave: Wave) -> str:
    return render_template("research/links.html", wave=wave)


@blueprint.post("/waves/<wave>/links")
def links(wave: Wave) -> Response:
    """All links as a file. A link is worth an answer, so each download leaves its trace."""
    session, settings, file = context.session(), context.settings(), io.StringIO()
    with context.database().write(session):
        found = invitations.links(session, wave, link_key=settings.link_key, base_url=settings.base_url)
        count = invitations.write_csv(found, file)
        _record(wave, "links.downloaded", count)
        session.commit()
    return sending.file(file.getvalue().encode(), f"links-{wave.code}.csv", "text/csv")


def _plan_form(found: tuple[Edition, ...]) -> PlanWave:
    form = PlanWave(request.form)
    form.edition.choices = _offered(found, "officers")
    form.self_assessment.choices = [("", _("None")), *_offered(found, assessments.AUDIENCE)]
    return form


def _offered(found: tuple[Edition, ...], audience: str) -> list[tuple[str, str]]:
    return [
        (str(one.id), _("%(code)s, version %(version)s", code=one.code, version=one.version))
        for one in found
        if one.audience == audience
    ]


def _planned(form: PlanWave) -> Wave:
    session, person = context.session(), context.principal()
    wanted = Plan(
        code=str(form.code.data),
        title=str(form.title.data),
        dates=Dates.of(waves.moment(str(form.opens.data)), waves.moment(str(form.deadline.data))),
        rehearsal=bool(form.rehearsal.data),
        demonstration=context.settings().demonstration,
    )
    with context.database().write(session):
        edition = editions.get(session, int(str(form.edition.data)))
        chosen = form.self_assessment.data
        wave = waves.plan(
            session,
            wanted,
            edition,
            actor=person.actor,
            now=context.now(),
            self_assessment=editions.get(session, int(chosen)) if chosen else None,
        )
        session.commit()
    return wave


def _queue(page: Mailing) -> None:
    session = context.session()
    count = invitations.queue_mails(
        session, page.wave, template=mailing.TEMPLATE, round_=mailing.ROUND, now=context.now()
    )
    _record(page.wave, "invitations.queued", count)


def _record(wave: Wave, action: str, count: int) -> None:
    audit.record(
        context.session(),
        now=context.now(),
        actor=context.principal().actor,
        action=action,
        object_type="wave",
        object_code=wave.code,
        details={"count": count},
    )
