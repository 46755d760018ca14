"""`soundings authorities`: the register, from the command line."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from survey import register, register_changes, register_file, register_words
from survey.cli.opening import opened
from survey.errors import NotAllowed, NotNow
from survey.register_changes import Difference

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
MOST_SHOWN = 30


@click.group()
def authorities() -> None:
    """The register of authorities."""


@authorities.command(name="import")
@click.argument("file", type=FILE, required=False)
@click.option("--shipped", is_flag=True, help="The register of UK authorities that comes with the product, not a file.")
@click.option("--on", type=DAY, help="The day from which the file is true; today where it is left out.")
@click.option("--dry-run", is_flag=True, help="Show the whole difference and write nothing.")
@click.option("--yes", is_flag=True, help="Write without a question.")
def import_file(file: Path | None, on: datetime | None, *, shipped: bool, dry_run: bool, yes: bool) -> None:
    """Bring the register to what FILE says: code, name, and type, nation, region or further attributes.

    First it shows what is new, what changes and what ends; on a terminal it asks before it writes. All of it or
    nothing. What differs ends the old value on that day; authorities that FILE leaves out stay. The columns start, end
    and successor say from when to when an authority is there, and who stands in its place.
    """
    content = _content(file, shipped=shipped)
    with opened() as service:
        if shipped and service.settings.demonstration:
            raise NotAllowed(
                "The demonstration has made-up authorities only, so that no real one gets a made-up score."
            )
        day = on.date() if on else service.now.date()
        shown = register.compare(service.session, content, on=day)
        service.session.rollback()  # no reading stays open while somebody looks at it
        _show(shown, most=None if dry_run else MOST_SHOWN)
        if dry_run:
            click.echo("Nothing was written.")
            return
        if shown and not yes and _on_a_terminal():
            click.confirm("Write this to the register?", abort=True)
        with service.database.write(service.session):
            done = register.import_authorities(service.session, content, on=day, now=service.now, actor="system")
            if done.difference != shown:
                raise NotNow("The register was changed by somebody else meanwhile. Nothing was written. Try again.")
            service.session.commit()
    click.echo(f"{done.added} added, {done.changed} changed, {done.unchanged} as they were.")
    for sentence in () if shipped else register_words.sentences(done.new_words):
        click.echo(sentence)  # a typing error in a file of one's own; the shipped one has been checked


def _content(file: Path | None, *, shipped: bool) -> bytes:
    if shipped == (file is not None):
        raise click.UsageError("Name a file, or give --shipped.")
    with (file or register_file.SHIPPED).open("rb") as stream:
        return stream.read(register_file.LARGEST_FILE + 1)


def _on_a_terminal() -> bool:
    return sys.stdin.isatty()


def _show(found: Difference, *, most: int | None) -> None:
    """The difference, a line each; the summary follows when it is written."""
    lines = list(register_changes.lines(found))
    for line in lines[:most]:
        click.echo(line)
    if most is not None and len(lines) > most:
        click.echo(f"… and {len(lines) - most} more; --dry-run shows all.")


@authorities.command(name="list")
@click.option("--on", type=DAY, help="The day to look at; today where it is left out.")
def list_all(on: datetime | None) -> None:
    """Print code, name and attributes, separated by tabs."""
    with opened() as service:
        everyone = register.all_authorities(service.session)
        day: date = on.date() if on else service.now.date()
        held = register.attributes_on(service.session, [one.id for one in everyone], day)
    for one in everyone:
        attributes = (f"{name}={value}" for name, value in held[one.id].items())
        click.echo("\t".join((one.code, one.name, *attributes)))
