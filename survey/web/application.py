"""The application: settings, database, doors and pages put together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

from survey import config
from survey.config import LOOPBACK, Settings
from survey.db import Database
from survey.web import (
    assets,
    error_pages,
    guard,
    headers,
    languages,
    logs,
    policy,
    proxies,
    templating,
    tokens,
    uploads,
)
from survey.web.blueprints import BLUEPRINTS
from survey.web.context import EXTENSION, Service
from survey.web.misses import Misses
from survey.web.prepared import PreparedPages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_FORM = 256 * 1024
MOST_PARTS = 500


def create_app(settings: Settings | None = None, *, database: Database | None = None) -> Flask:
    """The service as a WSGI application. Without settings they are read from the environment."""
    settings = settings or config.read()
    app = Flask("survey.web", static_folder=None, template_folder=None)
    app.config.update(_flask_settings(settings))
    app.extensions[EXTENSION] = Service(
        settings, database or Database(settings.database_url), Misses(), PreparedPages()
    )
    logs.install(app)
    headers.install(app, settings)
    languages.install(app)
    templating.install(app, settings)
    assets.install(app, settings)
    _speak_as_asked(app, settings)
    proxies.install(app, settings.proxy_hops)
    uploads.install(app)
    guard.install_door(app)
    tokens.install(app)
    error_pages.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    guard.install_policy(app, policy.TABLE)
    return app


def _speak_as_asked(app: Flask, settings: Settings) -> None:
    """The base address says how browsers reach us: a proxy in front that ends https speaks plain http to us."""
    inner, scheme = app.wsgi_app, urlsplit(settings.base_url).scheme

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = scheme
        return inner(environ, start_response)

    app.wsgi_app = outer  # type: ignore[method-assign]  # Flask documents replacing wsgi_app


def _flask_settings(settings: Settings) -> dict[str, object]:
    host = urlsplit(settings.base_url).hostname or ""
    secure = settings.is_https
    return {
        "SECRET_KEY": settings.secret_key,
        "TRUSTED_HOSTS": sorted(LOOPBACK) if host in LOOPBACK else [host],
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM,
        "MAX_FORM_PARTS": MOST_PARTS,
        "SESSION_COOKIE_NAME": "__Host-soundings" if secure else "soundings",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "PROVIDE_AUTOMATIC_OPTIONS": False,
        "PROPAGATE_EXCEPTIONS": False,
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the cookie: a slow page keeps what was typed
        "WTF_CSRF_SSL_STRICT": False,  # link pages send no referrer; guard.comes_from_here asks for the origin instead
        "TRAP_HTTP_EXCEPTIONS": False,
    }
