"""`soundings mail`: what became of the mails, and another try for those that were given up."""

from __future__ import annotations

import click

from survey import messages
from survey.cli.opening import opened


@click.group()
def mail() -> None:
    """The outbox."""


@mail.command(name="list")
def list_states() -> None:
    """Print how many mails stand in each state."""
    with opened() as service:
        for state, count in messages.counts(service.session).items():
            click.echo(f"{state}\t{count}")


@mail.command()
def retry() -> None:
    """Queue the mails that were given up, or held back by a restore, once more."""
    with opened() as service:
        with service.database.write(service.session):
            queued = messages.try_again(service.session)
            service.session.commit()
        click.echo(f"{queued} mails are queued again.")
