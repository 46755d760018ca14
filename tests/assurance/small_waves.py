"""Small random waves as files: every combination of scale, profile, weight, headcount and register that may occur."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

SIZES = (0, 1, 2, 5, 9, 10, 11, 12, 13, 21, 22, 29, 30, 31, 40)
AREAS, TIERS = ("housing", "planning", "ict"), ("senior", "manager", "frontline", "elected")
SCALES = {
    "agree5": [("1", 0), ("2", 25), ("3", 50), ("4", 75), ("5", 100), ("dk", "DONT_KNOW")],
    "often3": [("never", 0), ("some", 50), ("always", 100), ("dk", "DONT_KNOW"), ("na", "NOT_APPLICABLE")],
    "even4": [("a", 0), ("b", 33), ("c", 67), ("d", 100)],
}


@dataclass(frozen=True)
class Plan:
    """What a wave has: items as (code, scale, dimension, theme, reverse), and which columns and files."""

    items: list[tuple[str, str, str, str, bool]]
    themes: dict[str, list[str]]
    has_tier: bool
    has_area: bool
    agreeable: bool


def write(folder: Path, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - waves that anybody can draw again, no secrets
    plan = planned(draw)
    (folder / "Q.toml").write_text(questionnaire(plan), encoding="utf-8")
    count = draw.choice([1, 2, 9, 10, 11, 12, 14])
    codes = [f"A{place:02d}" for place in range(count)]
    draw.shuffle(codes)
    rows = answers(draw, plan, codes)
    save(folder / "R.csv", rows)
    if draw.random() < 0.7:
        register(draw, folder / "A.csv", codes)
    if draw.random() < 0.7:
        headcounts(draw, folder / "H.csv", sorted({row["authority"] for row in rows}), plan)


def planned(draw: random.Random) -> Plan:
    items, themes = [], {}
    scales = ["agree5"] if draw.random() < 0.5 else list(SCALES)
    for dimension in [f"d{place}" for place in range(draw.choice([1, 2, 3, 4, 4, 5]))]:
        themes[dimension] = [f"{dimension}t{place}" for place in range(draw.choice([0, 0, 2]))]
        for place in range(draw.randint(2 if themes[dimension] else 1, 6)):
            theme = themes[dimension][place % 2] if themes[dimension] else ""
            items.append((f"{dimension}i{place}", draw.choice(scales), dimension, theme, draw.random() < 0.25))
    return Plan(items, themes, draw.random() < 0.8, draw.random() < 0.8, draw.random() < 0.15)


def questionnaire(plan: Plan) -> str:
    lines = ['code = "small"', 'version = "1"', 'language = "en"', 'audience = "officers"', 'title = "Small"']
    profile = ({"tiers": TIERS} if plan.has_tier else {}) | ({"areas": AREAS} if plan.has_area else {})
    for code, options in {**SCALES, **profile}.items():
        lines += ["[[option_sets]]", f'code = "{code}"', "options = ["]
        lines += [f"  {option_line(code, one)}," for one in options] + ["]"]
    for dimension, themes in plan.themes.items():
        listed = ", ".join(f'{{ code = "{one}", title = "Theme {one}" }}' for one in themes)
        lines += ["[[dimensions]]", f'code = "{dimension}"', f'title = "Dimension {dimension}"', f"themes = [{listed}]"]
    lines += ["[[sections]]", 'code = "all"', 'title = "All"', "[[sections.pages]]", 'code = "one"']
    for code, scale, dimension, theme, reverse in plan.items:
        lines += [*item_lines(code, scale), f'dimension = "{dimension}"', f"reverse = {str(reverse).lower()}"]
        lines += [f'theme = "{theme}"'] if theme else []
    lines += [*item_lines("tier", "tiers"), 'role = "tier"'] if plan.has_tier else []
    lines += [*item_lines("service_area", "areas"), 'role = "service_area"'] if plan.has_area else []
    return "\n".join(lines) + "\n"


def option_line(option_set: str, option: str | tuple[str, int | str]) -> str:
    if isinstance(option, str):
        standing = f', standing = "{option}"' if option_set == "tiers" else ""
        return f'{{ code = "{option}", label = "Label {option}"{standing} }}'
    code, value = option
    told = f'missing = "{value}"' if isinstance(value, str) else f"score = {value}"
    return f'{{ code = "{code}", label = "Label {code}", {told} }}'


def item_lines(code: str, option_set: str) -> list[str]:
    lines = ["[[sections.pages.items]]", f'code = "{code}"', f'text = "Statement {code} is true here."']
    return [*lines, 'kind = "choice"', f'option_set = "{option_set}"']


def answers(draw: random.Random, plan: Plan, codes: list[str], sizes: tuple[int, ...] = SIZES) -> list[dict[str, str]]:
    weighted, timed = draw.random() < 0.4, draw.random() < 0.4
    rows = []
    for code in codes:
        level, gaps = draw.uniform(0.2, 0.8), draw.choice([0.0, 0.1, 0.5])
        for _ in range(draw.choice(sizes)):
            row = {"authority": code, "service_area": draw.choice(["", *AREAS]), "tier": draw.choice(["", *TIERS])}
            if draw.random() < 0.6:
                row |= {"service_area": "housing", "tier": "frontline"}
            own = min(1.0, max(0.0, level + draw.uniform(-0.5, 0.5)))  # who agrees to one statement agrees to others
            row |= {
                item: chosen(draw, plan, scale, 1.0 - own if reverse else own, gaps)
                for item, scale, _, _, reverse in plan.items
            }
            row |= {"weight": f"{draw.uniform(0.2, 4):.4f}"} if weighted else {}
            row |= {"seconds": str(draw.randint(1, 100))} if timed else {}
            rows.append(row)
    draw.shuffle(rows)
    blank = {"authority": codes[0], "service_area": "", "tier": ""} | {item: "" for item, *_ in plan.items}
    return rows or [blank | ({"weight": "1"} if weighted else {}) | ({"seconds": "9"} if timed else {})]


def chosen(draw: random.Random, plan: Plan, scale: str, level: float, gaps: float) -> str:
    options = SCALES[scale]
    if plan.agreeable and draw.random() < 0.97:
        return options[2][0]
    if draw.random() < gaps:
        return draw.choice(["", options[-1][0]])
    levels = [code for code, value in options if not isinstance(value, str)]
    return levels[
        min(len(levels) - 1, int(draw.triangular(max(0, level - 0.3), min(1, level + 0.3), level) * len(levels)))
    ]


def register(draw: random.Random, path: Path, codes: list[str]) -> None:
    rows = []
    for code in [*codes, "Z99"]:
        nation = draw.choice(["England", "Wales"])
        rows.append({"code": code, "name": f"Place {code}", "type": draw.choice(["district", "county", ""])})
        rows[-1] |= {"nation": nation, "region": draw.choice(["North", "South", ""])}
    save(path, rows)


def headcounts(draw: random.Random, path: Path, codes: list[str], plan: Plan) -> None:
    """A total, cells, margins, a mixture or nothing; sometimes exactly or fewer than the people who answered."""
    del plan
    rows = []
    for code in codes:
        form = draw.choice(["total", "cells", "both", "margins", "none"])
        if form in ("total", "both"):
            rows.append((code, "", "", draw.choice([1, 10, 11, 20, 30, 40, 49, 50, 51, 400])))
        if form in ("cells", "both"):
            rows += [(code, area, tier, draw.randint(0, 30)) for area in AREAS for tier in TIERS if draw.random() < 0.9]
        if form == "margins":
            rows += [(code, area, "", draw.randint(0, 60)) for area in AREAS]
    if rows:  # a file without rows is refused as the wrong one: who knows nothing hands in no file
        names = ("authority", "service_area", "tier", "headcount")
        save(path, [dict(zip(names, map(str, row), strict=True)) for row in rows])


def save(path: Path, rows: list[dict[str, str]]) -> None:
    header = list(rows[0]) if rows else ["authority", "service_area", "tier", "headcount"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
