"""Which texts and codes may stand in a questionnaire: plain, short enough, nothing hidden."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.faults import quoted

MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:[A-Za-z]+|#\w+);")
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
JOINERS = frozenset("\u200c\u200d")  # letters of some languages need them

CHANGED_BY_SPREADSHEETS = re.compile(
    r"[0-9]+-[0-9]+|0[0-9]+|[0-9]+[eE][0-9]+"
)  # a date, a shorter number, a power of ten

LIMITS = {"title": 160, "label": 200, "text": 500, "hint": 500, "intro": 2000, "description": 1000}


@dataclass(frozen=True, slots=True)
class Problem:
    rule: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CodeShape:
    """How a kind of code is written. Item codes are column names in every statistics package."""

    pattern: re.Pattern[str]
    longest: int
    words: str


ITEM_CODE = CodeShape(re.compile(r"[A-Za-z][A-Za-z0-9_]*"), 32, "letters, digits and _, starting with a letter")
OPTION_CODE = CodeShape(re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*"), 40, "letters, digits, _ and -, without spaces")
PLACE_CODE = CodeShape(re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*"), 40, "letters, digits, _ and -, without spaces")
VERSION = CodeShape(re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*"), 20, "letters, digits and dots, such as 1 or 2.1")
LANGUAGE = CodeShape(re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?"), 10, "a language code such as en, cy or pt-BR")


def text_problems(text: str, kind: str) -> Iterator[Problem]:
    """What keeps a text from being shown to an officer as it stands.

    >>> [problem.rule for problem in text_problems("We <b>trust</b> people.", "text")]
    ['markup']
    """
    limit = LIMITS[kind]
    if not text.strip():
        yield Problem("empty-text", f"the {kind} is empty.", "Write the words that officers will read.")
        return
    if len(text) > limit:
        yield Problem("long-text", f"the {kind} has {len(text)} characters.", f"Shorten it to {limit} or fewer.")
    if text != text.strip():
        yield Problem("padded-text", f"the {kind} starts or ends with a space.", "Remove the space.")
    if found := MARKUP.search(text):
        shown = quoted(text[found.start() : found.start() + 12])
        yield Problem("markup", f"the {kind} holds HTML at {shown}.", "Write plain words: no tags, no entities.")
    if any(character in BIDI for character in text):
        yield Problem(
            "bidi", f"the {kind} hides a mark that turns the direction of writing.", "Remove the hidden mark."
        )
    if hidden := _first_hidden(text, kind):
        yield Problem(
            "control-character",
            f"the {kind} hides the character U+{ord(hidden):04X}.",
            "Remove it; a line break is allowed in an intro only.",
        )


def code_problems(code: str, shape: CodeShape, key: str = "code") -> Iterator[Problem]:
    """What keeps a code from being used for ever.

    >>> [problem.rule for problem in code_problems("2 words", ITEM_CODE)]
    ['bad-code']
    """
    if len(code) > shape.longest:
        message = f"the {key} {quoted(code)} has {len(code)} characters."
        yield Problem("long-code", message, f"Use {shape.longest} or fewer.")
    elif not shape.pattern.fullmatch(code):
        yield Problem("bad-code", f"the {key} {quoted(code)} is not allowed.", f"Use {shape.words}.")


def _first_hidden(text: str, kind: str) -> str | None:
    allowed = BIDI | JOINERS | (frozenset("\n") if kind == "intro" else frozenset())  # bidi has its own sentence
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return next((c for c in text if c not in allowed and unicodedata.category(c) in hidden), None)
