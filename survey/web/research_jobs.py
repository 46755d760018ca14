"""Jobs: how far long work is, what it made, and a second chance for what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect

from survey import jobs
from survey.web import context
from survey.web.load_jobs import JobPage

if TYPE_CHECKING:
    from survey.models import Job

blueprint = Blueprint("research_jobs", __name__, url_prefix="/research/jobs")


@blueprint.get("/")
def index(pages: tuple[JobPage, ...]) -> str:
    return render_template("research/jobs.html", pages=pages)


@blueprint.get("/<code>/")
def show(page: JobPage) -> str:
    return render_template("research/job.html", page=page, job=page.job)


@blueprint.post("/<code>/again")
def again(job: Job) -> Redirect:
    session = context.session()
    with context.database().write(session):
        jobs.try_again(session, job, by=context.principal(), now=context.now())
        session.commit()
    return redirect(url_for("research_jobs.show", code=job.code), 303)
