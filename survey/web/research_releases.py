"""Releases: computed by one person, looked at, approved by a second, published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from survey import computation, releases, waves
from survey.errors import BadInput
from survey.web import context
from survey.web.load_research import ReleasePage, Releases
from survey.web.research_forms import Publish

if TYPE_CHECKING:
    from survey.models import Release, Wave

blueprint = Blueprint("research_releases", __name__, url_prefix="/research")


@blueprint.get("/releases/")
def index(page: Releases) -> str:
    return render_template("research/releases.html", page=page)


@blueprint.get("/waves/<wave>/compute")
def confirm_compute(wave: Wave) -> str:
    return render_template("research/compute.html", wave=wave)


@blueprint.post("/waves/<wave>/compute")
def compute(wave: Wave) -> Redirect:
    session = context.session()
    with context.database().write(session):
        job = computation.ask(session, wave, by=context.principal(), now=context.now())
        session.commit()
    return redirect(url_for("research_jobs.show", code=job.code), 303)


@blueprint.get("/releases/<label>/")
def show(page: ReleasePage) -> str:
    return render_template("research/release.html", page=page, release=page.release, own=context.principal().person_id)


@blueprint.get("/releases/<label>/approve")
def confirm_approve(release: Release) -> str:
    return render_template("research/approve.html", release=release)


@blueprint.post("/releases/<label>/approve")
def approve(release: Release) -> Redirect:
    session = context.session()
    with context.database().write(session):
        session.refresh(release, ["state"])  # a second click finds it approved already
        releases.approve(session, release, by=context.principal(), now=context.now())
        session.commit()
    return redirect(url_for("research_releases.show", label=release.label), 303)


@blueprint.get("/releases/<label>/publish")
def confirm_publish(release: Release) -> str:
    return render_template("research/publish.html", release=release, form=Publish())


@blueprint.post("/releases/<label>/publish")
def publish(release: Release) -> Redirect | tuple[str, int]:
    form, session = Publish(request.form), context.session()
    form.validate()
    asked = (form.embargo_until.data or "").strip()
    try:
        until = waves.moment(asked, release.wave.time_zone) if asked else None
    except BadInput as refusal:
        form.embargo_until.errors = [refusal.sentence]
        return render_template("research/publish.html", release=release, form=form), 422
    with context.database().write(session):
        session.refresh(release, ["state"])
        releases.publish(session, release, by=context.principal(), now=context.now(), embargo_until=until)
        session.commit()
    return redirect(url_for("research_releases.show", label=release.label), 303)
