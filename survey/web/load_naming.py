"""Whether an authority is named in a wave, for its lead and deputy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey import naming
from survey.web import load_lead
from survey.web.access import Asked

if TYPE_CHECKING:
    from survey.models import Participation, Wave


@dataclass(frozen=True, slots=True)
class Choice:
    """What an authority chose so far, and whether it can still be changed."""

    wave: Wave
    participation: Participation
    is_named: bool
    is_frozen: bool


def choice(asked: Asked) -> Choice:
    wave, mine = load_lead.place(asked)
    chosen = naming.chosen(asked.session, wave)
    return Choice(wave, mine, mine.authority.code in chosen, naming.is_frozen(asked.session, wave))
