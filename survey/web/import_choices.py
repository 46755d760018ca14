"""What a person chooses for columns and labels of an export: fields with names of their own, read and drawn alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from survey import import_review
from survey.import_review import ASKED, ColumnMatch, Decisions, LabelMatch, Review, Why

ONE_AUTHORITY = "authority"
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """One question about a file: what it is about, why it is asked, what may be chosen and what is."""

    name: str
    label: str
    hint: str
    choices: Choices
    chosen: str
    is_open: bool

    @property
    def error(self) -> str:
        return _("Choose what “%(label)s” means", label=self.label) if self.is_open else ""


def columns(review: Review) -> list[Choice]:
    """A question for each column whose wording is not certain."""
    targets = [(import_review.LEAVE_OUT, _("Leave this column out")), *_named(review.column_targets())]
    return [
        Choice(_name("column", one.header), one.header, _why(one), targets, one.target, False)
        for one in review.open_columns
    ]


def labels(review: Review) -> list[Choice]:
    """A question for each label that is no answer for certain."""
    found = []
    for one in review.open_labels:
        codes = [
            ("", _("Choose")),
            (import_review.NO_ANSWER, _("Count it as no answer")),
            *review.label_codes(one.group),
        ]
        where = _("Row %(row)s, under “%(column)s”", row=one.row, column=_short(one.header, 80))
        hint = f"{where} – {_why(one)}"
        chosen = "" if one.code == import_review.UNDECIDED else one.code
        found.append(
            Choice(_name(one.group, one.label), one.label, hint, codes, chosen, one.code == import_review.UNDECIDED)
        )
    return found


def authority(review: Review, chosen: str) -> Choice | None:
    """Whose answers they are, where no column says it."""
    if not review.is_headless and not chosen:
        return None
    named = [("", _("Choose")), *((code, f"{name} ({code})") for code, name in review.authorities.items())]
    hint = _("No column of the file names an authority, so all of its answers must be of one.")
    return Choice(ONE_AUTHORITY, _("Whose answers are these?"), hint, named, chosen, review.is_headless)


def chosen(review: Review, posted: Mapping[str, str]) -> Decisions:
    """What a person has chosen; anything that the page did not offer counts as not chosen."""
    decided: dict[str, str] = {}
    for one, header in zip(columns(review), (match.header for match in review.open_columns), strict=True):
        decided[header] = _taken(one, posted)
    cells: dict[str, dict[str, str]] = {}
    for question, match in zip(labels(review), review.open_labels, strict=True):
        cells.setdefault(match.group, {})[match.label] = _taken(question, posted)
    whose = posted.get(ONE_AUTHORITY, "")
    return Decisions(review.proposal.questionnaire.code, decided, cells, whose if whose in review.authorities else "")


def _taken(one: Choice, posted: Mapping[str, str]) -> str:
    value = posted.get(one.name, one.chosen)
    return value if value and any(value == code for code, _label in one.choices) else import_review.UNDECIDED


def _named(targets: Choices) -> list[tuple[str, str]]:
    own = {
        "authority": _("The authority"),
        "service_area": _("The service area"),
        "tier": _("The tier"),
        "weight": _("A weight (ignored)"),
        "seconds": _("Seconds that answering took"),
    }
    return [(code, own.get(code) or f"{_short(wording, 90)} ({code})") for code, wording in targets]


def _name(kind: str, text: str) -> str:
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _why(match: ColumnMatch | LabelMatch) -> str:
    """Why this is asked."""
    if match.why not in ASKED:
        return str(_("Decided by you, or with an earlier file."))
    if match.wording:
        return str(
            _("%(alike)s%% like “%(wording)s”. Please check.", alike=match.alike, wording=_short(match.wording, 120))
        )
    if match.why is Why.CLOSE:
        return str(_("It may name the authority. Please check."))
    return str(_("No wording of the questionnaire is like this."))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
