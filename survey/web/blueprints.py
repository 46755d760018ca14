"""Which groups of pages the service has."""

from __future__ import annotations

from flask import Blueprint

from survey.web import (
    account,
    assess,
    compare,
    compare_assessment,
    compare_change,
    compare_documents,
    health,
    lead,
    link,
    public,
    research,
    research_documents,
    research_exports,
    research_imports,
    research_jobs,
    research_microdata,
    research_places,
    research_releases,
    research_responses,
    research_rules,
    respond,
    results_pages,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    public.blueprint,
    account.blueprint,
    link.blueprint,
    respond.blueprint,
    results_pages.blueprint,
    compare.blueprint,
    compare_assessment.blueprint,
    compare_change.blueprint,
    compare_documents.blueprint,
    lead.blueprint,
    assess.blueprint,
    research.blueprint,
    research_imports.blueprint,
    research_responses.blueprint,
    research_releases.blueprint,
    research_places.blueprint,
    research_rules.blueprint,
    research_exports.blueprint,
    research_documents.blueprint,
    research_jobs.blueprint,
    research_microdata.blueprint,
)
