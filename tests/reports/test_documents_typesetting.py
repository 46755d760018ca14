"""Typesetting: tagged and the same bytes each time, with words as data, our fonts, and nothing else within reach."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tagged_pdf
from pypdf import PdfReader

from reports.documents import typesetting
from reports.documents.typesetting import TypesettingFault

PIXEL = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'><rect width='4' height='4' fill='#0b4f6c'/></svg>"
)
PAGE = '#let data = json("/data.json")\n#set document(title: data.title, date: if data.dated { auto } else { none })\n#set text(font: "Source Sans Pro", fallback: false)\n'


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of templates of the test's own; `page.typ` is written by the test."""
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    return tmp_path / "page.typ"


def test_words_are_data_and_never_markup(template: Path) -> None:
    template.write_text(PAGE + "#par(data.title)")
    words = '#read("/etc/passwd") *bold* $x$ <a> @b \\ [c] // d'
    found = tagged_pdf.read(typesetting.pdf("page", {"title": words}))
    assert [one.text for one in found.every("P")] == [words]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("Ŵŷ Ynys Môn", "Ŵŷ Ynys Môn"), ("Sir Fo\u0302n", "Sir Fôn"), ("a\x00b\u202ec", "abc"), ("北 \ud800", "¤ ¤"), ("a\tb\nc", "a b c")],
)  # fmt: skip
def test_a_letter_that_the_font_lacks_stops_no_document(template: Path, typed: str, shown: str) -> None:
    template.write_text(PAGE + "#par(data.title)")
    found = tagged_pdf.read(typesetting.pdf("page", {"title": typed}))
    assert [one.text for one in found.every("P")] == [shown]


def test_a_picture_without_alternative_text_is_a_fault(template: Path) -> None:
    template.write_text(PAGE + '#image("/pictures/dots")')
    with pytest.raises(TypesettingFault, match="missing alt text"):
        typesetting.pdf("page", {"title": "x"}, pictures={"dots": PIXEL})
    template.write_text(PAGE + '#image("/pictures/dots", alt: data.title)')
    found = tagged_pdf.read(typesetting.pdf("page", {"title": "what it shows"}, pictures={"dots": PIXEL}))
    assert [one.alt for one in found.every("Figure")] == ["what it shows"]


@pytest.mark.parametrize(
    "reaching",
    ['#read("/../../etc/passwd")', '#read("../../../../etc/passwd")', '#image("/etc/hostname", alt: "x")', '#import "@local/nothing:0.1.0"'],
)  # fmt: skip
def test_a_template_reaches_no_other_file_and_no_package(template: Path, reaching: str) -> None:
    template.write_text(PAGE + reaching)
    with pytest.raises(TypesettingFault):
        typesetting.pdf("page", {"title": "x"})


def test_no_template_asks_for_a_package_or_computes_code_from_words() -> None:
    written = [file.read_text(encoding="utf-8") for file in typesetting.TEMPLATES.glob("*.typ")]
    assert written
    assert not [found for one in written for found in re.findall(r"@preview|@local|\beval\(|\bplugin\(|\bread\(", one)]


def test_a_picture_that_reaches_for_a_file_is_a_fault(template: Path) -> None:
    for reached in ("/etc/passwd", "file:///etc/passwd", "data.json"):
        linked = PIXEL.replace(b"</svg>", f"<image href='{reached}' width='4' height='4'/></svg>".encode())
        template.write_text(PAGE + '#image("/pictures/dots", alt: "x")')
        with pytest.raises(TypesettingFault):
            typesetting.pdf("page", {"title": "x"}, pictures={"dots": linked})
        with pytest.raises(TypesettingFault):
            typesetting.picture(linked, width=10, height=10)


def test_the_same_input_gives_the_same_bytes_and_only_a_given_date(template: Path) -> None:
    template.write_text(PAGE + "#par(data.title)")
    first, again = (typesetting.pdf("page", {"title": "x"}) for _ in range(2))
    assert first == again
    assert PdfReader(io.BytesIO(first)).metadata.creation_date is None  # type: ignore[union-attr]
    made = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
    dated = typesetting.pdf("page", {"title": "x"}, made=made)
    assert PdfReader(io.BytesIO(dated)).metadata.creation_date == made  # type: ignore[union-attr]


def test_without_its_fonts_nothing_is_set_instead_of_an_empty_page(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template.write_text(PAGE + "#par(data.title)")
    monkeypatch.setattr(typesetting.typeface, "files", lambda: (Path("/nowhere/SourceSansPro-Regular.ttf"),))
    typesetting._fonts.cache_clear()
    try:
        with pytest.raises(TypesettingFault, match="fonts"):
            typesetting.pdf("page", {"title": "x"})
    finally:
        typesetting._fonts.cache_clear()


def test_names_of_pictures_cannot_leave_their_folder(template: Path) -> None:
    template.write_text(PAGE + "#par(data.title)")
    for name in ("../data.json", "a/b", "", "A", "x" * 61):
        with pytest.raises(TypesettingFault, match="name of a picture"):
            typesetting.pdf("page", {"title": "x"}, pictures={name: PIXEL})


def test_a_number_that_is_none_is_refused(template: Path) -> None:
    template.write_text(PAGE + "#par(data.title)")
    with pytest.raises(ValueError, match="JSON"):
        typesetting.pdf("page", {"title": "x", "score": float("nan")})
