"""A small survey of 30 made-up authorities, published: what the documents are tested on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import publication
from reports.frames import AUTHORITIES, HEADCOUNTS, Responses
from reports.publication import Results
from reports.rules import Rules

QUESTIONNAIRE = """
code = "small"
version = "1"
language = "en"
audience = "officers"
title = "Small survey"

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
  { code = "senior", label = "Senior leader", standing = "senior" },
  { code = "frontline", label = "Everybody else", standing = "frontline" },
]
"""
DIMENSIONS = ("mindset", "agile", "silos")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@lru_cache
def questionnaire() -> Questionnaire:
    text = QUESTIONNAIRE
    for code in DIMENSIONS:
        text += f'[[dimensions]]\ncode = "{code}"\ntitle = "{code.title()} & co"\n'
        text += f'themes = [ {{ code = "{code}_theme", title = "Theme of {code}" }} ]\n'
    text += '[[sections]]\ncode = "all"\ntitle = "All"\n[[sections.pages]]\ncode = "one"\n'
    text += '[[sections.pages.items]]\ncode = "tier"\ntext = "Your tier?"\nkind = "choice"\noption_set = "tiers"\nrole = "tier"\n'
    for code in DIMENSIONS:
        for number in (1, 2, 3):
            text += f'[[sections.pages.items]]\ncode = "{code}_{number}"\ntext = "Question {number} on {code}?"\n'
            text += f'kind = "choice"\noption_set = "agree5"\ndimension = "{code}"\ntheme = "{code}_theme"\n'
            text += f"reverse = {'true' if number == 3 else 'false'}\n"
    return loader.parse(text)


@lru_cache
def register() -> pd.DataFrame:
    names = [HOSTILE, *(f"Authority {place}" for place in range(1, 30))]
    return AUTHORITIES.filled(
        pd.DataFrame(
            {
                "code": [f"A{place:02d}" for place in range(30)],
                "name": names,
                "type": ["county", "district"] * 15,
                "nation": "Wales",
                "region": pd.NA,
            }
        )
    )


@lru_cache
def results() -> Results:
    """30 authorities: A00 to A28 with 40 answers of 60 invited, A29 with 8 answers, too few to show."""
    random = np.random.default_rng(7)
    sizes = np.array([40] * 29 + [8])
    authority = np.repeat(np.arange(30, dtype=np.int32), sizes)
    feeling = random.normal(0, 0.5, 30)[authority][:, None] + random.normal(2, 1, (len(authority), 9))
    answers = np.clip(np.round(feeling), 0, 4).astype(np.int8)
    responses = Responses(
        authorities=tuple(register()["code"]),
        authority=authority,
        items=tuple(item.code for item in questionnaire().scored_items),
        answers=answers,
        tiers=("senior", "frontline"),
        tier=(np.arange(len(authority)) % 5 > 0).astype(np.int32),  # one in five is senior: 8 of 40, too few to show
    )
    headcounts = pd.DataFrame({"authority": register()["code"], "service_area": "", "tier": "", "headcount": 60})
    computed = publication.compute(
        responses, questionnaire(), Rules(), authorities=register(), headcounts=HEADCOUNTS.check(headcounts)
    )
    return publication.published(computed)
