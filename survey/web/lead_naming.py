"""A lead's choice whether the authority is named to others that chose it too."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from survey import naming
from survey.web import context
from survey.web.load_naming import Choice

blueprint = Blueprint("lead_naming", __name__, url_prefix="/lead")


@blueprint.get("/<code>/<wave>/named")
def show(choice: Choice) -> str:
    return render_template("lead/naming.html", choice=choice, frozen=naming.FROZEN)


@blueprint.post("/<code>/<wave>/named")
def choose(choice: Choice) -> Redirect:
    session = context.session()
    with context.database().write(session):
        naming.choose(
            session,
            choice.wave,
            choice.participation,
            is_named=request.form.get("named") == "yes",
            actor=context.principal().actor,
            now=context.now(),
        )
        session.commit()
    return redirect(url_for("lead_naming.show", code=choice.participation.authority.code, wave=choice.wave.code), 303)
