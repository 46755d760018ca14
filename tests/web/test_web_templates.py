"""Templates: every one compiles, is used, escapes, and is strict about names."""

from __future__ import annotations

import re

import pytest
from jinja2 import UndefinedError

from survey.web.templating import TEMPLATES

NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
SOURCES = [path.read_text() for path in TEMPLATES.parent.rglob("*.py")] + [
    path.read_text() for path in TEMPLATES.rglob("*.html")
]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_and_is_used(application, name):
    application.jinja_env.get_template(name)
    assert any(f'"{name}"' in source for source in SOURCES), "no view and no template names it"


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("macros/")])
def test_every_macro_is_used(name):
    own = (TEMPLATES / name).read_text()
    for macro in re.findall(r"{% macro (\w+)", own):
        imported = rf'"{name}" import [^%]*\b{macro}\b'
        called = rf"(?<!macro )\b{macro}\("
        assert re.search(called, own) or any(re.search(imported, source) for source in SOURCES), macro


@pytest.mark.parametrize("name", NAMES)
def test_a_template_never_marks_text_as_safe(name):
    text = (TEMPLATES / name).read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", text)
    assert not re.search(r"\sstyle=\"|<style|<script(?![^>]*nonce)", text)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_posts_carries_the_token(name):
    text = (TEMPLATES / name).read_text()
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert "csrf_field()" in form


def test_an_unknown_name_is_a_fault_and_a_missing_parameter_is_not(application):
    environment = application.jinja_env
    with pytest.raises(UndefinedError):
        environment.from_string("{{ misspelt }}").render()
    with pytest.raises(UndefinedError):
        environment.from_string("{{ thing.misspelt }}").render(thing=object())
    assert environment.from_string("[{{ parameters.hint.text }}]").render(parameters={"text": "x"}) == "[]"


def test_text_is_escaped(application):
    assert application.jinja_env.from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"
    template = application.jinja_env.get_template("error.html")
    with application.test_request_context(base_url="http://127.0.0.1"):
        html = template.render(heading="<b>", sentence="<i>", faults=("<u>",), link=("/?a=1&b=2", "<s>"), status=404, has_navigation=False,
                               language="en", request_id="1", principal=None)  # fmt: skip
    assert "&lt;b&gt;" in html
    assert "<u>" not in html
    assert "<s>" not in html
