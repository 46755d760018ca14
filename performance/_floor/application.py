"""A bare Flask application that asks the same questions: no policy, no revision, no languages, no sealing.

Three variants draw the same page: `widgets` lets WTForms draw each radio, `loop` is a plain Jinja loop, and `prepared`
keeps the text of each page from the first time it was drawn and fills in the marks. All three check what is posted with
WTForms, keep one row a draft in SQLite, and flush it to disk before they reply.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from flask import Flask, abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from performance._floor.forms import form_class
from performance._floor.storage import Storage
from questionnaires.definition import Questionnaire

Variant = Literal["widgets", "loop", "prepared"]
_MARK = re.compile("\ue000([^\ue001]*)\ue001")


def create_floor(
    variant: Variant, questionnaire: Questionnaire, file: Path, *, trace: Callable[[str], None] | None = None
) -> Flask:
    """The application; `trace` is told each statement."""
    app = Flask("performance._floor", static_folder=None)
    app.config.update(SECRET_KEY=secrets.token_hex(), SESSION_COOKIE_SAMESITE="Lax")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    floor = Floor(variant, questionnaire, Storage(file, trace))
    app.add_url_rule("/r/<token>", view_func=floor.landing)
    app.add_url_rule("/r/<token>", view_func=floor.start, methods=["POST"])
    app.add_url_rule("/page/<int:number>", view_func=floor.page)
    app.add_url_rule("/page/<int:number>", view_func=floor.save, methods=["POST"])
    app.add_url_rule("/check", view_func=floor.check)
    app.add_url_rule("/check", view_func=floor.submit, methods=["POST"])
    return app


class Floor:
    """The six views, and the page texts that the prepared variant keeps."""

    def __init__(self, variant: Variant, questionnaire: Questionnaire, storage: Storage) -> None:
        self.variant = variant
        self.questionnaire = questionnaire
        self.storage = storage
        self.pages = [(page, form_class(page)) for page in questionnaire.pages]
        self._texts: dict[int, list[str]] = {}

    def landing(self, token: str) -> ResponseReturnValue:
        return render_template("landing.html", title=self.questionnaire.title, token=token)

    def start(self, token: str) -> ResponseReturnValue:
        del token
        draft = secrets.token_hex(16)
        self.storage.begin(draft)
        session["draft"] = draft
        return redirect(url_for("page", number=0), 303)

    def page(self, number: int) -> ResponseReturnValue:
        return self._shown(number, self._draft())

    def save(self, number: int) -> ResponseReturnValue:
        answers = self._draft()
        page, kind = self.pages[number]
        form = kind()
        if not form.validate_on_submit():
            return self._shown(number, answers), 422
        answers |= {item.code: form[item.code].data for item in page.items}
        self.storage.save(session["draft"], json.dumps(answers))
        following = url_for("page", number=number + 1) if number + 1 < len(self.pages) else url_for("check")
        return redirect(following, 303)

    def check(self) -> ResponseReturnValue:
        return render_template("check.html", questionnaire=self.questionnaire, answers=self._draft())

    def submit(self) -> ResponseReturnValue:
        self.storage.submit(session.pop("draft"))
        return render_template("done.html")

    def _draft(self) -> dict[str, object]:
        text = self.storage.answers(session.get("draft", ""))
        if text is None:
            abort(404)
        answers: dict[str, object] = json.loads(text)
        return answers

    def _shown(self, number: int, answers: dict[str, object]) -> str:
        page, kind = self.pages[number]
        if self.variant == "widgets":
            form: FlaskForm = kind(data=answers)
            return render_template("widgets.html", page=page, form=form)
        if self.variant == "loop":
            return render_template("loop.html", page=page, answers=answers, csrf=generate_csrf())
        return self._filled(number, answers)

    def _filled(self, number: int, answers: dict[str, object]) -> str:
        """The text of the page with its gaps filled: odd parts name an item and an option, or the token."""
        parts = self._texts.get(number)
        if parts is None:
            page, _ = self.pages[number]
            parts = self._texts[number] = _MARK.split(render_template("prepared.html", page=page))
        filled = parts.copy()
        for place in range(1, len(parts), 2):
            item, _, option = parts[place].partition(":")
            filled[place] = self._gap(item, option, answers)
        return "".join(filled)

    def _gap(self, item: str, option: str, answers: dict[str, object]) -> str:
        if item == "csrf":
            return str(escape(generate_csrf()))
        value = answers.get(item)
        if not option:
            return "" if value is None else str(escape(value))
        return " checked" if value == option or (isinstance(value, list) and option in value) else ""
