"""Made-up answers of a whole nation with all that the statistics ask for: service areas, tiers, headcounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports.frames import Responses

DIMENSIONS = ("mindset", "agile", "silos", "leadership")
ITEMS, THEMES = 60, 3  # themes of each dimension
AREAS = tuple(f"area{number}" for number in range(10))
TIERS = ("senior", "manager", "frontline")
_ANSWERS_BY_TIER = (0.12, 0.30, 0.58)  # of those who answer
_STAFF_BY_TIER = (0.08, 0.22, 0.70)
_BLANK, _NOT_SAID = 0.03, 0.04
_STAFF_EACH_ANSWER = 4


@dataclass(frozen=True)
class Inputs:
    """What a computation is given."""

    responses: Responses
    questionnaire: Questionnaire
    authorities: pd.DataFrame
    headcounts: pd.DataFrame


def inputs(authorities: int, officers: int, *, seed: int = 2026) -> Inputs:
    """`officers` answers of each authority, in no order: levels differ by authority, tiers answer unevenly, 3 % blank."""
    rng = np.random.default_rng(seed)
    questionnaire = instrument()
    codes = tuple(f"A{number:03}" for number in range(authorities))
    authority = rng.permutation(np.repeat(np.arange(authorities, dtype=np.int32), officers))
    return Inputs(
        Responses(
            codes,
            authority,
            tuple(item.code for item in questionnaire.scored_items),
            _answers(authority, authorities, rng),
            AREAS,
            _said(rng.integers(0, len(AREAS), len(authority)), rng),
            TIERS,
            _said(rng.choice(len(TIERS), len(authority), p=_ANSWERS_BY_TIER), rng),
        ),
        questionnaire,
        register(codes),
        _headcounts(codes, officers * _STAFF_EACH_ANSWER, rng),
    )


def instrument() -> Questionnaire:
    """Four dimensions of fifteen five-point items with three themes each, one of them reverse-keyed, and the tier."""
    options = [f'{{ code = "{n}", label = "{n}", score = {25 * (n - 1)} }}' for n in range(1, 6)]
    dont_know = '{ code = "dk", label = "Not known", missing = "DONT_KNOW" }'
    tiers = ", ".join(f'{{ code = "{code}", label = "{code}", standing = "{code}" }}' for code in TIERS)
    parts = [
        'code = "nation"\nversion = "1"\nlanguage = "en"\naudience = "officers"\ntitle = "Nation"',
        f'[[option_sets]]\ncode = "five"\noptions = [{", ".join([*options, dont_know])}]',
        f'[[option_sets]]\ncode = "tiers"\noptions = [{tiers}]',
    ]
    for code in DIMENSIONS:
        themes = ", ".join(f'{{ code = "{code}_{n}", title = "{code} {n}" }}' for n in range(THEMES))
        parts.append(f'[[dimensions]]\ncode = "{code}"\ntitle = "{code}"\nthemes = [{themes}]')
    parts += [_section(code) for code in DIMENSIONS]
    parts.append(
        '[[sections]]\ncode = "you"\ntitle = "You"\n[[sections.pages]]\ncode = "page-you"\n[[sections.pages.items]]\n'
        'code = "tier"\ntext = "Your role?"\nkind = "choice"\noption_set = "tiers"\nrole = "tier"\n'
    )
    return loader.parse("\n\n".join(parts), file="nation.toml")


def _section(code: str) -> str:
    items = "".join(
        f'\n[[sections.pages.items]]\ncode = "{code}_item_{n}"\ntext = "In this authority, {code} {n} is so."\n'
        f'kind = "choice"\noption_set = "five"\ndimension = "{code}"\ntheme = "{code}_{n % THEMES}"\n'
        f"reverse = {str(n == 14).lower()}\n"
        for n in range(ITEMS // len(DIMENSIONS))
    )
    return f'[[sections]]\ncode = "section-{code}"\ntitle = "{code}"\n[[sections.pages]]\ncode = "page-{code}"\n{items}'


def _answers(authority: NDArray[np.int32], authorities: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """A person is above or below on everything; an authority too; the last item of a dimension is keyed the other way."""
    level = rng.normal(0.0, 0.3, authorities)[authority] + rng.normal(0.0, 0.6, len(authority))
    chosen = np.empty((len(authority), ITEMS), dtype=np.int8, order="F")
    each = ITEMS // len(DIMENSIONS)
    for column in range(ITEMS):
        latent = level if column % each != each - 1 else -level
        chosen[:, column] = np.clip(np.rint(2.2 + latent + rng.normal(0.0, 0.9, len(authority))), 0, 5)
        chosen[rng.random(len(authority)) < _BLANK, column] = -2
    return chosen


def _said(member: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int32]:
    return np.where(rng.random(len(member)) < _NOT_SAID, -1, member).astype(np.int32)


def register(codes: tuple[str, ...]) -> pd.DataFrame:
    """Authorities of six types in four nations."""
    types = [f"type {number % 6}" for number in range(len(codes))]
    nations = [f"nation {number % 4}" for number in range(len(codes))]
    return pd.DataFrame({"code": codes, "name": codes, "type": types, "nation": nations, "region": None})


def _headcounts(codes: tuple[str, ...], staff: int, rng: np.random.Generator) -> pd.DataFrame:
    """Staff by service area and tier, areas of uneven size, and the whole of each authority."""
    rows: list[tuple[str, str | None, str | None, int]] = []
    for code in codes:
        sizes = rng.dirichlet(np.full(len(AREAS), 12.0)) * staff
        cells = np.rint(np.outer(sizes, _STAFF_BY_TIER)).astype(int) + 12
        rows += [(code, area, tier, int(cells[a, t])) for a, area in enumerate(AREAS) for t, tier in enumerate(TIERS)]
    return pd.DataFrame(rows, columns=["authority", "service_area", "tier", "headcount"]).astype({"headcount": "Int64"})
