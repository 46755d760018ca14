"""`soundings export`: what leaves the service as files."""

from __future__ import annotations

from pathlib import Path

import click

from survey import downloads, people, results
from survey.cli.opening import as_person, opened
from survey.errors import BadInput, NotAllowed
from survey.vocabulary import RoleName


@click.group()
def export() -> None:
    """Files of what is published; each export is kept in the audit trail."""


@export.command("results")
@click.argument("number")
@click.option("--table", type=click.Choice(downloads.TABLES), default="benchmarks", show_default=True,
              help="Which table; a workbook (.xlsx) has them all.")  # fmt: skip
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file: .csv or .xlsx."
)
@as_person
def results_(number: str, table: str, out: Path, email: str) -> None:
    """Write a table of the published release NUMBER, such as 2026.1, or all of them as a workbook."""
    if out.suffix not in (".csv", ".xlsx"):
        raise BadInput(f"{out.name}: not a kind of file that can be written. End its name in .csv or .xlsx.")
    if out.exists():
        raise BadInput(f"{out.name} is there already and was left as it is. Choose another name.")
    with opened() as service:
        by = people.principal_of(service.session, email)
        if not by.roles & {RoleName.RESEARCHER, RoleName.PUBLISHER}:
            raise NotAllowed("Exports are for researchers and publishers.")
        with service.database.write(service.session):
            release = results.get(service.session, number, now=service.now)
            if out.suffix == ".xlsx":
                made = downloads.xlsx(service.session, release, actor=by.actor, now=service.now)
            else:
                made = downloads.csv(service.session, release, table, actor=by.actor, now=service.now)
            service.session.commit()
        out.write_bytes(made.content)
        click.echo(f"{out}: {_held(out, table)} of release {release.label}.", err=True)


def _held(out: Path, table: str) -> str:
    return "all tables" if out.suffix == ".xlsx" else f"the table “{table}”"
