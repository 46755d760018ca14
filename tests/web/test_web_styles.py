"""Built files: our own look, nothing of the government's, served to be kept for a year."""

from __future__ import annotations

import re

import pytest

from survey.web import assets

BANNED = re.compile(r"/assets/|gds transport|crown|crest|gov\.uk|@font-face|url\(", re.IGNORECASE)


def built():
    return [path for path in assets.BUILD.rglob("*") if path.is_file() and path.suffix in {".css", ".svg"}]


def test_the_styles_carry_no_mark_of_government():
    assert built()
    for path in built():
        found = BANNED.search(path.read_text())
        assert found is None, f"{path.name}: {found}"


@pytest.mark.parametrize("text", ["src:url(/assets/fonts/a.woff2)", "font-family:'GDS Transport'", ".govuk-crest{}"])
def test_the_check_notices_such_a_mark(text):
    assert BANNED.search(text)


def test_pages_name_no_address_that_is_not_built(browser):
    page = browser.get("/").text
    for name in re.findall(r'(?:href|src)="/static/([^"]+)"', page):
        assert (assets.BUILD / name).is_file()


def test_built_files_are_kept_for_a_year_under_names_that_change(browser):
    for name in ("app.css", "app.mjs", "icon.svg"):
        answer = browser.get(assets.url(name))
        assert answer.status == 200
        assert re.search(r"[.-][0-9a-f]{12}[./]", assets.url(name))
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get(assets.url("app.mjs")).headers["Content-Type"].startswith("text/javascript")


def test_the_scripts_write_no_html():
    for path in assets.BUILD.rglob("*.mjs"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text()), (
            path.name
        )


def test_every_import_of_the_script_is_built():
    folder = (assets.BUILD / assets.manifest()["app.mjs"]).parent
    for path in folder.glob("*.mjs"):
        for target in re.findall(r'^import .*?from\s*["\']\./([^"\']+)["\']', path.read_text(), re.MULTILINE):
            assert (folder / target).is_file(), f"{path.name} imports {target}"


def test_what_a_script_would_show_is_not_there_without_one():
    """A button that prints has the look of a button, which says how it is displayed: hidden has to be stronger."""
    styles = "".join(path.read_text() for path in built() if path.suffix == ".css")
    assert "[hidden]{display:none!important" in re.sub(r"\s", "", styles)
