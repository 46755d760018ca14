"""The one table of who may do what: endpoint, method, action, who, object, states."""

from __future__ import annotations

from survey.web import policy_results
from survey.web.access import Row, Who

PUBLIC = (
    Row("public.start", "GET", "page.read", Who.ANYONE),
    Row("public.methods", "GET", "page.read", Who.ANYONE),
    Row("public.privacy", "GET", "page.read", Who.ANYONE),
    Row("public.accessibility", "GET", "page.read", Who.ANYONE),
    Row("public.cookies", "GET", "page.read", Who.ANYONE),
    Row("public.language", "POST", "language.choose", Who.ANYONE),
)

TABLE: tuple[Row, ...] = (*PUBLIC, *policy_results.COMPARE, *policy_results.RESEARCH)
