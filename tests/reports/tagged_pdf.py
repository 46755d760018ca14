"""A PDF as a screen reader hears it: its structure tree read back, each element with its words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject


@dataclass
class Tag:
    """One element: its kind ("H1", "Figure"), its alternative text, its own words, and what is inside it."""

    kind: str
    alt: str | None = None
    words: str = ""
    inside: list[Tag] = field(default_factory=list)

    def every(self, kind: str) -> Iterator[Tag]:
        """All elements of a kind in reading order, this one too."""
        if self.kind == kind:
            yield self
        for child in self.inside:
            yield from child.every(kind)

    @property
    def text(self) -> str:
        """All words inside, in reading order; where a line was broken stands one space."""
        parts = [self.words, *(child.text for child in self.inside)]
        return re.sub(" +", " ", " ".join(part for part in parts if part)).strip(" ")


def read(pdf: bytes) -> Tag:
    """The document element."""
    reader = PdfReader(io.BytesIO(pdf))
    words = {page.indirect_reference.idnum: _marked(page) for page in reader.pages}  # type: ignore[union-attr]
    root = reader.trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]
    (document,) = [_tag(child, words, None) for child in _children(root)]
    assert isinstance(document, Tag)
    return document


def _tag(element: DictionaryObject, words: dict[int, dict[int, str]], page: int | None) -> Tag:
    page = element.raw_get("/Pg").idnum if "/Pg" in element else page
    found = Tag(str(element["/S"])[1:], str(element["/Alt"]) if "/Alt" in element else None)
    for child in _children(element):
        if isinstance(child, int):
            found.inside.append(Tag("", words=words[page][child]))  # type: ignore[index]
        elif child.get("/Type") == "/MCR":
            found.inside.append(
                Tag("", words=words[child.raw_get("/Pg").idnum if "/Pg" in child else page][child["/MCID"]])
            )  # type: ignore[index]
        elif "/S" in child:
            found.inside.append(_tag(child, words, page))
    return found


def _children(element: DictionaryObject) -> list:  # type: ignore[type-arg]
    kids = element.get("/K", [])
    listed = kids if isinstance(kids, list) else [kids]
    return [child.get_object() if isinstance(child, IndirectObject) else child for child in listed]


def _marked(page: PageObject) -> dict[int, str]:
    """The words of each marked piece of a page's content, by its number; artifacts have none."""
    fonts = {name: _letters(font.get_object()) for name, font in page["/Resources"].get("/Font", {}).items()}  # type: ignore[union-attr]
    found: dict[int, str] = {}
    marks: list[int | None] = []
    letters: dict[int, str] = {}
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:  # type: ignore[union-attr]
        if operator == b"BDC":
            properties = operands[1]
            marks.append(properties.get("/MCID") if isinstance(properties, DictionaryObject) else None)
            if marks[-1] is not None:
                found.setdefault(marks[-1], "")
        elif operator == b"BMC":
            marks.append(None)
        elif operator == b"EMC":
            marks.pop()
        elif operator == b"Tf":
            letters = fonts[operands[0]]
        elif operator in (b"Tj", b"TJ") and marks and marks[-1] is not None:
            found[marks[-1]] += _shown(operands[0], letters)
    return found


def _shown(operand: object, letters: dict[int, str]) -> str:
    pieces = operand if isinstance(operand, list) else [operand]
    raw = b"".join(piece.original_bytes for piece in pieces if hasattr(piece, "original_bytes"))
    return "".join(letters.get(int.from_bytes(raw[at : at + 2]), "") for at in range(0, len(raw), 2))


def _letters(font: DictionaryObject) -> dict[int, str]:
    """What each two-byte code of a font stands for, from its ToUnicode map."""
    found: dict[int, str] = {}
    lines = font["/ToUnicode"].get_data().decode("ascii").splitlines()  # type: ignore[attr-defined]
    inside = ""
    for line in lines:
        if line.endswith(("beginbfchar", "beginbfrange")):
            inside = line.split()[-1]
        elif line.startswith("end"):
            inside = ""
        elif inside:
            codes = [part.strip("<>") for part in line.split()]
            target = bytes.fromhex(codes[-1]).decode("utf-16-be")
            first, last = int(codes[0], 16), int(codes[0 if inside == "beginbfchar" else 1], 16)
            for code in range(first, last + 1):
                found[code] = target[:-1] + chr(ord(target[-1]) + code - first)
    return found
