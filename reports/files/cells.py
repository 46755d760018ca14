"""What a cell of a tool's export means: option codes from labels in any language, lists taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from questionnaires.definition import Item, Kind, Questionnaire
from reports.files.mapping import NO_ANSWER, UNDECIDED, ToolMapping, group_of
from reports.files.recognition import Lexicon, Near, words
from reports.files.responses import AUTHORITY

SEPARATORS = (";", "\n", ",")
MOST_PARTS = 60
MOST_PIECES = 6  # that a separator can tear one label into
_REMEMBERED = 10_000


@dataclass(frozen=True)
class Labels:
    """The answers of one set of options: those decided before, the codes themselves, and the wording.

    `pieces` is the most that a separator tears one of them into; `found` remembers what was looked up.
    """

    group: str
    codes: frozenset[str]
    decided: Mapping[str, str]  # words of the label to code
    lexicon: Lexicon
    pieces: int = MOST_PIECES
    found: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)

    def code(self, cell: str) -> str | None:
        """The code of a label; empty for no answer, None for a label that nobody knows."""
        label = cell.strip()
        if label not in self.found:
            if len(self.found) >= _REMEMBERED:
                self.found.clear()
            self.found[label] = self._looked_up(label)
        return self.found[label]

    def _looked_up(self, label: str) -> str | None:
        decided = self.decided.get(words(label), UNDECIDED)
        if not label or decided == NO_ANSWER:
            return ""
        if decided != UNDECIDED:
            return decided
        if label in self.codes:
            return label
        if label.endswith(".0") and label[:-2] in self.codes:  # a number that went through a spreadsheet
            return label[:-2]
        return self.lexicon.find(label)

    def parts(self, cell: str) -> tuple[str, ...]:
        """The labels of a cell that holds several: Forms ends each with a semicolon, others put commas between."""
        whole = cell.strip()
        if not whole or self.code(whole) is not None:
            return (whole,) if whole else ()
        chosen = whole.split()
        if len(chosen) <= MOST_PARTS and all(one in self.codes for one in chosen):
            return tuple(chosen)
        found: tuple[str, ...] = ()
        for separator in SEPARATORS:
            if separator in whole:
                found = _joined(self, whole.split(separator)[:MOST_PARTS], separator)
                if all(self.code(one) is not None for one in found):
                    return found
        semicolons = tuple(one.strip() for one in whole.split(";")[:MOST_PARTS] if one.strip())
        return semicolons if ";" in whole else (found or (whole,))

    def nearest(self, label: str) -> Near | None:
        return self.lexicon.nearest(label)


def _joined(labels: Labels, pieces: Sequence[str], separator: str) -> tuple[str, ...]:
    """The pieces, those that only together are a label (a label with a comma in it) as one."""
    found: list[str] = []
    at = 0
    while at < len(pieces):
        end = next(
            (
                end
                for end in range(min(len(pieces), at + labels.pieces), at, -1)
                if labels.code(separator.join(pieces[at:end]).strip()) is not None
            ),
            at + 1,
        )
        found.append(separator.join(pieces[at:end]).strip())
        at = end
    return tuple(one for one in found if one)


def of_item(item: Item, languages: Sequence[Questionnaire], mapping: ToolMapping) -> Labels:
    """What the answers of an item may be called, in every language of the edition."""
    wordings = [
        (str(option.label), option.code)
        for one in languages
        if item.code in one.items
        for option in one.items[item.code].options
    ]
    wordings += [(option.label.base, option.code) for option in item.options]
    codes = frozenset(option.code for option in item.options)
    return _labels(group_of(item), codes, mapping, wordings)


def of_authorities(authorities: Mapping[str, str], mapping: ToolMapping) -> Labels:
    """What authorities may be called: by their code or their name."""
    wordings = [(name, code) for code, name in authorities.items()] + [(code, code) for code in authorities]
    return _labels(AUTHORITY, frozenset(authorities), mapping, wordings)


def _labels(group: str, codes: frozenset[str], mapping: ToolMapping, wordings: Sequence[tuple[str, str]]) -> Labels:
    decided = mapping.cells.get(group, {})
    torn = (1 + label.count(sign) for label in (*decided, *dict(wordings)) for sign in SEPARATORS)
    pieces = min(max(torn, default=1), MOST_PIECES)
    return Labels(group, codes, {words(label): code for label, code in decided.items()}, Lexicon(wordings), pieces)


def is_labelled(item: Item) -> bool:
    """Whether an item's cells hold labels that must be found, and not numbers or words that people typed."""
    return item.kind in {Kind.CHOICE, Kind.CHOICES}
