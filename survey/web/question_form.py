"""Pages of questions, drawn once per edition and language: per officer only the marks, texts and tokens are filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup, escape

from questionnaires.definition import AnswerValue, Item, Kind, Role, Text
from survey.answers import AnswerFault
from survey.web import context
from survey.web.prepared import Prepared, PreparedPages, slot

LONGEST_SCALE_LABEL = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """What one officer sees on one page: values, faults, whether blanks are pointed out, own names of service areas."""

    values: Mapping[str, AnswerValue | None]
    faults: Mapping[str, AnswerFault] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)


def items_html(pages: PreparedPages, items: Sequence[Item], shown: Shown, key: tuple[str, ...]) -> Markup:
    """The questions of a page, one below the other, with this officer's marks."""
    return Markup("\n").join(_item_html(pages, item, shown, key) for item in items)


def _item_html(pages: PreparedPages, item: Item, shown: Shown, key: tuple[str, ...]) -> Markup:
    value = shown.values.get(item.code)
    fault = shown.faults.get(item.code)
    if fault is not None:
        prepared = Prepared.of(_drawn(item, _(fault.message, **fault.arguments), is_blank=False))
    else:
        is_blank = item.code in shown.blanks
        prepared = pages.get(
            (*key, item.code, "blank" if is_blank else ""), lambda: _drawn(item, "", is_blank=is_blank)
        )
    chosen = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)

    def fill(name: str) -> str:  # a gap is named by its kind and, for options, their code
        kind, _colon, code = name.partition(":")
        if kind == "mark":
            return " checked" if code in chosen else ""
        if kind == "label":
            own = shown.labels.get(code)
            return str(text_html(_label(item, code)) if own is None else escape(own))
        return "" if value is None else str(escape(value))

    return prepared.filled(fill)


def _drawn(item: Item, fault: str, *, is_blank: bool) -> str:
    return render_template(
        "respond/item.html",
        item=item,
        fault=fault,
        is_blank=is_blank,
        is_scale=is_scale(item),
        option_label=slot_label if item.role is Role.SERVICE_AREA else option_text,
        text_html=text_html,
        slot=slot,
        kind=str(item.kind),
    )


def _label(item: Item, code: str) -> Text:
    return next(option.label for option in item.options if option.code == code)


def slot_label(code: str, label: Text) -> Markup:
    """Service areas carry the authority's own names, which are filled in per officer."""
    del label
    return slot(f"label:{code}")


def option_text(code: str, label: Text) -> Markup:
    del code
    return text_html(label)


def text_html(text: Text) -> Markup:
    """A text of the questionnaire; where a translation is missing, it says which language it is in."""
    if text.lang == context.language():
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(text.lang, text)


def paragraph_html(whole: Text | None, part: str) -> Markup:
    """One paragraph of a longer text, marked with the language of the whole."""
    return escape(part) if whole is None else text_html(Text(part, whole.lang))


def is_scale(item: Item) -> bool:
    """Short answers in an order: from a tablet on they stand beside each other."""
    options = item.options
    return (
        item.kind is Kind.CHOICE
        and 4 <= len(options) <= 7
        and any(option.score is not None for option in options)
        and all(len(option.label) <= LONGEST_SCALE_LABEL for option in options)
    )
