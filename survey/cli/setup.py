"""`soundings config` and `soundings migrate`: is this machine set up as it should be?"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click
from sqlalchemy import make_url

from survey import config as settings_of
from survey import mail_server, schema
from survey.cli import backup

DEPLOYMENT = Path(settings_of.__file__).parent / "data" / "deployment"
MASKED = frozenset({"secret_key", "link_key"})


@click.group()
def config() -> None:
    """The settings."""


@config.command()
def check() -> None:
    """Print every setting as it is in effect; secrets are masked. A wrong one is refused in one line."""
    settings = settings_of.read()
    for field in dataclasses.fields(settings):
        click.echo(f"{field.name}\t{shown(field.name, getattr(settings, field.name), settings)}")


@config.command()
def files() -> None:
    """Print the folder with units for systemd, settings and a proxy's file to start from; docs/operations.md uses them."""
    click.echo(str(DEPLOYMENT))


@click.command()
@click.option("--to", "revision", default="head", show_default=True, help="A revision, or `base` for no tables at all.")
@click.option("--down", is_flag=True, help="Go back to an earlier revision: what only the newer one holds is lost.")
@click.option("--no-backup", is_flag=True, help="Do not back up first: you have a backup of this moment.")
def migrate(revision: str, *, down: bool, no_backup: bool) -> None:
    """Bring the database to the schema of this version; what is there is backed up first.

    Running it again changes nothing.
    """
    with backup.at_any_schema() as (settings, database):
        before = schema.current(database)
        if before is not None and (down or before != schema.head()) and not no_backup:
            kept = backup.kept_before(database, settings, "migrate")
            click.echo(f"What was there is kept in {kept.path}.")
        if down:
            schema.downgrade(database, revision)
        else:
            schema.upgrade(database, revision)
        after = schema.current(database)
    was, is_now = before or "empty", after or "empty"
    click.echo(f"The schema is {is_now}." if was == is_now else f"The schema went from {was} to {is_now}.")


def shown(name: str, value: object, settings: settings_of.Settings) -> str:
    """A setting as it may be printed."""
    if name in MASKED:
        return f"(set, {len(str(value))} characters)"
    if name == "database_url":
        return make_url(settings.database_url).set(query={}).render_as_string(hide_password=True)
    if name == "mail":
        return mail_server.masked(settings.mail)
    return str(value)
