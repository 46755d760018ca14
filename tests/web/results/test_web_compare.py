"""Members compare: the sentence, the pictures and the tables say the same, and only of their own authority."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from survey.db import Database
from survey.demonstration.sector import HOME
from survey.models import RESULT_TABLES, Authority, Release, Wave
from survey.web.application import create_app

OVERVIEW = f"/compare/{HOME}/2025.1/"
REFUSAL = "Not shown: there are too few answers, or showing it could reveal what somebody said."
SCORES, STANDINGS, BENCHMARKS = (RESULT_TABLES[name] for name in ("scores", "standings", "benchmarks"))


@pytest.fixture
def member(browser, person):
    browser.sign_in(person("member"))
    return browser


def change(database: Database, *statements) -> None:
    with database.session() as session, database.write(session):
        for statement in statements:
            session.execute(statement)
        session.commit()


def release_id(database: Database, label: str = "2025.1") -> int:
    code, number = label.split(".")
    with database.session() as session:
        query = select(Release.id).join(Wave).where(Wave.code == code, Release.number == int(number))
        return session.scalars(query).one()


def stored(database: Database, measure: str, table=SCORES, **more: str):
    keys = {"release_id": release_id(database), "authority": HOME, "measure": measure, **more}
    with database.session() as session:
        return session.execute(select(table).where(*(table.c[name] == value for name, value in keys.items()))).one()


def test_a_member_finds_the_own_authority_and_its_releases_newest_first(member) -> None:
    page = member.get("/compare/").text
    assert page.index("/2025.1/") < page.index("/2024.1/")
    assert "2026" not in re.sub(r"<footer.*", "", page, flags=re.S)  # the open wave has no results


def test_sentence_and_alternative_texts_are_the_same(member) -> None:
    page = member.get(OVERVIEW).text
    sentence = re.search(r'<p class="app-finding">(.*?)</p>', page)[1]
    alternatives = re.findall(r'<img src="[^"]*" alt="([^"]*)"', page)
    dots, told = alternatives
    assert dots.startswith(f"{told} Elected members, who are not part of these scores: ")  # their mark is in the dots
    assert told.startswith("Aldersett is")
    assert told in sentence  # where it leans may come before or after
    picture = member.get(f"{OVERVIEW}dots.svg").text
    assert html.unescape(told) in html.unescape(picture)


def test_the_page_says_where_the_authority_leans_as_it_is_stored(member, sqlite_database) -> None:
    page = html.unescape(member.get(OVERVIEW).text)
    table = RESULT_TABLES["own_profile"]
    with sqlite_database.session() as session:
        mine = select(table).where(table.c.authority == HOME, table.c.release_id == release_id(sqlite_database))
        newest = session.execute(mine.where(table.c.gap.is_not(None))).all()
    assert len(newest) == 14
    body = page[page.index('id="leanings"') :]
    body = body[: body.index("</details>")]
    assert ("No theme stands out." in body) != ("Themes that stand out" in body)
    for words, verdict in (
        ("leans towards it", "ABOVE"),
        ("leans away from it", "BELOW"),
        ("about as usual", "SIMILAR"),
    ):
        assert body.count(words) == sum(row.verdict == verdict for row in newest)
    first, _, rest = body.partition("<details")  # what stands out, and the quiet rest
    assert "leans" in first or "No theme" in first
    assert "leans towards it" not in rest
    assert "leans away from it" not in rest
    lead = re.search(r'<p class="app-finding">(.*?)</p>', page)[1]
    assert ("Beside its own average" in lead) == any(row.verdict in ("ABOVE", "BELOW") for row in newest)


def test_the_table_shows_what_is_stored_rounded(member, sqlite_database) -> None:
    page = member.get(OVERVIEW).text
    row = stored(sqlite_database, "mindset")
    line = page[page.index("<tbody") : page.index("</tr>", page.index("<tbody"))]
    assert f'<strong class="app-score">{row.score:.0f}</strong>' in line
    assert f"{row.lower:.0f} to {row.upper:.0f}" in line
    assert f">{row.n}</span>" in line


def test_the_file_of_the_table_equals_what_is_stored(member, sqlite_database) -> None:
    answer = member.get(f"{OVERVIEW}profile.csv")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={HOME}-2025.1.csv"
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["measure"] for line in lines] == ["mindset", "agile", "silos", "leadership"]
    for line in lines:
        row = stored(sqlite_database, line["measure"])
        standing = stored(sqlite_database, line["measure"], STANDINGS, peer_group="type:district")
        assert float(line["score"]) == pytest.approx(row.score, abs=0.05)
        assert (int(line["n"]), line["verdict"]) == (row.n, standing.verdict)
        assert line["median"].isdecimal()  # benchmarks are whole numbers in files


def test_another_peer_group_of_the_menu_can_be_chosen_without_script(member) -> None:
    page = member.get(OVERVIEW).text
    groups = re.findall(r'<option value="([^"]+)"( selected)?>', page)
    assert ("type:district", " selected") in groups
    assert ("all", "") in groups
    assert ('<option value="all" selected>') in member.get(f"{OVERVIEW}?peer_group=all").text


@pytest.mark.parametrize("reason", ["too_few_authorities", "pinned"])
def test_a_group_without_a_benchmark_is_named_and_not_offered(member, sqlite_database, reason: str) -> None:
    change(
        sqlite_database,
        update(BENCHMARKS)
        .where(BENCHMARKS.c.peer_group == "nation:England")
        .values(
            median=None,
            lower_quartile=None,
            upper_quartile=None,
            median_lower=None,
            median_upper=None,
            reason=reason,
        ),
    )
    page = member.get(OVERVIEW).text
    assert 'value="nation:England"' not in page
    assert "No comparison is shown with:" in page
    asked = member.get(f"{OVERVIEW}?peer_group=nation:England").text
    assert '<option value="nation:England" selected>' in asked
    assert "no comparison with them is shown" in asked
    assert "No comparison with peers is shown." in asked


def test_a_group_that_the_authority_is_not_in_is_not_there(member) -> None:
    assert member.get(f"{OVERVIEW}?peer_group=type:county").status == 404


@pytest.mark.parametrize(
    "path", ["", "dots.svg", "radar.svg", "profile.csv", "inside", "dimension/agile", "dimension/agile/dots.svg"]
)
def test_another_authority_reads_the_same_as_one_that_is_not_there(member, path: str) -> None:
    foreign, missing = member.get(f"/compare/D018/2025.1/{path}"), member.get(f"/compare/X999/2025.1/{path}")
    assert (foreign.status, missing.status) == (404, 404)
    assert readable(foreign.text) == readable(missing.text)
    assert foreign.statements == missing.statements


def readable(page: str) -> str:
    """A page without what differs between any two requests."""
    return re.sub(r'(nonce|value)="[^"]*"|[0-9a-f]{8,}|D018|X999', "", page)


def test_nobody_is_signed_in_and_is_sent_to_sign_in(browser) -> None:
    answer = browser.get(OVERVIEW)
    assert answer.status == 303
    assert "/account/" in answer.location


def test_the_research_team_has_no_member_pages(browser, person) -> None:
    browser.sign_in(person("researcher"))
    assert browser.get(OVERVIEW).status == 404


@pytest.mark.parametrize("state", ["computed", "checked", "approved"])
def test_an_unpublished_release_is_not_there(member, sqlite_database, state: str) -> None:
    change(sqlite_database, update(Release).where(Release.id == release_id(sqlite_database)).values(state=state))
    assert member.get(OVERVIEW).status == 404
    assert member.get(f"{OVERVIEW}dots.svg").status == 404
    assert member.get("/results/2025.1/").status == 404
    assert "2025.1" not in member.get("/compare/").text
    assert "2025.1" not in member.get("/results/").text


def test_an_embargoed_release_is_not_there_until_its_moment(member, sqlite_database) -> None:
    mine = update(Release).where(Release.id == release_id(sqlite_database))
    change(sqlite_database, mine.values(embargo_until=datetime.now(UTC) + timedelta(minutes=1)))
    assert [member.get(url).status for url in (OVERVIEW, f"{OVERVIEW}radar.svg", "/results/2025.1/")] == [404] * 3
    change(sqlite_database, mine.values(embargo_until=datetime.now(UTC) - timedelta(minutes=1)))
    assert member.get(OVERVIEW).status == 200


def withhold(database: Database, measure: str) -> None:
    empty = dict.fromkeys(("n", "score", "se", "lower", "upper", "se_comparison", "deff", "reliability", "weighted"))
    change(
        database,
        update(SCORES)
        .where(SCORES.c.release_id == release_id(database), SCORES.c.authority == HOME, SCORES.c.measure == measure)
        .values(**empty, reason="too_few_people"),
    )


def test_a_withheld_score_is_named_and_never_nought(member, sqlite_database) -> None:
    withhold(sqlite_database, "silos")
    page = member.get(OVERVIEW).text
    assert "Not shown: working across silos." in page
    assert REFUSAL in page
    row = page[page.index(">Working across silos</a></th>") :]
    row = row[: row.index("</tr>")]
    assert (
        re.findall(r'<span class="app-withheld">([^<]*)</span>', row) == ["not shown"] * 3
    )  # score, verdict, officers
    assert "<strong" not in row
    line = list(csv.DictReader(io.StringIO(member.get(f"{OVERVIEW}profile.csv").text)))[2]
    assert (line["score"], line["n"], line["verdict"], line["shown"]) == ("", "", "", "false")


def test_an_authority_with_everything_withheld_reads_one_sentence_instead_of_empty_pictures(
    member, sqlite_database
) -> None:
    for measure in ("mindset", "agile", "silos", "leadership"):
        withhold(sqlite_database, measure)
    page = member.get(OVERVIEW).text
    assert page.count(REFUSAL) == 1
    assert "The results of Aldersett are not shown." in page
    assert not [part for part in ("<img", "<table", "<select") if part in page]


def test_themes_have_scores_peers_and_no_verdict(member) -> None:
    page = member.get(f"{OVERVIEW}dimension/silos").text
    assert "Across departments" in page
    assert "Compared with peers" not in page
    sentence = re.search(r'alt="([^"]*)"', page)[1]
    assert re.match(r"Aldersett scores \d+ on across departments \(middle authority \d+\)", sentence)
    assert html.unescape(sentence) in html.unescape(member.get(f"{OVERVIEW}dimension/silos/dots.svg").text)
    assert member.get(f"{OVERVIEW}dimension/culture").status == 404


def test_how_far_to_rely_on_it_stands_beside_every_score(member) -> None:
    for page in ("", "dimension/silos", "dimension/agile"):
        assert re.search(r"Scores are (not )?weighted", member.get(OVERVIEW + page).text), page


def test_small_parts_of_the_authority_are_named_and_not_shown(member) -> None:
    page = member.get(f"{OVERVIEW}inside").text
    assert "Senior leader" in page
    assert REFUSAL in page
    parts, _, _ = page.partition("Do the parts differ?")  # below it a distance may be 0
    assert not re.search(r"app-stack__value\">(<[^>]*>)?0<", parts)


def test_a_part_where_few_answered_reads_like_one_where_nobody_did(member, sqlite_database) -> None:
    """Among others that are shown, and where nothing of the kind is."""
    table = RESULT_TABLES["group_scores"]
    for chosen in (table.c.group == "ict", table.c.kind == "tier", table.c.kind == "elected"):
        change(sqlite_database, update(table).where(chosen).values(reason="too_few_people", score=None, n=None))
        few = re.sub(r'nonce="[^"]*"|value="[^"]*"', "", member.get(f"{OVERVIEW}inside").text)
        change(sqlite_database, delete(table).where(chosen))
        assert re.sub(r'nonce="[^"]*"|value="[^"]*"', "", member.get(f"{OVERVIEW}inside").text) == few
    assert "ICT, digital and data" in few
    assert "No scores of tiers are shown." in few
    assert "No scores of elected members are shown." in few


def test_the_parts_of_the_authority_are_compared_in_a_sentence_and_a_table(member, sqlite_database) -> None:
    page = member.get(f"{OVERVIEW}inside").text
    assert "Do the service areas differ?" in page
    assert re.search(r"app-finding\">[^<]*(senior leaders|Senior leaders)", page)
    change(sqlite_database, update(RESULT_TABLES["divergence"]).values(reason="too_few_service_areas", sd_between=None))
    change(sqlite_database, update(RESULT_TABLES["tier_gaps"]).values(reason="complement", gap=None))
    page = member.get(f"{OVERVIEW}inside").text
    assert "Do the service areas differ?" not in page
    assert 'app-finding">Senior' not in page


def test_a_picture_is_drawn_once_and_asked_for_again_each_time(member, sqlite_database, monkeypatch) -> None:
    first = member.get(f"{OVERVIEW}dots.svg")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Content-Type"].startswith("image/svg+xml")
    monkeypatch.setattr("reports.charts.dots.dots", lambda *_, **__: pytest.fail("drawn twice"))
    again = member.get(f"{OVERVIEW}dots.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    assert member.get(f"{OVERVIEW}dots.svg").text == first.text
    change(sqlite_database, update(Release).values(computed_at=datetime(2026, 1, 1, tzinfo=UTC)))
    monkeypatch.undo()
    assert member.get(f"{OVERVIEW}dots.svg").headers["ETag"] != first.headers["ETag"]


def test_pictures_come_wide_and_narrow_and_in_no_other_size(member) -> None:
    wide, narrow = (member.get(f"{OVERVIEW}radar.svg?size={size}") for size in ("wide", "narrow"))
    assert 'width="720"' in wide.text
    assert 'width="320"' in narrow.text
    assert member.get(f"{OVERVIEW}radar.svg?size=9999").status == 404


def test_names_with_markup_stay_text(member, sqlite_database) -> None:
    change(sqlite_database, update(Authority).where(Authority.code == HOME).values(name='<script>alert("x")</script>'))
    for path in ("", "inside", "dimension/agile"):
        assert "<script>alert" not in member.get(OVERVIEW + path).text
    assert "<script>" not in member.get(f"{OVERVIEW}dots.svg?peer_group=all").text


@pytest.fixture
def member_of_twice_as_many(member, double_sector: Path, tmp_path: Path, person: Callable[[str], int]):
    """The same member's browser, on a database with twice as many authorities."""
    shutil.copyfile(double_sector, tmp_path / "double.sqlite")
    larger = Database(f"sqlite:///{tmp_path / 'double.sqlite'}")
    app = create_app(member.app.extensions["soundings"].settings, database=larger)
    other = type(member)(app, larger, app.test_client())
    other.sign_in(person("member"))
    yield other
    larger.dispose()


@pytest.mark.parametrize(
    ("path", "most"),
    [("", 9), ("inside", 11), ("dimension/agile", 9), ("profile.csv", 9), ("dots.svg", 9)],  # inside: eight tables
)
def test_a_page_costs_a_fixed_number_of_statements_however_many_authorities(
    member, member_of_twice_as_many, path: str, most: int
) -> None:
    few, many = member.get(OVERVIEW + path).statements, member_of_twice_as_many.get(OVERVIEW + path).statements
    assert len(few) <= most
    assert len(many) == len(few)
