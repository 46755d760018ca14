"""The brand: name, logo and colours of the body that publishes, from one folder, checked before anything is printed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from reports.documents import colours

DEFAULT = Path(__file__).parent / "default_brand"
FILE = "brand.toml"
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST_LOGO = 1_000_000  # bytes
_LARGEST_SIDE = 10_000  # pixels of a PNG, whose header names them before they are unpacked

WORDS_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
MARKS_CONTRAST = 3.0  # WCAG 2.2, 1.4.11

_WORDS = {"name": 80, "strapline": 120, "contact": 120, "logo": 80, "logo_text": 120}  # longest, in characters
_LETTERS = re.compile(rb"<(?:[\w.-]+:)?text\b")
_COLOURS = {"main": WORDS_CONTRAST, "accent": MARKS_CONTRAST}


class BrandFaults(Exception):  # noqa: N818 - several faults, each one line
    """What is wrong with a brand folder; each fault names the file, the place and the remedy."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Brand:
    """Who publishes, and how that looks.

    `main` is the ground of covers and the colour of headings: white on it and it on white have 4.5 to 1. `accent`
    draws strips and rules, never words: 3 to 1. `logo` is the file as it was given, which is never shown itself:
    `logos.png` draws it anew; `logo_text` stands for it.
    """

    name: str
    strapline: str
    contact: str
    main: str
    accent: str
    logo: bytes | None = field(default=None, repr=False)
    logo_text: str = ""

    def __str__(self) -> str:
        return self.name


@lru_cache
def default() -> Brand:
    """The brand that ships with the project; its name is made up."""
    return read(DEFAULT)


def read(folder: Path) -> Brand:
    """The brand in a folder: `brand.toml`, and the logo that it names. Raises BrandFaults with every fault."""
    given = _parsed(folder / FILE)
    faults = [*_unknown(given), *_words_faults(given), *_colour_faults(given)]
    logo = None
    if not faults:
        try:
            logo = _logo(folder, given)
        except BrandFaults as error:
            faults += error.faults
    if faults:
        raise BrandFaults(faults)
    base = {} if folder == DEFAULT else _parsed(DEFAULT / FILE)
    painted = {name: _colours(given).get(name) or _colours(base)[name] for name in _COLOURS}
    words = {name: str(given.get(name, "")).strip() for name in _WORDS if name != "logo"}
    words["logo_text"] = words["logo_text"] or words["name"]
    return Brand(**words, **{name: str(colours.normal(str(code))) for name, code in painted.items()}, logo=logo)


def _parsed(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise BrandFaults([f"{file}: not there or not readable. A brand folder holds a file {FILE}."]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrandFaults([f"{file}: not readable as TOML ({error}). Correct this place."]) from error


def _unknown(given: Mapping[str, object]) -> list[str]:
    known = (*_WORDS, "colours")
    return [f"{FILE}: {key} is not known. Use {', '.join(known)}." for key in given if key not in known] + [
        f"{FILE}: colours.{key} is not known. Use {' and '.join(_COLOURS)}."
        for key in _colours(given)
        if key not in _COLOURS
    ]


def _words_faults(given: Mapping[str, object]) -> list[str]:
    faults = [] if str(given.get("name", "")).strip() else [f'{FILE}: name is missing. Add name = "Who publishes".']
    for key, longest in _WORDS.items():
        value = given.get(key, "")
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            faults.append(f"{FILE}: {key} is not one line of text. Give at most {longest} printable characters.")
    return faults


def _colour_faults(given: Mapping[str, object]) -> list[str]:
    if not isinstance(given.get("colours", {}), dict):
        return [f"{FILE}: colours is not a table. Write [colours] and below it {' and '.join(_COLOURS)}."]
    faults = []
    for name, needed in _COLOURS.items():
        code = _colours(given).get(name)
        if code is None:
            continue
        colour = colours.normal(code) if isinstance(code, str) else None
        if colour is None:
            faults.append(f'{FILE}: colours.{name} is no colour. Give six hexadecimal digits, as "#0b4f6c".')
        elif (found := colours.contrast(colour, colours.WHITE)) < needed:
            faults.append(
                f"{FILE}: colours.{name}: {colour} has a contrast of {found:.2f} to 1 with white; {needed} is needed "
                "(WCAG 2.2). Give a darker colour."
            )
    return faults


def _colours(given: Mapping[str, object]) -> Mapping[str, object]:
    found = given.get("colours", {})
    return found if isinstance(found, dict) else {}


def _logo(folder: Path, given: Mapping[str, object]) -> bytes | None:
    name = str(given.get("logo", ""))
    if not name:
        return None
    file = folder / name
    if file.name != name or not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        raise BrandFaults([f"{FILE}: logo: {name} is no file in this folder. Put it beside {FILE}."])
    if file.stat().st_size > LARGEST_LOGO:
        raise BrandFaults([f"{name}: larger than {LARGEST_LOGO // 1000} kB. Save a smaller one."])
    content = file.read_bytes()
    if fault := _logo_fault(content):
        raise BrandFaults([f"{name}: {fault}"])
    return content


def _logo_fault(content: bytes) -> str:
    if content.startswith(PNG):
        sides = (int.from_bytes(content[place : place + 4]) for place in (16, 20))
        return (
            "" if max(sides) <= _LARGEST_SIDE else f"more than {_LARGEST_SIDE} pixels wide or high. Save a smaller one."
        )
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):  # a compressed SVG could hold what is not looked at
        return "cannot be read as PNG or SVG, which must not be compressed. Save it again as one of these."
    if _LETTERS.search(content):
        return "its letters are text, for which fonts may be missing. Turn them into outlines and save it again."
    return ""
