"""An uploaded export before it is accepted: what it seems to say, ten rows of it, and bringing it in as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from questionnaires.definition import Kind, Questionnaire, Role
from reports.files import mapping, proposal, tool_exports
from reports.files.mapping import ToolMapping
from reports.files.proposal import ASKED, ColumnMatch, LabelMatch, Proposal, Why
from reports.files.responses import AUTHORITY
from reports.files.tables import FileFaults
from survey import imports, mappings, participation, pending_imports
from survey.errors import BadInput
from survey.imports import Reading
from survey.models import PendingImport, Wave
from survey.pending_imports import Stripped

__all__ = ["ASKED", "ColumnMatch", "LabelMatch", "Why"]  # words of the review that the pages read

PREVIEWED = 10
TYPED = "(words)"  # a preview shows that somebody typed something, not what
GIVEN = "(answered)"  # the same for questions about the person
Decisions = ToolMapping  # what the pages hand back
LEAVE_OUT, NO_ANSWER, UNDECIDED = mapping.LEAVE_OUT, mapping.NO_ANSWER, mapping.UNDECIDED


@dataclass(frozen=True)
class Preview:
    """Ten rows as they would be stored, a line an item: its wording and the label in each row."""

    rows: tuple[int, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Review:
    """What an uploaded file seems to say: certain, decided before or just now, and asked."""

    pending: PendingImport
    proposal: Proposal
    preview: Preview
    authorities: Mapping[str, str]
    is_headless: bool  # no column names the authority, and nobody has named it

    @property
    def dropped(self) -> tuple[str, ...]:
        return tuple(self.pending.notes.get("dropped", ()))

    @property
    def repeated(self) -> int:
        return int(self.pending.notes.get("repeated", 0))

    @property
    def open_columns(self) -> tuple[ColumnMatch, ...]:
        """Columns that a person decides, or has decided: all but those whose wording is certain."""
        return tuple(one for one in self.proposal.columns if one.why is not Why.WORDING)

    @property
    def open_labels(self) -> tuple[LabelMatch, ...]:
        return tuple(one for one in self.proposal.labels if one.why is not Why.WORDING)

    @property
    def recognised(self) -> tuple[tuple[str, str], ...]:
        """Columns whose wording is that of an item, and the item's."""
        items = self.proposal.questionnaire.items
        return tuple(
            (one.header, str(items[one.target].text) if one.target in items else one.target)
            for one in self.proposal.columns
            if one.why is Why.WORDING
        )

    def column_targets(self) -> tuple[tuple[str, str], ...]:
        """What a column may be: code and wording."""
        items = self.proposal.questionnaire.items.values()
        return (*((one, one) for one in mapping.FIXED), *((item.code, str(item.text)) for item in items))

    def label_codes(self, group: str) -> tuple[tuple[str, str], ...]:
        """What a label may mean: code and wording."""
        if group == AUTHORITY:
            return tuple(self.authorities.items())
        items = self.proposal.questionnaire.items.values()
        options = next((item.options for item in items if mapping.group_of(item) == group), ())
        return tuple((option.code, str(option.label)) for option in options)


def taken_apart(session: Session, wave: Wave, content: bytes, name: str) -> Stripped:
    """An uploaded file without what its tool added about who answered. Refuses what cannot be of this wave's questionnaire."""
    languages = imports.languages_of(session, wave)
    decided = mappings.of(session, languages[0].code)
    try:
        with pending_imports.laid_out(content, name) as path:
            table = pending_imports.table(path, name)
            found = proposal.opened(table, decided, proposal.headers(languages))
            file = pending_imports.stripped(found, name)
    except FileFaults as refusal:
        raise BadInput("The file was not read. Nothing was changed.", refusal.faults) from refusal
    with pending_imports.laid_out(file.content, "kept.csv.gz") as path:
        imports.propose(session, wave.code, languages[0].code, path, name=name)
    return file


def review(session: Session, wave: Wave, pending: PendingImport, known: ToolMapping | None = None) -> Review:
    """What the file seems to say, with what was decided before and what this person has chosen."""
    asked = wave.edition.code
    authority = known.authority if known else pending.authority
    with pending_imports.opened(pending) as path:
        found = imports.propose(session, wave.code, asked, path, known=known, authority=authority, name=pending.name)
        names = {one.authority.code: one.authority.name for one in participation.of_wave(session, wave)}
        languages = imports.languages_of(session, wave)
        export = tool_exports.Export(path, languages, names, authority, pending.name)
        headless = not authority and AUTHORITY not in found.mapping.columns.values()
        shown = _preview(export, found, "?" if headless else authority)
    return Review(pending, found, shown, names, headless)


def bring_in(
    session: Session,
    wave: Wave,
    pending: PendingImport,
    known: ToolMapping,
) -> Reading:
    """The whole file, read and checked: refused with a line a fault, or ready to be stored."""
    with pending_imports.opened(pending) as path:
        return imports.read(
            session, wave.code, wave.edition.code, path, known=known, authority=known.authority, name=pending.name
        )


def store(
    session: Session,
    reading: Reading,
    *,
    person_id: int,
    link_key: str,
    new_id: Callable[[], str],
    actor: str,
    now: datetime,
) -> int:
    """Seal the answers, keep the mapping, forget the file: all of it or nothing."""
    count = imports.store(session, reading, link_key=link_key, new_id=new_id, actor=actor, now=now)
    pending_imports.discard(session, reading.wave, person_id=person_id)
    return count


def _preview(export: tool_exports.Export, found: Proposal, authority: str) -> Preview:
    """The first rows, whatever is still undecided left empty."""
    whole = found.mapping
    cells = {
        group: {label: NO_ANSWER if code == UNDECIDED else code for label, code in labels.items()}
        for group, labels in whole.cells.items()
    }
    lenient = ToolMapping(whole.questionnaire, whole.columns, cells, authority)
    table = tool_exports.opened(export, lenient).table
    first = next(table.chunks, None)
    if first is None:
        return Preview((), ())
    rows = first.cells[:PREVIEWED]
    lines = tuple(
        (_heading(found.questionnaire, column), tuple(_shown(export, column, row[at]) for row in rows))
        for at, column in enumerate(table.columns)
    )
    return Preview(tuple(first.numbers[:PREVIEWED]), lines)


def _heading(questionnaire: Questionnaire, column: str) -> str:
    item = proposal.item_of(column, questionnaire)
    return str(item.text) if item else column


def _shown(export: tool_exports.Export, column: str, cell: str) -> str:
    item = proposal.item_of(column, export.questionnaire)
    if not cell:
        return ""
    if item is None:
        return (export.authorities or {}).get(cell, cell) if column == AUTHORITY else cell
    if item.role is Role.EQUALITY:
        return GIVEN
    if item.kind is Kind.TEXT:
        return TYPED
    if item.kind is Kind.NUMBER:
        return cell
    labels = {option.code: str(option.label) for option in item.options}
    return "; ".join(labels.get(code, code) for code in cell.split())
