"""Signatures of a browser's cookie and forms: checked on every request, worked out as seldom as can be."""

from __future__ import annotations

import hmac
from collections import OrderedDict
from threading import Lock

from flask import Flask, current_app, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer

FIELD = "csrf_token"
MOST_KEPT = 4_096
_KEPT = "form_tokens"


class FormTokens(CSRFProtect):  # type: ignore[misc]  # Flask-WTF has no types
    """Flask-WTF's tokens. What it signed for a browser is kept for a while, so that it need not be signed again.

    A posted token that is the very one signed here for the secret in this browser's cookie is right; any other one is
    taken apart and checked by Flask-WTF, as one that another process signed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._signed: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def for_browser(self) -> str:
        """The token for this browser's forms."""
        signed = self._of_browser()
        if signed is None:
            signed = str(generate_csrf())
            with self._lock:
                self._signed[cookie[FIELD]] = signed
                while len(self._signed) > MOST_KEPT:
                    self._signed.popitem(last=False)
        return signed

    def protect(self, apply_exemptions: bool = False) -> None:
        signed = self._of_browser()
        posted = request.form.get(FIELD, "") if request.method == "POST" else ""
        if signed is not None and hmac.compare_digest(posted.encode(), signed.encode()):
            g.csrf_valid = True
            return
        super().protect(apply_exemptions=apply_exemptions)

    def _of_browser(self) -> str | None:
        secret = cookie.get(FIELD)
        return self._signed.get(secret) if isinstance(secret, str) else None


class SignedCookies(SecureCookieSessionInterface):
    """Flask's cookie, with one signer for the life of the application."""

    def __init__(self, app: Flask) -> None:
        self._signer = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        del app
        return self._signer


def install(app: Flask) -> None:
    """Comes after the door, which needs no token, and before the policy."""
    app.session_interface = SignedCookies(app)
    tokens = FormTokens()
    tokens.init_app(app)
    app.extensions[_KEPT] = tokens


def for_form() -> str:
    """The token that this browser's forms send with them."""
    tokens: FormTokens = current_app.extensions[_KEPT]
    return tokens.for_browser()
