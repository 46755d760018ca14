"""Pages for everybody: start, methods, privacy, accessibility, cookies, and the choice of language."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey.web import languages, paths
from survey.web.load_public import Fieldwork

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def start() -> ResponseReturnValue:
    return render_template("public/start.html")


@blueprint.get("/methods")
def methods() -> ResponseReturnValue:
    return render_template("public/methods.html")


@blueprint.get("/privacy")
def privacy(fieldwork: Fieldwork) -> ResponseReturnValue:
    return render_template("public/privacy.html", waves=[one.wave for one in fieldwork.waves])


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
