"""What a page posted, checked against the items that were shown on it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from questionnaires.definition import Answers, AnswerValue, Item, Kind, Questionnaire, is_blank
from survey.errors import BadInput

MAX_TEXT_LENGTH = 2000  # where the questionnaire names no limit of its own
MAX_NUMBER = 1_000_000_000


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What an officer should put right. `message` is a sentence of the catalogue, `arguments` fill its gaps."""

    item: str
    message: str
    arguments: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """The values of a page, None where the officer left a blank, and what is wrong with the others."""

    values: Mapping[str, AnswerValue | None]
    faults: tuple[AnswerFault, ...] = ()


def read(items: Iterable[Item], posted: Mapping[str, Sequence[str]]) -> Reading:
    """Read what a form sent for the items shown. An option that the item does not have was not sent by our page."""
    values: dict[str, AnswerValue | None] = {}
    faults: list[AnswerFault] = []
    for item in items:
        given = [value for value in posted.get(item.code, ()) if value.strip()]
        value, fault = _READERS[item.kind](item, given)
        if fault is not None:
            faults.append(fault)
        else:
            values[item.code] = value
    return Reading(values, tuple(faults))


def checked(items: Iterable[Item], values: Mapping[str, AnswerValue | None]) -> dict[str, AnswerValue | None]:
    """The same values, or a refusal: the last gate before they are stored, whoever read them."""
    shown = {item.code: item for item in items}
    foreign = sorted(set(values) - set(shown))
    if foreign:
        raise BadInput("These answers belong to another page. Go back and try again.", tuple(foreign))
    reading = read((shown[code] for code in values), {code: _as_posted(value) for code, value in values.items()})
    if reading.faults:
        raise BadInput(
            "Some answers cannot be read. Nothing was saved.",
            tuple(f"{fault.item}: {fault.message % fault.arguments}" for fault in reading.faults),
        )
    return dict(reading.values)


def shown_digest(items: Iterable[Item], answers: Answers) -> str:
    """A digest of the items as shown, blanks included. A page posts it, so that a change elsewhere is noticed."""
    shown = {item.code: _plain(answers.get(item.code)) for item in items}
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def stored(answers: Answers) -> str:
    """The JSON text of answers, as drafts and sealed rows hold it."""
    return json.dumps(
        {code: _plain(value) for code, value in answers.items()}, ensure_ascii=False, separators=(",", ":")
    )


def loaded(text: str) -> dict[str, AnswerValue]:
    """Answers from their JSON text, written by `stored`."""
    answers: dict[str, AnswerValue] = json.loads(text)
    return answers


def asked_only(questionnaire: Questionnaire, answers: Answers) -> dict[str, AnswerValue]:
    """Answers to what is asked, in file order: what routing has left out, and the order of answering, are gone.

    While a draft is open, answers to items that are no longer asked are kept: a changed mind costs nobody their text.
    """
    return {
        item.code: answers[item.code]
        for page in questionnaire.pages
        for item in questionnaire.asked_items(page, answers)
        if not is_blank(answers.get(item.code))
    }


def same(one: AnswerValue | None, other: AnswerValue | None) -> bool:
    """Whether two answers say the same: blank is blank, however it is written."""
    return _plain(one) == _plain(other)


def _plain(value: AnswerValue | None) -> str | int | list[str] | None:
    if value is None or is_blank(value):
        return None
    return value if isinstance(value, str | int) else list(value)


def _as_posted(value: AnswerValue | None) -> Sequence[str]:
    if value is None:
        return ()
    return (str(value),) if isinstance(value, str | int) else tuple(value)


_Read = tuple[AnswerValue | None, AnswerFault | None]


def _read_choice(item: Item, given: Sequence[str]) -> _Read:
    if len(given) > 1:
        raise BadInput("Only one answer can be chosen here. Go back and try again.", (item.code,))
    _refuse_unknown(item, given)
    return (given[0] if given else None), None


def _read_choices(item: Item, given: Sequence[str]) -> _Read:
    _refuse_unknown(item, given)
    chosen = [option for option in item.options if option.code in given]  # in the order of the questionnaire
    if len(chosen) > 1 and any(option.exclusive for option in chosen):
        alone = next(option for option in chosen if option.exclusive)
        return None, AnswerFault(
            item.code, "Choose either “%(alone)s” or other answers, not both.", {"alone": alone.label}
        )
    return ([option.code for option in chosen] or None), None


def _read_number(item: Item, given: Sequence[str]) -> _Read:
    if not given:
        return None, None
    lowest = 0 if item.minimum is None else item.minimum
    highest = MAX_NUMBER if item.maximum is None else item.maximum
    text = given[0].strip().replace(",", "")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 12):
        return None, AnswerFault(item.code, "Enter a whole number, such as 12.")
    if not lowest <= int(text) <= highest:
        return None, AnswerFault(
            item.code, "Enter a number from %(lowest)d to %(highest)d.", {"lowest": lowest, "highest": highest}
        )
    return int(text), None


def _read_text(item: Item, given: Sequence[str]) -> _Read:
    if not given:
        return None, None
    limit = item.max_length or MAX_TEXT_LENGTH
    text = cleaned(given[0])
    if len(text) > limit:
        return None, AnswerFault(item.code, "Shorten this by %(excess)d characters.", {"excess": len(text) - limit})
    return (text or None), None


def cleaned(text: str) -> str:
    """Line ends as one character, no control or half characters: what no keyboard types and no database likes."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def _refuse_unknown(item: Item, given: Sequence[str]) -> None:
    known = item.option_set.by_code if item.option_set else {}
    if any(code not in known for code in given):
        raise BadInput("This page sent an answer that the question does not have. Go back and try again.", (item.code,))


_READERS = {
    Kind.CHOICE: _read_choice,
    Kind.CHOICES: _read_choices,
    Kind.NUMBER: _read_number,
    Kind.TEXT: _read_text,
}
