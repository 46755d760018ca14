"""At the door: foreign origins, strange bodies, and the policy, before any view runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Flask, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound, RequestEntityTooLarge, UnsupportedMediaType

from survey import people
from survey.people import Principal
from survey.web import context, languages
from survey.web.access import Asked, Entrance, Row

ACCOUNT_KEY = "account"
BROWSER_KEY = "draft"
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MOST_FIELDS = 500


class PolicyFault(Exception):  # noqa: N818 - a fault of the program that stops the start
    """The policy and the routes do not fit."""


def install_door(app: Flask) -> None:
    """A session for each request, and the checks that need no policy. Comes before the check of the form's token."""

    def open_session() -> None:
        g.session = context.database().session()

    def close_session(error: BaseException | None) -> None:
        del error
        opened = g.pop("session", None)
        if opened is not None:
            opened.close()

    app.before_request(open_session)
    app.before_request(refuse_strange_bodies)
    app.teardown_request(close_session)


def install_policy(app: Flask, table: Sequence[Row]) -> None:
    """Check that the policy covers every route, then ask it before every view."""
    rows = by_endpoint(table)
    check_coverage(app, rows)
    app.before_request(lambda: admit(rows))


def by_endpoint(table: Sequence[Row]) -> dict[tuple[str, str], Row]:
    rows: dict[tuple[str, str], Row] = {}
    for row in table:
        if (row.endpoint, row.method) in rows:
            raise PolicyFault(f"The policy names {row.method} {row.endpoint} twice.")
        rows[row.endpoint, row.method] = row
    return rows


def check_coverage(app: Flask, rows: Mapping[tuple[str, str], Row]) -> None:
    routes = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or ())
        if method != "HEAD"
    }
    without_row = sorted(routes - rows.keys())
    without_route = sorted(rows.keys() - routes)
    if without_row:
        raise PolicyFault(f"No policy for {without_row[0][1]} {without_row[0][0]}: add its row to policy.py.")
    if without_route:
        raise PolicyFault(f"The policy names {without_route[0][1]} {without_route[0][0]}, which has no route.")


def refuse_strange_bodies() -> None:
    """Unsafe methods come from our own pages and carry a form; anything else is turned away unread."""
    if request.method in {"GET", "HEAD"}:
        return
    if request.content_length and request.mimetype not in FORM_TYPES:
        raise UnsupportedMediaType
    if not comes_from_here():
        raise Forbidden
    if sum(map(len, request.form.listvalues())) > MOST_FIELDS:
        raise RequestEntityTooLarge


def comes_from_here() -> bool:
    """Whether a browser says that this form was sent from our own pages.

    Pages that send no referrer make browsers say `Origin: null`; there, and where an old browser says nothing at all,
    the token in the form decides alone.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return True
    return origin == f"{request.scheme}://{request.host}"  # browsers write it in this form only, without a path


def admit(rows: Mapping[tuple[str, str], Row]) -> ResponseReturnValue | None:
    """Find the row, the person and the object; refuse with 404 what this visitor may not do."""
    if request.endpoint is None:
        return None
    row = rows[request.endpoint, "GET" if request.method == "HEAD" else request.method]
    g.row = row
    g.principal = None if row.who.entrance is Entrance.LINK else signed_in_person()
    if not row.who.admits(g.principal):
        if g.principal is None and row.method == "GET":
            return redirect(url_for("account.sign_in", next=request.path), 303)
        raise NotFound
    if row.load is None:
        request.view_args = {}
        return None
    loaded = row.load(asked())
    if row.states and str(getattr(loaded, "state", "")) not in row.states:
        raise NotFound
    g.loaded = loaded
    g.loaded_code = str(getattr(loaded, "label", None) or getattr(loaded, "code", None) or "")  # a rollback forgets it
    if row.who.entrance is Entrance.LINK:
        g.invited_language = getattr(loaded, "language", None)
    request.view_args = {row.name: loaded}
    return None


def asked() -> Asked:
    args = {name: str(value) for name, value in (request.view_args or {}).items()}
    return Asked(
        context.session(),
        g.principal,
        args,
        request.args.to_dict(),
        now=context.now(),
        language=languages.chosen(),
        browser_key=cookie.get(BROWSER_KEY),
    )


def signed_in_person() -> Principal | None:
    """The person whose browser this is, with the roles of this moment."""
    key = cookie.get(ACCOUNT_KEY)
    if not isinstance(key, str):
        return None
    now = context.now()
    principal = people.principal(context.session(), key, now=now)
    if principal is None:
        cookie.pop(ACCOUNT_KEY)
    elif principal.stale:
        with context.database().write(context.session()):
            people.touch(context.session(), key, now=now)
            context.session().commit()
    return principal
