"""The settings of the method that were entered for one wave: what was tested outside, and how few authorities are enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reports.rules import ENTERED, FLOORS, STATES, Rules
from survey import audit
from survey.errors import BadInput
from survey.models import Wave

LONGEST_SOURCE, LONGEST_REASON = 300, 300
NOT_TESTED = STATES[-1]
CHOICES, NAMES = STATES, ENTERED


@dataclass(frozen=True, slots=True)
class Tested:
    """The result of one analysis: `name` is a rule of `ENTERED`, `state` one of `STATES`, `source` who ran it and with what."""

    name: str
    state: str
    on: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many authorities with a score a median and quartiles of a peer group need, and why so few are enough."""

    median: int
    quartiles: int
    because: str = ""


def of(wave: Wave) -> Rules:
    """The rules by which the wave is computed: the defaults, and what was entered for it."""
    return Rules(**(wave.rules or {}))


def entered(wave: Wave) -> dict[str, tuple[str, str]]:
    """State and source of each analysis."""
    rules = of(wave)
    return {name: (getattr(rules, name), getattr(rules, f"{name}_source")) for name in ENTERED}


def enter(session: Session, wave: Wave, found: Tested, *, actor: str, now: datetime) -> None:
    """Keep the result of an analysis for the next release of a wave. Earlier releases keep what they were computed with.

    A result needs its day, not after today, and its source; taking one back needs neither.
    """
    faults = _faults(found, now.date())
    if faults:
        raise BadInput("The result was not kept.", faults)
    kept = dict(wave.rules or {})
    kept[found.name] = found.state
    kept[f"{found.name}_source"] = "" if found.state == NOT_TESTED else f"{found.source.strip()}, {_day(found.on)}"
    wave.rules = kept
    audit.record(
        session,
        now=now,
        actor=actor,
        action=f"{found.name}.entered",
        object_type="wave",
        object_code=wave.code,
        details={"state": found.state, "source": kept[f"{found.name}_source"]},
    )


def sizes(wave: Wave) -> Sizes:
    """How many authorities a group of the wave needs, and why so few where that was lowered."""
    rules = of(wave)
    return Sizes(rules.minimum_authorities_median, rules.minimum_authorities_quartiles, rules.lowered_because)


def set_sizes(session: Session, wave: Wave, sizes: Sizes, *, actor: str, now: datetime) -> None:
    """Let smaller peer groups of a wave be told from its next release on, with a recorded reason; or as usual again.

    The release is held against the attacker like every other one: a group that lets somebody work out a score is
    dropped, however many authorities it has (methodology 5 and 10).
    """
    faults = _too_few(sizes)
    if faults:
        raise BadInput("The sizes were not kept.", faults)
    kept = dict(wave.rules or {})
    kept |= {"minimum_authorities_median": sizes.median, "minimum_authorities_quartiles": sizes.quartiles}
    kept["lowered_because"] = sizes.because.strip() if _are_lowered(sizes) else ""
    wave.rules = kept
    audit.record(
        session,
        now=now,
        actor=actor,
        action="minimum_sizes.set",
        object_type="wave",
        object_code=wave.code,
        details={"median": sizes.median, "quartiles": sizes.quartiles, "because": kept["lowered_because"]},
    )


def _are_lowered(sizes: Sizes) -> bool:
    usual = Rules()
    lowest = usual.minimum_authorities_median, usual.minimum_authorities_quartiles
    return sizes.median < lowest[0] or sizes.quartiles < lowest[1]


def _too_few(sizes: Sizes) -> tuple[str, ...]:
    faults = []
    for name, size in (("median", sizes.median), ("quartiles", sizes.quartiles)):
        floor = int(FLOORS[f"minimum_authorities_{name}"])
        if size < floor:
            faults.append(f"{name}: {size} is too few. Give {floor} or more.")
    if sizes.quartiles < sizes.median:
        faults.append("quartiles: they need at least as many authorities as a median.")
    because = sizes.because.strip()
    if _are_lowered(sizes) and (not because or len(because) > LONGEST_REASON or not because.isprintable()):
        faults.append(f"because: say in one line of up to {LONGEST_REASON} characters why so few are enough.")
    return tuple(faults)


def _faults(found: Tested, today: date) -> tuple[str, ...]:
    faults = []
    if found.name not in ENTERED:
        faults.append(f"name: “{found.name[:60]}” is not entered from outside. Use one of {', '.join(ENTERED)}.")
    if found.state not in STATES:
        faults.append(f"state: “{found.state[:60]}” is not a result. Use one of {', '.join(STATES)}.")
    if found.state == NOT_TESTED or faults:
        return tuple(faults)
    day = _day(found.on)
    if day is None:
        faults.append("date: give the day of the analysis, such as 2026-11-20.")
    elif day > today:
        faults.append("date: the day of the analysis lies in the future. Give the day on which it was run.")
    source = found.source.strip()
    if not source or len(source) > LONGEST_SOURCE or not source.isprintable():
        faults.append(
            f"source: say in one line of up to {LONGEST_SOURCE} characters who ran the analysis and with what."
        )
    return tuple(faults)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
