"""What every step looks at: the answers, who counts as an officer, which authority each row belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Questionnaire, Role, Standing
from reports import crowd, estimation, measures, quality, scoring, weighting
from reports import headcounts as staff
from reports.crowd import Crowd
from reports.estimation import Estimates
from reports.frames import NOT_SAID, Responses
from reports.measures import Measure, MeasureKind
from reports.quality import Careless
from reports.rules import Rules
from reports.scoring import PersonScores
from reports.statistics import kinds as alike
from reports.statistics import sums
from reports.statistics.kinds import Kinds, Moments
from reports.statistics.sums import Counts, Floats, Groups, Ints
from reports.weighting import Margin, Weights

_CODES = 4  # negative codes of missing answers, -1 to -4


@dataclass(frozen=True)
class Case:
    """The answers with what every step asks of them.

    `authority` is each respondent's place in `codes`; `elected` members are outside every figure about officers;
    `counted` are officers whose answers are not careless; `staff_rows` are headcounts without elected members;
    `weights` bring the officers of each authority into line with them. Of `unreliable` dimensions and their themes only
    the items are published (`gates`).
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
    weights: Weights
    unreliable: frozenset[str] = frozenset()

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

    @cached_property
    def dimensions(self) -> list[int]:
        """Where the dimensions stand that are shown for this wave."""
        return [place for place in self.places(MeasureKind.DIMENSION) if not self.refused[place]]

    @cached_property
    def refused(self) -> NDArray[np.bool_]:
        """Which measures are withheld because the items of their dimension do not belong together; (measures,)."""
        refused = set(self.refused_codes)
        return np.array([measure.code in refused for measure in self.measures], dtype=np.bool_)

    @property
    def refused_codes(self) -> frozenset[str]:
        """Unreliable dimensions with their themes."""
        return self.unreliable | {
            theme.code for one in self.questionnaire.dimensions if one.code in self.unreliable for theme in one.themes
        }

    def without(self, unreliable: frozenset[str]) -> Case:
        """The same answers with an overall over the other dimensions only (methodology 2.6 and 9)."""
        if not unreliable:
            return self
        kept = replace(self, unreliable=unreliable)
        return replace(kept, people=scoring.with_overall(self.people, kept.dimensions, self.rules))

    @property
    def weight(self) -> Floats | None:
        """The weights of people in the figures of their authority; None where nobody's differs from 1."""
        raked = any(word.is_weighted for word in self.weights.weighting)
        return self.weights.values if raked or self.responses.weight is not None else None

    @property
    def is_weighted(self) -> NDArray[np.bool_]:
        """Which authorities have weighted figures; shape (authorities,)."""
        raked = np.array([word.is_weighted for word in self.weights.weighting], dtype=np.bool_)
        return raked | (self.responses.weight is not None)

    def estimate(self, invited: Floats | None) -> Estimates:
        """`estimation.estimate` of whole authorities: weighted to their staff, with the error that goes with it."""
        return estimation.of_kinds(
            self.kinds, self.kind_moments, fit=self.margins_fit, invited=invited, confidence=self.rules.confidence
        )

    @cached_property
    def crowd(self) -> Crowd:
        """Everybody who counts, elected members after the officers, sorted into kinds."""
        raked = np.any(self.weights.categories >= 0, axis=1)
        answering = ~self.flags.excluded
        return crowd.sort(self.responses, self.authority, elected=self.elected, counted=answering, raked=raked)

    @cached_property
    def kinds(self) -> Kinds:
        """The officers who count: their kinds by authority, with the weights and categories that go with them."""
        officers, rows = self.crowd.officers, self.crowd.rows
        weight = None if self.weight is None else self.crowd.of_rows(self.weight)[:officers]
        return Kinds(
            Groups(rows.order[: rows.bounds[officers]], rows.bounds[: officers + 1]),
            self.crowd.by_authority(len(self.codes)),
            weight,
            self.crowd.of_rows(self.weights.categories)[:officers],
        )

    @cached_property
    def all_moments(self) -> Moments:
        """The moments of every kind of the crowd, shape (kinds, measures)."""
        return alike.moments(self.people.values, self.crowd.rows)

    @cached_property
    def kind_moments(self) -> Moments:
        """Those of the officers."""
        return self.all_moments.first(self.crowd.officers)

    @cached_property
    def margins_fit(self) -> Floats | None:
        """What the margins say about the scores of each kind of officers; None where nothing is raked."""
        return estimation.margins_fit(self.kinds, self.kind_moments)

    def estimate_apart(self, groups: Groups, invited: Floats | None, places: Sequence[int] | None = None) -> Estimates:
        """The same of groups inside authorities: each is a stratum of its own, raked to nothing (methodology 3.3).

        `groups` are of kinds of the crowd; `places` are of the measures that are asked for, else all.
        """
        people = Kinds(self.crowd.rows, groups, self.crowd.design)
        found = self.all_moments if places is None else self.all_moments.of(np.array(places, dtype=np.int64))
        return estimation.of_kinds(people, found, invited=invited, confidence=self.rules.confidence)

    def told(self, found: Estimates, said: Floats) -> Estimates:
        """The same with intervals that know no more of the staff than `said` does, for those who may not know N."""
        coarse = estimation.corrected(found, said, confidence=self.rules.confidence)
        return replace(coarse, invited=found.invited)

    def scored(self, groups: Groups) -> Ints:
        """People who are scored on anything, of each group of kinds of the crowd; shape (groups,)."""
        return sums.whole_sums(self.scored_alike[groups.order], groups)

    @cached_property
    def scored_alike(self) -> Ints:
        """People who are scored on anything, of each kind of the crowd."""
        return sums.whole_sums(self.has_score[self.crowd.rows.order], self.crowd.rows)

    @cached_property
    def has_score(self) -> NDArray[np.bool_]:
        """Who is scored on anything; shape (respondents,)."""
        return scoring.has_any(self.people)

    def asked(self, place: int) -> list[str]:
        """The items of a measure that have a column, by the measure's place."""
        return [code for code in self.measures[place].items if code in self.responses.items]

    @cached_property
    def answered(self) -> Mapping[int, NDArray[np.int16]]:
        """How many of the items of each dimension everybody answered, shape (respondents,), by the dimension's place."""
        return {
            place: scoring.answered(self.asked(place), self.responses, self.questionnaire) for place in self.dimensions
        }

    @cached_property
    def fewest_answered(self) -> Mapping[int, NDArray[np.int16]]:
        """The fewest of these that anybody of each kind of the crowd answered who answered any; all where nobody did."""
        rows, found = self.crowd.rows, {}
        for place, answered in self.answered.items():
            number = np.where(answered == 0, np.int16(len(self.asked(place))), answered)
            found[place] = np.minimum.reduceat(number.take(rows.order), rows.bounds[:-1])
        return found

    @cached_property
    def officers(self) -> Groups:
        """The officers who count, by authority and kind."""
        return Groups(self.kinds.rows.order, self.kinds.rows.bounds[self.kinds.groups.bounds])

    @cached_property
    def moments(self) -> tuple[Ints, Floats, Floats]:
        """People, plain mean and squared deviations of every authority, each of shape (authorities, measures)."""
        found = alike.merged(self.kind_moments, self.kinds.groups)
        return found.n.astype(np.int64), found.mean, found.squares

    @cached_property
    def given(self) -> Mapping[str, NDArray[np.uint8]]:
        """What the officers who count answered to each scored item that has a column, in the order of `officers`.

        Positions of options; the negative codes of `frames` are read as unsigned bytes and stand above every option.
        """
        columns = {code: place for place, code in enumerate(self.responses.items)}
        order = self.officers.order
        return {
            item.code: self.responses.answers[:, columns[item.code]].take(order).view(np.uint8)
            for item in self.questionnaire.scored_items
            if item.code in columns
        }

    @cached_property
    def counts(self) -> Mapping[str, Counts]:
        """How often each kind of officers gave each answer to the items of `given`; shape (answers, kinds).

        Answers are the four negative codes of `frames` from the lowest, then the options.
        """
        return {
            code: sums.code_counts(
                chosen,
                [at % 256 for at in range(-_CODES, len(self.questionnaire.items[code].options))],
                self.kinds.rows,
            )
            for code, chosen in self.given.items()
        }

    @cached_property
    def tally(self) -> Mapping[str, Ints]:
        """The same of each authority, shape (authorities, answers)."""
        groups = self.kinds.groups
        return {code: sums.whole_sums_of_rows(table, groups).T for code, table in self.counts.items()}


def prepare(
    responses: Responses,
    questionnaire: Questionnaire,
    rules: Rules,
    authorities: pd.DataFrame | None,
    headcounts: pd.DataFrame | None,
    *,
    lists: tuple[Measure, ...] | None = None,
) -> Case:
    """Scores of people, and who they are: authorities of the register and of the answers together, sorted by code.

    `lists` are the measures of the questionnaire with the items that count in them; without it all of their items
    do. Methodology 1, 2 and 3.

    >>> from reports import example
    >>> one = prepare(example.responses(), example.questionnaire(), Rules(), example.authorities(), example.headcounts())
    >>> one.codes[0], int(one.elected.sum()), str(one.weights.weighting[0])
    ('a01', 11, 'service_area_and_tier')
    """
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
    counting = measures.of(questionnaire) if lists is None else lists
    people = scoring.excluded(scoring.on_items(counting, responses, questionnaire, rules), flags.excluded)
    authority = lookup[responses.authority] if len(responses) else np.empty(0, dtype=np.int64)
    counted = ~elected & ~flags.excluded
    staff_rows = staff.employed(headcounts, elected_tiers)
    scored = counted & scoring.has_any(people)
    weights = weighting.rake(
        authority,
        (
            _margin(responses, "service_area", staff_rows, codes),
            _margin(responses, "tier", staff_rows, codes),
        ),
        authorities=len(codes),
        counted=scored,
        base=responses.weight,
    )
    return Case(responses, questionnaire, rules, codes, authority, elected, counted, staff_rows, people, flags, weights)


def _margin(responses: Responses, kind: str, rows: pd.DataFrame, authorities: Sequence[str]) -> Margin:
    """A margin for raking: groups that somebody named or that have staff, in the order of their codes.

    That order decides between groups of one size that could take in a thin one, so it is not that of a questionnaire.
    """
    areas = kind == "service_area"
    given = responses.service_areas if areas else responses.tiers
    member = responses.service_area if areas else responses.tier
    totals = staff.group_totals(rows, kind)
    place = {code: at for at, code in enumerate(authorities)}
    groups = sorted({*given, *(group for _, group in totals)})
    column = {code: at for at, code in enumerate(groups)}
    known = np.full((len(authorities), len(groups)), np.nan)
    for (authority, group), count in totals.items():
        if authority in place:
            known[place[authority], column[group]] = count
    if member is None:
        return Margin(np.full(len(responses), NOT_SAID), known)
    return Margin(np.array([*(column[code] for code in given), NOT_SAID])[member], known)


def _elected_tiers(questionnaire: Questionnaire) -> list[str]:
    item = questionnaire.role_item(Role.TIER)
    return [option.code for option in item.options if option.standing is Standing.ELECTED] if item else []
