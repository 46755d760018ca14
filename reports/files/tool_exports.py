"""An export of another tool, taken as it is: matched, asked about where nobody can be certain, and read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from questionnaires.definition import Questionnaire
from reports.files import mapped, mapping, proposal, responses, tables
from reports.files.mapping import ToolMapping
from reports.files.proposal import Proposal
from reports.files.responses import ResponsesFile
from reports.files.tables import FileFaults

ACCEPTING = "Read it, correct the lines marked “check”, and run the command again with it: what it says is then taken."


@dataclass(frozen=True)
class Export:
    """A file, the edition that it answers in all its languages, and what is known of authorities.

    `authorities` are those that may be named, code to name; None where every name is a code of its own. `authority`
    is the code of the one authority of the file, where it is given. `name` is what messages call the file.
    """

    path: Path
    languages: Sequence[Questionnaire]
    authorities: Mapping[str, str] | None = None
    authority: str = ""
    name: str = ""

    @property
    def questionnaire(self) -> Questionnaire:
        return self.languages[0]

    def table(self) -> tables.Table:
        found = tables.open_table(self.path, as_it_is=True)
        return replace(found, name=self.name or found.name)


def is_plain(export: Export) -> bool:
    """Whether a file names its columns by item codes, as the form of the responses file has it."""
    columns = set(export.table().columns)
    return any(item.code in columns for item in export.questionnaire.scored_items)


def propose(export: Export, known: ToolMapping | None = None) -> Proposal:
    """What the file seems to say. Raises FileFaults where it cannot be of this questionnaire."""
    return proposal.propose(
        export.table(), export.languages, known, authorities=export.authorities, authority=export.authority
    )


def certain(export: Export, known: ToolMapping | None = None, *, remedy: str) -> ToolMapping:
    """The mapping of a file in which nothing must be asked, else one line for each question, and the remedy."""
    found = propose(export, known)
    if not found.is_certain:
        raise unanswered(found, remedy)
    return found.mapping


def unanswered(found: Proposal, remedy: str) -> FileFaults:
    """The refusal that lists every question of a proposal at once."""
    return FileFaults([*found.questions(), remedy], most=proposal.MOST_QUESTIONS + 1)


def opened(export: Export, accepted: ToolMapping) -> mapped.Mapped:
    """The file as a table of codes."""
    return mapped.mapped(export.table(), export.languages, accepted, authorities=export.authorities)


def read(export: Export, accepted: ToolMapping, *, listed: str = "in the file of authorities") -> ResponsesFile:
    """The answers in a file, through the mapping that was accepted."""
    found = opened(export, accepted)
    codes: Collection[str] | None = None if export.authorities is None else frozenset(export.authorities)
    answers = responses.read_table(found.table, export.questionnaire, authorities=codes, listed=listed)
    return ResponsesFile(answers.responses, (*found.notes(), *answers.notes))


def agreed(export: Export, file: Path | None) -> ToolMapping:
    """The mapping that an export is read through.

    A mapping file that is there has been accepted. One that is not there is written, as a proposal; where that leaves
    nothing to ask, the export is read at once, else every question is told and nothing is read.
    """
    if file is None:
        return certain(export, remedy="Give --mapping M.toml: the proposal is written there, to be read and corrected.")
    if file.exists():
        remedy = f"Decide this in {file.name} and run the command again."
        return certain(export, mapping.read(file, export.questionnaire), remedy=remedy)
    found = propose(export)
    written(found, file)
    if not found.is_certain:
        raise unanswered(found, f"{file.name} holds the proposal. {ACCEPTING}")
    return found.mapping


def written(found: Proposal, file: Path) -> None:
    """Write a proposal down, with a mark at what was not certain."""
    file.write_text(mapping.written(found.mapping, found.notes()), encoding="utf-8")
