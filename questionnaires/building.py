"""A checked source becomes the frozen questionnaire; the questionnaire becomes what is measured."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.definition import (
    Condition,
    Dimension,
    Item,
    Kind,
    Missing,
    Option,
    OptionSet,
    Page,
    Questionnaire,
    Role,
    Section,
    Standing,
    Text,
    Theme,
)
from questionnaires.source import DimensionSource, ItemSource, OptionSetSource, QuestionnaireSource, SectionSource

LONGEST_FREE_TEXT = 2000  # where the file sets no limit of its own


def questionnaire(source: QuestionnaireSource) -> Questionnaire:
    """The source as a Questionnaire; it must have passed the checks."""
    language = source.language
    option_sets = {one.code: _option_set(one, language) for one in source.option_sets}
    return Questionnaire(
        code=source.code,
        version=source.version,
        language=language,
        audience=source.audience,
        title=Text(source.title, language),
        dimensions=tuple(_dimension(one, language) for one in source.dimensions),
        sections=tuple(_section(one, language, option_sets) for one in source.sections),
        option_sets=tuple(option_sets.values()),
    )


def measurement(questionnaire: Questionnaire) -> dict[str, object]:
    """What makes an answer mean what it means, as plain values in a fixed order."""
    return {
        "code": questionnaire.code,
        "version": questionnaire.version,
        "language": questionnaire.language,
        "audience": questionnaire.audience,
        "dimensions": [[d.code, [theme.code for theme in d.themes]] for d in questionnaire.dimensions],
        "pages": [
            [section.code, section.optional, page.code, [_item_measurement(item) for item in page.items]]
            for section in questionnaire.sections
            for page in section.pages
        ],
    }


def _item_measurement(item: Item) -> dict[str, object]:
    return {
        "code": item.code,
        "text": item.text.base,
        "hint": item.hint.base if item.hint else None,
        "kind": item.kind.value,
        "options": [
            [one.code, one.label.base, one.score, one.missing, one.standing, one.exclusive] for one in item.options
        ],
        "dimension": item.dimension,
        "theme": item.theme,
        "reverse": item.reverse,
        "role": item.role,
        "profile": item.profile,
        "asked_if": [item.asked_if.item, list(item.asked_if.any_of)] if item.asked_if else None,
        "limits": [item.minimum, item.maximum, item.max_length],
    }


def _option_set(source: OptionSetSource, language: str) -> OptionSet:
    return OptionSet(
        source.code,
        tuple(
            Option(
                code=one.code,
                label=Text(one.label, language),
                score=one.score,
                missing=Missing(one.missing) if one.missing else None,
                standing=Standing(one.standing) if one.standing else None,
                exclusive=one.exclusive,
            )
            for one in source.options
        ),
    )


def _dimension(source: DimensionSource, language: str) -> Dimension:
    themes = tuple(
        Theme(one.code, Text(one.title, language), source.code, _text(one.description, language))
        for one in source.themes
    )
    return Dimension(source.code, Text(source.title, language), themes, _text(source.description, language))


def _section(source: SectionSource, language: str, option_sets: Mapping[str, OptionSet]) -> Section:
    pages = tuple(
        Page(
            page.code,
            tuple(_item(item, language, option_sets) for item in page.items),
            _text(page.title, language),
        )
        for page in source.pages
    )
    return Section(
        source.code, Text(source.title, language), pages, _text(source.intro, language), optional=source.optional
    )


def _item(source: ItemSource, language: str, option_sets: Mapping[str, OptionSet]) -> Item:
    condition = source.asked_if
    return Item(
        code=source.code,
        text=Text(source.text, language),
        kind=Kind(source.kind),
        option_set=option_sets[source.option_set] if source.option_set else None,
        hint=_text(source.hint, language),
        dimension=source.dimension,
        theme=source.theme,
        reverse=source.reverse,
        role=Role(source.role) if source.role else None,
        profile=source.profile,
        asked_if=Condition(condition.item, condition.any_of) if condition else None,
        minimum=source.minimum,
        maximum=source.maximum,
        max_length=source.max_length or (LONGEST_FREE_TEXT if source.kind == Kind.TEXT else None),
    )


def _text(value: str | None, language: str) -> Text | None:
    return None if value is None else Text(value, language)
