"""Templates: strict about names, and what every page knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, g
from jinja2 import ChainableUndefined, PackageLoader, PrefixLoader, StrictUndefined, Undefined, UndefinedError
from jinja2.loaders import ChoiceLoader, FileSystemLoader
from jinja2.utils import missing
from markupsafe import Markup

from survey.config import Settings
from survey.web import context, filters, filters_results, headers, languages, paths, tokens
from survey.web.access import Entrance, Row
from survey.web.languages import NAMES

TEMPLATES = Path(__file__).parent / "templates"


class StrictButForParameters(StrictUndefined):
    """A name that does not exist is a fault; a parameter that a component was not given is simply absent.

    The components take one dictionary and ask it for what may be there.
    """

    def __new__(  # type: ignore[misc]  # an object of another class for parameters
        cls,
        hint: str | None = None,
        obj: object = missing,
        name: str | None = None,
        exc: type[Exception] = UndefinedError,
    ) -> Undefined:
        if isinstance(obj, Mapping) or name == "caller":
            return ChainableUndefined(hint, obj, name)
        del exc
        return super().__new__(cls)


def install(app: Flask, settings: Settings) -> None:
    environment = app.jinja_env
    environment.undefined = StrictButForParameters
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.loader = ChoiceLoader([
        FileSystemLoader(TEMPLATES),
        PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    ])  # fmt: skip
    environment.filters |= filters.FILTERS | filters_results.FILTERS
    environment.globals |= {
        # The components compare with these two words, which Jinja does not have.
        "undefined": ChainableUndefined(),
        "null": None,
        "settings": settings,
        "languages": NAMES,
        "csrf_field": csrf_field,
        "nonce": headers.nonce,
        "here": paths.here,
        "in_english": languages.in_english,
        "has_page": lambda endpoint: endpoint in app.view_functions,
    }

    def every_page_knows() -> dict[str, object]:
        return {
            "principal": context.principal_or_none(),
            "language": context.language(),
            "request_id": g.get("request_id", ""),
            "has_navigation": not is_officers_page(),
        }

    app.context_processor(every_page_knows)


def is_officers_page() -> bool:
    """Officers have one thing to do; nothing on their pages leads elsewhere but the footer."""
    row: Row | None = g.get("row")
    return row is not None and row.who.entrance is Entrance.LINK


def csrf_field() -> Markup:
    """The hidden field with this browser's token."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(tokens.for_form())
