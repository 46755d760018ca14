"""Translations: texts in place, the base language where one is missing, the measurement untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires import files, loader, translation
from questionnaires.faults import QuestionnaireFaults

BASE = loader.read(Path(__file__).parent / "two-themes.toml")
HEAD = 'code = "two-themes"\nversion = "1"\nlanguage = "cy"\n[texts]\n'
ONE = HEAD + '"items.ready_1.text" = { text = "Rydym yn barod.", status = "draft" }\n'


def rules_of(text: str) -> set[str]:
    with pytest.raises(QuestionnaireFaults) as caught:
        loader.translate(BASE, text, file="two-themes-1.cy.toml")
    return {fault.rule for fault in caught.value.faults}


def test_a_translated_text_knows_its_language_and_the_rest_stays() -> None:
    welsh = loader.translate(BASE, ONE, file="two-themes-1.cy.toml")
    first, second, *_ = welsh.scored_items
    assert (first.text, first.text.lang) == ("Rydym yn barod.", "cy")
    assert (second.text, second.text.lang) == ("We are ready, statement 2.", "en")
    assert welsh.language == "en"


def test_every_path_can_be_translated_and_every_text_has_a_path() -> None:
    paths = translation.paths_of(BASE)
    lines = [f'"{path}" = {{ text = "cy {number}", status = "reviewed" }}' for number, path in enumerate(paths)]
    welsh = loader.translate(BASE, HEAD + "\n".join(lines), file="two-themes-1.cy.toml")
    assert {path: words for path, (_, words) in translation.paths_of(BASE).items()} == {
        path: words for path, (_, words) in translation.paths_of(welsh).items()
    }
    shown = [welsh.title, *(one.title for one in welsh.dimensions), *(one.title for one in welsh.themes)]
    shown += [section.title for section in welsh.sections]
    shown += [item.text for item in welsh.items.values()]
    shown += [option.label for item in welsh.items.values() for option in item.options]
    assert {text.lang for text in shown} == {"cy"}
    assert loader.translation_advice(BASE, HEAD + "\n".join(lines), file="cy") == ()


def test_a_translation_leaves_the_measurement_alone() -> None:
    welsh = loader.translate(BASE, ONE, file="two-themes-1.cy.toml")
    assert welsh != BASE
    assert loader.measurement_digest(welsh) == loader.measurement_digest(BASE)


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("unknown-path", "items.ready_1.text", "items.redy_1.text"),
        ("unknown-value", '"draft"', '"done"'),
        ("missing-key", ', status = "draft"', ""),
        ("missing-key", "[texts]", "[words]"),
        ("unknown-key", 'status = "draft"', 'status = "draft", by = "me"'),
        ("wrong-type", '{ text = "Rydym yn barod.", status = "draft" }', '"Rydym yn barod."'),
        ("markup", "Rydym yn barod.", "Rydym <b>yn</b> barod."),
        ("empty-text", "Rydym yn barod.", ""),
        ("other-questionnaire", 'code = "two-themes"', 'code = "other"'),
        ("other-questionnaire", 'version = "1"', 'version = "2"'),
        ("same-language", 'language = "cy"', 'language = "en"'),
        ("bad-code", 'language = "cy"', 'language = "Welsh"'),
    ],
)
def test_a_fault_of_a_translation_is_named(rule: str, old: str, new: str) -> None:
    assert ONE.count(old) == 1
    assert rule in rules_of(ONE.replace(old, new))


def test_all_faults_of_a_translation_come_at_once() -> None:
    text = ONE.replace('"1"', '"2"').replace("draft", "done") + '"items.gone.text" = { text = "x", status = "draft" }\n'
    assert rules_of(text) == {"other-questionnaire", "unknown-value", "unknown-path"}


def test_advice_counts_what_is_missing_and_what_is_draft() -> None:
    missing, drafts = loader.translation_advice(BASE, ONE, file="two-themes-1.cy.toml")
    number = len(translation.paths_of(BASE))
    assert missing.message.startswith(f"{number - 1} of {number} texts are not translated")
    assert drafts.message == f"1 of {number} texts are drafts."


def test_every_translation_that_ships_fits_its_questionnaire() -> None:
    staff = loader.read(files.path(*files.STAFF))
    shipped = files.translations(*files.STAFF)
    assert "cy" in shipped
    for language, path in shipped.items():
        translated = loader.translate(staff, loader.contents(path), file=path.name)
        assert translated.title.lang == language
