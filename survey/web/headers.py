"""Security headers: one place decides what every answer carries."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request
from flask import session as cookie

from survey.config import Settings

LINK_PAGES = frozenset(
    {"link.landing", "link.start", "link.resume", "account.demonstration", "account.demonstration_sign_in"}
)
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
                    "microphone", "midi", "payment", "usb")
)  # fmt: skip


def nonce() -> str:
    """The nonce of this request's scripts."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def content_security_policy(script_nonce: str) -> str:
    return "; ".join((
        "default-src 'none'",
        f"script-src 'nonce-{script_nonce}' 'strict-dynamic'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ))  # fmt: skip


def install(app: Flask, settings: Settings) -> None:
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = content_security_policy(nonce())
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer" if request.endpoint in LINK_PAGES else "same-origin"
        headers["Permissions-Policy"] = PERMISSIONS
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.setdefault("Cache-Control", "no-store")
        if cookie.modified and "public" in headers["Cache-Control"]:  # no shared cache may keep anybody's cookie
            headers["Cache-Control"] = "private, no-cache"
        if settings.is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response

    app.after_request(add_headers)
