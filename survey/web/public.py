"""Pages for everybody: start, methods, privacy, accessibility, cookies, and the choice of language."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey import notices
from survey.web import context, languages, notice_text, paths

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def start() -> ResponseReturnValue:
    return render_template("public/start.html")


@blueprint.get("/methods")
def methods() -> ResponseReturnValue:
    return render_template("public/methods.html")


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What officers are told, wave by wave; without a wave in the field, what they would be told now."""
    settings, language = context.settings(), context.language()
    told = [(one, notice_text.of(one, language)) for one in notices.in_the_field(context.session(), settings)]
    return render_template(
        "public/privacy.html", notices=told or [(None, notice_text.sections(notices.facts(settings)))]
    )


@blueprint.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    return render_template("public/accessibility.html")


@blueprint.get("/cookies")
def cookies() -> ResponseReturnValue:
    return render_template("public/cookies.html")


@blueprint.post("/language")
def language() -> ResponseReturnValue:
    """Change the language and come back to the same page."""
    languages.choose(request.form.get("language", ""))
    return redirect(paths.local(request.form.get("back", "")), 303)
