"""One table of a TOML file, read key by key; what is missing, misspelt or of the wrong type becomes a fault."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from questionnaires import texts
from questionnaires.faults import Fault, listed, nearest, quoted

T = TypeVar("T")

TYPE_WORDS: Mapping[type, str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    dict: "a table",
    list: "a list",
}


@dataclass
class Table:
    """A TOML table with its place in words. Every reading method answers with something usable, faulty or not."""

    content: Mapping[str, object]
    file: str
    place: str
    faults: list[Fault]
    known: set[str] = field(default_factory=set)

    def fault(self, rule: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, self.place, message, remedy, rule=rule))

    def code(self, key: str, shape: texts.CodeShape) -> str:
        value = self._typed(key, str) or ""
        if key in self.content and isinstance(self.content[key], str):
            self._report(texts.code_problems(value, shape, key))
        return value

    def reference(self, key: str) -> str | None:
        return self._typed(key, str, required=False)

    def text(self, key: str) -> str:
        return self.worded(key, key)

    def worded(self, key: str, kind: str) -> str:
        """A text whose key does not tell what kind of text it is, as in a translation."""
        value = self._typed(key, str)
        if value is not None:
            self._report(texts.text_problems(value, kind))
        return value or ""

    def optional_text(self, key: str) -> str | None:
        value = self._typed(key, str, required=False)
        if value is not None:
            self._report(texts.text_problems(value, key))
        return value

    def one_of(self, key: str, allowed: Sequence[str], *, required: bool = True) -> str | None:
        value = self._typed(key, str, required=required)
        if value is not None and value not in allowed:
            remedy = f"{nearest(value, allowed)}Use one of: {listed(allowed)}."
            self.fault("unknown-value", f"{key} = {quoted(value)} is not known.", remedy)
            return None
        return value

    def flag(self, key: str) -> bool:
        return bool(self._typed(key, bool, required=False))

    def whole(self, key: str) -> int | None:
        return self._typed(key, int, required=False)

    def score(self, key: str) -> float | None:
        self.known.add(key)
        value = self.content.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong_type(key, "a number from 0 to 100")
            return None
        if not math.isfinite(value) or not 0 <= value <= 100:
            self.fault(
                "score-range", f"{key} = {value} is outside 0 to 100.", "Give the lowest answer 0, the highest 100."
            )
            return None
        return float(value)

    def strings(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        if not all(isinstance(value, str) for value in values):
            self._wrong_type(key, "a list of texts in quotes")
        return tuple(value for value in values if isinstance(value, str))

    def table(self, key: str) -> Table | None:
        value = self._typed(key, dict, required=False)
        return None if value is None else Table(value, self.file, self._inside(key), self.faults)

    def tables(self, key: str, noun: str, *, required: bool = True) -> list[Table]:
        """The tables of a list, each named by its code where it has one."""
        found = []
        for number, value in enumerate(self._list(key, required=required), start=1):
            if isinstance(value, dict):
                found.append(Table(value, self.file, self._place_of(value, noun, number), self.faults))
            else:
                self._wrong_type(f"{key}[{number}]", "a table")
        return found

    def close(self) -> None:
        """Every key that nobody asked for is a fault: a misspelt key must not be ignored."""
        for key in self.content:
            if key not in self.known:
                remedy = nearest(key, sorted(self.known)) or f"Use only: {listed(sorted(self.known))}."
                self.fault("unknown-key", f"the key {quoted(key)} is not known.", remedy.strip())

    def _place_of(self, value: Mapping[str, object], noun: str, number: int) -> str:
        code = value.get("code")
        if isinstance(code, str) and len(code) <= 40 and texts.OPTION_CODE.pattern.fullmatch(code):
            return self._inside(f"option {code}") if noun == "option" else f"{noun} {code}"
        return self._inside(f"{noun} number {number}")

    def _inside(self, part: str) -> str:
        return f"{self.place}, {part}" if self.place else part

    def _list(self, key: str, *, required: bool = True) -> list[object]:
        value = self._typed(key, list, required=required)
        if value == [] and required:
            self.fault("empty-list", f"{key} is empty.", f"Write at least one entry in {key}, or remove what holds it.")
        return value or []

    def _typed(self, key: str, wanted: type[T], *, required: bool = True) -> T | None:
        self.known.add(key)
        if key not in self.content:
            if required:
                self.fault("missing-key", f"{key} is missing.", f"Add {key} = {TYPE_WORDS[wanted]}.")
            return None
        value = self.content[key]
        if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
            return value
        self._wrong_type(key, TYPE_WORDS[wanted])
        return None

    def _wrong_type(self, key: str, words: str) -> None:
        self.fault("wrong-type", f"{key} has the wrong type.", f"Write {words}.")

    def _report(self, problems: Iterable[texts.Problem]) -> None:
        for problem in problems:
            self.fault(problem.rule, problem.message, problem.remedy)
