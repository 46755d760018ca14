"""What the privacy notice says about the waves that are in the field now."""

from __future__ import annotations

from dataclasses import dataclass

from survey import waves
from survey.vocabulary import WaveState
from survey.web.access import Asked

IN_THE_FIELD = frozenset({WaveState.OPEN, WaveState.GRACE})


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """The waves that collect answers now, rehearsals left out."""

    waves: tuple[waves.Wave, ...]


def fieldwork(asked: Asked) -> Fieldwork:
    listed = (one.wave for one in waves.listed(asked.session))
    return Fieldwork(tuple(wave for wave in listed if wave.state in IN_THE_FIELD and not wave.rehearsal))
