"""`soundings questionnaire store`, `review`, `return`, `approve`, `retire` and `list`: those that the service holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from survey import editions, people
from survey.cli.opening import as_person, opened
from survey.cli.questionnaire import questionnaire

__all__ = ["questionnaire"]  # the group, whole only with the commands of this file

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@questionnaire.command()
@click.argument("file", type=FILE)
@as_person
def store(file: Path, email: str) -> None:
    """Keep the questionnaire of FILE, and the translations that lie beside it, as a draft."""
    with opened() as service, service.database.write(service.session):
        person = people.principal_of(service.session, email)
        edition = editions.store_file(
            service.session, file, now=service.now, actor=person.actor, author_id=person.person_id
        )
        service.session.commit()
    click.echo(f"{edition.code} version {edition.version} is {edition.state.replace('_', ' ')}.")


@questionnaire.command()
@click.argument("code")
@click.argument("version")
@as_person
def review(code: str, version: str, email: str) -> None:
    """Hand the draft to a second person for review."""
    _step(code, version, email, editions.submit_for_review, "in review")


@questionnaire.command(name="return")
@click.argument("code")
@click.argument("version")
@click.option("--reason", required=True, metavar="TEXT", help="What its author should change.")
@as_person
def return_(code: str, version: str, reason: str, email: str) -> None:
    """Hand the questionnaire back to its author, who may change it and hand it in again."""
    _step(code, version, email, partial(editions.return_to_author, reason=reason), "a draft again")


@questionnaire.command()
@click.argument("code")
@click.argument("version")
@as_person
def approve(code: str, version: str, email: str) -> None:
    """Say that the questionnaire may go to officers. Its author cannot."""
    _step(code, version, email, editions.approve, "approved")


@questionnaire.command()
@click.argument("code")
@click.argument("version")
@as_person
def retire(code: str, version: str, email: str) -> None:
    """Take the questionnaire out of use: no new wave can ask it."""
    _step(code, version, email, editions.retire, "retired")


def _step(code: str, version: str, email: str, step: Callable[..., None], now_is: str) -> None:
    """One step of a stored questionnaire, done by the person of this address."""
    with opened() as service, service.database.write(service.session):
        edition = editions.find(service.session, code, version)
        step(service.session, edition, by=people.principal_of(service.session, email), now=service.now)
        service.session.commit()
    click.echo(f"{code} version {version} is {now_is}.")


@questionnaire.command(name="list")
def list_all() -> None:
    """Print code, version and state of every stored questionnaire, separated by tabs."""
    with opened() as service:
        for edition in editions.listed(service.session):
            click.echo(f"{edition.code}\t{edition.version}\t{edition.state}")
