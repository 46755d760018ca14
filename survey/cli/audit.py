"""`soundings audit`: check the audit trail, and take its head out of reach of whoever changes the database."""

from __future__ import annotations

from pathlib import Path

import click

from survey import audit as trail
from survey.audit import Anchor
from survey.cli.opening import REFUSED, opened


@click.group()
def audit() -> None:
    """The append-only trail of who did what."""


@audit.command()
@click.option(
    "--anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of earlier `audit head` lines: without it a cut tail or a whole rewrite cannot be seen.",
)
def verify(anchors: Path | None) -> None:
    """Check every link of the chain; name the first bad entry."""
    kept = [Anchor.read(line) for line in anchors.read_text().splitlines() if line.strip()] if anchors else []
    with opened() as service:
        faults = trail.verify(service.session, kept)
        newest = trail.head(service.session)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise click.exceptions.Exit(REFUSED)
    against = f", and against {len(kept)} anchors" if kept else ""
    click.echo(f"{newest.sequence} entries, each in its place{against}.")


@audit.command()
def head() -> None:
    """Print the newest entry as an anchor: keep the line outside of this machine, for example once a day."""
    with opened() as service:
        click.echo(str(trail.head(service.session)))


@audit.command(name="list")
@click.option("--last", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many entries.")
def list_last(last: int) -> None:
    """Print the newest entries, newest first, separated by tabs."""
    with opened() as service:
        for entry in trail.recent(service.session, limit=last):
            about = f"{entry.object_type} {entry.object_code}"
            click.echo("\t".join((f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.actor, entry.action, about, entry.outcome)))
