"""What the privacy notice says about the waves that are in the field now."""

from __future__ import annotations

from dataclasses import dataclass

from survey import waves
from survey.vocabulary import WaveState
from survey.waves import Listed
from survey.web.access import Asked

IN_THE_FIELD = frozenset({WaveState.OPEN, WaveState.GRACE})


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """The waves that collect answers now, rehearsals left out."""

    waves: tuple[Listed, ...]


def fieldwork(asked: Asked) -> Fieldwork:
    listed = waves.listed(asked.session)
    return Fieldwork(tuple(one for one in listed if one.wave.state in IN_THE_FIELD and not one.wave.rehearsal))
