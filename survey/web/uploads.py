"""Which pages take a file, and how large it may be: everywhere else a form stays small."""

from __future__ import annotations

from flask import Flask, request

LARGEST_FILE = 10 * 1024 * 1024
PAGES = frozenset(
    {
        "research_imports.import_authorities",
        "research_imports.import_headcounts",
        "research_peers.upload",
        "research_responses.upload",
    }
)


def install(app: Flask) -> None:
    """Before anything reads the form. A larger file is refused by its announced length, unread."""

    def allow_a_file() -> None:
        if request.endpoint in PAGES:
            request.max_content_length = LARGEST_FILE

    app.before_request(allow_a_file)
