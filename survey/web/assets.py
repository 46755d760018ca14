"""Built files: their names with content hashes, and how they are served."""

from __future__ import annotations

import json
import mimetypes
import re
from functools import cache
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

from survey.config import Settings
from survey.web import branding

STATIC = Path(__file__).parent / "static"
BUILD = STATIC / "build"
PREFIX = "static/"
_HASHED = re.compile(r"\.[0-9a-f]{12}[./]")


class NotBuilt(Exception):  # noqa: N818 - shown as one line at the start
    """The styles were not built."""


@cache
def manifest() -> dict[str, str]:
    path = BUILD / "manifest.json"
    if not path.exists():
        raise NotBuilt("The styles are not built. Run: npm ci && npm run build")
    names: dict[str, str] = json.loads(path.read_text())
    return names


def url(name: str) -> str:
    """The address of a built file by its plain name, such as app.css."""
    return f"/{PREFIX}{manifest()[name]}"


def install(app: Flask, settings: Settings) -> None:
    """Built files and the brand's are served before Flask: no session, no policy, kept by browsers for a year."""
    manifest()
    look, folder = branding.written(settings)
    mimetypes.add_type("text/javascript", ".mjs")
    files = WhiteNoise(
        app.wsgi_app,
        root=str(BUILD),
        prefix=PREFIX,
        mimetypes={".mjs": "text/javascript"},
        immutable_file_test=lambda path, address: bool(_HASHED.search(address)),  # noqa: ARG005 - WhiteNoise's signature
        add_headers_function=_add_headers,
        allow_all_origins=False,
    )
    if folder:
        files.add_files(str(folder), prefix=branding.PREFIX)
    app.wsgi_app = files  # type: ignore[method-assign]  # Flask documents replacing wsgi_app
    app.jinja_env.globals["asset"] = url
    app.jinja_env.globals["brand"] = look


def _add_headers(headers: dict[str, str], path: str, address: str) -> None:
    del path, address
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
