"""What a questionnaire is: its parts as frozen dataclasses, and the walk through its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

AnswerValue: TypeAlias = str | int | Sequence[str]
Answers: TypeAlias = Mapping[str, AnswerValue]


class Text(str):
    """A text of the instrument that knows which language it is written in.

    A missing translation shows the base language; `lang` then differs from the page's language, so that
    the page can carry a `lang` attribute and a screen reader pronounces it rightly. A translated text keeps
    the wording it was translated from in `base`: the instrument is what was written in the base language.
    """

    __slots__ = ("base", "lang")
    lang: str
    base: str

    def __new__(cls, value: str, lang: str, base: str | None = None) -> Text:
        text = super().__new__(cls, value)
        text.lang = lang
        text.base = str(value) if base is None else base
        return text

    def __reduce__(self) -> tuple[type[Text], tuple[str, str, str]]:  # a text crosses to a child process whole
        return type(self), (str(self), self.lang, self.base)


class Kind(StrEnum):
    """How an item is answered."""

    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    TEXT = "text"


class Missing(StrEnum):
    """Why an item has no score."""

    NOT_ASKED = "NOT_ASKED"
    NOT_ANSWERED = "NOT_ANSWERED"
    DONT_KNOW = "DONT_KNOW"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Standing(StrEnum):
    """Where a tier stands in the authority; elected members are outside score, headcount and correction."""

    SENIOR = "senior"
    MANAGER = "manager"
    FRONTLINE = "frontline"
    ELECTED = "elected"


class Role(StrEnum):
    """What a profile item tells about the person who answers."""

    TIER = "tier"
    SERVICE_AREA = "service_area"
    YEARS = "years"
    PROGRAMMES = "programmes"
    EQUALITY = "equality"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen. `score` is 0 to 100 on the response scale, before reverse keying.

    An `exclusive` option, such as "None of these", cannot be chosen together with another.
    """

    code: str
    label: Text
    score: float | None = None
    missing: Missing | None = None
    standing: Standing | None = None
    exclusive: bool = False


@dataclass(frozen=True)
class OptionSet:
    """The answers of a choice item, in the order in which they are shown."""

    code: str
    options: tuple[Option, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Option]:
        return {option.code: option for option in self.options}


@dataclass(frozen=True, slots=True)
class Condition:
    """An item is asked only if another item's answer is one of these option codes."""

    item: str
    any_of: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        value = answers.get(self.item)
        chosen = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        return any(one in self.any_of for one in chosen)


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `dimension` is empty for profile items and free texts, which are never scored.

    `minimum` and `maximum` bound a number, `max_length` the characters of a free text.
    """

    code: str
    text: Text
    kind: Kind
    option_set: OptionSet | None = None
    hint: Text | None = None
    dimension: str | None = None
    theme: str | None = None
    reverse: bool = False
    role: Role | None = None
    profile: str | None = None
    asked_if: Condition | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None

    @property
    def options(self) -> tuple[Option, ...]:
        return self.option_set.options if self.option_set else ()

    @property
    def is_scored(self) -> bool:
        return self.dimension is not None

    def is_asked(self, answers: Answers) -> bool:
        return self.asked_if is None or self.asked_if.holds(answers)


@dataclass(frozen=True, slots=True)
class Theme:
    """Three to five topics of a dimension that carry a mean of their own."""

    code: str
    title: Text
    dimension: str
    description: Text | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the axes on which authorities are compared."""

    code: str
    title: Text
    themes: tuple[Theme, ...] = ()
    description: Text | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The items that are shown together, and saved together when the page is left."""

    code: str
    items: tuple[Item, ...]
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Pages under one heading; a row of the task list. An optional section is shown only where a wave asks for it."""

    code: str
    title: Text
    pages: tuple[Page, ...]
    intro: Text | None = None
    optional: bool = False


@dataclass(frozen=True)
class Questionnaire:
    """An instrument in one language. Codes are for ever; texts may stand in other languages beside it."""

    code: str
    version: str
    language: str
    audience: str
    title: Text
    dimensions: tuple[Dimension, ...]
    sections: tuple[Section, ...]
    option_sets: tuple[OptionSet, ...] = field(default=())

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        return tuple(page for section in self.sections for page in section.pages)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        return {item.code: item for page in self.pages for item in page.items}

    @cached_property
    def scored_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items.values() if item.is_scored)

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        return tuple(theme for dimension in self.dimensions for theme in dimension.themes)

    def page(self, code: str) -> Page | None:
        return next((page for page in self.pages if page.code == code), None)

    def section_of(self, page_code: str) -> Section:
        return next(s for s in self.sections if any(page.code == page_code for page in s.pages))

    def items_of(self, measure: str) -> tuple[Item, ...]:
        """The scored items of a dimension or a theme, in file order."""
        return tuple(item for item in self.scored_items if measure in (item.dimension, item.theme))

    def role_item(self, role: Role) -> Item | None:
        return next((item for item in self.items.values() if item.role is role), None)

    def without_optional_sections(self, kept: Sequence[str] = ()) -> Questionnaire:
        """The instrument as a wave fields it: optional sections are left out unless they are named."""
        sections = tuple(s for s in self.sections if not s.optional or s.code in kept)
        return Questionnaire(
            self.code,
            self.version,
            self.language,
            self.audience,
            self.title,
            self.dimensions,
            sections,
            self.option_sets,
        )

    # The walk

    def is_asked(self, item: Item, answers: Answers) -> bool:
        """Whether an item is asked, given the answers so far.

        An answer counts only while its own item is asked: who changes an earlier answer leaves later ones behind.
        """
        while item.asked_if is not None:
            if not item.asked_if.holds(answers):
                return False
            item = self.items[item.asked_if.item]
        return True

    def asked_items(self, page: Page, answers: Answers) -> tuple[Item, ...]:
        if page.code in self._unconditional_pages:
            return page.items
        return tuple(item for item in page.items if self.is_asked(item, answers))

    @cached_property
    def _unconditional_pages(self) -> frozenset[str]:
        """Pages whose items are asked of everybody: most of them, so that the walk need not look at each item."""
        return frozenset(page.code for page in self.pages if all(item.asked_if is None for item in page.items))

    def asked_pages(self, answers: Answers) -> Iterator[Page]:
        """Pages on which at least one item is asked, given the answers so far."""
        return (page for page in self.pages if self.asked_items(page, answers))

    def next_page(self, page_code: str, answers: Answers) -> Page | None:
        return self._neighbour(page_code, answers, 1)

    def previous_page(self, page_code: str, answers: Answers) -> Page | None:
        return self._neighbour(page_code, answers, -1)

    def unanswered(self, page: Page, answers: Answers) -> tuple[Item, ...]:
        return tuple(item for item in self.asked_items(page, answers) if is_blank(answers.get(item.code)))

    def _neighbour(self, page_code: str, answers: Answers, step: int) -> Page | None:
        position = self._places[page_code] + step
        while 0 <= position < len(self.pages):
            if self.asked_items(self.pages[position], answers):
                return self.pages[position]
            position += step
        return None

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {page.code: place for place, page in enumerate(self.pages)}


def is_blank(value: AnswerValue | None) -> bool:
    """No answer: nothing chosen, nothing typed."""
    return value is None or (not isinstance(value, int) and len(value) == 0)
