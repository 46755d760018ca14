"""What a tool's export seems to say: each column and each label matched, and what must be asked, all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from questionnaires.definition import Item, Kind, Questionnaire, Role
from reports.files import cells
from reports.files.cells import Labels
from reports.files.mapping import FIXED, LEAVE_OUT, NO_ANSWER, UNDECIDED, ToolMapping, fitting
from reports.files.recognition import Lexicon, words
from reports.files.responses import AUTHORITY, SERVICE_AREA, TIER, WEIGHT
from reports.files.tables import FileFaults, Table, quoted
from reports.files.tool_columns import Cleaned, cleaned

MOST_QUESTIONS = 200  # more than this is another questionnaire's file
MOST_LABELS = 2_000
MOST_OF_ONE = 20  # columns of the same item, as languages and branches of a form make them
ALIKE_AGAIN = 0.93  # for an item that another column answers already, as a second language does
_NAMES = {
    AUTHORITY: ("authority", "authority code", "gss code", "local authority code", "awdurdod"),
    SERVICE_AREA: ("service area", "service_area"),
    TIER: ("tier",),
    WEIGHT: ("weight", "design weight"),
}
_MAYBE_AUTHORITY = frozenset(
    words(one)
    for one in (
        "council", "local authority", "authority name", "organisation", "organization", "your council", "your authority",
        "which authority do you work for?", "which council do you work for?", "cyngor", "eich cyngor", "agency",
    )
)  # fmt: skip
_ROLES = {SERVICE_AREA: Role.SERVICE_AREA, TIER: Role.TIER}


class Why(StrEnum):
    """How a match came about; the last two are asked."""

    WORDING = "wording"
    DECIDED = "decided"
    CLOSE = "close"
    UNKNOWN = "unknown"


ASKED = frozenset({Why.CLOSE, Why.UNKNOWN})


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column and what it seems to be; `wording` and `alike` (percent) say why it is proposed."""

    header: str
    target: str
    why: Why
    wording: str = ""
    alike: int = 0


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label, as it first stands in the file, and the code that it seems to mean."""

    group: str
    label: str
    code: str
    why: Why
    header: str
    row: int
    wording: str = ""
    alike: int = 0


@dataclass(frozen=True)
class Proposal:
    """Everything that was found in a file; what is asked is decided by a person."""

    name: str
    questionnaire: Questionnaire
    columns: tuple[ColumnMatch, ...]
    labels: tuple[LabelMatch, ...]
    dropped: tuple[str, ...]
    rows: int
    authority: str

    @property
    def asked_columns(self) -> tuple[ColumnMatch, ...]:
        return tuple(one for one in self.columns if one.why in ASKED)

    @property
    def asked_labels(self) -> tuple[LabelMatch, ...]:
        return tuple(one for one in self.labels if one.why in ASKED)

    @property
    def is_certain(self) -> bool:
        return not self.asked_columns and not self.asked_labels

    @property
    def mapping(self) -> ToolMapping:
        """What would hold if every proposal were right."""
        groups: dict[str, dict[str, str]] = {}
        for one in self.labels:
            groups.setdefault(one.group, {})[one.label] = one.code
        columns = {one.header: one.target for one in self.columns}
        return ToolMapping(self.questionnaire.code, columns, groups, self.authority)

    def questions(self) -> Iterator[str]:
        """One line for each column and label that nobody knows for certain: its place and what is proposed."""
        for column in self.asked_columns:
            near = f"{column.target} (“{column.wording}”, {column.alike} % alike)" if column.wording else column.target
            yield f"{self.name}: column {quoted(column.header)}: no wording of the questionnaire. Proposed: {near}."
        for label in self.asked_labels:
            near = f"{label.code} (“{label.wording}”, {label.alike} % alike)" if label.wording else "none, so decide"
            where = f"{self.name}: row {label.row}, column {quoted(label.header)}"
            yield f"{where}: {quoted(label.label)} is no answer of {label.group}. Proposed: {near}."

    def notes(self) -> dict[str, str]:
        """Comments for the proposal's file: what to look at."""
        asked = [(one.header, one) for one in self.asked_columns] + [(one.label, one) for one in self.asked_labels]
        return {key: f"check: {one.alike} % like “{one.wording}”" if one.wording else "check" for key, one in asked}


def headers(languages: Sequence[Questionnaire]) -> Lexicon:
    """What columns may be called for certain: item codes and item wordings in every language."""
    return Lexicon(_header_entries(languages))


def _header_entries(languages: Sequence[Questionnaire]) -> Iterator[tuple[str, str]]:
    yield from ((name, target) for target, names in _NAMES.items() for name in names)
    yield from ((target, target) for target in FIXED)
    for one in languages:
        for item in one.items.values():
            for text in dict.fromkeys((str(item.text), item.text.base)):
                yield text, item.code
                yield f"{item.code} {text}", item.code
                if item.hint:
                    yield f"{text} {item.hint}", item.code
            yield item.code, item.code


def propose(
    table: Table,
    languages: Sequence[Questionnaire],
    known: ToolMapping | None = None,
    *,
    authorities: Mapping[str, str] | None = None,
    authority: str = "",
) -> Proposal:
    """Match a table, opened as it is, with a questionnaire in all its languages (the first is its own).

    `known` is what was decided before. `authorities` are those that may be named, code to name; without it every name
    is a code. Raises FileFaults where the file cannot be of this questionnaire at all.
    """
    asked = languages[0]
    decided = fitting(known, asked) if known else ToolMapping(asked.code)
    lexicon = headers(languages)
    tidy = opened(table, decided, lexicon)
    columns = _columns(tidy.table.columns, asked, decided, lexicon)
    if fault := _impossible(table.name, asked, columns):
        raise FileFaults([fault])
    seen = _Seen(columns, languages, decided, authorities)
    for rows in tidy.table.chunks:
        seen.note(rows.numbers, rows.cells)
        if seen.questions > MOST_QUESTIONS:
            raise FileFaults([_too_many(table.name, asked)])
    return Proposal(
        table.name, asked, columns, tuple(seen.matches()), tidy.dropped, seen.rows, authority or decided.authority
    )


def opened(table: Table, decided: ToolMapping, lexicon: Lexicon) -> Cleaned:
    """The table without what the tool added; a column that is a question, or was decided to be one, stays."""

    def is_asked(header: str) -> bool:
        return lexicon.find(header) is not None or decided.target(header) not in {None, LEAVE_OUT}

    return cleaned(table, is_asked)


def _columns(
    names: Sequence[str], asked: Questionnaire, decided: ToolMapping, lexicon: Lexicon
) -> tuple[ColumnMatch, ...]:
    """What each column seems to be: the certain ones first, since what they are is hardly another column as well."""
    certain = {header: match for header in names if (match := _certain(header, decided, lexicon))}
    taken = {match.target for match in certain.values()}
    return tuple(certain.get(header) or _guessed(header, asked, taken, lexicon) for header in names)


def _certain(header: str, decided: ToolMapping, lexicon: Lexicon) -> ColumnMatch | None:
    before, found = decided.target(header), lexicon.find(header)
    if before is not None and before != found:
        return ColumnMatch(header, before, Why.DECIDED)
    return ColumnMatch(header, found, Why.WORDING) if found else None


def _guessed(header: str, asked: Questionnaire, taken: Collection[str], lexicon: Lexicon) -> ColumnMatch:
    if words(header) in _MAYBE_AUTHORITY and AUTHORITY not in taken:
        return ColumnMatch(header, AUTHORITY, Why.CLOSE)
    near = lexicon.nearest(header)
    if near is None or (near.code in taken and near.alike < ALIKE_AGAIN):
        return ColumnMatch(header, LEAVE_OUT, Why.UNKNOWN)
    item = asked.items.get(near.code)
    return ColumnMatch(header, near.code, Why.CLOSE, str(item.text) if item else near.code, round(100 * near.alike))


def labels_of(
    target: str,
    languages: Sequence[Questionnaire],
    decided: ToolMapping,
    authorities: Mapping[str, str] | None,
) -> Labels | None:
    """The labels that a column of this target may hold; None where its cells are taken as they stand."""
    if target == AUTHORITY:
        return None if authorities is None else cells.of_authorities(authorities, decided)
    item = item_of(target, languages[0])
    if item is None or not cells.is_labelled(item):
        return None
    return cells.of_item(item, languages, decided)


def item_of(target: str, questionnaire: Questionnaire) -> Item | None:
    """The item that a target is, by its code or by its role."""
    role = _ROLES.get(target)
    return questionnaire.role_item(role) if role else questionnaire.items.get(target)


class _Seen:
    """The labels of a file, each where it first stands."""

    def __init__(
        self,
        columns: Sequence[ColumnMatch],
        languages: Sequence[Questionnaire],
        decided: ToolMapping,
        authorities: Mapping[str, str] | None,
    ) -> None:
        self.rows = 0
        self.questions = sum(one.why in ASKED for one in columns)
        self._languages = languages
        self._columns: list[tuple[int, ColumnMatch, Labels, bool]] = []
        self._cells: dict[int, set[str]] = {}
        self._first: dict[tuple[str, str], LabelMatch] = {}
        for place, column in enumerate(columns):
            found = labels_of(column.target, languages, decided, authorities)
            if found is not None:
                item = item_of(column.target, languages[0])
                several = item is not None and item.kind is Kind.CHOICES
                self._columns.append((place, column, found, several))
                self._cells[place] = set()

    def note(self, numbers: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        self.rows += len(rows)
        values = list(zip(*rows, strict=True))
        for place, column, labels, several in self._columns:
            if not values or len(self._cells[place]) > MOST_LABELS:
                continue
            for cell in sorted(set(values[place]) - self._cells[place])[:MOST_LABELS]:
                self._cells[place].add(cell)
                row = numbers[values[place].index(cell)]
                for label in labels.parts(cell) if several else (cell.strip(),):
                    self._match(label, labels, column.header, row)
                if self.questions > MOST_QUESTIONS:
                    return  # the file is refused: the rest would only cost time

    def matches(self) -> Iterable[LabelMatch]:
        return self._first.values()

    def _match(self, label: str, labels: Labels, header: str, row: int) -> None:
        key = (labels.group, words(label) or label)
        if not label or label in labels.codes or (key in self._first and self._first[key].row <= row):
            return
        code = labels.code(label)
        if code is not None:
            why = Why.WORDING if code == labels.lexicon.find(label) else Why.DECIDED
            self._first[key] = LabelMatch(labels.group, label, code or NO_ANSWER, why, header, row)
            return
        self.questions += key not in self._first
        near = labels.nearest(label) if len(self._first) < MOST_LABELS else None
        if near is None:
            self._first[key] = LabelMatch(labels.group, label, UNDECIDED, Why.UNKNOWN, header, row)
        else:
            alike = round(100 * near.alike)
            self._first[key] = LabelMatch(labels.group, label, near.code, Why.CLOSE, header, row, near.wording, alike)


def _impossible(name: str, asked: Questionnaire, columns: Sequence[ColumnMatch]) -> str | None:
    """Why a file cannot be one of this questionnaire's."""
    found = Counter(item.code if (item := item_of(one.target, asked)) else one.target for one in columns)
    if not any(item.code in found for item in asked.scored_items):
        return f"{name}: row 1: no column has the code or the wording of a scored item of {asked.code}. Is it the right file?"
    if sum(one.why in ASKED for one in columns) > MOST_QUESTIONS:
        return _too_many(name, asked)
    del found[LEAVE_OUT]
    target, most = found.most_common(1)[0]
    if most > MOST_OF_ONE:
        return f"{name}: row 1: {most} columns seem to be {target}; at most {MOST_OF_ONE} can be. Is it the right file?"
    return None


def _too_many(name: str, asked: Questionnaire) -> str:
    return (
        f"{name}: more than {MOST_QUESTIONS} columns and answers are not those of {asked.code}. Is it the right file?"
    )
