"""A small made-up survey, on which the examples in docstrings run: anybody can try a step of the method in one line."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import headcounts as staff
from reports.case import Case, prepare
from reports.change import Before
from reports.disclosure import threshold
from reports.disclosure.reasons import Reasons
from reports.estimation import Estimates
from reports.frames import ASSESSMENTS, AUTHORITIES, HEADCOUNTS, Responses
from reports.rules import Rules

AREAS = ("housing", "ict", "planning")
TIERS = ("elected", "frontline", "manager", "senior")
DIMENSIONS = ("mindset", "silos", "leadership")
_AUTHORITIES, _OFFICERS, _ELECTED = 24, 44, 11
_STAFF = {"frontline": 12, "manager": 6, "senior": 6}  # of each service area
_PARTS = ("leading", "managing", "skill", "competency")
_GOLDEN = (5**0.5 - 1) / 2
_HEAD = """
code = "example"
version = "1"
language = "en"
audience = "officers"
title = "An example"
[[option_sets]]
code = "agree5"
options = [
  { code = "1", label = "Strongly disagree", score = 0 },
  { code = "2", label = "Disagree", score = 25 },
  { code = "3", label = "Neither", score = 50 },
  { code = "4", label = "Agree", score = 75 },
  { code = "5", label = "Strongly agree", score = 100 },
  { code = "dk", label = "Don't know", missing = "DONT_KNOW" },
]
[[option_sets]]
code = "tiers"
options = [
  { code = "elected", label = "Elected member", standing = "elected" },
  { code = "frontline", label = "Officer", standing = "frontline" },
  { code = "manager", label = "Manager", standing = "manager" },
  { code = "senior", label = "Senior leader", standing = "senior" },
]
"""


@lru_cache
def questionnaire() -> Questionnaire:
    """Three dimensions of two themes with two statements each, the last of a dimension turned round.

    >>> from reports import example
    >>> [len(example.questionnaire().items_of(one.code)) for one in example.questionnaire().dimensions]
    [4, 4, 4]
    """
    lines = [_HEAD]
    for one in DIMENSIONS:
        themes = ", ".join(f'{{ code = "{one}_{part}", title = "{part} of {one}" }}' for part in "ab")
        lines += ["[[dimensions]]", f'code = "{one}"', f'title = "{one.title()}"', f"themes = [{themes}]"]
    lines += ["[[sections]]", 'code = "all"', 'title = "All"', "[[sections.pages]]", 'code = "one"']
    for one in DIMENSIONS:
        for at, part in enumerate(_PARTS, start=1):
            lines += [*_asked(f"{one}_{at}", "agree5"), f'dimension = "{one}"', f'theme = "{one}_{"aabb"[at - 1]}"']
            lines += ["reverse = true"] if at == len(_PARTS) else []
            lines += [f'profile = "{part}"'] if one == "leadership" else []
    lines += [*_asked("tier", "tiers"), 'role = "tier"']
    return loader.parse("\n".join(lines))


def _asked(code: str, options: str) -> list[str]:
    named = ["[[sections.pages.items]]", f'code = "{code}"', f'text = "Statement {code}."']
    return [*named, 'kind = "choice"', f'option_set = "{options}"']


@lru_cache
def responses(drift: float = 0.0) -> Responses:
    """44 officers of each of 24 authorities and 11 elected members of the first; `drift` moves what everybody thinks.

    Nothing is drawn: places on a scale of five follow from multiples of the golden section, so that they are the same
    everywhere. Officers are in three service areas and three tiers; every fifth took part in a programme; some did not know.

    >>> from reports import example
    >>> len(example.responses()), example.responses().answers.shape[1]
    (1067, 12)
    """
    authority = np.repeat(np.arange(_AUTHORITIES), _OFFICERS)
    place = np.tile(np.arange(_OFFICERS), _AUTHORITIES)
    authority = np.concatenate([authority, np.zeros(_ELECTED, dtype=np.int64)])
    place = np.concatenate([place, np.arange(_ELECTED)])
    elected = np.arange(len(authority)) >= _AUTHORITIES * _OFFICERS
    tier = np.where(elected, 0, np.where(place % 4 == 0, 3, np.where(place % 4 == 1, 2, 1)))
    feeling: NDArray[np.float64] = (
        2.2 + drift + 1.2 * (_even(authority) - 0.5) + 1.8 * (_even(np.arange(len(authority)) * 3 + 1) - 0.5)
    )
    feeling = feeling + 0.3 * (tier == TIERS.index("senior")) + 0.4 * elected
    items = [item.code for item in questionnaire().scored_items]
    columns = []
    for at, code in enumerate(items):
        own = feeling + 1.6 * (_even(np.arange(len(authority)) * (7 + 4 * at) + at) - 0.5)
        chosen = np.clip(np.rint(own), 0, 4)
        chosen = 4 - chosen if code.endswith("_4") else chosen
        columns.append(np.where((place + 5 * at + authority) % 29 == 0, 5, chosen))
    return Responses(
        tuple(f"a{one + 1:02d}" for one in range(_AUTHORITIES)), authority.astype(np.int32), tuple(items),
        np.column_stack(columns).astype(np.int8),
        AREAS, np.where(elected, -1, place % 3).astype(np.int32), TIERS, tier.astype(np.int32),
        took_part=(place % 5 == 0).astype(np.int8),
    )  # fmt: skip


def _even(number: NDArray[np.int64]) -> NDArray[np.float64]:
    """The fractional parts of multiples of the golden section, which fill 0 to 1 evenly."""
    return np.asarray((number * _GOLDEN) % 1.0, dtype=np.float64)


@lru_cache
def authorities() -> pd.DataFrame:
    """AUTHORITIES: half of them counties, all in Wales.

    >>> from reports import example
    >>> example.authorities()["type"].value_counts().to_dict()
    {'county': 12, 'district': 12}
    """
    codes = list(responses().authorities)
    known = {"code": codes, "name": codes, "type": ["county", "district"] * (len(codes) // 2), "nation": "Wales"}
    return AUTHORITIES.filled(pd.DataFrame(known))


@lru_cache
def headcounts() -> pd.DataFrame:
    """HEADCOUNTS: 24 officers in each service area, 72 in an authority; the first has twice as many.

    >>> from reports import example
    >>> int(example.headcounts()["headcount"].sum())
    1800
    """
    rows = [
        (code, area, tier, 2 * count if code == "a01" else count)
        for code in responses().authorities for area in AREAS for tier, count in _STAFF.items()
    ]  # fmt: skip
    return HEADCOUNTS.check(pd.DataFrame(rows, columns=list(HEADCOUNTS.columns)))


@lru_cache
def assessments() -> pd.DataFrame:
    """ASSESSMENTS: what each authority says of itself on every theme, one of the five levels as 0 to 100.

    >>> from reports import example
    >>> sorted(set(example.assessments()["score"].tolist()))
    [50.0, 75.0, 100.0]
    """
    themes = [theme.code for theme in questionnaire().themes]
    rows = [
        (code, theme, 50.0 + 25.0 * ((at + place) % 3))
        for at, code in enumerate(responses().authorities) for place, theme in enumerate(themes)
    ]  # fmt: skip
    return ASSESSMENTS.check(pd.DataFrame(rows, columns=list(ASSESSMENTS.columns)))


@lru_cache
def case() -> Case:
    """The survey as the steps see it, with the rules as they are given.

    >>> from reports import example
    >>> len(example.case().codes), example.case().measure_codes[:3]
    (24, ['overall', 'mindset', 'silos'])
    """
    return prepare(responses(), questionnaire(), Rules(), authorities(), headcounts())


@lru_cache
def worked() -> tuple[Case, Estimates, Reasons]:
    """The case with the scores of its authorities, and the reasons against them; shape (24 authorities, 10 measures).

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> found.n[0, 0].item(), reasons[0, 0] is None
    (44, True)
    """
    one = case()
    found = one.estimate(staff.totals(one.staff_rows, one.codes))
    return one, found, threshold.people(found.n, one.rules)


@lru_cache
def before() -> Before:
    """An earlier wave of the same survey, in which everybody thought a little less of everything.

    >>> from reports import example
    >>> example.before().questionnaire.code
    'example'
    """
    return Before(responses(-0.4), questionnaire(), authorities(), headcounts())
