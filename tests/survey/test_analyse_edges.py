"""Waves at the edge through `soundings analyse`: every file is written, with reasons, and none says NaN, inf or None."""

from __future__ import annotations

import csv
import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner

from survey.cli import main

FOLDER = Path(__file__).parents[1] / "questionnaires"
FOUR = [f"{dimension}_{n}" for dimension in ("mindset", "agile", "silos", "leadership") for n in range(1, 5)]
HEAD = ["authority", "service_area", "tier", "weight", *FOUR]
BAD = re.compile(r"(?<![\w-])(nan|NaN|NAN|inf|-inf|Infinity|None(?!\s+of\b)|NaT|<NA>|&lt;NA&gt;)(?![\w-])")
Row = list[str]


def person(chance: random.Random, code: str = "A", *, area: str = "", tier: str = "", weight: str = "1") -> Row:
    level = chance.gauss(3.3, 0.8)
    return [code, area, tier, weight, *(str(min(5, max(1, round(level + chance.gauss(0, 0.7))))) for _ in FOUR)]


def alike(count: int, answer: str, code: str = "A", **more: str) -> list[Row]:
    base = person(random.Random(1), code, **more)  # noqa: S311 - made-up answers
    return [[*base[:4], *[answer] * len(FOUR)] for _ in range(count)]


def several(count: int, seed: int = 1, code: str = "A", **more: str) -> list[Row]:
    chance = random.Random(seed)  # noqa: S311 - made-up answers
    return [person(chance, code, **more) for _ in range(count)]


def of_two_tiers() -> list[Row]:
    return [*several(20, tier="frontline"), *several(15, 2, tier="manager")]


def a_sector() -> list[Row]:
    """Fourteen authorities, one of them the only one of its nation and type."""
    return [row for number in range(14) for row in several(14, number, f"a{number:02}", area="ict", tier="frontline")]


def extreme() -> list[Row]:
    return [[*row[:3], weight, *row[4:]] for row, weight in zip(several(24), ["0.000001", "1000000"] * 12, strict=True)]


WAVES: dict[str, tuple[Callable[[], list[Row]], str]] = {
    "one authority": (lambda: several(40), "A,,,60"),
    "one service area": (lambda: several(40, area="housing", tier="frontline"), "A,housing,frontline,60"),
    "everyone the same answer": (lambda: alike(40, "3", area="ict", tier="senior"), "A,ict,senior,50"),
    "nobody scored": (lambda: alike(20, ""), "A,,,60"),
    "nobody knows": (lambda: alike(20, "dk"), "A,,,60"),
    "more answers than staff": (lambda: several(40), "A,,,30"),
    "nobody is employed": (lambda: several(40, area="ict"), "A,ict,,0"),
    "ten people": (lambda: several(10), "A,,,60"),
    "a tier that nobody is in": (of_two_tiers, "A,,senior,12\nA,,manager,30\nA,,frontline,60"),
    "a hundred thousand staff and eleven answers": (lambda: several(11), "A,,,100000"),
    "extreme weights": (extreme, "A,,,60"),
    "a peer group of one": (a_sector, "a00,,,20"),
}


LONG = os.environ.get("ASSURANCE") == "long"
DRAWN = {"everyone the same answer", "nobody scored", "ten people", "more answers than staff", "one service area"}
"""Waves of which the everyday tests look at pictures and reports too: drawing takes longest."""


@pytest.mark.parametrize("wave", WAVES)
def test_a_wave_at_the_edge_is_told_with_reasons_in_every_file(tmp_path: Path, wave: str) -> None:
    rows, staff = WAVES[wave]
    with (tmp_path / "R.csv").open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([HEAD, *rows()])
    codes = sorted({row[0] for row in rows()})
    register = [
        f"{code},Town {code},{'county' if at == 0 else 'district'},{'Wales' if at == 0 else ''}"
        for at, code in enumerate(codes)
    ]
    (tmp_path / "A.csv").write_text("code,name,type,nation\n" + "\n".join([*register, "Q,Quiet,district,Scotland", ""]))
    (tmp_path / "H.csv").write_text(f"authority,service_area,tier,headcount\n{staff}\n")
    given = {"questionnaire": FOLDER / "four-dimensions.toml", "responses": tmp_path / "R.csv"}
    given |= {"authorities": tmp_path / "A.csv", "headcounts": tmp_path / "H.csv"}
    for audience in ("research", "published"):
        out = tmp_path / audience
        words = [part for name, path in given.items() for part in (f"--{name}", str(path))]
        drawn = audience == "research" and (LONG or wave in DRAWN)  # pictures show what is published in both
        words += ["--audience", audience, "--out", str(out), *([] if drawn else ["--no-pictures"])]
        done = CliRunner().invoke(main, ["analyse", *words])
        assert done.exit_code == 0, done.output
        assert done.exception is None
        check(out, drawn=drawn, few=wave != "a peer group of one")


def check(folder: Path, *, drawn: bool, few: bool) -> None:
    """No file says NaN; every withheld number has a reason."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    kinds = {".csv", ".json", ".xlsx", ".zip"} | ({".html", ".svg", ".pdf"} if drawn else set())
    assert {path.suffix for path in files} == kinds
    for path in files:
        if path.suffix in {".csv", ".html", ".svg"}:
            said = re.sub(r"<style.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.S)
            assert not BAD.findall(said), path.name
        elif path.suffix == ".pdf":
            said = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
            assert not BAD.findall(said), path.name
        elif path.suffix == ".json":
            json.loads(path.read_text(), parse_constant=pytest.fail)
    with (folder / "scores.csv").open(encoding="utf-8") as handle:
        scores = list(csv.DictReader(handle))
    assert all(row["reason"] for row in scores if not row["score"])
    if few:
        with (folder / "benchmarks.csv").open(encoding="utf-8") as handle:
            assert all(row["reason"] for row in csv.DictReader(handle))


@pytest.mark.parametrize(
    ("then", "now"), [("ten people", "everyone the same answer"), ("one authority", "nobody scored")]
)
def test_a_change_at_the_edge_is_told_with_reasons_in_every_file(tmp_path: Path, then: str, now: str) -> None:
    previous: list[str] = []
    for name, wave in (("then", then), ("now", now)):
        rows, staff = WAVES[wave]
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows([HEAD, *rows()])
        (tmp_path / "H.csv").write_text(f"authority,service_area,tier,headcount\n{staff}\n")
        words = ["--questionnaire", str(FOLDER / "four-dimensions.toml"), "--responses", str(tmp_path / f"{name}.csv")]
        words += ["--headcounts", str(tmp_path / "H.csv"), "--out", str(tmp_path / name), *previous]
        done = CliRunner().invoke(main, ["analyse", *words, *(["--no-pictures"] if name == "then" else [])])
        assert done.exit_code == 0, done.output
        previous = ["--previous", str(tmp_path / "then" / "bundle.zip")]
    check(tmp_path / "now", drawn=True, few=True)
    for table in ("change", "sector_change"):
        with (tmp_path / "now" / f"{table}.csv").open(encoding="utf-8") as handle:
            assert all(row["reason"] for row in csv.DictReader(handle)), table


ONE_ITEM = """
[[dimensions]]
code = "mindset"
title = "Digital mindset"
[[sections]]
code = "all"
title = "All"
[[sections.pages]]
code = "one"
[[sections.pages.items]]
code = "mindset_1"
text = "In this authority, teams are judged by results, not by hours."
kind = "choice"
option_set = "agree5"
dimension = "mindset"
"""


def test_a_dimension_of_one_item_is_told_with_reasons_in_every_file(tmp_path: Path) -> None:
    text = (FOLDER / "four-items.toml").read_text()
    (tmp_path / "Q.toml").write_text(text.split("[[dimensions]]")[0] + ONE_ITEM)
    (tmp_path / "R.csv").write_text("authority,mindset_1\n" + "".join(f"A,{1 + n % 5}\n" for n in range(40)))
    words = [
        "--questionnaire",
        str(tmp_path / "Q.toml"),
        "--responses",
        str(tmp_path / "R.csv"),
        "--out",
        str(tmp_path / "out"),
    ]
    done = CliRunner().invoke(main, ["analyse", *words])
    assert done.exit_code == 0, done.output
    check(tmp_path / "out", drawn=True, few=True)
    with (tmp_path / "out" / "reliability.csv").open(encoding="utf-8") as handle:
        (row,) = (row for row in csv.DictReader(handle) if row["measure"] == "mindset")
    assert (row["n_items"], row["alpha"], row["omega"]) == ("1", "", "")
