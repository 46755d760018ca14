"""The policy of the pages of results: members, researchers, publishers."""

from __future__ import annotations

from survey.web.access import Row

COMPARE: tuple[Row, ...] = ()
RESEARCH: tuple[Row, ...] = ()
