"""The menu of peer groups of a wave, as the research team's page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey import peer_lists, peer_menu, wave_inputs, wave_rules, waves
from survey.vocabulary import RoleName
from survey.wave_rules import Sizes
from survey.web.access import Asked

if TYPE_CHECKING:
    from survey.models import Wave


@dataclass(frozen=True, slots=True)
class PeerGroups:
    """A wave, its groups in words with their sizes, how many authorities are enough, and whether lists can still join."""

    wave: Wave
    groups: tuple[tuple[str, int], ...]
    needed: Sizes
    is_frozen: bool
    can_change: bool


def page(asked: Asked) -> PeerGroups:
    wave = waves.by_code(asked.session, asked.args["wave"])
    found = peer_lists.sizes(asked.session, wave, wave_inputs.authorities(asked.session, wave))
    groups = tuple((peer_menu.label(code), size) for code, size in found)
    can_change = RoleName.RESEARCHER in asked.person.roles
    is_frozen = peer_lists.is_frozen(asked.session, wave)
    return PeerGroups(wave, groups, wave_rules.sizes(wave), is_frozen, can_change)
