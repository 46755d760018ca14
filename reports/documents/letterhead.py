"""The letterhead: what every PDF says of its publisher, release and subject, and its tables as data for a template."""

from __future__ import annotations

import re

from questionnaires.definition import Questionnaire
from reports import narrative
from reports.documents import colours, logos, reading
from reports.documents.brand import Brand
from reports.documents.cells import Table
from reports.documents.finding_tables import Finding
from reports.documents.imprint import Imprint
from reports.documents.typesetting import Value
from reports.wording import BASE_LANGUAGE, text

LOGO = "logo"
_SHARE = re.compile(r"(\d{1,3})\u00a0%")


def letterhead(
    brand: Brand, imprint: Imprint, questionnaire: Questionnaire, *, title: str, kind: str
) -> dict[str, Value]:
    """`title` is whom the document is about, `kind` what it is: "Report for one authority"."""
    return {
        "title": title,
        "kind": kind,
        "language": BASE_LANGUAGE,
        "survey": str(questionnaire.title),
        "wave": imprint.wave or "",
        "release": narrative.stamp(imprint.release, imprint.method),
        "made_up": text("note.demonstration") if imprint.demonstration else "",
        "made_up_means": reading.MADE_UP if imprint.demonstration else "",
        "refusal": narrative.refusal(),
        "brand": _brand(brand),
    }


def pictures(brand: Brand) -> dict[str, bytes]:
    """The pictures that the letterhead needs."""
    drawn = logos.png(brand)
    return {LOGO: drawn} if drawn else {}


def table(one: Table) -> dict[str, Value]:
    """A table as data; a cell that is a share of a whole says how long its bar is, from the very words that it shows."""
    return {
        "caption": one.caption,
        "headings": list(one.headings),
        "rows": [[{"words": cell, "share": _share(cell)} for cell in row] for row in one.body],
        "withholds": one.withholds,
    }


def finding(one: Finding) -> dict[str, Value]:
    """A finding with its heading, its sentence, what it means, its tables, and why something is missing."""
    return {
        "title": one.title,
        "sentence": one.sentence,
        "words": one.words,
        "tables": [table(each) for each in one.tables],
        "refusal": narrative.refusal() if one.left_out else "",
    }


def explained() -> dict[str, Value]:
    """How to read a report and how it was worked out."""
    return {
        "terms": [{"term": term, "meaning": meaning} for term, meaning in reading.terms()],
        "method": list(reading.METHOD),
    }


def _brand(brand: Brand) -> dict[str, Value]:
    return {
        "name": brand.name,
        "strapline": brand.strapline,
        "contact": brand.contact,
        "logo": LOGO if brand.logo else "",
        "logo_text": brand.logo_text,
        "main": brand.main,
        "accent": brand.accent,
        "tint": colours.tint(brand.main, 0.06),
        "line": colours.tint(brand.main, 0.25),
    }


def _share(cell: str) -> int | None:
    """How many per cent a cell shows, or None.

    >>> _share("68\\u00a0%"), _share("under 1\\u00a0%"), _share("not shown"), _share("62")
    (68, 0, None, None)
    """
    found = _SHARE.fullmatch(cell)
    if found:
        return int(found[1])
    return {text("answered.under_percent"): 0, text("answered.over_percent"): 100}.get(cell)
