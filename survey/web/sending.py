"""Sending files and pictures: their type, their name, and how long who may keep them."""

from __future__ import annotations

import re

from flask import Response, make_response, request

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def picture(content: bytes, etag: str, *, audience: str = "private") -> Response:
    """A picture of a release. A browser may keep it but asks again each time, so that a lost right takes effect."""
    answer = make_response(content)
    answer.mimetype = "image/svg+xml"
    answer.headers["Cache-Control"] = f"{audience}, no-cache"
    answer.set_etag(etag)
    answer.make_conditional(request)  # a browser that has it gets "not modified" and no bytes
    return answer


def file(content: bytes, name: str, media_type: str) -> Response:
    """A download under a name of letters, digits, dots, hyphens and underscores only."""
    answer = make_response(content)
    answer.mimetype = media_type
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers.set("Content-Disposition", "attachment", filename=_UNSAFE.sub("-", name).strip("-.") or "download")
    return answer
