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
from survey.web.prepared import slot

LONGEST_SCALE_LABEL = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """What one officer sees on one page: values, faults, whether blanks are pointed out, own names of service areas."""

    values: Mapping[str, AnswerValue | None]
    faults: Mapping[str, AnswerFault] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)


def items_html(items: Sequence[Item], shown: Shown) -> Markup:
    """The questions of a page, one below the other, with a gap wherever officers differ; `marks` fills them."""
    return Markup("\n").join(Markup(_drawn(item, shown)) for item in items)  # noqa: S704 - a rendered template


def marks(items: Sequence[Item], shown: Shown) -> dict[str, str]:
    """What this officer's gaps hold: chosen options, typed texts, own names of service areas. All of it escaped."""
    found: dict[str, str] = {}
    for item in items:
        value = shown.values.get(item.code)
        if item.option_set is not None:
            chosen = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
            found |= {f"mark:{item.code}:{code}": " checked" for code in chosen if code is not None}
        elif value is not None:
            found[f"value:{item.code}"] = str(escape(value))
        if item.role is Role.SERVICE_AREA:
            found |= _labels(item, shown.labels)
    return found


def _labels(item: Item, own: Mapping[str, str]) -> dict[str, str]:
    return {
        f"label:{option.code}": str(escape(own[option.code]) if option.code in own else text_html(option.label))
        for option in item.options
    }


def _drawn(item: Item, shown: Shown) -> str:
    fault = shown.faults.get(item.code)
    return render_template(
        "respond/item.html",
        item=item,
        fault="" if fault is None else _(fault.message, **fault.arguments),
        is_blank=fault is None and item.code in shown.blanks,
        is_scale=is_scale(item),
        option_label=slot_label if item.role is Role.SERVICE_AREA else option_text,
        text_html=text_html,
        slot=slot,
        kind=str(item.kind),
    )


def slot_label(code: str, label: Text) -> Markup:
    """Service areas carry the authority's own names, which are filled in per officer."""
    del label
    return slot(f"label:{code}")


def option_text(code: str, label: Text) -> Markup:
    del code
    return text_html(label)


def text_html(text: Text, page_language: str = "") -> Markup:
    """A text of the questionnaire; where a translation is missing, it says which language it is in."""
    if text.lang == (page_language or context.language()):
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
