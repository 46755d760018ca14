"""What was tested outside of the program, entered for a wave by the research team, with day and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from survey import wave_rules
from survey.errors import BadInput
from survey.wave_rules import Tested
from survey.web import context
from survey.web.research_forms import EnterResult

if TYPE_CHECKING:
    from survey.models import Wave

blueprint = Blueprint("research_rules", __name__, url_prefix="/research")


@blueprint.get("/waves/<wave>/tested")
def show(wave: Wave) -> str:
    return _page(wave, EnterResult.offering())


@blueprint.post("/waves/<wave>/tested")
def enter(wave: Wave) -> Redirect | tuple[str, int]:
    form, session, person = EnterResult.offering(request.form), context.session(), context.principal()
    if not form.validate():
        return _page(wave, form), 422
    found = Tested(*(str(field.data or "") for field in (form.analysis, form.state, form.on, form.source)))
    try:
        with context.database().write(session):
            session.refresh(wave, ["rules"])
            wave_rules.enter(session, wave, found, actor=person.actor, now=context.now())
            session.commit()
    except BadInput as refusal:
        for fault in refusal.faults:
            name, _, words = fault.partition(": ")
            field = {"date": form.on, "source": form.source}.get(name, form.state)
            field.errors = [*field.errors, words[:1].upper() + words[1:]]
        return _page(wave, form), 422
    return redirect(url_for("research_rules.show", wave=wave.code), 303)


def _page(wave: Wave, form: EnterResult) -> str:
    return render_template("research/tested.html", wave=wave, form=form, entered=wave_rules.entered(wave))
