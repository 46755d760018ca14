"""Which groups of pages the service has."""

from __future__ import annotations

from flask import Blueprint

from survey.web import (
    account,
    compare,
    lead,
    link,
    public,
    research,
    research_exports,
    research_imports,
    research_jobs,
    research_releases,
    respond,
    results_pages,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    public.blueprint,
    account.blueprint,
    link.blueprint,
    respond.blueprint,
    results_pages.blueprint,
    compare.blueprint,
    lead.blueprint,
    research.blueprint,
    research_imports.blueprint,
    research_releases.blueprint,
    research_exports.blueprint,
    research_jobs.blueprint,
)
