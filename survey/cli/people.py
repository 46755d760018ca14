"""`soundings people`: accounts and roles, from the command line."""

from __future__ import annotations

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from survey import people as accounts
from survey import register
from survey.cli.opening import Decorated, opened
from survey.people import Grant
from survey.vocabulary import RoleName

ROLE = click.Choice([str(role) for role in RoleName], case_sensitive=False)


def of_authority(command: Decorated) -> Decorated:
    """The option that names the authority of a role that belongs to one."""
    option: Callable[[Decorated], Decorated] = click.option(
        "--authority", metavar="CODE", help="For roles of one authority: its code."
    )
    return option(command)


@click.group()
def people() -> None:
    """People with accounts, and what they may do. Officers who answer need none."""


@people.command()
@click.argument("email")
@click.argument("name")
def add(email: str, name: str) -> None:
    """Make an account for EMAIL, without any role yet."""
    with opened() as service, service.database.write(service.session):
        accounts.add(service.session, email, name, now=service.now, actor="system")
        service.session.commit()
    click.echo(f"{email} has an account.")


@people.command()
@click.argument("email")
@click.argument("role", type=ROLE)
@of_authority
def grant(email: str, role: str, authority: str | None) -> None:
    """Give EMAIL the ROLE."""
    _change(accounts.grant, email, role, authority)
    click.echo(f"{email} is {role}{f' of {authority}' if authority else ''}.")


@people.command()
@click.argument("email")
@click.argument("role", type=ROLE)
@of_authority
def revoke(email: str, role: str, authority: str | None) -> None:
    """Take the ROLE of EMAIL away. It stays as history; with the last role every session ends."""
    _change(accounts.revoke, email, role, authority)
    click.echo(f"{email} is no longer {role}{f' of {authority}' if authority else ''}.")


def _change(change: Callable[..., object], email: str, role: str, authority: str | None) -> None:
    """Give a role or take it away."""
    with opened() as service, service.database.write(service.session):
        person = accounts.by_email(service.session, email)
        place = _authority_id(service.session, authority)
        change(service.session, person.id, RoleName(role), authority_id=place, now=service.now, actor="system")
        service.session.commit()


@people.command(name="sign-out")
@click.argument("email")
def sign_out(email: str) -> None:
    """End every session of EMAIL, on every device."""
    with opened() as service, service.database.write(service.session):
        person = accounts.by_email(service.session, email)
        accounts.sign_out_everywhere(service.session, person.id, now=service.now, actor="system")
        service.session.commit()
    click.echo(f"{email} is signed out everywhere.")


@people.command()
@click.argument("email")
def close(email: str) -> None:
    """Close the account of EMAIL: no sign-in any more. What the person did stays in the audit trail."""
    with opened() as service, service.database.write(service.session):
        person = accounts.by_email(service.session, email)
        accounts.deactivate(service.session, person.id, now=service.now, actor="system")
        service.session.commit()
    click.echo(f"The account of {email} is closed.")


@people.command(name="list")
def list_all() -> None:
    """Print e-mail, name and roles, separated by tabs."""
    with opened() as service:
        for one in accounts.everybody(service.session):
            click.echo("\t".join((one.email, one.name, ", ".join(map(_named, one.grants)))))


def _authority_id(session: Session, code: str | None) -> int | None:
    return None if code is None else register.by_code(session, code).id


def _named(grant: Grant) -> str:
    return f"{grant.role} of {grant.authority_code}" if grant.authority_code else str(grant.role)
