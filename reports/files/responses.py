"""Answers from a file, one row a respondent, become the frame that the computation reads."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from questionnaires.definition import Item, Kind, Questionnaire, Role
from reports import programmes
from reports.files import tables
from reports.files.tables import FileFaults, Table, quoted
from reports.frames import NOT_ANSWERED, NOT_ASKED, NOT_SAID, Responses

AUTHORITY, SERVICE_AREA, TIER, WEIGHT, SECONDS = "authority", "service_area", "tier", "weight", "seconds"
_ROLES = {SERVICE_AREA: Role.SERVICE_AREA, TIER: Role.TIER}
_MOST_OPTIONS = 127  # positions of options are stored in one byte


@dataclass(frozen=True)
class ResponsesFile:
    """Answers, and notes on what was passed over."""

    responses: Responses
    notes: tuple[str, ...]


def read(
    path: Path,
    questionnaire: Questionnaire,
    *,
    authority: str | None = None,
    authorities: Collection[str] | None = None,
    listed: str = "in the file of authorities",
) -> ResponsesFile:
    """The answers in a file of the form of design section 8. Raises FileFaults with every fault, or changes nothing.

    `authority` is the code for a file of one authority, which then has no such column; `authorities` are the codes
    that exist, any other is refused as not `listed`. Unknown columns are noted and ignored.
    """
    return read_table(
        tables.open_table(path), questionnaire, authority=authority, authorities=authorities, listed=listed
    )


def read_table(
    table: Table,
    questionnaire: Questionnaire,
    *,
    authority: str | None = None,
    authorities: Collection[str] | None = None,
    listed: str = "in the file of authorities",
) -> ResponsesFile:
    """The same of a table that is open already, such as one whose columns a mapping has named by codes."""
    columns = _planned(table, questionnaire, authority)
    known = None if authorities is None else frozenset(authorities)
    intake = _Intake(table.name, columns, authority, known, listed)
    try:
        for rows in table.chunks:
            intake.take(rows)
    except FileFaults as error:
        raise FileFaults([*intake.faults.kept, *error.faults]) from error
    if not intake.faults.kept and not intake.count:
        intake.faults.add(f"{table.name}: no respondents. Below the header the file needs one row a respondent.")
    if intake.faults.kept:
        raise intake.faults.refusal()
    return ResponsesFile(intake.responses(questionnaire), _notes(table, questionnaire, columns))


@dataclass
class _Codes:
    """A column of codes. `fixed` ones are given by the questionnaire; else each new value is a code of its own."""

    places: dict[str, int]
    is_fixed: bool
    what: str
    values: array[int] = field(default_factory=lambda: array("i"))


@dataclass
class _Columns:
    """What each column of the file is."""

    codes: dict[str, tuple[int, _Codes]]  # authority, service_area, tier
    numbers: dict[str, tuple[int, array[float]]]  # weight, seconds
    choice: dict[str, tuple[int, Item]]
    others: dict[str, tuple[int, Item]]  # checked, not computed with
    unknown: list[str]


def _planned(table: Table, questionnaire: Questionnaire, authority: str | None) -> _Columns:
    plan = _Columns({}, {}, {}, {}, [])
    role_items = {kind: questionnaire.role_item(role) for kind, role in _ROLES.items()}
    aliases = {item.code: kind for kind, item in role_items.items() if item and kind not in table.columns}
    for place, name in enumerate(table.columns):
        column = aliases.get(name, name)
        item = questionnaire.items.get(name)
        if column == AUTHORITY:
            plan.codes[AUTHORITY] = (place, _Codes({}, is_fixed=False, what="an authority"))
        elif column in role_items:
            plan.codes[column] = (place, _role_codes(role_items[column]))
        elif column in (WEIGHT, SECONDS):
            plan.numbers[column] = (place, array("d"))
        elif item is None:
            plan.unknown.append(name)
        elif item.kind is Kind.CHOICE and len(item.options) <= _MOST_OPTIONS:
            plan.choice[name] = (place, item)
        else:
            plan.others[name] = (place, item)
    faults = _missing_columns(table, plan, questionnaire, authority)
    if faults:
        raise FileFaults(faults)
    return plan


def _role_codes(item: Item | None) -> _Codes:
    if item is None:
        return _Codes({"": NOT_SAID}, is_fixed=False, what="a group")
    said = [option.code for option in item.options if option.missing is None]
    places = {"": NOT_SAID} | {code: place for place, code in enumerate(said)}
    return _Codes(places | {o.code: NOT_SAID for o in item.options if o.missing}, is_fixed=True, what=item.code)


def _missing_columns(table: Table, plan: _Columns, questionnaire: Questionnaire, authority: str | None) -> list[str]:
    faults = []
    if AUTHORITY not in plan.codes and authority is None:
        faults.append(
            f"{table.name}: row 1: no column “authority”. Add it, or name the one authority with --authority."
        )
    if AUTHORITY in plan.codes and authority is not None:
        faults.append(
            f"{table.name}: row 1, column “authority”: the file names authorities itself. Leave --authority out."
        )
    if not any(item.code in plan.choice for item in questionnaire.scored_items):
        faults.append(
            f"{table.name}: row 1: no column is a scored item of questionnaire {questionnaire.code}. Name columns by item codes."
        )
    return faults


class _Intake:
    """Takes chunks of rows and keeps them as small integers; collects every fault."""

    def __init__(
        self, name: str, plan: _Columns, authority: str | None, known: frozenset[str] | None, listed: str
    ) -> None:
        self.name = name
        self.listed = listed
        self.plan = plan
        self.authority = authority
        self.known = known
        self.faults = tables.Collected()
        self.count = 0
        self.took_part = array("b")
        self.lookup = {code: _bytes_of(item) for code, (_, item) in plan.choice.items()}
        self.answers: dict[str, list[bytes]] = {code: [] for code in plan.choice}

    def take(self, rows: tables.Rows) -> None:
        if not rows.cells:
            return
        self.count += len(rows.cells)
        columns = list(zip(*rows.cells, strict=True))
        for name, (place, codes) in self.plan.codes.items():
            codes.values.extend(self._codes(name, codes, columns[place], rows.numbers))
        for name, (place, numbers) in self.plan.numbers.items():
            numbers.extend(self._numbers(name, columns[place], rows.numbers))
        for name, (place, item) in self.plan.choice.items():
            self.answers[name].append(self._choices(item, columns[place], rows.numbers))
        for place, item in self.plan.others.values():
            self._check(item, columns[place], rows.numbers)
            if item.role is Role.PROGRAMMES:
                reader = programmes.Reader(item)
                self.took_part.extend(reader.read(cell.split()) for cell in columns[place])

    def _choices(self, item: Item, cells: Sequence[str], numbers: Sequence[int]) -> bytes:
        lookup = self.lookup[item.code]
        try:
            return bytes(map(lookup.__getitem__, cells))
        except KeyError:
            return bytes(self._choice(item, lookup, cell, at) for at, cell in zip(numbers, cells, strict=True))

    def _choice(self, item: Item, lookup: Mapping[str, int], cell: str, number: int) -> int:
        code = _tidied(cell)
        if code not in lookup:
            self._unknown_option(item, cell, number)
            return lookup[""]
        return lookup[code]

    def _unknown_option(self, item: Item, cell: str, number: int) -> None:
        options = ", ".join(option.code for option in item.options[:12])
        self._fault(
            number, item.code, f"{quoted(cell)} is not an option. Use one of {options}, or leave the cell empty."
        )

    def _codes(self, name: str, codes: _Codes, cells: Sequence[str], numbers: Sequence[int]) -> list[int]:
        try:
            return [codes.places[cell] for cell in cells]
        except KeyError:
            return [self._code(name, codes, cell, at) for at, cell in zip(numbers, cells, strict=True)]

    def _code(self, name: str, codes: _Codes, cell: str, number: int) -> int:
        code = cell if cell in codes.places else _tidied(cell)
        if code in codes.places:
            return codes.places[code]
        if name == AUTHORITY and not code:
            self._fault(number, name, "no authority. Give the authority's code.")
        elif name == AUTHORITY and self.known is not None and code not in self.known:
            self._fault(number, name, f"{quoted(cell)} is not {self.listed}. Correct it, or add the authority.")
        elif codes.is_fixed:
            options = ", ".join([one for one in codes.places if one][:12])
            self._fault(
                number,
                name,
                f"{quoted(cell)} is not an option of {codes.what}. Use one of {options}, or leave the cell empty.",
            )
        else:
            codes.places[code] = len([place for place in codes.places.values() if place >= 0])
            return codes.places[code]
        return NOT_SAID

    def _numbers(self, name: str, cells: Sequence[str], numbers: Sequence[int]) -> list[float]:
        try:
            found = [float(cell) if cell else math.nan for cell in cells]
        except ValueError:
            found = [_number(cell) for cell in cells]
        for value, cell, at in zip(found, cells, numbers, strict=True):
            if name == WEIGHT and not 0.0 < value < math.inf:
                self._fault(at, name, f"{quoted(cell)} is not a weight. Give a number above 0.")
            elif name == SECONDS and cell.strip() and not 0.0 <= value < math.inf:
                self._fault(at, name, f"{quoted(cell)} is not a time. Give seconds, or leave the cell empty.")
        return found

    def _check(self, item: Item, cells: Sequence[str], numbers: Sequence[int]) -> None:
        """Items that carry no score are checked, so that a wrong file is noticed, and passed over."""
        codes = {option.code for option in item.options}
        alone = {option.code for option in item.options if option.exclusive}
        for at, cell in zip(numbers, cells, strict=True):
            chosen = set(cell.split()) if item.kind is Kind.CHOICES else {cell.strip()} - {""}
            if item.options and not chosen <= codes:
                self._unknown_option(item, cell, at)
            elif len(chosen) > 1 and chosen & alone:
                self._fault(at, item.code, f"{quoted(min(chosen & alone))} stands alone. Take it out, or the others.")
            elif item.kind is Kind.NUMBER and cell.strip() and not _is_allowed(item, _number(cell)):
                self._fault(
                    at, item.code, f"{quoted(cell)} is not a number{_range(item)}. Give one, or leave the cell empty."
                )

    def _fault(self, number: int, column: str, message: str) -> None:
        self.faults.add(f"{self.name}: row {number}, column {quoted(column)}: {message}")

    def responses(self, questionnaire: Questionnaire) -> Responses:
        """What was taken, as the frame of the computation."""
        items = tuple(self.answers)
        answers = np.empty((self.count, len(items)), dtype=np.int8, order="F")
        for place, code in enumerate(items):
            answers[:, place] = np.frombuffer(b"".join(self.answers.pop(code)), dtype=np.int8)
        areas, area = self._column(SERVICE_AREA)
        tiers, tier = self._column(TIER)
        codes, authority = self._column(AUTHORITY)
        if self.authority is not None:
            codes, authority = (self.authority,), np.zeros(self.count, dtype=np.int32)
        result = Responses(
            codes,
            authority if authority is not None else np.zeros(self.count, dtype=np.int32),
            items,
            answers,
            areas,
            area,
            tiers,
            tier,
            self._floats(WEIGHT),
            self._floats(SECONDS),
            took_part=np.array(self.took_part, dtype=np.int8) if self.took_part else None,
        )
        _mark_not_asked(result, questionnaire)
        return result

    def _column(self, name: str) -> tuple[tuple[str, ...], NDArray[np.int32] | None]:
        if name not in self.plan.codes:
            return (), None
        codes = self.plan.codes[name][1]
        said = sorted((place, code) for code, place in codes.places.items() if place >= 0)
        found, values = tuple(code for _, code in said), np.array(codes.values, dtype=np.int32)
        return (found, values) if codes.is_fixed else _in_order(found, values)

    def _floats(self, name: str) -> NDArray[np.float64] | None:
        return np.array(self.plan.numbers[name][1]) if name in self.plan.numbers else None


def _in_order(codes: tuple[str, ...], values: NDArray[np.int32]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Codes that the file brought, sorted: which of them came first must make no difference to any figure.

    >>> codes, values = _in_order(("b", "a"), np.array([0, 1, -1], dtype=np.int32))
    >>> codes, values.tolist()
    (('a', 'b'), [1, 0, -1])
    """
    places = sorted(range(len(codes)), key=codes.__getitem__)
    new = np.array([*np.argsort(places), NOT_SAID], dtype=np.int32)  # nobody's group is the last place
    return tuple(codes[place] for place in places), new[values]


def _bytes_of(item: Item) -> dict[str, int]:
    """Each option's position, and the code for blank, as an unsigned byte."""
    return {"": NOT_ANSWERED % 256} | {option.code: place for place, option in enumerate(item.options)}


def _tidied(cell: str) -> str:
    """A code without the spaces and the ".0" that spreadsheets add.

    >>> _tidied(" 4.0 ")
    '4'
    """
    code = cell.strip()
    return code[:-2] if code.endswith(".0") and code[:-2].isdigit() else code


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _is_allowed(item: Item, value: float) -> bool:
    lowest = -math.inf if item.minimum is None else item.minimum
    highest = math.inf if item.maximum is None else item.maximum
    return math.isfinite(value) and lowest <= value <= highest


def _range(item: Item) -> str:
    lowest = "" if item.minimum is None else f" from {item.minimum}"
    return lowest + ("" if item.maximum is None else f" up to {item.maximum}")


def _mark_not_asked(responses: Responses, questionnaire: Questionnaire) -> None:
    """A blank item whose condition does not hold was not asked."""
    places = {code: place for place, code in enumerate(responses.items)}
    roles = {item.code: kind for kind, role in _ROLES.items() if (item := questionnaire.role_item(role))}
    for code, place in places.items():
        condition = questionnaire.items[code].asked_if
        if condition is None:
            continue
        if condition.item in places:
            options = questionnaire.items[condition.item].options
            wanted = [at for at, option in enumerate(options) if option.code in condition.any_of]
            holds = np.isin(responses.answers[:, places[condition.item]], wanted)
        elif condition.item in roles:
            holds = _role_holds(responses, roles[condition.item], condition.any_of)
        else:
            continue
        column = responses.answers[:, place]
        column[~holds & (column == NOT_ANSWERED)] = NOT_ASKED


def _role_holds(responses: Responses, kind: str, any_of: Sequence[str]) -> NDArray[np.bool_]:
    codes = responses.tiers if kind == TIER else responses.service_areas
    member = responses.tier if kind == TIER else responses.service_area
    if member is None:
        return np.ones(len(responses), dtype=np.bool_)
    return np.isin(member, [place for place, code in enumerate(codes) if code in any_of])


def _notes(table: Table, questionnaire: Questionnaire, plan: _Columns) -> tuple[str, ...]:
    notes = []
    if plan.unknown:
        names = ", ".join(quoted(name)[1:-1] for name in plan.unknown)
        notes.append(f"{table.name}: columns that are no item of the questionnaire, ignored: {names}.")
    absent = [item.code for item in questionnaire.scored_items if item.code not in plan.choice]
    if absent:
        notes.append(f"{table.name}: items without a column, counted as not asked: {', '.join(absent)}.")
    return tuple(notes)
