"""The mapping of a tool's export: which column and which label is which code, as people accept and keep it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from questionnaires import loader
from questionnaires.definition import Item, Questionnaire
from questionnaires.faults import QuestionnaireFaults
from reports.files.recognition import LONGEST, words
from reports.files.responses import AUTHORITY, SECONDS, SERVICE_AREA, TIER, WEIGHT
from reports.files.tables import FileFaults, quoted

LEAVE_OUT, NO_ANSWER, UNDECIDED = "leave out", "no answer", "?"
FIXED = (AUTHORITY, SERVICE_AREA, TIER, WEIGHT, SECONDS)
MOST_ENTRIES = 5_000
LONGEST_ENTRY = LONGEST  # beyond it, texts are not compared


@dataclass(frozen=True)
class ToolMapping:
    """What was decided. `columns`: header to item code; `cells`: option set (or "authority") to label to option code.

    `authority` is the code of the one authority whose answers the file holds, where no column says it.
    """

    questionnaire: str
    columns: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    authority: str = ""

    def target(self, header: str) -> str | None:
        """What was decided for a column of this header, whatever its spacing and case."""
        found = self.columns.get(header) or self._by_words.get(words(header))
        return None if found == UNDECIDED else found

    @cached_property
    def _by_words(self) -> Mapping[str, str]:
        return {words(header): target for header, target in self.columns.items()}

    def with_more(self, other: ToolMapping) -> ToolMapping:
        """Both together; where they differ, the other holds."""
        columns = _merged(self.columns, other.columns)
        groups = dict.fromkeys([*self.cells, *other.cells])
        cells = {group: _merged(self.cells.get(group, {}), other.cells.get(group, {})) for group in groups}
        return ToolMapping(other.questionnaire, columns, cells, other.authority or self.authority)


def _merged(older: Mapping[str, str], newer: Mapping[str, str]) -> dict[str, str]:
    said = {words(one) for one in newer}
    return {one: code for one, code in older.items() if words(one) not in said} | dict(newer)


def group_of(item: Item) -> str:
    """Under which name the labels of an item are kept: items that share their answers share the labels."""
    return item.option_set.code if item.option_set else ""


def targets(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Everything that a column may be."""
    return (*FIXED, *questionnaire.items)


def codes_of(questionnaire: Questionnaire, group: str) -> tuple[str, ...]:
    return tuple(
        option.code for item in questionnaire.items.values() if group_of(item) == group for option in item.options
    )


def fitting(mapping: ToolMapping, questionnaire: Questionnaire) -> ToolMapping:
    """What of a mapping made for an earlier edition still leads to something that this one asks."""
    allowed = {*targets(questionnaire), LEAVE_OUT}
    columns = {header: target for header, target in mapping.columns.items() if target in allowed}
    cells = {
        group: {
            label: code
            for label, code in labels.items()
            if group == AUTHORITY or code in {NO_ANSWER, *codes_of(questionnaire, group)}
        }
        for group, labels in mapping.cells.items()
    }
    return ToolMapping(questionnaire.code, columns, cells, mapping.authority)


def read(path: Path, questionnaire: Questionnaire) -> ToolMapping:
    """The mapping in a TOML file. Raises FileFaults with every fault."""
    try:
        text = loader.contents(path)
    except QuestionnaireFaults as error:
        raise FileFaults([str(fault) for fault in error.faults]) from error
    found = parse(text, path.name)
    faults = [f"{path.name}: {fault}" for fault in _strange(found, questionnaire)]
    if faults:
        raise FileFaults(faults)
    return found


def parse(text: str, name: str) -> ToolMapping:
    """The mapping in a text, written by hand or by `written`."""
    try:
        content = loader.table(text, file=name)
    except QuestionnaireFaults as error:
        raise FileFaults([str(fault) for fault in error.faults]) from error
    cells = content.get("cells", {})
    groups = cells if isinstance(cells, dict) else {"": cells}
    faults = [
        f"{name}: {key} is no part of a mapping. Use questionnaire, authority, columns and cells."
        for key in content
        if key not in {"questionnaire", "authority", "columns", "cells"}
    ]
    tables = {"columns": content.get("columns", {}), **{f"cells.{group}": labels for group, labels in groups.items()}}
    for place, table in tables.items():
        faults += [f"{name}: {place}: {problem}" for problem in _shape_problems(table)]
    for key in ("questionnaire", "authority"):
        if not isinstance(content.get(key, ""), str):
            faults.append(f'{name}: {key}: not a text. Write {key} = "…".')
    if faults:
        raise FileFaults(faults)
    return ToolMapping(
        str(content.get("questionnaire", "")),
        _texts(tables["columns"]),
        {str(group): _texts(labels) for group, labels in groups.items()},
        str(content.get("authority", "")),
    )


def _texts(table: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in table.items()} if isinstance(table, dict) else {}


def _shape_problems(table: object) -> Iterator[str]:
    if not isinstance(table, dict):
        yield 'not a table. Write lines such as "What the file says" = "code".'
        return
    if len(table) > MOST_ENTRIES:
        yield f"{len(table)} lines; at most {MOST_ENTRIES} are read."
    for key, value in table.items():
        if not isinstance(value, str) or len(value) > LONGEST_ENTRY or len(key) > LONGEST_ENTRY:
            yield f"{quoted(str(key))} leads to no code. Write a code in quotes."


def _strange(mapping: ToolMapping, questionnaire: Questionnaire) -> Iterator[str]:
    """What a mapping leads to that the questionnaire does not have."""
    if mapping.questionnaire and mapping.questionnaire != questionnaire.code:
        yield f"made for the questionnaire {quoted(mapping.questionnaire)}, not for {questionnaire.code}. Make a new one."
        return
    allowed = {*targets(questionnaire), LEAVE_OUT, UNDECIDED}
    for header, target in mapping.columns.items():
        if target not in allowed:
            yield f"columns: {quoted(header)}: {quoted(target)} is no item. Write an item code or “{LEAVE_OUT}”."
    for group, labels in mapping.cells.items():
        codes = codes_of(questionnaire, group)
        if not codes and group != AUTHORITY:
            yield f"cells.{group}: no such set of options. Use one of {', '.join(_groups(questionnaire))}."
            continue
        for label, code in labels.items():
            if codes and code not in {*codes, NO_ANSWER, UNDECIDED}:
                yield f"cells.{group}: {quoted(label)}: {quoted(code)} is no option. Use one of {', '.join(codes[:12])}."


def _groups(questionnaire: Questionnaire) -> Collection[str]:
    return [*dict.fromkeys(group for item in questionnaire.items.values() if (group := group_of(item))), AUTHORITY]


def written(mapping: ToolMapping, notes: Mapping[str, str] | None = None) -> str:
    """The text of a mapping, one line an entry; `notes` are comments behind the entries of these headers or labels.

    What a file says at more length than is compared is cut, so that whatever is written can be read again.

    >>> print(written(ToolMapping("small", {"Agree?": "q1"}, {"yes_no": {"Yes": "1"}})), end="")
    questionnaire = "small"
    <BLANKLINE>
    [columns]
    "Agree?" = "q1"
    <BLANKLINE>
    [cells.yes_no]
    "Yes" = "1"
    """
    said = notes or {}
    lines = [f"questionnaire = {_toml(mapping.questionnaire)}"]
    if mapping.authority:
        lines.append(f"authority = {_toml(mapping.authority)}")
    tables = {
        "columns": mapping.columns,
        **{f"cells.{_toml_key(one)}": labels for one, labels in mapping.cells.items()},
    }
    for place, table in tables.items():
        if table:
            lines += ["", f"[{place}]"]
            cut = {key[:LONGEST_ENTRY]: (value, said.get(key)) for key, value in table.items()}
            lines += [f"{_toml(key)} = {_toml(value)}{_comment(note)}" for key, (value, note) in cut.items()]
    return "\n".join(lines) + "\n"


def _toml_key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _toml(key)


def _toml(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, where nothing lies outside of the first plane's escapes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(note: str | None) -> str:
    """A note on one line; TOML takes no control characters, not even in a comment."""
    plain = "".join(sign if sign.isprintable() else " " for sign in note or "")
    return f"  # {' '.join(plain.split())}" if note else ""
