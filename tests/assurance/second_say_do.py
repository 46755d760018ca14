"""The say-do gap computed a second time from the written method; it shares no code with the project."""

from __future__ import annotations

import csv
import math
import random
import tomllib
from dataclasses import dataclass
from pathlib import Path

from scipy import stats
from second_opinion import (
    FOR_MEDIAN,
    Estimate,
    Person,
    Row,
    Wave,
    few,
    holm,
    of_whole,
    table,
    type7,
    unreliable,
    verdict,
)

SIDES = ("staff", "staff_lower", "staff_upper", "n")


@dataclass
class Said:
    """What authorities say: the themes of their instrument, and a level score (or None) of authority and theme."""

    themes: set[str]
    level: dict[tuple[str, str], float | None]


# Files that may occur


def write(folder: Path, case: Wave, seed: int) -> None:
    """SELF.toml and S.csv for a wave: some of its themes, one that it does not have, blanks and "cannot say"."""
    draw = random.Random(seed)  # noqa: S311 - files that anybody can draw again, no secrets
    homes = {item["theme"]: item["dimension"] for item in case.instrument.items if item.get("theme")}
    kept = {theme: home for theme, home in homes.items() if draw.random() < 0.8} | {"elsewhere": "other"}
    items = [(f"x_{theme}_{n}", theme) for theme in kept for n in range(draw.choice([1, 1, 2]))]
    (folder / "SELF.toml").write_text(instrument(kept, items), encoding="utf-8")
    codes = [code for code in case.codes if draw.random() < 0.97] or case.codes[:1]
    silent = draw.choice([0.0, 0.0, 0.05, 0.4])
    with (folder / "S.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["authority", *(code for code, _ in items)])
        for code in codes:
            rows.writerow([code, *("" if draw.random() < silent else draw.choice([*"12345", "dk"]) for _ in items)])


def widen(folder: Path) -> None:
    """Everybody answers six times over, so that more authorities have enough people to be shown."""
    header, *lines = (folder / "R.csv").read_text("utf-8").splitlines()
    (folder / "R.csv").write_text("\n".join([header, *lines * 6, ""]), encoding="utf-8")


def instrument(homes: dict[str, str], items: list[tuple[str, str]]) -> str:
    lines = ['code = "self"', 'version = "1"', 'language = "en"', 'audience = "authority"', 'title = "Self"']
    options = ", ".join(f'{{ code = "{n + 1}", label = "Level {n}", score = {25 * n} }}' for n in range(5))
    lines += ["[[option_sets]]", 'code = "five"']
    lines += [f'options = [ {options}, {{ code = "dk", label = "?", missing = "DONT_KNOW" }} ]']
    for home in dict.fromkeys(homes.values()):
        listed = ", ".join(f'{{ code = "{one}", title = "{one}" }}' for one in homes if homes[one] == home)
        lines += ["[[dimensions]]", f'code = "{home}"', f'title = "{home}"', f"themes = [{listed}]"]
    lines += ["[[sections]]", 'code = "all"', 'title = "All"', "[[sections.pages]]", 'code = "one"']
    for code, theme in items:
        lines += ["[[sections.pages.items]]", f'code = "{code}"', f'text = "Text {code}"', 'kind = "choice"']
        lines += ['option_set = "five"', f'dimension = "{homes[theme]}"', f'theme = "{theme}"']
    return "\n".join(lines) + "\n"


def said(folder: Path) -> Said:
    file = tomllib.loads((folder / "SELF.toml").read_text("utf-8"))
    items = [item for section in file["sections"] for page in section["pages"] for item in page["items"]]
    themes = {item["theme"] for item in items}
    level: dict[tuple[str, str], float | None] = {}
    for row in table(folder / "S.csv"):
        for theme in themes:
            points = [
                25.0 * (int(row[i["code"]]) - 1) for i in items if i["theme"] == theme and row[i["code"]].isdigit()
            ]
            level[row["authority"], theme] = math.fsum(points) / len(points) if points else None
    return Said(themes, level)


# The numbers


def rows(case: Wave, own: Said) -> list[Row]:
    found = {code: of_authority(case, own, code) for code in case.codes}
    for measure in case.instrument.measures:
        gaps = [one[measure]["difference"] for one in found.values() if one[measure]["reason"] is None]
        median = type7([float(gap) for gap in gaps], 0.5) if gaps else None  # type: ignore[arg-type]  # shown ones are numbers
        for one in found.values():
            one[measure]["median_gap"] = median
            one[measure]["gap"] = beyond(one[measure]["difference"], median)
            if one[measure]["reason"] is None and len(gaps) < FOR_MEDIAN:
                one[measure]["reason"] = "too_few_authorities"
    return [row for code in case.codes for row in judged(case, found[code])]


def beyond(difference: object, median: float | None) -> float | None:
    return None if median is None or not isinstance(difference, float) else difference - median


def of_authority(case: Wave, own: Said, code: str) -> dict[str, Row]:
    answered = {theme for theme in own.themes if own.level.get((code, theme)) is not None}
    themes = [theme for theme in case.instrument.themes if theme in own.themes]
    word: dict[str, float | None] = {}
    count: dict[str, int] = {}
    for measure in (*case.instrument.dimensions, *case.instrument.themes):
        mine = [theme for theme in themes if measure in (theme, home(case, theme))]
        levels = [own.level[code, theme] for theme in mine if theme in answered]
        count[measure] = len(levels)
        enough = levels and len(levels) >= math.ceil(len(mine) / 2)
        word[measure] = math.fsum(one for one in levels if one is not None) / len(levels) if enough else None
    dimensions = [word[one] for one in case.instrument.shown]
    count["overall"] = sum(count[one] for one in case.instrument.shown)
    whole = [one for one in dimensions if one is not None]
    word["overall"] = math.fsum(whole) / len(whole) if len(whole) == len(dimensions) >= 3 else None
    found = {m: row(code, m, word[m], count[m], staff(case, code, answered, m)) for m in case.instrument.measures}
    for measure, one in found.items():
        one["reason"] = one["reason"] or unreliable(case, measure)
    if len(dimensions) < 3:
        found["overall"]["reason"] = "too_few_dimensions"
    elif found["overall"]["reason"] is None and any(found[one]["reason"] for one in case.instrument.shown):
        found["overall"]["reason"] = "dimension_withheld"
    return found


def home(case: Wave, theme: str) -> str:
    return next(item["dimension"] for item in case.instrument.items if item.get("theme") == theme)


def staff(case: Wave, code: str, themes: set[str], measure: str) -> Estimate:
    scored = [(points(case, one, themes, measure), one) for one in case.of(code)]
    return of_whole([(value, one) for value, one in scored if value is not None], case.invited(code))


def points(case: Wave, person: Person, themes: set[str], measure: str) -> float | None:
    if measure == "overall":
        parts = [points(case, person, themes, one) for one in case.instrument.shown]
        known = [one for one in parts if one is not None]
        return math.fsum(known) / len(known) if len(known) == len(parts) >= 3 else None
    items = [i for i in case.instrument.items if i.get("theme") in themes and measure in (i["dimension"], i["theme"])]
    given = [case.instrument.score(item, person.given[item["code"]]) for item in items]
    known = [one for one in given if one is not None]
    return math.fsum(known) / len(known) if items and len(known) >= math.ceil(len(items) / 2) else None


def row(code: str, measure: str, word: float | None, themes: int, seen: Estimate) -> Row:
    return {
        "authority": code,
        "measure": measure,
        "assessed": word,
        "staff": seen.score,
        "staff_lower": seen.lower,
        "staff_upper": seen.upper,
        "n": seen.n,
        "themes": themes,
        "difference": None if word is None or seen.score is None else word - seen.score,
        "se": seen.se_comparison,
        "reason": "not_assessed" if word is None else few(seen.n),
    }


def judged(case: Wave, mine: dict[str, Row]) -> list[Row]:
    """Interval, test and verdict; Holm over the dimensions that are shown, the withheld ones among all of them."""
    p_values: dict[str, float] = {}
    for measure, one in mine.items():
        gap, se, n = one["gap"], one.pop("se"), int(str(one["n"]))
        one |= {"lower": None, "upper": None, "p_adjusted": None, "verdict": None}
        del one["difference"]
        if isinstance(gap, float) and isinstance(se, float) and se > 0:
            half = float(stats.t.ppf(0.975, n - 1)) * se
            one["lower"], one["upper"] = gap - half, gap + half
            if measure in case.instrument.dimensions:
                p_values[measure] = float(2 * stats.t.sf(abs(gap) / se, n - 1))
    shown = {measure: p for measure, p in p_values.items() if mine[measure]["reason"] is None}
    for family in (p_values, shown):
        for measure, value in zip(family, holm(list(family.values())), strict=True):
            mine[measure]["p_adjusted"] = value
    for measure in case.instrument.dimensions:
        gap, adjusted = mine[measure]["gap"], mine[measure]["p_adjusted"]
        if isinstance(gap, float):
            mine[measure]["verdict"] = verdict(gap, adjusted if isinstance(adjusted, float) else None)
    return list(mine.values())


def published(found: list[Row]) -> list[Row]:
    """An authority's own word stays; the staff's side stays where only authorities are too few."""
    for one in found:
        if one["reason"] is None:
            continue
        kept = {"authority", "measure", "assessed", "themes"}
        kept |= set(SIDES) if one["reason"] == "too_few_authorities" else set()
        for column in one:
            if column not in kept:
                one[column] = None
        one["reason"] = "withheld"
    return found
