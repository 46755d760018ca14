"""The floor as officers find it: every link opens, and its pages are numbered."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from performance._floor.application import Variant, create_floor
from performance._subjects import Subject, Trace
from questionnaires import loader


def made(name: str, text: str, folder: Path, officers: int, trace: Trace | None) -> Subject:
    questionnaire = loader.parse(text)
    app = create_floor(cast(Variant, name), questionnaire, folder / "floor.sqlite", trace=trace)
    pages = tuple(f"/page/{number}" for number in range(len(questionnaire.pages)))
    return Subject(name, app, (f"/r/{number}" for number in range(officers)), pages, "/check")
