"""Indicators of a self-assessment as pages show them: levels by number, name and words."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.definition import Item, Page, Section, Text
from questionnaires.levels import Level, level_of, levels
from survey import assessments
from survey.assessments import Assessing, Filled


@dataclass(frozen=True, slots=True)
class Choice:
    """One level as it can be chosen."""

    code: str
    number: int
    name: str
    words: Text

    @classmethod
    def of(cls, level: Level) -> Choice:
        return cls(level.code, level.number, assessments.level_name(level.number), level.words)


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator with what is said about it; `unsure` are the options that are no level."""

    item: Item
    filled: Filled
    choices: tuple[Choice, ...]
    unsure: tuple[tuple[str, Text], ...]
    level: Choice | None
    target: Choice | None

    @classmethod
    def of(cls, item: Item, filled: Filled) -> Row:
        now, aim = level_of(item, filled.level), level_of(item, filled.target)
        return cls(
            item,
            filled,
            tuple(Choice.of(level) for level in levels(item)),
            tuple((option.code, option.label) for option in item.options if option.score is None),
            Choice.of(now) if now else None,
            Choice.of(aim) if aim else None,
        )

    @property
    def is_unsure(self) -> bool:
        return any(code == self.filled.level for code, _ in self.unsure)


@dataclass(frozen=True, slots=True)
class PageRows:
    """A page with its indicators."""

    page: Page
    rows: tuple[Row, ...]


def rows_by_section(assessing: Assessing) -> list[tuple[Section, list[PageRows]]]:
    """Every indicator, by section and page, in the order of the instrument."""
    return [
        (
            section,
            [PageRows(page, tuple(Row.of(item, assessing.of(item)) for item in page.items)) for page in section.pages],
        )
        for section in assessing.questionnaire.sections
    ]
