"""`soundings headcounts`: known staff numbers of a wave's authorities."""

from __future__ import annotations

from pathlib import Path

import click

from survey import editions, participation, waves
from survey.cli import acting
from survey.cli.counting import are, counted
from survey.cli.opening import as_person, opened


@click.group()
def headcounts() -> None:
    """Known staff numbers."""


@headcounts.command("import")
@click.option("--wave", "code", required=True, metavar="CODE", help="The wave.")
@click.argument("file", type=click.Path(path_type=Path))
@as_person
def import_(code: str, file: Path, email: str) -> None:
    """Read FILE: authority, service_area, tier, headcount; an empty area and tier is the total.

    The numbers of the authorities in the file are replaced. All faults are named at once, and then nothing changes.
    """
    with opened() as service:
        person = acting.researcher(service, email)
        session = service.session
        with service.database.write(session):
            wave = waves.by_code(session, code)
            questionnaire = editions.questionnaire_of(session, wave.edition)
            rows = participation.import_headcounts(
                session, wave, questionnaire, file, actor=person.actor, now=service.now
            )
            session.commit()
        click.echo(f"{counted(rows, 'staff number')} {are(rows)} in for wave {code}.")
