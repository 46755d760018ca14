"""`soundings responses`: answers that were collected with another tool."""

from __future__ import annotations

from pathlib import Path

import click

from survey import imports, keys, people
from survey.cli.counting import are, counted
from survey.cli.opening import opened


@click.group()
def responses() -> None:
    """Answers from other tools."""


@responses.command("import")
@click.option("--wave", required=True, metavar="CODE", help="The open wave that the answers belong to.")
@click.option("--questionnaire", required=True, metavar="CODE", help="The questionnaire that was answered.")
@click.option("--as", "email", metavar="EMAIL", help="Who does this; kept in the audit trail.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(wave: str, questionnaire: str, email: str | None, file: Path) -> None:
    """Import FILE (.csv, .csv.gz or .xlsx), one row a respondent: all of it, or nothing.

    Columns: “authority”, optional “service_area”, “tier” and “seconds”, and one for each item code, holding option
    codes. Unknown columns are listed and ignored; unknown codes refuse the file, each with row, column and remedy.
    """
    with opened() as service:
        actor = people.principal_of(service.session, email).actor if email else "system"
        reading = imports.read(service.session, wave, questionnaire, file)
        for note in reading.notes:
            click.echo(note, err=True)
        with service.database.write(service.session):
            count = imports.store(
                service.session,
                reading,
                link_key=service.settings.link_key,
                new_id=keys.new_id,
                actor=actor,
                now=service.now,
            )
            service.session.commit()
        click.echo(f"{counted(count, 'answer')} {are(count)} in the wave {wave}.")
