"""What a person sees when something is refused or goes wrong: one plain page, with what to do next."""

from __future__ import annotations

import logging
import traceback

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, SecurityError

from survey import audit, outages
from survey.errors import BadInput, Refusal
from survey.results import Superseded
from survey.vocabulary import Outcome
from survey.web import context
from survey.web.access import Entrance, Row

RETRY_SECONDS = 10
_log = logging.getLogger("soundings.errors")

HEADINGS = {
    400: lazy_gettext("Your browser sent something we could not read"),
    403: lazy_gettext("This page could not be sent from where you are"),
    404: lazy_gettext("Page not found"),
    405: lazy_gettext("This address cannot be used like that"),
    409: lazy_gettext("That is not possible now"),
    413: lazy_gettext("That is too large"),
    415: lazy_gettext("Your browser sent something we could not read"),
    422: lazy_gettext("There is a problem"),
    429: lazy_gettext("Too many tries"),
    500: lazy_gettext("Sorry, something went wrong"),
    503: lazy_gettext("The service is busy"),
}
SENTENCES = {
    400: lazy_gettext("Go back and try again."),
    403: lazy_gettext(
        "Go back to the page, load it again and press the button once more. What you typed was not saved."
    ),
    404: lazy_gettext("Check the address. If you followed a link from a message, check that all of it was copied."),
    405: lazy_gettext("Go back and use the buttons and links on the page."),
    413: lazy_gettext("Send less text, or a smaller file."),
    415: lazy_gettext("Go back and use the buttons on the page."),
    429: lazy_gettext("Wait ten minutes, then try again."),
    500: lazy_gettext(
        "We have noted the fault. What was shown as saved before is still saved. Try again in a few minutes."
    ),
    503: lazy_gettext("Nothing was saved just now. Wait a moment, then go back and press the button again."),
}


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(Superseded, replaced)
    app.register_error_handler(CSRFError, without_token)
    app.register_error_handler(SecurityError, foreign_host)
    app.register_error_handler(DBAPIError, database_fault)
    app.register_error_handler(NoConnection, database_away)
    app.register_error_handler(HTTPException, known_status)
    app.register_error_handler(Exception, unexpected)


def refused(refusal: Refusal) -> Response:
    """The refusal's own sentence. A signed-in person's refused act leaves its trace in the audit."""
    context.session().rollback()
    _audit(refusal)
    faults = refusal.faults if isinstance(refusal, BadInput) else ()
    return page(refusal.status, sentence=_(refusal.sentence), faults=faults)


def replaced(refusal: Superseded) -> Response:
    """The same page of the release that stands in its place is one link away; who may not read it is told there."""
    context.session().rollback()
    url = url_for(request.endpoint or "", **{**(request.view_args or {}), "label": refusal.successor})
    label = _("Go to release %(label)s", label=refusal.successor)
    return page(refusal.status, sentence=_(refusal.sentence), link=(url, label))


def without_token(error: CSRFError) -> Response:
    del error
    return page(403)


def foreign_host(error: SecurityError) -> Response:
    """Asked under a name that is not ours: no page can be built, because every link would carry that name."""
    del error
    return Response("This service is not known under that name.\n", 400, mimetype="text/plain")


def known_status(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None and status < 400:
        return make_response(error.response)
    return page(status)


def database_fault(error: DBAPIError) -> Response:
    """A limit, a lock or a restart passes, and trying again helps; a statement that is wrong stays wrong."""
    return unexpected(error) if outages.of(error) is None else database_away(error)


def database_away(error: Exception) -> Response:
    _log_frames(error)
    return page(503)


def unexpected(error: Exception) -> Response:
    """Says nothing of the fault on screen; the log gets its place, never its values."""
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    _log_frames(error)
    return page(500)


def page(
    status: int,
    sentence: str | None = None,
    faults: tuple[str, ...] = (),
    link: tuple[str, str] | None = None,
) -> Response:
    known = status if status in HEADINGS else (400 if status < 500 else 500)
    g.setdefault("principal", None)
    text = render_template(
        "error.html",
        heading=HEADINGS[known],
        sentence=sentence or SENTENCES.get(known, ""),
        faults=faults,
        link=link,
        status=status,
    )
    response = make_response(text, status)
    if status in {429, 503}:
        response.headers["Retry-After"] = str(RETRY_SECONDS if status == 503 else 600)
    return response


def _audit(refusal: Refusal) -> None:
    row: Row | None = g.get("row")
    principal = context.principal_or_none()
    if row is None or principal is None or row.who.entrance is not Entrance.PERSON or request.method == "GET":
        return
    code = g.get("loaded_code", "")
    with context.database().write(context.session()):
        audit.record(
            context.session(), now=context.now(), actor=principal.actor, action=row.action,
            object_type=row.name or "page", object_code=code, outcome=Outcome.REFUSED,
            details={"refusal": type(refusal).__name__},
        )  # fmt: skip
        context.session().commit()


def _log_frames(error: BaseException) -> None:
    """Where it happened. An exception's own text may hold what a person typed, so it is left out."""
    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-12:]
    ]
    kind = type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
    _log.error("unexpected error", extra={"kind": kind, "frames": frames})
