"""Recognising wording: which code is meant, whatever spacing, case, punctuation and numbering a tool has added."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST = 600  # characters of a text that are compared; a wording has at most 500
ALIKE = 0.8  # less alike than this is no proposal
_APOSTROPHES = re.compile(r"['’‘`´]")
_BETWEEN = re.compile(r"[\W_]+")
_LEADING_NUMBER = re.compile(r"^(?:q(?:uestion)?\.? ?)?\d{1,3}[a-z]?\s*[.):–—-]\s*", re.IGNORECASE)
_TRAILING_NUMBER = re.compile(r"[ ._]*\(?\d{1,2}\)?$")
_ROW_OF_A_GRID = re.compile(r"\[([^\[\]]+)\]$")
_LANGUAGES = re.compile(r"\s+[/|]\s+|\s*//\s*|\n+")


@dataclass(frozen=True, slots=True)
class Near:
    """A wording that is nearly this text: whose it is, and how alike they are, from 0 to 1."""

    code: str
    wording: str
    alike: float


def words(text: str) -> str:
    """The words of a text: small letters, one space between them, no punctuation.

    >>> words("  In this authority,\\tteams DON’T wait… ")
    'in this authority teams dont wait'
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().replace("&", " and ")
    return _BETWEEN.sub(" ", _APOSTROPHES.sub("", plain)).strip()


def forms(text: str) -> Iterator[str]:
    """The words of a text, then without what tools add: numbers before and after, the question of a grid.

    >>> list(forms("12. Teams are trusted.2"))
    ['12 teams are trusted 2', 'teams are trusted 2', '12 teams are trusted', 'teams are trusted']
    """
    whole = text[:LONGEST].strip().rstrip("* ")
    found = [whole]
    if grid := _ROW_OF_A_GRID.search(whole):
        found.append(grid[1])
    found += [_LEADING_NUMBER.sub("", one) for one in found]
    found += [_TRAILING_NUMBER.sub("", one) for one in found]
    yield from dict.fromkeys(plain for one in found if (plain := words(one)))


class Lexicon:
    """Wordings and the codes that they stand for. A wording of two codes stands for none."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, str | None] = {}
        self._wordings: dict[str, str] = {}
        for wording, code in entries:
            plain = words(wording)
            if plain:
                self._codes[plain] = code if self._codes.get(plain, code) == code else None
                self._wordings.setdefault(plain, wording)

    def find(self, text: str) -> str | None:
        """The code whose wording this is for certain; both halves of a text in two languages must agree."""
        found = self._one(text)
        if found is None and len(parts := _LANGUAGES.split(text[:LONGEST].strip())) > 1:
            codes = {self._one(part) for part in parts}
            found = codes.pop() if len(codes) == 1 else None
        return found

    def nearest(self, text: str) -> Near | None:
        """The wording most like this text, if one is like it; never taken without being asked."""
        best: Near | None = None
        for form in forms(text):
            for plain in difflib.get_close_matches(form, self._codes, n=1, cutoff=ALIKE):
                alike = difflib.SequenceMatcher(None, form, plain).ratio()
                code = self._codes[plain]
                if code is not None and (best is None or alike > best.alike):
                    best = Near(code, self._wordings[plain], alike)
        return best

    def _one(self, text: str) -> str | None:
        return next((code for form in forms(text) if (code := self._codes.get(form))), None)
