"""The demonstration: made up, the same each time, and plausible enough to show every page."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats
from sqlalchemy import func, select

from questionnaires import files, loader
from questionnaires.definition import Questionnaire
from reports import publication
from reports.frames import AUTHORITIES, HEADCOUNTS, NOT_ANSWERED, Responses
from reports.publication import Results
from reports.rules import Rules
from survey import audit, documents, jobs, keys, links, results
from survey.config import Settings
from survey.db import Database
from survey.demonstration import answers, entrances, loading, people, sector
from survey.demonstration.answers import Sheet
from survey.demonstration.sector import HOME, Place, Staff
from survey.errors import NotFound, NotNow
from survey.models import Authority, Base, Invitation, Person, SealedText, Submission, Wave

REAL = Path(__file__).parents[3] / "shared" / "data" / "authorities.csv"
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def staff_survey() -> Questionnaire:
    return loader.read(files.path(*files.STAFF))


@pytest.fixture(scope="module")
def staffs() -> list[Staff]:
    """Everybody who takes part in the second wave."""
    return [sector.staff(place) for place in sector.places() if sector.takes_part(place, 1)]


@pytest.fixture(scope="module")
def sheet(staff_survey: Questionnaire, staffs: list[Staff]) -> Sheet:
    return answers.of_wave(staff_survey, staffs, 1, share=1.0)


@pytest.fixture(scope="module")
def computed(staff_survey: Questionnaire, staffs: list[Staff], sheet: Sheet) -> Results:
    """The whole second wave through the whole method."""
    rows = [(*(getattr(staff.place, name) or None for name in AUTHORITIES.columns),) for staff in staffs]
    counts = [(staff.place.code, *row) for staff in staffs for row in staff.headcounts() if staff.frame == "headcount"]
    areas = sorted({area for staff in staffs for area in staff.areas})
    area = [
        areas.index(staffs[who].areas[at]) if at >= 0 else -1
        for who, at in zip(sheet.authority, sheet.area, strict=True)
    ]
    responses = Responses(
        authorities=tuple(staff.place.code for staff in staffs),
        authority=sheet.authority,
        items=tuple(item.code for item in sheet.items),
        answers=np.where(sheet.position < 0, NOT_ANSWERED, sheet.position).astype(np.int8),
        service_areas=tuple(areas),
        service_area=np.array(area, dtype=np.int32),
        tiers=answers.tier_codes(),
        tier=sheet.tier,
        too_fast=sheet.too_fast,
    )
    everything = publication.compute(
        responses,
        staff_survey,
        Rules(),
        authorities=AUTHORITIES.check(pd.DataFrame(rows, columns=list(AUTHORITIES.columns)).convert_dtypes()),
        headcounts=HEADCOUNTS.check(pd.DataFrame(counts, columns=list(HEADCOUNTS.columns))),
    )
    return publication.published(everything)


# Who is in it


def test_no_made_up_authority_bears_the_name_of_a_real_one() -> None:
    if not REAL.exists():
        pytest.skip("the register of real authorities is not here")
    with REAL.open(encoding="utf-8", newline="") as file:
        real = [f"{row['official_name']} {row['short_name']}".lower() for row in csv.DictReader(file)]
    assert [place.name for place in sector.places() if any(place.name.lower() in name for name in real)] == []


def test_codes_and_names_are_unique() -> None:
    places = sector.places()
    assert len({place.code for place in places}) == len({place.name for place in places}) == len(places) == 122


@pytest.mark.parametrize("wave", [0, 1, 2])
def test_every_wave_has_fourteen_authorities_of_each_type_two_nations_and_one_too_small(wave: int) -> None:
    taking_part = [place for place in sector.places() if sector.takes_part(place, wave)]
    types = Counter(place.type for place in taking_part)
    nations = Counter(place.nation for place in taking_part)
    assert len(types) == 6
    assert min(types.values()) >= 14
    assert sorted(nations) == ["England", "Scotland", "Wales"]
    assert min(nations["England"], nations["Wales"]) >= 14
    assert 0 < nations["Scotland"] < 10  # a median needs ten
    assert 0 < len(sector.places()) - len(taking_part) < 10  # a few are missing each time


def test_most_authorities_have_60_to_120_officers_one_district_90_staff_one_county_600_answers(
    staffs: list[Staff], sheet: Sheet
) -> None:
    officers = np.bincount(sheet.authority[sheet.tier < 3], minlength=len(staffs))
    by_code = {staff.place.code: (staff, int(count)) for staff, count in zip(staffs, officers, strict=True)}
    usual = [count for _, count in by_code.values() if 60 <= count <= 120]
    assert len(usual) > 0.95 * len(staffs)
    district, _ = by_code[sector.SMALL_DISTRICT]
    assert (district.place.type, len(district)) == ("district", 90)
    county, answered = by_code[sector.BIG_COUNTY]
    assert (county.place.type, answered) == ("county", 600)


def test_headcounts_add_up_to_the_total(staffs: list[Staff]) -> None:
    for staff in staffs:
        (_, _, total), *cells = staff.headcounts()
        assert sum(count for _, _, count in cells) == total == len(staff)


def test_some_authorities_return_no_headcounts(staffs: list[Staff]) -> None:
    frames = Counter(staff.frame for staff in staffs)
    assert frames["headcount"] > frames["unknown"] > 0
    assert frames["invited"] == len(sector.PERSONAL_LINKS)


# What they answer


def test_the_same_seed_gives_the_same_answers_and_another_seed_others(
    staff_survey: Questionnaire, staffs: list[Staff]
) -> None:
    few = staffs[:5]
    first, again, other = (answers.of_wave(staff_survey, few, 1, share=1.0, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.position, again.position)
    assert np.array_equal(first.area, again.area)
    assert not np.array_equal(first.position, other.position)


def test_between_5_and_8_per_cent_of_the_variance_lies_between_authorities(
    staff_survey: Questionnaire, sheet: Sheet
) -> None:
    for dimension in staff_survey.dimensions:
        icc, lower = icc1(sheet, scores(sheet, dimension.code))
        assert 0.045 < icc < 0.085, dimension.code
        assert lower > 0.03, dimension.code  # the interval stays well away from 0


def test_scales_hold_together_and_no_item_is_keyed_the_wrong_way(staff_survey: Questionnaire, sheet: Sheet) -> None:
    for dimension in staff_survey.dimensions:
        keyed = keyed_answers(sheet, dimension.code)
        complete = keyed[~np.isnan(keyed).any(axis=1)]
        items = complete.shape[1]
        alpha = items / (items - 1) * (1 - complete.var(axis=0, ddof=1).sum() / complete.sum(axis=1).var(ddof=1))
        assert 0.80 < alpha < 0.95, dimension.code
        rest = [np.corrcoef(complete[:, j], np.delete(complete, j, 1).sum(axis=1))[0, 1] for j in range(items)]
        assert min(rest) > 0.3, dimension.code  # the method refuses below 0.20


def test_dimensions_move_together_but_are_not_one(staff_survey: Questionnaire, sheet: Sheet) -> None:
    columns = np.array([scores(sheet, dimension.code) for dimension in staff_survey.dimensions])
    scored = ~np.isnan(columns).any(axis=0)
    between = np.corrcoef(columns[:, scored])[np.triu_indices(len(columns), 1)]
    assert 0.5 < between.min() <= between.max() < 0.75


def test_senior_leaders_see_it_brighter_than_the_frontline(sheet: Sheet) -> None:
    leadership = scores(sheet, "leadership")
    gap = np.nanmean(leadership[sheet.tier == 0]) - np.nanmean(leadership[sheet.tier == 2])
    assert 5 < gap < 12


def test_some_answers_are_missing_some_not_known_a_few_careless(sheet: Sheet) -> None:
    assert 0.005 < (sheet.position == -1).mean() < 0.03
    assert 0.02 < (sheet.position == 5).mean() < 0.06
    assert 0.003 < sheet.too_fast.mean() < 0.02


# What comes out


def test_types_of_seventeen_have_quartiles_smaller_ones_a_median_and_the_small_nation_neither(
    computed: Results,
) -> None:
    benchmarks = computed.frames["benchmarks"]
    dimensions = benchmarks[benchmarks["measure"] == "silos"].set_index("peer_group")
    types = dimensions.loc[[group for group in dimensions.index if group.startswith("type:")]]
    assert len(types) == 6
    assert types["median"].notna().all()
    assert (types["upper_quartile"].notna() | (types["reason"] == "too_few_for_quartiles")).all()
    assert ((types["n"] >= 17) == types["reason"].isna()).all()
    assert set(types["reason"].dropna()) == {"too_few_for_quartiles"}
    assert pd.isna(dimensions.loc["nation:Scotland", "median"])
    assert dimensions.loc["nation:Scotland", "reason"] == "too_few_authorities"


def test_the_home_authority_stands_out_above_and_below(computed: Results) -> None:
    standings = computed.frames["standings"]
    mine = standings[(standings["authority"] == HOME) & (standings["peer_group"] == "type:district")]
    verdicts = mine.set_index("measure")["verdict"]
    assert verdicts[["mindset", "agile", "silos", "leadership"]].tolist() == ["SIMILAR", "SIMILAR", "BELOW", "ABOVE"]


def test_one_service_area_of_the_home_authority_is_too_small_to_show(computed: Results) -> None:
    groups = computed.frames["group_scores"]
    mine = groups[(groups["authority"] == HOME) & (groups["kind"] == "service_area") & (groups["measure"] == "silos")]
    shown = mine.set_index("group")["score"].notna()
    assert not shown["leisure"]
    assert shown.sum() >= 4
    tiers = groups[(groups["authority"] == HOME) & (groups["kind"] == "tier") & (groups["measure"] == "silos")]
    assert tiers["score"].notna().all()


def test_most_are_similar_to_their_peers_and_some_stand_out_on_either_side(computed: Results) -> None:
    verdicts = computed.frames["standings"]["verdict"].value_counts()
    assert min(verdicts["ABOVE"], verdicts["BELOW"]) > 30
    assert verdicts["SIMILAR"] > verdicts["ABOVE"] + verdicts["BELOW"]


# Loading it


@pytest.fixture(scope="module")
def few() -> tuple[Place, ...]:
    """Fifteen districts and two counties: enough for one benchmark, quick to load."""
    places = sector.places()
    return (*places[1:3], *[place for place in places if place.type == "district"][:15])


@dataclass(frozen=True)
class Loaded:
    """A demonstration as it was loaded at this moment."""

    database: Database
    settings: Settings
    at: datetime


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, few: tuple[Place, ...]
) -> Iterator[Loaded]:
    folder, at = tmp_path_factory.mktemp("loaded"), datetime.now(UTC)
    url = f"sqlite:///{folder / 'demonstration.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgresql_database")()
    database = Database(url)
    Base.metadata.create_all(database.engine)
    settings = settings_of(database, folder)
    assert loading.load(database, settings, now=at, places=few)
    yield Loaded(database, settings, at)
    database.dispose()


def test_it_is_loaded_once_with_two_published_waves_and_an_open_one(loaded: Loaded, few: tuple[Place, ...]) -> None:
    database, settings, at = loaded.database, loaded.settings, loaded.at
    with database.session() as session:
        before = session.scalar(select(func.count()).select_from(Submission))
        releases = results.released(session, now=at)
        assert [(one.label, one.wave.demonstration) for one in releases] == [("2025.1", True), ("2024.1", True)]
        waves = session.scalars(select(Wave).order_by(Wave.code)).all()
        assert [(one.code, one.state) for one in waves] == [("2024", "closed"), ("2025", "closed"), ("2026", "open")]
        assert waves[-1].opens_at < at < waves[-1].deadline_at
        assert results.comparison(session, releases[0], HOME).peer_group.code == "type:district"
        assert session.scalar(select(func.count()).select_from(SealedText)) > 20
        assert audit.verify(session) == ()
        asked = [(job.kind, job.payload["authority"]) for job in jobs.recent(session)]
        assert asked == [(documents.MAKE, HOME)] * 2  # of more than two hundred reports those that are looked at
        assert documents.missing(session, settings, now=at) == []
    assert not loading.load(database, settings, now=at, places=few)
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == before


@pytest.mark.parametrize("loaded", ["sqlite"], indirect=True)
def test_every_entrance_leads_somewhere(loaded: Loaded) -> None:
    settings = loaded.settings
    with loaded.database.session() as session:
        found = dict(entrances.links(session, settings))
        assert list(found) == ["officer", "lead", "member", "researcher", "publisher-1", "publisher-2"]
        officer = links.find(session, found["officer"].rpartition("/")[2])
        assert officer is not None
        assert (officer.state, officer.authority_code) == ("usable", HOME)
        for entrance in list(found)[1:]:
            person = entrances.person_of(session, settings.secret_key, found[entrance].rpartition("/")[2])
            assert person is not None
            assert person.email == f"{entrance}@{people.DOMAIN}"
        assert entrances.person_of(session, "another secret key, long enough to be one", found["lead"][-64:]) is None
        assert entrances.person_of(session, settings.secret_key, "é") is None
        personal = select(func.count()).select_from(Invitation).where(Invitation.kind == "personal", Invitation.used)
        assert session.scalar(personal) > 20


def test_a_person_outside_the_demonstration_has_no_entrance(database: Database, now: datetime) -> None:
    secret = keys.new_key()
    with database.session() as session, database.write(session):
        person = Person(email="chief@example.org", name="A real person", created_at=now)
        session.add(person)
        session.flush()
        assert entrances.person_of(session, secret, entrances.sign_in_key(secret, person.id)) is None


def test_it_stays_out_of_a_service_with_data_of_its_own(
    database: Database, settings: Settings, few: tuple[Place, ...]
) -> None:
    with database.session() as session, database.write(session):
        session.add(Authority(code="E06000023", name="Bristol"))
        session.commit()
    with pytest.raises(NotNow, match="stays out"):
        loading.load(database, settings, now=NOW, places=few)
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(Wave)) == 0
        with pytest.raises(NotFound, match="demonstration load"):
            entrances.links(session, replace(settings, demonstration=True))


def test_a_load_that_is_broken_off_leaves_nothing(
    database: Database, settings: Settings, few: tuple[Place, ...]
) -> None:
    def break_off(step: str) -> None:
        if "2025" in step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.load(database, settings, now=NOW, places=few[2:6], tell=break_off)
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(Wave)) == 0
        assert session.scalar(select(func.count()).select_from(Authority)) == 0


def keyed_answers(sheet: Sheet, dimension: str) -> NDArray[np.float64]:
    """Officers' answers to the items of a dimension, 0 to 100, reverse items turned round, NaN where there is none."""
    chosen = [place for place, item in enumerate(sheet.items) if item.dimension == dimension]
    raw = np.where((sheet.position < 0) | (sheet.position > 4), np.nan, sheet.position * 25.0)[:, chosen]
    reverse = np.array([sheet.items[place].reverse for place in chosen])
    raw[sheet.tier == 3] = np.nan
    return np.where(reverse, 100 - raw, raw)


def scores(sheet: Sheet, dimension: str) -> NDArray[np.float64]:
    """Scores of people who answered at least half of a dimension's items."""
    keyed = keyed_answers(sheet, dimension)
    answered = (~np.isnan(keyed)).sum(axis=1)
    return np.where(answered * 2 >= keyed.shape[1], np.nansum(keyed, axis=1) / np.maximum(answered, 1), np.nan)


def icc1(sheet: Sheet, score: NDArray[np.float64]) -> tuple[float, float]:
    """ICC(1) by analysis of variance, and the lower end of its 95 % interval from F (methodology 4 and 7)."""
    scored = ~np.isnan(score)
    authority, y = sheet.authority[scored], score[scored]
    n = np.bincount(authority).astype(float)
    means = np.bincount(authority, y) / n
    k, total = len(n), n.sum()
    between = (n * (means - y.mean()) ** 2).sum() / (k - 1)
    within = ((y - means[authority]) ** 2).sum() / (total - k)
    n0 = (total - (n**2).sum() / total) / (k - 1)
    f = between / within / stats.f.ppf(0.975, k - 1, total - k)
    return (between - within) / (between + (n0 - 1) * within), (f - 1) / (f + n0 - 1)


def settings_of(database: Database, folder: Path) -> Settings:
    return Settings(
        data=folder,
        database_url=database.url.render_as_string(hide_password=False),
        secret_key="0123456789abcdefghijklmnopqrstuvwxyz",
        link_key="zyxwvutsrqponmlkjihgfedcba9876543210",
        base_url="http://127.0.0.1:8000",
        demonstration=True,
    )
