"""Which groups of pages the service has."""

from __future__ import annotations

from flask import Blueprint

from survey.web import public

BLUEPRINTS: tuple[Blueprint, ...] = (public.blueprint,)
