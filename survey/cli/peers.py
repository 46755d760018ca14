"""`soundings peers`: lists of authorities for a wave's menu of peer groups."""

from __future__ import annotations

from pathlib import Path

import click

from survey import peer_lists, waves
from survey.cli import acting
from survey.cli.opening import as_person, opened


@click.group()
def peers() -> None:
    """Peer groups that the research team adds to the menu."""


@peers.command("import")
@click.option("--wave", "code", required=True, metavar="CODE", help="The wave.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_person
def import_(code: str, file: Path, email: str) -> None:
    """Read FILE (list, authority): lists that join the menu of the wave, in place of those that it had.

    Possible until the wave is first computed; then the menu is frozen.
    """
    with opened() as service:
        person = acting.researcher(service, email)
        session = service.session
        with service.database.write(session):
            wave = waves.by_code(session, code)
            sizes = peer_lists.replace(session, wave, file.read_bytes(), actor=person.actor, now=service.now)
            session.commit()
        for name, size in sizes.items():
            click.echo(f"{name}: {size} authorities")
