"""`soundings authorities`: the register, from the command line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from survey import register, register_words
from survey.cli.opening import opened

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def authorities() -> None:
    """The register of authorities."""


@authorities.command(name="import")
@click.argument("file", type=FILE)
@click.option("--on", type=DAY, help="The day from which the file is true; today where it is left out.")
def import_file(file: Path, on: datetime | None) -> None:
    """Bring the register to what FILE says: code, name, and type, nation, region or further attributes.

    All of it or nothing. What differs ends the old value on that day; authorities that FILE leaves out stay.
    """
    with file.open("rb") as stream:
        content = stream.read(register.LARGEST_FILE + 1)
    with opened() as service:
        day = on.date() if on else service.now.date()
        with service.database.write(service.session):
            done = register.import_authorities(service.session, content, on=day, now=service.now, actor="system")
            service.session.commit()
    click.echo(f"{done.added} added, {done.changed} changed, {done.unchanged} as they were.")
    for sentence in register_words.sentences(done.new_words):
        click.echo(sentence)


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
