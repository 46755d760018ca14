"""The menu of peer groups of a wave, as the research team's page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey import peer_lists, peer_menu, wave_inputs, waves
from survey.vocabulary import RoleName
from survey.web.access import Asked

if TYPE_CHECKING:
    from survey.models import Wave


@dataclass(frozen=True, slots=True)
class PeerGroups:
    """A wave, its groups in words with their sizes, and whether lists can still join."""

    wave: Wave
    groups: tuple[tuple[str, int], ...]
    is_frozen: bool
    can_change: bool


def page(asked: Asked) -> PeerGroups:
    wave = waves.by_code(asked.session, asked.args["wave"])
    found = peer_lists.sizes(asked.session, wave, wave_inputs.authorities(asked.session, wave))
    groups = tuple((peer_menu.label(code), size) for code, size in found)
    can_change = RoleName.RESEARCHER in asked.person.roles
    return PeerGroups(wave, groups, peer_lists.is_frozen(asked.session, wave), can_change)
