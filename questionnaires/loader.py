"""A TOML file becomes a Questionnaire, or faults that say file, place and remedy, all at once."""

from __future__ import annotations

import glob
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from questionnaires import building, checks, reading, translation
from questionnaires.definition import Questionnaire
from questionnaires.faults import Fault, QuestionnaireFaults

LARGEST_FILE = 1024 * 1024
MOST_DOTS = 200
POSITION = re.compile(r"^(?P<what>.*?)\s*\(at (?P<where>.*)\)$", re.DOTALL)


def read(path: Path) -> Questionnaire:
    """The questionnaire in a file. Raises QuestionnaireFaults with every fault."""
    return parse(contents(path), file=path.name)


def parse(text: str, *, file: str = "questionnaire") -> Questionnaire:
    """The questionnaire in a text, such as an edition as it is stored.

    >>> parse("title = 5", file="small.toml")
    Traceback (most recent call last):
    ...
    questionnaires.faults.QuestionnaireFaults: small.toml: code is missing. Add code = text in quotes.
    ...
    """
    return from_table(table(text, file=file), file=file)


def from_table(content: Mapping[str, object], *, file: str) -> Questionnaire:
    """The questionnaire in the tables of a TOML file."""
    found: list[Fault] = []
    source = reading.source(content, file, found)
    found.extend(checks.faults(source))
    if found:
        raise QuestionnaireFaults(found)
    return building.questionnaire(source)


def with_translations(path: Path) -> tuple[Questionnaire, ...]:
    """The questionnaire in a file, then the same in each language of the files `<name>.<language>.toml` beside it."""
    base = read(path)
    beside = sorted(path.parent.glob(f"{glob.escape(path.stem)}.*.toml"))
    return (base, *(translate(base, contents(file), file=file.name) for file in beside))


def advice(text: str, *, file: str = "questionnaire") -> tuple[Fault, ...]:
    """What is worth a second look in a text that parses."""
    return tuple(checks.advice(reading.source(table(text, file=file), file, [])))


def translate(questionnaire: Questionnaire, translation_text: str, *, file: str = "translation") -> Questionnaire:
    """The same instrument with its texts in another language; what is not translated stays as it is."""
    return translation.apply(questionnaire, table(translation_text, file=file), file)


def translation_advice(questionnaire: Questionnaire, translation_text: str, *, file: str) -> tuple[Fault, ...]:
    """What a translation leaves out, or leaves unreviewed."""
    return tuple(translation.advice(questionnaire, table(translation_text, file=file), file))


def is_translation(text: str, *, file: str = "questionnaire") -> bool:
    """Whether a file maps texts to another language rather than asking anything itself."""
    return "texts" in table(text, file=file)


def digest(text: str) -> str:
    """SHA-256 of what a file says: comments, spacing and line ends do not count, everything else does.

    >>> digest('code = "a"  # a comment') == digest('code   =   "a"')
    True
    """
    return _sha256(table(text, file="questionnaire"))


def measurement_digest(questionnaire: Questionnaire) -> str:
    """SHA-256 of what measures: codes, wording in the base language, scales, scores, keys, order.

    Titles, intros and translations do not count: they may be improved while an edition is in the field.
    """
    return _sha256(building.measurement(questionnaire))


def contents(path: Path) -> str:
    """The text of a file, or the one fault that keeps it from being read."""
    with path.open("rb") as stream:
        raw = stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        _refuse(
            path.name,
            "too-large",
            "the file is larger than 1 MiB.",
            "A questionnaire needs far less: is it the right file?",
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        _refuse(path.name, "encoding", "the file is written in UTF-16.", "Save it as UTF-8.")
    if b"\x00" in raw:
        _refuse(path.name, "binary", "the file is not a text.", "A questionnaire is a TOML file, not a spreadsheet.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _refuse(path.name, "encoding", f"line {line} is not written in UTF-8.", "Save the file as UTF-8.")
        raise


def table(text: str, *, file: str) -> Mapping[str, object]:
    """The tables of a TOML text. Raises QuestionnaireFaults with line and column of what is not TOML."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        _refuse(
            file, "too-large", "the text is larger than 1 MiB.", "A questionnaire needs far less: is it the right file?"
        )
    if not text.strip():
        _refuse(file, "empty-file", "the file is empty.", "Start with code, version, language, audience and title.")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.count(".") > MOST_DOTS:  # a key a.a.a… of half a megabyte takes all memory
            _refuse(file, "not-toml", f"line {number} has more than {MOST_DOTS} dots.", "Write it as the README shows.")
    try:
        return tomllib.loads(text)
    except RecursionError:
        _refuse(file, "not-toml", "lists stand inside lists too deeply.", "Write it as the README shows.")
        raise
    except ValueError as error:  # also what tomllib lets through: impossible dates, numbers of 5,000 digits
        position = POSITION.match(str(error))
        where = f"{position['where']}: " if position else ""
        what = position["what"] if position else str(error)
        _refuse(file, "not-toml", f"{where}this is not TOML: {what}.", "Mend this place and check again.")
        raise


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True, default=str).encode()).hexdigest()


def _refuse(file: str, rule: str, message: str, remedy: str) -> None:
    raise QuestionnaireFaults([Fault(file, "", message, remedy, rule=rule)])
