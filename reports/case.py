"""What every step looks at: the answers, who counts as an officer, which authority each row belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Questionnaire, Role, Standing
from reports import estimation, quality, scoring
from reports import headcounts as staff
from reports.estimation import Estimates
from reports.frames import Responses
from reports.measures import Measure, MeasureKind
from reports.quality import Careless
from reports.rules import Rules
from reports.scoring import PersonScores
from reports.statistics.sums import Floats, Groups, Ints


@dataclass(frozen=True)
class Case:
    """The answers with what every step asks of them.

    `authority` is each respondent's place in `codes`; `elected` members are outside every figure about officers;
    `counted` are officers whose answers are not careless; `staff_rows` are headcounts without elected members.
    """

    responses: Responses
    questionnaire: Questionnaire
    rules: Rules
    codes: tuple[str, ...]
    authority: NDArray[np.int64]  # of each respondent, a place in codes
    elected: NDArray[np.bool_]
    counted: NDArray[np.bool_]  # officers whose answers are not careless
    staff_rows: pd.DataFrame
    people: PersonScores
    flags: Careless

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.people.measures

    @property
    def measure_codes(self) -> list[str]:
        """Codes of all measures in the order of rows."""
        return [measure.code for measure in self.people.measures]

    def places(self, kind: MeasureKind) -> list[int]:
        """Where the measures of a kind stand."""
        return [place for place, measure in enumerate(self.measures) if measure.kind is kind]

    def estimate(self, groups: Groups, invited: Floats | None) -> Estimates:
        """`estimation.estimate` with this case's weights and confidence."""
        return estimation.estimate(
            self.people.values,
            groups,
            weights=self.responses.weight,
            invited=invited,
            confidence=self.rules.confidence,
        )

    def told(self, found: Estimates, said: Floats) -> Estimates:
        """The same with intervals that know no more of the staff than `said` does, for those who may not know N."""
        coarse = estimation.corrected(found, said, confidence=self.rules.confidence)
        return replace(coarse, invited=found.invited)

    def scored(self, groups: Groups) -> Ints:
        """People of each group who are scored on anything; shape (groups,)."""
        anything = ~np.isnan(self.people.values[groups.order]).all(axis=1)
        return np.bincount(groups.of_row[anything], minlength=groups.count).astype(np.int64)


def prepare(
    responses: Responses,
    questionnaire: Questionnaire,
    rules: Rules,
    authorities: pd.DataFrame | None,
    headcounts: pd.DataFrame | None,
) -> Case:
    """Scores of people, and who they are: authorities of the register and of the answers together, sorted by code."""
    register = [] if authorities is None else [str(code) for code in authorities["code"]]
    codes = tuple(sorted({*responses.authorities, *register}))
    place = {code: position for position, code in enumerate(codes)}
    lookup = np.array([place[code] for code in responses.authorities], dtype=np.int64)
    elected_tiers = _elected_tiers(questionnaire)
    elected = np.zeros(len(responses), dtype=np.bool_)
    if responses.tier is not None and responses.tiers:
        is_elected = np.array([*(code in elected_tiers for code in responses.tiers), False])
        elected = is_elected[responses.tier]  # -1, not said, is the last place
    flags = quality.careless(responses, questionnaire, rules)
    people = scoring.excluded(scoring.person_scores(responses, questionnaire, rules), flags.excluded)
    return Case(
        responses,
        questionnaire,
        rules,
        codes,
        lookup[responses.authority] if len(responses) else np.empty(0, dtype=np.int64),
        elected,
        ~elected & ~flags.excluded,
        staff.employed(headcounts, elected_tiers),
        people,
        flags,
    )


def _elected_tiers(questionnaire: Questionnaire) -> list[str]:
    item = questionnaire.role_item(Role.TIER)
    return [option.code for option in item.options if option.standing is Standing.ELECTED] if item else []
