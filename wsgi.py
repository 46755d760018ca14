"""The door for web servers: `application` is what they serve."""

from __future__ import annotations

from survey.web.application import create_app

application = create_app()
