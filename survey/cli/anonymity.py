"""`soundings anonymity`: show that no submission can be tied to an invitation, and take the last traces away."""

from __future__ import annotations

from pathlib import Path

import click

from survey import anonymity as traces
from survey import anonymity_checks, notices
from survey.anonymity_checks import Verdict
from survey.cli.opening import REFUSED, opened


@click.group()
def anonymity() -> None:
    """Nobody can work out what one person said: the promise, checked on the live data."""


@anonymity.command()
@click.option(
    "--log",
    "logs",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the log of the service, looked through as well; may be given again.",
)
def check(logs: tuple[Path, ...]) -> None:
    """Look at the database, its log and the audit trail; one line a check, exit code 1 with a finding.

    `ok` found nothing, `limit` tells what is true until the next rewrite or for whoever controls the machine.
    """
    with opened() as service:
        found = anonymity_checks.examine(
            service.database, link_key=service.settings.link_key, now=service.now, logs=logs
        )
        changed = notices.changed(service.session, service.settings)
    for one in found:
        click.echo(f"{one.verdict:8}{one.name}: {one.line}", err=one.verdict is Verdict.FINDING)
    for line in changed:
        click.echo(f"{Verdict.FINDING:8}notice: {line}", err=True)
    if changed or any(one.verdict is Verdict.FINDING for one in found):
        raise click.exceptions.Exit(REFUSED)


@anonymity.command()
def rewrite() -> None:
    """Put sealed rows, receipts and drafts down anew, as is done every night: nothing keeps the order of coming."""
    with opened() as service:
        service.session.close()
        traces.rewrite(service.database)
    click.echo("Sealed rows were put down anew, in the order of their random ids.")
