"""What officers' journeys are measured on: the service with an open wave, and the floor in each of its variants."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from questionnaires import files

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

VARIANTS = ("widgets", "loop", "prepared")
SERVICE = "service"
NAMES = (*VARIANTS, SERVICE)
ITEMS, PAGES = 40, 4
Trace = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """One application: how its links and the addresses of its pages look."""

    name: str
    app: WSGIApplication
    links: Iterator[str]
    pages: tuple[str, ...]
    check: str


def ten_items_a_page() -> str:
    """Forty statements with five answers each on four pages: the instrument of the table in the decision record."""
    scale = ", ".join(f'{{ code = "{n}", label = "Answer {n}", score = {25 * (n - 1)} }}' for n in range(1, 6))
    lines = [
        'code = "ten-items-a-page"', 'version = "1"', 'language = "en"', 'audience = "officers"', 'title = "Forty"',
        "[[option_sets]]", 'code = "five"', f"options = [{scale}]",
        "[[dimensions]]", 'code = "mindset"', 'title = "Mindset"', "[[sections]]", 'code = "all"', 'title = "All"',
    ]  # fmt: skip
    for page in range(PAGES):
        lines += ["[[sections.pages]]", f'code = "page-{page}"']
        for item in range(page * ITEMS // PAGES, (page + 1) * ITEMS // PAGES):
            lines += ["[[sections.pages.items]]", f'code = "item_{item}"', 'kind = "choice"', 'option_set = "five"']
            lines += [f'text = "In this authority, statement number {item} is so."', 'dimension = "mindset"']
    return "\n".join(lines)


def shipped() -> str:
    """The staff survey that ships with the product: shorter pages, more of them."""
    return files.path("digital-maturity-staff", "1").read_text()


def subject(name: str, text: str, folder: Path, *, officers: int, trace: Trace | None = None) -> Subject:
    """An application that officers can walk through; `trace` is told each statement."""
    folder.mkdir(parents=True, exist_ok=True)
    # Imported when it is asked for: a process that serves the floor holds nothing of the service.
    maker = "performance._service" if name == SERVICE else "performance._floor.made"
    made: Subject = importlib.import_module(maker).made(name, text, folder, officers, trace)
    return made
