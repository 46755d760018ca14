"""All files of one analysis, read together so that all their faults are named at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pandas as pd

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports.files import assessments as assessments_file
from reports.files import bundle_reading, register, settings, tool_exports
from reports.files import responses as responses_file
from reports.files.bundle import Sources
from reports.files.responses import ResponsesFile
from reports.files.tables import FileFaults
from reports.files.tool_exports import Export
from reports.frames import Responses
from reports.rules import Rules

_T = TypeVar("_T")


@dataclass(frozen=True)
class Files:
    """Where the parts of an analysis are; `authority` is the code of the one authority in `responses`, if it is one.

    `mapping` says how an export of another tool is read; it is written, as a proposal, where it is not there. Beside
    the file `questionnaire` stand its translations, in which labels may be written. `previous` is the bundle of an
    earlier wave.
    """

    responses: Path
    authorities: Path | None = None
    headcounts: Path | None = None
    rules: Path | None = None
    authority: str | None = None
    mapping: Path | None = None
    questionnaire: Path | None = None
    assessments: Path | None = None
    previous: Path | None = None


@dataclass(frozen=True)
class Inputs:
    """What was read, ready to compute with, and notes on what was passed over."""

    responses: Responses
    authorities: pd.DataFrame | None
    headcounts: pd.DataFrame | None
    rules: Rules
    notes: tuple[str, ...]
    assessments: pd.DataFrame | None = None
    previous: Sources | None = None


def read(files: Files, questionnaire: Questionnaire, self_assessment: Questionnaire | None = None) -> Inputs:
    """Every file. Raises FileFaults with the faults of all of them.

    `self_assessment` is the second questionnaire, by which `files.assessments` is read.
    """
    faults: list[str] = []

    def kept(reader: Callable[[Path], _T], path: Path) -> _T | None:
        try:
            return reader(path)
        except FileFaults as error:
            faults.extend(error.faults)
            return None

    rules = kept(settings.read_rules, files.rules) if files.rules else Rules()
    authorities = kept(register.read_authorities, files.authorities) if files.authorities else None
    codes = None if authorities is None else frozenset(str(code) for code in authorities["code"])
    if codes is not None and files.authority is not None and files.authority not in codes:
        faults.append(
            f"--authority {files.authority}: not in the file of authorities. Correct it, or add the authority."
        )
    answers = kept(
        lambda path: _answers(path, files, questionnaire, authorities),
        files.responses,
    )
    if codes is None and answers is not None:
        codes = frozenset(answers.responses.authorities)
    headcounts = None
    if files.headcounts:
        headcounts = kept(lambda path: register.read_headcounts(path, questionnaire, codes), files.headcounts)
    assessed = None
    if files.assessments and self_assessment is not None:
        assessed = kept(lambda path: assessments_file.read(path, self_assessment, codes), files.assessments)
    previous = kept(lambda path: _previous(path, files.authorities), files.previous) if files.previous else None
    if faults or answers is None or rules is None:
        raise FileFaults(faults, most=len(faults))  # each file's own are capped already
    notes = (*answers.notes, *(assessed.notes if assessed else ()))
    levels = assessed.levels if assessed else None
    return Inputs(answers.responses, authorities, headcounts, rules, notes, levels, previous)


def _previous(path: Path, authorities: Path | None) -> Sources:
    """The earlier wave, with who has been replaced since by the file of authorities."""
    found = bundle_reading.read_previous(path)
    return replace(found, successions=register.read_successions(authorities) if authorities else None)


def _answers(path: Path, files: Files, questionnaire: Questionnaire, authorities: pd.DataFrame | None) -> ResponsesFile:
    """The answers, in the form of the responses file or as a tool wrote them."""
    named = None if authorities is None else dict(zip(authorities["code"], authorities["name"].fillna(""), strict=True))
    plain = Export(path, (questionnaire,), named, files.authority or "")
    if files.mapping is None and tool_exports.is_plain(plain):
        return responses_file.read(path, questionnaire, authority=files.authority, authorities=named)
    languages = loader.with_translations(files.questionnaire) if files.questionnaire else (questionnaire,)
    export = replace(plain, languages=languages)
    return tool_exports.read(export, tool_exports.agreed(export, files.mapping))
