"""What the pages of uploaded exports show: the form, or this person's own file with what it seems to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey import imports, mappings, pending_imports, waves
from survey.imports import Imported
from survey.web.access import Asked

if TYPE_CHECKING:
    from survey.models import PendingImport, Wave


@dataclass(frozen=True, slots=True)
class ImportPage:
    """A wave that takes answers, the file that this person has uploaded for it, and what was brought in so far."""

    wave: Wave
    state: str
    pending: PendingImport | None
    earlier: tuple[Imported, ...]
    has_mapping: bool

    @property
    def code(self) -> str:
        return self.wave.code


def page(asked: Asked) -> ImportPage:
    wave = waves.by_code(asked.session, asked.args["wave"])
    return ImportPage(
        wave,
        wave.state,
        pending_imports.of_person(asked.session, wave, asked.person.person_id, now=asked.now),
        tuple(imports.earlier(asked.session, wave)),
        mappings.is_there(asked.session, wave.edition.code),
    )
