"""The rules file: settings of the method that differ from the defaults, none below its floor."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path

from reports.files.tables import FileFaults
from reports.rules import CEILINGS, ENTERED, FLOORS, STATES, Rules


def read_rules(path: Path) -> Rules:
    """The rules in a TOML file. Raises FileFaults with every fault."""
    return parse_rules(path.read_bytes(), name=path.name)


def parse_rules(content: bytes, *, name: str) -> Rules:
    """The rules in the content of such a file. Raises FileFaults with every fault."""
    try:
        given = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileFaults([f"{name}: not readable as TOML ({error}). Correct this place."]) from error
    faults = [f"{name}: {fault}" for fault in _faults(given)]
    if faults:
        raise FileFaults(faults)
    floats = {name: float(str(value)) for name, value in given.items() if isinstance(getattr(Rules(), name), float)}
    return dataclasses.replace(Rules(), **(given | floats))


def _faults(given: Mapping[str, object]) -> list[str]:
    defaults = dataclasses.asdict(Rules())
    faults = []
    for name, value in given.items():
        if name not in defaults:
            faults.append(f"{name} is not a rule. Use one of {', '.join(defaults)}.")
        elif not _fits(value, defaults[name]):
            faults.append(
                f"{name}: {value!r} is not a {type(defaults[name]).__name__}. Its default is {defaults[name]!r}."
            )
        elif isinstance(value, (int, float)) and value < FLOORS.get(name, value):
            faults.append(f"{name}: {value} is below its floor. Give {FLOORS[name]} or more.")
        elif isinstance(value, (int, float)) and value > CEILINGS.get(name, value):
            faults.append(f"{name}: {value} is above its ceiling. Give {CEILINGS[name]} or less.")
        elif name == "method_version" and value != defaults[name]:
            faults.append(f"method_version: only {defaults[name]!r} is computed here. Leave it out.")
    return faults or [*_lowered(given), *_entered(given)]


def _lowered(given: Mapping[str, object]) -> list[str]:
    """Fewer authorities than by default need a recorded reason."""
    names = ("minimum_authorities_median", "minimum_authorities_quartiles")
    lowered = [n for n in names if isinstance(value := given.get(n), int) and value < getattr(Rules(), n)]
    if lowered and not given.get("lowered_because"):
        return [f'{", ".join(lowered)}: lowered without a reason. Add lowered_because = "…".']
    return []


def _entered(given: Mapping[str, object]) -> list[str]:
    """A result from outside of the program is one of three words, and says where it comes from."""
    faults = []
    for name in ENTERED:
        state = given.get(name, STATES[-1])
        if state not in STATES:
            faults.append(f"{name}: {state!r} is not a result. Use one of {', '.join(STATES)}.")
        elif state != STATES[-1] and not given.get(f"{name}_source"):
            faults.append(f'{name}: {state} without a source. Add {name}_source = "who tested it, and when".')
    return faults


def _fits(value: object, default: object) -> bool:
    if isinstance(default, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is type(default)
