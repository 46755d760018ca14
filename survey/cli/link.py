"""`soundings link`: one officer's link or one authority's shared link, withdrawn or made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from survey import invitations, keys, participation, waves
from survey.cli import acting
from survey.cli.opening import Opened, as_person, opened
from survey.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from survey.models import Invitation

    Command = Callable[..., None]


def which(command: Command) -> Command:
    """The options that name one link: its wave, its authority, and the address of a personal one."""
    command = click.option("--address", metavar="EMAIL", help="The officer; without it, the shared link is meant.")(
        command
    )
    command = click.option("--authority", required=True, metavar="CODE", help="The authority.")(command)
    return click.option("--wave", required=True, metavar="CODE", help="The wave.")(command)


@click.group()
def link() -> None:
    """Links that officers answer with."""


@link.command()
@which
@as_person
def withdraw(wave: str, authority: str, address: str | None, email: str) -> None:
    """The link opens nothing any more. Answers already sent with it stay."""
    with opened() as service:
        person = acting.researcher(service, email)
        with service.database.write(service.session):
            found = _found(service, wave, authority, address)
            invitations.revoke(service.session, found, actor=person.actor, now=service.now)
            service.session.commit()
        click.echo("The link is withdrawn.")


@link.command()
@which
@as_person
def renew(wave: str, authority: str, address: str | None, email: str) -> None:
    """Make the link anew and print it; the old one opens nothing. Answers begun with it go on."""
    with opened() as service:
        person, link_key = acting.researcher(service, email), service.settings.link_key
        with service.database.write(service.session):
            found = _found(service, wave, authority, address)
            invitations.renew(service.session, found, link_key=link_key, actor=person.actor, now=service.now)
            service.session.commit()
        click.echo(f"{service.settings.base_url}/r/{keys.token(link_key, found.id, found.epoch)}")


def _found(service: Opened, wave: str, authority: str, address: str | None) -> Invitation:
    place = participation.one(service.session, waves.by_code(service.session, wave), authority)
    if address:
        return invitations.personal_link(service.session, place.id, address)
    shared = invitations.shared_link(service.session, place.id)
    if shared is None:
        raise NotFound(f"{authority} has no shared link in wave {wave}.")
    return shared
