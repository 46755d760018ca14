"""A made-up sector in the service, small enough to attack: two waves, a reworded question, a merger, lists, a correction."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import second_opinion
import small_waves
from second_opinion import Wave as Known
from sqlalchemy import text
from sqlalchemy.orm import Session

from questionnaires import loader
from reports.rules import Rules
from survey import editions, keys, participation, peer_lists, people, register, releases, sealing, transitions, waves
from survey.db import Database
from survey.models import Release, Wave
from survey.people import Principal
from survey.sealing import Answered
from survey.vocabulary import EditionState, ParticipationState, RoleName

DIMENSIONS = ("mindset", "agile", "silos", "leadership")
ITEMS = 4
REWORDED = "silos1"
NEW_WORDS = f"Statement {REWORDED} has become true here."
HEADER = (
    "code", "name", "type", "nation", "region", "functions", "rurality", "deprivation_fifth", "most_deprived",
    "least_deprived", "urban", "sparse", "density", "population_2019",
)  # fmt: skip
TEAM = {"researcher": RoleName.RESEARCHER, "publisher": RoleName.PUBLISHER}
LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"
FIRST = datetime(2024, 4, 22, 8, tzinfo=UTC)
MERGED, LATE, LEFT = ("A001", "A002"), "A003", "A004"
JOINED = "A900"
BATCH = 12
SIZES, LARGE = (1, 4, 6, 11, 12), 14  # of a service area by tier; where answers come late, all of it is shown
APART = ("person", "authority")

Row = dict[str, str]


@dataclass
class Attacked:
    """The service with its releases, and what an attacker knows besides: who is where and left what out, and the register."""

    database: Database
    folder: Path
    register: dict[str, Row]
    members: dict[str, int] = field(default_factory=dict)  # id of the person who signs in for an authority
    known: dict[str, Known] = field(default_factory=dict)  # by release
    taking_part: dict[str, list[str]] = field(default_factory=dict)
    lists: dict[str, dict[str, list[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What the service does and takes in: as it is meant to, or with a planted defect."""

    nearest: bool = False
    batch: int = BATCH
    sizes: tuple[int, ...] = SIZES
    rules: Rules = field(default_factory=Rules)
    lists: Callable[[random.Random, list[str]], dict[str, list[str]]] | None = None


@dataclass
class _Play:
    made: Attacked
    session: Session
    team: dict[str, Principal]
    dice: random.Random
    plan: Plan
    people: int = 0


def play(database: Database, folder: Path, *, count: int, plan: Plan | None = None) -> Iterator[Attacked]:
    """The sector after each of its releases: 2024.1, the correction 2024.2, and 2025.1; each committed.

    Everything goes through the use-cases of live data; only the late batch is put in by hand, as no use-case takes one.
    """
    plan, dice = plan or Plan(), random.Random(14)  # noqa: S311 - a sector that anybody can draw again
    made = Attacked(database, folder, {row["code"]: row for row in _register(dice, count, nearest=plan.nearest)})
    with database.session() as session:
        with _patient(database, session):
            play = _begin(made, session, dice, plan)
            rows = _answers(play, [one for one in made.register if one != JOINED])
            wave = _wave(play, "2024", FIRST, version="1", rows=rows)
            _released(play, wave, rows, FIRST + timedelta(days=90))
            session.commit()
        yield made
        with _patient(database, session):
            _correct(play, wave, rows)
            session.commit()
        yield made
        with _patient(database, session):
            _merge(play)
            _second(play)
            session.commit()
        yield made


@contextmanager
def _patient(database: Database, session: Session) -> Iterator[None]:
    """One transaction for all that happens between two releases, numbers and all: PostgreSQL would end it after 10 s."""
    with database.write(session):
        if database.engine.dialect.name == "postgresql":
            session.execute(text("SET idle_in_transaction_session_timeout = 0"))
        yield


def _begin(made: Attacked, session: Session, dice: random.Random, plan: Plan) -> _Play:
    old = [row for code, row in made.register.items() if code != JOINED]
    register.import_authorities(session, _csv(old), on=FIRST.date(), now=FIRST, actor="system")
    play = _Play(made, session, {name: _person(session, name, role) for name, role in TEAM.items()}, dice, plan)
    _members(play)
    return play


def _correct(play: _Play, wave: Wave, rows: list[Row]) -> None:
    """One authority withdraws, another one's late answers come in a batch: a second release of the wave."""
    (left,) = [one for one in participation.of_wave(play.session, wave) if one.authority.code == LEFT]
    transitions.follow(
        play.session, transitions.PARTICIPATION, left, ParticipationState.WITHDRAWN, now=FIRST, reason="It asked for it.",
        actor="system",
    )  # fmt: skip
    late = [
        _officer(play, LATE, "housing", "frontline", play.dice.randint(2, 4), whole=True)
        for _ in range(play.plan.batch)
    ]
    questionnaire = editions.questionnaire_of(play.session, editions.get(play.session, wave.edition_id))
    place = sealing.Place(wave.id, wave.edition_id, questionnaire)
    sealing.write(play.session, place, _sealed(play.session, late), new_id=keys.new_id)
    _released(play, wave, [row for row in rows if row["authority"] != LEFT] + late, FIRST + timedelta(days=120))


def _merge(play: _Play) -> None:
    day = (FIRST + timedelta(days=200)).date()
    register.import_authorities(
        play.session, _csv([play.made.register[JOINED]]), on=day, now=FIRST, actor="system"
    )  # fmt: skip
    found = register.by_codes(play.session, (*MERGED, JOINED))
    for code in MERGED:
        register.succeed(play.session, found[code], found[JOINED], on=day, now=FIRST, actor="system")
    play.made.members[JOINED] = _person(play.session, JOINED, RoleName.MEMBER, found[JOINED].id).person_id


def _second(play: _Play) -> None:
    opens = FIRST + timedelta(days=365)
    codes = [one for one in play.made.register if one not in (*MERGED, LEFT)]
    rows = _answers(play, codes)
    wave = _wave(play, "2025", opens, version="2", rows=rows)
    _released(play, wave, rows, opens + timedelta(days=90))


def _wave(play: _Play, code: str, opens: datetime, *, version: str, rows: Sequence[Row]) -> Wave:
    session, made = play.session, play.made
    path = made.folder / f"{code}.toml"
    path.write_text(_questionnaire(version), encoding="utf-8")
    edition = editions.store_file(session, path, now=opens, actor="system")
    edition.state = EditionState.APPROVED
    dates = waves.Dates.of(opens, opens + timedelta(days=40))
    wave = waves.plan(session, waves.Plan(code, f"Survey {code}", dates), edition, actor="system", now=opens)
    codes = sorted({row["authority"] for row in rows})
    participation.add(session, wave, codes, actor="system", now=opens)
    _headcounts(play, wave, rows)
    waves.open_wave(session, wave, actor="system", now=opens)
    asked = loader.read(path)
    sealing.seal_many(session, wave, asked, _sealed(session, rows), link_key=LINK_KEY, new_id=keys.new_id)
    for one in participation.of_wave(session, wave):
        one.link_reviewed = True  # without it no headcount is used
    waves.close(session, wave, actor="system", now=wave.closes_at)
    made.lists[code] = (play.plan.lists or _lists)(play.dice, codes)
    lines = "".join(f"{name},{one}\n" for name, found in made.lists[code].items() for one in found)
    if lines:
        content = f"list,authority\n{lines}".encode()
        peer_lists.replace(session, wave, content, actor="system", now=wave.closes_at)
    return wave


def _lists(dice: random.Random, codes: list[str]) -> dict[str, list[str]]:
    if len(codes) < 15:
        return {}
    return {"Coast": sorted(dice.sample(codes, 12)), "Partners": sorted(dice.sample(codes, 15))}


def _released(play: _Play, wave: Wave, rows: Sequence[Row], at: datetime) -> Release:
    found = releases.calculation(play.session, wave.code, rules=play.plan.rules)
    release = releases.store(play.session, found, by=play.team["researcher"], now=at)
    releases.approve(play.session, release, by=play.team["publisher"], now=at + timedelta(days=1))
    releases.publish(play.session, release, by=play.team["publisher"], now=at + timedelta(days=2))
    play.made.taking_part[release.label] = sorted({row["authority"] for row in rows})
    play.made.known[release.label] = _known(play.made.folder, wave.code, release.label, rows)
    return release


def _known(folder: Path, wave: str, label: str, rows: Sequence[Row]) -> Known:
    """The attacker's own picture of who is where and who left what out, in the files of an analysis."""
    place = folder / label
    place.mkdir()
    (place / "Q.toml").write_text(_scored((folder / f"{wave}.toml").read_text("utf-8")), encoding="utf-8")
    (place / "H.csv").write_text((folder / f"{wave}-H.csv").read_text("utf-8"), encoding="utf-8")
    small_waves.save(place / "R.csv", list(rows))
    found = second_opinion.wave(place)
    for person, row in zip(found.people, rows, strict=True):
        person.row = int(row["person"])  # the same person in a correction has the same number
    return found


def _scored(asked: str) -> str:
    """A reworded question does not count in scores yet."""
    if NEW_WORDS not in asked:
        return asked
    return re.sub(rf'(code = "{REWORDED}"\n(?:[^\[]*\n)*?)dimension = "\w+"\n', r"\1", asked)


# What the sector is made of


def _questionnaire(version: str) -> str:
    themes = {one: [f"{one}a", f"{one}b"] if one == "agile" else [] for one in DIMENSIONS}
    items = [
        (f"{one}{place}", "agree5", one, f"{one}{'ab'[place // 2]}" if themes[one] else "", False)
        for one in DIMENSIONS
        for place in range(ITEMS)
    ]
    found = small_waves.questionnaire(small_waves.Plan(items, themes, has_tier=True, has_area=True, agreeable=False))
    if version == "1":
        return found
    return found.replace('version = "1"', f'version = "{version}"').replace(
        f"Statement {REWORDED} is true here.", NEW_WORDS
    )


def _register(dice: random.Random, count: int, *, nearest: bool) -> list[Row]:
    found = []
    for place, code in enumerate([*(f"A{number:03d}" for number in range(1, count + 1)), JOINED]):
        shares = [f"{dice.random():.3f}" for _ in range(4)]
        values = (
            code, f"Place {code}", ("district", "unitary")[place % 2], ("England", "Wales")[place % 4 == 0],
            ("North", "Middle", "South")[place % 3], "single" if nearest else "", ("Rural", "Urban")[dice.random() < 0.6],
            str(1 + place % 5), *shares, f"{dice.uniform(50, 4000):.1f}", str(dice.randint(40_000, 400_000)),
        )  # fmt: skip
        found.append(dict(zip(HEADER, values, strict=True)))
    return found


def _csv(rows: Sequence[Row]) -> bytes:
    return "\n".join([",".join(HEADER), *(",".join(row.values()) for row in rows), ""]).encode()


def _person(session: Session, name: str, role: RoleName, authority_id: int | None = None) -> Principal:
    address = f"{name.lower()}@example.org"
    person = people.add(session, address, name, now=FIRST, actor="system")
    people.grant(session, person.id, role, authority_id=authority_id, now=FIRST, actor="system")
    found = people.principal_of(session, address)
    assert found is not None
    return found


def _members(play: _Play) -> None:
    for authority in register.all_authorities(play.session):
        found = _person(play.session, authority.code, RoleName.MEMBER, authority.id)
        play.made.members[authority.code] = found.person_id


def _answers(play: _Play, codes: Sequence[str]) -> list[Row]:
    """Some leave area, tier, single questions or a whole dimension out."""
    rows = []
    for code in codes:
        centre, whole = play.dice.gauss(3.1, 0.35), code == LATE and play.plan.sizes == SIZES
        for area in small_waves.AREAS:
            for tier in ("senior", "manager", "frontline"):
                for _ in range(LARGE if whole else play.dice.choice(play.plan.sizes)):
                    level = min(5, max(1, round(play.dice.gauss(centre, 0.9))))
                    rows.append(_officer(play, code, area, tier, level, whole=whole))
    return rows


def _officer(play: _Play, code: str, area: str, tier: str, level: int, *, whole: bool = False) -> Row:
    dice = play.dice
    play.people += 1
    row = {"person": str(play.people), "authority": code, "service_area": area, "tier": tier}
    for one in DIMENSIONS:
        for place in range(ITEMS):
            row[f"{one}{place}"] = str(min(5, max(1, level + dice.choice((-1, 0, 0, 1)))))
    if whole:
        return row
    if dice.random() < 0.05:
        row[dice.choice(("service_area", "tier"))] = ""
    if dice.random() < 0.06:
        row[f"{dice.choice(DIMENSIONS)}{dice.randrange(ITEMS)}"] = "dk"
    if dice.random() < 0.02:
        row |= dict.fromkeys((f"leadership{place}" for place in range(ITEMS)), "")
    return row


def _headcounts(play: _Play, wave: Wave, rows: Sequence[Row]) -> None:
    """Two authorities of three know how many people work where, so theirs are raked."""
    counts: dict[tuple[str, str, str], int] = {}
    for row in rows:
        if int(row["authority"][1:]) % 3 and row["service_area"] and row["tier"]:
            key = (row["authority"], row["service_area"], row["tier"])
            counts[key] = counts.get(key, 0) + play.dice.choice((1, 2, 3))
    path = play.made.folder / f"{wave.code}-H.csv"
    names = ("authority", "service_area", "tier", "headcount")
    small_waves.save(path, [dict(zip(names, (*key, str(count)), strict=True)) for key, count in counts.items()])
    questionnaire = editions.questionnaire_of(play.session, editions.get(play.session, wave.edition_id))
    participation.import_headcounts(play.session, wave, questionnaire, path, actor="system", now=wave.opens_at)


def _sealed(session: Session, rows: Sequence[Row]) -> list[Answered]:
    ids = {one.code: one.id for one in register.all_authorities(session)}
    return [
        Answered(ids[row["authority"]], {code: value for code, value in row.items() if code not in APART and value})
        for row in rows
    ]
