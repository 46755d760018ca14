"""`soundings demonstration`: a made-up sector to try everything on."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from survey import config, schema
from survey.cli.opening import connected, opened
from survey.demonstration import entrances, loading
from survey.errors import Refusal


@click.group()
def demonstration() -> None:
    """A made-up sector of about 120 authorities, three waves and two published releases."""


@demonstration.command()
def load() -> None:
    """Prepare the database and load the demonstration into it, once.

    Loaded before, it is kept as it is. A service with waves or authorities of its own is left alone.
    """
    settings = config.read()
    if not settings.demonstration:
        raise Refusal("This is not a demonstration service. Set SOUNDINGS_DEMONSTRATION=1 to load made-up data here.")
    with connected(settings) as database:
        schema.upgrade(database)
        loaded = loading.load(
            database, settings, now=datetime.now(UTC), tell=lambda step: click.echo(f"{step} …", err=True)
        )
    click.echo("The demonstration is loaded." if loaded else "The demonstration is there already.", err=True)


@demonstration.command()
def links() -> None:
    """Print a ready link for each role; the officer's link is one that nobody has used yet."""
    with opened() as service:
        for role, url in entrances.links(service.session, service.settings):
            click.echo(f"{role}\t{url}")
