"""Proxies in front: whose address a request is said to come from, and how many of those that say so are ours.

Scheme and host never come from a proxy's headers: the base address and the list of trusted hosts decide.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "HTTP_X_FORWARDED_FOR"
WARNING = (
    "A proxy hides the addresses of visitors: they all count as one when guesses are stopped. "
    "If the proxy is yours, set SOUNDINGS_PROXY_HOPS."
)
_LOG = logging.getLogger("soundings.proxies")


def install(app: Flask, hops: int) -> None:
    """With hops, the address that the outermost of our own proxies saw; without, the header is not believed."""
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask documents replacing wsgi_app
            app.wsgi_app, x_for=hops, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    else:
        app.wsgi_app = _Unbelieving(app.wsgi_app)  # type: ignore[method-assign]


class _Unbelieving:
    """Takes the header away, and says once that it was there."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner
        self._warned = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.pop(HEADER, None) is not None and not self._warned:
            self._warned = True
            _LOG.warning(WARNING)
        return self._inner(environ, start_response)
