"""An export read through an accepted mapping: a table with one column an item, holding option codes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.definition import Item, Kind, Questionnaire
from reports.files import proposal as found
from reports.files.cells import Labels
from reports.files.mapping import FIXED, LEAVE_OUT, ToolMapping
from reports.files.responses import AUTHORITY
from reports.files.tables import Collected, FileFaults, Rows, Table, quoted
from reports.files.tool_columns import Cleaned

_Translate = Callable[[str], "str | None"]


@dataclass(frozen=True)
class _Column:
    """One target and the columns of the file that answer it, each with its header."""

    target: str
    places: tuple[tuple[int, str], ...]
    translate: _Translate
    labels: Labels | None


@dataclass
class Mapped:
    """The table of codes; what it passed over is known when its rows have been read."""

    table: Table
    dropped: tuple[str, ...]
    left_out: tuple[str, ...]
    _cleaned: Cleaned
    empty: int = 0

    def notes(self) -> tuple[str, ...]:
        """What was passed over, for people to read."""
        name = self.table.name
        lines = []
        if self.dropped:
            lines.append(f"{name}: columns of the tool itself, dropped and not kept: {_listed(self.dropped)}.")
        if self.left_out:
            lines.append(f"{name}: columns left out by the mapping: {_listed(self.left_out)}.")
        if self._cleaned.repeated:
            lines.append(f"{name}: {self._cleaned.repeated} rows stand twice in the file and count once.")
        if self.empty:
            lines.append(f"{name}: {self.empty} rows without any answer, passed over.")
        return tuple(lines)


def mapped(
    table: Table,
    languages: Sequence[Questionnaire],
    mapping: ToolMapping,
    *,
    authorities: Mapping[str, str] | None = None,
) -> Mapped:
    """A table, opened as it is, read through a mapping that decides everything (see `proposal.propose`).

    Two columns of one item, as two languages make them, become one; where both are filled and differ, their row is
    refused. Raises FileFaults with every fault, at the latest when the last rows are read.
    """
    lexicon = found.headers(languages)
    tidy = found.opened(table, mapping, lexicon)
    targets = {header: mapping.target(header) or LEAVE_OUT for header in tidy.table.columns}
    faults = list(_headless(table.name, set(targets.values()), mapping))
    if faults:
        raise FileFaults(faults)
    columns = _columns(targets, languages, mapping, authorities)
    left_out = tuple(header for header, target in targets.items() if target == LEAVE_OUT)
    names = [column.target for column in columns]
    constant = "" if AUTHORITY in names else mapping.authority
    result = Mapped(Table(table.name, (), iter(())), tidy.dropped, left_out, tidy)
    chunks = _chunks(tidy.table, columns, constant, result)
    result.table = Table(table.name, (*names, AUTHORITY) if constant else tuple(names), chunks)
    return result


def _headless(name: str, targets: Collection[str], mapping: ToolMapping) -> Iterator[str]:
    if AUTHORITY not in targets and not mapping.authority:
        yield (
            f"{name}: row 1: no column names the authority. "
            "Map its column, or name the one authority of the file with --authority."
        )


def _columns(
    targets: Mapping[str, str],
    languages: Sequence[Questionnaire],
    mapping: ToolMapping,
    authorities: Mapping[str, str] | None,
) -> tuple[_Column, ...]:
    places: dict[str, list[tuple[int, str]]] = {}
    for place, (header, target) in enumerate(targets.items()):
        if target != LEAVE_OUT:
            item = found.item_of(target, languages[0])  # “tier” and its item's code are one column
            places.setdefault(item.code if item else target, []).append((place, header))
    return tuple(
        _Column(target, tuple(at), *_reader(target, languages, mapping, authorities)) for target, at in places.items()
    )


def _reader(
    target: str, languages: Sequence[Questionnaire], mapping: ToolMapping, authorities: Mapping[str, str] | None
) -> tuple[_Translate, Labels | None]:
    labels = found.labels_of(target, languages, mapping, authorities)
    if labels is None:
        return _plain, None
    item = found.item_of(target, languages[0])
    return (_several(labels, item) if item is not None and item.kind is Kind.CHOICES else labels.code), labels


def _plain(cell: str) -> str:
    return cell.strip()


def _several(labels: Labels, item: Item) -> _Translate:
    order = {option.code: place for place, option in enumerate(item.options)}

    def translate(cell: str) -> str | None:
        codes = [labels.code(part) for part in labels.parts(cell)]
        if any(code is None for code in codes):
            return None
        return " ".join(sorted({code for code in codes if code}, key=lambda code: order.get(code, 0)))

    return translate


def _chunks(table: Table, columns: Sequence[_Column], constant: str, result: Mapped) -> Iterator[Rows]:
    reading = _Reading(table.name)
    answering = [place for place, column in enumerate(columns) if column.target not in FIXED]
    for rows in table.chunks:
        values = list(zip(*rows.cells, strict=True))
        if not values:
            continue
        merged = [reading.merged(column, values, rows.numbers) for column in columns]
        if constant:
            merged.append([constant] * len(rows.cells))
        cells = list(zip(*merged, strict=True))
        kept = [at for at, row in enumerate(cells) if any(row[place] for place in answering)]
        result.empty += len(cells) - len(kept)
        yield Rows([rows.numbers[at] for at in kept], [cells[at] for at in kept])
    if reading.faults.kept:
        raise reading.faults.refusal()


class _Reading:
    """Cells become codes; each label is looked up once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults = Collected()
        self._known: dict[str, dict[str, str]] = {}

    def merged(self, column: _Column, values: Sequence[Sequence[str]], numbers: Sequence[int]) -> list[str]:
        """The codes of one item in some rows, from all of its columns."""
        result: list[str] = []
        for place, header in column.places:
            codes = self._translated(column, header, values[place], numbers)
            result = self._both(column, result, codes, numbers) if result else codes
        return result

    def _both(self, column: _Column, ones: list[str], others: list[str], numbers: Sequence[int]) -> list[str]:
        for at, (one, other) in enumerate(zip(ones, others, strict=True)):
            if one and other and one != other:
                headers = " and ".join(quoted(header) for _, header in column.places)
                self.faults.add(
                    f"{self.name}: row {numbers[at]}: columns {headers} both answer {column.target}, and differ. "
                    "Empty one of the cells."
                )
        return [one or other for one, other in zip(ones, others, strict=True)]

    def _translated(self, column: _Column, header: str, cells: Sequence[str], numbers: Sequence[int]) -> list[str]:
        if column.labels is None:
            return [cell.strip() for cell in cells]
        known = self._known.setdefault(column.target, {})
        for cell in set(cells) - known.keys():
            code = column.translate(cell)
            if code is not None:
                known[cell] = code
        for number, cell in zip(numbers, cells, strict=True):
            if cell not in known:
                self.faults.add(
                    f"{self.name}: row {number}, column {quoted(header)}: {quoted(cell.strip())} is no answer of "
                    f"{column.labels.group}. Add it to the mapping, or empty the cell."
                )
        return [known.get(cell, "") for cell in cells]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(quoted(name)[1:-1] for name in names)
