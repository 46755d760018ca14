"""The codebook of microdata: what each column means, and what each of its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from questionnaires.definition import Item, Questionnaire
from reports import microdata
from reports.microdata import RowReader

HEADS = ("column", "question", "kind", "dimension", "theme", "reverse", "code", "label", "score", "missing")

_MARKS = {
    "": "not answered",
    microdata.NOT_ASKED: "not asked, because of an earlier answer",
    microdata.WITHHELD: (
        "withheld, because too few people share this combination of authority, service area, tier and years, "
        "or because the answer would tell one of these"
    ),
}


_VERSIONS = {
    "wave": "The wave that the answers belong to",
    "questionnaire": "Code and version of the questionnaire, and the first 12 characters of the digest of what it measures",
    "method": "Version of the method, whose rule of disclosure control withheld what is withheld",
}


def rows(questionnaire: Questionnaire, versions: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """One row a value of a column, in the order of the columns; the first cells of a column repeat on each of its rows.

    `versions` are columns with the same value in every row: wave, questionnaire and method.

    `score` is 0 to 100 on the answer's own scale; where `reverse` is "yes", 100 minus it counts.
    """
    reader = RowReader(questionnaire)
    yield ("authority", "Code of the authority", "text", "", "", "", "", "", "", "")
    yield ("name", "Name of the authority", "text", "", "", "", "", "", "", "")
    for trait, item in reader.traits.items():
        yield from _values(trait, item)
    for item in microdata.columns(questionnaire):
        yield from _values(item.code, item)
    for column, value in versions.items():
        yield (column, _VERSIONS[column], "version", "", "", "", value, "", "", "")
    for mark, meaning in _MARKS.items():
        yield ("any column", "", "mark", "", "", "", mark, meaning, "", "")


def _values(column: str, item: Item) -> Iterator[tuple[str, ...]]:
    reverse = ("yes" if item.reverse else "no") if item.is_scored else ""
    start = (column, str(item.text), str(item.kind), item.dimension or "", item.theme or "", reverse)
    if not item.options:
        yield (*start, "", "", "", "")
    for option in item.options:
        score = "" if option.score is None else f"{option.score:g}"
        yield (*start, option.code, str(option.label), score, str(option.missing or ""))
