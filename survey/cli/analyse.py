"""`soundings analyse`: the whole computation on files, with no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from questionnaires import loader
from questionnaires.definition import Questionnaire
from questionnaires.faults import QuestionnaireFaults
from reports import publication
from reports.documents import brand, logos, workbook
from reports.documents.brand import Brand, BrandFaults
from reports.documents.imprint import Imprint
from reports.files import bundle, bundle_reading, inputs, instruments, output, pictures, writing
from reports.files.bundle import Sources
from reports.files.inputs import Files, Inputs
from reports.files.instruments import Instruments
from reports.files.tables import FileFaults
from reports.publication import Results

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
REFUSED = 1
BUNDLE = "bundle.zip"


@click.command()
@click.option("--questionnaire", "questionnaire_files", type=FILE, required=True, multiple=True,
              help="The questionnaire, a TOML file; a second one is that of the self-assessment.")  # fmt: skip
@click.option("--responses", "answers_file", type=FILE, required=True, help="Answers: .csv, .csv.gz or .xlsx.")
@click.option("--authorities", "authorities_file", type=FILE, help="code,name and optional type,nation,region.")
@click.option("--headcounts", "headcounts_file", type=FILE, help="authority,service_area,tier,headcount.")
@click.option("--assessments", "assessments_file", type=FILE,
              help="Self-assessments, one row an authority; needs the second questionnaire.")  # fmt: skip
@click.option("--previous", "previous_file", type=FILE, metavar="BUNDLE",
              help="The bundle.zip of an earlier wave: change.csv says what changed since.")  # fmt: skip
@click.option("--rules", "rules_file", type=FILE, help="Settings of the method that differ from the defaults.")
@click.option("--audience", type=click.Choice(["research", "published"]), default="research", show_default=True,
              help="research: everything that can be computed; published: what disclosure control lets out.")  # fmt: skip
@click.option("--authority", help="Code of the one authority, for answers without a column “authority”.")
@click.option("--mapping", "mapping_file", type=click.Path(dir_okay=False, path_type=Path), metavar="M.toml",
              help="How an export of another tool is read; a proposal is written there if the file is not there.")  # fmt: skip
@click.option("--brand", "brand_folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Name, logo and colours of the publisher: a folder with brand.toml.")  # fmt: skip
@click.option("--pictures/--no-pictures", "with_pictures", default=True, help="Draw pictures and write reports.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new or empty directory.")
def analyse(  # noqa: PLR0913, PLR0917 - one parameter an option
    questionnaire_files: tuple[Path, ...],
    answers_file: Path,
    authorities_file: Path | None,
    headcounts_file: Path | None,
    assessments_file: Path | None,
    previous_file: Path | None,
    rules_file: Path | None,
    audience: str,
    authority: str | None,
    mapping_file: Path | None,
    brand_folder: Path | None,
    with_pictures: bool,
    out: Path,
) -> None:
    """Compute every number from files, and write tables, pictures and reports.

    Answers have one row a respondent: a column "authority", optional "service_area", "tier", "weight" and "seconds",
    and one column an item code holding option codes. The directory appears whole or not at all.
    """
    if assessments_file and len(questionnaire_files) < 2:
        raise click.UsageError("--assessments needs a second --questionnaire: that of the self-assessment.")
    files = Files(answers_file, authorities_file, headcounts_file, rules_file, authority, mapping_file)
    try:
        asked = instruments.read(questionnaire_files)
        files = replace(files, questionnaire=asked.file, assessments=assessments_file, previous=previous_file)
        publisher = _publisher(brand_folder)
        with _progress() as progress:
            _analyse(asked, files, audience, out, progress, publisher=publisher, draws=with_pictures)
    except QuestionnaireFaults as error:
        _refuse([str(fault) for fault in error.faults])
    except (BrandFaults, FileFaults) as error:
        _refuse(error.faults)


def _publisher(folder: Path | None) -> Brand:
    """The brand in the folder, or the one that ships; a logo that cannot be drawn is refused before the work is done."""
    publisher = brand.read(folder) if folder else brand.default()
    logos.png(publisher)
    return publisher


def _analyse(
    asked: Instruments,
    files: Files,
    audience: str,
    out: Path,
    progress: Progress,
    *,
    publisher: Brand,
    draws: bool,
) -> None:
    questionnaire = asked.questionnaire
    task = progress.add_task("Reading", total=len(publication.STEPS) + 2)

    def tell(step: str) -> None:
        progress.update(task, description=step, advance=1)

    if fault := output.refusal(out):
        raise FileFaults([fault])  # said before the work is done, not after
    given = inputs.read(files, questionnaire, asked.self_assessment)
    for note in given.notes:
        click.echo(note, err=True)
    results = _computed(given, questionnaire, audience, tell)
    with output.all_or_nothing(out) as directory:
        tell("Writing tables")
        found = publication.for_file(results, audience)
        writing.write_results(found, directory)
        (directory / BUNDLE).write_bytes(_bundle(found, asked, given, audience))
        book = _workbook(found, questionnaire, given.authorities, audience, publisher=publisher)
        (directory / "results.xlsx").write_bytes(book)
        progress.advance(task)
        if draws:
            safe = publication.published(results)
            team = publication.for_team(results) if audience == "research" else {}
            _illustrate(safe, questionnaire, given, directory, progress, team=team, publisher=publisher)


def _computed(given: Inputs, questionnaire: Questionnaire, audience: str, tell: publication.Progress) -> Results:
    """Every number; for publication without the peer groups that would give an authority away."""
    results = publication.compute(
        given.responses,
        questionnaire,
        given.rules,
        authorities=given.authorities,
        headcounts=given.headcounts,
        assessments=given.assessments,
        previous=None if given.previous is None else bundle_reading.before(given.previous),
        progress=tell,
    )
    return publication.audited(results)[0] if audience == "published" else results


def _bundle(found: Results, asked: Instruments, given: Inputs, audience: str) -> bytes:
    """What the numbers were computed from beside them; answers only for research."""
    own = asked.self_assessment_file if given.assessments is not None else None
    sources = Sources(
        loader.contents(asked.file),
        given.responses,
        given.authorities,
        given.headcounts,
        given.assessments,
        None if own is None else loader.contents(own),
    )
    return bundle.write(found, sources, audience=audience, previous=given.previous)


def _illustrate(
    safe: Results,
    questionnaire: Questionnaire,
    given: Inputs,
    directory: Path,
    progress: Progress,
    *,
    team: Mapping[str, pd.DataFrame],
    publisher: Brand,
) -> None:
    """Pictures show what may be published, for every audience; those with every authority in them are for research only.

    `team` are the tables that a research team reads beside the published ones; nothing for publication.
    """
    authorities = given.authorities
    names = _names(authorities)
    imprint = Imprint(method=safe.rules.method_version, quality=safe.quality, replaced=names)
    task = progress.add_task("Drawing pictures", total=safe.frames["scores"]["authority"].nunique())
    pictures.write_sector(safe, questionnaire, authorities, directory, imprint, publisher=publisher)
    if team:
        inner = replace(safe, frames={**safe.frames, **team})
        pictures.write_everybody(inner, questionnaire, authorities, directory, imprint, publisher=publisher)
    written = pictures.write_authorities(safe.frames, questionnaire, names, directory, imprint, publisher=publisher)
    for _ in written:
        progress.advance(task)


def _workbook(
    found: Results,
    questionnaire: Questionnaire,
    authorities: pd.DataFrame | None,
    audience: str,
    *,
    publisher: Brand,
) -> bytes:
    """The same tables in one workbook, for people."""
    about = {
        "Questionnaire": f"{questionnaire.code} {questionnaire.version}",
        "Method version": found.rules.method_version,
        "Audience": "the public" if audience == "published" else "the research team: not for publication as it stands",
    }
    imprint = Imprint(method=found.rules.method_version)
    return workbook.results(
        found, questionnaire, names=_names(authorities), about=about, imprint=imprint, publisher=publisher
    )


def _names(authorities: pd.DataFrame | None) -> dict[str, str]:
    return {} if authorities is None else dict(zip(authorities["code"], authorities["name"], strict=True))


def _progress() -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _refuse(faults: Iterable[str]) -> NoReturn:
    for fault in faults:
        click.echo(fault, err=True)
    raise click.exceptions.Exit(REFUSED)
