"""The catalogue of words for pictures, sentences and reports: one TOML file a language, English where a key is missing."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

BASE_LANGUAGE = "en"
_FOLDER = Path(__file__).parent
_DUST = 1e-9  # shares are sums
_VOWELS = "aeiouwyâêîôûŵŷáéíóúàèìòùäëïöü"


def languages() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def is_reviewed(language: str) -> bool:
    """Whether a speaker of the language has read the whole catalogue."""
    return catalogue(language).get("status") == "reviewed"


def text(key: str, language: str = BASE_LANGUAGE, **values: object) -> str:
    """The words behind `part.name`, filled in; an unknown key is an error, an untranslated one shows English.

    >>> text("verdict.ABOVE")
    'above peers'
    """
    return _words(key, language).format(**values)


def has(key: str) -> bool:
    return key in catalogue(BASE_LANGUAGE)


def number(count: int, language: str = BASE_LANGUAGE) -> str:
    """A small count as a word where the language has words for counts, else as digits.

    >>> number(4), number(12), number(4, "cy")
    ('four', '12', '4')
    """
    known = language if language in languages() else BASE_LANGUAGE
    words = catalogue(known).get("list.numbers", "").split("|")
    return words[count] if count < len(words) and words[count] else str(count)


def enumeration(parts: Sequence[str], language: str = BASE_LANGUAGE) -> str:
    """Parts as a spoken list; parts that are lists themselves are kept apart by a comma.

    >>> enumeration(["a", "b", "c"])
    'a, b and c'
    >>> enumeration(["above on a and b", "similar on c"])
    'above on a and b, and similar on c'
    >>> enumeration(["yn uwch", "yn is"], "cy"), enumeration(["hyn", "arall"], "cy")
    ('yn uwch ac yn is', 'hyn ac arall')
    """
    if len(parts) < 2:
        return "".join(parts)
    joint = _words("list.and", language)
    before_vowel = catalogue(language).get("list.and_before_vowel")
    if before_vowel and parts[-1][:1].lower() in _VOWELS:
        joint = before_vowel
    comma = _words("list.comma", language)
    if any(one in part for part in parts for one in {_words("list.and", language), joint}):
        joint = comma.rstrip() + joint
    return comma.join(parts[:-1]) + joint + parts[-1]


def signed(value: float) -> str:
    """A difference for the screen, whole and with its sign; zero has none.

    >>> signed(6.4), signed(-6.4), signed(0.2)
    ('+6', '\\u22126', '0')
    """
    shown, sign = whole(abs(value)), "+" if value > 0 else "\N{MINUS SIGN}"
    return shown if shown == "0" else sign + shown


def percent(share: float, language: str = BASE_LANGUAGE, *, form: str = "percent") -> str:
    """A share of 0 to 1 in words; a little is never nothing and nearly all is never all.

    `form` is the key of the words around the number: `percent` or `about_percent`.

    >>> [percent(share).replace("\\u00a0", " ") for share in (0.0, 0.004, 0.625, 0.996, 1.0)]
    ['0 %', 'under 1 %', '63 %', 'over 99 %', '100 %']
    """
    shown = whole(100 * share)
    if shown == "0" and share > 0:
        return text("answered.under_percent", language)
    if shown == "100" and share < 1 - _DUST:
        return text("answered.over_percent", language)
    return text(f"answered.{form}", language, percent=shown)


def whole(value: float) -> str:
    """A number for the screen: a whole number, halves away from zero (62.5 is 63, -0.5 is -1, never -0).

    Numbers are rounded once, last, from full precision; a difference is rounded from the difference, never taken from
    two rounded numbers. The small tolerance makes a half that lost its last bit in arithmetic still a half.

    >>> whole(62.5), whole(62.49), whole(-0.5), whole(-0.2), whole(62.499999999999)
    ('63', '62', '-1', '0', '63')
    """
    size = math.floor(abs(value) + 0.5 + 1e-9)
    return f"-{size}" if value < 0 and size else str(size)


def _words(key: str, language: str) -> str:
    found = catalogue(language).get(key)
    return catalogue(BASE_LANGUAGE)[key] if found is None else found


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """Every text of a language by `part.name`; empty for a language that has no file."""
    file = _FOLDER / f"{language}.toml"
    if language not in languages():
        return {}
    parsed = tomllib.loads(file.read_text(encoding="utf-8"))
    flat = {"status": str(parsed.pop("status"))}
    for part, entries in parsed.items():
        for name, value in entries.items():
            flat[f"{part}.{name}"] = "|".join(value) if isinstance(value, list) else value
    return flat
