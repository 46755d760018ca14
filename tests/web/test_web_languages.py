"""Languages: the officer's pages have a Welsh text for every sentence, and switching keeps the place."""

from __future__ import annotations

import ast
import re
from html import unescape
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from survey import answers, links, submissions
from survey.web import languages
from survey.web.templating import TEMPLATES

WEB = TEMPLATES.parent
OFFICERS_TEMPLATES = [
    *sorted((TEMPLATES / "respond").glob("*.html")),
    *sorted((TEMPLATES / "frame").glob("*.html")),
    TEMPLATES / "base.html",
    TEMPLATES / "error.html",
    TEMPLATES / "public" / "privacy.html",
]
OFFICERS_MODULES = ["answer_page.py", "overview.py", "error_pages.py", "question_form.py", "link.py", "notice_text.py"]
KEYWORDS = {"_": None, "lazy_gettext": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def welsh():
    with (languages.TRANSLATIONS / "cy/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="cy")


def sentences():
    """Everything that an officer may read."""
    for path in [*OFFICERS_TEMPLATES, *(WEB / name for name in OFFICERS_MODULES)]:
        method = "jinja2" if path.suffix == ".html" else "python"
        for _line, message, _comments, _context in extract_from_file(
            method, str(path), keywords=KEYWORDS, options={"trimmed": "true"}
        ):
            yield message[0] if isinstance(message, tuple) else message
    yield from links.SENTENCES.values()
    for module in (submissions, answers):
        yield from refusals(module)


def refusals(module):
    """The sentences with which a module refuses an officer."""
    tree = ast.parse(Path(module.__file__).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str) and re.search(r"\. |\.$", text):
                yield text
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"NotFound", "NotNow", "AnswerFault"}:
            place = 1 if ast.unparse(node.func) == "AnswerFault" else 0
            if isinstance(node.args[place], ast.Constant):
                yield node.args[place].value


def test_every_sentence_of_an_officer_stands_in_the_welsh_catalogue(welsh):
    missing = sorted({text for text in sentences() if text and not (text in welsh and welsh[text].string)})
    assert missing == []


def test_the_catalogue_says_that_it_is_a_draft_and_keeps_every_gap(welsh):
    text = (languages.TRANSLATIONS / "cy/LC_MESSAGES/messages.po").read_text()
    assert text.startswith("# Welsh texts")
    assert "DRAFT" in text[:200]
    for message in welsh:
        if message.id and isinstance(message.id, str):
            assert sorted(re.findall(r"%\(\w+\)[sd]", message.id)) == sorted(
                re.findall(r"%\(\w+\)[sd]", message.string)
            )


def test_choosing_a_language_comes_back_to_the_same_page(browser):
    chosen = browser.post("/language", {"language": "cy", "back": "/privacy"})
    assert chosen.location == "/privacy"
    page = browser.get("/privacy")
    assert '<html lang="cy"' in page.text
    assert "Preifatrwydd" in page.text
    browser.post("/language", {"language": "en", "back": "/"})
    assert '<html lang="en"' in browser.get("/privacy").text


def test_looking_at_a_page_does_not_choose_a_language(browser):
    browser.get("/?language=cy&lang=cy")
    assert '<html lang="en"' in browser.get("/").text


def test_a_language_that_we_do_not_speak_changes_nothing(browser):
    browser.post("/language", {"language": "xx", "back": "/"})
    assert '<html lang="en"' in browser.get("/").text


def test_a_welsh_browser_is_greeted_in_welsh(browser):
    assert '<html lang="cy"' in browser.get("/", headers={"Accept-Language": "cy, en;q=0.5"}).text


def test_welsh_has_its_plural_forms(application):
    from flask_babel import force_locale, ngettext

    with application.test_request_context(base_url="http://127.0.0.1"), force_locale("cy"):
        words = [ngettext("You left one question blank.", "You left %(num)d questions blank.", n) for n in (1, 2, 3, 4)]
    assert words == [
        "Gadawsoch un cwestiwn yn wag.",
        "Gadawsoch 2 gwestiwn yn wag.",
        "Gadawsoch 3 chwestiwn yn wag.",
        "Gadawsoch 4 cwestiwn yn wag.",
    ]


def test_a_page_that_is_written_in_english_only_says_so_and_stays_in_one_language(browser):
    browser.post("/language", {"language": "cy", "back": "/"})
    page = browser.get("/cookies").text
    assert "Yn Saesneg yn unig" in page
    main = page[page.index("<main") : page.index("</main>")]
    assert 'lang="en"' in main[: main.index(">")]
    assert "Cookies" in main
    assert "Cwcis" not in main  # the catalogue knows this heading; half a page of Welsh would be worse than none


def test_a_refusal_speaks_the_chosen_language(browser):
    browser.post("/language", {"language": "cy", "back": "/"})
    page = browser.get("/nothing-here").text
    assert "Heb ddod o hyd" in page
    assert "Yn Saesneg yn unig" not in page


def test_questions_without_a_translation_are_marked_and_the_page_says_so(browser, open_wave):
    link = f"/r/{open_wave.personal()}"
    browser.post("/language", {"language": "cy", "back": "/"})
    browser.get(link)
    browser.post(link)
    page = browser.get("/respond/page/mindset-1").text
    assert "Nid yw'r cwestiynau hyn wedi'u cyfieithu eto" in unescape(page)
    assert '<span lang="en">' in page
    browser.post("/language", {"language": "en", "back": "/"})
    assert "not translated" not in browser.get("/respond/page/mindset-1").text


def test_the_language_button_of_a_refused_form_leads_to_the_page_of_the_form(browser, open_wave):
    link = f"/r/{open_wave.personal()}"
    refused = browser.post(f"{link}/resume", {"code": "wrong"})
    assert refused.status == 422
    assert f'name="back" value="{link}"' in refused.text
