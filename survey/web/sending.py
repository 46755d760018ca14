"""Sending files and pictures: their type, their name, and how long who may keep them."""

from __future__ import annotations

import re
from os import SEEK_END
from typing import BinaryIO

from flask import Response, make_response, request
from werkzeug.wsgi import FileWrapper

_PIECE = 64 * 1024
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def picture(content: bytes, etag: str, *, audience: str = "private") -> Response:
    """A picture of a release. A browser may keep it but asks again each time, so that a lost right takes effect."""
    answer = make_response(content)
    answer.mimetype = "image/svg+xml"
    answer.headers["Cache-Control"] = f"{audience}, no-cache"
    answer.set_etag(etag)
    answer.make_conditional(request)  # a browser that has it gets "not modified" and no bytes
    return answer


def stream(target: BinaryIO, name: str, media_type: str) -> Response:
    """A file that was written to an open handle, sent in pieces from its beginning; the handle is closed when it is sent."""
    length = target.seek(0, SEEK_END)
    target.seek(0)
    answer = Response(FileWrapper(target, _PIECE), direct_passthrough=True)
    answer.content_length = length
    answer.call_on_close(target.close)
    return _download(answer, name, media_type)


def file(content: bytes, name: str, media_type: str) -> Response:
    """A download under a name of letters, digits, dots, hyphens and underscores only."""
    return _download(make_response(content), name, media_type)


def _download(answer: Response, name: str, media_type: str) -> Response:
    answer.mimetype = media_type
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers.set("Content-Disposition", "attachment", filename=_UNSAFE.sub("-", name).strip("-.") or "download")
    return answer
