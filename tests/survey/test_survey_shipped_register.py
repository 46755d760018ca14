"""The register that ships: its counts, its mergers by date, and its facts beside those of an independent list."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from reports import similarity
from survey import register, register_file
from survey.db import Database
from survey.register_file import SHIPPED, Row

ROWS = register_file.read(SHIPPED.read_bytes())
BY_CODE = {row.code: row for row in ROWS}
TODAY = date(2026, 11, 1)
OTHER_LIST = Path(__file__).parents[2] / ".." / "shared" / "data" / "authorities.csv"

# The list's own words for what the register calls otherwise.
TYPES = {
    "non_metropolitan_district": "district",
    "scottish_unitary": "scottish_council",
    "welsh_unitary": "welsh_council",
}


def current(nation: str | None = None) -> list[Row]:
    return [row for row in ROWS if row.end is None and nation in (None, row.attributes["nation"])]


def test_the_current_authorities_are_as_many_as_is_known() -> None:
    kinds = Counter((row.attributes["nation"], row.attributes["type"]) for row in current())
    assert kinds == {
        ("England", "county"): 21,
        ("England", "district"): 164,
        ("England", "metropolitan_district"): 36,
        ("England", "london_borough"): 32,
        ("England", "city_corporation"): 1,
        ("England", "unitary"): 63,
        ("England", "combined_authority"): 14,
        ("England", "strategic_regional"): 1,
        ("Scotland", "scottish_council"): 32,
        ("Wales", "welsh_council"): 22,
        ("Northern Ireland", "ni_district"): 11,
    }
    assert sum(kinds.values()) == 382 + 14 + 1  # principal councils, combined authorities, the GLA
    assert sum(count for (nation, _), count in kinds.items() if nation == "England") == 317 + 14 + 1


def test_every_code_belongs_to_its_nation_and_every_english_authority_to_a_region() -> None:
    letters = {"E": "England", "W": "Wales", "S": "Scotland", "N": "Northern Ireland"}
    assert not [row.code for row in ROWS if letters[row.code[0]] != row.attributes["nation"] or len(row.code) != 9]
    regions = {row.attributes["region"] for row in ROWS if row.code[0] == "E"}
    assert len(regions) == 9
    assert "" not in regions
    assert {row.attributes["region"] for row in ROWS if row.code[0] != "E"} == {""}


def test_the_file_is_written_in_the_order_of_its_codes_and_can_be_compared_line_by_line() -> None:
    assert [row.code for row in ROWS] == sorted(BY_CODE)
    assert SHIPPED.read_bytes().isascii()
    assert b"\r" not in SHIPPED.read_bytes()


def test_whoever_has_ended_has_successors_that_began_no_later() -> None:
    ended = [row for row in ROWS if row.end]
    assert len(ended) == 48
    for row in ended:
        assert row.successors, row.code
        for code in row.successors:
            assert BY_CODE[code].start is not None
            assert BY_CODE[code].start <= row.end


def test_mergers_follow_their_dates(database: Database, session: Session, now: datetime) -> None:
    with database.write(session):
        done = register.import_authorities(session, SHIPPED.read_bytes(), on=TODAY, now=now, actor="system")
        session.commit()
    assert (done.added, done.changed, done.unchanged) == (445, 0, 0)
    carlisle, taunton = register.by_code(session, "E07000028"), register.by_code(session, "E07000190")
    last, first = date(2023, 3, 31), date(2023, 4, 1)
    held = {day: register.attributes_on(session, [carlisle.id], day)[carlisle.id] for day in (last, first)}
    assert held[last]["type"] == "district"
    assert held[first] == {}
    assert register.successors(session, carlisle.id, last) == ()
    assert [one.name for one in register.successors(session, carlisle.id, first)] == ["Cumberland Council"]
    # Taunton Deane became Somerset West and Taunton in 2019, which became part of Somerset in 2023.
    assert [one.code for one in register.successors(session, taunton.id, last)] == ["E07000246"]
    assert [one.code for one in register.successors(session, taunton.id, first)] == ["E06000066"]
    cumbria = register.by_code(session, "E10000006")
    assert [one.code for one in register.successors(session, cumbria.id, TODAY)] == ["E06000063", "E06000064"]


def test_the_shipped_register_a_second_time_changes_nothing(
    database: Database, session: Session, now: datetime
) -> None:
    for _ in range(2):
        with database.write(session):
            done = register.import_authorities(session, SHIPPED.read_bytes(), on=TODAY, now=now, actor="system")
            session.commit()
    assert (done.added, done.changed, done.unchanged) == (0, 0, 445)
    assert not register.compare(session, SHIPPED.read_bytes(), on=TODAY + timedelta(days=400))


@pytest.mark.skipif(not OTHER_LIST.exists(), reason="the independent list is not here")
def test_the_facts_are_those_of_an_independent_list() -> None:
    lines = list(csv.DictReader(io.StringIO(OTHER_LIST.read_text(encoding="utf-8"))))
    codes = {line["la_code"]: line["gss_code"] for line in lines}
    known = {
        line["gss_code"]: line for line in lines if line["gss_code"]
    }  # without a code: before 2015 in Northern Ireland
    assert known.keys() == BY_CODE.keys()
    for code, line in known.items():
        row, region = BY_CODE[code], (line["region"] or BY_CODE[code].attributes["region"]) if code[0] == "E" else ""
        kind = TYPES.get(line["type"], line["type"])
        told = {name: row.attributes[name] for name in ("type", "nation", "region", "population")}
        assert told == {
            "type": kind, "nation": line["nation"], "region": region, "population": line["population_mid2020"],
        }, code  # fmt: skip
        assert row.name.replace("and", "&").startswith(line["official_name"].replace("and", "&")), code
        assert (row.end is None) == (line["current"] == "1"), code
        assert {codes[one] for one in line["replaced_by"].split(",") if one} == set(row.successors), code
        if row.end:  # the list names the last day of some and the day after of others
            assert row.end - date.fromisoformat(line["end_date"]) in (timedelta(0), timedelta(days=1)), code


PROFILES = OTHER_LIST.with_name("authority_profiles.csv")
NEIGHBOURS = OTHER_LIST.with_name("authority_neighbours.csv")


@pytest.mark.skipif(not NEIGHBOURS.exists(), reason="the independent list is not here")
def test_the_nearest_authorities_are_those_of_an_independent_computation() -> None:
    names = {
        line["la_code"]: line["gss_code"] for line in csv.DictReader(io.StringIO(PROFILES.read_text(encoding="utf-8")))
    }
    expected: dict[str, list[str]] = {}
    lines = csv.DictReader(io.StringIO(NEIGHBOURS.read_text(encoding="utf-8")))
    for line in sorted(lines, key=lambda line: int(line["rank"])):
        expected.setdefault(names[line["la_code"]], []).append(names[line["neighbour_la_code"]])
    register_frame = pd.DataFrame([{"code": row.code, **row.attributes} for row in ROWS if row.attributes["functions"]])
    for name in similarity.ATTRIBUTES:
        register_frame[name] = pd.to_numeric(register_frame[name])
    assert len(expected) == 382
    assert similarity.nearest(register_frame) == dict(sorted(expected.items()))
