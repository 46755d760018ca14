"""The questionnaires of an analysis: one for officers, and a second one for the self-assessment of authorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports.files.tables import FileFaults

SELF_ASSESSMENT = "authority"
"""The audience of the second questionnaire."""


@dataclass(frozen=True)
class Instruments:
    """What officers were asked, where it is written, and what authorities were asked about themselves."""

    questionnaire: Questionnaire
    file: Path
    self_assessment: Questionnaire | None = None
    self_assessment_file: Path | None = None


def read(paths: Sequence[Path]) -> Instruments:
    """One questionnaire, or two in any order of which one has the audience "authority".

    Raises QuestionnaireFaults of a file, or FileFaults where the two are not one of each kind.
    """
    found = [(loader.read(path), path) for path in paths]
    if len(found) == 1:
        return Instruments(*found[0])
    own = [one for one in found if one[0].audience == SELF_ASSESSMENT]
    others = [one for one in found if one[0].audience != SELF_ASSESSMENT]
    if len(own) != 1 or len(others) != 1:
        names = ", ".join(f"{path.name} ({questionnaire.audience})" for questionnaire, path in found)
        raise FileFaults(
            [f'--questionnaire: {names}. Give one for officers and one with audience = "authority", no more.']
        )
    return Instruments(*others[0], *own[0])
