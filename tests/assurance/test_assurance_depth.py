"""Shrunken scores, ranks and bands need twenty authorities: a wave that has them, computed a second time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import second_opinion
import second_tables
import small_waves
from test_assurance_recheck import AUDIENCES, analyse, of_table

from questionnaires import loader

pytestmark = pytest.mark.assurance

QUESTIONNAIRE = Path(__file__).parent / ".." / "questionnaires" / "four-dimensions.toml"
TABLES = ("standings", "average_officer", "robustness")


def write(folder: Path, *, authorities: int, seed: int) -> None:
    """Authorities of 8 to 60 officers that differ, people of whom each leans one way, three types and two nations."""
    draw = random.Random(seed)  # noqa: S311 - waves that anybody can draw again, no secrets
    text = QUESTIONNAIRE.read_text("utf-8")
    (folder / "Q.toml").write_text(text, "utf-8")
    items = {item.code: item.reverse for item in loader.parse(text).scored_items}
    codes = [f"A{place:02d}" for place in range(authorities)]
    rows, staff = [], []
    for code in codes:
        level, size = draw.gauss(3.2, 0.55), draw.choice([8, 25, 40, 60])
        for _ in range(size):
            own = level + draw.gauss(0, 0.7)
            row = {"authority": code, "tier": draw.choice(["senior", "frontline", ""])}
            row["service_area"] = draw.choice(["housing", "planning", "ict"])
            for item, reverse in items.items():
                given = min(5, max(1, round(own + draw.gauss(0, 0.6))))
                row[item] = str(6 - given if reverse else given)
            rows.append(row)
        for area, share in (("housing", 3), ("planning", 1), ("ict", 2)):
            staff.append({"authority": code, "service_area": area, "tier": "", "headcount": str(size * share)})
        staff.append({"authority": code, "service_area": "", "tier": "", "headcount": str(size * 6)})
    register = [
        {
            "code": code,
            "name": code,
            "type": f"type{place % 3}",
            "nation": ["Wales", "Scotland"][place % 2],
            "region": "",
        }
        for place, code in enumerate(codes)
    ]
    for name, found in (("R.csv", rows), ("A.csv", register), ("H.csv", staff)):
        small_waves.save(folder / name, found)


def differences(folder: Path) -> Iterator[str]:
    for audience in AUDIENCES:
        case = second_opinion.wave(folder, coarse=audience == "published")
        expected = second_tables.published(case) if case.coarse else second_tables.research(case)
        out = analyse(folder, audience)
        for name in TABLES:
            if name in expected:
                yield from of_table(out / f"{name}.csv", expected[name], coarse=case.coarse)


def column(folder: Path, audience: str, name: str) -> list[str]:
    return [row[name] for row in second_opinion.table(folder / audience / "standings.csv")]


def test_places_of_a_wave_with_enough_authorities_are_found_a_second_time(tmp_path: Path) -> None:
    write(tmp_path, authorities=26, seed=3)
    assert list(differences(tmp_path))[:5] == []
    bands = set(column(tmp_path, "published", "band"))
    assert any(one.endswith("upper_quarter") for one in bands), bands  # the wave has what it is to check
    assert any(column(tmp_path, "research", "rank_upper"))


def test_nineteen_authorities_have_no_places(tmp_path: Path) -> None:
    write(tmp_path, authorities=19, seed=4)
    assert list(differences(tmp_path))[:5] == []
    for name in ("shrunken_score", "rank_lower", "band"):
        assert set(column(tmp_path, "research", name)) == {""}
