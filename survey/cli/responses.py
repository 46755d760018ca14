"""`soundings responses`: answers that were collected with another tool."""

from __future__ import annotations

from pathlib import Path

import click

from reports.files import tool_exports
from reports.files.mapping import ToolMapping
from survey import imports, keys, mappings, people, waves
from survey.cli.counting import are, counted
from survey.cli.opening import Opened, opened
from survey.errors import BadInput

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def responses() -> None:
    """Answers from other tools."""


@responses.command("import")
@click.option("--wave", required=True, metavar="CODE", help="The open wave that the answers belong to.")
@click.option("--questionnaire", required=True, metavar="CODE", help="The questionnaire that was answered.")
@click.option("--authority", default="", metavar="CODE", help="The one authority of FILE, if no column names it.")
@click.option("--mapping", "mapping_file", type=NEW_FILE, metavar="M.toml",
              help="How an export of another tool is read; a proposal is written there if the file is not there.")  # fmt: skip
@click.option("--as", "email", metavar="EMAIL", help="Who does this; kept in the audit trail.")
@click.argument("file", type=FILE)
def import_(  # noqa: PLR0917 - one parameter an option
    wave: str, questionnaire: str, authority: str, mapping_file: Path | None, email: str | None, file: Path
) -> None:
    """Import FILE (.csv, .csv.gz or .xlsx), one row a respondent: all of it, or nothing.

    FILE may be an export of another tool as it is: columns are found by the wording of the items, cells by the labels
    of the options, in every language of the questionnaire. What nobody can be certain of is listed at once; once a
    mapping is accepted, it is kept, and the next file is not asked about again.

    Or its columns are codes: “authority”, optional “service_area”, “tier” and “seconds”, and one for each item code,
    holding option codes. Then unknown columns are listed and ignored; unknown codes refuse the file.
    """
    with opened() as service:
        actor = people.principal_of(service.session, email).actor if email else "system"
        known = None
        if mapping_file is not None:
            known = _known(service, wave, questionnaire, file, mapping_file, authority=authority)
        reading = imports.read(service.session, wave, questionnaire, file, known=known, authority=authority)
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


@responses.command("map")
@click.option("--wave", required=True, metavar="CODE", help="The wave that the answers belong to.")
@click.option("--authority", default="", metavar="CODE", help="The one authority of FILE, if no column names it.")
@click.option("--out", type=NEW_FILE, required=True, metavar="M.toml", help="Where the proposal is written.")
@click.argument("file", type=FILE)
def map_(wave: str, authority: str, out: Path, file: Path) -> None:
    """Propose how FILE, an export of another tool, is read, and list all that nobody can be certain of.

    Nothing is imported. What was decided about earlier files is part of the proposal.
    """
    with opened() as service:
        if out.exists():
            raise BadInput(f"{out.name} is there already. Name a new file, or delete it first.")
        code = waves.by_code(service.session, wave).edition.code
        found = imports.propose(service.session, wave, code, file, authority=authority)
    tool_exports.written(found, out)
    for line in found.questions():
        click.echo(line)
    asked = len(found.asked_columns) + len(found.asked_labels)
    click.echo(f"{out.name} holds the proposal; {counted(asked, 'line')} to check. Import with --mapping {out.name}.")


@responses.command("forget-mapping")
@click.option("--questionnaire", required=True, metavar="CODE", help="The questionnaire whose mapping is forgotten.")
@click.option("--as", "email", metavar="EMAIL", help="Who does this; kept in the audit trail.")
def forget_mapping(questionnaire: str, email: str | None) -> None:
    """Forget what was decided about exports, so that the next file is asked about again."""
    with opened() as service, service.database.write(service.session):
        actor = people.principal_of(service.session, email).actor if email else "system"
        mappings.forget(service.session, questionnaire, actor=actor, now=service.now)
        service.session.commit()
    click.echo(f"The next export of {questionnaire} is asked about again.")


def _known(
    service: Opened, wave: str, questionnaire: str, file: Path, mapping_file: Path, *, authority: str
) -> ToolMapping:
    """The accepted mapping of a file; one that is not there is written as a proposal."""
    if mapping_file.exists():
        return imports.mapping_of(service.session, wave, questionnaire, mapping_file)
    found = imports.propose(service.session, wave, questionnaire, file, authority=authority)
    tool_exports.written(found, mapping_file)
    if not found.is_certain:
        raise BadInput(
            f"{file.name} was not imported. Nothing was changed.",
            (*found.questions(), f"{mapping_file.name} holds the proposal. {tool_exports.ACCEPTING}"),
        )
    return found.mapping
