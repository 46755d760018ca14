"""Texts of a questionnaire in another language: their paths, and putting them in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from questionnaires import texts
from questionnaires.definition import (
    Dimension,
    Item,
    OptionSet,
    Page,
    Questionnaire,
    Section,
    Text,
)
from questionnaires.faults import Fault, QuestionnaireFaults, nearest, quoted
from questionnaires.tables import Table

STATUSES = ("draft", "reviewed")
MOST_NAMED = 5


def apply(questionnaire: Questionnaire, content: Mapping[str, object], file: str) -> Questionnaire:
    """The questionnaire with every translated text in place. Raises QuestionnaireFaults with every fault."""
    faults: list[Fault] = []
    language, translated = _translated(questionnaire, content, file, faults)
    if faults:
        raise QuestionnaireFaults(faults)
    return _Placing(language, {path: words for path, (words, _) in translated.items()}).questionnaire(questionnaire)


def advice(questionnaire: Questionnaire, content: Mapping[str, object], file: str) -> Iterator[Fault]:
    """How much is not translated yet, and how much nobody has reviewed."""
    _, translated = _translated(questionnaire, content, file, [])
    paths = paths_of(questionnaire)
    missing = [path for path in paths if path not in translated]
    if missing:
        named = ", ".join(missing[:MOST_NAMED]) + (" …" if len(missing) > MOST_NAMED else "")
        message = f"{len(missing)} of {len(paths)} texts are not translated: {named}."
        yield Fault(file, "", message, "They are shown in the base language.", rule="not-translated", is_advice=True)
    drafts = sum(1 for _, status in translated.values() if status == "draft")
    if drafts:
        message = f"{drafts} of {len(paths)} texts are drafts."
        remedy = 'Have them reviewed by a speaker, then write status = "reviewed".'
        yield Fault(file, "", message, remedy, rule="draft-translation", is_advice=True)


def paths_of(questionnaire: Questionnaire) -> dict[str, tuple[str, str]]:
    """Every text of a questionnaire: path to (kind of text, wording in the base language), in file order."""
    paths = {"title": ("title", questionnaire.title.base)}

    def note(path: str, kind: str, text: Text | None) -> None:
        if text is not None:
            paths[f"{path}.{kind}"] = (kind, text.base)

    for option_set in questionnaire.option_sets:
        for option in option_set.options:
            note(f"option_sets.{option_set.code}.{option.code}", "label", option.label)
    for dimension in questionnaire.dimensions:
        note(f"dimensions.{dimension.code}", "title", dimension.title)
        note(f"dimensions.{dimension.code}", "description", dimension.description)
        for theme in dimension.themes:
            note(f"themes.{theme.code}", "title", theme.title)
            note(f"themes.{theme.code}", "description", theme.description)
    for section in questionnaire.sections:
        note(f"sections.{section.code}", "title", section.title)
        note(f"sections.{section.code}", "intro", section.intro)
        for page in section.pages:
            note(f"pages.{page.code}", "title", page.title)
            for item in page.items:
                note(f"items.{item.code}", "text", item.text)
                note(f"items.{item.code}", "hint", item.hint)
    return paths


def _translated(
    questionnaire: Questionnaire, content: Mapping[str, object], file: str, faults: list[Fault]
) -> tuple[str, dict[str, tuple[str, str]]]:
    table = Table(content, file, "", faults)
    for key, wanted in (("code", questionnaire.code), ("version", questionnaire.version)):
        written = table.reference(key)
        if written != wanted:
            message = f"{key} is {quoted(written or '')}, the questionnaire's is {quoted(wanted)}."
            faults.append(Fault(file, "", message, f'Write {key} = "{wanted}".', rule="other-questionnaire"))
    language = table.code("language", texts.LANGUAGE)
    if language == questionnaire.language:
        message = f"the questionnaire itself is written in {quoted(language)}."
        faults.append(Fault(file, "", message, "Write the language of the translation.", rule="same-language"))
    entries = table.table("texts")
    table.close()
    if entries is None:
        faults.append(Fault(file, "", "there is no table of texts.", "Add [texts].", rule="missing-key"))
        return language, {}
    paths = paths_of(questionnaire)
    return language, {path: words for path in entries.content if (words := _entry(entries, path, paths, faults))}


def _entry(
    entries: Table, path: str, paths: Mapping[str, tuple[str, str]], faults: list[Fault]
) -> tuple[str, str] | None:
    if path not in paths:
        remedy = nearest(path, paths) or "Write the path in quotes, as the README shows."
        message = f"{quoted(path)} is not a text of the questionnaire."
        faults.append(Fault(entries.file, "texts", message, remedy.strip(), rule="unknown-path"))
        return None
    entry = entries.table(path)
    if entry is None:
        return None
    entry.place = path
    kind = paths[path][0]
    words = entry.worded("text", kind)
    status = entry.one_of("status", STATUSES)
    entry.close()
    return (words, status) if words and status else None


class _Placing:
    """Puts translated texts into a questionnaire, part by part."""

    def __init__(self, language: str, translated: Mapping[str, str]) -> None:
        self.language = language
        self.translated = translated

    def questionnaire(self, base: Questionnaire) -> Questionnaire:
        sets = {one.code: self._option_set(one) for one in base.option_sets}
        return replace(
            base,
            title=self._text("title", base.title),
            option_sets=tuple(sets.values()),
            dimensions=tuple(self._dimension(one) for one in base.dimensions),
            sections=tuple(self._section(one, sets) for one in base.sections),
        )

    def _text(self, path: str, base: Text) -> Text:
        words = self.translated.get(path)
        return base if words is None else Text(words, self.language, base.base)

    def _optional(self, path: str, base: Text | None) -> Text | None:
        return None if base is None else self._text(path, base)

    def _option_set(self, base: OptionSet) -> OptionSet:
        path = f"option_sets.{base.code}"
        options = (replace(one, label=self._text(f"{path}.{one.code}.label", one.label)) for one in base.options)
        return OptionSet(base.code, tuple(options))

    def _dimension(self, base: Dimension) -> Dimension:
        themes = (
            replace(
                theme,
                title=self._text(f"themes.{theme.code}.title", theme.title),
                description=self._optional(f"themes.{theme.code}.description", theme.description),
            )
            for theme in base.themes
        )
        path = f"dimensions.{base.code}"
        return replace(
            base,
            title=self._text(f"{path}.title", base.title),
            description=self._optional(f"{path}.description", base.description),
            themes=tuple(themes),
        )

    def _section(self, base: Section, sets: Mapping[str, OptionSet]) -> Section:
        path = f"sections.{base.code}"
        return replace(
            base,
            title=self._text(f"{path}.title", base.title),
            intro=self._optional(f"{path}.intro", base.intro),
            pages=tuple(self._page(page, sets) for page in base.pages),
        )

    def _page(self, base: Page, sets: Mapping[str, OptionSet]) -> Page:
        title = self._optional(f"pages.{base.code}.title", base.title)
        return replace(base, title=title, items=tuple(self._item(item, sets) for item in base.items))

    def _item(self, base: Item, sets: Mapping[str, OptionSet]) -> Item:
        path = f"items.{base.code}"
        return replace(
            base,
            text=self._text(f"{path}.text", base.text),
            hint=self._optional(f"{path}.hint", base.hint),
            option_set=sets[base.option_set.code] if base.option_set else None,
        )
