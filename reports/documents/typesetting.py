"""Typesetting: the one door to typst, from a template, data and pictures to a tagged PDF (PDF/UA-1)."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias, cast

import typst

from reports.charts import typeface

Value: TypeAlias = "bool | int | float | str | Sequence[Value] | Mapping[str, Value] | None"
"""What a template may be told: what JSON can say."""

TEMPLATES = Path(__file__).parent / "templates"
STRANGE = "¤"  # stands for a character that the font lacks: the export of PDF/UA refuses the font's empty box

_FITTED = """#set page(width: auto, height: auto, margin: 0pt, fill: none)
#context {{
  let natural = measure(image("/picture", format: "{kind}"))
  let scale = calc.min({width}pt / natural.width, {height}pt / natural.height)
  image("/picture", format: "{kind}", width: natural.width * scale)
}}
"""
_REMEMBERED = 10  # documents whose pieces typst keeps for the next
_PNG = b"\x89PNG\r\n\x1a\n"
_NAME = re.compile(r"[a-z0-9-]{1,60}")
_ALIKE = str.maketrans({"\u2011": "-", "\u2010": "-"})  # hyphens that the font draws as its only one


class TypesettingFault(RuntimeError):  # noqa: N818 - a fault is what the project calls it
    """The document cannot be set: a fault of the template or of what it was given, never of what people typed."""


def pdf(
    template: str,
    data: Mapping[str, Value],
    *,
    pictures: Mapping[str, bytes] | None = None,
    made: datetime | None = None,
) -> bytes:
    """The document as PDF/UA-1: tagged, with a title and a language; a missing alternative text is a fault.

    `template` is a file in the templates folder, named without its ending. It reads `/data.json` and
    `/pictures/<name>` (SVG or PNG, told apart by their first bytes) and can reach nothing else: its root is a folder
    made for this document, its fonts are ours, it may load no packages. Words of people are data and never markup.

    `made` is the document's date, with its time zone; without one it has none. The same input gives the same bytes.
    Raises TypesettingFault.
    """
    dated = dict(data) | {"dated": made is not None}
    with tempfile.TemporaryDirectory(prefix="soundings-document-") as made_for_this:
        root = Path(made_for_this)
        for file in sorted(TEMPLATES.glob("*.typ")):
            (root / file.name).write_bytes(file.read_bytes())
        (root / "data.json").write_text(json.dumps(legible(dated), ensure_ascii=False, allow_nan=False), "utf-8")
        (root / "pictures").mkdir()
        for name, content in (pictures or {}).items():
            (root / "pictures" / _checked(name)).write_bytes(content)
        try:
            return _compiled(root / f"{template}.typ", root, made)
        finally:
            _forget()


def picture(svg_or_png: bytes, *, width: int, height: int) -> bytes:
    """A picture drawn anew as PNG on transparent ground: what else was in its file is gone.

    It is as large as fits into a box of `width` by `height` pixels. An SVG can reach no other file;
    its letters are drawn only where they are outlines or in our font. Raises TypesettingFault where it cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="soundings-picture-") as made_for_this:
        root = Path(made_for_this)
        (root / "picture").write_bytes(svg_or_png)
        (root / "page.typ").write_text(_FITTED.format(width=width, height=height, kind=kind(svg_or_png)), "utf-8")
        return _ours(root / "page.typ", root, format="png", ppi=72.0)


def kind(svg_or_png: bytes) -> str:
    return "png" if svg_or_png.startswith(_PNG) else "svg"


def legible(value: Value) -> Value:
    """The same value with text that the font can show.

    Composed (NFC); line breaks and tabs are spaces; invisible characters go; any other that the font lacks becomes
    STRANGE. Keys are ours and stay.

    >>> legible({"name": "Sir Fo\\u0302n\\t\\u5317\\u200b", "n": 11})
    {'name': 'Sir Fôn ¤', 'n': 11}
    """
    if isinstance(value, str):
        return "".join(_letter(one) for one in unicodedata.normalize("NFC", value).translate(_ALIKE))
    if isinstance(value, Mapping):
        return {key: legible(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [legible(one) for one in value]
    return value


@lru_cache(4096)
def _letter(character: str) -> str:
    if character.isspace():
        return character if character == "\u00a0" else " "
    if unicodedata.category(character) in ("Cc", "Cf"):
        return ""
    return character if all(character in face.glyphs for face in _faces()) else STRANGE


@lru_cache
def _faces() -> tuple[typeface.Typeface, ...]:
    return tuple(typeface.load(weight) for weight in typeface.WEIGHTS)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise TypesettingFault(f"{name!r} is no name of a picture: use small letters, digits and hyphens.")
    return name


def _compiled(page: Path, root: Path, made: datetime | None) -> bytes:
    seconds = None if made is None else int(made.timestamp())
    return _ours(page, root, format="pdf", pdf_standards=["ua-1"], timestamp=seconds)


def _ours(page: Path, root: Path, **how: object) -> bytes:
    """Compiled with nothing but what lies in `root`; a warning is a fault too, since it means lost words or looks."""
    nowhere = root / "no-packages"
    try:
        found, warnings = typst.compile_with_warnings(  # type: ignore[call-overload]  # the format decides the options
            page,
            root=root,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            package_path=nowhere,
            package_cache_path=nowhere,
            **how,
        )
    except typst.TypstError as error:
        raise TypesettingFault(f"{page.name}: {error.message}") from error
    if warnings:
        raise TypesettingFault(f"{page.name}: {warnings[0].message}")
    return cast("bytes", found)


def _forget() -> None:
    """Let typst drop what it remembers of a document: it keeps the pieces of the last ten, some 45 MB each."""
    for _ in range(_REMEMBERED + 1):
        typst.compile(b"", font_paths=_fonts(), ignore_system_fonts=True)


@lru_cache
def _fonts() -> typst.Fonts:
    """Our font files and no others. typst takes folders only, and keeps the files that links in them lead to.

    Raises TypesettingFault where it found none: it would set the page without a single letter and say nothing.
    """
    with tempfile.TemporaryDirectory(prefix="soundings-fonts-") as folder:
        for file in typeface.files():
            (Path(folder) / file.name).symlink_to(file)
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    if len(fonts.fonts()) != len(typeface.files()):
        raise TypesettingFault("The fonts of the documents are not there.")
    return fonts
