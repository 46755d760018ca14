"""Where to go next: only to pages of our own, never to an address that somebody brought."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

START = "public.start"


def here() -> str:
    """The page that is shown now, or the nearest above it that can be asked for again: a refused form cannot."""
    adapter, path = current_app.url_map.bind("localhost"), request.path
    while path.strip("/"):
        if adapter.test(path, method="GET"):
            return path
        path = path.rstrip("/").rpartition("/")[0]
    return url_for(START)


def local(asked: str) -> str:
    """The asked address if it is exactly one of our pages, else the start page.

    The address is taken apart and built anew from the route it names, so that nothing of its spelling survives.
    """
    try:
        parts = urlsplit(asked if asked.isprintable() else "")
    except ValueError:  # brackets that hold no address
        return url_for(START)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or "\\" in asked:
        return url_for(START)
    adapter = current_app.url_map.bind("localhost")
    try:
        endpoint, arguments = adapter.match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return url_for(START)
    return url_for(endpoint, **arguments)
