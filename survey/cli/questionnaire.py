"""`soundings questionnaire`: check questionnaire files, and say what changed between two editions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from questionnaires import comparison, loader
from questionnaires.definition import Questionnaire
from questionnaires.faults import Fault, QuestionnaireFaults

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
REFUSED = 1


@click.group()
def questionnaire() -> None:
    """Check questionnaire files and compare editions."""


@questionnaire.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
def check(files: tuple[Path, ...]) -> None:
    """Name every fault of each FILE at once, with its place and its remedy.

    A FILE is a questionnaire, or a translation of one that stands beside it. Faults go to standard error; advice,
    which refuses nothing, to standard output.
    """
    refused = False
    for file in files:
        try:
            advice = _checked(file)
        except QuestionnaireFaults as error:
            refused = True
            _refuse(error)
            continue
        click.echo(f"{file.name}: no faults.")
        for one in advice:
            click.echo(f"Advice: {one}")
    if refused:
        raise click.exceptions.Exit(REFUSED)


@questionnaire.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff(old: Path, new: Path) -> None:
    """Say what NEW adds, removes, rewords, rescores and moves compared with OLD, and which series break."""
    editions = []
    for file in (old, new):
        try:
            editions.append(loader.read(file))
        except QuestionnaireFaults as error:
            _refuse(error)
    if len(editions) < 2:
        raise click.exceptions.Exit(REFUSED)
    for line in _differences(*editions):
        click.echo(line)


def _checked(file: Path) -> tuple[Fault, ...]:
    """The advice on a file without faults."""
    text = loader.contents(file)
    if not loader.is_translation(text, file=file.name):
        loader.parse(text, file=file.name)
        return loader.advice(text, file=file.name)
    base = loader.read(_translated_file(file))
    loader.translate(base, text, file=file.name)
    return loader.translation_advice(base, text, file=file.name)


def _translated_file(file: Path) -> Path:
    """`a-1.cy.toml` translates the `a-1.toml` beside it."""
    language = Path(file.stem).suffix
    base = file.with_name(f"{file.stem.removesuffix(language)}.toml")
    if not language or not base.is_file():
        remedy = "Name it like a-1.cy.toml and put it beside a-1.toml."
        message = "the questionnaire that this file translates is not beside it."
        raise QuestionnaireFaults([Fault(file.name, "", message, remedy, rule="no-base-file")])
    return base


def _refuse(error: QuestionnaireFaults) -> None:
    for fault in error.faults:
        click.echo(str(fault), err=True)


def _differences(old: Questionnaire, new: Questionnaire) -> Iterator[str]:
    found = comparison.compare(old, new)
    yield f"From {old.code} {old.version} to {new.code} {new.version}"
    for word, codes in (
        ("Added", found.added),
        ("Removed", found.removed),
        ("Reworded", found.reworded),
        ("Rescored", found.rescored),
        ("Moved", found.moved),
    ):
        for code in codes:
            yield f"{word}: {code}"
    for before, after in found.recoded:
        yield f"Same words under a new code: {before} is now {after}. Codes are for ever: keep the old one."
    if not found.changes_measurement:
        yield "No item was added, removed, reworded, rescored or moved."
    for series in found.series:
        yield _series_line(series)


def _series_line(series: comparison.Series) -> str:
    shared = f"{len(series.common)} of {max(series.before, series.after)} items are common"
    words = {
        comparison.Continuity.SAME: "the series goes on, every item is the same",
        comparison.Continuity.COMMON: f"the series goes on with the common items: {shared}",
        comparison.Continuity.BROKEN: f"the series breaks: {shared}",
    }
    return f"{series.measure}: {words[series.continuity]}."
