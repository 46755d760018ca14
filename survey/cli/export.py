"""`soundings export`: what leaves the service as files."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from reports.files import bundle
from survey import bundles, documents, downloads, microdata, people, produced_files, results
from survey.cli import finishing
from survey.cli.opening import Opened, as_person, opened
from survey.errors import BadInput, NotAllowed
from survey.microdata import Form
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
    _refuse_to_overwrite(out, (".csv", ".xlsx"))
    with opened() as service:
        by = people.principal_of(service.session, email)
        if not by.roles & {RoleName.RESEARCHER, RoleName.PUBLISHER}:
            raise NotAllowed("Exports are for researchers and publishers.")
        release = results.get(service.session, number, now=service.now)
        if out.suffix == ".xlsx":
            made = downloads.xlsx(service.session, release, publisher=service.settings.brand)
        else:
            made = downloads.csv(service.session, release, table)
        with service.database.write(service.session):
            downloads.record(service.session, release, made, actor=by.actor, now=service.now)
            service.session.commit()
        out.write_bytes(made.content)
        click.echo(f"{out}: {_held(out, table)} of release {release.label}.", err=True)


def _refuse_to_overwrite(path: Path, endings: tuple[str, ...]) -> None:
    if path.suffix not in endings:
        raise BadInput(f"{path.name}: not a kind of file that can be written. End its name in {' or '.join(endings)}.")
    if path.exists():
        raise BadInput(f"{path.name} is there already and was left as it is. Choose another name.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInput(f"{path.parent} is no folder that may be written to. Nothing was exported. Choose another one.")


@export.command("documents")
@click.argument("number")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file: .zip.")
@as_person
def documents_(number: str, out: Path, email: str) -> None:
    """Write all reports of the published release NUMBER, such as 2026.1, as PDFs in one file."""
    _refuse_to_overwrite(out, (".zip",))
    with opened() as service:
        by = people.principal_of(service.session, email)
        if not by.roles & {RoleName.RESEARCHER, RoleName.PUBLISHER}:
            raise NotAllowed("Exports are for researchers and publishers.")
        with service.database.write(service.session):
            release = results.get(service.session, number, now=service.now)
            job = documents.ask_for_bundle(service.session, release, by=by, now=service.now)
            service.session.commit()
        made = finishing.finished(service, job.code)
        now = datetime.now(UTC)
        with service.database.write(service.session):
            file = produced_files.get_for(service.session, by, made["file"], now=now)
            content = produced_files.read(service.session, service.settings, file, actor=by.actor, now=now)
            service.session.commit()
        out.write_bytes(content)
        click.echo(f"{out}: {made['documents']} reports of release {release.label}.", err=True)


@export.command("bundle")
@click.argument("number")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file: .zip.")
@click.option("--agreed-by", "agreed", required=True, metavar="EMAIL", help="The publisher who agreed; another person.")
@click.option("--reason", required=True, help="What the bundle is for; kept in the audit trail.")
@as_person
def bundle_(number: str, out: Path, agreed: str, reason: str, email: str) -> None:
    """Write the release NUMBER, such as 2026.1, with all that its numbers were computed from. For researchers only.

    The file holds answers: of each officer the authority, service area, tier and chosen options of scored items. It is
    NOT de-identified, so a publisher agrees, and whoever took microdata of the wave gets no bundle of it.
    `soundings release verify` computes its numbers again.
    """
    _refuse_to_overwrite(out, (".zip",))
    with opened() as service:
        agreement = bundles.Agreement(
            people.principal_of(service.session, email), people.principal_of(service.session, agreed), reason
        )
        release = results.get_any(service.session, number)
        made = bundles.make(service.session, release, agreement)
        with service.database.write(service.session):
            bundles.record(service.session, release, made, agreement, now=service.now)
            service.session.commit()
        out.touch(mode=0o600)
        out.write_bytes(made.content)
        click.echo(f"{out}: {made.rows} rows of answers and the tables of release {number}.", err=True)
        click.echo(bundle.NOT_DE_IDENTIFIED, err=True)


def _held(out: Path, table: str) -> str:
    return "all tables" if out.suffix == ".xlsx" else f"the table “{table}”"


@export.command("microdata")
@click.option("--wave", "code", required=True, metavar="CODE", help="A wave that has closed.")
@click.option("--values", type=click.Choice(["labels", "codes"]), default="labels", show_default=True,
              help="What the cells of a .csv file hold: the words of the answers, or their codes.")  # fmt: skip
@click.option(
    "--codebook", type=click.Path(dir_okay=False, path_type=Path), help="Also write what the columns mean: .csv."
)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file: .csv or .xlsx."
)
@as_person
def microdata_(code: str, values: str, codebook: Path | None, out: Path, email: str) -> None:
    """Write the submissions of a closed wave as de-identified rows, one a respondent. For researchers only.

    Details by which fewer than 11 people could be recognised are withheld as [c]. No free texts, no equality answers.
    """
    wanted = {out: Form.WORKBOOK if out.suffix == ".xlsx" else Form(values)}
    if codebook is not None:
        wanted[codebook] = Form.CODEBOOK
    for path in wanted:
        _refuse_to_overwrite(path, (".csv", ".xlsx") if path == out else (".csv",))
    with opened() as service, tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        by = people.principal_of(service.session, email)
        found = microdata.of_wave(service.session, code, by=by)
        made = {path: _written(service, found, form, Path(folder) / form) for path, form in wanted.items()}
        with service.database.write(service.session):
            for form in wanted.values():
                microdata.record(service.session, found, form, by=by, now=service.now)
            service.session.commit()
        for path, file in made.items():  # they take their place when the audit trail has its entries
            shutil.move(file, path)
    withheld = ", ".join(f"{trait.replace('_', ' ')} in {count}" for trait, count in found.withheld.items())
    click.echo(f"{out}: {found.rows} rows; withheld: {withheld}; left out: {found.coarsening.left_out}.", err=True)


def _written(service: Opened, found: microdata.Outline, form: Form, path: Path) -> Path:
    path.touch(mode=0o600)
    with path.open("wb") as target:
        microdata.write(service.session, found, form, target)
    return path
