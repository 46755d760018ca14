"""A questionnaire file as it was written: typed, but its references not yet looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionSource:
    place: str
    code: str
    label: str
    score: float | None
    missing: str | None
    standing: str | None
    exclusive: bool
    is_rated: bool  # the file gives a score or says why there is none


@dataclass(frozen=True, slots=True)
class OptionSetSource:
    place: str
    code: str
    options: tuple[OptionSource, ...]

    @property
    def is_scale(self) -> bool:
        return any(option.score is not None for option in self.options)


@dataclass(frozen=True, slots=True)
class ThemeSource:
    place: str
    code: str
    title: str
    description: str | None
    dimension: str


@dataclass(frozen=True, slots=True)
class DimensionSource:
    place: str
    code: str
    title: str
    description: str | None
    themes: tuple[ThemeSource, ...]


@dataclass(frozen=True, slots=True)
class ConditionSource:
    item: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemSource:
    place: str
    code: str
    text: str
    kind: str
    option_set: str | None
    hint: str | None
    dimension: str | None
    theme: str | None
    reverse: bool
    role: str | None
    profile: str | None
    asked_if: ConditionSource | None
    minimum: int | None
    maximum: int | None
    max_length: int | None


@dataclass(frozen=True, slots=True)
class PageSource:
    place: str
    code: str
    title: str | None
    items: tuple[ItemSource, ...]


@dataclass(frozen=True, slots=True)
class SectionSource:
    place: str
    code: str
    title: str
    intro: str | None
    optional: bool
    pages: tuple[PageSource, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """An item with the numbers of its page and section: what "earlier" means."""

    item: ItemSource
    page: int
    section: SectionSource


@dataclass(frozen=True, slots=True)
class QuestionnaireSource:
    file: str
    code: str
    version: str
    language: str
    audience: str
    title: str
    option_sets: tuple[OptionSetSource, ...]
    dimensions: tuple[DimensionSource, ...]
    sections: tuple[SectionSource, ...]

    def pages(self) -> Iterator[PageSource]:
        return (page for section in self.sections for page in section.pages)

    def items(self) -> Iterator[ItemSource]:
        return (item for page in self.pages() for item in page.items)

    def themes(self) -> Iterator[ThemeSource]:
        return (theme for dimension in self.dimensions for theme in dimension.themes)

    def located(self) -> Iterator[Located]:
        number = 0
        for section in self.sections:
            for page in section.pages:
                number += 1
                for item in page.items:
                    yield Located(item, number, section)
