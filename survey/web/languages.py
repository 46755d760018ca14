"""Languages: which one a page is in, and how to change it without losing an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask, g, request
from flask import session as cookie
from flask_babel import Babel, force_locale

NAMES = {"en": "English", "cy": "Cymraeg"}
LANGUAGE_KEY = "language"
TRANSLATIONS = Path(__file__).parent / "translations"


def chosen() -> str:
    """The language asked for on this browser, else the invitation's, else what the browser prefers."""
    asked = cookie.get(LANGUAGE_KEY)
    if asked in NAMES:
        return str(asked)
    invited = g.get("invited_language")
    if invited in NAMES:
        return str(invited)
    return request.accept_languages.best_match(NAMES) or "en"


def choose(language: str) -> None:
    if language in NAMES:
        cookie[LANGUAGE_KEY] = language


def in_english(caller: Callable[[], str]) -> str:
    """A part of a page that is written in English only, down to its dates and counts."""
    with force_locale("en"):
        return caller()


def install(app: Flask) -> None:
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/London"
    Babel(app, locale_selector=chosen, default_translation_directories=str(TRANSLATIONS))
