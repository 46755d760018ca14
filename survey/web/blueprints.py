"""Which groups of pages the service has."""

from __future__ import annotations

from flask import Blueprint

from survey.web import link, public, respond

BLUEPRINTS: tuple[Blueprint, ...] = (public.blueprint, link.blueprint, respond.blueprint)
