"""`soundings release`: compute a wave, approve by a second person, publish, verify."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from reports.files import bundle_reading, verification
from reports.files.tables import FileFaults
from survey import computation, people, releases, results, waves
from survey.cli import finishing
from survey.cli.opening import REFUSED, as_person, opened


@click.group()
def release() -> None:
    """Numbers of a wave: computed once, approved by a second person, published."""


@release.command()
@click.argument("wave")
@as_person
def compute(wave: str, email: str) -> None:
    """Compute a closed WAVE as its next release, such as 2026.1."""
    with opened() as service:
        by = people.principal_of(service.session, email)
        one = waves.by_code(service.session, wave)
        with service.database.write(service.session):
            job = computation.ask(service.session, one, by=by, now=service.now)
            service.session.commit()
        found = finishing.finished(service, job.code)
    for measure, code in found.get("pinned", []):
        click.echo(f"The score of {code} on {measure} follows from earlier releases to 10 points.", err=True)
    click.echo(found["release"])


@release.command()
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="BUNDLE",
              help="A bundle for research with the answers that a published one leaves out.")  # fmt: skip
def verify(bundle: Path, answers: Path | None) -> None:
    """Compute every number of a BUNDLE again, from the answers in it. Needs no database.

    Exit code 0 only if every number is identical at its stored precision, 12 significant digits; otherwise each altered
    file and the first number that differs are named.
    """
    try:
        given = None if answers is None else bundle_reading.read(answers)
        found = verification.verify(bundle_reading.read(bundle), answers=given)
    except FileFaults as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        raise click.exceptions.Exit(REFUSED) from None
    click.echo(f"{bundle}: {found.numbers} numbers in {found.tables} tables are identical.")


@release.command()
@click.argument("number")
@as_person
def approve(number: str, email: str) -> None:
    """Approve the release NUMBER, such as 2026.1. Not the person who computed it."""
    with opened() as service:
        by = people.principal_of(service.session, email)
        with service.database.write(service.session):
            one = results.get_any(service.session, number)
            releases.approve(service.session, one, by=by, now=service.now)
            service.session.commit()
        click.echo(f"Release {number} is approved.")


@release.command()
@click.argument("number")
@click.option(
    "--embargo", metavar="TIME", help="Nobody outside sees it before this moment, such as “2026-09-01 09:30”."
)
@as_person
def publish(number: str, embargo: str | None, email: str) -> None:
    """Publish the approved release NUMBER; an earlier one of the same wave is superseded."""
    with opened() as service:
        by = people.principal_of(service.session, email)
        with service.database.write(service.session):
            one = results.get_any(service.session, number)
            until: datetime | None = waves.moment(embargo, one.wave.time_zone) if embargo else None
            releases.publish(service.session, one, by=by, now=service.now, embargo_until=until)
            service.session.commit()
        click.echo(f"Release {number} is published." if until is None else f"Release {number} is under embargo.")
