"""What is wrong with a questionnaire file: one line a fault, with its place and its remedy."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

SHOWN_LENGTH = 60
MOST_LISTED = 20
MOST_COMPARED = 200  # a hostile file must not cost minutes


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `rule` names the kind of fault; advice is worth reading and refuses nothing.

    >>> print(Fault("staff.toml", "item tier", "the text is missing.", 'Add text = "…".', rule="missing-key"))
    staff.toml: item tier: the text is missing. Add text = "…".
    """

    file: str
    place: str
    message: str
    remedy: str
    rule: str
    is_advice: bool = False

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, f"{self.message} {self.remedy}") if part)


class QuestionnaireFaults(Exception):  # noqa: N818 - the plural says that it carries all of them
    """A file that is not a questionnaire: every fault at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def quoted(value: object) -> str:
    """Something from the file as it may be shown on a terminal or a page: short, on one line, nothing hidden.

    >>> quoted("agree5")
    '"agree5"'
    >>> print(quoted("a\\nb"))
    "a\\u000ab"
    """
    text = str(value)
    shown = text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"
    return '"' + "".join(_visible(character) for character in shown) + '"'


def listed(values: Iterable[str]) -> str:
    """The values that may be written, in a sentence; the first twenty of them.

    >>> listed(["choice", "text"])
    'choice, text'
    """
    shown = list(islice(values, MOST_LISTED + 1))
    return ", ".join(shown[:MOST_LISTED]) + (" …" if len(shown) > MOST_LISTED else "")


def nearest(value: str, allowed: Iterable[str]) -> str:
    """What was probably meant, as the start of a remedy, or nothing.

    >>> nearest("dimenson", ["dimension", "theme"])
    'Did you mean "dimension"? '
    """
    close = difflib.get_close_matches(value, islice(allowed, MOST_COMPARED), n=1)
    return f'Did you mean "{close[0]}"? ' if close else ""


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return f"\\u{ord(character):04x}" if hidden else character
