"""`soundings backup`, `restore` and `digest`: a copy of everything, brought back, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from survey import backup_folder, backups, config, content, restoring, schema
from survey.backups import Made
from survey.cli.opening import connected
from survey.config import Settings
from survey.db import Database
from survey.errors import BadInput, Refusal
from survey.restoring import Restored


@contextmanager
def at_any_schema() -> Iterator[tuple[Settings, Database]]:
    """Settings and database, whatever its schema: a backup is wanted most before a step of the schema."""
    settings = config.read()
    with connected(settings) as database:
        yield settings, database


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keep", metavar="D/W/M", help="FILE is a folder: delete backups that no day, week or month needs, e.g. 7/4/12."
)
def backup(file: Path, keep: str | None) -> None:
    """Write everything that the database holds now to FILE, or to a new file in the folder FILE.

    The service goes on meanwhile. Keys and passwords are not in it: keep them elsewhere.
    """
    plan = backup_folder.read_plan(keep) if keep else None
    if plan and not file.is_dir():
        raise BadInput("--keep wants a folder in the place of FILE.")
    with at_any_schema() as (settings, database):
        now = datetime.now(UTC)
        path = file / backup_folder.name_for(now) if file.is_dir() else file
        made = backups.make(database, path, link_key=settings.link_key, now=now)
    click.echo(told(made))
    for old in backup_folder.outdated(file, plan) if plan else ():
        old.unlink()
        click.echo(f"deleted\t{old}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Everything in the database gives way to the backup.")
@click.option(
    "--new-links", is_flag=True, help="Make every officer's link anew: those that were sent open nothing any more."
)
@click.option("--check", is_flag=True, help="Only try: restore into a database that is thrown away.")
def restore(file: Path, *, replace: bool, new_links: bool, check: bool) -> None:
    """Bring the backup FILE back, whole or not at all. Stop the service first.

    Everybody is signed out, and no mail that was waiting is sent. What is replaced is backed up beside the data first.
    """
    if check and (replace or new_links):
        raise click.UsageError("--check changes nothing, so it goes with no other option.")
    with at_any_schema() as (settings, database):
        if check:
            tried = restoring.check(file, settings.data, link_key=settings.link_key)
            click.echo(f"The backup of {tried.header.made_at:%Y-%m-%d %H:%M} UTC can be restored: {counted(tried)}.")
            return
        restoring.require_fit(file, link_key=settings.link_key, new_links=new_links)
        if replace and schema.current(database) is not None:
            kept = kept_before(database, settings, "restore")
            click.echo(f"What was there is kept in {kept.path}.", err=True)
        done = restoring.restore(database, file, link_key=settings.link_key, replace=replace, new_links=new_links)
    click.echo(f"Restored as of {done.header.made_at:%Y-%m-%d %H:%M} UTC: {counted(done)}.")
    for line in remarks(done):
        click.echo(line, err=True)


@click.command()
@click.option("--tables", is_flag=True, help="The digest of each table as well.")
def digest(*, tables: bool) -> None:
    """Print the content digest: equal digests mean equal content, on another machine or another kind of database."""
    with at_any_schema() as (_, database), backups.frozen(database) as connection:
        revision = schema.revision_of(connection)
        if revision is None:
            raise Refusal("The database has no tables yet. Run: soundings migrate")
        found = content.digest(connection)
    click.echo(f"{found.total}\t{found.rows} rows\tschema {revision}")
    if tables:
        for name, one in sorted(found.tables.items()):
            click.echo(f"{one.digest}\t{one.rows} rows\t{name}")


def kept_before(database: Database, settings: Settings, what: str) -> Made:
    """The backup that is made by itself before something that cannot be undone, in a folder beside the data."""
    folder = settings.data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    now = datetime.now(UTC)
    path = folder / f"before-{what}-{now:%Y%m%dT%H%M%S%fZ}{backups.SUFFIX}"
    return backups.make(database, path, link_key=settings.link_key, now=now)


def told(made: Made) -> str:
    return f"{made.path}\t{made.digest.rows} rows\tdigest {made.digest.total}"


def counted(done: Restored) -> str:
    return f"{done.digest.rows} rows, digest {done.digest.total}"


def remarks(done: Restored) -> Iterator[str]:
    """What the one who restores has to know or do next."""
    yield "Everybody has to sign in again."
    if done.held:
        yield f"{done.held} mails that waited are held back. Send them with: soundings mail retry"
    if done.new_links:
        yield f"{done.new_links} links were made anew: those sent before open nothing. Resume codes are new as well."
    else:
        yield "Links that were withdrawn or renewed after that moment have to be withdrawn or renewed again."
    if done.schema != done.header.schema:
        yield f"The schema went from {done.header.schema} to {done.schema}."
